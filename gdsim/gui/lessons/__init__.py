"""Lessons in the window: the bar with the current stop, the guide through the stops, and lesson files."""
