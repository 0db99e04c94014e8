"""The running threads of Qt."""

import sys


def running_threads():
    core = sys.modules.get("PySide6.QtCore")
    if core is None:
        return []
    from shiboken6 import getAllValidWrappers

    return [
        wrapped
        for wrapped in getAllValidWrappers()
        if isinstance(wrapped, core.QThread) and wrapped.isRunning()
    ]
