"""The words on the screen: one name for one thing, capitals alike, one minus sign."""

import re
from collections import Counter
from itertools import product

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QTextEdit,
    QWidget,
)

from gdsim.core.lessons.view import PAGES
from gdsim.gui.arrows.legend import ArrowLegend
from gdsim.gui.forms.one_of import TabButton
from gdsim.gui.step.code_view import CodeView
from gdsim.gui.window.menu_command import commands_in
from gdsim.gui.window.menus import menus
from tests.every import in_turn

HYPHENED = re.compile(r"(?<![\w.)\]])-\.?\d|\de-\d", re.ASCII)
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)
_MOST_ROWS = 40
# Names of formulas keep their case: x, w1, η, β₁, f(x).
SYMBOL = re.compile(r"\W*\w[\d₀-₉_]*\W.*|\W*\w[\d₀-₉]*|γ.*", re.DOTALL)


def texts_of(widget):
    """Return the texts that can be read on one widget."""
    if isinstance(widget, (QLabel, QAbstractButton, QLineEdit)):
        yield widget.text()
    if isinstance(widget, QTextEdit):
        yield widget.toPlainText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(index) for index in range(widget.count()))
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        model = widget.model()
        columns = 1 if isinstance(widget, QListView) else model.columnCount()
        for row, column, role in product(range(min(model.rowCount(), _MOST_ROWS)), range(columns), ROLES):
            yield str(model.index(row, column).data(role) or "")


def said_of(widget):
    """Return what can be read on and of one widget."""
    yield from texts_of(widget)
    yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())


def seen_below(root):
    """Return all widgets but those that show code, which is written for Python."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisible() and not isinstance(widget, CodeView)
    ]


def with_hyphens(root):
    return [text for widget in seen_below(root) for text in said_of(widget) if HYPHENED.search(text)]


def test_a_hyphen_before_a_number_is_found(qtbot):
    label = QLabel("w is -2")
    qtbot.addWidget(label)
    assert [text for text in said_of(label) if HYPHENED.search(text)] == ["w is -2"]
    assert not HYPHENED.search("mini-batch, 2-3, run-2.json, −2")


def test_numbers_have_a_true_minus_in_the_window(window, qtbot):
    for page, step in in_turn(range(len(PAGES)), (0, 5, 300)):
        window.session.play(lambda head, step=step: head.seek(step))
        window.cards.run_card.show_page(page)
        window.show_now()
        assert with_hyphens(window) == []
    assert any("−" in text for widget in seen_below(window) for text in texts_of(widget))


def lower_case(root):
    """Return the texts of what is pressed, chosen or filled in that begin with a small letter."""
    for widget in seen_below(root):
        is_label = isinstance(widget, QLabel) and widget.buddy() is not None
        if isinstance(widget.parentWidget(), ArrowLegend):
            continue  # a key, which names what is drawn
        if not is_label and not isinstance(widget, (QAbstractButton, QComboBox)):
            continue
        yield from (text for text in texts_of(widget) if text[:1].islower() and not SYMBOL.fullmatch(text))


def test_labels_and_buttons_begin_with_a_capital_in_the_window(window):
    for page in range(len(PAGES)):
        window.cards.run_card.show_page(page)
        window.show_now()
        assert list(lower_case(window)) == []


def test_entries_of_menus_begin_with_a_capital(window):
    texts = [action.text().replace("&", "") for action in window.commands.values()]
    assert [text for text in texts if not text[:1].isupper() and not text[:1].isdigit()] == []


def test_no_two_things_have_one_name(window):
    entries = [command for menu in menus(window).values() for command in commands_in(menu)]
    names = [entry.text.replace("&", "").removesuffix("…") for entry in entries]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    tabs = [tab.text() for tab in window.findChildren(TabButton)]
    titles = [card.title.whole() for card in window.cards.by_name.values() if card.title.whole()]
    buttons = Counter(tabs + titles)
    assert [name for name, count in buttons.items() if count > 1] == []
    # Names that differ in a small word only are as good as one name.
    small = {"this", "at", "the", "of"}
    cores = Counter(frozenset(name.lower().split()) - small for name in [*tabs, *titles])
    assert [set(core) for core, count in cores.items() if count > 1] == []


def test_a_page_has_one_name_in_tab_menu_and_guide(window):
    for index, page in enumerate(PAGES):
        tab = window.cards.run_card.tab(index).text()
        assert window.commands[f"page_{page}"].iconText() == tab
