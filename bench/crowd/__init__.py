"""A fleet's worth of simulated devices in one process, for the benches."""
