"""What captions may ask: measured against the record, by hand, and against the lecture's own numbers."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from gdsim.core.analysis.diagnosis import FindingKind
from gdsim.core.lessons.caption import (
    CaptionFault,
    filled_caption,
    numbers_in_caption,
    plain_text,
    read_caption,
)
from gdsim.core.lessons.expression import read_caption_expression
from gdsim.core.lessons.quantities import QUANTITIES, ExpressionFault, Measurements
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.objective_edits import use_function
from gdsim.core.model.plane import Plane, Slice
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.schedules import SCHEDULES
from gdsim.core.surface.sampling import sample_surface
from tests.core.records import computed, diagnose, scene, scene_records
from tests.every import every

GD = RULES["gd"]


def value(experiment, source, **here):
    return Measurements(experiment, **{"selected": 0, **here}).value(read_caption_expression(source).root)


def ask(name, source, **here):
    return value(scene(name), source, **here)


def caption(text, name="first-neuron", here=0):
    read = read_caption(text)
    return plain_text(
        filled_caption(read, numbers_in_caption(read, Measurements(scene(name), here, selected=0).value))
    )


def by_hand(w, b, x):
    return 1.0 / (1.0 + math.exp(-(w * x + b)))


def test_places_are_measured_as_by_hand():
    f1, f2 = by_hand(0.94, -0.94, 0.5), by_hand(0.94, -0.94, 2.5)
    assert ask("first-neuron", "output_at(0.94, -0.94, 2.5)") == pytest.approx(f2, rel=1e-12)
    loss = 0.5 * ((f1 - 0.2) ** 2 + (f2 - 0.9) ** 2)
    assert ask("first-neuron", "loss_at(0.94, -0.94)") == pytest.approx(loss, rel=1e-12)
    by_w = (f1 - 0.2) * f1 * (1 - f1) * 0.5 + (f2 - 0.9) * f2 * (1 - f2) * 2.5
    by_b = (f1 - 0.2) * f1 * (1 - f1) + (f2 - 0.9) * f2 * (1 - f2)
    assert ask("first-neuron", "gradient_at(0.94, -0.94, w)") == pytest.approx(by_w, rel=1e-12)
    assert ask("first-neuron", "gradient_at(0.94, -0.94, b)") == pytest.approx(by_b, rel=1e-12)
    assert ask("first-neuron", "gradient_at(0.94, -0.94)") == pytest.approx(math.hypot(by_w, by_b))


@every("text", ["1/w + b**2", "log(-1 - w**2)"])
def test_of_a_function_that_has_none_no_minimum_is_told(text):
    experiment = use_function(replace(scene("first-neuron"), runs=()), FunctionObjective(text))
    with pytest.raises(ExpressionFault, match="there is none in the window"):
        value(experiment, "minimum(loss)")


def test_runs_are_read_from_their_record():
    record = scene_records("valley")["Momentum"]
    assert ask("valley", "loss(Momentum, 40)") == record.loss[40]
    assert ask("valley", "loss(momentum, end)") == record.loss[100]
    assert ask("valley", "loss('Momentum', here)", here=7) == record.loss[7]
    assert ask("valley", "w(Momentum, 40)") == record.p[40, 0]
    assert ask("valley", "b(Momentum, 40)") == record.p[40, 1]
    assert ask("valley", "gradient(Momentum, 40, b)") == record.gradient[40, 1]
    assert ask("valley", "gradient(Momentum, 40)") == pytest.approx(np.linalg.norm(record.gradient[40]))
    assert ask("valley", "moved(Momentum, 10, 40, w)") == abs(record.p[40, 0] - record.p[10, 0])
    assert ask("valley", "moved(Momentum, 40, 10)") == pytest.approx(
        np.linalg.norm(record.p[40] - record.p[10])
    )
    assert ask("valley", "memory(Momentum, 40, v, w)") == record.state[0, 40, 0]
    assert ask("valley", "rises(Momentum, 0, end)") == (np.diff(record.loss) > 0.0).sum()
    assert ask("valley", "lowest(Momentum, 50, 80)") == record.loss[50:81].min()
    assert ask("valley", "highest(Momentum, 50, 80)") == record.loss[50:81].max()
    assert ask("valley", "first_below(Momentum, 0.01)") == np.argmax(record.loss < 0.01)
    assert ask("valley", "eta(Momentum, 40)") == 1.0
    assert ask("valley", "gamma(Momentum, 40)") == 0.9
    f = by_hand(*record.p[40], 2.4)
    assert ask("valley", "f(Momentum, 40, 2)") == pytest.approx(f, rel=1e-12)


def test_limits_are_those_of_the_update_that_begins_at_a_step():
    points, record = scene("valley").points, scene_records("valley")["Momentum"]
    for step in (0, 40, 100):
        hessian = np.zeros((2, 2))
        for x, y in zip(points.x[:, 0], points.y, strict=True):
            f = by_hand(*record.p[step], x)
            s = f * (1.0 - f)
            hessian += (s * s + (f - y) * s * (1.0 - 2.0 * f)) * np.outer([x, 1.0], [x, 1.0])
        steepest = float(np.linalg.eigvalsh(hessian)[-1])
        assert ask("valley", f"curvature(Momentum, {step})") == pytest.approx(steepest, rel=1e-9)
        assert ask("valley", f"product(Momentum, {step})") == pytest.approx(steepest, rel=1e-9)
        assert ask("valley", f"limit(Momentum, {step})") == pytest.approx(3.8, rel=1e-8)
    crosses = ask("adam-forgets", "first_beyond('Adam, η = 1', 1000)")
    product = (f"product('Adam, η = 1', {step})" for step in (crosses - 1, crosses))
    assert [ask("adam-forgets", one) > 38.0 for one in product] == [False, True]


def test_the_steps_of_a_fork_are_counted_on_from_its_parent():
    whole = scene("adam-forgets")
    parent = next(run for run in whole.runs if run.name == "Adam, η = 1")
    fork = replace(parent, name="fork", fork=Fork(parent, 500))
    forked = replace(whole, runs=(parent, fork))
    for source in ("first_beyond(RUN, 1000)", "loss(RUN, end)"):
        of_parent, of_fork = (value(forked, source.replace("RUN", f"'{run.name}'")) for run in forked.runs)
        assert of_fork == of_parent, source
    for source, words in (
        ("gradient(fork, 500)", "asks for update 500; the first update leads to step 501"),
        ("lowest(fork, 505, 503)", "goes from step 505 back to step 503"),
        ("first_beyond(fork, end)", "which never happens from step 3000 on"),
        ("loss(fork, 499)", "asks for step 499 of fork, which begins at 500"),
    ):
        with pytest.raises(ExpressionFault, match=words):
            value(forked, source)


def test_arguments_that_are_numbers_are_formulas():
    record = scene_records("valley")["Momentum"]
    assert ask("valley", "loss_at(w(Momentum, 40), b(Momentum, 40))") == record.loss[40]
    assert ask("valley", "gradient_at(1 + 1, 2, w)") == ask("valley", "gradient_at(2, sqrt(4), w)")
    assert ask("valley", "loss(Momentum, 20 * points)") == record.loss[40]
    assert ask("valley", "loss(Momentum, end - 10)") == record.loss[90]
    assert ask("valley", "loss(Momentum, min(here + 1, end))", here=100) == record.loss[100]
    assert (
        ask("valley", "loss(Momentum, first_below(Nesterov, 1/100))")
        == (record.loss[int(ask("valley", "first_below(Nesterov, 0.01)"))])
    )
    assert ask("valley", "y(points)") == scene("valley").points.y[-1]


def test_the_lectures_turns():
    assert ask("valley", "turns(Momentum)") == 12
    assert ask("valley", "turns(Nesterov)") == 2


def test_turns_are_counted_with_several_inputs_too():
    points = PointSet([[2.0, 0.1], [0.1, 0.2]], [0.5, 0.5])  # steep along the first weight alone, nearly
    run = Run(GD(eta=24.0), start=(0.1, 0.0, 0.0), epochs=20)
    steps = np.diff(computed(Experiment(points, PointSet.empty(2), (run,)))[0].whole.p[:, 0])
    turns = sum(before * after < 0.0 for before, after in pairwise(steps))
    assert turns > 3
    assert value(Experiment(points, PointSet.empty(2), (run,)), "turns(gd)") == turns


def test_page_why_counts_the_turns_as_a_caption_does():
    for run in scene("valley").runs[1:]:
        said = diagnose(scene("valley"), run, scene_records("valley")[run.name])
        turns = [one.numbers["turns in all"] for one in said if one.kind is FindingKind.U_TURN]
        counted = ask("valley", f"turns({run.name})")
        assert turns == [counted] * int(counted)  # each of them is listed


def test_rates_and_corrected_memories_of_adam():
    record = scene_records("bias-correction")["Corrected"]
    m, v = record.state[0, 3, 0], record.state[1, 3, 0]
    m_hat, v_hat = m / (1 - 0.9**3), v / (1 - 0.999**3)
    assert ask("bias-correction", "memory(Corrected, 3, m, w)") == m
    assert ask("bias-correction", "memory(Corrected, 3, m_hat, w)") == pytest.approx(m_hat, rel=1e-12)
    assert ask("bias-correction", "memory(Corrected, 3, v_hat, w)") == pytest.approx(v_hat, rel=1e-12)
    rate = 0.1 / math.sqrt(v_hat + 1e-8)
    assert ask("bias-correction", "rate(Corrected, 3, w)") == pytest.approx(rate, rel=1e-12)
    assert ask("bias-correction", "setting(Corrected, beta2)") == 0.999


def test_whatever_a_rule_calls_its_memories():
    lines = "speed_t = 0.5*speed + g\ns_t = s + speed_t**2\nw_next = w - eta / sqrt(s_t + 1) * g"
    rule = Rule("own", "Own", "A rule of one's own.", GD.settings, lines=lines)
    run = Run(rule(eta=0.5), epochs=5)
    own = Experiment(scene("first-neuron").points, PointSet.empty(1), (run,))
    state = computed(own)[0].whole.state[:, 5]
    assert value(own, "memory(own, 5, speed, w)") == state[0, 0]
    assert value(own, "memory(own, 5, s, b)") == state[1, 1]
    assert value(own, "rate(own, 5, b)") == pytest.approx(0.5 / math.sqrt(state[1, 1] + 1), rel=1e-12)
    with pytest.raises(ExpressionFault, match=r"asks for v of Own, which remembers speed, s$"):
        value(own, "memory(own, 5, v, w)")


def test_counting():
    assert ask("mini-batch", "points") == 6
    assert ask("sparse", "points_at(0)") == 80
    assert ask("mini-batch", "steps('B = 2')") == 180
    assert ask("mini-batch", "epochs('B = 2')") == 60
    assert ask("mini-batch", "per_epoch('B = 2')") == 3
    assert ask("mini-batch", "y(5)") == 0.1
    assert ask("mini-batch", "x(2)") == 0.35
    record = scene_records("mini-batch")["B = 2"]
    assert ask("mini-batch", "loss('B = 2', here)", here=7, by_epoch=True) == record.loss[21]


def test_the_minimum_is_where_the_gradient_ends():
    assert ask("first-neuron", "gradient_at(minimum(w), minimum(b))") < 1e-7
    assert ask("first-neuron", "loss_at(minimum(w), minimum(b)) - minimum(loss)") == pytest.approx(
        0.0, abs=1e-15
    )


def test_the_minimum_is_that_of_the_slice_that_the_window_draws():
    """It goes through the place where the selected run stands."""
    points = PointSet([[0.5, 1.0], [2.5, -1.0], [-1.0, 2.0]], [0.2, 0.9, 0.6])
    runs = (Run(GD(), start=(0.5, 3.0, 0.5)), Run(GD(eta=2.0), start=(0.5, -1.5, 0.5), name="second"))
    experiment = Experiment(points, PointSet.empty(2), runs)
    for selected, here in ((0, 0), (1, 0), (1, 40)):
        (*_, trajectory) = computed(experiment)[: selected + 1]
        held = float(trajectory.whole.p[here, 1])
        low = sample_surface(points, experiment.view_range, Plane((0, 2), (held,))).lowest
        for name in ("w", "b", "loss"):
            found = value(experiment, f"minimum({name})", here=here, selected=selected)
            assert found == getattr(low, name)
    fixed = replace(experiment, slice=Slice(held=(0.7,)))
    low = sample_surface(points, experiment.view_range, Plane((0, 2), (0.7,))).lowest
    assert value(fixed, "minimum(loss)", here=40, selected=1) == low.loss


@every(
    ("text", "words"),
    [
        ("{loss(Adam, 3)}", "names no run: Adam; there are Gradient descent"),
        ("{loss(gd, 1001)}", "asks for step 1001 of Gradient descent, which ends at step 1000"),
        ("{loss(gd, 1e300)}", "asks for step 1e300 of Gradient descent, which ends at step 1000"),
        ("{loss(gd, -1)}", "has -1 where a step should be: a whole number, here or end"),
        ("{loss(gd, 1/2)}", "has 0.5 where a step should be"),
        ("{gradient(gd, 0)}", "asks for update 0; the first update leads to step 1"),
        ("{gamma(gd, 1)}", "asks for the momentum of Gradient descent, which has none"),
        ("{memory(gd, 1, v, w)}", "asks for v of Gradient descent, which remembers nothing"),
        ("{memory(Momentum, 1, m, w)}", "asks for m of Momentum, which remembers v"),
        ("{setting(gd, beta)}", "asks for the setting beta"),
        ("{f(gd, 0, 3)}", "asks for point 3; there are 2"),
        ("{x(0)}", "asks for point 0; there are 2"),
        ("{gradient(gd, 1, c)}", "has c where a parameter should be: w, b"),
        (
            "{first_beyond(gd, 0)}",
            "asks when Gradient descent is beyond its limit, which never happens from step 0 on",
        ),
        ("{first_below(gd, -1)}", "asks when the loss of Gradient descent is below -1, which never happens"),
        ("{lowest(gd, 5, 3)}", "goes from step 5 back to step 3"),
        ("{minimum(height)}", "asks for the height of the minimum, which has w, b, loss"),
        ("{loss(gd, 0) / 0}", "divides by zero"),
        ("{loss(gd, 0) / (loss(gd, 0) - loss(gd, 0))}", "divides by zero"),
    ],
)
def test_what_is_not_there_is_a_fault_that_quotes_the_number(text, words):
    with pytest.raises(CaptionFault) as fault:
        caption(text)
    assert str(fault.value).startswith(f"{text} {words}")


def test_two_runs_of_a_rule_are_told_apart_by_name():
    with pytest.raises(ExpressionFault, match="names more than one run: gd"):
        ask("mini-batch", "loss(gd, 1)")


def test_places_need_a_plane():
    points = PointSet([[1.0, 2.0], [3.0, 1.0]], [0.2, 0.8])
    plane = Experiment(points, PointSet.empty(2), (Run(GD(), start=(0.0, 0.0, 0.0), epochs=3),))
    for source in ("loss_at(1, 2)", "gradient_at(1, 2, w)", "output_at(1, 2, 3)"):
        with pytest.raises(ExpressionFault, match="several inputs"):
            value(plane, source)
    assert value(plane, "gradient(gd, 1, w2)") == computed(plane)[0].whole.gradient[1, 1]
    assert value(plane, "b(gd, 3)") == computed(plane)[0].whole.p[3, 2]


def test_work_without_end_is_refused_and_no_more_is_computed_than_is_asked_for():
    points = PointSet(np.arange(1000.0), np.zeros(1000))
    long = Experiment(points, PointSet.empty(1), (Run(GD(), epochs=10_000_000),))
    with pytest.raises(ExpressionFault, match="10,000,000 steps of Gradient descent, which is too much"):
        value(long, "loss(gd, end)")
    assert value(long, "loss(gd, here)", here=2) == value(long, "loss(gd, 2)") > 0.0


def test_a_run_that_diverges_ends_where_it_does():
    run = Run(GD(), schedule=SCHEDULES["step"](factor=1e60, every=1), start=(0.0, 1.0), epochs=50)
    wild = Experiment(scene("first-neuron").points, PointSet.empty(1), (run,))
    assert value(wild, "steps(gd)") == 6
    assert value(wild, "loss(gd, 6)") >= 0.0
    with pytest.raises(ExpressionFault, match="asks for step 7 of Gradient descent, which ends at step 6"):
        value(wild, "loss(gd, 7)")


def test_places_too_far_away_are_answered():
    assert ask("first-neuron", "loss_at(1e300, -1e300)") > 0.0
    assert ask("first-neuron", "gradient_at(-1e300, 1e300)") == 0.0
    assert ask("first-neuron", "output_at(1e300, -1e300, 1e300)") == 1.0


def test_numbers_are_written_for_people():
    assert caption("{w(gd, 0)}, {loss(gd, 50)}, {loss(gd, 50) / loss(gd, 0) :2%}") == "−2, 0.407, 98\xa0%"
    assert caption("{steps(gd)}") == "1,000"
    assert caption("{loss(gd, end) :2}") == "2.4·10⁻¹¹"
    assert caption("{0 - 1/80000}") == "−1.25·10⁻⁵"


@every("text", ["a { b", "a } b", "$x", "*a", "{loss({gd}, 1)}"])
def test_signs_without_a_partner_are_refused(text):
    with pytest.raises(CaptionFault):
        read_caption(text)


def test_only_the_last_argument_may_be_left_out():
    for name, quantity in QUANTITIES.items():
        least, most = quantity.arity
        assert least in (most, most - 1), name
        assert quantity.arguments.count("[") == most - least == quantity.arguments.endswith("]")
