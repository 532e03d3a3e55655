"""The lamp that says from afar how the kiosk does."""
