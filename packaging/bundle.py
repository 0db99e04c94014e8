#!/usr/bin/env python3
"""Build the bundle and its packages, and check them. Called by `packaging/dev.py bundle`.

python packaging/bundle.py [--check]

The work is done in build/bundle, in a virtual environment with exactly the packages, pinned by hash, of
packaging/bundle.lock. The release packages and their checksums go to dist/.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import linux_package
import system_files
from contents import ROOT
from shell import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LOCK = ROOT / "packaging" / "bundle.lock"
WORK = ROOT / "build" / "bundle"
ENVIRONMENT = WORK / "environment"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = ENVIRONMENT / "gdsim-lock"
FROZEN = WORK / "frozen"
OUT = ROOT / "dist"
CHECKSUMS = "SHA256SUMS"


def provide_environment() -> None:
    """Install the locked packages, unless they are up to date, and the current gdsim."""
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if not (STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted):
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        run(sys.executable, "-m", "venv", ENVIRONMENT)
        run(PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "--only-binary=:all:", "-r", LOCK)
        STAMP.write_text(wanted, encoding="utf-8")
    run(PYTHON, "-m", "pip", "install", "-q", "--force-reinstall", "--no-deps", "--no-build-isolation", ROOT)


def freeze() -> None:
    """Build the icons, the licences and the frozen program; on Linux, the manual page as well."""
    made = WORK / "made"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    run(PYTHON, ROOT / "packaging" / "app_icon.py", made)
    run(PYTHON, ROOT / "packaging" / "licences.py", made / "licenses")
    system_files.write_version_resource(made / "version.txt")
    folders = ["--workpath", str(WORK / "pyinstaller"), "--distpath", str(FROZEN)]
    options = ["--noconfirm", "--log-level", "WARN", *folders]
    spec = ROOT / "packaging" / "gdsim.spec"
    # A fixed hash seed: some sets are written to the archive in the order that the hashes of str give.
    env = {**os.environ, "GDSIM_BUNDLE_WORK": str(made), "PYTHONHASHSEED": "0"}
    run(PYTHON, "-m", "PyInstaller", *options, spec, env=env)
    if sys.platform == "linux":
        run(PYTHON, ROOT / "packaging" / "man_page.py", made)
        strip_python(FROZEN / "gdsim")


def strip_python(folder: Path) -> None:
    """Strip the symbols and search paths of the build machine from Python's own libraries.

    The libraries of wheels are left as they are, because patching them a second time may break them.
    """
    own = [*folder.glob("_internal/libpython*.so*"), *folder.glob("_internal/python3*/lib-dynload/*.so")]
    run("strip", "--strip-unneeded", *own)
    run("patchelf", "--remove-rpath", *own)


def label() -> str:
    """Return version, system and processor for file names: ``0.1.0-linux-x86_64``."""
    system = {"linux": "linux", "win32": "windows", "darwin": "macos"}[sys.platform]
    processor = platform.machine().lower().replace("amd64", "x86_64")
    return f"{system_files.version()}-{system}-{processor}"


def pack() -> list[Path]:
    """Write the release packages for this system into dist/, and return their paths."""
    OUT.mkdir(exist_ok=True)
    target = OUT / f"gdsim-{label()}"
    if sys.platform == "linux":
        made = linux_package.make(FROZEN / "gdsim", WORK / "made", WORK / "linux", target)
    elif sys.platform == "darwin":
        # ditto keeps symbolic links and permissions, which an application's signature covers.
        made = [target.with_name(f"{target.name}.zip")]
        run("ditto", "-c", "-k", "--keepParent", FROZEN / "gdsim.app", made[0])
    else:
        made = [target.with_name(f"{target.name}.zip")]
        zip_folder(FROZEN / "gdsim", made[0])
    return made


def zip_folder(folder: Path, target: Path) -> None:
    """Write a folder into a zip file, under its own name."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder.parent))


def write_checksums(files: Iterable[Path], target: Path) -> None:
    """Write the checksums of files in the format of sha256sum."""
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in sorted(files)]
    target.write_text("".join(lines), encoding="utf-8", newline="\n")


def main(arguments: Sequence[str]) -> int:
    if set(arguments) - {"--check"}:
        print(f"bundle: unknown arguments: {' '.join(arguments)}", file=sys.stderr)
        return 2
    try:
        provide_environment()
        freeze()
        packages = pack()
    except subprocess.CalledProcessError as failed:
        print(f"bundle: this failed: {failed.cmd[0]} {failed.cmd[1]}", file=sys.stderr)
        return 1
    write_checksums(packages, OUT / CHECKSUMS)
    for package in packages:
        print(f"{package}  {package.stat().st_size / 1e6:.1f} MB")
    if "--check" in arguments:
        import bundle_check  # noqa: PLC0415

        return bundle_check.check(FROZEN, packages, PYTHON)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
