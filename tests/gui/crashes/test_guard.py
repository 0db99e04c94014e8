"""Errors that nobody foresaw are written down and told once, from whatever thread they come."""

import sys
import threading

import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QPainter
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget

from gdsim.gui.crashes.crash_dialog import CrashDialog
from gdsim.gui.crashes.guard import CrashGuard


class Notes:
    path = "/somewhere/errors.log"

    def __init__(self):
        self.reports = []

    def write(self, report):
        self.reports.append(report)

    def close(self):
        self.reports.append("closed")


@pytest.fixture
def notes():
    return Notes()


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def guard(qtbot, window, notes, monkeypatch):
    """Guard a window; errors reach it as they reach Python, not as pytest-qt catches them."""
    before = sys.excepthook
    made = CrashGuard(notes, lambda: ["gdsim 1.2.3", "Surface: painted"])
    made.watch(window)
    yield made
    for dialog in dialogs():
        dialog.close()
    made.end()
    assert sys.excepthook is before


def dialogs():
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, CrashDialog) and one.isVisible()]


def fail(message):
    raise LookupError(message)


def raised(message="something is amiss"):
    try:
        fail(message)
    except LookupError as error:
        return type(error), error, error.__traceback__


def happen(qtbot, *what):
    """Report an error as Qt does: from within the event loop."""
    QTimer.singleShot(0, lambda: sys.excepthook(*(what or raised())))
    qtbot.waitUntil(lambda: bool(dialogs()))
    return dialogs()[0]


def button(dialog, text):
    return next(one for one in dialog.findChildren(QPushButton) if one.text() == text)


def test_it_is_written_down_and_told(qtbot, guard, notes, capsys):
    dialog = happen(qtbot)
    assert "LookupError: something is amiss" in notes.reports[0]
    assert "LookupError: something is amiss" in capsys.readouterr().err
    assert dialog.report().startswith("gdsim 1.2.3\nSurface: painted\n\nTraceback")
    assert "LookupError: something is amiss" in dialog.report()


def test_the_report_can_be_copied(qtbot, guard):
    dialog = happen(qtbot)
    button(dialog, "Copy report").click()
    assert QGuiApplication.clipboard().text() == dialog.report()
    assert dialog.isVisible()


def test_work_is_restored_on_request(qtbot, guard):
    dialog = happen(qtbot)
    with qtbot.waitSignal(guard.restore_requested):
        button(dialog, "Restore my work").click()
    assert not dialogs()


def test_one_can_go_on(qtbot, guard):
    dialog = happen(qtbot)
    with qtbot.assertNotEmitted(guard.restore_requested):
        button(dialog, "Continue").click()
    assert not dialogs()


def test_the_same_error_is_told_once_and_written_each_time(qtbot, guard, notes):
    what = raised()
    happen(qtbot, *what).close()
    sys.excepthook(*what)
    QApplication.processEvents()
    assert not dialogs()
    assert len(notes.reports) == 2


def test_there_is_one_dialog_at_a_time(qtbot, guard, notes):
    happen(qtbot)
    sys.excepthook(*raised("another"))
    QApplication.processEvents()
    assert len(dialogs()) == 1
    assert "another" in notes.reports[1]


def test_an_error_in_a_thread_of_qt_is_told_by_this_one(qtbot, guard, notes):
    class Failing(QThread):
        def run(self):
            sys.excepthook(*raised("in a thread"))

    thread = Failing()
    thread.start()
    qtbot.waitUntil(lambda: bool(dialogs()))
    thread.wait()
    assert dialogs()[0].thread() is QApplication.instance().thread()
    assert "in a thread" in notes.reports[0]


def test_an_error_in_a_thread_of_python_is_told(qtbot, guard, notes):
    thread = threading.Thread(target=fail, args=["in a plain thread"])
    thread.start()
    qtbot.waitUntil(lambda: bool(dialogs()))
    thread.join()
    assert "in a plain thread" in notes.reports[0]


@pytest.mark.usefixtures("qapp")
def test_a_wish_to_end_is_no_error(notes, monkeypatch):
    passed_on = []
    monkeypatch.setattr(sys, "excepthook", lambda *what: passed_on.append(what[0]))
    guard = CrashGuard(notes, list)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert passed_on == [KeyboardInterrupt]
    assert notes.reports == []
    assert not dialogs()
    guard.end()


def test_without_a_terminal_it_is_told_all_the_same(qtbot, guard, notes, monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    assert "something is amiss" in happen(qtbot).report()
    assert len(notes.reports) == 1


def test_without_a_log_and_a_window_there_is_only_the_report(qtbot):
    guard = CrashGuard(None, lambda: ["gdsim"])
    try:
        dialog = happen(qtbot)
        names = {one.text() for one in dialog.findChildren(QPushButton)}
        assert names == {"Copy report", "Close"}
        dialog.close()
    finally:
        guard.end()


class Faulty(QWidget):
    fails = True

    def paintEvent(self, event):
        painter = QPainter(self)
        if self.fails:
            fail("while painting")
        painter.fillRect(self.rect(), QColor("#123456"))


def test_a_widget_that_failed_while_it_was_painted_can_be_painted_again(qtbot, guard, notes):
    faulty = Faulty()
    qtbot.addWidget(faulty)
    faulty.show()
    qtbot.waitUntil(lambda: bool(notes.reports))
    faulty.fails = False
    assert faulty.grab().toImage().pixelColor(5, 5) == QColor("#123456")


def test_an_error_while_a_menu_opens_is_told_once_it_is_open(qtbot, guard, window):
    """Qt crashes when a dialog takes a menu away that is about to be shown."""
    menu, seen = QMenu(window), []

    def opening():
        sys.excepthook(*raised())
        seen.extend(dialogs())

    menu.aboutToShow.connect(opening)
    QTimer.singleShot(0, lambda: menu.popup(window.pos()))
    qtbot.waitUntil(lambda: bool(dialogs()))
    assert seen == []
    assert not menu.isVisible()
