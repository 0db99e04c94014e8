#!/usr/bin/env python3
"""Set gdsim up, run it and check it. The standard library is all it needs.

python3 packaging/dev.py VERB [ARGUMENTS]

  run    set up what is missing and open the window; the arguments go to gdsim.
         With no display, record the window as a picture and a film in this folder.
  test   run every check: ruff, mypy, import-linter and pytest; the arguments go to pytest
  lint   run the checks other than pytest
  bench  measure the speed; the arguments go to the benchmark
  bundle make the program that needs no Python, and its packages, in dist/; with --check, test them too
  wheel  build wheel and sdist into dist/, and test each in an empty environment
  lock   renew the list of what the bundle is made of; with --audit, look it up for vulnerabilities
  setup  set everything up and stop

The set-up is a virtual environment in .venv and, on Linux, the libraries that Qt asks of the system.
When it is in place already, it costs a moment.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib.util
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Callable, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = str(VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
STAMP = VENV / "gdsim-setup"
UNFINISHED = "unfinished"
OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")


class Failure(Exception):  # noqa: N818 - something a user may meet, not an error of this program
    """Something that can go wrong in good order. Its text is the sentence shown."""


def say(text: str) -> None:
    """Print at once, so that the line stands before what a child prints."""
    print(text, flush=True)


def call(command: Sequence[str], env: Mapping[str, str] | None = None, folder: Path | None = None) -> int:
    """Run a command that prints for itself; return its exit code."""
    return subprocess.run(command, env=env, cwd=folder, check=False).returncode


def quietly(
    command: Sequence[str], complaint: str, env: Mapping[str, str] | None = None, folder: Path | None = None
) -> None:
    """Run a command whose output is of interest only when it fails."""
    out, err = subprocess.PIPE, subprocess.STDOUT
    done = subprocess.run(command, env=env, cwd=folder, stdout=out, stderr=err, text=True, check=False)
    if done.returncode:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        # pip and apt mark what matters so; what they say last may be of no help.
        reasons = [line for line in lines if line.startswith(("ERROR: ", "E: "))] or lines[-6:]
        raise Failure("\n  ".join([f"{complaint}. It said:", *reasons]))


# -------------------------------------------------------------------------------- what the system has


def has_library(soname: str) -> bool:
    """Tell whether the loader finds a shared library, whoever installed it."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def has_driver(name: str) -> bool:
    """Tell whether a part of Mesa lies in one of the folders that distributions use."""
    return any(any(Path("/usr").glob(f"{folder}/{name}")) for folder in ("lib*", "lib/*"))


def has_font(suffix: str) -> bool:
    """Tell whether a font lies in one of fontconfig's usual folders."""
    home = Path.home()
    folders = ("/usr/share/fonts", "/usr/local/share/fonts", home / ".fonts", home / ".local/share/fonts")
    return any(any(Path(folder).rglob(f"*{suffix}")) for folder in folders)


def has_module(name: str) -> bool:
    """Tell whether this Python has a module."""
    importlib.invalidate_caches()
    return importlib.util.find_spec(name) is not None


class Need(NamedTuple):
    """A part of the system, the packages that bring it, and how to tell that it is there."""

    name: str
    apt: str
    dnf: str
    pacman: str
    found: Callable[[str], object] = has_library


# What PySide6's libraries and its plugin for X11 load and a bare system may lack. The names hold for every
# Debian and Ubuntu that the wheels run on: libglib2.0-0t64, say, still answers to libglib2.0-0.
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


