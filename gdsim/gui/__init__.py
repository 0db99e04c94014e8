"""Widgets and plots. Shows values, emits what a person does, computes nothing."""

import builtins
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from PySide6 import QtCore, QtGui, QtWidgets

# For modules that say `from __feature__ import …` PySide's own reads the source of each module that is
# imported from then on, in search of its name: a tenth of the time to the first window. None says it here.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


@contextmanager
def _copied_when_asked_for(qt: ModuleType) -> Iterator[None]:
    """Let pyqtgraph, while it is imported, copy no name of a module of Qt but what finds all others later.

    It copies what `dir` names into a module of its own. PySide makes a class when its name is first asked
    for, and to make all of them takes a tenth of the time to the first window.
    """
    names, own_dir = frozenset(dir(qt)), vars(qt).get("__dir__")

    def find(name: str) -> object:
        if name not in names:
            raise AttributeError(name)
        found = getattr(qt, name)
        setattr(sys.modules[qt.__name__.replace("PySide6", "pyqtgraph.Qt")], name, found)
        return found

    vars(qt).update(__getattr__=find, __dir__=lambda: ["__getattr__"])
    yield
    del vars(qt)["__getattr__"], vars(qt)["__dir__"]
    if own_dir is not None:  # older versions of PySide have none
        vars(qt)["__dir__"] = own_dir


with _copied_when_asked_for(QtCore), _copied_when_asked_for(QtGui), _copied_when_asked_for(QtWidgets):
    import pyqtgraph  # noqa: F401
