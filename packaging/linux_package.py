"""The packages for Linux: a .tar.xz to unpack anywhere, and a .deb for Debian and its derivatives."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
import tarfile
import textwrap
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import system_files
from contents import ROOT, SYSTEM_LIBRARIES, WAYLAND_LIBRARIES

SOURCES = ROOT / "packaging" / "linux"
MAINTAINER = "the gdsim developers <developers@gdsim.invalid>"
MAN_PAGE = "gdsim.1.gz"
# A release is built on the oldest system that it supports, which has this C library.
OLDEST_GLIBC, BUILDER = (2, 35), "Ubuntu 22.04"
_ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
README = """gdsim, the flight simulator of gradient descent

gdsim/gdsim          starts the program where it is
./install.sh         puts it into your menu, for you alone
./install.sh --uninstall

The licences of all parts are in gdsim/_internal/licenses.
"""


def share(made: Path, target: Path) -> None:
    """Fill a ``share`` folder with the desktop entry, icons, the scene file type and AppStream metadata.

    ``made`` contains the icons.
    """
    name = system_files.APP_ID
    files = {
        f"applications/{name}.desktop": SOURCES / "gdsim.desktop",
        f"mime/packages/{name}.xml": SOURCES / "gdsim-scene.xml",
        f"metainfo/{name}.metainfo.xml": SOURCES / "gdsim.metainfo.xml",
        f"icons/hicolor/scalable/apps/{name}.svg": ROOT / "resources" / "gdsim.svg",
    }
    for size in _ICON_SIZES:
        files[f"icons/hicolor/{size}x{size}/apps/{name}.png"] = made / f"gdsim-{size}.png"
    for place, source in files.items():
        (target / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target / place)


def make(frozen: Path, made: Path, work: Path, target: Path) -> list[Path]:
    """Write both packages, and return their paths, which are ``target`` with different suffixes.

    ``frozen`` is the folder of the frozen program, and ``made`` contains the icons and the manual page. The
    content of the folder ``work`` is replaced.
    """
    shutil.rmtree(work, ignore_errors=True)
    archive, package = (target.with_name(target.name + suffix) for suffix in (".tar.xz", ".deb"))
    tar_folder(archive_folder(frozen, made, work / target.name), archive)
    tree = debian_tree(frozen, made, work / "debian")
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(tree), str(package)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return [archive, package]


def tar_folder(folder: Path, target: Path) -> None:
    """Write a folder into a .tar.xz, under its own name, with root as the owner of every file."""

    def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        return member

    with tarfile.open(target, "w:xz", preset=6) as archive:
        archive.add(folder, folder.name, filter=anonymous)


def archive_folder(frozen: Path, made: Path, folder: Path) -> Path:
    """Lay out the content of the .tar.xz, and return its folder."""
    shutil.copytree(frozen, folder / "gdsim", symlinks=True)
    share(made, folder / "share")
    shutil.copy(SOURCES / "install.sh", folder)
    shutil.copy(ROOT / "LICENSE", folder)
    (folder / "README.txt").write_text(README, encoding="utf-8")
    return folder


def debian_tree(frozen: Path, made: Path, tree: Path) -> Path:
    """Lay out the content of the .deb, and return its folder."""
    shutil.copytree(frozen, tree / "usr/lib/gdsim", symlinks=True)
    share(made, tree / "usr/share")
    (tree / "usr/bin").mkdir()
    (tree / "usr/bin/gdsim").symlink_to("../lib/gdsim/gdsim")
    words = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for place, content in {
        "doc/gdsim/copyright": (SOURCES / "copyright").read_bytes(),
        "doc/gdsim/changelog.gz": gzip.compress(debian_changelog(words).encode(), mtime=0),
        f"man/man1/{MAN_PAGE}": (made / MAN_PAGE).read_bytes(),
        "lintian/overrides/gdsim": (SOURCES / "lintian-overrides").read_bytes(),
    }.items():
        file = tree / "usr/share" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (tree / "DEBIAN").mkdir()
    glibc = needed_glibc(frozen)
    print(glibc_warning(glibc), end="", file=sys.stderr)
    (tree / "DEBIAN/control").write_text(control(_kilobytes(tree), glibc), encoding="utf-8")
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or (os.access(path, os.X_OK) and ".so" not in path.name)
            path.chmod(0o755 if runs else 0o644)
    return tree


def debian_changelog(text: str) -> str:
    """Convert CHANGELOG.md to a Debian changelog; an unreleased version is dated today."""
    entries = []
    for version, date, body in re.findall(r"^## (\S+) \((.*)\)\n((?:(?!## ).*\n)*)", text, re.MULTILINE):
        released = date != "unreleased"
        day = datetime.fromisoformat(date).replace(tzinfo=UTC) if released else datetime.now(UTC)
        lines = [f"gdsim ({version}) {'stable' if released else 'UNRELEASED'}; urgency=low", ""]
        for point in re.split(r"^- |\n\n", body, flags=re.MULTILINE):
            if heading := re.fullmatch(r"\*\*(.+)\*\*", point.strip()):
                lines += [""] * bool(lines[-1]) + [f"  [ {heading[1]} ]"]
            else:
                lines += textwrap.wrap(
                    " ".join(point.split()), 78, initial_indent="  * ", subsequent_indent="    "
                )
        entries.append("\n".join([*lines, "", f" -- {MAINTAINER}  {format_datetime(day)}", ""]))
    return "\n".join(entries)


def glibc_warning(glibc: str) -> str:
    """Return a warning if the packages need a newer C library than README promises, else ""."""
    if tuple(map(int, glibc.split("."))) <= OLDEST_GLIBC:
        return ""
    promised = ".".join(map(str, OLDEST_GLIBC))
    return (
        f"warning: the packages need a C library as new as that of this system, {glibc}. Build them on "
        f"{BUILDER}, as the workflow does, and they need {promised}.\n"
    )


def needed_glibc(folder: Path) -> str:
    """Return the oldest version of the C library with which the binaries in a folder run.

    It depends on the system on which Python was built, and on the wheels.
    """
    files = [str(path) for path in _files(folder) if path.read_bytes()[:4] == b"\x7fELF"]
    told = subprocess.run(["readelf", "-V", *files], capture_output=True, text=True, check=False).stdout
    found = [(int(major), int(minor)) for major, minor in re.findall(r"GLIBC_(\d+)\.(\d+)", told)]
    return ".".join(map(str, max(found)))


def control(kilobytes: int, glibc: str) -> str:
    """Return the control file of the .deb.

    ``kilobytes`` is the size of the installed files, ``glibc`` the oldest C library that they run with.
    """
    fonts = "fonts-dejavu-core | fonts-noto-core | fonts-liberation"
    needed = sorted({*SYSTEM_LIBRARIES.values(), fonts} - {"libc6"} | {f"libc6 (>= {glibc})"})
    useful = sorted({*WAYLAND_LIBRARIES.values(), "libgl1-mesa-dri"})
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
    return (
        f"Package: gdsim\nVersion: {system_files.version()}\nArchitecture: {architecture}\n"
        f"Maintainer: {MAINTAINER}\nHomepage: {system_files.HOMEPAGE}\n"
        f"Installed-Size: {kilobytes}\nSection: education\nPriority: optional\n"
        f"Depends: {', '.join(needed)}\nRecommends: {', '.join(useful)}\n"
        f"Description: {system_files.SUMMARY}\n"
        " Take a few points, see the error surface that a sigmoid neuron makes of them,\n"
        " and run optimizers on it: gradient descent, momentum, Nesterov, AdaGrad,\n"
        " RMSProp, Adam; step by step, forwards and backwards, with true numbers.\n"
        " .\n"
        " It works offline and sends no data.\n"
    )


def _kilobytes(tree: Path) -> int:
    return sum(path.stat().st_size for path in _files(tree)) // 1024


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
