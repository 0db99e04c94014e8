"""The window as a person uses it: real widgets, a real worker thread, mouse and keys."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QSettings, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDialog,
    QPushButton,
)

from gdsim.core.analysis.diagnosis import FindingKind
from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.files.script.run_program import program_of
from gdsim.core.lessons.files import load_lesson
from gdsim.core.lessons.view import PAGES
from gdsim.core.model.experiment import MOST_RUNS, Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.actions import RecomputeFrom
from gdsim.gui.arrows.choice import Layer
from gdsim.gui.exercises.check.check_dialog import CheckDialog
from gdsim.gui.forms.bubble import FaultBubble
from gdsim.gui.forms.file_work import ProgressDialog
from gdsim.gui.map.view_range_editor import MapChoice
from gdsim.gui.memory.memory_bars import MemoryBars
from gdsim.gui.paint.thin_curve import ThinCurve
from gdsim.gui.runs.run_list import ColourMenu
from gdsim.gui.runs.run_table import RunTableView
from gdsim.gui.window.layout import resize_within
from gdsim.gui.window.main_window import MainWindow
from gdsim.gui.window.window_look import WindowLook
from tests.every import every, in_turn
from tests.gui.code_lines import numbers_at_margin
from tests.gui.main_windows import is_marked, key, opened, opened_for_menus, shown_cards
from tests.gui.shared_window import shared
from tests.gui.windows import drag, item_of, plot_of, where


@pytest.fixture
def first(qtbot):
    return shared(qtbot, load_scene(find_scene("first-neuron")), painted=False)


@pytest.fixture
def painted(qtbot):
    return shared(qtbot, load_scene(find_scene("first-neuron")))


def test_a_fault_in_painting_is_told_and_ends_nothing(qtbot, monkeypatch):
    """It would, within an override of `event` or `viewportEvent` that calls Qt's."""
    kinds, broken = (RunTableView, MemoryBars), []

    def breaking(kind):
        usual = kind.paintEvent

        def paint(pane, event):
            if kind in broken:
                raise ValueError("painted wrong")
            usual(pane, event)

        return paint

    for kind in kinds:
        monkeypatch.setattr(kind, "paintEvent", breaking(kind))
    window, _ = opened(qtbot, load_scene(find_scene("first-neuron")))
    window.cards.run_card.show_page(PAGES.index("memory"))
    for kind in kinds:
        pane = window.findChild(kind)
        with qtbot.captureExceptions() as told:
            broken.append(kind)
            pane.show()
            getattr(pane, "viewport", lambda one=pane: one)().update()
            qtbot.waitUntil(lambda told=told: bool(told))
            broken.clear()
        assert {one[0] for one in told} == {ValueError}


def test_every_page_and_every_kind_of_curves_look_different(painted):
    window, session = painted
    session.select(1)
    session.play(lambda head: head.seek(60))
    pictures = set()
    looks = [WindowLook(curve=kind) for kind in CurveKind]
    looks += [WindowLook(page=page) for page in PAGES[1:]] + [WindowLook(arrows=False)]
    looks += [WindowLook(page="step", run=run) for run in (0, 2)]
    for look in looks:
        window.look_like(look)
        window.show_now()
        image = window.grab().toImage()
        pictures.add(bytes(image.constBits()))
    assert len(pictures) == len(looks)


def test_what_is_pointed_at_on_the_map_is_seen_on_the_surface_and_the_other_way_round(first, qtbot):
    window, session = first
    contours, surface = window.cards.contours, window.cards.surface
    plot = plot_of(contours)
    for w in (1.0, 3.0):
        qtbot.mouseMove(plot.viewport(), where(plot, w, -3.0))
        qtbot.waitUntil(lambda w=w: surface.cross_hair and abs(surface.cross_hair.w - w) < 0.1)
    assert surface.cross_hair.b == pytest.approx(-3.0, abs=0.1)
    QApplication.sendEvent(contours, QEvent(QEvent.Type.Leave))
    assert surface.cross_hair is None
    assert contours.cross_hair is None
    surface.hover(surface.pixel_of(-3.0, 2.0, float(session.surface.loss_at(-3.0, 2.0))))
    assert (contours.cross_hair.w, contours.cross_hair.b) == pytest.approx((-3.0, 2.0), abs=0.1)
    QApplication.sendEvent(surface, QEvent(QEvent.Type.Leave))
    assert contours.cross_hair is None


