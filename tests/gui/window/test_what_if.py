"""What if: the dialog, the tree of runs, the ring that nudges, changes while playing, runs compared."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton
from shiboken6 import delete

from gdsim.core.analysis.first_difference import DifferenceKind
from gdsim.core.model import edits, forks
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.run import MOST_FORKS, Fork, Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import own_rule
from gdsim.gui.actions import RecomputeFrom
from gdsim.gui.forms.editors import NumberEditor
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.preferences import Preferences
from gdsim.gui.runs.compare import CompareDialog
from gdsim.gui.runs.run_cells import RUN, SHOWN_ROLE
from gdsim.gui.settings.fork_editor import ForkEditor, carried_words
from gdsim.gui.settings.start_editor import StartEditor
from gdsim.gui.settings.what_if import WhatIfDialog
from gdsim.gui.window.bare_parts import BarePart, BareParts
from gdsim.gui.window.from_here import FromHereBar
from tests.every import every
from tests.gui.frames import scene
from tests.gui.main_windows import is_marked
from tests.gui.shared_window import shared
from tests.gui.windows import tab_stops


def texts_of(widget):
    return [label.text() for label in widget.findChildren(QLabel)]


@pytest.fixture
def valley(qtbot):
    """Return the window of momentum in the valley, at step 40."""
    experiment = replace(scene("valley"), runs=scene("valley").runs[1:2])
    window, session = shared(qtbot, experiment, painted=False)
    session.play(lambda head: head.seek(40))
    window.show_now()
    return window, session


@pytest.fixture
def forked(qtbot):
    window, session = shared(qtbot, scene("what-if"), painted=False)
    yield window, session
    session.open(scene("what-if"))
    session.select(2)  # with whose settings the next test may begin


def dialog_of(qtbot, kind):
    qtbot.waitUntil(lambda: any(type(one) is kind for one in QApplication.topLevelWidgets()))
    return next(one for one in QApplication.topLevelWidgets() if type(one) is kind and one.isVisible())


def play_and_type(window, session, rate):
    """Change the rate of the selected run in its settings, while playback runs."""
    session.play(lambda head: head.play())
    field = window.cards.editor.make().kinds["optimizer"].form.editors["eta"].findChild(NumberField)
    field.setText(str(rate))
    field.returnPressed.emit()
    session.play(lambda head: head.pause())


# --------------------------------------------------------------------------------------- the dialog


def test_a_run_that_has_left_others_as_often_as_can_be_is_not_left_once_more(qtbot):
    experiment, said = replace(scene("valley"), runs=scene("valley").runs[1:2]), []
    for _ in range(MOST_FORKS):  # what each of them has left is removed, and counts all the same
        left, _ = forks.add_fork(experiment, forks.fork_run(experiment, 0, 40))
        experiment = edits.remove_run(left, 0)
    window, session = shared(qtbot, experiment, painted=False)
    session.play(lambda head: head.seek(50))
    window.user_actions.refused.connect(said.append)
    window.commands["what_if"].trigger()
    words = "This run comes from 20 uses of “What if” in a row: no more are possible."
    assert said == [words]
    window.user_actions.changes = RecomputeFrom.FROM_HERE
    play_and_type(window, session, 0.5)
    assert said == [words, words]
    assert session.experiment.runs == experiment.runs
    assert not any(type(one) is WhatIfDialog for one in QApplication.topLevelWidgets())


def test_the_dialog_makes_a_run_that_leaves_at_the_step_shown(qtbot, valley):
    window, session = valley
    session.play(lambda head: head.play())
    window.commands["what_if"].trigger()
    dialog = dialog_of(qtbot, WhatIfDialog)
    assert (session.playhead.playing, session.playhead.cursor) == (False, 40)
    parent = session.experiment.runs[0]
    assert dialog.editor.run().fork == Fork(parent, 40)
    fork = replace(dialog.editor.run(), optimizer=RULES["momentum"](eta=0.1))
    dialog.editor.set_run(fork, session.experiment)
    dialog.make.click()
    qtbot.waitUntil(window.is_settled, timeout=20_000)
    _, made = session.experiment.runs
    assert (made.fork, made.optimizer.eta, session.selected) == (Fork(parent, 40), 0.1, 1)
    window.commands["undo"].trigger()
    assert len(session.experiment.runs) == 1


def test_the_dialog_offers_the_rules_of_the_document_and_edits_none(qtbot, valley):
    window, session = valley
    window.user_actions.add_rule(own_rule("Mine", "w_next = w - eta*g", ()))
    for index in range(2):
        session.select(index)
        window.runs.what_if(index)
        dialog = dialog_of(qtbot, WhatIfDialog)
        assert dialog.editor.kinds["optimizer"].combo.findText("Mine") >= 0
        assert {
            one.text() for one in tab_stops(qtbot, dialog, dialog.make) if isinstance(one, QPushButton)
        } == {
            "Cancel",
            "Make the run",
        }
        dialog.reject()


def test_tab_goes_through_the_dialog_from_top_to_bottom(qtbot, valley):
    valley[0].commands["what_if"].trigger()
    dialog = dialog_of(qtbot, WhatIfDialog)
    found = tab_stops(qtbot, dialog, dialog.make)
    heights = [one.mapTo(dialog, one.rect().center()).y() for one in found]
    assert heights == sorted(heights)
    assert [one.accessibleName() for one in found].index("momentum") < found.index(dialog.make)
    dialog.reject()


def test_a_fork_that_has_not_begun_cannot_be_left(qtbot, forked):
    window, session = forked
    session.select(1)
    session.play(lambda head: head.seek(20))
    window.show_now()
    window.commands["what_if"].trigger()
    assert window.notice.isVisible()
    assert "has not begun" in window.notice.text()


def test_the_menu_of_the_curves_leaves_at_the_step_under_the_mouse(qtbot, valley):
    window, session = valley
    curves = window.cards.curves
    view = curves.over_time.plot.plot.viewport()
    place = view.rect().center()
    qtbot.mouseMove(view, place)
    curves.over_time.plot.hovered.emit(25.2)
    QApplication.sendEvent(
        view, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, view.mapToGlobal(place))
    )
    menu = curves.over_time.findChild(QMenu)
    assert [action.text() for action in menu.actions()] == ["Go to step 25", "What if, from step 25…"]
    menu.actions()[1].trigger()
    menu.close()
    dialog = dialog_of(qtbot, WhatIfDialog)
    assert dialog.editor.run().fork == Fork(session.experiment.runs[0], 25)
    assert session.playhead.cursor == 25
    dialog.reject()


# --------------------------------------------------------------------------------------- what is seen


def test_the_list_shows_the_tree_and_says_where_a_run_begins(forked):
    window, session = forked
    table = window.cards.runs.view
    names = [table.model().index(row, RUN).data(SHOWN_ROLE) for row in range(2)]
    assert [name[-7:] for name in names] == ["omentum", "Cleared"]
    assert len(names[1]) > len("Cleared")
    assert "from “Momentum” at step 92" in table.model().index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    session.play(lambda head: head.seek(91))
    window.show_now()
    assert [state is None for state in table.states] == [False, True, True]
    session.play(lambda head: head.seek(92))
    window.show_now()
    assert {state.step for state in table.states} == {92}
    assert len({state.weights for state in table.states}) == 1


def test_curves_of_a_fork_begin_where_it_leaves(forked):
    window, session = forked
    session.play(lambda head: head.seek(150))
    window.show_now()
    curves = window.cards.curves
    drawn = {
        session.experiment.runs[line.run].name: curve.getData()
        for line, curve in zip(curves.over_time.lines, curves.over_time.plot.curves, strict=True)
    }
    assert [drawn[name][0][0] for name in ("Momentum", "Cleared")] == [0.0, 92.0]
    assert {x[-1] for x, _ in drawn.values()} == {200.0}
    steps, losses = drawn["Momentum"]
    assert drawn["Cleared"][1][0] == losses[np.searchsorted(steps, 92.0)]


def test_a_fork_is_nowhere_on_the_map_before_it_begins(forked):
    window, session = forked
    session.select(1)
    for step, shown in ((91, 1), (92, 3)):
        session.play(lambda head, step=step: head.seek(step))
        frame = session.frame()
        assert len(frame.begun) == shown
        assert (window.cards.contours.frame is None) or len(frame.shown) == 3


def test_the_settings_of_a_fork_say_what_goes_on(forked):
    window, session = forked
    session.select(1)
    editor = window.cards.editor.make()
    fork = editor.findChild(ForkEditor)
    assert fork.isVisibleTo(editor)
    assert [one for one in editor.findChildren(StartEditor) if one.isVisibleTo(editor)] == fork.findChildren(
        StartEditor
    )
    assert "v starts afresh." in texts_of(fork)
    session.select(2)
    assert "v continues as in “Momentum”." in texts_of(fork)
    session.select(0)
    assert not fork.isVisibleTo(editor)


def test_an_average_that_is_continued_as_a_sum_is_said_to_be_another():
    average = Run(RULES["rmsprop"](), name="RMSProp")
    summed = Run(RULES["adagrad"](), fork=Fork(average, 40), name="AdaGrad")
    words = carried_words(summed, 2)
    assert "v starts from its value in “RMSProp”, which is gathered there in another way." in words
    assert carried_words(Run(RULES["adagrad"](), fork=Fork(summed, 50)), 2) == "v continues as in “AdaGrad”."


def test_a_step_before_the_beginning_of_the_parent_is_refused(qtbot, forked):
    window, session = forked
    window.user_actions.add_fork(
        replace(session.experiment.runs[1], fork=Fork(session.experiment.runs[1], 120))
    )
    fork = window.cards.editor.make().findChild(ForkEditor)
    step = next(one for one in fork.findChildren(NumberEditor) if one.value() == 120)
    step.value_changed.emit(50)
    assert session.selected_run.fork.step == 120
    assert fork.value().step == 120


def test_the_ring_nudges_a_fork(qtbot, forked):
    window, session = forked
    session.select(1)
    window.show_now()
    begins = session.frame().current.begins
    window.user_actions.drag_start(begins[0] + 0.5, begins[1] - 0.25)
    session.end_gesture()
    qtbot.waitUntil(window.is_settled, timeout=20_000)
    assert session.selected_run.fork.nudge == (0.5, -0.25)
    moved = session.frame().current.begins
    np.testing.assert_allclose(np.subtract(moved, begins), (0.5, -0.25), atol=1e-12)
    window.commands["undo"].trigger()
    assert session.selected_run.fork.nudge == ()


@every("page", ["step", "code", "why", "memory"])
def test_pages_count_the_steps_from_the_start(qtbot, forked, page):
    window, session = forked
    session.select(1)
    session.play(lambda head: head.seek(100))
    window.view.open_page(page)
    window.show_now()
    qtbot.waitUntil(window.is_settled, timeout=20_000)
    update = session.frame().update
    assert (update.step, update.t, update.counted) == (101, 9, 9)
    if page in ("step", "code"):
        card = window.cards.step if page == "step" else window.cards.code
        assert "step 100 → 101" in texts_of(card)


# ---------------------------------------------------------------------- changes while playback runs


def test_a_change_while_playing_is_made_from_the_start_and_asks_once(valley):
    window, session = valley
    play_and_type(window, session, 0.5)
    assert [run.optimizer.eta for run in session.experiment.runs] == [0.5]
    assert window.from_here.isVisible()
    window.from_here.hide()
    play_and_type(window, session, 0.25)
    assert not window.from_here.isVisible()


def test_a_bar_that_asks_nothing_has_no_buttons(valley):
    window, _ = valley
    over = BareParts(window.body, BarePart(window.header.about))
    bar = FromHereBar(over, window.user_actions, Preferences(None))
    assert bar.findChildren(QPushButton) == []
    for _ in range(2):
        bar.offer("Momentum", 40)
        words = [button.text() for button in bar.findChildren(QPushButton)]
        assert words == ["From step 40 on", "From the start"]
    delete(bar)
    delete(over)


def test_the_question_stays_over_what_holds_no_control(valley, qtbot):
    window, session = valley
    window.resize(1440, 900)
    play_and_type(window, session, 0.5)

    def place():
        return window.from_here.geometry()

    header, names = window.header, window.cards.run_names
    assert place().intersects(header.geometry())
    window.resize(1000, 700)
    about = header.about.geometry()
    qtbot.waitUntil(lambda: about.left() <= place().left() <= place().right() <= about.right() + 1)
    window.commands["projector"].trigger()
    qtbot.waitUntil(lambda: place().intersects(QRect(names.mapTo(window.body, QPoint()), names.size())))


def test_from_here_puts_the_change_into_a_run_of_its_own(valley):
    window, session = valley
    old = session.experiment.runs[0]
    play_and_type(window, session, 0.5)
    window.from_here.here.click()
    first, second = session.experiment.runs
    assert first == old
    assert (second.fork, second.optimizer.eta) == (Fork(old, 40), 0.5)
    assert session.selected == 1
    assert is_marked(window, "from_here")


def other_document(window, session):
    session.open(replace(scene("first-neuron"), runs=session.experiment.runs))


def without_the_first(window, session):
    window.user_actions.remove_run(0)


def taken_back(window, session):
    window.commands["undo"].trigger()


@pytest.mark.parametrize("meanwhile", [other_document, without_the_first, taken_back])
def test_the_change_that_was_asked_about_is_put_into_no_other_run(qtbot, meanwhile):
    runs = scene("valley").runs
    window, session = shared(qtbot, replace(scene("valley"), runs=runs), painted=False)
    session.select(1)
    session.play(lambda head: head.seek(40))
    window.show_now()
    play_and_type(window, session, 0.5)
    meanwhile(window, session)
    assert not window.from_here.isVisible()
    runs = session.experiment.runs
    window.from_here.here.click()
    assert session.experiment.runs == runs
    assert is_marked(window, "from_here")


def test_the_menu_changes_the_runs_of_later_changes_alone(valley):
    window, session = valley
    play_and_type(window, session, 0.5)
    window.from_here.hide()  # as it does by itself after a while
    window.commands["from_here"].trigger()
    old = session.experiment.runs[0]
    assert [run.optimizer.eta for run in session.experiment.runs] == [old.optimizer.eta] == [0.5]
    assert window.user_actions.changes is RecomputeFrom.FROM_HERE
    play_and_type(window, session, 0.25)
    assert session.experiment.runs[0] == old
    assert session.experiment.runs[1].fork == Fork(old, 40)
    assert not window.from_here.isVisible()


def test_a_drag_of_a_slider_makes_one_run(valley):
    window, session = valley
    window.user_actions.changes = RecomputeFrom.FROM_HERE
    session.play(lambda head: head.play())
    for rate in (0.9, 0.8, 0.7):
        run = session.selected_run
        window.user_actions.change_selected(
            replace(run, optimizer=run.optimizer.replace(eta=rate)), "Change η", "eta"
        )
    session.play(lambda head: head.pause())
    assert [run.optimizer.eta for run in session.experiment.runs] == [1.0, 0.7]
    window.commands["undo"].trigger()
    assert [run.optimizer.eta for run in session.experiment.runs] == [1.0]


@pytest.mark.parametrize(("step", "plays"), [(0, True), (40, False)])
def test_at_the_start_and_at_rest_nothing_is_asked(valley, step, plays):
    window, session = valley
    session.play(lambda head: head.seek(step))
    if plays:
        play_and_type(window, session, 0.5)
    else:
        run = session.selected_run
        window.user_actions.change_selected(replace(run, optimizer=run.optimizer.replace(eta=0.5)), "", "")
    assert not window.from_here.isVisible()
    assert len(session.experiment.runs) == 1


# ------------------------------------------------------------------------------------- two runs compared


def test_two_runs_are_compared_and_the_step_is_shown(qtbot, forked):
    window, session = forked
    session.select(2)
    window.commands["compare_run"].trigger()
    dialog = dialog_of(qtbot, CompareDialog)
    qtbot.waitUntil(lambda: dialog.found is not None)
    assert dialog.other.currentText() == "Momentum"
    assert (dialog.found.kind, dialog.found.step) == (DifferenceKind.LINE, 93)
    assert "since η is 0.1 in “A tenth of η” and 1 in “Momentum”" in dialog.words.text()
    dialog.go.click()
    assert session.playhead.cursor == 92
    dialog.other.setCurrentIndex(dialog.other.findText("Cleared"))
    qtbot.waitUntil(lambda: "Cleared" in dialog.words.text())
    dialog.reject()


def test_a_run_is_compared_as_soon_as_it_is_computed(qtbot, forked, late_patch):
    window, session = forked
    computed = session.frame()
    waiting = tuple(replace(view, borrowed=view.run.fork is not None) for view in computed.views)
    late_patch.setattr(session, "frame", lambda: replace(computed, views=waiting))
    window.runs.compare(2)
    dialog = dialog_of(qtbot, CompareDialog)
    assert dialog.words.text() == "These runs are still being computed."
    late_patch.setattr(session, "frame", lambda: computed)
    session.frame_changed.emit(computed)
    qtbot.waitUntil(lambda: dialog.found is not None)
    assert dialog.found.step == 93
    dialog.reject()


def test_a_run_alone_has_nothing_to_be_compared_with(valley):
    window, _ = valley
    window.commands["compare_run"].trigger()
    assert "no other run" in window.notice.text()


def test_names_are_plain_text(qtbot):
    experiment = scene("what-if")
    runs = tuple(replace(run, name=f"<b>{run.name}</b>") for run in experiment.runs)
    runs = tuple(replace(run, fork=replace(run.fork, parent=runs[0])) if run.fork else run for run in runs)
    window, session = shared(qtbot, Experiment(experiment.points, experiment.validation, runs), painted=False)
    session.select(1)
    window.runs.compare(1)
    dialog = dialog_of(qtbot, CompareDialog)
    qtbot.waitUntil(lambda: dialog.found is not None)
    assert "<b>Momentum</b>" in dialog.words.text()
    assert dialog.words.textFormat() is Qt.TextFormat.PlainText
    dialog.reject()
