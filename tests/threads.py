"""The threads of Qt that are at work."""

import sys


def running_threads():
    """Return the QThreads that run."""
    core = sys.modules.get("PySide6.QtCore")
    if core is None:
        return []
    from shiboken6 import getAllValidWrappers

    return [thing for thing in getAllValidWrappers() if isinstance(thing, core.QThread) and thing.isRunning()]
