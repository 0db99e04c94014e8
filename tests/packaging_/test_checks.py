"""The words of packaging/checks.py about what it ran."""

from tests.packaging_.scripts import load

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
