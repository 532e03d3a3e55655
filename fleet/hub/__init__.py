"""The hub: takes sealed rows in, proves that they are stored, opens them."""
