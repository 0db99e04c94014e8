"""Running ruff, mypy, import-linter and pytest, and summing up their results. Used by dev.py."""

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
    """The result of a check."""

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
    """Run a command with .venv's Python and time it."""
    say(f"\n== {name}")
    start = time.monotonic()
    passed = call([PYTHON, *command], folder=ROOT) == 0
    return Step(name, passed, time.monotonic() - start)


@contextlib.contextmanager
def compiling_tests(args: Sequence[str], env: Mapping[str, str]) -> Iterator[None]:
    """Have pytest compile the test modules and cache the bytecode while the block runs.

    Compiling is slow, and without the cache every test process would compile all of the modules for itself.
    """
    command = [PYTHON, "-m", "pytest", *args, "-n", "0", "--collect-only", "-q"]
    null = subprocess.DEVNULL
    with subprocess.Popen(command, env=env, cwd=ROOT, stdout=null, stderr=null) as pytest:
        try:
            yield
        except BaseException:
            pytest.kill()
            raise


def check_tests(args: Sequence[str], displays: Sequence[Mapping[str, str]]) -> tuple[Step, str]:
    """Run pytest with one process per display; return the step, and a line with the number of tests."""
    say("\n== pytest")
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [PYTHON, "-m", "pytest", f"--junitxml={report}", "-n", str(len(displays)), *args]
        # One display for each process, because windows on the same display take the focus from each other.
        names = " ".join(env.get("DISPLAY", "") for env in displays)
        # Tests use UTF-8 for their files and for what programs print, on Windows too.
        env = {**displays[0], "GDSIM_TEST_DISPLAYS": names, "PYTHONUTF8": "1"}
        passed = call(command, env, ROOT) == 0
        count = count_line(report.read_text(encoding="utf-8")) if report.exists() else "pytest gave no count"
    return Step("pytest", passed, time.monotonic() - start), count


def count_line(report: str) -> str:
    """Return the counts of a JUnit report as ``12 passed, 0 failed, 3 skipped``."""
    suite = report[report.index("<testsuite ") :]
    total, failed, errors, skipped = (
        int(re.findall(rf'{name}="(\d+)"', suite)[0]) for name in ("tests", "failures", "errors", "skipped")
    )
    return f"{total - failed - errors - skipped} passed, {failed + errors} failed, {skipped} skipped"


def summary(steps: Iterable[Step]) -> str:
    rule = "-" * 36
    rows = (
        f"{name:<16}{'ok' if passed else 'FAILED':<10}{seconds:>8.1f} s" for name, passed, seconds in steps
    )
    return "\n".join(["", rule, *rows, rule])
