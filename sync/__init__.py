"""Records, seal, outbox, ledger and the link to the hub."""
