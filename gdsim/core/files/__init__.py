"""Scenes, tables of points, records and scripts as files. A failed write never damages an existing file."""
