"""Checks of the frozen program as a user may have it: alone, in an oddly named folder, on a poor display."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import contents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

LARGEST_UNPACKED, LARGEST_PACKED = 184e6, 60e6
# The most time that the frozen program may take, relative to the program from source, and how often both run.
# The shortest times are compared, because other load on the machine can only make them longer.
SLOWEST_START, _ROUNDS = 1.2, 15
# Has spaces and letters outside of ASCII, which trip up programs on systems with another encoding.
FOLDER = "a folder – für 試し"
# The user id of "nobody", whom write protection stops, unlike root.
_NOBODY = 65534
_TEST_MODULES = (
    "pytest", "_pytest", "pytestqt", "hypothesis", "mypy", "ruff", "coverage", "importlinter", "pip",
    "setuptools", "PyInstaller", "PySide6.QtTest", "tests",
)  # fmt: skip

# What macOS itself logs for any program with a window, such as the input method that it has chosen.
_MACOS_LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ gdsim\[[\d:a-fx]+\] .*\n?", re.MULTILINE)

# The environments in which the self-test runs on Linux: variables, and words that its output must contain.
SELF_TEST_SETTINGS: dict[str, tuple[dict[str, str], str]] = {
    "xcb": ({}, "Drawn with"),  # or without OpenGL: a CI runner may have no graphics device
    "xcb in a Wayland session": (
        {"WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "wayland", "QT_QPA_PLATFORM": "xcb"},
        "Drawn with",
    ),
    "xcb without OpenGL": ({"QT_XCB_GL_INTEGRATION": "none"}, "Drawn without OpenGL"),
}


class Wrong(Exception):  # noqa: N818 - what a check found
    """Why a check failed."""


class Frozen:
    """A copy of the frozen program in a write-protected folder of its own."""

    def __init__(self, frozen: Path, place: Path) -> None:
        name = "gdsim.app" if sys.platform == "darwin" else "gdsim"
        self.folder = place / FOLDER / name
        shutil.copytree(frozen / name, self.folder, symlinks=True)
        inside = {"darwin": "Contents/MacOS/gdsim", "win32": "gdsim-console.exe"}.get(sys.platform, "gdsim")
        self.program = self.folder / inside
        self.home = place / "home"
        self.home.mkdir()
        self.before = self._checksums()
        self._protect()

    def call(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the program in a clean environment, as "nobody" if this process is root."""
        return subprocess.run(
            [str(self.program), *arguments],
            env=clean_environment(str(self.home), **variables),
            cwd=self.home,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=600,
            check=False,
            user=_NOBODY if _is_root() else None,
            group=_NOBODY if _is_root() else None,
        )

    def names(self) -> list[str]:
        """Return the paths of its files, relative to the folder that holds modules and data."""
        inside = [path.relative_to(self.folder) for path in self.folder.rglob("*") if not path.is_dir()]
        data = {"darwin": ("Contents", "Frameworks")}.get(sys.platform, ("_internal",))
        return ["/".join(path.parts[len(data) :]) for path in inside if path.parts[: len(data)] == data]

    def data(self) -> Path:
        """Return the folder that holds modules and data."""
        return self.folder / ("Contents/Frameworks" if sys.platform == "darwin" else "_internal")

    def is_untouched(self) -> bool:
        """Return whether no file was added, removed or changed since the copy was made."""
        return self._checksums() == self.before

    def _checksums(self) -> dict[Path, str]:
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    def _protect(self) -> None:
        for path in (*self.folder.rglob("*"), self.folder):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)
        if _is_root():
            os.chown(self.home, _NOBODY, _NOBODY)
            for folder in self.folder.parents:
                if folder.is_relative_to(tempfile.gettempdir()) and folder != Path(tempfile.gettempdir()):
                    folder.chmod(0o755)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def check(frozen: Path, packages: Sequence[Path], python: Path) -> int:
    """Run every check, print a line for each, and return 0 if all passed, else 1.

    ``frozen`` contains the folder of the frozen program; ``python`` has the same gdsim installed.
    """
    failed = 0
    with tempfile.TemporaryDirectory() as place:
        program = Frozen(frozen, Path(place).resolve())
        for name, run_check in _checks(program, packages, python):
            try:
                print(f"ok      {name}: {run_check()}", flush=True)
            except (Wrong, OSError, subprocess.SubprocessError) as fault:
                failed += 1
                print(f"FAILED  {name}: {fault}", flush=True)
        unprotect(program.folder)
    print(f"{failed} checks of the bundle failed" if failed else "every check of the bundle passed")
    return 1 if failed else 0


