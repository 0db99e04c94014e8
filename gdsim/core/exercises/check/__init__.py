"""Checking somebody's own work: which step is the first wrong one, and which mistake explains it."""
