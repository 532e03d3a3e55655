"""What a device is: typed settings, parsed whole or refused whole. Imports nobody."""
