#!/usr/bin/env python3
"""Collect the licences of all parts of the bundle.

python packaging/licences.py FOLDER

To be run by the Python of the environment that the bundle is built from. A part without a licence is an
error.
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
# Licences that the wheels of these distributions lack; the files are in packaging/licences.
ADDED = {
    "latex2mathml": ("latex2mathml.txt",),
    "pyopengl": ("PyOpenGL.txt",),
    "pyside6-essentials": ("Qt.txt", "Qt-third-party.txt", "LGPL-3.0.txt", "GPL-3.0.txt", "ICU.txt"),
    "shiboken6": ("Qt.txt", "LGPL-3.0.txt", "GPL-3.0.txt"),
    # The fonts of these two have licences of their own.
    "ziafont": ("DejaVu.txt",),
    "ziamath": ("STIX.txt", "OFL-1.1.txt"),
}
_IS_LICENCE = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|AUTHORS)[^/]*$", re.IGNORECASE)
_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")


class NoLicenceError(Exception):
    """Raised for a part without a licence; the message is the name of the part."""


def parts(name: str = "gdsim") -> set[str]:
    """Return the normalized names of a distribution and of all that it needs at run time."""
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
    """Return whether a distribution is installed; those that only other systems need are not."""
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def files_of(part: str) -> Iterator[Path]:
    """Yield the paths of a distribution's licences."""
    yield from (OWN / name for name in ADDED.get(part, ()))
    for file in metadata.files(part) or ():
        if ".dist-info/" in file.as_posix() and _IS_LICENCE.search(file.as_posix()):
            yield Path(str(file.locate()))


def python_licence() -> Path:
    """Return the path of Python's own licence; raises `NoLicenceError` if there is none."""
    standard = Path(sysconfig.get_path("stdlib"))
    for folder in (standard, standard.parent.parent, Path(sys.base_prefix)):
        for name in ("LICENSE.txt", "LICENSE"):
            if (folder / name).is_file():
                return folder / name
    raise NoLicenceError("Python")


def system_licences() -> dict[str, Path]:
    """Return the licences of the system libraries in the bundle, by Debian package.

    Raises `NoLicenceError` if none is found, as on a Linux that is not derived from Debian.
    """
    if sys.platform != "linux":  # elsewhere the bundle has no system libraries
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
    """Copy the licences into ``folder``, in a subfolder for each part; return the file names by part.

    Raises `NoLicenceError` if a part has no licence.
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
    """Return a file name for a licence, which includes its subfolders so that it is unique in its part."""
    inside = file.as_posix().rpartition(".dist-info/")[2] if ".dist-info/" in file.as_posix() else file.name
    name = inside.removeprefix("licenses/").replace("/", "-")
    return name if "." in name else f"{name}.txt"


def main(arguments: Sequence[str]) -> int:
    for part, files in collect(Path(arguments[0])).items():
        print(f"{part}: {', '.join(files)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
