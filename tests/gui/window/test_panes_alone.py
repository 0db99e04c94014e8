"""Which panes are there while one fills the window, at a stop, and on a projector; and all come back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gdsim.core.lessons.files import load_lesson
from gdsim.gui.window.layout import SIDES
from tests.every import WHOLE
from tests.gui.main_windows import is_marked, key, shown_cards
from tests.gui.window.test_projector_mode import small, standing, stop_number
from tests.gui.windows import double_click

# A projector gives the window another sheet at each key, which takes half of the time.
pytestmark = pytest.mark.usefixtures("all_undressed")

CARDS = ("points", "neuron", "runs", "surface", "contours", "curves", "page")
LEFT, RIGHT = {"points", "neuron"}, {"runs", "page"}
# Of projectors: the old usual one, a laptop's picture, full HD; the one between the others is tried seldom.
SIZES = ((1280, 720), (1440, 900), (1920, 1080)) if WHOLE else ((1280, 720), (1920, 1080))
# F9 and F10 in every order of four presses, a sequence of de Bruijn; or both wherever the other one leads.
# They end as they began.
_ORDER = "00001001101011110000" if WHOLE else "01011010"
ANY_ORDER = [(Qt.Key.Key_F9, Qt.Key.Key_F10)[int(digit)] for digit in _ORDER]


@pytest.fixture
def window(qtbot):
    return small(qtbot, painted=False)


@pytest.fixture
def on_a_screen(window, qtbot, request):
    """The window, as large as a projector."""
    window.resize(*request.param)
    qtbot.waitUntil(lambda: window.size().toTuple() == request.param)
    return window


def at(size):
    """Run a test at one of the sizes, or at all in a whole run."""
    sizes = SIZES if WHOLE else [size]
    return pytest.mark.parametrize(
        "on_a_screen", sizes, ids=lambda size: "x".join(map(str, size)), indirect=True
    )


@pytest.mark.parametrize("projector", [False, True])
def test_any_pane_fills_the_window_and_goes_back(window, qtbot, projector):
    if projector:
        key(window, qtbot, Qt.Key.Key_F10)
    before, cards = standing(window), window.cards.by_name
    for name in CARDS if WHOLE or not projector else ("points", "contours", "page"):
        window.maximised.maximise(cards[name])
        qtbot.waitUntil(lambda card=cards[name]: card.width() > 1200 and card.height() > 400)
        assert {one for one, card in cards.items() if card.isVisible()} == {name, "playback"}
        key(window, qtbot, Qt.Key.Key_F9)
        assert standing(window) == before
        assert not is_marked(window, "maximise")


def test_the_pane_with_the_keys_is_maximised_and_keeps_them(window, qtbot):
    contours = window.cards.contours
    contours.setFocus()
    key(window, qtbot, Qt.Key.Key_F9)
    assert window.maximised.card is window.cards.contour_card
    assert QApplication.focusWidget() is contours
    assert is_marked(window, "maximise")
    key(window, qtbot, Qt.Key.Key_Right)
    assert window.session.playhead.cursor == 1
    key(window, qtbot, Qt.Key.Key_Escape)
    assert window.maximised.card is None
    assert QApplication.focusWidget() is contours


def test_a_double_click_on_a_title_maximises_and_one_on_the_body_does_not(window, qtbot):
    card = window.cards.contour_card
    double_click(qtbot, card.title)
    assert window.maximised.card is card
    double_click(qtbot, card.title)
    assert window.maximised.card is None
    double_click(qtbot, card)
    assert window.maximised.card is None


@at(SIZES[0])
def test_a_stop_shows_nothing_but_the_panes_it_points_at(on_a_screen, qtbot):
    window, lesson, cards = on_a_screen, load_lesson("lecture"), on_a_screen.cards
    before = widths(window)
    window.lessons.begin(lesson)
    key(window, qtbot, Qt.Key.Key_F10)
    for index in (0, 1, 5, 40):  # one pane, one column, panes of two columns, three of them
        window.lessons.guide.go(index)
        standing(window)
        view = lesson.stops[index].view
        pointed = view.only or view.panes
        assert shown_cards(window) == pointed | {"playback"}
        assert sides_of(window) == [False, False]
        # Nearly all of what is left of the window by bar and playback.
        widths_of = [cards.by_name[name].width() for name in pointed]
        assert sum(widths_of) > 0.95 * (window.width() - 8 * len(pointed))
        assert all(cards.by_name[name].height() > 0.5 * window.height() for name in pointed)
    # A pane alone comes before the stop's, and the stop's again after it; Escape brings all.
    key(window, qtbot, Qt.Key.Key_F9)
    assert window.maximised.card is not None
    key(window, qtbot, Qt.Key.Key_F9)
    assert shown_cards(window) == pointed | {"playback"}
    key(window, qtbot, Qt.Key.Key_Escape)
    middle = {"surface", "contours", "curves", "playback"}
    assert shown_cards(window) >= middle
    key(window, qtbot, Qt.Key.Key_F5)
    assert shown_cards(window) == pointed | {"playback"}
    window.lessons.guide.end()
    assert shown_cards(window) == middle
    key(window, qtbot, Qt.Key.Key_F10)
    assert widths(window) == before


@at(SIZES[-1])
def test_a_column_that_a_person_opens_at_a_stop_is_folded_by_the_next_one(on_a_screen, qtbot):
    window = on_a_screen
    window.lessons.begin(load_lesson("lecture"), stop_number("the square"))
    key(window, qtbot, Qt.Key.Key_F10)
    key(window, qtbot, Qt.Key.Key_F8)
    assert sides_of(window) == [False, True]
    assert shown_cards(window) >= RIGHT
    key(window, qtbot, Qt.Key.Key_PageDown)
    assert sides_of(window) == [False, False]


def test_the_player_is_all_there_is_of_playback_on_a_projector(window, qtbot):
    transport = window.cards.transport
    whole = transport.height()
    settings = (transport.clock, transport.speed, transport.live, transport.loop)
    key(window, qtbot, Qt.Key.Key_F10)
    assert transport.play.isVisible()
    assert not any(widget.isVisible() for widget in settings)
    height = transport.height()  # with which it is painted first
    assert height < whole
    standing(window)
    assert transport.height() == height
    key(window, qtbot, Qt.Key.Key_F10)
    assert all(widget.isVisible() for widget in settings)


def checked(window):
    return {side: is_marked(window, f"fold_{side}") for side in ("left", "right")}


def widths(window):
    """Return how wide each column is, and which cards are there."""
    places = standing(window)[0]
    return window.cards.columns.sizes(), set(places)


@pytest.mark.parametrize("at_stop", [False, True])
def test_a_pane_alone_and_the_projector_bring_all_back_in_any_order(window, qtbot, at_stop):
    if at_stop:
        window.lessons.begin(load_lesson("lecture"), stop_number("the sigmoid"))
    before = widths(window)
    for code in ANY_ORDER:
        key(window, qtbot, code)
        standing(window)
        assert is_marked(window, "projector") == window.projector.on
        assert is_marked(window, "maximise") == (window.maximised.card is not None)
        if not window.projector.on and window.maximised.card is None:
            assert widths(window) == before
            assert sides_of(window) == [True, True]
    assert not window.projector.on
    assert window.maximised.card is None


def test_the_menu_says_which_columns_are_there(window, qtbot):
    for code in ["F10", "F7", "F9", "F9", "F8", "F8", "F7", "F10"]:
        key(window, qtbot, getattr(Qt.Key, f"Key_{code}"))
        assert checked(window) == {side: window.cards.columns.is_open(side) for side in SIDES}
    assert checked(window) == {"left": True, "right": True}


def sides_of(window):
    return [window.cards.columns.is_open(side) for side in ("left", "right")]


@at(SIZES[-1])
def test_a_pane_alone_stays_alone_when_the_projector_is_switched_on_at_a_stop(on_a_screen, qtbot):
    window, lesson, square = on_a_screen, load_lesson("lecture"), stop_number("the square")
    window.lessons.begin(lesson, square)
    before = widths(window)
    key(window, qtbot, Qt.Key.Key_F9)
    alone = window.maximised.card
    key(window, qtbot, Qt.Key.Key_F10)
    assert window.maximised.card is alone
    assert shown_cards(window) - {"playback"} < {"surface", "contours", "curves"} | LEFT | RIGHT
    key(window, qtbot, Qt.Key.Key_F9)
    assert shown_cards(window) == lesson.stops[square].view.panes | {"playback"}
    assert shown_cards(window) & LEFT
    key(window, qtbot, Qt.Key.Key_F10)
    assert sides_of(window) == [True, True]
    assert widths(window) == before
