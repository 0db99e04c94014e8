"""No text of the window is cut or lies on another: on small screens, with large letters, longer words."""

import os
from contextlib import ExitStack
from itertools import combinations, zip_longest

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget

from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.lessons.files import load_lesson
from gdsim.core.lessons.view import PAGES
from gdsim.gui.curves.curve_header import CurveHeader
from gdsim.gui.language import speak
from gdsim.gui.surface import painter
from tests.every import WHOLE
from tests.gui.forked import forked
from tests.gui.main_windows import opened
from tests.gui.painted import colliding_texts, cut_texts, described, painted_texts
from tests.gui.pseudo import spoken_pseudo
from tests.gui.window.test_large_letters import laid_out, outside, overlapping
from tests.gui.windows import cut_off_texts, expose

# A small notebook with and without a desktop's bars, half of a large screen, and hardly any room.
SIZES: tuple[tuple[int, int], ...] = ((1280, 720), (1180, 660), (960, 1000), (760, 560))
if "QT_SCALE_FACTOR" in os.environ and not WHOLE:  # it is rounding that differs there, at any size
    SIZES = SIZES[::2]
# What is left of a Full HD screen and of a larger one at 200 %.
_HALVES = ((960, 540), (1280, 720))
# Letters of the desktop in pixels, and whether words are a third longer; those in the dark theme. Where
# everything is larger, and not letters alone, a screen has less room: that is what the sizes stand for.
DESKTOPS = {"100 %": (12, False), "longer words": (12, True), "150 %": (18, True), "200 %": (24, False)}
# Together they have each curve and page. What is cut on the others is so on one of them, almost always.
TRIED = DESKTOPS if WHOLE or "QT_SCALE_FACTOR" in os.environ else ["longer words", "200 %"]


def complaints(window):
    laid_out(window)
    found = found_now(window)
    for _ in range(3 if found else 0):  # what becomes wider may first have to make room in the columns
        laid_out(window)
        found = found_now(window)
    return found


def found_now(window):
    # It is painted once: axes learn from that how wide their numbers are.
    window.setUpdatesEnabled(True)
    QApplication.processEvents()
    texts = painted_texts(window)
    window.setUpdatesEnabled(False)
    return [
        *(f"cut: {described(one)}" for one in cut_texts(texts) if not is_abridged(window, one)),
        *(
            f"{described(one)} lies on {described(other)}"
            for one, other in colliding_texts(texts)
            if not is_of_a_sentence(one, other)
        ),
        *(f"covers: {words}" for words in overlapping(window)),
        *(f"sticks out: {words}" for words in outside(window)),
        *(f"too small: {words}" for words in cut_off_texts(window)),
    ]


def is_abridged(window, one):
    """Return whether a text may end in an ellipsis: a sentence or name of the document, told elsewhere."""
    header, cards = window.header, window.cards
    if one.widget is cards.curves.header.hint:
        return any(one.text.rstrip("…") in run.shown_name for run in window.session.experiment.runs)
    if one.widget in (header.about, header.scenes, cards.story.words, cards.runs.view.viewport()):
        return True
    # In a list of findings those that are not chosen have two lines.
    return type(one.widget.parentWidget()).__name__ == "WhyView"


def is_of_a_sentence(one, other):
    """Return whether two texts are pieces of a sentence: slanted letters reach into the upright ones."""
    return one.widget is other.widget and one.widget.objectName() == "caption"


def states(window, sizes, turn):
    """Put the window into one state after the other, and yield what each is.

    At each size every second curve is there, each beside a page, at the next size the others; on the next
    desktop, which has another ``turn``, it is the other way round.
    """
    cards = window.cards
    for number, size in enumerate(sizes, turn):
        window.resize(*size)
        laid_out(window)
        for kind, page in zip_longest(list(CurveKind)[number % 2 :: 2], PAGES[number % 2 :: 2]):
            if kind:
                cards.curves.choose(kind)
            if page:
                cards.run_card.show_page(PAGES.index(page))
            window.show_now()
            yield *size, kind, page
        if not cards.columns.is_open("left"):
            window.view.fold("left")
            yield *size, "points"
            window.view.fold("left")
        window.simple.set_on(True)
        yield *size, "simple"
        window.simple.set_on(False)


def crawled(window, session, sizes, turn=0):
    session.select(1)
    session.play(lambda head: head.seek(24))
    found = {}
    for state in states(window, sizes, turn):
        for one in complaints(window):
            found.setdefault(one, state)
    return found


@pytest.fixture
def _blank_surface(monkeypatch):
    """Paint no mesh of the surface: it bears no text, and takes a third of the time."""
    monkeypatch.setattr(painter, "draw_quads", lambda *_, **__: QImage(1, 1, QImage.Format.Format_Mono))


@pytest.fixture
def desktop(qapp, _blank_surface):
    """A function that sets the letters of the desktop, and whether words are a third longer."""
    usual, spoken = qapp.font(), ExitStack()

    def set_up(letters, *, longer):
        font = qapp.font()
        font.setPixelSize(letters)
        qapp.setFont(font)
        if longer:
            spoken.enter_context(spoken_pseudo())

    yield set_up
    spoken.close()
    qapp.setFont(usual)


@pytest.mark.parametrize(("turn", "name"), list(enumerate(TRIED)), ids=TRIED)
def test_no_text_is_cut_or_lies_on_another(qtbot, desktop, turn, name):
    letters, longer = DESKTOPS[name]
    desktop(letters, longer=longer)
    window, session = opened(qtbot, load_scene(find_scene("first-neuron")), painted=False)
    if longer:
        window.appearance.set_theme("dark")
    sizes = SIZES if WHOLE or "QT_SCALE_FACTOR" in os.environ else SIZES[turn % 2 :: 2]
    assert crawled(window, session, sizes, turn) == {}


