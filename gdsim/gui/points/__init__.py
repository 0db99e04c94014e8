"""The table of points, and their import, export and generation."""
