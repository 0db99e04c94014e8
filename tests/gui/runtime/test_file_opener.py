"""Files and links that the system hands over are opened in the window."""

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

    def on(system, link=""):
        monkeypatch.setattr(sys, "platform", system)
        opened = []
        openers.append(FileOpener(qapp, opened.append, opened.append))
        path = tmp_path / "my scene ä 100 %25.gdsim"
        address = QUrl(link) if link else QUrl.fromLocalFile(str(path))
        taken = QApplication.sendEvent(qapp, QFileOpenEvent(address))
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


def test_a_link_that_macos_hands_over_is_opened(qtbot, hand_over):
    link = "gdsim:1,B7e6I1zHwoC4C5w0"
    _, opened, taken = hand_over("darwin", link)
    qtbot.waitUntil(lambda: bool(opened))
    assert (opened, taken) == ([link], True)


def test_the_address_of_a_file_is_that_file(qtbot, qapp, tmp_path):
    """Desktops name files by their addresses to a program that opens links as well."""
    opened = []
    opener = FileOpener(qapp, opened.append, None)
    path = tmp_path / "my scene ä 100 %25.gdsim"
    for text in (path.as_uri(), str(path)):
        opener.open(text)
    qtbot.waitUntil(lambda: len(opened) == 2)
    assert opened == [path, path]


@pytest.mark.parametrize("system", ["linux", "win32"])
def test_elsewhere_no_event_of_the_program_is_looked_at(hand_over, system):
    *_, taken = hand_over(system)
    assert not taken
