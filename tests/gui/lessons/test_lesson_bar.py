"""The bar of a lesson: everything on it can be read, pressed and heard."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QMenu, QToolButton

from gdsim.core.lessons.caption import Caption, Words, read_caption
from gdsim.core.lessons.files import load_lesson
from gdsim.core.lessons.latex import Math
from gdsim.core.lessons.lesson import Lesson
from gdsim.gui.language import speak
from gdsim.gui.lessons import render_stop
from gdsim.gui.lessons.caption_view import caption_html
from gdsim.gui.lessons.lesson_bar import LessonBar
from gdsim.gui.lessons.render_stop import StopTexts, pictures_of, said_at
from gdsim.gui.style.theme import DARK, LIGHT
from tests.every import WHOLE
from tests.gui.windows import cut_off_texts, in_window, show_in


@pytest.fixture(scope="module")
def stops():
    return load_lesson("lecture").stops


@pytest.fixture
def bar(qtbot, stops):
    made = LessonBar()
    in_window(qtbot, made, width=1260, height=260)
    made.show_lesson(load_lesson("lecture"))
    made.show_stop(0)
    return made


# The stop with a caption and formulas, behind which stands another one with formulas.
THE_RULE = next(i for i, stop in enumerate(load_lesson("lecture").stops) if stop.title.startswith("The rule"))


def show(bar, stops, index, stage=0):
    bar.show_stop(index, stage)
    bar.show_said(said_at(stops[index]))
    bar.show_formulas(pictures_of(stops[index]))


def stages_of(stop):
    return range(stop.last_stage + 1)


def longest(stops):
    """Return the stops with the most letters, a third of all, and one with few; all in a whole run."""

    def letters(stop):
        pieces = (piece for caption in stop.captions.values() for piece in caption.pieces)
        return sum(len(piece.text) for piece in pieces if isinstance(piece, Words))

    ranked = sorted(stops, key=letters)
    return ranked if WHOLE else [ranked[0], *ranked[-len(stops) // 3 :]]


def shrunk(formulas):
    """Return how large formulas are drawn, 1 for their full size."""
    room = formulas.full_size()
    return min(1.0, formulas.width() / room.width(), formulas.height() / room.height())


def inked(widget, colour):
    """Return how many opaque pixels are about as light as a colour."""
    image = widget.grab().toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    wanted = QColor(colour).lightness()
    return sum(one.alpha() > 200 and abs(one.lightness() - wanted) < 30 for one in pixels)


@pytest.mark.parametrize("width", [1260, 1420] if WHOLE else [1260])
def test_every_stop_of_the_lecture_fits_without_scrolling(bar, stops, qtbot, width):
    bar.window().resize(width, 260)
    qtbot.waitUntil(lambda: bar.window().width() == width)
    for index, stage in ((stops.index(stop), stage) for stop in longest(stops) for stage in stages_of(stop)):
        show(bar, stops, index, stage)
        qtbot.waitUntil(lambda: bar.caption.verticalScrollBar().maximum() == 0)
        qtbot.waitUntil(lambda: cut_off_texts(bar.card) == [])
        assert bar.height() <= 120
        if stops[index].formulas and "formulas" not in stops[index].hidden_at(stage):
            # Never much smaller than the text beside it.
            qtbot.waitUntil(lambda: shrunk(bar.formulas) > 0.65)


def test_it_says_where_one_is(bar, stops):
    show(bar, stops, 0)
    buttons = bar.buttons
    assert bar.place.text() == f"1 of {len(stops)}"
    assert not buttons["previous"].isEnabled()
    show(bar, stops, len(stops) - 1)
    assert bar.title.whole() == stops[-1].title
    assert not buttons["next"].isEnabled()
    assert buttons["previous"].isEnabled()


def test_buttons_and_list_ask_for_what_they_say(bar, stops, qtbot):
    show(bar, stops, 3)
    for key, signal in (
        ("next", bar.next_requested),
        ("previous", bar.previous_requested),
        ("return", bar.return_requested),
        ("end", bar.end_requested),
    ):
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(bar.buttons[key], Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(bar.stop_chosen) as chosen:
        bar.entries[7].trigger()
    assert chosen.args == [7]


def test_the_list_has_a_menu_for_each_chapter(bar, stops):
    show(bar, stops, 3)
    chapters = list(dict.fromkeys(stop.chapter for stop in stops))
    assert [action.text() for action in bar.menu.actions()] == chapters
    assert [len(action.menu().actions()) for action in bar.menu.actions()] == [
        sum(stop.chapter == chapter for stop in stops) for chapter in chapters
    ]
    assert [action.isChecked() for action in bar.entries].index(True) == 3
    assert sum(action.isChecked() for action in bar.entries) == 1
    assert bar.chapter.whole() == stops[3].chapter


def test_a_lesson_without_chapters_has_one_list(bar, stops):
    plain = tuple(replace(stop, chapter="") for stop in stops[:5])
    bar.show_lesson(Lesson("mine", "Mine", "", plain))
    bar.show_stop(4)
    assert [action.text().split("   ")[1] for action in bar.menu.actions()] == [stop.title for stop in plain]
    assert bar.place.text() == "5 of 5"


def test_a_screen_reader_hears_caption_and_formulas(bar, stops):
    show(bar, stops, THE_RULE)
    assert "Page" not in bar.card.accessibleDescription()
    assert stops[THE_RULE].title in bar.card.accessibleDescription()
    assert "against the gradient" in bar.card.accessibleDescription()
    assert "wₜ₊₁ = wₜ − η∇wₜ" in bar.formulas.accessibleName()
    assert all(button.accessibleName() for button in bar.findChildren(QToolButton) if button.isVisible())


def test_it_folds_to_its_title(bar, stops, qtbot):
    show(bar, stops, THE_RULE)
    high = bar.height()
    qtbot.mouseClick(bar.buttons["fold"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.height() < 0.6 * high)
    assert bar.folded
    assert not bar.formulas.isVisible()
    show(bar, stops, THE_RULE + 1)
    assert not bar.formulas.isVisible()
    assert bar.title.isVisible()
    qtbot.mouseClick(bar.buttons["fold"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.height() == high)
    assert bar.formulas.isVisible()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_formulas_are_drawn_in_the_colour_of_the_theme(bar, stops, theme):
    show_in(theme, bar)
    show(bar, stops, 0)
    assert inked(bar.formulas, theme.text) > 50


def test_every_formula_of_the_lecture_is_typeset(stops):
    for stop in stops:
        for formula, picture in zip(stop.formulas, pictures_of(stop), strict=True):
            assert picture.startswith(b"<svg"), formula.latex
            assert b"currentColor" in picture
            assert b"<symbol" not in picture
            assert picture.count(b"<path") >= len("".join(formula.text.split())) / 3


def test_a_formula_without_a_picture_is_shown_as_text(bar, qtbot, monkeypatch, stops):
    monkeypatch.setattr(render_stop, "typeset_svg", lambda _latex: b"")
    new = Math("x = 1", stops[0].formulas[0].root)  # not typeset before
    pictures = pictures_of(replace(stops[0], formulas=(new,)))
    assert pictures == (b"",)
    bar.formulas.show_formulas(pictures, ("x = 1",))
    assert inked(bar.formulas, LIGHT.text) > 15


def test_captions_are_rich_text_and_nothing_else():
    caption = read_caption(r"a < b & *so* $w_{t+1} = \frac{1}{2} x^2$")
    assert caption_html(caption) == (
        "a &lt; b &amp; <b>so</b> <i>w</i><sub><i>t</i>+1</sub>\u00a0=\u00a01/2 · <i>x</i><sup>2</sup>"
    )


@pytest.mark.usefixtures("in_english")
def test_a_number_that_cannot_be_computed_is_a_sentence(stops, qapp):
    stop = replace(stops[0], caption=read_caption("{loss(Nobody, 3)}"))
    for code, begins in (
        ("en", "This caption cannot be shown: caption {loss(Nobody, 3)} names no run"),
        ("de", "Dieser Text kann nicht gezeigt werden: caption {loss(Nobody, 3)} nennt"),
    ):
        speak(qapp, code)
        (words,) = said_at(stop).caption.pieces
        assert words.text.startswith(begins)


def test_a_long_caption_scrolls(bar, qtbot):
    bar.show_said(StopTexts(Caption((Words("long " * 600),)), Caption()))
    qtbot.waitUntil(lambda: bar.caption.verticalScrollBar().maximum() > 0)
    assert bar.height() <= 120


def test_a_lesson_that_is_begun_again_leaves_no_lists_behind(bar, qtbot):
    chapters = len(bar.menu.findChildren(QMenu))
    assert chapters > 1
    bar.show_lesson(load_lesson("lecture"))
    qtbot.waitUntil(lambda: len(bar.menu.findChildren(QMenu)) == chapters)


def test_the_buttons_to_other_stops_stay_where_they_are(bar, stops):
    places = set()
    for index in range(8):
        show(bar, stops, index)
        QApplication.processEvents()
        places.add(tuple(bar.buttons[key].mapTo(bar, QPoint()).x() for key in ("previous", "next")))
    assert len(places) == 1
