"""The operator's side: the hub, and the building of content."""
