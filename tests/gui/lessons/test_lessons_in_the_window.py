"""Lessons as a lecturer uses them: a real window, a clicker, and hands on everything in between."""

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QTableView

from gdsim.core.analysis.arrows import ArrowKind
from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.lessons.files import load_lesson
from gdsim.core.lessons.view import PAGES
from gdsim.gui.files.dialogs import FileDialogs, SaveDecision
from gdsim.gui.lessons.bookmarks import Bookmarks
from gdsim.gui.preferences import Preferences
from gdsim.gui.surface.projection import FRONT, TOP
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session
from tests.every import WHOLE, every
from tests.gui.files.person import Person
from tests.gui.main_windows import is_marked, opened_for_menus
from tests.gui.shared_window import shared
from tests.gui.windows import plot_of


def opened(qtbot, settings=None, scene="first-neuron", *, painted=False):
    """Return a window, and its session; without settings it is shared, and need not be painted."""
    if settings is None:
        return shared(qtbot, load_scene(find_scene(scene)), painted=painted)
    session = Session(load_scene(find_scene(scene)))
    window = MainWindow(QApplication.instance(), session, SurfaceView(allowed=False), settings)
    qtbot.addWidget(window, before_close_func=lambda _: window.files.close_at_once())
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    session.begin()
    qtbot.waitUntil(window.is_settled)
    return window, session


@pytest.fixture
def person(late_patch):
    """Put somebody in the place of the dialogs."""
    somebody = Person()
    late_patch.setattr(FileDialogs, "ask", lambda _, *given: somebody.ask(*given))
    return somebody


@pytest.fixture
def taught(qtbot):
    """Return a window at the first stop of the lecture, its session, and the lecture's stops."""
    window, session = opened(qtbot)
    begin_lecture(window, qtbot)
    return window, session, load_lesson("lecture").stops


def begin_lecture(window, qtbot):
    window.commands["lecture"].trigger()
    qtbot.waitUntil(window.lessons.bar.isVisible)


def press(window, qtbot, code):
    qtbot.keyClick(QApplication.focusWidget() or window, code)


def number_of(stops, title):
    return next(index for index, stop in enumerate(stops) if stop.title.startswith(title))


def go(window, stops, title):
    window.lessons.guide.go(number_of(stops, title))
    return stops[number_of(stops, title)]


def shows(window, session, stop):
    """Return whether the window is at a stop as the lesson describes it."""
    cards = window.cards
    return (
        session.experiment == stop.experiment
        and session.selected == stop.selected
        and session.by_epoch == stop.place.by_epoch
        and cards.curves.over_time.kind is stop.view.curve
        and (cards.curves.kind is CurveKind.CUT) == (stop.experiment.drawn.cut is not None)
        and cards.contours.lens.on == stop.experiment.drawn.lens
        and cards.curves.over_time.options.log is stop.view.log
        and cards.legend.value().on is stop.view.arrows.on
        and cards.run_card.page == PAGES.index(stop.view.page)
        and {name for name, card in cards.by_name.items() if card.property("pointedAt")} == stop.view.panes
    )


def news(stop):
    """Return what one stop may show otherwise than another one."""
    view, drawn = stop.view, stop.experiment.drawn
    shown = (view.page, view.curve, view.log, view.only, view.arrows.on, drawn.cut, drawn.lens)
    led = (stop.place.by_epoch, stop.last_stage, bool(stop.exercise), stop.beside is None)
    return {*enumerate((*shown, *led)), *view.panes}


def with_news(stops):
    """Return those that show anything for the first time."""
    met, kept = set(), []
    for stop in stops:
        if not news(stop) <= met:
            kept.append(stop)
        met |= news(stop)
    return tuple(kept)


def test_the_lecture_with_page_down_alone(taught, qtbot):
    window, session, stops = taught
    if not WHOLE:
        stops = with_news(stops)
        window.lessons.begin(replace(load_lesson("lecture"), stops=stops))
    bar = window.lessons.bar
    for index, stop in enumerate(stops):
        assert window.lessons.guide.index == index
        assert shows(window, session, stop), stop.title
        qtbot.waitUntil(lambda: bool(bar.card.accessibleDescription()))
        assert stop.title in bar.card.accessibleDescription()
        assert "cannot be shown" not in bar.card.accessibleDescription()
        for stage in range(stop.last_stage + 1):
            assert (window.lessons.guide.index, window.lessons.guide.stage) == (index, stage)
            if not window.isActiveWindow():  # an exercise had the keys, and nothing here hands them back
                window.activateWindow()
                qtbot.waitUntil(window.isActiveWindow)
            press(window, qtbot, Qt.Key.Key_PageDown)
    # Behind the last stop there is none, and what was done there is not lost by a press too many.
    assert window.lessons.guide.index == len(stops) - 1
    window.user_actions.add_point()
    touched = session.experiment
    press(window, qtbot, Qt.Key.Key_PageDown)
    assert session.experiment is touched
    press(window, qtbot, Qt.Key.Key_F5)
    press(window, qtbot, Qt.Key.Key_PageUp)
    assert window.lessons.guide.index == len(stops) - 2
    assert shows(window, session, stops[-2])


