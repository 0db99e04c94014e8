"""The window of the fair race."""
