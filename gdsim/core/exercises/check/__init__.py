"""Checking a student's work: the first wrong step, and the mistake that explains it."""
