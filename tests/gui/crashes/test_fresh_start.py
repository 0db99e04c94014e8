"""A fresh window comes up with the work of the one before it."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess

from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.link import read_link
from gdsim.core.files.scene import load_scene
from gdsim.core.files.scene_file import SceneFile, stamp_of
from gdsim.core.model.points import PointSet
from gdsim.core.process import own_command
from gdsim.gui.crashes.fresh_start import FreshStart, arguments_for
from gdsim.session.document import Document

VALLEY = load_scene(bundled_scenes()["valley"])


@pytest.fixture
def document(qapp):
    return Document(VALLEY)


def test_a_scene_of_the_lecture_comes_back_by_its_name(document):
    assert arguments_for(document) == ["valley"]


def test_a_saved_document_comes_back_from_its_file(document, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text("{}")
    document.became_saved(VALLEY, SceneFile(path, stamp_of(path)))
    assert arguments_for(document) == ["--open", str(path)]


def test_a_scene_that_came_by_a_link_comes_back_as_it_is(qapp):
    """It may have the title of a scene of the lecture."""
    other = replace(VALLEY, points=PointSet([1.0, 2.0], [0.0, 1.0]))
    command, link = arguments_for(Document(other))
    assert command == "--open"
    assert read_link(link) == other


def test_unsaved_work_is_restored(document):
    document.edit(load_scene(bundled_scenes()["nesterov"]), "something")
    assert arguments_for(document) == ["--restore"]


def test_nothing_starts_that_nobody_asked_for(document, monkeypatch):
    started = []
    monkeypatch.setattr(QProcess, "startDetached", lambda *command: started.append(command))
    assert not FreshStart(document, lambda: None).carry_out()
    assert started == []


def test_the_window_closes_first_and_another_program_starts(document, monkeypatch, qtbot):
    started, closed = [], []
    monkeypatch.setattr(QProcess, "startDetached", lambda *command: started.append(command))
    fresh = FreshStart(document, lambda: closed.append(True))
    fresh.ask()
    assert closed == []
    qtbot.waitUntil(lambda: bool(closed))
    assert fresh.carry_out()
    assert started == [(sys.executable, ["-m", "gdsim", "valley"])]


def test_a_frozen_program_starts_itself(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_command() == [sys.executable]
    # Not the one for commands, which opens a terminal.
    monkeypatch.setattr(sys, "executable", "/gdsim/gdsim-console.exe")
    assert own_command() == [str(Path("/gdsim/gdsim.exe"))]


WHOLE = """
import sys
from dataclasses import replace
from PySide6.QtCore import QProcess, QTimer
from PySide6.QtWidgets import QApplication, QPushButton
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.gui.runtime import app
from gdsim.gui.runtime import boot
from gdsim.gui.window import main_window
from gdsim.gui.crashes.crash_dialog import CrashDialog
qt = boot.boot(unseen=True)
QProcess.startDetached = staticmethod(lambda program, arguments: print("starts", arguments))

def all_of(kind):
    return [one for one in qt.topLevelWidgets() if isinstance(one, kind)]

def fail():
    window = all_of(main_window.MainWindow)[0]
    session = window.session
    session.edit(replace(session.experiment, title="Precious"), "title")
    QTimer.singleShot(100, answer)
    raise ZeroDivisionError("on purpose")

def answer():
    buttons = all_of(CrashDialog)[0].findChildren(QPushButton)
    next(one for one in buttons if one.text() == "Restore my work").click()

def look():
    window = all_of(main_window.MainWindow)[0]
    if window.session.experiment.title == "Precious":
        print("restored")
        window.files.close_at_once()
    else:
        QTimer.singleShot(50, look)

QTimer.singleShot(100, {then})
sys.exit(app.open_window(load_scene(find_scene("valley")), opengl=False, restore={restore}))
"""


def test_work_survives_an_error_by_way_of_the_dialog(tmp_path):
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_DATA_HOME": str(tmp_path)}

    def ended(**parts):
        code = WHOLE.format(**parts)
        command = [sys.executable, "-c", code]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, env=env, check=False)

    first = ended(then="fail", restore=False)
    assert (first.stdout, first.returncode) == ("starts ['-m', 'gdsim', '--restore']\n", 0)
    assert "ZeroDivisionError: on purpose\n" in first.stderr
    log = next(tmp_path.rglob("errors.log")).read_text(encoding="utf-8")
    assert "ZeroDivisionError: on purpose" in log
    second = ended(then="look", restore=True)
    assert (second.stdout, second.stderr, second.returncode) == ("restored\n", "", 0)
