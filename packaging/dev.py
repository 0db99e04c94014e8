#!/usr/bin/env python3
"""Set up, run and check gdsim. Needs nothing but the standard library.

python3 packaging/dev.py VERB [ARGUMENTS]

  run    set up what is missing and open the window; the arguments go to gdsim.
         Without a display, record the window as a picture and an animation in the current folder.
  test   run every check: ruff, mypy, import-linter and pytest; the arguments go to pytest
  lint   run the same checks without pytest
  bench  measure the speed; the arguments go to the benchmark
  bundle build the program with Python included, and its packages, into dist/; with --check, test them too
  wheel  build wheel and sdist into dist/, and test each in an empty environment
  lock   update the locked versions of all parts of the bundle; with --audit, check them for known
         vulnerabilities
  language
         add new texts to resources/languages, or list those not translated yet; see its --help
  setup  set everything up and stop

Setting up means a virtual environment in .venv and, on Linux, the system libraries that Qt needs.
When everything is in place, it takes only a moment.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from checks import CHECKS, check, check_tests, compiling_tests, summary
from displays import display, has_display, virtual_display
from environment import PYTHON, ROOT, set_up
from needs import BUNDLE_NEEDS, RELEASES, VENV_NEED, VIRTUAL_NEEDS, WINDOW_NEEDS, can_have, provide
from shell import Failure, call, say

if TYPE_CHECKING:
    from collections.abc import Sequence

OLDEST = (3, 11)
NEWER = ("python3.15", "python3.14", "python3.13", "python3.12", "python3.11")
# The commands of gdsim, which open no window, and the options that print and exit.
WINDOWLESS = {"run", "step", "check", "grade", "record", "export", "scenes", "algorithms", "lesson"}
PRINTING = {"-h", "--help", "--version", "--self-test"}
# One more than there are processors, up to five, because a test waits for a third of its time.
_TEST_PROCESSES = 1 + min(os.cpu_count() or 1, 4)


def test(args: Sequence[str]) -> int:
    """Run every check, even after one has failed; on Linux, use virtual displays where possible."""
    virtual = sys.platform == "linux" and (not has_display(os.environ) or can_have(VIRTUAL_NEEDS))
    set_up(WINDOW_NEEDS + VIRTUAL_NEEDS * virtual, dev=True)
    with compiling_tests(args, os.environ):
        steps = [check(name, command) for name, command in CHECKS.items()]
    with contextlib.ExitStack() as stack:
        displays = [
            stack.enter_context(display(virtual=virtual)) for _ in range(_TEST_PROCESSES if virtual else 1)
        ]
        tests, count = check_tests(args, displays)
    steps.append(tests)
    say(f"{summary(steps)}\n{count}")
    return 0 if all(step.passed for step in steps) else 1


def lint(args: Sequence[str]) -> int:
    """Run the static checks: ruff, mypy and import-linter."""
    refuse(args)
    set_up((), dev=True)
    steps = [check(name, command) for name, command in CHECKS.items()]
    say(summary(steps))
    return 0 if all(step.passed for step in steps) else 1


def bench(args: Sequence[str]) -> int:
    """Run the benchmark, on a virtual display if there is no real one."""
    virtual = not has_display(os.environ)
    set_up(WINDOW_NEEDS + VIRTUAL_NEEDS * virtual, dev=True)
    with display(virtual=virtual) as env:
        return call([PYTHON, str(ROOT / "tests/bench/bench.py"), *args], env)


def bundle(args: Sequence[str]) -> int:
    """Build the bundle, on a virtual display if it is to be checked."""
    virtual = sys.platform == "linux" and "--check" in args
    if sys.platform == "linux":
        provide([VENV_NEED, *WINDOW_NEEDS, *BUNDLE_NEEDS] + list(VIRTUAL_NEEDS) * virtual)
    with display(virtual=virtual) as env:
        return call([sys.executable, str(ROOT / "packaging/bundle.py"), *args], env)


def wheel(args: Sequence[str]) -> int:
    """Build and test wheel and sdist, on a virtual display if there is no real one."""
    virtual = not has_display(os.environ)
    if sys.platform == "linux":
        provide([VENV_NEED, *WINDOW_NEEDS] + list(VIRTUAL_NEEDS) * virtual)
    with display(virtual=virtual) as env:
        return call([sys.executable, str(ROOT / "packaging/wheel.py"), *args], env)


def lock(args: Sequence[str]) -> int:
    """Update or audit the lock file of the bundle."""
    return call([sys.executable, str(ROOT / "packaging/lock.py"), *args])


def language(args: Sequence[str]) -> int:
    """Update the translation catalogues from the program's texts."""
    set_up((), dev=True)
    return call([PYTHON, str(ROOT / "packaging/language.py"), *args])


def setup(args: Sequence[str]) -> int:
    """Set up what any verb needs; where there is a display, virtual ones only if no one need be asked."""
    refuse(args)
    virtual = not has_display(os.environ) or can_have(VIRTUAL_NEEDS)
    set_up(WINDOW_NEEDS + VIRTUAL_NEEDS * virtual, dev=True)
    say(f"gdsim is set up; its Python is {PYTHON}")
    return 0


def refuse(args: Sequence[str]) -> None:
    """Raise `Failure` if there are arguments."""
    if args:
        raise Failure(f"this verb takes no arguments, but was given: {' '.join(args)}")


def opens_window(args: Sequence[str]) -> bool:
    """Return whether gdsim opens its window with these arguments, instead of printing and exiting."""
    return not (set(args[:1]) & WINDOWLESS or set(args) & PRINTING)


def run(args: Sequence[str]) -> int:
    """Open the window. Without a display, record it on a virtual one."""
    virtual = not has_display(os.environ)
    set_up(WINDOW_NEEDS + VIRTUAL_NEEDS * virtual, dev=False)
    if not virtual or not opens_window(args):
        with display(virtual=virtual) as env:
            return call([PYTHON, "-m", "gdsim", *args], env)
    options = [arg for arg in args if arg.startswith("-")]
    if set(options) - {"--no-opengl"} or len(args) - len(options) > 1:
        raise Failure(
            "there is no display here; without one a scene can be recorded, and nothing else opened."
        )
    say("There is no display here, so the window opens on a virtual one and is recorded.")
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
    "language": language,
    "setup": setup,
}


def newer_python() -> str:
    """Return the newest Python on the path, or raise `Failure` if none is new enough."""
    found = next(filter(None, map(shutil.which, NEWER)), None)
    if found is None:
        here, oldest = (".".join(map(str, version)) for version in (sys.version_info[:3], OLDEST))
        raise Failure(
            f"gdsim needs Python {oldest} or newer; this is {here}, and no newer one is on the path. Install "
            "one from https://www.python.org/downloads or your system's packages; without administrator "
            "rights, 'uv python install 3.13' brings one (https://docs.astral.sh/uv). The releases at "
            f"{RELEASES} need no Python."
        )
    return found


def main(argv: Sequence[str]) -> int:
    """Carry out a verb. Report expected failures in one sentence and with exit code 1."""
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
    # Turn signals into SystemExit, so that `finally` blocks run and the virtual display is stopped.
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda signum, _: sys.exit(128 + signum))
    sys.exit(main(sys.argv[1:]))
