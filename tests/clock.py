"""A fake clock for objects that are paced by one."""


class Clock:
    """A clock that stands still until a test sets ``now``."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now