def test_the_map_is_to_scale_until_it_is_told_to_fill_the_pane(first, qtbot):
    window, session = first
    contours, button = window.cards.contours, window.cards.view_range_button
    assert contours.is_equal
    ground = session.surface.ground.view_range
    assert ground.extent[0] / ground.extent[1] == pytest.approx(contours.aspect, rel=0.2)
    button.open_popup()
    button.switches["fills"].click()
    qtbot.waitUntil(lambda: session.surface.ground.view_range == session.experiment.view_range)
    assert not contours.is_equal
    assert is_marked(window, "fill_map")
    assert not session.document.is_modified
    window.commands["fill_map"].trigger()
    assert contours.is_equal
    assert not button.switches["fills"].isChecked()


def test_playback_keys_work_wherever_the_focus_is(first, qtbot):
    window, session = first
    for widget in (window.cards.table, window.cards.transport, window.cards.runs, window.cards.editor):
        widget.setFocus()
        key(window, qtbot, Qt.Key.Key_Home)
        assert session.playhead.cursor == 0
        key(window, qtbot, Qt.Key.Key_Right)
        assert session.playhead.cursor == 1
        key(window, qtbot, Qt.Key.Key_End)
        assert session.playhead.cursor == 1000
        key(window, qtbot, Qt.Key.Key_Left)
        assert session.playhead.cursor == 999
        key(window, qtbot, Qt.Key.Key_Space)
        assert session.playhead.playing
        key(window, qtbot, Qt.Key.Key_Space)
        assert not session.playhead.playing


