"""General-purpose lines of the board: keys, lamps and the ignition hang on them."""
