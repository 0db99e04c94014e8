"""The system packages that gdsim and its tools need, and how to install them. Used by dev.py."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Callable, NamedTuple

from shell import Failure, quietly, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def has_library(soname: str) -> bool:
    """Return whether the dynamic loader can load a shared library."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def has_driver(name: str) -> bool:
    """Return whether a file of Mesa is in one of the library folders that distributions use."""
    return any(any(Path("/usr").glob(f"{folder}/{name}")) for folder in ("lib*", "lib/*"))


def has_font(suffix: str) -> bool:
    """Return whether a font with this suffix is in one of fontconfig's usual folders."""
    home = Path.home()
    folders = ("/usr/share/fonts", "/usr/local/share/fonts", home / ".fonts", home / ".local/share/fonts")
    return any(any(Path(folder).rglob(f"*{suffix}")) for folder in folders)


def has_module(name: str) -> bool:
    importlib.invalidate_caches()
    return importlib.util.find_spec(name) is not None


class Need(NamedTuple):
    """A part of the system, its package for each package manager, and the function that looks for it."""

    name: str
    apt: str
    dnf: str
    pacman: str
    found: Callable[[str], object] = has_library


# What PySide6's libraries and its X11 plugin load, and a minimal system may lack. The names work on every
# Debian and Ubuntu that the wheels run on; libglib2.0-0t64, for instance, also provides libglib2.0-0.
WINDOW_NEEDS = (
    Need("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    Need("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    Need("libX11.so.6", "libx11-6", "libX11", "libx11"),
    Need("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11"),
    Need("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    Need("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    Need("libfreetype.so.6", "libfreetype6", "freetype", "freetype2"),
    Need("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    Need("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    Need("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    Need("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    Need("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    Need("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    Need("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    Need("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    Need("libxcb-util.so.1", "libxcb-util1", "xcb-util", "xcb-util"),
    Need("libxcb-glx.so.0", "libxcb-glx0", "libxcb", "libxcb"),
    Need("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb"),
    Need("libxcb-render.so.0", "libxcb-render0", "libxcb", "libxcb"),
    Need("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    Need("libxcb-shm.so.0", "libxcb-shm0", "libxcb", "libxcb"),
    Need("libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb"),
    Need("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb"),
    Need("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb"),
    Need(".ttf", "fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu", has_font),
)
# A virtual display, and Mesa's software renderer for OpenGL on it.
VIRTUAL_NEEDS = (
    Need("Xvfb", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb", shutil.which),
    Need("libGLX_mesa.so.0", "libglx-mesa0", "mesa-libGL", "mesa"),
    Need("libEGL_mesa.so.0", "libegl-mesa0", "mesa-libEGL", "mesa"),
    Need("dri/swrast_dri.so", "libgl1-mesa-dri", "mesa-dri-drivers", "mesa", has_driver),
)
# The tools that build and inspect the bundle, make the Debian package, and validate the files for desktops.
BUNDLE_NEEDS = (
    Need("objdump", "binutils", "binutils", "binutils", shutil.which),
    Need("patchelf", "patchelf", "patchelf", "patchelf", shutil.which),
    Need("dpkg-deb", "dpkg", "dpkg", "dpkg", shutil.which),
    Need("appstreamcli", "appstream", "appstream", "appstream", shutil.which),
    Need(
        "desktop-file-validate",
        "desktop-file-utils",
        "desktop-file-utils",
        "desktop-file-utils",
        shutil.which,
    ),
)
# Debian's Python lacks this part of venv.
VENV_NEED = Need("ensurepip", "python{}.{}-venv".format(*sys.version_info), "python3", "python", has_module)

RELEASES = "https://github.com/gdsim/gdsim/releases"
OWN_LIBRARIES = "~/.local/lib/gdsim-needs"
ROOT = Path(__file__).resolve().parent.parent

MANAGERS = {
    "apt-get": "{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends {names}",
    "dnf": "{sudo}dnf install -y {names}",
    "pacman": "{sudo}pacman -Syu --needed {names}",
}


def packages(needs: Iterable[Need], manager: str) -> list[str]:
    """Return the names of the packages for ``needs`` in a package manager, each once."""
    column = {"apt-get": 1, "dnf": 2, "pacman": 3}[manager]
    return list(dict.fromkeys(need[column] for need in needs))  # type: ignore[misc]


def may_install() -> bool:
    """Return whether this process is root and can use apt-get."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def can_have(needs: Iterable[Need]) -> bool:
    """Return whether all needs are met, or packages can be installed without asking the user."""
    return may_install() or all(need.found(need.name) for need in needs)


def provide(needs: Sequence[Need]) -> None:
    """Install what the system lacks if that is allowed, else raise `Failure` with the command to type."""
    lacking = [need for need in needs if not need.found(need.name)]
    if not lacking:
        return
    manager = next(filter(shutil.which, MANAGERS), None)
    if manager is None:
        raise Failure(f"please install the packages that provide {', '.join(need.name for need in lacking)}.")
    names = packages(lacking, manager)
    as_root = os.geteuid() == 0
    if not may_install():
        command = MANAGERS[manager].format(sudo="" if as_root else "sudo ", names=" ".join(names))
        raise Failure(
            f"the system lacks some packages. Install them with this, then try again:\n\n{command}\n"
            f"{'' if as_root else without_rights(lacking, manager)}"
        )
    apt_install(names)
    still = [need.name for need in lacking if not need.found(need.name)]
    if still:
        raise Failure(f"the packages are installed, but {', '.join(still)} cannot be found.")


def without_rights(lacking: Sequence[Need], manager: str) -> str:
    """Return advice for users who may not install packages."""
    ways = [f"The .tar.xz of a release brings Python and what a desktop may lack: {RELEASES}"]
    libraries = [need for need in lacking if need.name.startswith("lib")]
    if VENV_NEED.name in {need.name for need in lacking}:
        version = "{}.{}".format(*sys.version_info)
        ways.append(
            f"uv makes .venv without such a package: uv venv --seed --python {version} {ROOT / '.venv'}"
        )
    if libraries and manager == "apt-get":
        names = " ".join(packages(libraries, manager))
        ways.append(
            "Libraries can also lie in a folder of your own. In this terminal:\n"
            f"mkdir -p {OWN_LIBRARIES} && cd {OWN_LIBRARIES} && apt-get download {names} && "
            'for one in *.deb; do dpkg-deb -x "$one" .; done && '
            'export LD_LIBRARY_PATH="$(echo "$PWD"/usr/lib/*-linux-gnu)"; cd -'
        )
    return "\nWithout administrator rights:\n\n" + "\n".join(f"- {way}" for way in ways) + "\n"


def apt_install(names: Sequence[str]) -> None:
    """Install packages as root, without questions, after waiting for another apt to finish."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = "apt-get -o DPkg::Lock::Timeout=120"
    say(f"Installing system packages: {' '.join(names)}")
    # In one shell command, so that its output has the cause when there is no network: `update` only warns
    # of that, and `install` fails because it does not know the package.
    both = f"{apt} update && {apt} install -y --no-install-recommends {' '.join(names)}"
    quietly(["sh", "-c", both], "apt-get could not install them", env)
