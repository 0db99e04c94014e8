"""Skips work that libraries do at import time and that this program does not need.

This only makes the window appear sooner; the program works without it.
"""

import builtins
import sys
from types import ModuleType

import PySide6.QtCore
import PySide6.QtGui
import PySide6.QtWidgets

_PLOTS = "pyqtgraph"


def keep_imports_plain() -> None:
    """Restore Python's own ``__import__``, which PySide replaces.

    PySide's version searches the source of every module imported afterwards for `from __feature__ import`,
    which this program does not use. That takes a tenth of the time to the first window.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def import_pyqtgraph() -> None:
    """Import pyqtgraph without letting it copy all names of Qt.

    PySide creates a class, with its enumerations, on first access. Copying the names would create all of
    them, which takes a tenth of the time to the first window.
    """
    if _PLOTS in sys.modules:
        return
    modules = (PySide6.QtCore, PySide6.QtGui, PySide6.QtWidgets)
    names = [module.__dir__ for module in modules]
    for module in modules:
        mirror = _mirror(module)
        sys.modules[mirror.__name__] = mirror
        # pyqtgraph copies the names that `dir` lists, so list none.
        module.__dir__ = list  # type: ignore[method-assign]
    try:
        import pyqtgraph  # noqa: F401, PLC0415
    finally:
        for module, of_module in zip(modules, names, strict=True):
            module.__dir__ = of_module  # type: ignore[method-assign]


def _mirror(module: ModuleType) -> ModuleType:
    """Return a module to which pyqtgraph can add names, and which looks up all others in ``module``."""
    mirror = ModuleType(f"{_PLOTS}.Qt.{module.__name__.rpartition('.')[-1]}")

    def found(name: str) -> object:
        value = getattr(module, name)
        setattr(mirror, name, value)
        return value

    mirror.__getattr__ = found  # type: ignore[method-assign]
    return mirror