# The tools that put the bundle together and look into it, pack it for Debian, and read what desktops read.
BUNDLE_NEEDS = (
    Need("objdump", "binutils", "binutils", "binutils", shutil.which),
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

# Debian leaves this part of venv out of its Python.
VENV_NEED = Need("ensurepip", "python{}.{}-venv".format(*sys.version_info), "python3", "python", has_module)

MANAGERS = {
    "apt-get": "{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends {names}",
    "dnf": "{sudo}dnf install -y {names}",
    "pacman": "{sudo}pacman -Syu --needed {names}",
}


def packages(needs: Iterable[Need], manager: str) -> list[str]:
    """Return the packages that bring ``needs``, each once, in a package manager's own names."""
    column = {"apt-get": 1, "dnf": 2, "pacman": 3}[manager]
    return list(dict.fromkeys(need[column] for need in needs))  # type: ignore[misc]


def provide(needs: Sequence[Need]) -> None:
    """Install what the system lacks when that is allowed, else stop with the command to type."""
    lacking = [need for need in needs if not need.found(need.name)]
    if not lacking:
        return
    manager = next(filter(shutil.which, MANAGERS), None)
    if manager is None:
        raise Failure(
            f"please install what brings {', '.join(need.name for need in lacking)} to this system."
        )
    names = packages(lacking, manager)
    as_root = os.geteuid() == 0
    if manager != "apt-get" or not as_root:
        command = MANAGERS[manager].format(sudo="" if as_root else "sudo ", names=" ".join(names))
        raise Failure(
            f"the system lacks some packages. Install them with this, then try again:\n\n{command}\n"
        )
    apt_install(names)
    still = [need.name for need in lacking if not need.found(need.name)]
    if still:
        raise Failure(f"the packages are installed, but {', '.join(still)} cannot be found.")


def apt_install(names: Sequence[str]) -> None:
    """Install packages as root, asking no questions, and wait for another apt to end."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=120"]
    say(f"Installing system packages: {' '.join(names)}")
    quietly([*apt, "update"], "apt-get could not fetch the list of packages", env)
    quietly([*apt, "install", "-y", "--no-install-recommends", *names], "apt-get could not install them", env)


# ---------------------------------------------------------------------------- the virtual environment


def stamp(requirement: str) -> str:
    """Return what `STAMP` holds when ``requirement`` is installed in its present form."""
    # The settings of the tools, which stand last, change nothing about what is installed.
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("\n[tool.ruff")[0]
    parts = (requirement, str(VENV), sys.version_info[:2], project)
    return f"{requirement} {hashlib.sha256(repr(parts).encode()).hexdigest()}"


def read_stamp() -> str:
    """Return what `STAMP` holds, or "" if there is none."""
    return STAMP.read_text(encoding="utf-8") if STAMP.is_file() else ""


def is_whole() -> bool:
    """Tell whether .venv is sound and of this Python's version; what an interrupted call left is not."""
    if not Path(PYTHON).exists() or read_stamp() == UNFINISHED:
        return False
    question = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    return subprocess.run([PYTHON, "-c", question], capture_output=True, check=False).returncode == 0


def set_up(needs: Sequence[Need], *, dev: bool) -> None:
    """Bring the system and .venv up to date: gdsim installed in place and, if ``dev``, the tools."""
    # An environment with the tools serves a plain run as well.
    good = [stamp(".[dev]")] if dev else [stamp(".[dev]"), stamp(".")]
    current = read_stamp() in good and Path(PYTHON).exists()
    remake = not current and not is_whole()
    if sys.platform == "linux":
        provide([VENV_NEED] * remake + list(needs))
    if remake:
        make_venv()
    if not current:
        install(".[dev]" if dev or read_stamp().startswith(".[dev]") else ".")


def make_venv() -> None:
    """Make .venv anew."""
    say("Making .venv with Python {}.{} ...".format(*sys.version_info))
    if VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir()
    STAMP.write_text(UNFINISHED, encoding="utf-8")
    # When .venv's own Python runs this, the one behind it makes the next.
    python = getattr(sys, "_base_executable", sys.executable)
    quietly([python, "-m", "venv", str(VENV)], "the virtual environment could not be made")


def install(requirement: str) -> None:
    """Install gdsim in place, with what it needs, into .venv."""
    before = read_stamp()
    STAMP.write_text(UNFINISHED, encoding="utf-8")
    say("Installing gdsim and what it needs into .venv; the first time this takes a minute or more ...")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        quietly(
            [*pip, "--editable", requirement],
            "pip, which needs the network, could not install gdsim",
            folder=ROOT,
        )
    except Failure:
        # pip rolls back what it could not finish: an environment that was whole still is.
        STAMP.write_text(before, encoding="utf-8")
        raise
    STAMP.write_text(stamp(requirement), encoding="utf-8")


# ---------------------------------------------------------------------------------------- the display


def has_display(env: Mapping[str, str]) -> bool:
    """Tell whether a window can be opened. A DISPLAY that nobody answers at is none."""
    if sys.platform != "linux":
        return True
    wayland = env.get("WAYLAND_DISPLAY")
    if wayland and (Path(env.get("XDG_RUNTIME_DIR", "/")) / wayland).exists():
        return True
    return answers(env.get("DISPLAY", ""))


def answers(display: str) -> bool:
    """Tell whether an X server listens at a display such as ``:0`` or ``host:10.0``."""
    found = re.fullmatch(r"([^:/]*):(\d+)(?:\.\d+)?", display)
    if found is None:
        return False
    host, number = found[1], int(found[2])
    family, address = (
        (socket.AF_INET, (host, 6000 + number))
        if host not in ("", "unix")
        else (socket.AF_UNIX, f"/tmp/.X11-unix/X{number}")  # noqa: S108 - where X servers listen
    )
    with socket.socket(family) as probe:
        probe.settimeout(3)
        try:
            probe.connect(address)
        except OSError:
            return False
    return True


@contextlib.contextmanager
def virtual_display() -> Iterator[dict[str, str]]:
    """Run Xvfb for the time of the block, and give the environment that leads Qt to it."""
    reading, writing = os.pipe()
    screen = ["-screen", "0", "1600x1000x24", "+extension", "GLX", "-noreset", "-nolisten", "tcp"]
    with tempfile.TemporaryFile() as log:
        # In a session of its own, so that Ctrl-C ends the programs on the display before the display.
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), *screen],
            pass_fds=[writing],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        os.close(writing)
        try:
            # Xvfb writes its number when it listens, and closes the pipe when it dies.
            ready = select.select([reading], [], [], 60)[0]
            number = os.read(reading, 16).decode().strip() if ready else ""
            if not number:
                log.seek(0)
                raise Failure(f"the virtual display did not start: {log.read().decode().strip()}")
            env = {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
            env.pop("WAYLAND_DISPLAY", None)
            yield env
        finally:
            os.close(reading)
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def display(*, virtual: bool) -> contextlib.AbstractContextManager[dict[str, str]]:
    """Return a virtual display, or the one that is there."""
    return virtual_display() if virtual else contextlib.nullcontext(dict(os.environ))


# ------------------------------------------------------------------------------------------ the verbs


class Step(NamedTuple):
    """A check that was run."""

    name: str
    passed: bool
    seconds: float


CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy"],
    "lint-imports": ["-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-logo"],
}


