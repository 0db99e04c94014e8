"""The window and its dialogs on small screens, and with large letters that a person has chosen."""

from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QDialog,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSplitterHandle,
    QWidget,
)

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.lessons.files import load_lesson
from gdsim.core.lessons.view import PAGES
from gdsim.gui.crashes.crash_dialog import CrashDialog
from gdsim.gui.exercises.exercise import Exercise
from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.forms.reading_order import is_stop
from gdsim.gui.language import speak
from gdsim.gui.lessons.render_stop import pictures_of
from gdsim.gui.paint.plot_keys import FocusRing
from gdsim.gui.window.main_window import MainWindow
from gdsim.gui.window.notice import Notice
from tests.every import WHOLE
from tests.gui.main_windows import key, opened, opened_whole
from tests.gui.painted import colliding_texts, cut_texts, painted_texts
from tests.gui.test_translation import DIALOGS
from tests.gui.windows import cut_off_texts, settled

# Letters of the desktop in pixels, and the size of the window. 960x540 is what there is on a screen of
# 1920x1080 on which everything is twice as large.
PLACES = {
    "960x540": (12, 960, 540),
    "640x400": (12, 640, 400),
    "200 % at 1280x720": (24, 1280, 720),
    "200 % at 960x540": (24, 960, 540),
}


def at(*names):
    """Run a test at some of the places, or at all in a whole run."""
    return pytest.mark.parametrize(
        "window", [PLACES[one] for one in PLACES if WHOLE or one in names], indirect=True
    )


@pytest.fixture
def letters_of_the_desktop(qapp):
    """A function that makes the letters of the desktop so many pixels high, until the end of the test."""
    usual = qapp.font()

    def set_letters(pixels):
        font = qapp.font()
        font.setPixelSize(pixels)
        qapp.setFont(font)

    yield set_letters
    qapp.setFont(usual)


@pytest.fixture
def window(qtbot, request, letters_of_the_desktop):
    letters, *size = request.param
    letters_of_the_desktop(letters)
    main, _ = opened(qtbot, load_scene(find_scene("first-neuron")), painted=False)
    main.resize(*size)
    qtbot.waitUntil(lambda: main.size().toTuple() == tuple(size))
    return main


@pytest.mark.parametrize("window", [PLACES["200 % at 1280x720"]], indirect=True)
def test_a_menu_that_is_higher_than_the_screen_is_scrolled(window):
    """In columns it would be wider than the screen, which would cut its keys and arrows."""
    menus = [action.menu() for action in window.menuBar().actions()]
    room = window.screen().availableSize().height()
    assert any(sum(menu.actionGeometry(one).height() for one in menu.actions()) > room for menu in menus)
    for menu in menus:
        assert len({menu.actionGeometry(one).left() for one in menu.actions() if one.text()}) == 1, (
            menu.title()
        )


def laid_out(window):
    for _ in range(4):  # what is laid out anew may ask what it stands in to do so too
        QApplication.processEvents()
    assert window.isVisible()


def is_laid_over(widget):
    """Return whether a widget lies over others on purpose, or is no more than a handle between them."""
    return isinstance(widget, (FocusRing, Notice, QSplitterHandle)) or isinstance(
        widget.parentWidget(), QAbstractScrollArea
    )


def overlapping(window):
    """Return the visible widgets that cover another widget beside them."""
    found = []
    for parent in (window, *window.findChildren(QWidget)):
        if not parent.isVisible():
            continue
        shown = [
            child
            for child in parent.children()
            if isinstance(child, QWidget)
            and child.isVisible()
            and not child.isWindow()
            and not is_laid_over(child)
        ]
        found += [
            f"{name_of(one)} {one.geometry().getRect()} and {name_of(other)} {other.geometry().getRect()}"
            for one, other in combinations(shown, 2)
            if one.geometry().intersects(other.geometry())
        ]
    return found


def outside(window):
    """Return the visible labels, buttons and fields that stick out of what they stand in."""
    found = []
    for child in window.findChildren(QWidget):
        if not child.isVisible() or child.isWindow():
            continue
        if not isinstance(child, QLabel) and child.focusPolicy() == Qt.FocusPolicy.NoFocus:
            continue
        around, place = child.parentWidget(), QRect(child.geometry())
        while around is not None and not isinstance(around.parentWidget(), QAbstractScrollArea):
            if not around.rect().contains(place):
                found.append(
                    f"{name_of(child)} {place.getRect()} in {name_of(around)} {around.rect().getRect()}"
                )
                break
            place.translate(around.pos())
            around = None if around is window else around.parentWidget()
    return found