def test_stops_show_their_step_with_its_part_highlighted_slices_from_the_front_or_a_curve(taught, qtbot):
    window, session, stops = taught
    stop = go(window, stops, "Nesterov: look")
    qtbot.waitUntil(window.is_settled)
    assert session.playhead.cursor == stop.place.first == 29
    assert session.frame().part == "look"
    assert not session.playhead.playing
    assert session.selected_run.name == "Nesterov"
    go(window, stops, "Steep and gentle")
    assert window.cards.curves.cut.isVisible()
    qtbot.waitUntil(lambda: "at b = −1.51" in window.cards.curves.cut.picture_in_words())
    stop = go(window, stops, "Contours: slices")
    qtbot.waitUntil(window.is_settled)
    surface = window.cards.surface
    assert surface.planes
    assert is_marked(window, "planes")
    assert surface.camera == FRONT
    go(window, stops, "How to read contours")
    assert not surface.planes
    window.lessons.guide.go(stops.index(stop))
    window.lessons.guide.end()
    assert not surface.planes
    assert not is_marked(window, "planes")


def play_beyond(session, qtbot, step):
    session.play(lambda head: head.at_speed(200.0).play())
    qtbot.waitUntil(lambda: session.playhead.cursor > step)
    session.play(lambda head: head.pause())


def test_a_stop_that_plays_ends_where_it_says_unless_it_is_paused_by_hand(taught, qtbot):
    window, session, stops = taught
    stop = stops[number_of(stops, "U-turns")]
    short = replace(stop, place=replace(stop.place, last=4, speed=20.0))
    for by_hand in (False, True):
        window.lessons.begin(replace(load_lesson("lecture"), stops=(short,)))
        assert session.playhead.playing
        assert session.playhead.speed == 20.0
        assert session.playhead.cursor == 0
        if by_hand:
            press(window, qtbot, Qt.Key.Key_Space)
            assert not session.playhead.playing
        else:
            qtbot.waitUntil(lambda: not session.playhead.playing)
            assert session.playhead.cursor == 4
        play_beyond(session, qtbot, 4)


def test_a_change_is_said_beside_a_text_with_numbers_and_one_key_returns_after_anything_was_touched(
    taught, qtbot
):
    window, session, stops = taught
    place = next(
        place
        for place, stop in enumerate(stops)
        if stop.caption.expressions and stop.chapter and len(stop.experiment.points) > 1
    )
    window.lessons.guide.go(place)
    chapter, own = window.lessons.bar.chapter, session.experiment
    assert chapter.whole() == stops[place].chapter
    run = own.runs[0]
    session.edit(replace(own, runs=(replace(run, hidden=not run.hidden), *own.runs[1:], run)), "look")
    assert chapter.whole() == stops[place].chapter
    session.edit(replace(own, runs=(replace(run, epochs=run.epochs + 1), *own.runs[1:])), "edit")
    assert chapter.whole() == "You changed the scene: the text is about the stop as it was"
    press(window, qtbot, Qt.Key.Key_F5)
    assert chapter.whole() == stops[place].chapter
    session.edit(replace(own, points=own.points.taken([0])), "edit")
    assert chapter.whole() != stops[place].chapter
    window.lessons.guide.go(place + 1)
    assert chapter.whole() == stops[place + 1].chapter
    stop = go(window, stops, "AdaGrad: a rate")
    qtbot.waitUntil(window.is_settled)
    cards = window.cards
    # Hands on everything.
    points = session.experiment.points
    session.edit(replace(session.experiment, points=points.replaced(0, [2.0], 0.5)), "Move point")
    session.select(0)
    session.play(lambda head: head.seek(77))
    session.set_by_epoch(True)
    cards.curves.set_kind(CurveKind.PARAMETERS)
    cards.curves.over_time.set_options(cards.curves.over_time.options._replace(log=False))
    cards.run_card.show_page(PAGES.index("why"))
    cards.legend.toggle()
    cards.surface.top_view()
    assert not shows(window, session, stop)
    press(window, qtbot, Qt.Key.Key_F5)
    assert shows(window, session, stop)
    qtbot.waitUntil(window.is_settled)
    assert session.playhead.cursor == 10
    assert cards.surface.camera != TOP
    assert cards.legend.value().kinds == {ArrowKind.STEP, ArrowKind.RATES}
    # Touching is no work that anybody is asked about.
    assert not session.document.is_modified