def _checks(
    program: Frozen, packages: Sequence[Path], python: Path
) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "size", lambda: size(program.folder, packages)
    yield "resources", lambda: resources(program.data())
    yield "nothing unwanted", lambda: nothing_unwanted(program.names(), modules(program, python))
    yield "licences", lambda: licences(program.data() / "licenses", python)
    if sys.platform == "linux":
        yield "files for desktops", desktop_files
        yield "system libraries", lambda: system_libraries(program.folder)
        for setting, (variables, words) in SELF_TEST_SETTINGS.items():
            yield f"self-test, {setting}", lambda v=variables, w=words: self_test(program, v, w)  # type: ignore[misc]
        yield "time to a picture of the window", lambda: start(program, python)
    else:
        yield "self-test", lambda: self_test(program, {}, "surface")
    yield "read-only folder", lambda: untouched(program)


def size(folder: Path, packages: Sequence[Path]) -> str:
    """Report the size of the folder and of the largest package; on Linux, fail if one is over its limit."""
    unpacked = sum(path.stat().st_size for path in _files(folder))
    packed = max(package.stat().st_size for package in packages)
    words = f"{unpacked / 1e6:.1f} MB unpacked, {packed / 1e6:.1f} MB packed"
    if sys.platform == "linux" and (unpacked > LARGEST_UNPACKED or packed > LARGEST_PACKED):
        raise Wrong(words)
    return words


def resources(data: Path) -> str:
    """Check that the resources are those of the source: no file missing, changed or added."""
    folder = data / "gdsim" / "resources"
    have = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    wanted = contents.resources()
    differing = [
        name
        for name in wanted.keys() | have
        if name not in have or name not in wanted or (folder / name).read_bytes() != wanted[name].read_bytes()
    ]
    if differing:
        raise Wrong(f"not as in the source: {', '.join(sorted(differing))}")
    return f"{len(wanted)} files, as in the source"


def modules(program: Frozen, python: Path) -> list[str]:
    """Return the names of the Python modules in the frozen program's archive."""
    code = (
        "import json, sys; from PyInstaller.archive.readers import CArchiveReader;"
        "all = CArchiveReader(sys.argv[1]); name = next(name for name in all.toc if name.endswith('.pyz'));"
        "print(json.dumps(sorted(all.open_embedded_archive(name).toc)))"
    )
    told = subprocess.run(
        [str(python), "-c", code, str(program.program)], capture_output=True, text=True, check=True
    )
    names: list[str] = json.loads(told.stdout)
    return names


def nothing_unwanted(names: Sequence[str], modules: Sequence[str]) -> str:
    """Check that no file or module is in the bundle that should be left out."""
    found = contents.unwanted(names)
    found += [
        name for name in modules if any(name == tool or name.startswith(f"{tool}.") for tool in _TEST_MODULES)
    ]
    if found:
        raise Wrong(", ".join(found[:8]))
    qt = sorted(
        {module for name in names if (module := contents.qt_module(Path(name).name))} & contents.QT_USED
    )
    return f"{len(names)} files, {len(modules)} modules; of Qt: {', '.join(qt)}"


def licences(folder: Path, python: Path) -> str:
    """Check that every part has a licence in the bundle."""
    code = "import json, licences; print(json.dumps(sorted(licences.parts())))"
    told = subprocess.run(
        [str(python), "-c", code], capture_output=True, text=True, check=True, cwd=contents.ROOT / "packaging"
    )
    wanted = {*json.loads(told.stdout), "python", "pyinstaller"}
    missing = [part for part in wanted if not any((folder / part).glob("*.txt"))]
    if missing:
        raise Wrong(f"none for {', '.join(missing)}")
    return f"of {len(wanted)} parts"


