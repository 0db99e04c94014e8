"""The curvature at the run in the window: one command, which shows it on the map and opens its page."""

import csv

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.lessons.view import PAGES
from gdsim.core.model.map_overlays import CutWay, MapOverlays
from gdsim.gui.arrows.stability import stability_of
from tests.gui.answered import answer_file_dialogs
from tests.gui.main_windows import is_marked
from tests.gui.shared_window import shared
from tests.gui.windows import paragraphs

pytestmark = pytest.mark.usefixtures("all_undressed")


def opened(qtbot, name="valley"):
    window, session = shared(qtbot, load_scene(find_scene(name)), painted=False)
    window.resize(1300, 800)
    qtbot.waitUntil(lambda: window.width() == 1300)
    return window, session


def test_one_command_shows_the_curvature_and_opens_its_page(qtbot):
    window, _ = opened(qtbot)
    contours, button = window.cards.contours, window.cards.view_range_button
    assert not contours.lens.on
    window.commands["lens"].trigger()
    assert contours.lens.on
    button.open_popup()
    assert button.switches["lens"].isChecked()
    assert is_marked(window, "lens")
    assert window.cards.run_card.page == PAGES.index("limit")
    assert "Limit of Gradient descent: 2" in paragraphs(window.cards.limit.page)
    button.switches["lens"].click()
    assert not contours.lens.on
    assert not is_marked(window, "lens")


def test_the_page_and_the_map_follow_playback_and_the_selected_run(qtbot):
    window, session = opened(qtbot)
    window.commands["lens"].trigger()
    session.select(1)
    session.play(lambda head: head.seek(30))
    qtbot.waitUntil(lambda: "Limit of Momentum" in paragraphs(window.cards.limit.page))
    assert "The step to 30" in paragraphs(window.cards.limit.page)


def test_it_follows_a_ball_that_is_dragged_in_the_same_picture(qtbot):
    window, session = opened(qtbot)
    window.commands["lens"].trigger()
    for share in np.linspace(0.0, 1.0, 25):
        window.user_actions.drag_start(1.0 + 3.0 * share, 2.0 - 8.0 * share)
        qtbot.waitUntil(lambda: session.frame().update is not None)  # beside other work it takes a moment
        frame = session.frame()
        window.cards.contours.show_frame(frame)
        window.cards.limit.show_frame(frame)
        assert stability_of(frame).curvature.place.tolist() == list(session.experiment.runs[0].start)
    session.end_gesture()


def test_the_gradient_field_is_a_command_too(qtbot):
    window, _ = opened(qtbot)
    window.commands["field"].trigger()
    assert window.cards.contours.field.on
    assert is_marked(window, "field")
    button = window.cards.view_range_button
    button.open_popup()
    button.switches["field"].click()
    assert not window.cards.contours.field.on


def test_what_is_drawn_belongs_to_the_document(qtbot):
    window, session = opened(qtbot)
    curves, plain = window.cards.curves, session.experiment
    window.commands["lens"].trigger()
    window.commands["field"].trigger()
    curves.choose(CurveKind.CUT)
    assert session.experiment.drawn == MapOverlays(lens=True, field=True, cut=CutWay.W)
    assert not session.document.is_modified  # as a view range that was changed
    for words in ("Cut", "gradient field", "curvature"):
        assert words in session.document.history.undo_name
        window.commands["undo"].trigger()
    assert session.experiment == plain
    assert not (window.cards.contours.lens.on)
    assert not (window.cards.contours.field.on)
    assert curves.kind is CurveKind.LOSS
    for _ in range(3):
        window.commands["redo"].trigger()
    assert curves.kind is CurveKind.CUT
    assert is_marked(window, "lens")
    window.cards.view_range_button.open_popup()
    assert window.cards.view_range_button.switches["field"].isChecked()
    session.open(plain)
    assert curves.kind is CurveKind.LOSS
    assert not is_marked(window, "lens")


def test_a_scene_opens_with_what_it_draws(qtbot):
    window, session = opened(qtbot, "adam-forgets")
    assert window.cards.contours.lens.on
    session.open(load_scene(find_scene("newton-uphill")))
    assert not window.cards.contours.lens.on
    assert window.cards.curves.kind is CurveKind.CUT
    assert window.cards.curves.cut.direction is CutWay.STEP
    session.open(load_scene(find_scene("dead-relu")))
    assert window.cards.contours.field.on
    assert window.cards.curves.kind is CurveKind.LOSS


def test_the_limits_are_exported(qtbot, tmp_path, late_patch):
    window, session = opened(qtbot)
    commands = window.export.made
    answer_file_dialogs(late_patch, tmp_path / "limits.csv")
    commands.limits()
    qtbot.waitUntil(lambda: not commands.work.is_busy)
    with (tmp_path / "limits.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["run"] for row in rows} == {run.name for run in session.experiment.runs}
    row = next(row for row in rows if row["step"] == "0")
    assert float(row["limit"]) == pytest.approx(2.0)


def test_the_tab_of_the_limit_is_there_when_the_window_is_settled(qtbot):
    window, _ = opened(qtbot)
    window.cards.curves.set_kind(CurveKind.LIMIT)
    qtbot.waitUntil(window.is_settled)
    assert all(len(curve.getData()[0]) for curve in window.cards.curves.over_time.plot.curves)


def test_the_cut_is_drawn_on_map_and_surface_while_it_is_shown(qtbot):
    window, _ = opened(qtbot)
    curves, session = window.cards.curves, window.session

    def cuts():
        window.show_now()
        return window.cards.contours.search.line is not None, window.cards.surface.over.cut

    assert cuts() == (False, None)
    curves.choose(CurveKind.CUT)
    curves.header.choice.activated.emit(4)
    curves.setFocus()
    for _ in range(3):
        qtbot.keyClick(curves, Qt.Key.Key_Plus)
    assert session.experiment.drawn.cut == 60
    assert cuts() == (True, 60)
    window.commands["undo"].trigger()  # all turns at once
    assert session.experiment.drawn.cut == 45
    curves.choose(CurveKind.LOSS)
    assert cuts() == (False, None)
