"""What a screen reader says: every control has a name, and so have lists and pictures."""

from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
)

from gdsim.core.lessons.files import load_lesson
from gdsim.core.lessons.view import PAGES

CONTROLS = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QAbstractItemView, QPlainTextEdit)


def nameless(root):
    """Return the visible controls that a screen reader has no word for."""
    return [
        widget
        for kind in CONTROLS
        for widget in root.findChildren(kind)
        if widget.isVisible()
        and not isinstance(widget, (QScrollBar, QHeaderView))
        # The corner of a table: Qt's own, which has no name to give.
        and not isinstance(widget.parent(), QAbstractItemView)
        and not widget.accessibleName()
        and not (isinstance(widget, QAbstractButton) and widget.text())
        and not widget.objectName().startswith("qt_")
    ]


def test_lists_and_tables_of_the_window_have_names(window):
    for page in range(len(PAGES)):
        window.cards.run_card.show_page(page)
        window.show_now()
        assert nameless(window) == []


def test_a_lesson_and_a_hint_have_names(window):
    window.lessons.begin(load_lesson("lecture"))
    window.commands["tour"].trigger()
    assert window.lessons.bar.isVisible()
    assert window.help.tour.callout is not None
    assert nameless(window) == []
