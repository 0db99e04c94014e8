"""Handing in: the tasks of a lesson done in the window, and sheets made in it."""
