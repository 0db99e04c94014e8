"""Where Tab goes: through everything, in the order in which one reads."""

from itertools import groupby, pairwise

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from gdsim.core.lessons.view import PAGES
from gdsim.gui.forms.card import Card
from gdsim.gui.forms.fields import CheckedField
from gdsim.gui.forms.one_of import TabButton
from tests.every import every
from tests.gui.aloud import told_below


def stops(window, qtbot, key=Qt.Key.Key_Tab):
    """Return every widget that Tab reaches, until it comes to one again."""
    window.body.setFocus()
    found = []
    while True:
        qtbot.keyClick(QApplication.focusWidget(), key)
        focused = QApplication.focusWidget()
        if focused in found:
            assert focused is found[0]
            return found
        found.append(focused)


def box(widget):
    return QRect(widget.mapTo(widget.window(), QPoint()), widget.size())


def card_of(widget):
    while widget is not None and not isinstance(widget, Card):
        widget = widget.parentWidget()
    return widget


def reads_on(before, after):
    """Return whether one box is read after another: further right in the same line, or further down."""
    in_line = after.top() <= before.center().y() <= after.bottom()
    in_line = in_line or before.top() <= after.center().y() <= before.bottom()
    return after.left() >= before.right() if in_line else after.top() >= before.bottom()


def cards_of(widgets):
    """Return the cards in the order in which they are reached; twice if it is left and reached again."""
    return [card for card, _ in groupby(filter(None, map(card_of, widgets)))]


@every("page", range(len(PAGES)), ids=PAGES)
def test_a_card_is_read_line_by_line_its_tabs_before_the_page(window, qtbot, page):
    window.cards.run_card.show_page(page)
    window.show_now()
    found = stops(window, qtbot)
    for widget in found:
        assert widget.isVisible()
        assert widget.isEnabled()
        qtbot.waitUntil(lambda one=widget: window.rect().contains(box(one).center()))
        assert widget.accessibleName(), widget
    for card in cards_of(found):
        inside = [widget for widget in found if card_of(widget) is card]
        # The curves reach behind their tabs, so they are no box of their own.
        lines = [widget for widget in inside if widget is not window.cards.curves]
        assert [pair for pair in pairwise(lines) if not reads_on(*map(box, pair))] == []
        tabs = [isinstance(widget, TabButton) for widget in inside]
        assert tabs == sorted(tabs, reverse=True)


def test_cards_are_read_column_by_column_and_each_once(window, qtbot):
    named = {card: name for name, card in window.cards.by_name.items()}
    assert [named[card] for card in cards_of(stops(window, qtbot))] == [
        *("points", "neuron", "surface", "contours", "curves", "playback", "runs", "page")
    ]
    for column in ("points neuron", "surface curves playback", "runs page"):
        tops = [box(window.cards.by_name[name]).top() for name in column.split()]
        assert tops == sorted(tops)


def test_shift_and_tab_go_back(window, qtbot):
    there, back = stops(window, qtbot), stops(window, qtbot, Qt.Key.Key_Backtab)
    assert back == there[::-1]


@every("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_tab_goes_on_from_a_field_that_gave_the_keys_to_the_page(window, qtbot, key):
    window.cards.run_card.show_page(PAGES.index("settings"))
    window.show_now()
    found = stops(window, qtbot)
    place = next(place for place, one in enumerate(found) if isinstance(one, CheckedField))
    field = found[place]
    for way, beside in ((Qt.Key.Key_Tab, found[place + 1]), (Qt.Key.Key_Backtab, found[place - 1])):
        field.setFocus()
        qtbot.keyClick(field, key)
        assert QApplication.focusWidget() is window.body
        qtbot.keyClick(window.body, way)
        assert QApplication.focusWidget() is beside
    window.body.setFocus()  # as with a click beside all controls
    qtbot.keyClick(window.body, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is found[0]


def test_what_is_read_aloud_comes_in_the_same_order(window, qtbot):
    found = stops(window, qtbot)
    read = [one.widget for one in told_below(window) if isinstance(one.widget, QWidget)]
    places = [read.index(widget) for widget in found if widget is not window.cards.curves]
    assert places == sorted(places)


def test_a_pane_that_was_maximised_comes_in_its_place_again(window, qtbot):
    before = stops(window, qtbot)
    window.maximised.maximise(window.cards.contour_card)
    assert cards_of(stops(window, qtbot)) == [window.cards.contour_card, window.cards.by_name["playback"]]
    window.maximised.restore()
    assert stops(window, qtbot) == before


def test_what_is_scrolled_away_is_scrolled_to(window, qtbot):
    window.resize(1180, 480)
    area = window.cards.run_card.findChild(QScrollArea)
    reached = []
    for widget in stops(window, qtbot):
        widget.setFocus()
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if area.isAncestorOf(focused):
            middle = focused.mapTo(area, focused.rect().center())
            reached.append(area.rect().contains(middle))
    assert reached
    assert all(reached)


def test_the_border_of_a_pane_is_moved_by_keys(window, qtbot):
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    found = stops(window, qtbot)
    for card, keys, size, sign in (
        ("points", Qt.Key.Key_Right, QWidget.width, 1),
        ("points", Qt.Key.Key_Down, QWidget.height, 1),
        ("runs", Qt.Key.Key_Down, QWidget.height, 1),
        ("contours", Qt.Key.Key_Left, QWidget.width, -1),
        ("curves", Qt.Key.Key_Up, QWidget.height, -1),
    ):
        pane = window.cards.by_name[card]
        next(widget for widget in found if card_of(widget) is pane).setFocus()
        before = size(pane)
        qtbot.keyClick(QApplication.focusWidget(), keys, modifiers)
        assert sign * (size(pane) - before) > 0, card
