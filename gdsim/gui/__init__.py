"""Widgets and plots. Shows values, emits what a person does, computes nothing."""

import builtins

import PySide6.QtCore  # noqa: F401 - which puts its own import in the place of Python's

# For modules that say `from __feature__ import …` PySide's own reads the source of each module that is
# imported from then on, in search of its name: a tenth of the time to the first window. None says it here.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
