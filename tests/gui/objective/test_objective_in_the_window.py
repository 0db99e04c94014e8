"""Another neuron, another loss, any function: in the window, undone, and asked about from elsewhere."""

import json
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from gdsim.cli import main
from gdsim.core.files.scene import load_scene, scene_text
from gdsim.core.lessons.view import PAGES
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.edits import add_run
from gdsim.core.model.experiment import new_experiment
from gdsim.core.model.gallery import GALLERY
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import LECTURE, FunctionObjective, NeuronObjective
from gdsim.core.model.objective_edits import FUNCTION_NOISE, noisy_slopes, use_function
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import LECTURE_VIEW_RANGE
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.forms.typed_formulas import TypedLines
from gdsim.gui.runtime.app import begin_document
from tests.every import every, in_turn, some_of
from tests.gui.lessons.test_lessons_in_the_window import opened as opened_in_lesson
from tests.gui.main_windows import opened_for_menus, question, shown_cards
from tests.gui.shared_window import shared
from tests.gui.windows import cut_off_texts, item_of, plot_of

HIMMELBLAU, BOWL = GALLERY["himmelblau"], FunctionObjective("w**2 + 3*b**2 - 1")


@pytest.fixture
def opened(qtbot, settings):
    return lambda experiment: opened_for_menus(qtbot, experiment, settings)


@pytest.fixture
def shown(qtbot):
    """Return a function that shows an experiment in a window that is shared, and computed."""
    return lambda experiment: shared(qtbot, experiment, painted=False)[0]


@pytest.fixture
def window(shown):
    return shown(new_experiment())


def settle(window, qtbot):
    qtbot.waitUntil(window.is_settled)
    window.show_now()


def use_function_of_gallery(window, qtbot, key, noise=None):
    window.commands["function"].trigger()
    dialog = window.formulas.made.dialog
    qtbot.waitUntil(lambda: not dialog.pause_timer.isActive() and not dialog.tasks.is_busy)
    index = dialog.gallery.findData(key)
    dialog.gallery.setCurrentIndex(index)
    dialog.gallery.activated.emit(index)
    if noise is not None:
        dialog.noise.set_value(noise)
    qtbot.waitUntil(lambda: not dialog.pause_timer.isActive() and not dialog.tasks.is_busy)
    qtbot.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    settle(window, qtbot)


def test_another_loss_is_chosen_beside_the_neuron(window, qtbot):
    cards, session = window.cards, window.session
    before = session.experiment
    qtbot.mouseClick(cards.change_neuron, Qt.MouseButton.LeftButton)
    dialog = window.formulas.made.dialog
    index = dialog.loss.findData("cross-entropy")
    dialog.loss.setCurrentIndex(index)
    dialog.loss.activated.emit(index)
    qtbot.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    objective = session.experiment.objective
    assert objective == NeuronObjective(loss="cross-entropy")
    assert cards.surface_card.hint.whole() == "Cross-entropy, convex"
    assert "one bowl" in cards.surface_card.accessibleDescription()
    record = session.frame().current.whole
    neuron = Neuron.fitting(session.experiment.points, objective)
    assert record.loss[:5] == pytest.approx(neuron.loss(record.p[:5]), rel=1e-12)
    assert window.session.document.history.undo_name == "Change neuron and loss"
    window.user_actions.undo()
    settle(window, qtbot)
    assert session.experiment == before
    assert cards.surface_card.hint.whole() == ""


