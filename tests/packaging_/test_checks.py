"""The words of packaging/checks.py about what it ran."""

import os
import sys
import tomllib

import pytest

from tests.packaging_.scripts import FOLDER, load

checks = load("checks")


def test_the_count_of_a_report_is_a_line():
    report = (
        '<?xml version="1.0"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" '
        'failures="2" skipped="3" tests="16" time="0.1"><testcase name="errors=&quot;9&quot;" /></testsuite>'
    )
    assert checks.count_line(report) == "10 passed, 3 failed, 3 skipped"


def test_the_summary_tells_the_failed_step():
    lines = checks.summary(
        [checks.Step("ruff check", True, 0.41), checks.Step("pytest", False, 12.0)]
    ).splitlines()
    assert any(line.split() == ["ruff", "check", "ok", "0.4", "s"] for line in lines)
    assert any(line.split() == ["pytest", "FAILED", "12.0", "s"] for line in lines)


def test_types_are_those_of_one_system_wherever_they_are_checked():
    """Left to itself mypy finds dozens of faults on Windows, of functions that are called on Linux alone."""
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["mypy"]["platform"] == "linux"


def test_tests_read_and_write_in_utf_8_on_windows_too(monkeypatch):
    called = []
    monkeypatch.setattr(checks, "call", lambda command, env, folder: called.append(env) or 0)
    checks.check_tests([], [{"DISPLAY": ":5"}])
    assert [(env["PYTHONUTF8"], env["GDSIM_TEST_DISPLAYS"]) for env in called] == [("1", ":5")]


def test_tests_are_compiled_and_kept(monkeypatch, tmp_path):
    monkeypatch.setattr(checks, "PYTHON", sys.executable)
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    (tmp_path / "test_it.py").write_text("def test_it():\n    assert 1\n")
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    with checks.compiling_tests(["test_it.py"], env):
        pass
    assert [one.name.partition("-pytest")[1] for one in tmp_path.rglob("test_it.*.pyc")] == ["-pytest"]


def test_tests_are_compiled_no_further_once_the_rest_is_broken_off(monkeypatch, tmp_path):
    monkeypatch.setattr(checks, "PYTHON", sys.executable)
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    (tmp_path / "test_it.py").write_text("import threading\nthreading.Event().wait()\n")

    def break_off():
        with checks.compiling_tests(["test_it.py"], os.environ):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
