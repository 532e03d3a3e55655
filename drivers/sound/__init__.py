"""Beeps and speech through one output, and the socket for headphones."""
