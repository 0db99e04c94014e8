"""Unexpected errors: they are logged and reported, and the work can be restored."""