def test_a_dragged_point_moves_the_surface_and_is_undone_as_one(first, qtbot):
    window, session = first
    plot, before = plot_of(window.cards.fit), session.experiment
    with qtbot.waitSignal(session.surface_changed):
        drag(qtbot, plot, where(plot, 2.5, 0.9), where(plot, 2.0, 0.5))
    assert session.experiment.points.y[1] == pytest.approx(0.5, abs=0.03)
    key(window, qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.experiment == before


def test_a_click_on_the_map_moves_no_start_and_one_with_control_does(first, qtbot):
    window, session = first
    plot = plot_of(window.cards.contours)
    start = session.selected_run.start
    left, place = Qt.MouseButton.LeftButton, where(plot, 3.0, 2.0)
    qtbot.mouseClick(plot.viewport(), left, pos=place)
    assert session.selected_run.start == start
    assert not session.document.is_modified
    qtbot.mouseClick(plot.viewport(), left, Qt.KeyboardModifier.ControlModifier, place)
    assert session.selected_run.start == pytest.approx((3.0, 2.0), abs=0.1)
    window.commands["undo"].trigger()
    assert session.selected_run.start == start


def test_runs_are_added_duplicated_hidden_and_removed(first, qtbot):
    window, session = first
    before, rule = session.experiment.runs, tuple(RULES.values())[-1]
    window.user_actions.add_run(rule.id)
    assert session.experiment.runs[:3] == before
    assert session.experiment.runs[3].optimizer == rule()
    assert session.selected == 3
    key(window, qtbot, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert [run.name for run in session.experiment.runs][3:] == [rule.title, f"{rule.title} 2"]
    key(window, qtbot, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert session.experiment.runs[4].hidden
    for _ in range(5):
        key(window, qtbot, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
    assert session.experiment.runs == ()
    window.show_now()
    key(window, qtbot, Qt.Key.Key_Space)
    window.user_actions.pick_start(1.0, 1.0)
    assert "no run" in window.notice.text()
    for _ in range(7):
        key(window, qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [run.optimizer.id for run in session.experiment.runs[3:]] == [rule.id]


@pytest.mark.parametrize(
    ("screen", "size"), [((640, 480), (640, 448)), ((1440, 900), (1440, 868)), ((1920, 1080), (1440, 900))]
)
def test_the_first_window_fits_its_screen_with_a_title_bar(qtbot, monkeypatch, screen, size):
    class Screen:
        def availableSize(self):
            return QSize(*screen)

    monkeypatch.setattr(MainWindow, "screen", lambda _: Screen())
    window = opened_for_menus(qtbot, load_scene(find_scene("first-neuron")))
    assert window.size().toTuple() == size
    assert window.minimumSize().toTuple() == (640, 400)
    assert not window.cards.transport.visibleRegion().isEmpty()


def test_more_runs_than_can_be_shown_are_refused(qtbot):
    scene = load_scene(find_scene("first-neuron"))
    window, session = shared(qtbot, replace(scene, runs=(scene.runs[0],) * MOST_RUNS), painted=False)
    before = session.experiment
    session.select(3)
    for add in (
        lambda: window.user_actions.add_run("adam"),
        lambda: window.user_actions.duplicate_run(7),
        lambda: window.user_actions.add_like(scene.runs[1]),
    ):
        window.notice.take_back()
        add()
        assert window.notice.text() == "Runs must have at most 50 entries, not 51."
        assert session.experiment is before
        assert session.selected == 3


def test_the_last_point_cannot_be_removed(first, qtbot):
    window, session = first
    before = session.experiment
    window.cards.table.rows_removed.emit([0, 1])
    assert session.experiment == before
    assert "At least one training point must remain" in window.notice.text()
    assert window.notice.isVisible()


def test_a_scene_is_opened_with_a_history_of_its_own(first, qtbot):
    window, session = first
    window.user_actions.add_run("adam")
    session.document.undo()
    window.header.scene_chosen.emit("valley")
    qtbot.waitUntil(window.is_settled)
    assert "valley" in window.windowTitle().lower()
    assert session.playhead.cursor == 0
    assert not window.commands["undo"].isEnabled()
    assert not window.commands["redo"].isEnabled()


def test_what_is_asked_about_a_document_goes_with_it(first, qtbot):
    window, session = first
    colour = next(one for one in window.cards.runs.menu_for(2).findChildren(ColourMenu))
    writing = ProgressDialog("Export", "runs.csv", window)
    writing.open()
    for ask in (
        colour.other_requested.emit,
        *(window.commands[name].trigger for name in ("what_if", "standardise", "save_as")),
    ):
        before = set(window.findChildren(QDialog))
        ask()
        (dialog,) = set(window.findChildren(QDialog)) - before
        qtbot.waitUntil(dialog.isVisible)
        session.open(load_scene(find_scene("valley")))
        assert not dialog.isVisible()
        qtbot.waitUntil(window.is_settled)
    assert writing.isVisible()
    writing.end()


def test_scenes_are_shown_in_either_theme(painted, qtbot):
    window, session = painted
    scenes = ("sparse", "big-rate")  # others are shown in other tests

    @every(("name", "theme"), in_turn(scenes, ("light", "dark")))
    def show(theme, name):
        window.appearance.set_theme(theme)
        session.open(load_scene(find_scene(name)))
        qtbot.waitUntil(window.is_settled)
        for step in (1, 10**6):
            session.play(lambda head, to=step: head.seek(to))
            window.show_now()
            assert not window.grab().isNull()

    show()


def test_several_inputs(qtbot, tmp_path):
    rng = np.random.default_rng(0)
    points = PointSet(rng.normal(size=(20, 4)), rng.uniform(size=20))
    experiment = Experiment(points, PointSet.empty(4), (Run(start=(0.0,) * 5, epochs=50),))
    window, session = shared(qtbot, experiment, painted=False)
    session.play(lambda head: head.seek(20))
    window.show_now()
    assert "w₂ = 0" in window.cards.surface_card.hint.whole()
    window.user_actions.pick_start(1.0, 2.0)
    assert session.experiment.runs[0].start == (1.0, 0.0, 0.0, 0.0, 2.0)


def test_the_menu_says_whether_the_window_fills_the_screen_whoever_made_it_so(qtbot, tmp_path):
    settings = QSettings(str(tmp_path / "gdsim.ini"), QSettings.Format.IniFormat)
    experiment = load_scene(find_scene("first-neuron"))
    window = opened_for_menus(qtbot, experiment, settings)
    entry = window.commands["full_screen"]
    entry.trigger()
    qtbot.waitUntil(lambda: window.isFullScreen() and is_marked(window, "full_screen"))
    window.showNormal()
    qtbot.waitUntil(lambda: not window.isFullScreen() and not is_marked(window, "full_screen"))
    entry.trigger()
    qtbot.waitUntil(window.isFullScreen)
    window.close()
    again = opened_for_menus(qtbot, experiment, settings)
    qtbot.waitUntil(lambda: again.isFullScreen() and is_marked(again, "full_screen"))


def test_what_a_person_chose_is_remembered(qtbot, tmp_path):
    settings = QSettings(str(tmp_path / "gdsim.ini"), QSettings.Format.IniFormat)
    experiment = load_scene(find_scene("first-neuron"))
    window, session = opened(qtbot, experiment, settings, painted=False)
    assert session.surface.step > 0.0
    for command in ("theme", "low_lines", "fill_map", "from_here"):
        window.commands[command].trigger()
    window.resize(1300, 760)
    before = window.cards.columns.sizes(), shown_cards(window)
    # On a projector, with one pane alone: it opens as it was before.
    window.commands["projector"].trigger()
    window.commands["maximise"].trigger()
    window.close()
    again, session = opened(qtbot, experiment, settings, painted=False)
    assert is_marked(again, "theme")
    assert again.width() == 1300
    assert not again.projector.on
    qtbot.waitUntil(lambda: (again.cards.columns.sizes(), shown_cards(again)) == before)
    assert session.surface.step == 0.0
    assert again.cards.view_range_button.choice() == MapChoice(fills=True, low_lines=True)
    assert not again.cards.contours.is_equal
    assert again.user_actions.changes is RecomputeFrom.FROM_HERE


@every("scene", ["first-neuron", "stochastic", "adam-forgets"])
def test_the_curves_have_room_in_the_smallest_window(first, qtbot, scene):
    window, session = first
    session.open(load_scene(find_scene(scene)))
    qtbot.waitUntil(window.is_settled)
    window.resize(1280, 720)
    curves = window.cards.curves
    qtbot.waitUntil(lambda: window.width() == 1280 and curves.over_time.strip.isVisible())
    qtbot.waitUntil(lambda: curves.over_time.plot.box.height() >= 85)


def test_one_key_walks_through_a_step(first, qtbot):
    window, session = first
    session.select(2)
    session.play(lambda head: head.seek(40))
    key(window, qtbot, Qt.Key.Key_Period)
    assert session.frame().part == "look"
    for _ in range(4):
        key(window, qtbot, Qt.Key.Key_Period)
    assert (session.playhead.cursor, session.frame().part) == (41, "look")


def test_the_same_key_walks_through_the_code(first, qtbot):
    window, session = first
    session.select(2)
    session.play(lambda head: head.seek(40))
    window.view.open_page("code")
    window.show_now()
    model = window.cards.code.findChild(QAbstractItemView).model()
    lit = []
    for _ in range(5):
        key(window, qtbot, Qt.Key.Key_Period)
        window.show_now()
        lit.append([line.text.split()[0] for row, line in enumerate(model.lines) if model.is_lit(row)])
    look, gradient, memory, update, next_look = lit
    assert look == next_look == ["look_w", "look_b"]
    assert gradient == ["dw", "db"]
    assert memory == ["v_w", "v_b", "prev_v_w", "prev_v_b"]
    assert update == ["w", "b"]
    assert session.playhead.cursor == 41
    shown, p = numbers_at_margin(model), session.frame().current.whole.p[42]
    assert (shown["w"], shown["b"]) == pytest.approx((p[0], p[1]), rel=1e-3)


def test_a_line_of_the_code_lights_its_part_everywhere(first, qtbot):
    window, session = first
    window.view.open_page("code")
    window.show_now()
    view = window.cards.code.findChild(QAbstractItemView)
    row = next(row for row in range(view.model().rowCount()) if view.model().lines[row].part == "gradient")
    view.scrollTo(view.model().index(row))
    place = view.visualRect(view.model().index(row))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    assert session.frame().part == "gradient"


def test_the_program_of_the_selected_run_is_copied(first):
    window, session = first
    window.view.open_page("code")
    window.show_now()
    session.select(1)
    menu = next(
        button.menu() for button in window.cards.code.findChildren(QPushButton) if button.menu() is not None
    )
    menu.actions()[0].trigger()
    text = QGuiApplication.clipboard().text()
    assert text == program_of(session.experiment, session.experiment.runs[1])
    many = PointSet(np.linspace(-1, 1, 10_001), np.linspace(0, 1, 10_001))
    session.edit(replace(session.experiment, points=many), "Many points")
    refused = []
    window.user_actions.refused.connect(refused.append)
    menu.actions()[0].trigger()
    assert refused == ["10,001 points are too many for the clipboard; export a Python script instead."]
    assert QGuiApplication.clipboard().text() == text


def test_the_pages_of_a_run_are_reached_by_keys(first, qtbot):
    window, _ = first
    one = Qt.Key.Key_1.value
    keys = [Qt.Key(one + place) for place in range(6)]
    assert len(keys) == len(PAGES)
    for index, code in enumerate(keys):
        key(window, qtbot, code, Qt.KeyboardModifier.ControlModifier)
        assert window.cards.run_card.page == index
        window.show_now()


def test_arrows_are_switched_off_everywhere(painted, qtbot):
    window, session = painted
    session.play(lambda head: head.seek(60))
    window.show_now()
    shown = window.cards.contours.grab().toImage()
    key(window, qtbot, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    window.show_now()
    assert not window.cards.legend.value().on
    assert window.cards.contours.grab().toImage() != shown


def test_the_findings_of_the_selected_run_are_told_and_marked(first, qtbot):
    window, session = first
    window.cards.run_card.show_page(PAGES.index("why"))
    told = []
    session.findings_changed.connect(told.append)
    session.select(1)
    qtbot.waitUntil(lambda: bool(told) and bool(told[-1]))
    sentences = sorted(finding.sentence for finding in told[-1])
    assert sorted(mark.sentence for mark in window.cards.curves.over_time.strip.marks) == sentences
    model = window.cards.why.findChild(QAbstractItemView).model()
    for kind in FindingKind:
        model.list_whole(kind)
    rows = model.rows
    assert sorted(row.finding.sentence for row in rows if row.finding) == sentences


def test_the_rows_that_feed_the_next_update_are_highlighted(qtbot):
    window, session = shared(qtbot, load_scene(find_scene("stochastic")), painted=False)
    for step, row in ((4, 0), (5, 1)):
        session.play(lambda head, to=step: head.seek(to))
        window.show_now()
        assert [window.cards.table.view.model().is_highlighted(one) for one in (0, 1)] == [row == 0, row == 1]


def test_the_points_of_a_mini_batch_pull_on_the_map(qtbot):
    window, session = shared(qtbot, load_scene(find_scene("mini-batch")), painted=False)
    session.select(2)  # three of six points
    session.play(lambda head: head.seek(7))
    window.show_now()
    pulls, _ = window.cards.contours.arrows.pulls
    assert sorted(pulls.rows.tolist()) == sorted(session.frame().update.rows.tolist())
    window.cards.legend.layers[Layer.POINTS].click()
    window.show_now()
    assert window.cards.contours.arrows.pulls is None


def test_contours_of_the_batch_wait_for_a_pause(qtbot):
    window, session = shared(qtbot, load_scene(find_scene("mini-batch")), painted=False)
    contours = item_of(plot_of(window.cards.contours), ThinCurve)
    window.cards.legend.layers[Layer.BATCH_LOSS].click()
    qtbot.waitUntil(contours.isVisible)
    session.play(lambda head: head.play())
    qtbot.waitUntil(lambda: not contours.isVisible())
    session.play(lambda head: head.pause())
    qtbot.waitUntil(contours.isVisible)


def test_contours_of_the_batch_are_even_in_the_logarithm_where_those_of_the_map_are(qtbot):
    scene = replace(load_scene(find_scene("mini-batch")), log_height=True)
    window, session = shared(qtbot, scene, painted=False)
    contours = item_of(plot_of(window.cards.contours), ThinCurve)
    window.cards.legend.layers[Layer.BATCH_LOSS].click()
    qtbot.waitUntil(contours.isVisible)
    points = scene.points.taken(session.frame().update.rows)
    plain = sample_surface(points, scene.view_range)
    losses = plain.loss_at(*contours.getData())
    assert np.nanmin(losses) < 0.1 * plain.step


def test_y_out_of_reach_is_said_of_the_points(first):
    window, session = first
    card = window.cards.points_card
    assert tips_of(card) == {""}
    experiment = session.experiment
    session.edit(replace(experiment, points=experiment.points.replaced(0, [0.5], 1.5)), "Move point")
    assert card.accessibleDescription().startswith("1 value of y lies outside 0 to 1.")
    assert card.hint.whole().endswith("; y outside 0 to 1")
    assert any("lies outside 0 to 1" in tip for tip in tips_of(card))
    session.document.undo()
    assert tips_of(card) == {""}


def tips_of(card):
    """Return the tooltips of a card and of its title."""
    return {one.toolTip() for one in (card, card.title)}


def test_no_tooltip_lies_over_what_a_card_draws(first):
    window, _ = first
    cards = window.cards
    for card, pane in ((cards.surface_card, cards.surface), (cards.fit_card, cards.fit)):
        assert card.title.toolTip()
        drawn = pane
        while drawn is not None:
            assert not drawn.toolTip()
            drawn = drawn.parentWidget()


def test_the_sentence_of_the_scene_gives_way_to_a_notice(first):
    window, session = first
    window.show()
    about = window.header.about
    assert about.text()
    window.notice.confirm("Done.")
    assert not about.text()
    window.notice.take_back()
    assert about.whole == session.experiment.about
    window.files.working.emit("Saving…")
    window.user_actions.add_point()
    assert about.whole == "Saving…"  # until that is over
    window.files.working.emit("")
    window.user_actions.undo()
    window.lessons.begin(load_lesson("lecture"))
    assert not about.text()  # a stop has words of its own
    window.lessons.guide.end()
    assert about.whole == session.experiment.about


def test_rows_pasted_into_the_table_become_points(first, qtbot):
    window, session = first
    QApplication.clipboard().setText("7\t0.5\n")
    window.cards.table.paste_requested.emit(-1)
    assert session.experiment.points.x[:, 0].tolist() == [0.5, 2.5, 7.0]
    assert window.notice.text() == "Added 1 point at the end."
    window.cards.table.view.selectRow(1)
    window.cards.table.view.paste_pressed.emit()
    assert session.experiment.points.x[:, 0].tolist() == [0.5, 7.0, 7.0]
    assert window.notice.text() == "Pasted over row 2."
    QApplication.clipboard().setText("7\tseven\n")
    window.commands["paste_points"].trigger()
    assert len(session.experiment.points) == 3
    assert "seven" in window.notice.text()


def test_an_empty_clipboard_is_told_where_it_covers_no_control(first, qtbot):
    window, session = first
    before = session.experiment
    QApplication.clipboard().clear()
    for paste in (
        window.cards.table.view.paste_pressed.emit,
        window.commands["paste_points"].trigger,
        window.cards.runs.paste_requested.emit,
        lambda: key(window, qtbot, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier),
    ):
        window.notice.take_back()
        paste()
        assert window.notice.text() == "The clipboard is empty."
        assert window.notice.isVisible()
        assert not any(one.isVisible() for one in window.findChildren(FaultBubble))
    assert session.experiment is before


class Silent(QMimeData):
    """What is copied in a program that does not answer; Qt waits five seconds for each question.

    It may have told before of what kinds it is.
    """

    def __init__(self, *kinds: str) -> None:
        super().__init__()
        self.kinds = kinds
        self.asked: list[str] = []

    def formats(self) -> list[str]:
        if not self.kinds:
            self.asked.append("formats")
        return list(self.kinds)

    def hasFormat(self, kind: str) -> bool:
        if not self.kinds:
            self.asked.append(kind)
        return kind in self.kinds or (kind == "application/x-qt-image" and "image/png" in self.kinds)

    def retrieveData(self, kind: str, _type: object) -> None:
        self.asked.append(kind)


def test_a_program_that_does_not_answer_is_asked_once_for_what_was_copied_in_it(first, qtbot):
    window, _ = first
    window.commands["check_work"].trigger()
    check = window.findChild(CheckDialog)
    for paste in (
        window.cards.table.view.paste_pressed.emit,
        window.commands["paste_points"].trigger,
        window.commands["paste_optimizer"].trigger,
        window.commands["open_link"].trigger,
        lambda: key(window, qtbot, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier),
        check.paste,
    ):
        mime = Silent()
        QApplication.clipboard().setMimeData(mime)
        mime.asked.clear()
        paste()
        assert mime.asked == ["formats"]
    QApplication.clipboard().clear()
    check.close()


@pytest.mark.parametrize(
    ("kinds", "asked"),
    [
        (
            ("text/html", "text/plain", "text/plain;charset=utf-8", "text/uri-list", "image/png"),
            "text/plain;charset=utf-8",
        ),
        (("image/bmp", "image/png", "image/jpeg"), "image/png"),
        (("text/html", "image/png"), "image/png"),
    ],
)
def test_a_program_that_names_kinds_and_sends_none_is_asked_for_one(first, qtbot, kinds, asked):
    window, _ = first
    mime = Silent(*kinds)
    QApplication.clipboard().setMimeData(mime)
    mime.asked.clear()
    key(window, qtbot, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(window.notice.text()))
    assert mime.asked == [asked]
    QApplication.clipboard().clear()


def test_the_list_of_runs_grows_with_its_runs_until_a_person_gives_it_a_height(first, qtbot):
    window, session = first
    window.resize(1366, 768)
    table = window.cards.runs.view

    def is_whole():
        last = table.visualRect(table.model().index(len(session.experiment.runs) - 1, 0))
        return last.isValid() and table.viewport().rect().contains(last)

    few = window.cards.runs_card.height()
    for _ in range(4):
        window.user_actions.duplicate_run(0)
    qtbot.waitUntil(is_whole)
    assert len(session.experiment.runs) > 6
    assert window.cards.runs_card.height() > few
    resize_within(window.cards.runs_card, Qt.Orientation.Vertical, -60)
    chosen = window.cards.runs_card.height()
    window.user_actions.duplicate_run(0)
    window.show_now()
    QApplication.processEvents()
    assert window.cards.runs_card.height() == chosen


def test_a_red_cell_says_why_beside_it(first, qtbot):
    window, _ = first
    view = window.cards.table.view
    view.setFocus()
    view.setCurrentIndex(view.model().index(0, 0))
    view.edit(view.currentIndex())
    field = QApplication.focusWidget()
    qtbot.keyClicks(field, "abc")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.property("fault") is True
    (bubble,) = (one for one in window.findChildren(FaultBubble) if one.isVisible())
    assert bubble.text() == 'x must be a number, not "abc".'
    assert bubble.window() is window
    place = bubble.mapTo(window, QPoint(0, 0)) - field.mapTo(window, QPoint(0, field.height()))
    assert 0 <= place.y() < 20
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not bubble.isVisible()


@every("size", [(1280, 720), (1440, 900)])
def test_the_usual_names_of_runs_are_whole(first, size):
    first[0].resize(*size)
    view = first[0].cards.runs.view
    QApplication.processEvents()
    name = view.fontMetrics().horizontalAdvance("Gradient descent")
    assert view.columnWidth(0) >= name + 30


def test_a_scene_without_runs_shows_nothing_of_the_runs_before(qtbot):
    window, session = shared(qtbot, load_scene(find_scene("four-inputs")), painted=False)
    session.play(lambda head: head.seek(100))
    header = window.cards.runs.view.model()
    qtbot.waitUntil(lambda: header.headerData(0, Qt.Orientation.Horizontal) == "at step 100")
    session.open(replace(load_scene(find_scene("valley")), runs=()))
    qtbot.waitUntil(window.is_settled)
    qtbot.waitUntil(lambda: header.headerData(0, Qt.Orientation.Horizontal) == "run")
    assert window.cards.editor.make().run().start == (-2.0, -2.0)
    assert not window.cards.editor.isEnabled()


def test_the_exact_surface_is_a_command_away(qtbot):
    rng = np.random.default_rng(0)
    crowd = PointSet(rng.normal(size=6000), rng.uniform(size=6000))
    window, session = shared(
        qtbot, replace(load_scene(find_scene("first-neuron")), points=crowd, runs=()), painted=False
    )
    note = window.cards.exact
    assert note.label.whole().startswith("Within ")
    assert window.commands["exact"].isEnabled()
    with qtbot.waitSignal(session.surface_changed, timeout=20_000):
        window.commands["exact"].trigger()
        assert note.button.text() == "Stop"
    assert session.surface.error_bound == 0.0
    assert note.isHidden()
    assert not window.commands["exact"].isEnabled()  # nothing is left to compute


def test_a_window_that_nobody_sees_draws_no_frames(first, qtbot):
    window, session = first
    handle, frames = window.windowHandle(), []
    session.frame_changed.connect(frames.append)
    for conceal, bring_back in (
        (window.hide, window.show),
        # What a window manager does to a window that is minimised, or on another workspace.
        (lambda: handle.setVisible(False), lambda: handle.setVisible(True)),
    ):
        conceal()
        frames.clear()
        session.play(lambda head: head.seek(0).at_speed(200.0).play())
        qtbot.waitUntil(lambda: session.playhead.cursor >= 10)
        assert frames == []
        bring_back()
        qtbot.waitUntil(lambda: len(frames) > 1)


def test_a_window_that_is_seen_is_drawn_though_qt_takes_it_for_minimised(first, qtbot):
    """Not every desktop tells that a window is there again."""
    window, session = first
    window.setWindowState(Qt.WindowState.WindowMinimized)
    assert window.windowHandle().isExposed()
    frames = []
    session.frame_changed.connect(frames.append)
    session.play(lambda head: head.seek(0).at_speed(200.0).play())
    qtbot.waitUntil(lambda: len(frames) > 1)
