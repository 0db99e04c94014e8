"""The versions of all parts and how the surface is drawn, for --version, About and error reports."""

import platform

import numpy as np
import pyqtgraph as pg
import PySide6
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

import gdsim
from gdsim.gui.surface.opengl import GLSupport


def component_versions() -> dict[str, str]:
    # Imported late, because the program starts without these.
    import contourpy  # noqa: PLC0415
    import OpenGL  # noqa: PLC0415
    import PIL  # noqa: PLC0415

    return {
        "Python": platform.python_version(),
        "Qt": qVersion(),
        "PySide6": PySide6.__version__,
        "pyqtgraph": pg.__version__,
        "PyOpenGL": OpenGL.__version__,
        "NumPy": np.__version__,
        "contourpy": contourpy.__version__,
        "Pillow": PIL.__version__,
    }


def component_line() -> str:
    return ", ".join(f"{name} {version}" for name, version in component_versions().items())


def surface_line(support: GLSupport) -> str:
    """Return how the surface is drawn with the given OpenGL support."""
    if not support.available:
        return "painted, without OpenGL"
    by = f" (contexts by {support.platform})" if support.platform else ""
    return f"OpenGL, {support.renderer}{by}"


def report(surface: str) -> list[str]:
    """Return lines with the versions, the system, the display and how the surface is drawn."""
    return [
        f"gdsim {gdsim.__version__}",
        component_line(),
        f"System: {platform.platform()}",
        f"Display: {QGuiApplication.platformName()}",
        f"Surface: {surface}",
    ]
