"""The self-test of the window: it passes here, and notices blank panes, complaints and stuck playback."""

import sys

import pytest
from PIL import Image
from PySide6.QtCore import qWarning
from PySide6.QtGui import QColor, QImage, QPainter

from gdsim.cli import test_itself as run_checks
from gdsim.core import self_test as core_self_test
from gdsim.core.lessons.files import bundled_lessons
from gdsim.core.self_test import CheckFailed, carry_out
from gdsim.gui.runtime import self_test
from gdsim.gui.runtime.unattended import Recorder
from gdsim.gui.surface.painter import SurfacePainter
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.playback import Playhead
from tests.every import WHOLE


@pytest.fixture
def short(monkeypatch, qapp):
    """Write two pictures as the animation, and compute no lesson: these take longer than all the rest."""

    def save(_recorder, path, _seconds):
        first, second = (Image.new("L", (8, 8), grey) for grey in (0, 255))
        first.save(path, save_all=True, append_images=[second])

    monkeypatch.setattr(Recorder, "save_animation", save)
    monkeypatch.setattr(self_test, "_lessons", lambda: "")


@pytest.fixture
def only_of_the_window(monkeypatch):
    """Leave the checks of the core out, which have tests of their own."""
    monkeypatch.setattr(core_self_test, "checks", lambda: [("a check of the core", lambda: "")])


def _failed(**options):
    return {
        result.name: result.detail
        for result in carry_out(self_test.checks(opengl=False, **options))
        if not result.passed
    }


def test_every_check_passes_on_a_screen_with_no_room_and_without_a_terminal(monkeypatch, qapp):
    """Windows makes the window as small as its screen then, and Qt says so."""
    show = MainWindow.show

    def clamped(window):
        show(window)
        window.resize(1200, 700)
        qWarning("QWindowsWindow::setGeometry: Unable to set geometry 1280x720+0+0. Resulting geometry: ...")

    monkeypatch.setattr(MainWindow, "show", clamped)
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "stdout", None)
    # The formulas of the lecture take most of the time, and have a test of their own.
    lessons = [name for name in bundled_lessons() if WHOLE or name != "lecture"]
    monkeypatch.setattr(self_test, "bundled_lessons", lambda: lessons)
    results = list(carry_out(self_test.checks(opengl=True)))
    assert [result.line for result in results if not result.passed] == []
    assert {"playing", "stepping back", "picture", "animation", "closing"} <= {one.name for one in results}


@pytest.mark.usefixtures("short")
def test_each_of_several_is_found_and_nothing_else(monkeypatch):
    """Stuck playback, an empty surface, a complaint of Qt, no picture in the guide, texts in no language."""
    nudge = Playhead.nudge

    def stuck(head, _):
        monkeypatch.setattr(self_test, "PATIENCE_MS", 200)  # not before, while all is computed
        return head

    def complaining(head, steps):
        if steps < 0:
            qWarning("something is amiss")
        return nudge(head, steps)

    monkeypatch.setattr(Playhead, "advance", stuck)
    monkeypatch.setattr(Playhead, "nudge", complaining)
    monkeypatch.setattr(
        SurfacePainter, "paintEvent", lambda self, _: QPainter(self).fillRect(self.rect(), "white")
    )
    monkeypatch.setattr(self_test, "speak", lambda *_: None)
    monkeypatch.setattr(self_test, "picture_in_theme", lambda path, *, dark: f"no-{path}")
    failed = _failed()
    assert failed.keys() == {
        *("playing", "stepping back"),  # from the first step
        *("pane SurfaceView", "picture"),
        *("messages", "languages of the window", "user guide"),
    }
    assert "blank" in failed["pane SurfaceView"]
    assert failed["messages"] == "1 lines, first: something is amiss"
    assert failed["languages of the window"] == "in de this is as in English: &Undo, Cancel"


@pytest.mark.usefixtures("only_of_the_window")
def test_the_exit_code_and_the_count(capsys, monkeypatch):
    def wrong():
        raise CheckFailed("it is")

    assert run_checks(lambda: [("wrong", wrong)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2] == "FAILED  wrong: it is"
    assert lines[-1] == "1 check passed, 1 failed"
    assert run_checks(list) == 0
    monkeypatch.setattr(sys, "stdout", None)  # a program without a terminal
    assert run_checks(list) == 0


def test_one_colour_with_a_few_lines_has_no_surface():
    image = QImage(200, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with pytest.raises(CheckFailed, match="blank"):
        self_test.not_blank(image)
    for grey in range(200):
        image.setPixelColor(grey, 100, QColor(grey, grey, grey))
        image.setPixelColor(grey, 110, QColor(grey, 0, 0))
    self_test.not_blank(image)
    with pytest.raises(CheckFailed, match="surface is missing"):
        self_test.not_blank(image, colourful=True)
