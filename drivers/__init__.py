"""Peripherals: one interface, real protocols, one simulator each."""