def test_page_keys_walk_wherever_the_focus_is_but_do_not_interrupt_typing(taught, qtbot):
    window, _, stops = taught
    guide, cards = window.lessons.guide, window.cards
    go(window, stops, "Momentum: the idea")
    for count, widget in enumerate(
        (cards.table, cards.runs, cards.why, cards.transport, cards.surface, cards.contours),
        start=guide.index + 1,
    ):
        widget.setFocus()
        press(window, qtbot, Qt.Key.Key_PageDown)
        assert guide.index == count, widget
    go(window, stops, "Momentum: the idea")
    before = guide.index
    cards.run_card.show_page(0)
    field = next(one for one in cards.editor.findChildren(QLineEdit) if one.isVisible())
    field.setFocus()
    press(window, qtbot, Qt.Key.Key_PageDown)
    assert guide.index == before + 1
    cards.run_card.show_page(0)
    field = next(one for one in cards.editor.findChildren(QLineEdit) if one.isVisible())
    field.setFocus()
    qtbot.keyClicks(field, "7")
    press(window, qtbot, Qt.Key.Key_PageDown)
    assert guide.index == before + 1


def test_without_a_lesson_page_keys_are_the_tables_own(qtbot):
    window, _ = opened(qtbot, scene="sparse")
    assert not window.lessons.bar.isVisible()
    assert not window.commands["next_stop"].isEnabled()
    rows = window.cards.table.findChild(QTableView)
    rows.setFocus()
    rows.setCurrentIndex(rows.model().index(0, 0))
    press(window, qtbot, Qt.Key.Key_PageDown)
    assert rows.currentIndex().row() > 0


def test_ending_a_lesson_gives_the_view_back_and_keeps_the_scene(qtbot):
    window, session = opened(qtbot)
    cards = window.cards
    cards.run_card.show_page(PAGES.index("code"))
    cards.curves.set_kind(CurveKind.GRADIENT)
    arrows = cards.legend.value()
    begin_lecture(window, qtbot)
    stops = load_lesson("lecture").stops
    stop = go(window, stops, "Is fast always")
    qtbot.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    assert not window.lessons.bar.isVisible()
    assert (cards.run_card.page, cards.curves.kind) == (2, CurveKind.GRADIENT)
    assert cards.legend.value() == arrows
    assert not any(card.property("pointedAt") for card in cards.by_name.values())
    assert session.experiment == stop.experiment
    assert not window.commands["next_stop"].isEnabled()


@pytest.mark.usefixtures("undressed")
def test_progress_is_kept_and_offered_and_the_view_of_a_lesson_is_not_remembered_as_the_persons(
    qtbot, tmp_path
):
    path = str(tmp_path / "gdsim.ini")
    window, _ = opened(qtbot, QSettings(path, QSettings.Format.IniFormat))
    assert not window.commands["continue_lesson"].isEnabled()
    begin_lecture(window, qtbot)
    assert not window.cards.legend.value().on
    for _ in range(3 + 1):  # the third stop asks something
        press(window, qtbot, Qt.Key.Key_PageDown)
    window.close()
    again, session = opened(qtbot, QSettings(path, QSettings.Format.IniFormat))
    assert again.cards.legend.value().on
    action = again.commands["continue_lesson"]
    assert action.isEnabled()
    assert action.text().replace("&", "") == "Continue at stop 4"
    action.trigger()
    qtbot.waitUntil(again.lessons.bar.isVisible)
    assert again.lessons.guide.index == 3
    assert shows(again, session, load_lesson("lecture").stops[3])


def test_work_of_ones_own_is_not_put_away_without_a_question(qtbot, person):
    window, session = opened(qtbot)
    session.edit(replace(session.experiment, title="My own"), "Rename")
    person.answers = [SaveDecision.CANCEL]
    window.commands["lecture"].trigger()
    qtbot.waitUntil(lambda: len(person.asked) == 1)
    assert session.experiment.title == "My own"
    assert not window.lessons.bar.isVisible()
    person.answers = [SaveDecision.DISCARD]
    begin_lecture(window, qtbot)
    assert len(person.asked) == 2
    assert session.experiment.title == "The first neuron"
    # The lesson's scenes are there to be touched: nobody asks when one walks on.
    session.edit(replace(session.experiment, title="Touched"), "Rename")
    press(window, qtbot, Qt.Key.Key_PageDown)
    assert window.lessons.guide.index == 1
    # After the lesson they are work like any other.
    session.edit(replace(session.experiment, title="Kept"), "Rename")
    window.lessons.guide.end()
    person.answers = [SaveDecision.CANCEL]
    window.commands["lecture"].trigger()
    qtbot.waitUntil(lambda: len(person.asked) == 3)
    assert session.experiment.title == "Kept"


