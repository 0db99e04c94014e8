"""A measure of work that is the same on every machine."""

import sys
import threading


def calls_of(function, *values):
    """Return how many Python and C functions ``function`` calls, including the threads that it starts."""
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