def name_of(widget):
    text = widget.text() if isinstance(widget, (QLabel, QAbstractButton)) else widget.accessibleName()
    return f"{type(widget).__name__} {text or widget.objectName()}"


def complaints(window):
    laid_out(window)
    return overlapping(window), outside(window), cut_off_texts(window)


@at("200 % at 960x540")
def test_nothing_covers_anything_else_and_nothing_is_cut_off(window):
    assert complaints(window) == ([], [], [])
    for side in ("left", "right"):
        for _ in range(2):
            window.view.fold(side)
            assert complaints(window) == ([], [], []), side
    for page in PAGES:
        window.view.open_page(page)
        assert window.cards.columns.is_open("right")
        assert complaints(window) == ([], [], []), page
    # A projector has no smaller letters.
    before = window.cards.transport.fontMetrics().height()
    window.toggle_projector()
    laid_out(window)
    assert window.cards.transport.fontMetrics().height() >= before
    assert complaints(window) == ([], [], [])


@pytest.mark.parametrize("window", [PLACES["200 % at 1280x720"]], indirect=True)
def test_a_stop_has_its_whole_title_beside_formulas(window):
    lesson, bar = load_lesson("lecture"), window.lessons.bar
    window.lessons.begin(lesson)
    with_formulas = [stop for stop in lesson.stops if stop.formulas]
    # It takes long to typeset a formula.
    with_formulas.sort(key=lambda stop: len(stop.title) + max(len(one.text) for one in stop.formulas))
    for stop in with_formulas if WHOLE else with_formulas[-4:]:
        bar.show_stop(lesson.stops.index(stop))
        bar.show_formulas(pictures_of(stop))
        laid_out(window)
        assert bar.formulas.isVisible()
        assert bar.title.text() == stop.title


def test_letters_that_change_give_an_open_window_the_columns_of_a_new_one(qtbot, letters_of_the_desktop):
    def columns(window):
        cards = [one for one in window.cards.by_name.values() if one.isVisible()]
        assert cut_off_texts(window) == []
        return window.cards.columns.sizes(), [one.width() for one in cards]

    def new_window():
        window = opened_whole(qtbot, load_scene(find_scene("first-neuron")), None)
        laid_out(window)
        return window

    window = new_window()
    small = columns(window)
    letters_of_the_desktop(15)
    laid_out(window)
    grown = columns(window)
    letters_of_the_desktop(12)
    laid_out(window)
    assert columns(window) == small
    window.files.close_at_once()
    letters_of_the_desktop(15)
    assert columns(new_window()) == grown != small


def is_seen(widget):
    """Return whether a widget is within everything that it scrolls in, as far as there is room."""
    area, part = widget.parentWidget(), widget.rect()
    if isinstance(widget, QAbstractItemView):  # the item with the keys
        part = widget.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
    while area is not None:
        if isinstance(area, QScrollArea):
            room = area.viewport().rect()
            place = QRect(widget.mapTo(area.viewport(), part.topLeft()), part.size())
            if (room & place).height() < min(room.height(), place.height()) - 2:
                return False
        area = area.parentWidget()
    return True


@at("200 % at 960x540")
def test_what_has_the_keys_is_in_sight(window, qtbot):
    for side in ("left", "right"):
        if not window.cards.columns.is_open(side):
            window.view.fold(side)
            laid_out(window)
        reached = set()
        for _ in range(120):
            key(window, qtbot, Qt.Key.Key_Tab)
            focused = QApplication.focusWidget()
            if focused in reached:
                break
            reached.add(focused)
            assert is_seen(focused), name_of(focused)
        assert len(reached) > 20


def of_short_runs():
    """Return a scene for whose exercises little is computed: a map of it takes a fifth of the time."""
    experiment = load_scene(find_scene("mini-batch"))
    return replace(experiment, runs=tuple(replace(run, epochs=12) for run in experiment.runs))


