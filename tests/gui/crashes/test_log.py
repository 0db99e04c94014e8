"""The log of errors: appended to, kept small, and written to even by a dying process."""

import subprocess
import sys

import pytest

import gdsim
from gdsim.gui.crashes import log as module
from gdsim.gui.crashes.log import LOG_FILE_NAME, CrashLog


@pytest.fixture
def log(tmp_path, monkeypatch):
    # pytest has a handler of its own, which is not to be replaced.
    monkeypatch.setattr(module.faulthandler, "enable", lambda _file: None)
    monkeypatch.setattr(module.faulthandler, "disable", lambda: None)
    made = CrashLog(tmp_path / "logs")
    yield made
    made.close()


def test_every_start_is_told_with_the_time_so_that_a_sudden_end_has_one(log):
    CrashLog(log.path.parent).close()
    starts = log.path.read_text(encoding="utf-8").splitlines()
    assert starts[1::2] == [f"gdsim {gdsim.__version__} started"] * 2


def test_reports_are_appended_with_the_time(log):
    log.write("one\n")
    log.write("two ∇")
    lines = log.path.read_text(encoding="utf-8").splitlines()
    assert lines[3::2] == ["one", "two ∇"]
    assert all(line.startswith("---- 20") and line.endswith(" UTC") for line in lines[::2])


def test_the_reports_of_one_process_are_counted(log):
    for number in range(200):
        log.write(f"report {number}")
    assert log.path.read_text(encoding="utf-8").count("report ") == 50


def test_half_a_letter_is_no_reason_to_fail(log):
    log.write("\ud800")
    assert "\\ud800" in log.path.read_text(encoding="utf-8")


def test_a_large_log_makes_way_and_the_oldest_goes(log, monkeypatch):
    log.close()
    monkeypatch.setattr(module, "LARGEST_LOG", 100)
    for number in range(6):
        one = CrashLog(log.path.parent)
        one.write(f"{number}" * 200)
        one.close()
    kept = {path.name: path.read_text(encoding="utf-8").strip()[-1] for path in log.path.parent.iterdir()}
    assert kept == {LOG_FILE_NAME: "5", "errors.1.log": "4", "errors.2.log": "3", "errors.3.log": "2"}


def test_a_small_log_stays(log):
    log.write("first")
    log.close()
    second = CrashLog(log.path.parent)
    second.write("second")
    second.close()
    assert [path.name for path in log.path.parent.iterdir()] == [LOG_FILE_NAME]


def test_closing_twice_is_closing_once(log):
    log.close()
    log.close()
    log.write("too late")


def test_a_process_that_dies_leaves_where_it_was(tmp_path):
    code = (
        "import faulthandler; from pathlib import Path; from gdsim.gui.crashes.log import CrashLog;"
        f"log = CrashLog(Path({str(tmp_path)!r})); faulthandler._sigsegv()"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)
    assert ended.returncode != 0
    assert ended.stderr == b""
    assert "Segmentation fault" in (tmp_path / LOG_FILE_NAME).read_text(encoding="utf-8")
