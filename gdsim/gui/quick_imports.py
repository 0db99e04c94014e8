"""Skips work that libraries do at import time and that this program does not need.

This only makes the window appear sooner; the program works without it.
"""

import builtins
import sys
from types import ModuleType

import PySide6.QtCore
import PySide6.QtGui
import PySide6.QtWidgets

_PLOTS, _TESTS = "pyqtgraph", "PySide6.QtTest"
# Modules that pyqtgraph imports, most of them only to offer their names. This program does not use them.
_UNUSED_ITEMS = (
    *("BoxplotItem", "ColorBarItem", "CurvePoint", "DateAxisItem", "FillBetweenItem"),
    *("GradientEditorItem", "GradientLegend", "GraphicsLayout", "GraphItem", "GridItem", "HistogramLUTItem"),
    *("ImageItem", "IsocurveItem", "LinearRegionItem", "PColorMeshItem", "ROI", "ScaleBar", "VTickGroup"),
)
_UNUSED_WIDGETS = (
    *("BusyCursor", "CheckTable", "ColorButton", "ColorMapWidget", "ComboBox", "DataFilterWidget"),
    *("DataTreeWidget", "DiffTreeWidget", "FeedbackButton", "GradientWidget", "GraphicsLayoutWidget"),
    *("HistogramLUTWidget", "JoystickButton", "LayoutWidget", "ProgressDialog"),
    *("RawImageWidget", "ScatterPlotWidget", "SpinBox", "TableWidget", "TreeWidget", "ValueLabel"),
    "VerticalLabel",
)
_UNUSED = (
    *(f"{_PLOTS}.graphicsItems.{name}" for name in _UNUSED_ITEMS),
    *(f"{_PLOTS}.widgets.{name}" for name in _UNUSED_WIDGETS),
    # The last one loads colorama, for the output of a debugging tool.
    *(f"{_PLOTS}.imageview", f"{_PLOTS}.multiprocess", f"{_PLOTS}.util.cprint"),
)


def keep_imports_plain() -> None:
    """Restore Python's own ``__import__``, which PySide replaces.

    PySide's version searches the source of every module imported afterwards for `from __feature__ import`,
    which this program does not use. That takes a tenth of the time to the first window.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def import_pyqtgraph() -> None:
    """Import pyqtgraph without the modules that are not used, and without letting it copy all names of Qt.

    PySide creates a class, with its enumerations, on first access. Copying the names would create all of
    them, which takes a tenth of the time to the first window. The unused modules take a twentieth.
    """
    if _PLOTS in sys.modules:
        return
    unused: dict[str, ModuleType | None] = {name: ModuleType(name) for name in _UNUSED}
    if _TESTS not in sys.modules:
        unused[_TESTS] = None  # as if it were not there, which pyqtgraph allows for
    sys.modules.update(unused)  # type: ignore[arg-type]
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
        for name in unused:
            del sys.modules[name]  # a later import loads the module itself


def _mirror(module: ModuleType) -> ModuleType:
    """Return a module to which pyqtgraph can add names, and which looks up all others in ``module``."""
    mirror = ModuleType(f"{_PLOTS}.Qt.{module.__name__.rpartition('.')[-1]}")

    def found(name: str) -> object:
        value = getattr(module, name)
        setattr(mirror, name, value)
        return value

    mirror.__getattr__ = found  # type: ignore[method-assign]
    return mirror
