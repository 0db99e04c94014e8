"""Leaves out what libraries do while they are imported, and this program does not need.

Without it the program works as well, but its window comes later.
"""

import builtins
import sys
from types import ModuleType

import PySide6.QtCore
import PySide6.QtGui
import PySide6.QtWidgets

_PLOTS = "pyqtgraph"


def keep_imports_plain() -> None:
    """Put Python's own import back, in the place of which PySide puts its own.

    That one searches the source of each module that is imported from then on for `from __feature__ import`,
    which none here has: a tenth of the time to the first window.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def import_pyqtgraph() -> None:
    """Import pyqtgraph without its copies of all names of Qt.

    PySide makes a class with its enumerations when its name is first asked for. To copy the names asks for
    all of them: a tenth of the time to the first window.
    """
    if _PLOTS in sys.modules:
        return
    modules = (PySide6.QtCore, PySide6.QtGui, PySide6.QtWidgets)
    names = [module.__dir__ for module in modules]
    for module in modules:
        mirror = _mirror(module)
        sys.modules[mirror.__name__] = mirror
        # pyqtgraph copies what `dir` lists and its own module lacks.
        module.__dir__ = list  # type: ignore[method-assign]
    try:
        import pyqtgraph  # noqa: F401, PLC0415
    finally:
        for module, of_module in zip(modules, names, strict=True):
            module.__dir__ = of_module  # type: ignore[method-assign]


def _mirror(module: ModuleType) -> ModuleType:
    """Return a module for pyqtgraph to add names to, in which all names of another are found."""
    mirror = ModuleType(f"{_PLOTS}.Qt.{module.__name__.rpartition('.')[-1]}")

    def found(name: str) -> object:
        value = getattr(module, name)
        setattr(mirror, name, value)
        return value

    mirror.__getattr__ = found  # type: ignore[method-assign]
    return mirror