def open_dialogs(window, qtbot, names):
    """Open one dialog after the other, and yield each with its name."""
    for name in names:
        window.commands[name].trigger()
        qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(QDialog)))
        dialog = next(one for one in window.findChildren(QDialog) if one.isVisible())
        with qtbot.waitActive(dialog):
            dialog.activateWindow()
        if isinstance(dialog, Exercise):  # results bring other buttons and widths
            settled(qtbot, dialog)
        laid_out(dialog)
        yield name, dialog
        dialog.close()
        laid_out(window)


# German words are longer.
@pytest.fixture(params=["en", "de"] if WHOLE else ["de"])
def on_a_small_screen(request, qapp, in_english, qtbot, monkeypatch, letters_of_the_desktop):
    """The window, with letters of 24 pixels on a screen of 960x540."""
    speak(qapp, request.param)
    screen = SimpleNamespace(availableSize=lambda: QSize(960, 540))
    for kind in (MainWindow, ScreenDialog):
        monkeypatch.setattr(kind, "screen", lambda _: screen)
    letters_of_the_desktop(24)
    return opened(qtbot, of_short_runs(), painted=False)[0]


def stops_of(dialog, qtbot):
    """Press Tab until it comes round, and return what had the keys."""
    found = []
    while True:
        qtbot.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Tab)
        laid_out(dialog)
        focused = QApplication.focusWidget()
        if focused in found:
            return found
        assert is_seen(focused), name_of(focused)
        found.append(focused)


def bad_texts(dialog, texts):
    """Put the texts of a dialog in the place of others; return which are cut, and which lie on another."""
    texts[:] = painted_texts(dialog)
    return cut_texts(texts), colliding_texts(texts)


def reachable(dialog):
    return {
        widget
        for widget in dialog.findChildren(QWidget)
        if widget.isVisible() and widget.window() is dialog and is_stop(widget)
    }


def test_dialogs_with_large_letters_scroll_and_nothing_is_cut(on_a_small_screen, qtbot):
    window = on_a_small_screen
    # The guide is a page of text, whose links Tab goes through.
    for name, dialog in open_dialogs(window, qtbot, [name for name in DIALOGS if name != "guide"]):
        assert dialog.width() <= 960
        assert dialog.height() <= 540 - 32
        areas = dialog.findChildren(QScrollArea)
        assert not any(area.horizontalScrollBar().maximum() for area in areas), name
        # Axes learn while they are painted how wide their numbers are.
        texts = []
        qtbot.waitUntil(lambda one=dialog, texts=texts: not any(bad_texts(one, texts)))
        # Also those of plots: hints have 11 pixels where other letters have 12.
        assert min(one.size for one in texts) >= 20, name
        assert set(stops_of(dialog, qtbot)) == reachable(dialog), name


def test_dialogs_on_a_run_are_as_wide_as_their_letters_need(qtbot, letters_of_the_desktop):
    letters_of_the_desktop(24)
    window, _ = opened(qtbot, load_scene(find_scene("first-neuron")), painted=False)
    for _, dialog in open_dialogs(window, qtbot, ("what_if", "compare_run")):
        # Until two runs are compared there are words that end in dots.
        qtbot.waitUntil(lambda one=dialog: cut_texts(painted_texts(one)) == [])


def test_the_report_of_an_error_has_letters_as_large_as_all_others(qtbot, letters_of_the_desktop):
    letters_of_the_desktop(24)
    dialog = CrashDialog("Traceback", None, can_restore=True)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.findChild(QPlainTextEdit).fontInfo().pixelSize() == 24


@at("960x540")
def test_letters_that_the_desktop_makes_larger_are_followed_at_once(window, qtbot, letters_of_the_desktop):
    height = window.cards.transport.play.fontMetrics().height()
    letters_of_the_desktop(2 * QApplication.font().pixelSize())
    qtbot.waitUntil(lambda: window.cards.transport.play.fontMetrics().height() > 1.7 * height)
    assert window.cards.transport.play.iconSize().width() > 30


@pytest.mark.parametrize("window", [(24, 1280, 690)], indirect=True)
def test_stops_have_room_on_a_projector_below_a_title_bar(window, qtbot):
    lesson, shown = load_lesson("lecture"), set()
    window.toggle_projector()
    for index, stop in enumerate(lesson.stops):
        new = {stop.view.panes} if WHOLE else {*stop.view.panes, len(stop.view.panes)}
        if not new <= shown:
            shown |= new
            window.lessons.begin(lesson, index)
            qtbot.waitUntil(lambda: outside(window) == [])  # once its runs are computed
    assert len(shown) > 5
