"""The road bench: our way from a record to the hub's commit, beside the ways others have."""
