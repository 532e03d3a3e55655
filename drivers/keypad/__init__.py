"""The pad of four keys, by which everything is done without touching the screen."""
