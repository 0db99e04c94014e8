"""Files that the system hands over are opened in the window."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from gdsim.gui.runtime.app import FileOpener


def test_a_file_that_macos_hands_over_is_opened(qtbot, qapp, tmp_path):
    opened = []
    opener = FileOpener(qapp, opened.append)
    try:
        path = tmp_path / "my scene ä.gdsim"
        QApplication.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(str(path))))
        assert opened == []  # not in the middle of whatever is going on
        qtbot.waitUntil(lambda: bool(opened))
        assert opened == [path]
        assert isinstance(opened[0], Path)
    finally:
        qapp.removeEventFilter(opener)
