"""Looking changes no document, runs keep their colours, and a start that is dragged takes its path along."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.actions import UserActions
from gdsim.gui.style.theme import THEMES, run_styles
from gdsim.session.session import Session
from tests.bench.in_window import paint
from tests.gui.frames import scene
from tests.gui.shared_window import shared
from tests.gui.windows import pixels_of, plot_of, where

FIRST = scene("first-neuron")
EXPERIMENT = replace(
    FIRST, runs=tuple(Run(RULES[rule](), start=(-1.0, 3.0)) for rule in ("gd", "gd", "momentum"))
)


def test_zooming_and_fitting_leave_the_document_as_it_is(qtbot):
    window, session = shared(qtbot, EXPERIMENT, painted=False)
    curves = window.cards.curves.over_time
    for look in (
        lambda: window.user_actions.drag_view_range(ViewRange(-1, 2, -1, 2)),
        window.user_actions.fit_view_range,
        lambda: window.user_actions.set_view_range(ViewRange(-3, 3, -3, 3)),
        lambda: curves.show_part((10, 90)),
        lambda: curves.set_options(curves.options._replace(log_time=True)),
    ):
        look()
        assert not window.isWindowModified()
    session.edit(replace(session.experiment, title="Mine"), "Rename")
    assert window.isWindowModified()


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_removing_a_run_recolours_no_other(qapp, theme):
    session = Session(EXPERIMENT)
    user = UserActions(session)
    before = run_styles(session.experiment.runs, theme)
    assert len(set(before)) == 3
    user.remove_run(0)
    assert run_styles(session.experiment.runs, theme) == before[1:]
    user.add_run("gd")
    assert run_styles(session.experiment.runs, theme) == (*before[1:], before[0])
    user.undo()
    user.undo()
    assert run_styles(session.experiment.runs, theme) == before
    session.close()


def test_the_whole_path_follows_a_start_that_is_dragged_at_step_0(qtbot):
    window, session = shared(qtbot, EXPERIMENT)
    contours = window.cards.contours
    plot, left = plot_of(contours), Qt.MouseButton.LeftButton
    assert session.playhead.cursor == 0
    start, end = where(plot, -1.0, 3.0), where(plot, 1.5, 4.0)
    QTest.mousePress(plot.viewport(), left, pos=start)
    for share in (0.2, 0.6, 1.0):
        QTest.mouseMove(plot.viewport(), start + (end - start) * share)
    assert session.is_dragging
    assert session.experiment.runs[0].start == pytest.approx((1.5, 4.0), abs=0.2)
    paint()
    dragged = pixels_of(plot)
    QTest.mouseRelease(plot.viewport(), left, pos=end)
    qtbot.waitUntil(window.is_settled)
    assert not session.is_dragging
    assert session.document.history.undo_name == "Set start"
    changed = (dragged != pixels_of(plot)).any(axis=2)
    path = session.frame().views[0].whole.p
    for w, b in path[np.linspace(5, len(path) - 1, 8).astype(int)][1:-1]:
        at = where(plot, w, b)
        assert changed[at.y() - 3 : at.y() + 4, at.x() - 3 : at.x() + 4].any(), (w, b)
    session.document.undo()
    assert session.experiment.runs[0].start == (-1.0, 3.0)


def test_the_numbers_of_the_runs_need_not_keep_up_with_the_mouse(qtbot, late_patch):
    """They follow in turns, and are those of the last frame when the drag is over."""
    window, session = shared(qtbot, EXPERIMENT, painted=False)
    late_patch.setattr("gdsim.gui.window.drag_turns._SHARE", 1e-9)
    frames, told = [], []
    session.frame_changed.connect(frames.append)
    late_patch.setattr(window.cards.runs, "show_frame", told.append)
    for y in (0.3, 0.4, 0.5):
        window.user_actions.drag_point(0, 0.5, y)
    assert frames
    assert not told
    session.end_gesture()
    qtbot.waitUntil(window.is_settled)
    assert told[-1] is frames[-1]
