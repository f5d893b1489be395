"""How the ledger's tables came to be, step by step. Run by `mailbot.ledger.migrate`, never by hand."""
