"""What the device lives on: the mains, a battery, a bus with its ignition on."""
