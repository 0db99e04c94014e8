"""What the bundle holds and what is left out of it, on every system. No import but the standard library."""

from __future__ import annotations

import fnmatch
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parent.parent
# Pictures of the README; nobody sees them in the program.
RESOURCES_LEFT_OUT = ("pictures",)

# Modules that are imported by name or by a plugin mechanism, which PyInstaller cannot see.
HIDDEN_IMPORTS = (
    "OpenGL.platform.egl",  # the hook of PyInstaller knows only GLX
    "OpenGL.platform.glx",
    "OpenGL.arrays.numpymodule",
    "OpenGL.arrays.ctypesarrays",
)
# Packages that read files of their own: fonts, and the names of mathematical signs.
PACKAGES_WITH_DATA = ("ziamath", "ziafont", "latex2mathml")
# The window is loaded by name, so that headless use needs no Qt.
WINDOW_IMPORTS = (
    "gdsim.gui",
    "gdsim.gui.runtime.app",
    "gdsim.gui.runtime.boot",
    "gdsim.gui.runtime.self_test",
    "gdsim.gui.runtime.unattended",
    "gdsim.gui.window.window_look",
)

# Never imported by the program, but by parts of what it imports.
MODULES_LEFT_OUT = (
    "tkinter",
    "readline",
    # Nothing here speaks to a network; with these goes OpenSSL. hashlib and hmac have their own code as well.
    "ssl",
    "_ssl",
    "_hashlib",
    "bz2",
    "_bz2",
    "lzma",
    "_lzma",
    "_uuid",
    "IPython",
    "jupyter_rfb",
    "matplotlib",
    "scipy",
    "numba",
    "cupy",
    "h5py",
    "pytest",
    "hypothesis",
    "setuptools",
    "pkg_resources",
    "pip",
    "lib2to3",
    "numpy.f2py",
    "numpy.distutils",
    "pyqtgraph.examples",
    "pyqtgraph.jupyter",
    "PySide6.QtDBus",
    "PySide6.QtNetwork",
    "PySide6.QtTest",
    "PySide6.QtSql",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "numpy._core._multiarray_tests",
    "PIL.AvifImagePlugin",
    "PIL.ImageCms",
    "PIL._imagingcms",
    "PIL.ImageTk",
    "PIL.ImageQt",
)

# The modules of Qt that the program, pyqtgraph, or a plugin below uses; every other one is a fault.
QT_USED = frozenset({
    "Core", "Gui", "Widgets", "Svg", "OpenGL", "OpenGLWidgets", "DBus",
    "XcbQpa", "WaylandClient",
})  # fmt: skip
# Folders of plugins; of those with choices, which.
QT_PLUGINS = (
    "platforms/*xcb*",
    "platforms/*wayland*",
    "platforms/*offscreen*",
    "platforms/*qwindows.*",
    "platforms/*cocoa*",
    "imageformats/*qsvg*",
    "imageformats/*qico*",
    "iconengines/*svg*",
    "styles/*",
    "xcbglintegrations/*",
    "wayland-shell-integration/*xdg-shell*",
    "wayland-decoration-client/*",
    "wayland-graphics-integration-client/*wayland-egl*",
    "platforminputcontexts/*compose*",
    "platforminputcontexts/*ibus*",
)
# Parts that only what is left out needs: the GTK 3 stack of the platform theme, unused codecs, tests.
FILES_LEFT_OUT = (
    "*libgtk-3*", "*libgdk-3*", "*libgdk_pixbuf*", "*libatk*", "*libatspi*", "*libpango*", "*libcairo*",
    "*libharfbuzz*", "*libthai*", "*libdatrie*", "*libfribidi*", "*librsvg*", "*libepoxy*",
    "*libavif*", "*_avif*", "*opengl32sw*", "*d3dcompiler*",
    "PySide6/Qt/translations/*", "PySide6/translations/*", "PySide6/Qt/qml/*", "PySide6/qml/*",
    "*/tests/*", "*/test/*",
    "pyqtgraph/icons/peegee/*", "pyqtgraph/colors/maps/CET-*",
)  # fmt: skip
# What Qt itself says, on the buttons of its dialogs, in the languages of the program.
QT_TRANSLATIONS = frozenset(
    f"qtbase_{one.name}" for one in (Path(__file__).parent.parent / "resources/languages").iterdir()
)
# On Linux, of the libraries of the system only those that a desktop may lack. All others must be the
# system's own: its OpenGL drivers need them as new as they were built with.
BUNDLED_LIBRARIES = (
    "libpython3*", "libffi.so*", "libatomic.so*", "libxkbcommon.so*", "libxkbcommon-x11.so*",
    "libxcb-cursor.so*", "libxcb-icccm.so*", "libxcb-image.so*", "libxcb-keysyms.so*", "libxcb-util.so*",
    "libxcb-render-util.so*", "libxcb-render.so*", "libxcb-shape.so*", "libxcb-xkb.so*",
    # These come with PySide6 and the wheels of others, whose libraries have a checksum in their names.
    "libQt6*", "libicu*", "libpyside6*", "libshiboken6*", "lib*-????????.so*",
)  # fmt: skip
# What the bundle asks of the system, and the Debian packages that bring it.
SYSTEM_LIBRARIES = {
    "libc.so.6": "libc6",
    "libm.so.6": "libc6",
    "libdl.so.2": "libc6",
    "libpthread.so.0": "libc6",
    "ld-linux-x86-64.so.2": "libc6",
    "libgcc_s.so.1": "libgcc-s1",
    "libstdc++.so.6": "libstdc++6",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
    "libexpat.so.1": "libexpat1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
}
# Those of Wayland are asked for by a plugin, which is not loaded where they are missing.
WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}