@pytest.mark.parametrize(
    ("objective", "title", "answer"),
    [
        (NeuronObjective("identity"), "The neuron  f(x) = w·x + b", lambda z: z),
        (NeuronObjective("tanh"), "The neuron  f(x) = tanh(w·x + b)", np.tanh),
        (
            NeuronObjective("relu", "absolute"),
            "The neuron  f(x) = max(0, w·x + b)",
            lambda z: np.maximum(z, 0),
        ),
        (
            NeuronObjective("identity", "cross-entropy"),
            "The neuron  q(x) = σ(w·x + b)",
            lambda z: 1 / (1 + np.exp(-z)),
        ),
    ],
    ids=["identity", "tanh", "relu", "logits"],
)
def test_pane_and_table_show_what_the_neuron_answers(shown, qtbot, objective, title, answer):
    run = Run(RULES["gd"](eta=0.01), start=(0.7, 0.4), epochs=20)
    window = shown(replace(new_experiment(), runs=(run,), objective=objective))
    fit, table, points = window.cards.fit, window.cards.table, window.session.experiment.points
    assert window.cards.fit_card.title.whole() == " ".join(title.split())
    w, b = window.session.frame().current.p.tolist()
    _, x, y = fit.curves()
    assert y[0] == pytest.approx(answer(w * x + b))
    expected = answer(w * points.x[:, 0] + b)
    assert fit.residuals()[:, 2] == pytest.approx(expected)
    model = table.view.model()
    letter = title.split("  ")[1][0]
    names = [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())]
    assert names[2] == f"{letter}(x)"
    shown = [float(model.index(row, 2).data().replace("−", "-")) for row in range(2)]
    assert shown == pytest.approx(expected, rel=1e-3)


def test_a_run_that_leaves_all_bounds_is_still_painted(shown, qtbot):
    run = Run(RULES["gd"](eta=40.0), start=(3.0, 0.0), epochs=400)
    window = shown(replace(new_experiment(), runs=(run,), objective=NeuronObjective("identity")))
    window.setUpdatesEnabled(True)
    window.player.last()
    settle(window, qtbot)
    current = window.session.frame().current
    assert current.trajectory.stop is not None
    assert np.abs(current.p).max() > 1e20
    assert not window.cards.fit.grab().isNull()


def test_values_out_of_reach_are_those_of_the_neuron(window):
    far = replace(new_experiment(), points=PointSet([0.0, 1.0], [-0.5, 0.5]))
    for objective, hint in (
        (LECTURE, "2 points; y outside 0 to 1"),
        (NeuronObjective("relu"), "2 points; y below 0"),
        (NeuronObjective("tanh"), "2 points"),
    ):
        window.session.open(replace(far, objective=objective))
        assert window.cards.points_card.hint.whole() == hint


# ------------------------------------------------------------------------------------------ functions


