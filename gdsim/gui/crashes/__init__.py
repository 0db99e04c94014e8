"""Logging and reporting unexpected errors, and restarting with the document."""
