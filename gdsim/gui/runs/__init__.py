"""The list of runs, and how they stand at this step."""
