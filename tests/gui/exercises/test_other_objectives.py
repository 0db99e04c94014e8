"""Every exercise with a loss that is not the lecture's: it works, or says in a sentence why it does not."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from gdsim.core.exercises.rate_ladder import LADDER
from gdsim.core.files.script.run_program import lecture_code, shown_lines
from gdsim.core.formulas.numerals import with_ascii_minus
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.step.code_card import CodeCard
from tests.core.records import computed
from tests.every import WHOLE, every
from tests.gui.frames import scene
from tests.gui.windows import cut_off_texts, settled

POINTS = PointSet([0.5, 2.5, -1.0], [0.2, 0.9, 0.4])
SLOPES = PointSet([0.5, -0.5, 0.25, -0.25], [1.0, -1.0, 0.5, -0.5])
OBJECTIVES = {
    "function": (FunctionObjective("(1 - w)**2 + 3*(b - w**2)**2"), PointSet([0.0], [0.0])),
    "noisy function": (FunctionObjective("w**2/2 + 2*b**2 + sin(w)"), SLOPES),
    "cross-entropy": (NeuronObjective(loss="cross-entropy"), POINTS),
    "ReLU": (NeuronObjective("relu", l2=0.1), POINTS),
    "logits": (NeuronObjective("tanh", "cross-entropy", "mean"), POINTS),
}


def experiment_of(name):
    objective, points = OBJECTIVES[name]
    rules = [RULES[rule](eta=0.05) for rule in ("gd", "nesterov", "adam")]
    runs = tuple(Run(rule, start=(-0.6, 0.8), epochs=45) for rule in rules)
    return Experiment(points, PointSet.empty(), runs, objective=objective)


def right_work_is_right(window, dialog, experiment, qtbot):
    rows = computed(experiment)[0].whole.p[:5]
    text = "\n".join(f"{step}\t{w:.6f}\t{b:.6f}" for step, (w, b) in enumerate(rows.tolist()))
    QGuiApplication.clipboard().setText(f"{text}\n")
    qtbot.mouseClick(dialog.paste_button, Qt.MouseButton.LeftButton)
    settled(qtbot, dialog)
    assert dialog.verdict.toPlainText().startswith("All 5 rows are right, to the decimals given.")


def a_step_is_filled_in(window, fill_in, experiment, qtbot):
    window.session.select(1)
    window.session.play(lambda head: head.seek(3))
    qtbot.waitUntil(lambda: fill_in.sheet is not None and fill_in.sheet.update.t == 4)
    settled(qtbot, fill_in)
    assert {row.blank.target for row in fill_in.rows.rows} >= {"g", "v_t", "w_next"}
    for row in fill_in.rows.rows:
        row.field.setText("")
        qtbot.keyClicks(row.field, with_ascii_minus(row.blank.text))
        qtbot.keyClick(row.field, Qt.Key.Key_Return)
        assert row.words.text() == "Right"
    qtbot.waitUntil(lambda: cut_off_texts(fill_in) == [])


def rates_are_tried(window, dialog, experiment, qtbot):
    qtbot.mouseClick(dialog.ladder, Qt.MouseButton.LeftButton)
    settled(qtbot, dialog)
    qtbot.waitUntil(lambda: [trial.rate for trial in dialog.trials] == list(LADDER))
    for trial in dialog.trials:
        run = experiment.runs[0]
        alone = replace(experiment, runs=(replace(run, optimizer=run.optimizer.replace(eta=trial.rate)),))
        np.testing.assert_array_equal(trial.loss, computed(alone)[0].whole.loss[: len(trial.loss)])


def a_step_is_predicted(window, predict, experiment, qtbot):
    window.session.play(lambda head: head.seek(2))
    qtbot.waitUntil(lambda: predict.landing.can_ask and not predict.tasks.is_busy)
    page = predict.landing
    qtbot.keyClick(page.frame, Qt.Key.Key_Left)
    qtbot.keyClick(page.frame, Qt.Key.Key_Return)
    assert "from where the run landed" in page.words.text()


def runs_are_ranked_by_the_loss(window, predict, experiment, qtbot):
    page = predict.ranking
    window.session.play(lambda head: head.seek(40))
    qtbot.waitUntil(lambda: predict.landing.can_ask and not predict.tasks.is_busy)
    predict.pages.setCurrentIndex(1)

    def is_revealed():  # the window may tell of the run once more, and the question is asked anew
        if page.result is None and not predict.tasks.is_busy:
            page.compute()
        return page.result is not None

    qtbot.waitUntil(is_revealed)
    for one in page.result.each:
        losses = experiment.training.loss(one.record.p)
        np.testing.assert_allclose(one.record.loss, losses, rtol=1e-12, atol=1e-14)


def it_asks_about_surfaces_and_rules_of_its_own(window, opened, experiment, qtbot):
    qtbot.waitUntil(lambda: opened.question is not None)


# Exercises with surfaces and rules of their own do not depend on the objective: one is enough.
EXERCISES = [
    ("check_work", right_work_is_right),
    ("fill_in", a_step_is_filled_in),
    ("find_rate", rates_are_tried),
    ("predict", a_step_is_predicted),
    ("predict", runs_are_ranked_by_the_loss),
]
OF_THEIR_OWN = [
    ("quiz", it_asks_about_surfaces_and_rules_of_its_own),
    ("wrong_line", it_asks_about_surfaces_and_rules_of_its_own),
]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_exercises_work_with_another_loss(opened, qtbot, objective):
    experiment = experiment_of(objective)
    window, session = opened(experiment)

    if WHOLE or objective == "function":
        exercises = EXERCISES + OF_THEIR_OWN
    else:  # the others are done with the next one
        exercises = EXERCISES[list(OBJECTIVES).index(objective) % 2 :: 2]

    @every(("name", "works"), exercises, ids=lambda one: getattr(one, "__name__", one))
    def do(name, works):
        session.open(experiment)
        qtbot.waitUntil(window.is_settled)
        window.commands[name].trigger()
        works(window, window.exercises.opened[name], experiment, qtbot)
        window.exercises.close()

    do()


def test_guess_work_says_that_it_needs_a_sigmoid(opened, qtbot):
    window, session = opened(experiment_of("function"))
    words = "Guess work is about a sigmoid that is dragged by hand: choose the sigmoid as the neuron."
    for name in ("function", "ReLU", "logits"):
        session.open(experiment_of(name))
        with qtbot.waitSignal(window.exercises.refused) as refused:
            window.commands["guess_work"].trigger()
        assert refused.args == [words]
        assert window.exercises.opened == {}


def test_guess_work_has_the_loss_of_the_document(exercise, qtbot):
    experiment = experiment_of("cross-entropy")
    _, session, sheet = exercise("guess_work", experiment)
    guess = sheet.save_state()["guess"]
    loss = float(experiment.training.loss(np.array([guess.w, guess.b])))
    assert guess.loss == pytest.approx(loss)
    session.edit(replace(experiment, objective=OBJECTIVES["ReLU"][0]), "Other")
    qtbot.waitUntil(lambda: "This exercise keeps what it began with." in sheet.note)
    assert sheet.again.isHidden()
    session.edit(replace(experiment, objective=NeuronObjective()), "Lecture")
    qtbot.waitUntil(lambda: sheet.note.startswith("The loss was changed"))
    qtbot.mouseClick(sheet.again, Qt.MouseButton.LeftButton)
    assert sheet.save_state()["guess"].loss != pytest.approx(loss)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_pages_of_the_window_show_another_loss(opened, qtbot, objective):
    experiment = experiment_of(objective)
    window, session = opened(experiment)
    for number, page in enumerate(("step", "code", "why", "memory"), list(OBJECTIVES).index(objective)):
        if number % 2 and not WHOLE:  # the next objective is shown on the other pages
            continue
        window.commands[f"page_{page}"].trigger()
        for step in (1, 40, 41) if WHOLE else (1, 40):
            session.play(lambda head, step=step: head.seek(step))
            qtbot.waitUntil(lambda step=step: session.frame().current.step == step)
            qtbot.waitUntil(window.is_settled)
        window.setUpdatesEnabled(True)
        assert not window.cards.run_card.grab().isNull()
        window.setUpdatesEnabled(False)
        session.edit(replace(scene("first-neuron"), runs=experiment.runs), "The lecture's")
        qtbot.waitUntil(window.is_settled)
        session.document.undo()
        qtbot.waitUntil(window.is_settled)
    # And the code is that of the loss.
    window.commands["page_code"].trigger()
    session.play(lambda head: head.seek(4))
    qtbot.waitUntil(lambda: session.frame().update is not None and session.frame().update.t == 5)
    (card,) = window.findChildren(CodeCard)
    lines = shown_lines(lecture_code(experiment, experiment.runs[0]))
    qtbot.waitUntil(lambda: card.view.text().splitlines() == [line.text for line in lines])