def check(name: str, command: Sequence[str]) -> Step:
    """Run one of the checks with .venv's Python."""
    say(f"\n== {name}")
    start = time.monotonic()
    passed = call([PYTHON, *command], folder=ROOT) == 0
    return Step(name, passed, time.monotonic() - start)


# Processes that run tests.
_AT_ONCE = 2


def check_tests(args: Sequence[str], displays: Sequence[Mapping[str, str]]) -> tuple[Step, str]:
    """Run pytest, a process on each display; return the step, and pytest's count as a line."""
    say("\n== pytest")
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [PYTHON, "-m", "pytest", f"--junitxml={report}", "-n", str(len(displays)), *args]
        # Each process takes one of them: windows that share a display take the focus from each other.
        places = " ".join(env.get("DISPLAY", "") for env in displays)
        env = {**displays[0], "GDSIM_TEST_DISPLAYS": places}
        passed = call([*command, "--dist", "loadfile"], env, ROOT) == 0
        count = count_line(report.read_text(encoding="utf-8")) if report.exists() else "pytest gave no count"
    return Step("pytest", passed, time.monotonic() - start), count


def count_line(report: str) -> str:
    """Return the count in a JUnit report as ``12 passed, 0 failed, 3 skipped``."""
    suite = report[report.index("<testsuite ") :]
    total, failed, errors, skipped = (
        int(re.findall(rf'{name}="(\d+)"', suite)[0]) for name in ("tests", "failures", "errors", "skipped")
    )
    return f"{total - failed - errors - skipped} passed, {failed + errors} failed, {skipped} skipped"


def summary(steps: Iterable[Step]) -> str:
    """Return the steps as a table."""
    rule = "-" * 36
    rows = (
        f"{name:<16}{'ok' if passed else 'FAILED':<10}{seconds:>8.1f} s" for name, passed, seconds in steps
    )
    return "\n".join(["", rule, *rows, rule])


def test(args: Sequence[str]) -> int:
    """Run every check, also when an earlier one failed."""
    virtual = sys.platform == "linux"
    set_up(WINDOW_NEEDS + VIRTUAL_NEEDS, dev=True)
    steps = [check(name, command) for name, command in CHECKS.items()]
    with contextlib.ExitStack() as stack:
        displays = [stack.enter_context(display(virtual=virtual)) for _ in range(_AT_ONCE if virtual else 1)]
        tests, count = check_tests(args, displays)
    steps.append(tests)
    say(f"{summary(steps)}\n{count}")
    return 0 if all(step.passed for step in steps) else 1


def lint(args: Sequence[str]) -> int:
    """Run the checks that look at the text only."""
    refuse(args)
    set_up((), dev=True)
    steps = [check(name, command) for name, command in CHECKS.items()]
    say(summary(steps))
    return 0 if all(step.passed for step in steps) else 1


