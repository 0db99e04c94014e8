"""A rule and a schedule of one's own, registered while the program runs: everything works with them."""

import contextlib
import csv
import io
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QAbstractItemView, QLabel

from gdsim.cli import main
from gdsim.core.analysis.arrows import ArrowKind, arrows
from gdsim.core.analysis.series import CurveKind
from gdsim.core.analysis.worked import rule_in_letters
from gdsim.core.files.scene import load_scene, scene_text
from gdsim.core.files.script.run_program import program_of
from gdsim.core.files.script.writing import script_of
from gdsim.core.lessons.view import PAGES
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES, beta, epsilon, eta
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.schedules import SCHEDULES, ScheduleKind
from gdsim.core.settings import COUNT, NOT_NEGATIVE, Setting
from gdsim.gui.step.step_card import CopyButton
from gdsim.gui.style.theme import THEMES, run_styles
from tests.core.files.script_runs import load, run_script, tables
from tests.core.records import columns_of
from tests.every import every, in_turn
from tests.gui.code_lines import numbers_at_margin
from tests.gui.shared_window import shared
from tests.gui.windows import near

# fmt: off
ADAMW = Rule("decayed-adam", "Decayed Adam", "Step as Adam does, and let every parameter shrink beside it.", (
    eta(0.1), beta("beta1", "β₁", 0.9, "The old m kept."), beta("beta2", "β₂", 0.999, "The old v kept."),
    epsilon(),
    Setting("decay", "λ", "weight decay", "The share that is lost.", 0.02, NOT_NEGATIVE, 0.0, 1.0)), """
    m_t = beta1*m + (1 - beta1)*g
    v_t = beta2*v + (1 - beta2)*g**2
    m_hat = m_t / (1 - beta1**t)
    v_hat = v_t / (1 - beta2**t)
    w_next = w - eta / (sqrt(v_hat) + eps) * m_hat - eta*decay*w
""", "I. Loshchilov, F. Hutter, Decoupled weight decay regularization, ICLR 2019.")
COSINE = ScheduleKind("cosine", "cosine with restarts", "The learning rate falls again and again.",
    (Setting("period", "T", "period", "Steps from one restart to the next.", 50, COUNT, 1, 1000),), """
    phase = mod(step, period) / period
    eta = eta0*(1 + cos(pi*phase))/2
""")
# fmt: on
POINTS = [(0.5, 0.2), (2.5, 0.9), (-1.0, 0.4)]
START, EPOCHS, ETA0 = (-2.0, 1.5), 120, 0.3


def by_hand(epochs, *, mistake=""):
    """Return w, b and the loss after each step, from a loop that is written anew."""
    p, m, v = list(START), [0.0, 0.0], [0.0, 0.0]
    rows = [(*p, loss(p))]
    for step in range(epochs):
        eta_ = ETA0 * (1 + math.cos(math.pi * (step % 50) / 50)) / 2
        g = gradient(p)
        for i in range(2):
            m[i] = 0.9 * m[i] + 0.1 * g[i]
            v[i] = 0.999 * v[i] + 0.001 * g[i] ** 2
            m_hat = m[i] if mistake == "no correction" else m[i] / (1 - 0.9 ** (step + 1))
            v_hat = v[i] / (1 - 0.999 ** (step + 1))
            p[i] += -eta_ / (math.sqrt(v_hat) + 1e-8) * m_hat - eta_ * 0.02 * p[i]
        rows.append((*p, loss(p)))
    return np.array(rows)


def f(p, x):
    return 1 / (1 + math.exp(-(p[0] * x + p[1])))


def loss(p):
    return 0.5 * sum((f(p, x) - y) ** 2 for x, y in POINTS)


def gradient(p):
    slopes = [((f(p, x) - y) * f(p, x) * (1 - f(p, x)), x) for x, y in POINTS]
    return [sum(slope * x for slope, x in slopes), sum(slope for slope, _ in slopes)]


