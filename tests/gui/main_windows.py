"""The main window, for tests of the whole program."""

from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gdsim.gui.rules.rules_question import RulesQuestion
from gdsim.gui.surface.panes import SurfacePainter
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
    """Return whether a command's entry says, when its menu is opened, that it is switched on."""
    for entry in window.menuBar().actions():
        entry.menu().aboutToShow.emit()
    return window.commands[name].isChecked()


def shown_cards(window):
    """Return the names of the cards that are seen."""
    return {name for name, card in window.cards.by_name.items() if card.isVisible()}


def question(window):
    """Return the question about rules from elsewhere that is seen, if one is."""
    found = [one for one in window.findChildren(RulesQuestion) if one.isVisible()]
    return found[0] if found else None


def painter_of(view):
    """Return what paints the surface in a view of it, once there is one."""
    return view.findChild(SurfacePainter)


def show_unpainted(window):
    """Show a window that is laid out as on a screen, but never painted: a grabbed picture of it is none.

    For tests of what else is there: painting is a third of what a window takes. Its dialogs are painted.
    """
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.setUpdatesEnabled(False)
    window.show()


def show_painted(qtbot, window):
    """Bring such a window to the screen, with the keys."""
    if not window.testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen):
        return
    window.hide()
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)
    window.setUpdatesEnabled(True)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()


def opened(qtbot, experiment, settings=None, *, painted=True):
    """Return a window whose runs are computed, and its session; one that is not painted is laid out alone."""
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
    """Return a window with all of its panes; nothing is computed yet."""
    window = MainWindow(QApplication.instance(), Session(experiment), SurfaceView(allowed=False), settings)
    window.resize(1440, 900)
    window.simple.set_on(False)
    qtbot.addWidget(window, before_close_func=lambda _: window.files.close_at_once())
    with qtbot.waitExposed(window):
        window.show()
    return window


@contextmanager
def undressed_windows():
    """Leave windows without a style sheet, where nobody looks: to put it on is a third of what they take."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(appearance, "application_sheet", lambda *_, **__: "")
        yield


def opened_for_menus(qtbot, experiment, settings=None):
    """Return a window with its commands and dialogs; nothing is computed, painted or dressed."""
    session = Session(experiment)
    with undressed_windows():
        window = MainWindow(QApplication.instance(), session, SurfaceView(allowed=False), settings)
    qtbot.addWidget(window, before_close_func=lambda _: session.close())
    show_unpainted(window)
    return window


def key(window, qtbot, code, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget() or window, code, modifier)