@pytest.mark.usefixtures("_blank_surface")
@pytest.mark.skipif(os.environ.get("QT_SCALE_FACTOR") != "2", reason="in a process of its own, see below")
def test_no_text_is_cut_where_everything_is_twice_as_large(qtbot):
    window, session = opened(qtbot, load_scene(find_scene("first-neuron")), painted=False)
    assert window.devicePixelRatioF() == 2.0
    assert crawled(window, session, _HALVES) == {}


@pytest.mark.skipif("QT_SCALE_FACTOR" in os.environ, reason="this is the other process")
@pytest.mark.parametrize(
    ("scale", "test"),
    [
        ("1.5", "test_no_text_is_cut_or_lies_on_another[100 %]"),
        ("2", "test_no_text_is_cut_where_everything_is_twice_as_large"),  # nothing is rounded there
    ][: 2 if WHOLE else 1],
)
def test_nor_is_it_on_a_screen_with_finer_pixels(scale, test):
    here = f"tests/gui/window/test_texts.py::{test}"
    code = "import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"
    environment = {**os.environ, "QT_SCALE_FACTOR": scale}
    done = forked(code, "-q", "-n", "0", "-p", "no:cacheprovider", here, environment=environment)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout  # not skipped


def kinds_of_stops(lesson, seen):
    """Return where the stops of a lesson are that show what was not ``seen`` yet, with their stages."""
    found = []
    for place, stop in enumerate(lesson.stops):
        view = stop.view
        shown = view.only or view.panes
        for stage in range(len(stop.reveals) + 1):
            kind = {
                *combinations(sorted(shown), 2),  # what stands beside what
                ("panes", len(shown)),
                ("page", view.page if "page" in shown else ""),
                ("curve", view.curve if "curves" in shown else ""),
                ("beside", bool(stop.beside)),
                ("arrows", view.arrows.on and "contours" in shown),
                ("formulas", bool(stop.formulas)),
                ("stage", min(stage, 1)),
                ("task", stop.task is not None),
            }
            if WHOLE or not kind <= seen:
                seen |= kind
                found.append((place, stage))
    return found


# German words are longer.
@pytest.mark.usefixtures("_blank_surface", "in_english")
@pytest.mark.parametrize("code", ["en", "de"] if WHOLE else ["de"])
def test_no_text_of_a_lesson_is_cut_or_lies_on_another_on_a_projector(qtbot, qapp, code):
    speak(qapp, code)
    window, session = opened(qtbot, load_scene(find_scene("first-neuron")), painted=False)
    window.resize(1280, 720)
    window.projector.toggle()
    guide, found, seen = window.lessons.guide, {}, set()
    for lesson in map(load_lesson, ("first-sheet", "landscapes", "lecture")):
        window.lessons.begin(lesson)
        for place, stage in kinds_of_stops(lesson, seen):
            guide.go(place, stage)
            session.play(lambda head, stop=lesson.stops[place]: head.pause().seek(stop.place.last))
            qtbot.waitUntil(lambda place=place: guide.said(place) is not None and window.is_settled())
            for one in complaints(window):
                found.setdefault(one, lesson.stops[place].title)
            if window.cards.views.verticalScrollBar().isVisible():
                found.setdefault("the panes scroll", lesson.stops[place].title)
    assert found == {}


# ------------------------------------------------------------------------------ that it would be found


class Plot(QWidget):
    """Paints numbers, some of them on others or beyond its border."""

    def __init__(self, *places):
        super().__init__()
        self.places = places
        self.setMinimumSize(100, 40)

    def paintEvent(self, event):
        painter = QPainter(self)
        for place in self.places:
            painter.drawText(QRectF(place, 5, 40, 20), Qt.AlignmentFlag.AlignLeft, "1000")


@pytest.fixture
def shown(qtbot):
    def show(widget, width=120, height=60):
        window = QWidget()
        QVBoxLayout(window).addWidget(widget)
        window.resize(width, height)
        expose(qtbot, window)
        widget.keeps_alive = window
        return painted_texts(window)

    return show


def test_numbers_that_collide_or_stick_out_are_found(shown):
    assert colliding_texts(shown(Plot(0, 50))) == []
    assert cut_texts(shown(Plot(0, 50))) == []
    assert len(colliding_texts(shown(Plot(0, 20)))) == 1
    assert len(cut_texts(shown(Plot(0, 80)))) == 1


def test_an_ellipsis_is_found_where_it_is_not_the_text_s_own(shown):
    assert cut_texts(shown(QPushButton("Open…"))) == []
    assert len(cut_texts(shown(QLabel("Two poi…")))) == 1


def test_a_label_that_is_too_narrow_is_found(shown):
    label = QLabel("Two points, one neuron")
    label.setFixedWidth(60)
    assert cut_texts(shown(label))


def test_words_beside_the_tabs_are_whole_or_fewer_or_none(shown, qtbot):
    header = CurveHeader()
    whole, short = "loss up in 13 of 1,000 steps", "13 rises"
    header.hint.set_whole(whole, short)
    shown(header, 900)
    metrics = header.hint.fontMetrics()
    for width, text in (
        (metrics.horizontalAdvance(whole) + 2, [whole]),
        (metrics.horizontalAdvance(whole) - 2, [short]),
        (metrics.horizontalAdvance(short) + 1, [short]),
        (metrics.horizontalAdvance(short) // 3, []),
    ):
        header.hint.resize(width, 20)
        assert [one.text for one in painted_texts(header.window()) if one.widget is header.hint] == text
