"""Lessons: ordered stops, each a scene, a caption whose numbers are computed, and a way to look at it."""
