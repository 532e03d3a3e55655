"""Code scanners: their bytes, and the line they come over."""
