"""Choosing a neuron and its loss, and typing a function: what is said while one does, and what is taken."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from gdsim.core.model.gallery import GALLERY
from gdsim.core.model.objective import ACTIVATIONS, LECTURE, LOSSES, FunctionObjective, NeuronObjective
from gdsim.core.model.objective_edits import FUNCTION_NOISE, noisy_slopes
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.gui.objective.function_dialog import FunctionDialog
from gdsim.gui.objective.neuron_dialog import NeuronDialog
from gdsim.gui.objective.words import gallery_minima_words, loss_hint, noise_words, rate_words, shape_sentence
from gdsim.gui.style.stylesheet import stylesheet
from gdsim.gui.style.theme import DARK, LIGHT
from gdsim.session.tasks import TaskQueue
from tests.core.model.test_gallery import PLAIN
from tests.every import every
from tests.gui.windows import cut_off_texts, like, marked, pixels_of, show_in

BOWL = FunctionObjective("w**2 + 3*b**2")


@pytest.fixture
def neuron(qtbot):
    def open_one(objective=LECTURE, targets=(0.1, 0.9)):
        dialog = NeuronDialog(objective, np.array(targets))
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.open()
        return dialog

    return open_one


@pytest.fixture
def function(qtbot):
    queues = []

    def open_one(objective=None, slopes=ORIGIN):
        queues.append(TaskQueue())
        dialog = FunctionDialog(objective, slopes, queues[-1])
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.open()
        settle(qtbot, dialog)
        return dialog

    yield open_one
    for tasks in queues:
        tasks.close()


def settle(qtbot, dialog):
    qtbot.waitUntil(lambda: not dialog.pause_timer.isActive() and not dialog.tasks.is_busy)
    QApplication.processEvents()


def choose(box, data):
    index = box.findData(data)
    assert index >= 0
    box.setCurrentIndex(index)
    box.activated.emit(index)


def type_text(qtbot, dialog, text):
    dialog.lines.replace_all(text)
    assert not dialog.take.isEnabled()  # not before it is checked
    settle(qtbot, dialog)


def taken(qtbot, dialog, button):
    with qtbot.waitSignal(dialog.chosen) as said:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    return said.args[0]


# ------------------------------------------------------------------------------------------ the neuron


@pytest.mark.parametrize(
    "objective",
    [
        LECTURE,
        NeuronObjective("tanh", "huber", "mean", 0.25, 2.0),
        NeuronObjective("relu", "absolute"),
        NeuronObjective("identity", "cross-entropy", "mean"),
    ],
    ids=str,
)
def test_what_there_is_is_shown_and_given_back(neuron, qtbot, objective):
    dialog = neuron(objective)
    assert dialog.delta.isVisible() == (objective.loss == "huber")
    assert taken(qtbot, dialog, dialog.take) == objective


def test_formulas_and_what_follows_from_them_are_said_at_once(neuron, qtbot):
    dialog = neuron(targets=(0.1, 1.5))
    assert dialog.formulas.text() == "f(x) = σ(w·x + b)\nL = ½ Σ (f − y)²"
    assert "plateaus" in dialog.shape.text()
    assert "cannot fall below 0.125" in dialog.remark.text()
    choose(dialog.loss, "cross-entropy")
    assert dialog.formulas.text().endswith("L = −Σ (y ln f + (1 − y) ln(1 − f))")
    assert "convex" in dialog.shape.text()
    choose(dialog.activation, "identity")
    choose(dialog.loss, "squared")
    assert not dialog.remark.isVisible()
    assert [dialog.reduction.itemData(i) for i in range(dialog.reduction.count())] == [
        "half-sum",
        "sum",
        "mean",
    ]
    assert taken(qtbot, dialog, dialog.take) == NeuronObjective("identity", reduction="sum")


def test_half_the_sum_goes_with_squares_alone(neuron, qtbot):
    dialog = neuron()
    choose(dialog.loss, "huber")
    assert dialog.reduction.findData("half-sum") == -1
    dialog.delta.set_value(0.5)
    assert taken(qtbot, dialog, dialog.take) == NeuronObjective(loss="huber", delta=0.5)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_nothing_is_cut_off_in_the_neuron_s_dialog(neuron, activation):
    dialog = neuron(NeuronObjective(activation, "huber", l2=0.1), targets=(-2.0, 3.0))
    assert cut_off_texts(dialog) == []


def test_what_was_said_of_another_text_is_pale_while_a_text_is_wrong(function, qtbot):
    dialog = function()
    dialog.setStyleSheet(stylesheet(LIGHT))
    said = (dialog.gradient, dialog.known, dialog.about)
    assert dialog.gradient.text() == "∂L/∂w = w\n∂L/∂b = 10·b"
    for text, is_right in (("w**2 + 2b", False), ("w**2 + 2*b", True)):
        dialog.lines.replace_all(text)
        dialog.check_now()
        settle(qtbot, dialog)
        assert [label.isEnabled() for label in said] == 3 * [is_right]
        colour = QColor(LIGHT.text if is_right else LIGHT.faint)
        assert dialog.gradient.palette().color(dialog.gradient.foregroundRole()) == colour


@every("activation", ACTIVATIONS)
@every("loss", LOSSES)
def test_a_bowl_is_called_so_where_the_loss_is_convex(activation, loss):
    objective = NeuronObjective(activation, loss)
    assert ("one bowl" in shape_sentence(objective)) == objective.is_convex


@every("activation", ["sigmoid", "tanh", "relu"])
def test_nothing_is_called_level_that_a_penalty_tilts(activation):
    for l2, is_level in ((0.0, True), (0.1, False)):
        words = shape_sentence(NeuronObjective(activation, l2=l2))
        assert ("level" in words or "plateaus" in words) == is_level
        assert ("penalty" in words) != is_level


# ---------------------------------------------------------------------------------------- the function


def test_the_gallery_says_what_there_is_to_see_and_where_it_is_lowest(function, qtbot):
    dialog = function()
    for key, known in GALLERY.items():
        choose(dialog.gallery, key)
        settle(qtbot, dialog)
        assert dialog.lines.toPlainText() == known.text
        assert dialog.about.text() == known.about
        assert dialog.known.text().startswith(gallery_minima_words(known))
        assert dialog.gallery.currentData() == key
        assert cut_off_texts(dialog) == []
    chosen = taken(qtbot, dialog, dialog.take)
    assert (chosen.objective, chosen.slopes, chosen.known) == (known.objective, ORIGIN, known)


def test_no_letter_of_a_dialog_stands_without_a_word(function, neuron):
    shown = [label.text() for label in function().findChildren(QLabel)]
    assert any("noise σ" in text and "N tilted copies" in text for text in shown)
    assert "Penalty λ" in [label.text() for label in neuron().findChildren(QLabel)]


def test_a_function_is_checked_while_one_types(function, qtbot):
    dialog = function(BOWL)
    assert dialog.gallery.currentData() == ""
    assert dialog.gradient.text() == "∂L/∂w = 2·w\n∂L/∂b = 6·b"
    assert not dialog.known.isVisible()
    type_text(qtbot, dialog, "(1 - w)**2 +\n100*(b - x**2)**2")
    assert dialog.fault.text() == '"x" is neither w nor b.'
    assert marked(dialog) == ["x"]
    assert not dialog.take.isEnabled()
    assert like(pixels_of(dialog.lines.viewport()), LIGHT.fault_soft).sum() > 20
    qtbot.mouseClick(dialog.show_me, Qt.MouseButton.LeftButton)
    assert dialog.lines.textCursor().blockNumber() == 1
    type_text(qtbot, dialog, "(1 - w)**2 +\n100*(b - w**2)**2")
    assert not dialog.fault.isVisible()
    assert dialog.gallery.currentText() == "Rosenbrock"
    type_text(qtbot, dialog, "(1 - w)**2 +")
    assert not dialog.take.isEnabled()
    assert dialog.gallery.currentData() == ""
    type_text(qtbot, dialog, GALLERY["rosenbrock"].text)
    assert taken(qtbot, dialog, dialog.take).known is GALLERY["rosenbrock"]


def test_noise_is_made_and_noise_that_is_there_stays(function, qtbot):
    dialog = function(BOWL)
    dialog.noise.set_value(FUNCTION_NOISE(spread=2.345, copies=30, seed=4))
    slopes = taken(qtbot, dialog, dialog.take).slopes
    assert slopes == noisy_slopes(FUNCTION_NOISE(spread=2.345, copies=30, seed=4))
    again = function(BOWL, slopes)
    assert again.noise.value() == FUNCTION_NOISE(spread=2.345, copies=30)
    assert taken(qtbot, again, again.take).slopes == slopes
    without = function(BOWL, slopes)
    without.noise.set_value(FUNCTION_NOISE())
    assert taken(qtbot, without, without.take).slopes == ORIGIN


def test_noise_beyond_what_can_be_made_here_is_shown_as_the_most_and_stays(function, qtbot):
    slopes = PointSet([-1e15, 1e15] * 6000, [-1e15, 1e15] * 6000)
    dialog = function(BOWL, slopes)
    noise = dialog.noise.value()
    assert (noise.number("spread"), noise["copies"]) == (1e6, 10_000)
    assert taken(qtbot, dialog, dialog.take).slopes == slopes


def test_the_marks_follow_the_theme(function, qtbot):
    dialog = function(BOWL)
    type_text(qtbot, dialog, "w + q")
    show_in(DARK, dialog)
    assert like(pixels_of(dialog.lines.viewport()), DARK.fault_soft).sum() > 20


@every("key", sorted(GALLERY.keys() - {"ackley", "saddle", "monkey-saddle"}))
def test_the_rate_that_is_named_is_that_of_the_curvature(key):
    known, h = GALLERY[key], 1e-4
    limits = []
    for w, b in known.minima:
        value = [[PLAIN[key](w + i * h, b + j * h) for j in (-1, 0, 1)] for i in (-1, 0, 1)]
        ww = (value[2][1] - 2 * value[1][1] + value[0][1]) / h**2
        bb = (value[1][2] - 2 * value[1][1] + value[1][0]) / h**2
        wb = (value[2][2] - value[2][0] - value[0][2] + value[0][0]) / (4 * h**2)
        limits.append(2.0 / np.linalg.eigvalsh([[ww, wb], [wb, bb]]).max())
    assert float(rate_words(known.objective).rstrip(".").rpartition(" ")[2]) == pytest.approx(
        max(limits), rel=2e-3
    )


def test_no_rate_is_named_where_there_is_none():
    assert "tip" in rate_words(GALLERY["ackley"].objective)
    assert rate_words(GALLERY["saddle"].objective) == ""
    assert rate_words(BOWL) == ""


def test_noise_is_told():
    assert noise_words(ORIGIN).startswith("No noise")
    slopes = noisy_slopes(FUNCTION_NOISE(spread=2.35, copies=4))
    assert noise_words(slopes).startswith("Noise σ = 2.35: the mean of 4 tilted copies;")


@pytest.mark.parametrize("size", [10, 16])
def test_nothing_in_the_dialog_of_a_function_lies_over_another_thing(function, qtbot, size):
    dialog = function()
    font = dialog.font()
    font.setPointSize(size)
    dialog.setFont(font)

    def overlaps():
        inside = [one for one in dialog.content.children() if isinstance(one, QWidget)]
        shown = [one for one in inside if one.isVisible()]
        return [
            (one, other) for place, one in enumerate(shown) for other in shown[:place]
            if one.geometry().intersects(other.geometry())
        ]  # fmt: skip

    qtbot.waitUntil(lambda: overlaps() == [])


def test_the_penalty_is_named_beside_the_loss():
    """Its λ alone might be the weight decay of a rule."""
    assert loss_hint(NeuronObjective(l2=0.01)) == "Squared error, penalty λ 0.01"
    assert loss_hint(NeuronObjective("identity", "squared", "sum")) == "Squared error, convex"