# A name with one of these in it is a tool for tests, or was forgotten.
TEST_TOOLS = (
    "pytest",
    "hypothesis",
    "QtTest",
    "Qt6Test",
    "mypy",
    "ruff",
    "importlinter",
    "coverage",
)


def resources() -> dict[str, Path]:
    """Return every file of resources/ that belongs into the bundle, by its path in that folder."""
    folder = ROOT / "resources"
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in RESOURCES_LEFT_OUT
    }


def is_kept(name: str) -> bool:
    """Return whether a file that PyInstaller has found belongs into the bundle.

    Parameters
    ----------
    name : str
        Its path in the bundle.
    """
    path = PurePosixPath(name.replace("\\", "/"))
    if path.parent.name == "translations" and path.stem in QT_TRANSLATIONS:
        return True
    if any(fnmatch.fnmatch(str(path), pattern) for pattern in FILES_LEFT_OUT):
        return False
    # On macOS a module is a folder, such as QtGui.framework; without its library the rest of it is of no use,
    # and the application cannot be signed.
    frameworks = [part for part in path.parts if part.endswith(".framework")]
    module = qt_module(frameworks[0] if frameworks else path.name)
    if module is not None and "plugins" not in path.parts:
        return module in QT_USED
    if len(path.parts) == 1 and ".so" in path.name:
        return any(fnmatch.fnmatch(path.name, pattern) for pattern in BUNDLED_LIBRARIES)
    if "plugins" in path.parts and "PySide6" in path.parts:
        inside = "/".join(path.parts[path.parts.index("plugins") + 1 :])
        return any(fnmatch.fnmatch(inside, pattern) for pattern in QT_PLUGINS)
    return True


def qt_module(name: str) -> str | None:
    """Return which module of Qt a library or a binding is, without its "Qt"; None for any other file."""
    stem = name.removeprefix("lib").split(".")[0]
    for prefix in ("Qt6", "Qt"):
        if stem.startswith(prefix) and stem[len(prefix) : len(prefix) + 1].isupper():
            return stem.removeprefix(prefix)
    return None


def unwanted(names: Iterable[str]) -> list[str]:
    """Return what is in a bundle, and should not be: test tools, and what is not kept."""
    return [
        name
        for name in names
        if not is_kept(name) or any(tool in part for tool in TEST_TOOLS for part in PurePosixPath(name).parts)
    ]