def test_a_function_takes_the_place_of_points_and_neuron_and_goes_again(window, qtbot):
    window.setUpdatesEnabled(True)
    cards, session = window.cards, window.session
    before = session.experiment
    use_function_of_gallery(window, qtbot, "himmelblau")
    now = session.experiment
    assert (now.objective, now.view_range) == (HIMMELBLAU.objective, HIMMELBLAU.view_range)
    assert cards.function_card.isVisible()
    assert not cards.points_card.isVisible()
    assert not cards.fit_card.isVisible()
    assert cards.function.make().title.text() == "Himmelblau"
    assert "at 4 places: (3, 2)" in cards.function.make().minima.text()
    assert cut_off_texts(cards.function_card) == []
    qtbot.waitUntil(lambda: len(window.cards.surface.over.minimum_names.labels) == 4)
    window.user_actions.undo()
    settle(window, qtbot)
    assert session.experiment == before
    assert cards.points_card.isVisible()
    assert cards.fit_card.isVisible()
    window.user_actions.redo()
    settle(window, qtbot)
    qtbot.mouseClick(_button(cards.function, "A neuron over points…"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.formulas.made.dialog.take, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert session.experiment.objective == LECTURE
    assert session.experiment.view_range == LECTURE_VIEW_RANGE
    assert cards.points_card.isVisible()


def test_a_pane_that_is_no_more_is_not_left_alone_in_the_window(window, qtbot):
    everything = {"surface", "contours", "curves", "runs", "page", "playback"}
    for name, gives_way, comes in (
        ("points", "himmelblau", "function"),
        ("function", "first-neuron", "points"),
    ):
        window.maximised.maximise(window.cards.by_name[name])
        window.files.open_bundled(gives_way)
        settle(window, qtbot)
        assert shown_cards(window) - {"neuron"} == everything | {comes}
    window.maximised.maximise(window.cards.surface_card)
    window.files.open_bundled("himmelblau")
    assert shown_cards(window) == {"surface", "playback"}


def test_what_was_refused_does_not_stay_in_the_settings(shown):
    window = shown(add_run(use_function(new_experiment(), BOWL), RULES["gd"], None))
    choice = window.cards.editor.make().kinds["optimizer"]
    choice.combo.choose("gauss-newton")
    choice.combo.activated.emit(choice.combo.currentIndex())
    assert "needs a loss that is a sum over points" in window.notice.text()
    assert window.session.selected_run.optimizer.id == "gd"
    assert choice.value().id == "gd"


def _button(widget, text):
    return next(one for one in widget.findChildren(QPushButton) if one.text() == text)


def crosses(window):
    """Return the w and the b of all crosses on the map."""
    return item_of(plot_of(window.cards.contours), pg.ScatterPlotItem).getData()


def test_all_known_minima_are_marked_on_the_map(shown, qtbot):
    window = shown(use_function(new_experiment(), HIMMELBLAU.objective, ORIGIN, HIMMELBLAU.view_range))
    marked = crosses(window)
    assert sorted(zip(*np.round(marked, 6), strict=True)) == sorted(
        (round(w, 6), round(b, 6)) for w, b in HIMMELBLAU.minima
    )
    assert "The loss is just as low at" in window.cards.contours.accessibleDescription()
    lower = replace(window.session.experiment, points=PointSet([3.0], [-2.0]))
    window.session.edit(lower, "slopes")
    settle(window, qtbot)
    # Tilted it is another function, whose minima are not known.
    assert len(crosses(window)[0]) == 1


def test_what_has_no_lowest_place_is_told_and_what_has_no_value_bears_no_mark(shown):
    window = shown(use_function(new_experiment(), FunctionObjective("1/(w*b)")))
    words = "No place is the lowest: next to the cross the loss falls without end."
    for pane in (window.cards.contours, window.cards.surface):
        assert words in pane.accessibleDescription()
        assert ", the lowest " not in pane.accessibleDescription()
    assert len(crosses(window)[0]) == 1
    window = shown(use_function(new_experiment(), FunctionObjective("log(-1 - w**2)")))
    assert "has no value at any of the places in view" in window.cards.contours.accessibleDescription()
    assert len(crosses(window)[0]) == 0


def test_noise_makes_a_function_stochastic(window, qtbot):
    window.user_actions.change_selected(
        replace(window.session.selected_run, batching=STOCHASTIC(), optimizer=RULES["gd"](eta=0.01)), "x", ""
    )
    use_function_of_gallery(window, qtbot, "booth", FUNCTION_NOISE(spread=1.0, copies=12, seed=3))
    experiment = window.session.experiment
    assert experiment.points == noisy_slopes(FUNCTION_NOISE(spread=1.0, copies=12, seed=3))
    assert window.cards.function.make().noise.text().startswith("Noise σ = 1: the mean of 12 tilted copies")
    record = window.session.frame().current.whole
    run = experiment.runs[0]
    w, b = run.start
    for t in range(1, 25):
        (row,) = run.batching.rows(12, t, run.seed)
        dw = 2 * (w + 2 * b - 7) + 4 * (2 * w + b - 5) + experiment.points.x[row, 0]
        db = 4 * (w + 2 * b - 7) + 2 * (2 * w + b - 5) + experiment.points.y[row]
        w, b = w - 0.01 * dw, b - 0.01 * db
        assert record.p[t] == pytest.approx([w, b], rel=1e-10)


def test_a_run_down_without_end_says_so(window, qtbot):
    window.user_actions.change_selected(
        replace(window.session.selected_run, optimizer=RULES["gd"](eta=0.4)), "x", ""
    )
    use_function_of_gallery(window, qtbot, "saddle")
    stop = window.session.frame().current.trajectory.stop
    assert stop is not None
    assert stop.sentence.startswith("Diverged at step ")


@pytest.mark.parametrize("name", ["add_point", "standardise"])
def test_what_needs_points_is_refused_in_a_sentence(shown, qtbot, name):
    window = shown(use_function(new_experiment(), BOWL))
    with qtbot.waitSignal(window.user_actions.refused) as said:
        if name == "add_point":
            window.commands[name].trigger()
        else:
            window.user_actions.standardise("Standardise x")
    assert said.args[0].startswith("A function of w and b has no points; choose a neuron first")
    assert window.session.experiment.objective == BOWL


def test_pasted_points_bring_the_neuron_back_and_undo_the_function(shown, qtbot):
    window = shown(use_function(new_experiment(), BOWL))
    QGuiApplication.clipboard().setText("x\ty\n1\t0.5\n2\t0.7\n")
    window.commands["paste_points"].trigger()
    settle(window, qtbot)
    assert window.session.experiment.objective == LECTURE
    assert window.session.experiment.points == PointSet([1.0, 2.0], [0.5, 0.7])
    window.user_actions.undo()
    assert window.session.experiment.objective == BOWL


@every(("key", "page"), in_turn(some_of(GALLERY, 0, 3), range(len(PAGES))))
def test_every_function_of_the_gallery_can_be_looked_at(window, qtbot, key, page):
    window.setUpdatesEnabled(False)
    known = GALLERY[key]
    run = Run(RULES["gd"](eta=1e-3), start=known.start, epochs=50)
    made = use_function(replace(new_experiment(), runs=(run,)), known.objective, ORIGIN, known.view_range)
    window.session.edit(made, "Another function")
    settle(window, qtbot)
    assert window.session.surface.lowest.loss == pytest.approx(known.value, abs=1e-9) or not known.minima
    window.setUpdatesEnabled(True)
    window.cards.run_card.show_page(page)
    assert not window.grab().isNull()


# ---------------------------------------------------------------------------------------- from elsewhere


@pytest.fixture
def elsewhere(tmp_path):
    path = tmp_path / "elsewhere.gdsim"
    path.write_text(scene_text(use_function(new_experiment(), BOWL)), encoding="utf-8")
    return path


def test_a_function_from_elsewhere_is_shown_before_it_runs(opened, qtbot, elsewhere):
    window = opened(load_scene(elsewhere))
    begin_document(window, elsewhere)
    asked = question(window)
    assert asked.windowTitle() == "A function from elsewhere"
    assert asked.findChild(TypedLines).toPlainText() == BOWL.text
    assert window.session.surface is None
    qtbot.mouseClick(asked.take, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert window.session.surface.lowest.loss == pytest.approx(-1.0)
    assert window.known_rules.unknown([BOWL]) == []


def test_who_does_not_want_it_gets_a_new_document(opened, qtbot, elsewhere):
    window = opened(load_scene(elsewhere))
    begin_document(window, elsewhere)
    question(window).reject()
    settle(window, qtbot)
    assert window.session.experiment.objective == LECTURE


def test_the_gallery_and_what_was_typed_here_need_no_question(window, qtbot):
    assert window.known_rules.unknown([known.objective for known in GALLERY.values()]) == []
    assert window.known_rules.unknown([BOWL]) == [BOWL]
    window.commands["function"].trigger()
    dialog = window.formulas.made.dialog
    dialog.lines.replace_all(BOWL.text)
    dialog.check_now()
    qtbot.waitUntil(lambda: not dialog.pause_timer.isActive() and not dialog.tasks.is_busy)
    qtbot.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    assert window.known_rules.unknown([BOWL]) == []
    settle(window, qtbot)


def test_the_command_line_names_the_function(elsewhere, capsys):
    assert main(["run", str(elsewhere)]) == 0
    assert f"note: the loss is a function of this scene: {BOWL.text}" in capsys.readouterr().err


def test_a_stop_may_show_and_point_at_the_function(qtbot, tmp_path):
    stop = {"title": "F", "scene": "himmelblau", "caption": "Look.", "step": 0}
    stops = [{**stop, "point_at": ["function"]}, {**stop, "title": "Alone", "only": ["function", "contours"]}]
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"gdsim-lesson": 1, "title": "Mine", "stops": stops}), encoding="utf-8")
    window, _ = opened_in_lesson(qtbot)
    window.lessons.open(str(path), 0)
    qtbot.waitUntil(lambda: window.lessons.lesson is not None)
    card = window.cards.function_card
    qtbot.waitUntil(card.isVisible)
    assert card.property("pointedAt")
    window.lessons.next_stop()
    qtbot.waitUntil(lambda: window.maximised.stage == {"function", "contours"})
    assert card.isVisible()
    assert "w**2" in window.cards.function.make().text.toPlainText()
    window.lessons.end()
    assert card.isVisible()
