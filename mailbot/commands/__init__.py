"""What each command does: reads the ledger or runs the daemon, prints for people or as JSON. One file a topic."""