def bench(args: Sequence[str]) -> int:
    """Run the benchmark, on a virtual display if there is no other."""
    virtual = not has_display(os.environ)
    set_up(WINDOW_NEEDS + VIRTUAL_NEEDS * virtual, dev=True)
    with display(virtual=virtual) as env:
        return call([PYTHON, str(ROOT / "tests/bench/bench.py"), *args], env)


def bundle(args: Sequence[str]) -> int:
    """Make the bundle; its checks need a display."""
    virtual = sys.platform == "linux" and "--check" in args
    if sys.platform == "linux":
        provide([VENV_NEED, *WINDOW_NEEDS, *BUNDLE_NEEDS] + list(VIRTUAL_NEEDS) * virtual)
    with display(virtual=virtual) as env:
        return call([sys.executable, str(ROOT / "packaging/bundle.py"), *args], env)


def wheel(args: Sequence[str]) -> int:
    """Build wheel and sdist, and test them on the display there is."""
    virtual = not has_display(os.environ)
    if sys.platform == "linux":
        provide([VENV_NEED, *WINDOW_NEEDS] + list(VIRTUAL_NEEDS) * virtual)
    with display(virtual=virtual) as env:
        return call([sys.executable, str(ROOT / "packaging/wheel.py"), *args], env)


def lock(args: Sequence[str]) -> int:
    """Renew the list of what the bundle is made of."""
    return call([sys.executable, str(ROOT / "packaging/lock.py"), *args])


def setup(args: Sequence[str]) -> int:
    """Set up everything that any verb may ask for."""
    refuse(args)
    set_up(WINDOW_NEEDS + VIRTUAL_NEEDS, dev=True)
    say(f"gdsim is set up; its Python is {PYTHON}")
    return 0


def refuse(args: Sequence[str]) -> None:
    """Stop if a verb that takes no arguments was given some."""
    if args:
        raise Failure(f"this verb takes no arguments, but was given: {' '.join(args)}")


def opens_window(args: Sequence[str]) -> bool:
    """Tell whether gdsim would open its window for these arguments, not print and end."""
    return not any(arg in ("run", "record", "export", "scenes", "algorithms") for arg in args[:1]) and not (
        {"-h", "--help", "--version", "--self-test"} & set(args)
    )


def run(args: Sequence[str]) -> int:
    """Open the window. With no display, record it on a virtual one."""
    virtual = not has_display(os.environ)
    set_up(WINDOW_NEEDS + VIRTUAL_NEEDS * virtual, dev=False)
    if not virtual or not opens_window(args):
        with display(virtual=virtual) as env:
            return call([PYTHON, "-m", "gdsim", *args], env)
    say("There is no display here, so the window opens on a virtual one and is recorded.")
    options = [arg for arg in args if arg.startswith("-")]
    scene = next((arg for arg in args if arg not in options), "first-neuron")
    with virtual_display() as env:
        for name in ("gdsim-demo.png", "gdsim-demo.gif"):
            code = call([PYTHON, "-m", "gdsim", "record", scene, name, *options], env)
            if code:
                return code
            say(f"Written: {Path(name).resolve()}")
    return 0


VERBS = {
    "run": run,
    "test": test,
    "lint": lint,
    "bench": bench,
    "bundle": bundle,
    "wheel": wheel,
    "lock": lock,
    "setup": setup,
}


def newer_python() -> str:
    """Return a Python on the path that is new enough."""
    found = next(filter(None, map(shutil.which, NEWER)), None)
    if found is None:
        here, oldest = (".".join(map(str, version)) for version in (sys.version_info[:3], OLDEST))
        raise Failure(
            f"gdsim needs Python {oldest} or newer; this is {here}, and no newer one is on the path."
        )
    return found


def main(argv: Sequence[str]) -> int:
    """Carry out a verb. What goes wrong in good order is one sentence and a non-zero exit."""
    if argv[:1] in (["-h"], ["--help"]):
        say(__doc__ or "")
        return 0
    if not argv or argv[0] not in VERBS:
        say(f"usage: python3 packaging/dev.py {{{','.join(VERBS)}}} [arguments]; --help tells more")
        return 2
    try:
        if sys.version_info < OLDEST:
            return call([newer_python(), __file__, *argv])
        return VERBS[argv[0]](argv[1:])
    except (Failure, OSError) as failure:
        print(f"dev.py: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    # Ended from outside, it still unwinds: the virtual display goes with it.
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda signum, _: sys.exit(128 + signum))
    sys.exit(main(sys.argv[1:]))
