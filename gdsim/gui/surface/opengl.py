"""The setup of OpenGL: settings to make before the application starts, and the search for a graphics device.

Software OpenGL is not used, because its compiler takes 100 MB of memory, and QPainter draws the same
surface nearly as fast.
"""

import ctypes
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication, QSurfaceFormat

from gdsim.gui.quiet import quiet_about

if TYPE_CHECKING:
    from PySide6.QtGui import QOpenGLContext

SAMPLES = 4
# Qt supports OpenGL contexts on these platforms partly or not at all, and warns when one is requested.
_PLATFORMS_WITHOUT = ("offscreen", "minimal", "vnc", "linuxfb")
_SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swiftshader", "software", "gdi generic", "basic render")
_GL_RENDERER = 0x1F01
# Graphics devices of Linux below /dev: those of Mesa's drivers, of NVIDIA's driver, and of Windows in WSL.
_DEVICES = ("dri/renderD*", "nvidia[0-9]*", "dxg")
# The version that pyqtgraph's shaders need; Windows without a driver has 1.1.
_OLDEST = (2, 1)


class GLSupport(NamedTuple):
    """The available OpenGL."""

    available: bool = False
    renderer: str = ""  # its name as the driver reports it
    # PyOpenGL's name for how contexts are made: ``"glx"`` or ``"egl"``; empty where there is one way only.
    platform: str = ""


def prepare_opengl() -> None:
    """Make the settings that must precede the application object."""
    # Drivers write errors to stderr, past Qt; `probe_opengl` reports what works.
    os.environ.setdefault("LIBGL_DEBUG", "quiet")
    os.environ.setdefault("EGL_LOG_LEVEL", "fatal")
    form = QSurfaceFormat()
    form.setRenderableType(QSurfaceFormat.RenderableType.OpenGL)
    form.setDepthBufferSize(24)
    form.setSamples(SAMPLES)
    QSurfaceFormat.setDefaultFormat(form)
    if _may_work(os.environ.get("QT_QPA_PLATFORM", "")):
        # pyqtgraph compiles its shaders once, so the context of a second pane has to share them.
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)


def probe_opengl() -> GLSupport:
    """Return the OpenGL of a graphics device, if there is one.

    Needs an application object; call it before anything imports ``pyqtgraph.opengl``.
    """
    # Without a device there is only a software renderer, which requesting a context would load.
    support = load_driver() if has_graphics_device() else GLSupport()
    return GLSupport() if is_software(support.renderer) else support


def has_graphics_device(devices: Path = Path("/dev")) -> bool:
    """Return whether Linux has a graphics device; always True on other systems."""
    return not sys.platform.startswith("linux") or any(any(devices.glob(name)) for name in _DEVICES)


def load_driver() -> GLSupport:
    """Return the available OpenGL, even in software, and set up PyOpenGL to make contexts as Qt does."""
    if not _may_work(QGuiApplication.platformName()):
        return GLSupport()
    from PySide6.QtGui import QOffscreenSurface, QOpenGLContext  # noqa: PLC0415 - once there is a surface to draw

    with quiet_about(""):  # a missing OpenGL is a valid result, so Qt need not warn of it
        surface, context = QOffscreenSurface(), QOpenGLContext()
        surface.create()
        if not (surface.isValid() and context.create() and context.makeCurrent(surface)):
            return GLSupport()
        if context.format().version() < _OLDEST:
            context.doneCurrent()
            return GLSupport()
        platform = _current_platform()
        renderer = renderer_of(context)
        context.doneCurrent()
    if platform:
        os.environ["PYOPENGL_PLATFORM"] = platform
    return GLSupport(True, renderer, platform)


def renderer_of(context: "QOpenGLContext") -> str:
    """Return the name of the renderer of a current context."""
    # PySide declares an integer but returns text.
    return str(context.functions().glGetString(_GL_RENDERER) or "")


def is_software(renderer: str) -> bool:
    return any(name in renderer.lower() for name in _SOFTWARE)


def _may_work(platform: str) -> bool:
    if platform.split(":", maxsplit=1)[0] in _PLATFORMS_WITHOUT:
        return False
    return os.environ.get("QT_XCB_GL_INTEGRATION", "").lower() != "none"


def _current_platform() -> str:
    """Return which of the two interfaces of Linux made the current context; empty on other systems."""
    if sys.platform in ("win32", "darwin"):
        return ""
    for platform, libraries, function in (
        ("egl", ("libEGL.so.1",), "eglGetCurrentContext"),
        ("glx", ("libGLX.so.0", "libGL.so.1"), "glXGetCurrentContext"),
    ):
        if any(_returns_pointer(library, function) for library in libraries):
            return platform
    return ""


def _returns_pointer(library: str, function: str) -> bool:
    try:
        current = getattr(ctypes.CDLL(library), function)
    except (OSError, AttributeError):
        return False
    current.restype = ctypes.c_void_p
    return bool(current())
