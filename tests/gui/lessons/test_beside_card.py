"""Two scenes side by side."""

import json
from itertools import product

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gdsim.core.analysis.series import CurveKind
from gdsim.core.language.translations import languages
from gdsim.core.lessons.files import load_lesson
from gdsim.gui.language import speak
from tests.core.records import scene, scene_records
from tests.every import WHOLE
from tests.gui.lessons.test_lessons_in_the_window import opened, press
from tests.gui.main_windows import shown_cards
from tests.gui.windows import is_to_scale, plot_of

Role = Qt.ItemDataRole
STOPS = [
    {
        "title": "Two",
        "scene": "valley",
        "show": ["Momentum"],
        "select": "Momentum",
        "step": 40,
        "curve": "gradient",
        "caption": "Compare.",
        "beside": {"title": "Other", "scene": "first-neuron", "select": "Momentum"},
    },
    {"title": "One", "scene": "valley", "caption": "Alone."},
]


@pytest.fixture
def compared(qtbot, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"gdsim-lesson": 1, "title": "Mine", "stops": STOPS}))
    window, session = opened(qtbot)
    window.lessons.open(str(path), 0)
    qtbot.waitUntil(lambda: window.stage.beside is not None and window.stage.beside.session.is_settled)
    qtbot.waitUntil(window.is_settled)
    window.show_now()
    return window, session


def test_the_second_scene_plays_in_step_and_goes_with_its_stop(compared, qtbot):
    window, session = compared
    beside = window.stage.beside
    other = beside.session
    assert shown_cards(window) == {"contours", "curves", "playback"}
    assert beside.title.whole() == "Other"
    assert beside.curves.kind is CurveKind.GRADIENT
    # Equal halves, with the map above the curves in both.
    for name in ("contour_card", "curve_card"):
        assert abs(getattr(window.cards, name).width() - beside.width()) <= 2
    assert other.experiment == scene("first-neuron")
    # Maps that are compared are both to scale, and filled to their borders.
    qtbot.waitUntil(lambda: is_to_scale(beside.contours) and is_to_scale(window.cards.contours))
    (w_low, w_high), _ = plot_of(beside.contours).getViewBox().viewRange()
    ground = other.surface.ground.view_range
    assert ground.w_min <= w_low + 1e-9 < w_high - 1e-9 <= ground.w_max
    assert abs(window.cards.contour_card.height() - window.cards.curve_card.height()) <= 2
    record = scene_records("first-neuron")["Momentum"]
    for step in (40, 41, 97):
        session.play(lambda head, step=step: head.seek(step))
        qtbot.waitUntil(lambda step=step: other.playhead.cursor == step)
        assert np.array_equal(other.frame().current.p, record.p[step])
    press(window, qtbot, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: other.playhead.cursor == 98)
    # A pane alone, the projector, and back.
    for code in (Qt.Key.Key_F9, Qt.Key.Key_F10, Qt.Key.Key_F9, Qt.Key.Key_F10):
        press(window, qtbot, code)
        QApplication.processEvents()
    assert window.stage.beside is beside
    assert beside.isVisible()
    assert shown_cards(window) == {"contours", "curves", "playback"}
    press(window, qtbot, Qt.Key.Key_PageDown)
    QApplication.processEvents()
    assert window.stage.beside is None
    assert "surface" in shown_cards(window)
    press(window, qtbot, Qt.Key.Key_PageUp)
    assert window.stage.beside is not beside
    window.lessons.guide.end()
    assert window.stage.beside is None
    assert "surface" in shown_cards(window)


def test_beside_curves_alone_stand_curves_alone(qtbot, tmp_path):
    path = tmp_path / "mine.json"
    stops = [{**STOPS[0], "only": ["curves"]}, {**STOPS[0], "title": "Maps", "only": ["contours"]}]
    path.write_text(json.dumps({"gdsim-lesson": 1, "title": "Mine", "stops": stops}))
    window, _ = opened(qtbot)
    window.lessons.open(str(path), 0)
    for shown in ({"curves"}, {"contours"}):
        qtbot.waitUntil(lambda: window.stage.beside is not None and window.stage.beside.isVisible())
        beside = window.stage.beside
        assert {one for one in ("contours", "curves") if getattr(beside, one).isVisible()} == shown
        assert shown_cards(window) == shown | {"playback"}
        press(window, qtbot, Qt.Key.Key_PageDown)
        QApplication.processEvents()


CODE = {
    "title": "Code",
    "scene": "stochastic",
    "select": "Gradient descent",
    "clock": "epoch",
    "step": 12,
    "page": "code",
    "part": "update",
    "only": ["page"],
    "caption": "Compare.",
    "beside": {"title": "All points", "scene": "first-neuron", "select": "Gradient descent"},
}


def unlike(card):
    """Return the lines that are marked, of which a screen reader is told, too."""
    model = card.view.model()
    texts = [model.index(row).data(Role.AccessibleTextRole) for row in range(model.rowCount())]
    said = {row for row, text in enumerate(texts) if "Different" in text}
    assert said == model.unlike
    return [model.lines[row].text.strip() for row in sorted(said)]


