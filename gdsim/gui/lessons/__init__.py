"""A lesson in the window: the bar that shows a stop, and what brings the window to it."""