@pytest.fixture(autouse=True, scope="module")
def _registered():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(RULES, ADAMW.id, ADAMW)
        patch.setitem(SCHEDULES, COSINE.id, COSINE)
        yield


@pytest.fixture
def experiment():
    run = Run(ADAMW(eta=ETA0), schedule=COSINE(), start=START, epochs=EPOCHS)
    points = PointSet([x for x, _ in POINTS], [y for _, y in POINTS])
    return Experiment(points, PointSet.empty(), (run,), title="An own rule")


@pytest.fixture
def window(experiment, qtbot):
    return shared(qtbot, experiment, painted=False)[0]


def test_its_numbers_are_those_of_its_formula(experiment):
    record = columns_of(experiment.runs[0], experiment.points)
    found = np.column_stack([record.p, record.loss])
    np.testing.assert_allclose(found, by_hand(EPOCHS), rtol=1e-9, atol=1e-12)


def test_it_is_chosen_and_edited_in_the_window(window, qtbot):
    editor = window.cards.editor
    window.session.edit(replace(window.session.experiment, runs=(Run(),)), "Plain descent")
    window.cards.runs.add_requested.emit(ADAMW.id)
    qtbot.waitUntil(window.is_settled)
    assert window.session.selected_run.optimizer == ADAMW()
    assert window.session.selected_run.name == "Decayed Adam"
    texts = " ".join(label.text() for label in editor.findChildren(QLabel))
    assert ADAMW.summary in texts
    for line in rule_in_letters(ADAMW()):
        assert line in texts


@every("theme", THEMES)
def test_it_is_drawn_in_every_pane(window, theme):
    session, cards = window.session, window.cards
    window.setUpdatesEnabled(True)
    window.appearance.set_theme(theme)
    session.play(lambda head: head.seek(100))
    for kind, page in in_turn(CurveKind, range(len(PAGES))):
        cards.run_card.show_page(page)
        cards.curves.choose(kind)
        window.show_now()
    cards.curves.choose(CurveKind.LOSS)
    window.show_now()
    colour = run_styles(session.experiment.runs, THEMES[theme])[0].colour
    assert colour in THEMES[theme].spare_colours
    for pane in (cards.curves, cards.contours, cards.surface, cards.fit, cards.runs):
        assert near(pane.grab(), colour) > 20, pane


def test_it_is_played_worked_out_and_copied(window, qtbot, experiment):
    session, cards = window.session, window.cards
    cards.run_card.show_page(1)
    session.play(lambda head: head.at_speed(500.0).play())
    qtbot.waitUntil(lambda: session.playhead.cursor > 60)
    session.play(lambda head: head.pause().seek(60))
    window.show_now()
    record = columns_of(experiment.runs[0], experiment.points)
    update = session.frame().update
    np.testing.assert_array_equal(update.at("w_next"), record.p[61])
    assert {arrow.kind for arrow in arrows(update)} == {ArrowKind.GRADIENT, ArrowKind.AVERAGE, ArrowKind.STEP}
    for action in cards.run_card.findChild(CopyButton).menu().actions()[:3]:
        action.trigger()
        copied = QGuiApplication.clipboard().text()
        assert "Decayed Adam" in copied
        assert repr(abs(float(record.p[61, 0]))) in copied


def test_own_work_is_checked_and_a_mistake_named(window, qtbot):
    window.exercises.open("check_work")
    dialog = window.exercises.opened["check_work"]

    def check(rows):
        lines = "\n".join(f"{step}\t{w:.6f}\t{b:.6f}" for step, (w, b, _) in enumerate(rows))
        QGuiApplication.clipboard().setText(lines + "\n")
        qtbot.mouseClick(dialog.paste_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not dialog.pause_timer.isActive() and not dialog.tasks.is_busy)
        return dialog.verdict.toPlainText()

    assert "right" in check(by_hand(6))
    said = check(by_hand(6, mistake="no correction"))
    assert "Step 1 is the first that differs" in said
    assert "m was not corrected: m̂ₜ = mₜ / (1 − β₁ᵗ)" in said


