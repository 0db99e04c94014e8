"""The main window, for tests of the whole program."""

from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gdsim.gui.rules.rules_question import RulesQuestion
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.window import appearance
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session

# The commands that open an exercise or an experiment.
EXERCISES = (
    "guess_work",
    "flight",
    "quiz",
    "predict",
    "fill_in",
    "wrong_line",
    "check_work",
    "find_rate",
    "maps",
    "fair_race",
)


def is_marked(window, name):
    """Return whether a command is checked once its menu has been opened."""
    for entry in window.menuBar().actions():
        entry.menu().aboutToShow.emit()
    return window.commands[name].isChecked()


def shown_cards(window):
    """Return the names of the visible cards."""
    return {name for name, card in window.cards.by_name.items() if card.isVisible()}


def question(window):
    """Return the visible question about rules from elsewhere, or None."""
    visible = [asked for asked in window.findChildren(RulesQuestion) if asked.isVisible()]
    return visible[0] if visible else None


def show_unpainted(window):
    """Show a window that is laid out as on a screen, but never painted, so that it cannot be grabbed.

    For tests that need no picture, because painting is a third of a window's work. Its dialogs are painted.
    """
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.setUpdatesEnabled(False)
    window.show()


def show_painted(qtbot, window):
    """Bring a window shown by `show_unpainted` to the screen, and activate it."""
    if not window.testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen):
        return
    window.hide()
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)
    window.setUpdatesEnabled(True)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()


def opened(qtbot, experiment, settings=None, *, painted=True):
    """Return a window whose runs are computed, and its session; if not ``painted``, it is only laid out."""
    session = Session(experiment)
    window = MainWindow(QApplication.instance(), session, SurfaceView(allowed=False), settings)
    qtbot.addWidget(window, before_close_func=lambda _: session.close())
    window.setUpdatesEnabled(painted)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    session.begin()
    qtbot.waitUntil(window.is_settled, timeout=20_000)
    window.show_now()
    return window, session


def opened_whole(qtbot, experiment, settings):
    """Return a window with all of its panes, in which nothing is computed yet."""
    window = MainWindow(QApplication.instance(), Session(experiment), SurfaceView(allowed=False), settings)
    window.resize(1440, 900)
    window.simple.set_on(False)
    qtbot.addWidget(window, before_close_func=lambda _: window.files.close_at_once())
    with qtbot.waitExposed(window):
        window.show()
    return window


@contextmanager
def undressed_windows():
    """Open windows without a style sheet, because setting one is a third of the work of a window."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(appearance, "application_sheet", lambda *_, **__: "")
        yield


def opened_for_menus(qtbot, experiment, settings=None):
    """Return a window for its commands and dialogs, without a style sheet, computations and painting."""
    session = Session(experiment)
    with undressed_windows():
        window = MainWindow(QApplication.instance(), session, SurfaceView(allowed=False), settings)
    qtbot.addWidget(window, before_close_func=lambda _: session.close())
    show_unpainted(window)
    return window


def key(window, qtbot, code, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget() or window, code, modifier)
