"""How much work something is, in a measure that is the same on every machine."""

import sys


def calls_of(function, *values):
    """Return how many functions are called, in Python and in C, while one is."""
    count = 0

    def note(_frame, event, _argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        function(*values)
    finally:
        sys.setprofile(None)
    return count
