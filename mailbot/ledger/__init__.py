"""The daemon's memory: mails seen, cases, history, letters to send, what the register last agreed to; and the archive.

`ledger.Ledger` is the door to the database, `archive.Archive` the one to the original mails and attachments on disk.
"""
