"""The memory of a run, in bars, curves and words."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QToolButton

from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import SCHEDULES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.gui.export.picture import image_of
from gdsim.gui.memory.memory_choice import CORRECTION, ROOT, WEIGHTS
from gdsim.gui.memory.memory_pane import MemoryPane
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.theme import DARK, LIGHT
from gdsim.session.frame import Frame, RunView
from tests.core.records import computed, one_run
from tests.every import every, pairs_of
from tests.gui.frames import frame_at, scene
from tests.gui.windows import cut_off_texts, in_window
from tests.work import calls_of

EMPTY = Frame(0, 0, False, (), 0)


@pytest.fixture(scope="module")
def records():
    """A run of every rule, a hundred steps long."""
    runs = tuple(Run(rule(), epochs=100) for rule in RULES.values())
    experiment = Experiment(PointSet([0.5, 2.5], [0.2, 0.9]), PointSet.empty(), runs)
    return experiment, computed(experiment)


@pytest.fixture
def pane(qtbot, records):
    return in_window(qtbot, MemoryPane(), width=340, height=400)


def choose(pane, view, letter="m"):
    """Choose as a person would."""
    pane.choice.show_letter(letter)
    next(one for one in pane.choice.findChildren(QToolButton) if one.text() == view.capitalize()).click()


def show(pane, records, rule, step):
    """Show a rule's run at a step, without the worked update, so that the step is the update's number."""
    frame = frame_at(records[0], step, records[1])
    frame = replace(frame, selected=list(RULES).index(rule), update=None)
    pane.show_frame(frame)
    return frame


def chips(pane):
    return [button.text() for button in pane.choice.findChildren(QToolButton) if button.isVisible()]


def shown(pane):
    return next(name for name in ("bars", "bias", "root") if getattr(pane, name).isVisible())


def test_momentum_in_words_and_bars(pane, records):
    show(pane, records, "momentum", 75)
    assert shown(pane) == "bars"
    assert pane.words.words.startswith(
        "The last 10 of 75 gradients have 65.2\xa0% of their total weight in v"
    )
    assert "where all g agree, v is 10 times g" in pane.words.words
    assert chips(pane) == []


def test_the_memories_stand_in_the_order_of_their_rule_whatever_was_shown_before(pane, records, qtbot):
    for rule in ("rmsprop", "adam"):  # the first has v alone
        show(pane, records, rule, 5)
    chosen = {button.text(): button for button in pane.choice.findChildren(QToolButton)}
    qtbot.waitUntil(lambda: chosen["v"].x() > chosen["m"].x())
    chosen["m"].setFocus(Qt.FocusReason.TabFocusReason)
    pane.choice.focusNextChild()
    assert QApplication.focusWidget() is chosen["v"]


def test_early_on_the_memory_is_not_full(pane, records):
    show(pane, records, "rmsprop", 1)
    assert pane.words.words.startswith("v holds the only gradient so far. The newest g² has weight 0.1")
    show(pane, records, "rmsprop", 4)
    assert pane.words.words.startswith("v holds all 4 gradients. The newest g² has weight 0.1")
    assert "only 0.344, since v starts at 0" in pane.words.words
    show(pane, records, "rmsprop", 99)
    assert "v is an average" in pane.words.words


def test_a_memory_that_starts_elsewhere_is_not_said_to_start_at_zero(pane):
    lines = "v_0 = 5\nv_t = 0.9*v + 0.1*g**2\nw_next = w - eta*g / sqrt(v_t + 1)"
    rule = replace(RULES["gd"], id="started", lines=lines)
    experiment = one_run(Run(rule(), epochs=100))
    frames = {t: replace(frame_at(experiment, t), update=None) for t in (3, 99)}
    pane.show_frame(frames[3])
    assert "v holds all 3 gradients." in pane.words.words
    assert "starts at 0" not in pane.words.words
    assert pane.words.words.endswith(
        "Together they weigh 0.271. Besides them, 72.9\xa0% of what v started from is left in it."
    )
    pane.show_frame(frames[99])
    assert "v is an average" in pane.words.words
    assert "started" not in pane.words.words


def test_a_sum_of_squares_that_weighs_more_than_one_lacks_nothing(pane):
    lines = "v_t = 0.5*v + g**2\nw_next = w - eta*g / sqrt(v_t + 1)"
    experiment = one_run(Run(replace(RULES["gd"], id="more", lines=lines)(), epochs=100))
    pane.show_frame(replace(frame_at(experiment, 50), update=None))
    assert "Together they weigh 2: where all g² agree, v is 2 times g²." in pane.words.words


def remembering(line):
    """Return an experiment whose run remembers as a line says, and goes nowhere."""
    lines = f"v_t = {line}\nw_next = w - 0*eta*v_t"
    return one_run(Run(replace(RULES["gd"], id="remembering", lines=lines)(), epochs=100))


@pytest.mark.parametrize(
    ("line", "t", "words"),
    [
        # As in Keras: the velocity points down, so all weights are negative.
        (
            "0.9*v - g",
            60,
            "The last 10 of 60 gradients have 65.2\xa0% of their total weight in v. The newest g",
        ),
        ("0.9*v - g", 60, "Together they weigh −9.98: where all g agree, v is −9.98 times g."),
        ("-0.5*v + g", 60, "The last 2 of 60 gradients have 75\xa0% of their total weight in v."),
        ("-0.5*v + g", 60, "Together they weigh 0.667"),
        ("0.2*v + g", 60, "The newest of 60 gradients has 80\xa0% of their total weight in v."),
        (
            "1.5*v + g",
            60,
            "None of the 60 gradients is ever forgotten in v. The newest g has weight 1, every ",
        ),
        ("-1*v + g", 60, "None of the 60 gradients is ever forgotten in v."),
        (
            "v + g",
            60,
            "All 60 gradients count alike in v, the first as much as the last: none is ever forgotten.",
        ),
        ("v + g**2", 60, "none is ever forgotten, so v only grows."),
        ("v + g", 1, "v holds the only gradient so far. The newest g has weight 1"),
    ],
)
def test_weights_of_any_sign_and_size_are_told(pane, line, t, words):
    pane.show_frame(replace(frame_at(remembering(line), t), update=None))
    assert words in pane.words.words


def test_bars_of_negative_weights_hang_down(pane):
    pane.show_frame(replace(frame_at(remembering("0.9*v - g"), 60), update=None))
    bars = pane.bars
    assert "the last 10 make up 65.2\xa0%" in bars.picture_in_words()
    newest = QPointF(bars.width() - 3.0, bars.height() / 2.0)
    assert bars.words_at(newest) == "The gradient of update 60 has weight −1: 10\xa0% of all."
    image = bars.grab().toImage()
    newest, older = (
        [y for y in range(image.height() - 60) if image.pixelColor(x, y).name() == LIGHT.memory]
        for x in (image.width() - 4, image.width() - 6 * 5)
    )
    assert min(newest) == min(older) > 14  # below the words
    assert max(newest) > max(older)


def test_of_a_single_gradient_the_bars_speak_in_the_singular(pane):
    pane.show_frame(replace(frame_at(remembering("0.2*v + g"), 60), update=None))
    assert (
        pane.bars.picture_in_words()
        == "After update 60 the newest gradient has weight 1, which is 80\xa0% of the weight of "
        "60 gradients."
    )


def test_with_another_input_the_first_weight_has_another_name(pane):
    optimizer = RULES["adam"]()
    choose(pane, CORRECTION)
    for x, start, name in (([0.5, 2.5], (0.0, 0.0), "w"), (np.eye(2), (0.0, 1.0, 2.0), "w₁")):
        points = PointSet(x, [0.2, 0.9])
        experiment = Experiment(
            points, PointSet.empty(points.dimension), (Run(optimizer, start=start, epochs=9),)
        )
        pane.show_frame(replace(frame_at(experiment, 3), update=None))
        assert chips(pane)[-2:] == [name, "b"]


@every(("rule", "letter"), [("amsgrad", "u"), ("adamax", "u"), ("adadelta", "u"), ("lookahead", "s")])
def test_a_memory_that_is_no_weighted_sum_is_called_that(pane, records, rule, letter):
    choose(pane, WEIGHTS, letter)
    show(pane, records, rule, 9)
    words = pane.findChild(PlainLabel)
    assert words.isVisible()
    assert words.text().startswith(f"{letter} is not a weighted sum of past gradients")


def test_adagrad_forgets_nothing(pane, records):
    show(pane, records, "adagrad", 90)
    assert "All 90 gradients count alike in v" in pane.words.words
    assert chips(pane) == ["Weights", "Root"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("bfgs", "BFGS remembers B, which it has learnt from the gradients of all steps so far"),
        ("newton", "Newton keeps nothing of past gradients"),
    ],
)
def test_what_a_second_order_method_remembers_is_told(pane, rule, words):
    run = Run(SECOND_ORDER_RULES[rule](), start=(3.0, -5.0), epochs=5)
    pane.show_frame(frame_at(replace(scene("valley"), runs=(run,)), 3))
    assert pane.findChild(PlainLabel).text().startswith(words)


def test_plain_descent_has_no_memory_and_the_start_no_update(pane, records):
    show(pane, records, "gd", 50)
    nothing = pane.findChild(PlainLabel)
    assert nothing.text() == (
        "Gradient descent keeps nothing of past gradients: each step uses the newest one only."
    )
    assert nothing.isVisible()
    assert not pane.words.isVisible()
    show(pane, records, "momentum", 0)
    assert "There is no step to show" in nothing.text()
    pane.show_frame(EMPTY)
    assert nothing.text() == "There is no run. Add one under Runs."
    pane.show_frame(replace(EMPTY, is_waiting=True))
    assert nothing.text() == "The first step is not computed yet."
    show(pane, records, "momentum", 1)
    assert pane.bars.isVisible()
    assert pane.words.isVisible()


def test_the_update_that_the_frame_explains_is_shown(pane, records):
    frame = frame_at(records[0], 20, records[1])
    assert frame.update.t == 21
    pane.show_frame(replace(frame, update=replace(frame.update), selected=1))
    assert "21 gradients" in pane.words.words


def test_adam_has_two_averages_and_a_correction(pane, records, qtbot):
    show(pane, records, "adam", 5)
    assert chips(pane) == ["m", "v", "Weights", "Correction"]
    assert "Together they weigh 1 − 0.9⁵ = 0.41; divided by that, they weigh 1." in pane.words.words
    _click(pane, "v", qtbot)
    assert "Together they weigh 1 − 0.999⁵ = 0.00499" in pane.words.words
    _click(pane, "Correction", qtbot)
    assert shown(pane) == "bias"
    assert chips(pane) == ["m", "v", "Weights", "Correction", "w", "b"]
    _click(pane, "m", qtbot)
    record = records[1][list(RULES).index("adam")].until(100)
    mean, m = record.gradient[1:6, 0].mean(), record.state[0, 5, 0]
    assert f"{mean:.3g}".replace("-", "−") in pane.words.words
    assert f"{m:.3g}".replace("-", "−") in pane.words.words
    _click(pane, "b", qtbot)
    assert f"{record.state[0, 5, 1]:.3g}".replace("-", "−") in pane.words.words
    # What was chosen is still chosen after a run that has no such choice.
    show(pane, records, "momentum", 5)
    assert shown(pane) == "bars"
    show(pane, records, "adam", 5)
    assert shown(pane) == "bias"
    show(pane, records, "adam", 90)
    assert "the start at 0 is forgotten" in pane.words.words


def _click(pane, name, qtbot):
    button = next(one for one in pane.choice.findChildren(QToolButton) if one.text() == name)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.isChecked()


def test_the_words_say_when_the_correction_is_off(pane):
    experiment = scene("bias-correction")
    frame = frame_at(experiment, 4, computed(experiment))
    pane.show_frame(replace(frame, selected=1, update=None))
    assert "the correction that would make it 1 is off" in pane.words.words
    choose(pane, CORRECTION)
    assert "is off" in pane.words.words
    pane.show_frame(replace(frame, update=None))
    assert "is off" not in pane.words.words


def test_the_root_is_argued_for(pane):
    experiment = scene("no-root")
    frame = replace(frame_at(experiment, 10, computed(experiment)), update=None)
    choose(pane, ROOT)
    pane.show_frame(frame)
    assert shown(pane) == "root"
    assert "With the root, w and b get steps of 0.032 and 0.032" in pane.words.words
    assert "instead of √10 = 3.16" in pane.words.words
    pane.show_frame(replace(frame, selected=1))
    assert pane.words.words.endswith("In this run the root is off.")


def test_an_average_is_no_step_of_adam_even_when_there_is_nothing_to_correct(pane):
    runs = (Run(RULES["adam"](), epochs=400), Run(RULES["adam"](bias_correction=False), epochs=400))
    experiment = Experiment(PointSet([0.5, 2.5], [0.2, 0.9]), PointSet.empty(), runs)
    record = computed(experiment)
    for selected in (0, 1):
        pane.show_frame(replace(frame_at(experiment, 399, record), selected=selected, update=None))
        assert pane.words.words.endswith("Together they weigh 1: m is an average.")


@pytest.mark.parametrize(
    ("lines", "t", "words"),
    [
        (
            "v_t = 0.9*v + eta*g\nw_next = w - v_t",
            1,
            "Together they weigh 1: where all g agree, v is 1 times g.",
        ),
        (
            "v_t = 0.9*v + 0.05*g**2\nw_next = w - eta*g / sqrt(v_t + 1)",
            99,
            "Together they weigh 0.5: where all g² agree, v is 0.5 times g².",
        ),
        (
            "v_t = 0.9*v + g\nv_hat = v_t / (1 - 0.9**t)\nw_next = w - eta*v_hat",
            2,
            "Together they weigh 1.9: where all g agree, v is 1.9 times g.",
        ),
    ],
)
def test_what_keeps_and_takes_another_share_than_all_is_no_average(pane, lines, t, words):
    experiment = one_run(Run(replace(RULES["gd"], id="sum", lines=lines)(), epochs=100))
    pane.show_frame(replace(frame_at(experiment, t), update=None))
    assert pane.words.words.endswith(words)


def test_under_a_schedule_older_gradients_do_not_weigh_one_times_the_other(pane):
    halving = Run(RULES["momentum"](), epochs=30, schedule=SCHEDULES["step"](every=10))
    experiment = Experiment(PointSet([0.5, 2.5], [0.2, 0.9]), PointSet.empty(), (halving,))
    pane.show_frame(replace(frame_at(experiment, 12, computed(experiment)), update=None))
    words = pane.words.words
    assert "The newest g has weight 0.5; of everything before it, 0.9 is kept." in words
    assert "times the weight of the one after it" not in words


def test_a_bar_tells_its_weight(pane, records):
    show(pane, records, "momentum", 75)
    bars = pane.bars
    newest = QPointF(bars.width() - 3.0, bars.height() / 2.0)
    assert bars.words_at(newest) == "The gradient of update 75 has weight 1: 10\xa0% of all."
    to_the_left = (bars.words_at(newest - QPointF(float(x), 0.0)) for x in range(bars.width()))
    assert "update 74 has weight 0.9" in next(words for words in to_the_left if "update 75" not in words)
    assert bars.words_at(QPointF(3.0, 1.0)) == ""
    show(pane, records, "momentum", 3)
    assert bars.words_at(QPointF(3.0, bars.height() / 2.0)) == ""


def test_the_updates_of_a_fork_have_the_numbers_that_its_rule_gives_them(pane):
    experiment = scene("what-if")  # both forks leave their parent at step 92, the first without its memory
    for index, number in ((1, 8), (2, 100)):
        run, record = experiment.runs[index], computed(experiment)[index]
        view = RunView.at(experiment, run, record, 8)
        pane.show_frame(Frame(100, 200, by_epoch=False, views=(view,), selected=0))
        assert pane.bars.picture_in_words().startswith(f"After update {number} the newest gradient")
        newest = QPointF(pane.bars.width() - 3.0, pane.bars.height() / 2.0)
        assert pane.bars.words_at(newest).startswith(f"The gradient of update {number} has weight")


def test_of_a_fork_only_the_gradients_since_it_are_counted(pane):
    experiment = scene("what-if")  # the second fork keeps the v of its parent, with 92 gradients in it
    run, record = experiment.runs[2], computed(experiment)[2]
    told = {
        1: "v holds one gradient since step 92. The newest g has weight 0.1, ",
        8: "v holds all 8 gradients since step 92. ",
        30: "The last 10 of 30 gradients since step 92 have 68\xa0% of their total weight in v. ",
    }
    for step, words in told.items():
        view = RunView.at(experiment, run, record, step)
        pane.show_frame(Frame(100, 200, by_epoch=False, views=(view,), selected=0))
        assert pane.words.words.startswith(words)
        counted = f"{step} gradient{'s' * (step > 1)} since step 92."
        assert pane.bars.picture_in_words().endswith(f" of the weight of {counted}")


def test_the_bars_are_where_the_weights_are(pane, records):
    show(pane, records, "momentum", 75)
    image = pane.bars.grab().toImage()
    height = image.height()
    assert image.pixelColor(QPoint(image.width() - 4, height // 3)).name() == LIGHT.memory
    assert image.pixelColor(QPoint(4, height // 3)).name() != LIGHT.memory


@pytest.mark.parametrize("size", [(300, 260), (340, 400), (640, 150)], ids=str)
def test_everything_fits(qtbot, records, size):
    pane = in_window(qtbot, MemoryPane(), width=size[0], height=size[1] + 60, theme=DARK)
    for rule, view, step in pairs_of(RULES, (WEIGHTS, CORRECTION, ROOT), (0, 1, 9, 100)):
        choose(pane, view, "v")
        show(pane, records, rule, step)
        QApplication.processEvents()
        assert cut_off_texts(pane) == []
        if pane.words.isVisible():
            words = pane.words
            assert words.toolTip() == "", (rule, view, step)  # which has the words of a text that is cut
            line = words.sizeHint().height() / 4 - 0.5  # at most half a pixel less than the height of a line
            assert words.line_count * line <= words.height() + 1, (rule, view, step)


@pytest.mark.parametrize("view", [WEIGHTS, CORRECTION])
def test_a_frame_costs_little(pane, records, view):
    choose(pane, view)
    selected = list(RULES).index("adam")
    frames = [replace(frame_at(records[0], step, records[1]), selected=selected) for step in range(1, 60)]
    assert min(calls_of(pane.show_frame, frame) for frame in frames) < 1500


def test_the_correction_is_drawn_as_fine_as_the_picture_that_it_is_in(pane, records, qtbot):
    show(pane, records, "adam", 40)
    _click(pane, "Correction", qtbot)
    width, height = pane.bias.width(), pane.bias.height()
    picture = image_of(pane.bias, (3 * width, 3 * height), 3.0, QColor("white"))
    grey = np.array(
        [[picture.pixelColor(x, y).lightness() for x in range(3 * 46)] for y in range(3 * height)]
    )
    blocks = grey.reshape(height, 3, 46, 3)
    uniform = (blocks == blocks[:, :1, :, :1]).all(axis=(1, 3))
    written = blocks.min(axis=(1, 3)) < 200
    assert uniform[written].mean() < 0.5, "the numbers were magnified"