def desktop_files() -> str:
    """Check that the desktop entry and the metadata for software centres are valid."""
    folder = contents.ROOT / "packaging" / "linux"
    for command in (
        ["desktop-file-validate", "--warn-kde", str(folder / "gdsim.desktop")],
        ["appstreamcli", "validate", "--no-net", "--no-color", str(folder / "gdsim.metainfo.xml")],
    ):
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        if told.returncode:
            raise Wrong(" ".join(told.stdout.split()))
    return "valid"


def system_libraries(folder: Path) -> str:
    """Check that every library that a binary needs is bundled or declared as a system library."""
    if shutil.which("readelf") is None:
        raise Wrong("readelf, of binutils, is needed for it")
    binaries = [path for path in _files(folder) if path.read_bytes()[:4] == b"\x7fELF"]
    told = subprocess.run(
        ["readelf", "-d", *map(str, binaries)], capture_output=True, text=True, check=False
    ).stdout
    needed = {line.rpartition("[")[2].rstrip("]") for line in told.splitlines() if "(NEEDED)" in line}
    have = {path.name for path in folder.rglob("*")}
    declared = contents.SYSTEM_LIBRARIES.keys() | contents.WAYLAND_LIBRARIES.keys()
    if undeclared := needed - have - declared:
        raise Wrong(f"neither bundled nor declared: {', '.join(sorted(undeclared))}")
    return f"{len(binaries)} binaries ask for {len(needed - have)} libraries of the system"


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def self_test(program: Frozen, variables: Mapping[str, str], words: str) -> str:
    """Check that the program passes its self-test without a word on stderr, and prints ``words``."""
    run = program.call("--self-test", **variables)
    faults = [line for line in run.stdout.splitlines() if line.startswith("FAILED")]
    complaint = _MACOS_LOG_LINE.sub("", run.stderr).strip()
    if run.returncode or complaint or words not in run.stdout:
        raise Wrong("; ".join(faults) or complaint or f"exit code {run.returncode}, without {words!r}")
    return run.stdout.splitlines()[-1]


def start(program: Frozen, python: Path) -> str:
    """Check that the frozen program draws its window nearly as fast as the program from source."""
    with tempfile.TemporaryDirectory() as home:
        env, picture = clean_environment(home), str(Path(home) / "picture.png")

        def seconds(*gdsim: str) -> float:
            began = time.monotonic()
            subprocess.run([*gdsim, "record", "valley", picture], env=env, check=True)
            return time.monotonic() - began

        programs = ([str(program.program)], [str(python), "-m", "gdsim"])
        rounds = [[seconds(*one) for one in programs] for _ in range(_ROUNDS)]
    ours, theirs = map(min, zip(*rounds, strict=True))
    ratio = ours / theirs
    if ratio > SLOWEST_START:
        raise Wrong(f"{ratio:.2f} times the time from source")
    return f"{ratio:.2f} times the time from source"


def clean_environment(home: str, **more: str) -> dict[str, str]:
    """Return an environment with the display and a given home folder, and with no programs on the path."""
    kept = {
        name: os.environ[name] for name in ("DISPLAY", "SYSTEMROOT", "TEMP", "TMPDIR") if name in os.environ
    }
    nowhere = str(Path(home) / "nothing")
    # Qt prints a warning if the locale is not UTF-8, and macOS need not have C.UTF-8.
    language = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    homes = {"HOME": home, "USERPROFILE": home}  # USERPROFILE is for Windows
    return {**kept, "LANG": language, "PYTHONUTF8": "1", **homes, "PATH": nowhere, **more}


def untouched(program: Frozen) -> str:
    """Check that the other checks have changed nothing in the program's folder."""
    if not program.is_untouched():
        raise Wrong("files in it have changed")
    return f"{len(program.before)} files are as they were"


def unprotect(folder: Path) -> None:
    """Make everything in a folder writable, because some systems do not remove write-protected files."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o200)
