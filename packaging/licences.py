#!/usr/bin/env python3
"""Collect the licences of everything that is in the bundle.

python packaging/licences.py FOLDER

To be run by the Python that has the bundle's parts installed. A part without a licence is an error.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from contents import BUNDLED_LIBRARIES, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OWN = ROOT / "packaging" / "licences"
# What is in the wheels of these is told by our own files.
TOLD_HERE = {
    "latex2mathml": ("latex2mathml.txt",),
    "pyopengl": ("PyOpenGL.txt",),
    "pyside6-essentials": ("Qt.txt", "Qt-third-party.txt", "LGPL-3.0.txt", "GPL-3.0.txt", "ICU.txt"),
    "shiboken6": ("Qt.txt", "LGPL-3.0.txt", "GPL-3.0.txt"),
    # Their fonts have licences of their own.
    "ziafont": ("DejaVu.txt",),
    "ziamath": ("STIX.txt", "OFL-1.1.txt"),
}
_IS_LICENCE = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|AUTHORS)[^/]*$", re.IGNORECASE)
_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")


class NoLicenceError(Exception):
    """A part has no licence; the text is its name."""


def parts(name: str = "gdsim") -> set[str]:
    """Return the distributions that one needs at run time, itself included, by their normal names."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        part = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if part in found:
            continue
        found.add(part)
        for requirement in metadata.requires(part) or ():
            wanted = _REQUIREMENT.match(requirement)
            if wanted and "extra ==" not in requirement and _is_installed(wanted[0]):
                waiting.append(wanted[0])
    return found


def _is_installed(name: str) -> bool:
    """Return whether a part is here; what only other systems need is not."""
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def files_of(part: str) -> Iterator[Path]:
    """Yield the licences of a distribution."""
    yield from (OWN / name for name in TOLD_HERE.get(part, ()))
    for file in metadata.files(part) or ():
        if ".dist-info/" in file.as_posix() and _IS_LICENCE.search(file.as_posix()):
            yield Path(str(file.locate()))


def python_licence() -> Path:
    """Return the licence of Python itself.

    Raises
    ------
    NoLicenceError
        If it is in none of the places where it may be.
    """
    standard = Path(sysconfig.get_path("stdlib"))
    for folder in (standard, standard.parent.parent, Path(sys.base_prefix)):
        for name in ("LICENSE.txt", "LICENSE"):
            if (folder / name).is_file():
                return folder / name
    raise NoLicenceError("Python")


def system_licences() -> dict[str, Path]:
    """Return the licences of the system's libraries in the bundle, by package.

    Raises
    ------
    NoLicenceError
        If this is a Linux that is no kin of Debian's, where nothing tells of them.
    """
    if sys.platform != "linux":  # elsewhere there are none
        return {}
    patterns = [
        f"*/{pattern.replace('*', '')}*" for pattern in BUNDLED_LIBRARIES if pattern.startswith("libx")
    ]
    patterns += ["*/libffi.so*", "*/libatomic.so*"]
    told = ""
    if shutil.which("dpkg-query"):
        command = ["dpkg-query", "-S", *patterns]
        told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    named = {line.split(":")[0] for line in told.splitlines() if not line.startswith("diversion by ")}
    owners = {owner for owner in named if "-dev" not in owner}
    found = {owner: Path("/usr/share/doc") / owner / "copyright" for owner in owners}
    missing = [owner for owner, path in found.items() if not path.is_file()]
    if missing or not found:
        raise NoLicenceError(", ".join(missing) or "the libraries of this system")
    return found


def collect(folder: Path) -> dict[str, list[str]]:
    """Copy every licence into a folder for each part; return the names of the files by part.

    Raises
    ------
    NoLicenceError
        If a part has none.
    """
    wanted: dict[str, list[Path]] = {part: list(files_of(part)) for part in sorted(parts())}
    wanted["python"] = [python_licence()]
    wanted["pyinstaller"] = list(files_of("pyinstaller"))
    wanted |= {f"system-{owner}": [path] for owner, path in system_licences().items()}
    for part, files in wanted.items():
        if not files:
            raise NoLicenceError(part)
        (folder / part).mkdir(parents=True, exist_ok=True)
        for file in files:
            (folder / part / _label(file)).write_bytes(file.read_bytes())
    return {part: sorted({_label(file) for file in files}) for part, files in wanted.items()}


def _label(file: Path) -> str:
    """Return a licence's name in its part's folder; several of them may have the same last name."""
    inside = file.as_posix().rpartition(".dist-info/")[2] if ".dist-info/" in file.as_posix() else file.name
    name = inside.removeprefix("licenses/").replace("/", "-")
    return name if "." in name else f"{name}.txt"


def main(arguments: Sequence[str]) -> int:
    """Collect into the folder that is named."""
    for part, files in collect(Path(arguments[0])).items():
        print(f"{part}: {', '.join(files)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
