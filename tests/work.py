"""How much work something is, in a measure that is the same on every machine."""

import sys
import threading


def calls_of(function, *values):
    """Return how many functions are called, in Python and in C, while one is, by it and by its threads."""
    count = 0

    def note(_frame, event, _argument):
        nonlocal count
        count += event in ("call", "c_call")

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        function(*values)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return count