def test_it_is_predicted_and_explained(window, qtbot, experiment):
    window.session.play(lambda head: head.seek(40))
    window.exercises.open("predict")
    page = window.exercises.opened["predict"].landing
    qtbot.waitUntil(lambda: page.can_ask)
    page.put_mark(0.0, 0.0)
    page.act()
    record = columns_of(experiment.runs[0], experiment.points)
    np.testing.assert_allclose(page.result.path[-1], record.p[41], rtol=1e-12)
    why = page.reasons.text()
    assert "η/(√v̂ₜ + ε)" in why or "η / (√(v̂ₜ) + ε)" in why
    decay = -0.02 * record.eta[41] * record.p[40]
    assert "Whatever the gradient is" in why
    assert f"{abs(decay[0]):.3g}" in why


def test_its_script_prints_the_same_numbers(experiment, tmp_path):
    ((name, rows),) = tables(run_script(experiment, tmp_path, "--csv"))
    record = columns_of(experiment.runs[0], experiment.points)
    assert name == "Decayed Adam"
    np.testing.assert_array_equal(rows, np.column_stack([record.p, record.loss]))
    assert "numpy" not in script_of(experiment)


def test_its_code_is_shown_with_its_numbers_and_runs_alone(window, experiment):
    session, run = window.session, experiment.runs[0]
    session.play(lambda head: head.seek(60))
    window.view.open_page("code")
    window.show_now()
    model = window.cards.code.findChild(QAbstractItemView).model()
    text = "\n".join(line.text for line in model.lines)
    assert "        eta = eta0 * (1 + math.cos(math.pi * phase)) / 2\n" in text
    assert "        w = w - eta / (math.sqrt(v_w_hat) + eps) * m_w_hat - eta * decay * w\n" in text
    shown, wanted = numbers_at_margin(model), by_hand(EPOCHS)[61]
    assert (shown["w"], shown["b"]) == pytest.approx((wanted[0], wanted[1]), rel=1e-3)
    program = program_of(experiment, run)
    assert text in program
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        load(program)
    rows = (row.split("\t")[1:4] for row in printed.getvalue().splitlines()[1:-1])
    np.testing.assert_allclose(np.array([*rows], dtype=np.float64), by_hand(EPOCHS), rtol=1e-9, atol=1e-12)


def test_its_scene_is_saved_and_opened(experiment, tmp_path):
    path = tmp_path / "own.json"
    path.write_text(scene_text(experiment), encoding="utf-8")
    assert load_scene(path) == experiment
    run = json.loads(path.read_text(encoding="utf-8"))["runs"][0]
    assert run["algorithm"] == "decayed-adam"
    assert run["schedule"] == {"kind": "cosine", "period": 50}


def test_the_command_line_knows_it(experiment, tmp_path, capsys):
    path = tmp_path / "own.json"
    path.write_text(scene_text(experiment), encoding="utf-8")
    assert main(["algorithms"]) == 0
    listed = capsys.readouterr().out
    assert "decayed-adam" in listed
    assert "λ" in listed or "decay" in listed
    assert main(["run", str(path), "--csv", "-"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    np.testing.assert_allclose([float(row["w"]) for row in rows], by_hand(EPOCHS)[:, 0], rtol=1e-9)
    picture = tmp_path / "own.png"
    assert main(["record", str(path), str(picture), "--step", "30", "--size", "1280x720", "--no-opengl"]) == 0
    assert QImage(str(picture)).width() == 1280


def test_the_data_is_no_longer_than_ten_lines():
    """What a rule takes is its entry, and nothing else: no other file of the program names one."""
    source = Path(__file__).read_text(encoding="utf-8")
    entry = source[source.index("ADAMW = ") : source.index("COSINE = ")]
    assert entry.strip().count("\n") + 1 <= 10
