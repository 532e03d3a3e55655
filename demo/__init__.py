"""A whole small world on one machine, started by command line only. Imports none of our packages."""