def lit(card):
    model = card.view.model()
    return [line.text.strip() for row, line in enumerate(model.lines) if model.is_lit(row)]


def test_two_programs_stand_side_by_side_with_what_differs_marked(qtbot, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"gdsim-lesson": 1, "title": "Mine", "stops": [CODE, STOPS[1]]}))
    window, _ = opened(qtbot)
    window.lessons.open(str(path), 0)
    qtbot.waitUntil(lambda: window.stage.beside is not None and window.stage.beside.code.isVisible())
    page, beside = window.cards.code, window.stage.beside
    updates = ["w = w - eta * dw", "b = b - eta * db"]
    qtbot.waitUntil(lambda: lit(page.page) == lit(beside.code) == updates)
    assert beside.code.copy.isHidden()
    assert shown_cards(window) == {"page", "playback"}
    # The lines of the update are the same text, deeper in the loops of the one than of the other.
    assert unlike(page.page)[0] == "def do_stochastic_gradient_descent():"
    assert [line for line in unlike(page.page) if "grad" in line][1:] == [
        "dw = grad_w(w, b, x, y)",
        "db = grad_b(w, b, x, y)",
    ]
    assert "dw, db = 0.0, 0.0" in unlike(beside.code)
    for card in (page.page, beside.code):
        assert set(updates) < set(unlike(card))
        assert not {"for x, y in zip(X, Y):", "fx = f(w, b, x)"} & set(unlike(card))
    # Beside another page the usual panes stand.
    window.view.open_page("step")
    assert beside.contours.isVisible()
    assert not beside.code.isVisible()
    window.view.open_page("code")
    assert beside.code.isVisible()
    assert unlike(page.page)
    # With no code beside it nothing is marked.
    press(window, qtbot, Qt.Key.Key_PageDown)
    window.view.open_page("code")
    qtbot.waitUntil(page.isVisible)
    assert window.stage.beside is None
    assert unlike(page.page) == []


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize("code", languages())
def test_two_codes_share_the_window_evenly_and_begin_level_in_every_language(qtbot, qapp, code):
    speak(qapp, code)
    window, _ = opened(qtbot)
    lesson = load_lesson("lecture")
    place = next(i for i, stop in enumerate(lesson.stops) if stop.beside and "page" in stop.view.only)
    cards = window.cards
    # With large letters and more room see the test below.
    look = code != "en", 900
    for has_large_letters, width in product((False, True), (1280, 900)) if WHOLE else [look]:
        if has_large_letters is not window.projector.on:
            window.toggle_projector()
        window.resize(width, 720)
        window.lessons.begin(lesson, place)
        qtbot.waitUntil(lambda: window.stage.beside is not None and window.stage.beside.session.is_settled)
        halves = cards.run_card, window.stage.beside
        codes = cards.code.page, window.stage.beside.code

        def are_level(codes=codes):
            tops = [one.view.mapTo(window, one.view.rect().topLeft()).y() for one in codes]
            return abs(tops[0] - tops[1]) <= 3

        qtbot.waitUntil(lambda halves=halves: abs(halves[0].width() - halves[1].width()) <= 2)
        qtbot.waitUntil(are_level)


def test_the_codes_of_the_lecture_begin_level_and_show_the_part_that_is_lit(qtbot):
    window, _ = opened(qtbot)
    window.resize(1280, 720)
    window.toggle_projector()
    lesson = load_lesson("lecture")
    stops = [
        (place, stop)
        for place, stop in enumerate(lesson.stops)
        if stop.beside is not None and "page" in stop.view.only
    ]
    window.lessons.begin(lesson, stops[-1][0])
    marked = {}
    for place, stop in stops:
        window.lessons.guide.go(place)
        qtbot.waitUntil(lambda: window.stage.beside is not None and window.stage.beside.session.is_settled)
        both = window.cards.code.page, window.stage.beside.code
        qtbot.waitUntil(lambda both=both: all(lit(card) for card in both))
        window.show_now()
        tops = [card.view.mapTo(window, card.view.rect().topLeft()).y() for card in both]
        assert abs(tops[0] - tops[1]) <= 3
        for card in both:
            view = card.view
            model = view.model()
            rows = [row for row in range(model.rowCount()) if model.is_lit(row)]
            for row in rows:
                qtbot.waitUntil(
                    lambda view=view, row=row: (
                        view.viewport().rect().contains(view.visualRect(view.model().index(row)))
                    )
                )
        marked[stop.title] = unlike(both[0])
    assert list(marked) == [
        "Stochastic gradient descent in Python",
        "Mini-batches in Python",
        "Stochastic momentum and Nesterov in Python",
    ]
    assert {"num_points_seen += 1", "dw, db = 0.0, 0.0  # reset gradients"} < {
        *marked["Mini-batches in Python"]
    }
    assert not any("shuffled" in line for lines in marked.values() for line in lines)
