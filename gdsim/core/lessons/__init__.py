"""Lessons: ordered stops, each with a scene, a caption whose numbers are computed, and a view of it."""
