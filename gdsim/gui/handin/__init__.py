"""Handing in: answering the tasks of a lesson in the window, and making tasks and hand-outs."""
