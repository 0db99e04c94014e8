"""The threads of Qt that are at work."""

import gc
import sys


def running_threads():
    """Return the QThreads that run. It looks at every object, so it takes a moment."""
    core = sys.modules.get("PySide6.QtCore")
    if core is None:
        return []
    from shiboken6 import isValid

    # By type(), not isinstance(): a mock with a spec claims to be an instance of it.
    threads = [thing for thing in gc.get_objects() if issubclass(type(thing), core.QThread)]
    return [thread for thread in threads if isValid(thread) and thread.isRunning()]
