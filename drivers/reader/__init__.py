"""Card readers: which cards are spoken to, what is said to them, and PC/SC."""
