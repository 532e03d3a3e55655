"""Document scanners: papers to one PDF, in memory only."""
