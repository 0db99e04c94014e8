"""Files that the system hands over are opened in the window."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from gdsim.gui.runtime.app import FileOpener


@pytest.fixture
def hand_over(qapp, tmp_path, monkeypatch):
    openers = []

    def on(system):
        monkeypatch.setattr(sys, "platform", system)
        opened = []
        openers.append(FileOpener(qapp, opened.append))
        path = tmp_path / "my scene ä.gdsim"
        taken = QApplication.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(str(path))))
        return path, opened, taken

    yield on
    for opener in openers:
        qapp.removeEventFilter(opener)


def test_a_file_that_macos_hands_over_is_opened(qtbot, hand_over):
    path, opened, _ = hand_over("darwin")
    assert opened == []  # not in the middle of whatever is going on
    qtbot.waitUntil(lambda: bool(opened))
    assert opened == [path]
    assert isinstance(opened[0], Path)


@pytest.mark.parametrize("system", ["linux", "win32"])
def test_elsewhere_no_event_of_the_program_is_looked_at(hand_over, system):
    *_, taken = hand_over(system)
    assert not taken