def test_another_document_is_asked_about_before_one_returns_to_the_stop(taught, qtbot, person):
    window, session, stops = taught
    window.files.open_bundled("valley")
    session.edit(replace(session.experiment, title="My own"), "Rename")
    person.answers = [SaveDecision.CANCEL, SaveDecision.DISCARD]
    press(window, qtbot, Qt.Key.Key_F5)
    assert session.experiment.title == "My own"
    press(window, qtbot, Qt.Key.Key_F5)
    assert shows(window, session, stops[0])


def kept_as(tmp_path, text):
    settings = QSettings(str(tmp_path / "gdsim.ini"), QSettings.Format.IniFormat)
    settings.setValue("lessons", text)
    return settings


@every("kept", ["", "nonsense", "{}", "[[1, 2]]", '[["mine.json", -1]]', "[3]"])
def test_progress_that_makes_no_sense_is_none(tmp_path, kept):
    assert Bookmarks(Preferences(kept_as(tmp_path, kept))).last is None


def test_progress_that_cannot_be_gone_on_with_does_no_harm(qtbot, tmp_path):
    before = load_scene(find_scene("first-neuron"))
    window = opened_for_menus(qtbot, before, kept_as(tmp_path, '[["gone.json", 3]]'))
    window.commands["continue_lesson"].trigger()
    qtbot.waitUntil(lambda: "no such lesson" in window.notice.text())
    assert window.session.experiment == before
    assert not window.lessons.bar.isVisible()


def test_a_lesson_of_ones_own_is_opened_or_refused_in_a_sentence(taught, qtbot, tmp_path):
    window, session, _ = taught
    path = tmp_path / "mine.json"
    stop = {"title": "Mine", "scene": "valley", "caption": "L is {loss(gd, 3)}.", "step": 3}
    path.write_text(json.dumps({"gdsim-lesson": 1, "title": "My lesson", "stops": [stop]}))
    window.lessons.open(str(path), 0)
    qtbot.waitUntil(lambda: window.lessons.bar.place.text() == "1 of 1")
    qtbot.waitUntil(window.is_settled)
    assert session.playhead.cursor == 3
    qtbot.waitUntil(lambda: "L is 0.36" in window.lessons.bar.card.accessibleDescription())
    path.write_text("{}")
    window.lessons.open(str(path), 0)
    qtbot.waitUntil(lambda: window.notice.text() == "mine.json: gdsim-lesson is missing.")
    assert window.lessons.bar.place.text() == "1 of 1"


def test_a_stop_shows_the_memory_of_its_letter_and_the_next_one_the_first(taught, qtbot, tmp_path):
    window, *_ = taught
    path = tmp_path / "mine.json"
    stop = {"title": "A", "scene": "bias-correction", "caption": "Look.", "page": "memory", "step": 9}
    stops = [stop | {"memory": "v"}, stop, stop | {"page": "code"}, stop | {"memory": "v"}]
    path.write_text(json.dumps({"gdsim-lesson": 1, "title": "My lesson", "stops": stops}))
    for place, letter in enumerate(["v", "m", None, "v"]):
        window.lessons.open(str(path), place)
        qtbot.waitUntil(lambda place=place: window.lessons.bar.place.text() == f"{place + 1} of 4")
        qtbot.waitUntil(window.is_settled)
        if letter:
            choice = window.cards.memory.page.choice
            assert (choice.letter, window.view.current_view().memory) == (
                letter,
                letter if letter == "v" else "",
            )
            assert window.cards.memory.page.bars.isVisible()


def test_the_window_keeps_its_size_with_a_lesson_and_has_room_for_the_whole_map_and_surface(taught, qtbot):
    window, _, stops = taught
    cards = window.cards
    window.setUpdatesEnabled(True)
    window.resize(1280, 720)
    for title in ("Bias correction: the divisor", "Nesterov: look"):
        go(window, stops, title)
        qtbot.waitUntil(window.is_settled)
        window.show_now()
        assert (window.width(), window.height()) == (1280, 720)
        assert window.minimumSizeHint().height() <= 720
        assert window.lessons.bar.height() <= 120
        assert cards.contours.height() > 150
        assert not window.grab().isNull()
    window.toggle_projector()  # a small one, at a stop with names of arrows, which take room as well
    qtbot.waitUntil(window.is_settled)
    window.show_now()
    assert cards.legend.isVisible()
    for plot in (plot_of(cards.contours), cards.surface):
        pane = plot.parentWidget()
        qtbot.waitUntil(lambda plot=plot, pane=pane: pane.rect().contains(plot.geometry()))
