"""Whether a person who works with the keys alone sees where they are."""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication

from gdsim.core.lessons.view import PAGES
from tests.every import WHOLE
from tests.gui.main_windows import opened
from tests.gui.window.test_large_letters import laid_out, of_short_runs

_BESIDE = 6  # pixels around a widget that its focus may change


def picture_of(widget):
    window = widget.window()
    place = QRect(widget.mapTo(window, QPoint()), widget.size())
    laid_out(window)
    return window.grab(place.adjusted(-_BESIDE, -_BESIDE, _BESIDE, _BESIDE)).toImage()


def unseen(window, qtbot, seen):
    """Press Tab until it comes round, and return what had the keys and looked as without them.

    What is of a kind that has been ``seen`` is not looked at again, but in a whole run.
    """
    reached, looks_the_same = [], []
    while True:
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused in reached:
            return looks_the_same
        reached.append(focused)
        kind = type(focused), focused.objectName()
        if kind in seen and not WHOLE:
            continue
        seen.add(kind)
        with_keys = picture_of(focused)
        focused.clearFocus()
        if picture_of(focused) == with_keys:
            looks_the_same.append((type(focused).__name__, focused.accessibleName()))
        focused.setFocus(Qt.FocusReason.TabFocusReason)


def test_in_the_window(qtbot):
    """Dialogs are looked at in `tests/gui/test_read_aloud.py`."""
    window, _ = opened(qtbot, of_short_runs())
    window.cards.run_card.show_page(PAGES.index("settings"))
    window.show_now()
    window.body.setFocus()
    assert unseen(window, qtbot, set()) == []
