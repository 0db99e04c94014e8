"""The list of runs, and their state at the current step."""
