"""Exercises: windows of their own, beside the document."""
