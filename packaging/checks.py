"""Ruff, mypy, import-linter and pytest, and what came out of them. Used by dev.py."""

from __future__ import annotations

import contextlib
import re
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from environment import PYTHON, ROOT
from shell import call, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


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


@contextlib.contextmanager
def compiling_tests(args: Sequence[str], env: Mapping[str, str]) -> Iterator[None]:
    """Have pytest compile the tests during the block, which takes it long, and keep what it has compiled.

    Otherwise all its processes would do so at the same time, each for itself.
    """
    command = [PYTHON, "-m", "pytest", *args, "-n", "0", "--collect-only", "-q"]
    unseen = subprocess.DEVNULL
    with subprocess.Popen(command, env=env, cwd=ROOT, stdout=unseen, stderr=unseen) as work:
        try:
            yield
        except BaseException:
            work.kill()
            raise


def check_tests(args: Sequence[str], displays: Sequence[Mapping[str, str]]) -> tuple[Step, str]:
    """Run pytest, a process on each display; return the step, and pytest's count as a line."""
    say("\n== pytest")
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [PYTHON, "-m", "pytest", f"--junitxml={report}", "-n", str(len(displays)), *args]
        # Each process takes one of them: windows that share a display take the focus from each other.
        places = " ".join(env.get("DISPLAY", "") for env in displays)
        # Tests read and write their files, and what programs print, in UTF-8, on Windows too.
        env = {**displays[0], "GDSIM_TEST_DISPLAYS": places, "PYTHONUTF8": "1"}
        passed = call(command, env, ROOT) == 0
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
