"""Starting OpenGL: what must be set before the application, and whether a graphics device draws with it.

OpenGL that runs on the processor is not used: its compiler takes 100 MB of memory, and the painter shows the
same surface nearly as fast.
"""

import ctypes
import os
import sys
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext, QSurfaceFormat

from gdsim.gui.quiet import quiet_about

SAMPLES = 4
# Qt makes contexts on these at best in part, and asking for one prints a warning.
_PLATFORMS_WITHOUT = ("offscreen", "minimal", "vnc", "linuxfb")
_SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swiftshader", "software", "gdi generic", "basic render")
_GL_RENDERER = 0x1F01
# Where Linux has its graphics devices: Mesa's drivers, NVIDIA's own, and Windows' in WSL.
_DEVICES = ("dri/renderD*", "nvidia[0-9]*", "dxg")
# What pyqtgraph's shaders need. Windows without a driver has 1.1.
_OLDEST = (2, 1)


class GLSupport(NamedTuple):
    """What OpenGL there is."""

    available: bool = False
    renderer: str = ""  # what the driver calls itself
    # How contexts are made, as PyOpenGL names it: ``"glx"``, ``"egl"``, or empty where there is one way only.
    platform: str = ""


def prepare() -> None:
    """Set what must be set before there is an application."""
    # Drivers write their complaints past Qt to stderr; what there is, `probe` finds out.
    os.environ.setdefault("LIBGL_DEBUG", "quiet")
    os.environ.setdefault("EGL_LOG_LEVEL", "fatal")
    form = QSurfaceFormat()
    form.setRenderableType(QSurfaceFormat.RenderableType.OpenGL)
    form.setDepthBufferSize(24)
    form.setSamples(SAMPLES)
    QSurfaceFormat.setDefaultFormat(form)
    if _may_work(os.environ.get("QT_QPA_PLATFORM", "")):
        # pyqtgraph compiles its shaders once; a second pane's context has to know them too.
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)


def probe() -> GLSupport:
    """Find out whether a graphics device draws with OpenGL.

    Call it with an application, and before anything imports ``pyqtgraph.opengl``.
    """
    # Without a device there is only a software renderer, and to ask for a context loads it.
    support = load_driver() if has_graphics_device() else GLSupport()
    return GLSupport() if is_software(support.renderer) else support


def has_graphics_device(devices: Path = Path("/dev")) -> bool:
    """Return whether something but the processor may draw; on systems other than Linux always True."""
    return not sys.platform.startswith("linux") or any(any(devices.glob(name)) for name in _DEVICES)


def load_driver() -> GLSupport:
    """Find out what OpenGL there is, be it in software, and have PyOpenGL make contexts the way Qt does."""
    if not _may_work(QGuiApplication.platformName()):
        return GLSupport()
    with quiet_about(""):  # that there is no OpenGL is an answer, not a fault
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


def renderer_of(context: QOpenGLContext) -> str:
    """Return the name of the renderer of a context that is current."""
    # Declared as an integer, it comes as text.
    return str(context.functions().glGetString(_GL_RENDERER) or "")


def is_software(renderer: str) -> bool:
    return any(name in renderer.lower() for name in _SOFTWARE)


def _may_work(platform: str) -> bool:
    if platform.split(":", maxsplit=1)[0] in _PLATFORMS_WITHOUT:
        return False
    return os.environ.get("QT_XCB_GL_INTEGRATION", "").lower() != "none"


def _current_platform() -> str:
    """Return by which of the two ways on Linux the current context was made."""
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
