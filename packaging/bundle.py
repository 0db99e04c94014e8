#!/usr/bin/env python3
"""Make the bundle, the packages of it, and check them. Called by `packaging/dev.py bundle`.

python packaging/bundle.py [--check]

It works in build/bundle, in an environment of its own that holds what packaging/bundle.lock names, by
hash. What is to be given away goes to dist/, with the checksums.
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
_SHOWN = 12


def run(*command: str | Path, **extra: str) -> None:
    """Run a command, and end when it fails."""
    shown = command if len(command) < _SHOWN else (*command[:_SHOWN], "…")
    print("+", *shown, flush=True)
    subprocess.run([str(part) for part in command], env={**os.environ, **extra}, check=True)


def provide_environment() -> None:
    """Install what the lock names, unless it is there, and gdsim as it is now."""
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if not (STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted):
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        run(sys.executable, "-m", "venv", ENVIRONMENT)
        run(PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "--only-binary=:all:", "-r", LOCK)
        STAMP.write_text(wanted, encoding="utf-8")
    run(PYTHON, "-m", "pip", "install", "-q", "--force-reinstall", "--no-deps", "--no-build-isolation", ROOT)


def freeze() -> None:
    """Make icons, licences and the frozen program."""
    made = WORK / "made"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    run(PYTHON, ROOT / "packaging" / "app_icon.py", made)
    run(PYTHON, ROOT / "packaging" / "licences.py", made / "licenses")
    system_files.write_version_resource(made / "version.txt")
    folders = ["--workpath", str(WORK / "pyinstaller"), "--distpath", str(FROZEN)]
    options = ["--noconfirm", "--log-level", "WARN", *folders]
    spec = ROOT / "packaging" / "gdsim.spec"
    # Hashes of str decide the order of sets that get into the archive.
    run(PYTHON, "-m", "PyInstaller", *options, spec, GDSIM_BUNDLE_WORK=str(made), PYTHONHASHSEED="0")
    if sys.platform == "linux":
        run(PYTHON, ROOT / "packaging" / "man_page.py", made)
        strip_python(FROZEN / "gdsim")


def strip_python(folder: Path) -> None:
    """Take out of Python itself what only the machine that built it has: symbols, and folders to search.

    The libraries of wheels are left as they are: tools that change them may break what others have changed.
    """
    own = [*folder.glob("_internal/libpython*.so*"), *folder.glob("_internal/python3*/lib-dynload/*.so")]
    run("strip", "--strip-unneeded", *own)
    run("patchelf", "--remove-rpath", *own)


def label() -> str:
    """Return version, system and processor, as they stand in the names of files: ``0.1.0-linux-x86_64``."""
    system = {"linux": "linux", "win32": "windows", "darwin": "macos"}[sys.platform]
    processor = platform.machine().lower().replace("amd64", "x86_64")
    return f"{system_files.version()}-{system}-{processor}"


def pack() -> list[Path]:
    """Write what is to be given away on this system into dist/; return the files."""
    OUT.mkdir(exist_ok=True)
    target = OUT / f"gdsim-{label()}"
    if sys.platform == "linux":
        made = linux_package.make(FROZEN / "gdsim", WORK / "made", WORK / "linux", target)
    elif sys.platform == "darwin":
        # ditto keeps links and rights, which an application is signed with.
        made = [target.with_name(f"{target.name}.zip")]
        run("ditto", "-c", "-k", "--keepParent", FROZEN / "gdsim.app", made[0])
    else:
        made = [target.with_name(f"{target.name}.zip")]
        zip_folder(FROZEN / "gdsim", made[0])
    return made


def zip_folder(folder: Path, target: Path) -> None:
    """Write a folder, with its own name, into a zip file."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder.parent))


def write_checksums(files: Iterable[Path], target: Path) -> None:
    """Write the checksums of files as sha256sum does."""
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in sorted(files)]
    target.write_text("".join(lines), encoding="utf-8", newline="\n")


def main(arguments: Sequence[str]) -> int:
    """Make everything, and check it if that is asked for."""
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
