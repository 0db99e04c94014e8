"""What goes into the bundle and what is left out, on every system. Needs nothing but the standard library."""

from __future__ import annotations

import fnmatch
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from needs import WINDOW_NEEDS

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parent.parent
# Pictures of the README, which the program does not show.
RESOURCES_LEFT_OUT = ("pictures",)

# Modules that are imported by name or by a plugin mechanism, so that PyInstaller does not find them.
HIDDEN_IMPORTS = (
    "OpenGL.platform.egl",  # PyInstaller's hook knows only GLX
    "OpenGL.platform.glx",
    "OpenGL.arrays.numpymodule",
    "OpenGL.arrays.ctypesarrays",
)
# Packages with data files: fonts, and the names of mathematical symbols.
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

# Never imported by the program itself, but by parts of its dependencies.
MODULES_LEFT_OUT = (
    "tkinter",
    "readline",
    # The program uses no network, so OpenSSL is left out; hashlib and hmac work without it.
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

# The modules of Qt that the program, pyqtgraph, or a plugin below uses. No other may be in the bundle.
QT_USED = frozenset({
    "Core", "Gui", "Widgets", "Svg", "OpenGL", "OpenGLWidgets", "DBus",
    "XcbQpa", "WaylandClient",
})  # fmt: skip
# The plugins of Qt that are kept, as FOLDER/NAME patterns.
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
# Files that only parts left out need: the GTK 3 stack of the platform theme, unused codecs, tests.
FILES_LEFT_OUT = (
    "*libgtk-3*", "*libgdk-3*", "*libgdk_pixbuf*", "*libatk*", "*libatspi*", "*libpango*", "*libcairo*",
    "*libharfbuzz*", "*libthai*", "*libdatrie*", "*libfribidi*", "*librsvg*", "*libepoxy*",
    "*libavif*", "*_avif*", "*opengl32sw*", "*d3dcompiler*",
    "PySide6/Qt/translations/*", "PySide6/translations/*", "PySide6/Qt/qml/*", "PySide6/qml/*",
    "*/tests/*", "*/test/*",
    "pyqtgraph/icons/peegee/*", "pyqtgraph/colors/maps/CET-*",
)  # fmt: skip
# Qt's own texts, such as the buttons of its dialogs, in the languages of the program.
QT_TRANSLATIONS = frozenset(
    f"qtbase_{language.name}" for language in (Path(__file__).parent.parent / "resources/languages").iterdir()
)
# On Linux, the bundle has only those system libraries that a desktop may lack. All others must be the
# system's own, because its OpenGL drivers need versions at least as new as those they were built with.
BUNDLED_LIBRARIES = (
    "libpython3*", "libffi.so*", "libatomic.so*", "libxkbcommon.so*", "libxkbcommon-x11.so*",
    "libxcb-cursor.so*", "libxcb-icccm.so*", "libxcb-image.so*", "libxcb-keysyms.so*", "libxcb-util.so*",
    "libxcb-render-util.so*", "libxcb-render.so*", "libxcb-shape.so*", "libxcb-xkb.so*",
    # From PySide6 and from other wheels, whose libraries have a checksum in their names.
    "libQt6*", "libicu*", "libpyside6*", "libshiboken6*", "lib*-????????.so*",
)  # fmt: skip


def is_bundled(library: str) -> bool:
    """Return whether a system library is copied into the bundle on Linux."""
    return any(fnmatch.fnmatch(library, pattern) for pattern in BUNDLED_LIBRARIES)


# The libraries that the bundle needs from the system, and the Debian packages that have them.
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
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb.so.1": "libxcb1",
    **{need.name: need.apt for need in WINDOW_NEEDS if ".so" in need.name and not is_bundled(need.name)},
}
# Needed by Qt's Wayland plugin only, which Qt does not load where they are missing.
WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}

# A file with one of these in its path belongs to a development tool.
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
    """Return every file of resources/ that belongs in the bundle, by its path in that folder."""
    folder = ROOT / "resources"
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in RESOURCES_LEFT_OUT
    }


def is_kept(name: str) -> bool:
    """Return whether a file that PyInstaller has found belongs in the bundle, given its path there."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.parent.name == "translations" and path.stem in QT_TRANSLATIONS:
        return True
    if any(fnmatch.fnmatch(str(path), pattern) for pattern in FILES_LEFT_OUT):
        return False
    # On macOS a module of Qt is a folder, such as QtGui.framework. It is kept or left out as a whole, because
    # without its library the rest is useless, and the application could not be signed.
    frameworks = [part for part in path.parts if part.endswith(".framework")]
    module = qt_module(frameworks[0] if frameworks else path.name)
    if module is not None and "plugins" not in path.parts:
        return module in QT_USED
    if len(path.parts) == 1 and ".so" in path.name:
        return is_bundled(path.name)
    if "plugins" in path.parts and "PySide6" in path.parts:
        inside = "/".join(path.parts[path.parts.index("plugins") + 1 :])
        return any(fnmatch.fnmatch(inside, pattern) for pattern in QT_PLUGINS)
    return True


def qt_module(name: str) -> str | None:
    """Return the name, without "Qt", of the module that a library or binding belongs to, or None."""
    stem = name.removeprefix("lib").split(".")[0]
    for prefix in ("Qt6", "Qt"):
        if stem.startswith(prefix) and stem[len(prefix) : len(prefix) + 1].isupper():
            return stem.removeprefix(prefix)
    return None


def unwanted(names: Iterable[str]) -> list[str]:
    """Return the files of a bundle that should not be in it: development tools, and files left out."""
    return [
        name
        for name in names
        if not is_kept(name) or any(tool in part for tool in TEST_TOOLS for part in PurePosixPath(name).parts)
    ]
