"""The page of the limit: what its gauge and its words say of a run."""

import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from gdsim.core.analysis.update import update_of
from gdsim.core.formulas.numerals import number
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import own_rule
from gdsim.core.rules.schedules import SCHEDULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.gui.arrows.stability import stability_colour, stability_of, stability_verdict
from gdsim.gui.paint.wrapped_text import WordsBox
from gdsim.gui.step.limit_pane import LimitPane
from gdsim.gui.style.theme import DARK, LIGHT
from gdsim.session.frame import Frame
from tests.core.analysis.diagnosis.measures import read
from tests.core.records import one_run
from tests.every import every
from tests.gui.frames import frame_at, frame_of_rule, scene
from tests.gui.windows import cut_off_texts, in_window, paragraphs, show_in

VALLEY = PointSet([1.3, 2.4], [0.15, 0.9])
SOLUTION = (3.574386938840297, -6.381304075880492)


@pytest.fixture
def pane(qtbot):
    return in_window(qtbot, LimitPane(), 340, 460)


def at_solution(eta, rule="gd", **settings):
    run = Run(RULES[rule](eta=eta, **settings), start=(SOLUTION[0] + 1e-4, SOLUTION[1]), epochs=5)
    return frame_at(one_run(run, VALLEY), 2)


def show(pane, frame):
    pane.show_frame(frame)
    return paragraphs(pane)


@pytest.mark.parametrize(("eta", "word"), [(10.0, "below"), (20.0, "near"), (21.0, "beyond")])
def test_the_gauge_says_in_words_what_its_colour_says(pane, eta, word):
    frame = at_solution(eta)
    show(pane, frame)
    gauge = stability_of(frame).gauge
    assert stability_verdict(gauge) == word
    assert f"{word} it" in pane.gauge.picture_in_words()
    colours = {"below": LIGHT.settled, "near": LIGHT.caution, "beyond": LIGHT.fault}
    assert stability_colour(gauge, LIGHT) == colours[word]


def test_it_does_not_say_that_a_distance_grows_where_it_shrinks(pane):
    """Lookahead leaves in bands of rates, and settles between them."""
    curvature = stability_of(at_solution(1.0)).product
    for x, grows in ((2.7, True), (3.2, False), (3.6, True)):
        words = show(pane, at_solution(x / curvature, "lookahead"))
        assert ("a distance from the lowest place grows from step to step." in words) is grows, x
        assert (
            "Here, beyond the limit, a distance from the lowest place shrinks again." in words
        ) is not grows


@every("rule", ("gd", "momentum", "nesterov", "lookahead"))
def test_near_the_limit_a_little_more_is_too_much(pane, rule):
    """How fast a run settles there is another thing: with momentum as fast as at half of the limit."""
    found = stability_of(at_solution(1.0, rule))
    near = 0.95 * found.limit / found.product
    words = show(pane, at_solution(near, rule))
    assert "Near the limit: at a higher rate a distance from the lowest place would grow." in words
    shrinks, grows = (stability_of(at_solution(eta, rule)).grows for eta in (near, near / 0.9))
    assert (shrinks, grows) == (False, True)


def test_rate_and_curvature_are_multiplied_in_numbers(pane):
    words = show(pane, at_solution(10.0))
    assert "η · λ = 10 · 0.09684 = 0.9684" in words
    assert "Limit of Gradient descent: 2" in words


def test_the_limit_is_worked_out_from_the_settings(pane):
    assert "Limit of Momentum: 2·(1 + γ) = 2·(1 + 0.9) = 3.8" in show(
        pane, at_solution(1.0, "momentum", gamma=0.9)
    )
    assert "found from its lines" in show(pane, at_solution(1.0, "lookahead"))


def test_the_rates_of_the_parameters_are_those_that_the_curvature_counts_with(pane):
    """Of Adam's update 3, by its own lines: its corrections of the average are in its rates."""
    frame = at_solution(0.1, "adam")
    words, update = show(pane, frame), frame.update
    rates = 0.1 / (1.0 - 0.9**update.t) / np.sqrt(update.at("v_t") / (1.0 - 0.999**update.t) + 1e-8)
    w, b = (number(rate, 4) for rate in rates.tolist())
    words = words.replace("\N{NO-BREAK SPACE}", " ")
    assert f"P⁻¹H: {number(stability_of(frame).product, 4)}. P is what" in words
    # Not "the factor of the bias correction": that of NAdam is also one of a momentum that rises.
    factor = "This includes a factor of 3.69 that depends on the number of the step and tends to 1"
    assert f"a rate of its own, η / P: w {w}, b {b}. {factor}" in words
    scaled = np.sqrt(rates)[:, np.newaxis] * stability_of(frame).curvature.hessian * np.sqrt(rates)
    assert stability_of(frame).product == pytest.approx(np.linalg.eigvalsh(scaled)[-1])


def typed(lines):
    rule = own_rule("Mine", lines)
    return frame_at(one_run(Run(rule(eta=0.5), start=(3.0, 3.0), epochs=5), VALLEY), 2)


def test_the_words_of_typed_rates_are_those_of_their_numbers(pane):
    frame = typed("n = norm(g)\nw_next = w - eta*g/n")
    words = show(pane, frame).replace("\N{NO-BREAK SPACE}", " ")
    rate = 0.5 / np.hypot(*frame.update.at("g"))
    steepest = np.linalg.eigvalsh(stability_of(frame).curvature.hessian)[-1]
    assert f"P⁻¹H: {number(rate * steepest, 4)}. P is what the rule divides all slopes by" in words
    assert f"so the rate is η / P: {number(rate, 4)}." in words
    assert "bias correction" not in words
    assert "η · λ = 0.5 · " in show(pane, typed("w_next = w - eta*g/4"))
    words = show(pane, typed("s_0 = 0.25\ns_t = s + 0*g\nw_next = w - eta*sign(g)*s_t"))
    assert "w\N{NO-BREAK SPACE}0.125, b\N{NO-BREAK SPACE}0.125." in words
    assert "NaN" not in words


def test_a_direction_is_level_only_where_nothing_curves(pane):
    words = show(pane, at_solution(1e-9))
    assert words.count("hardly moves: more than half is left after a million steps.") == 2
    assert "level" not in words
    run = Run(RULES["gd"](), start=(3.0, 3.0), epochs=60)
    assert "η · λ = 0: level: there is no lowest place to reach." in show(
        pane, frame_at(one_run(run, PointSet([1.3], [0.15])), 59)
    )


@every("rule", ("gd", "adam", "lion"))
def test_where_the_rate_is_0_the_loss_may_curve(pane, rule):
    """A schedule falls to 0: nothing is said of the loss that is not so."""
    schedule = SCHEDULES["exponential"](k=1000.0)
    run = Run(RULES[rule](), schedule=schedule, start=(SOLUTION[0] + 1e-4, SOLUTION[1]), epochs=6)
    frame = frame_at(one_run(run, VALLEY), 5)
    assert frame.update.eta == 0.0
    words = show(pane, frame)
    assert words.count("The rate is 0, so the slope moves nothing here, however the loss curves.") == 1
    assert "Along" not in words
    assert "The step to 5 has no α: it moved nothing." in words
    assert "level" not in words
    assert "no rate is too large" not in words
    assert pane.gauge.isHidden() or pane.gauge.picture_in_words() == "The rate is 0."
    assert not pane.grab().isNull()


def test_each_direction_is_slow_or_swings_or_grows(pane):
    words = show(pane, at_solution(15.0))
    assert "swings with period 2; a step leaves " in words
    assert "slow: half is left after 28 steps" in words
    assert "swings with period 2, grows by" in show(pane, at_solution(22.0))
    assert "curves down; grows by" in show(pane, frame_at(scene("valley"), 2))


def test_a_direction_along_one_parameter_is_named_by_it_alone(pane):
    run = Run(RULES["gd"](eta=0.1), start=(1.0, 1.0), epochs=5)
    bowl = replace(one_run(run, VALLEY), objective=FunctionObjective("w**2 + 3*b**2"))
    words = show(pane, frame_at(bowl, 2))
    assert "Along w, η · λ = 0.2" in words
    assert "Along b, η · λ = 0.6" in words


def test_a_direction_that_is_not_told_whole_says_so(pane):
    frame = frame_at(scene("four-inputs"), 0)
    words = show(pane, frame).replace("\N{NO-BREAK SPACE}", " ")
    modes = stability_of(frame).modes
    told = re.findall(r"Along (.*?), η · λ", words)
    assert len(told) == 2
    for text, mode in zip(told, (modes[-1], modes[0]), strict=True):
        shares = [float(share) for share in re.findall(r"\d[\d.]*(?= [wb])", text)]
        assert sorted(shares) == pytest.approx(np.sort(np.abs(mode.direction))[-2:].tolist(), abs=6e-3)
        assert text.endswith("…") is bool(np.hypot(*shares) < 0.99)
    assert any(text.endswith("…") for text in told)


def test_the_last_step_has_its_alpha(pane):
    words = show(pane, at_solution(15.0))
    assert "The step to 2 ended on the other side of its parabola: α = " in words
    assert "α" not in show(pane, frame_at(scene("valley"), 0)).replace("no α", "")


def test_an_alpha_of_rounding_is_zero(pane):
    """An exact search ends at the lowest place, up to 10⁻¹⁶."""
    run = Run(RULES["gd"](eta=1.0), search=SEARCHES["exact"](), start=(-2.0, 1.5), epochs=5)
    bowl = replace(one_run(run, ORIGIN), objective=FunctionObjective("w**2 + 3*b**2"))
    assert "ended at the lowest place of its parabola: α = 0, with" in show(pane, frame_at(bowl, 2))


def test_the_last_step_of_a_fork_has_the_number_that_playback_gives_it(pane):
    experiment = scene("what-if")
    frame = frame_at(experiment, 8)
    forked = replace(frame.views[2], clock=experiment.clock(experiment.runs[2]))  # from step 92 on
    update = update_of(experiment, forked.run, forked.whole, 9)
    assert "The step to 100 " in show(pane, replace(frame, views=(forked,), update=update))


def test_a_rule_without_a_limit_says_so(pane):
    words = show(pane, frame_of_rule("lion"))
    assert "Lion has no such limit" in words
    assert pane.gauge.picture_in_words() == "There is nothing to compare with a limit."
    assert pane.gauge.isHidden()  # it would be an empty strip
    show(pane, at_solution(10.0))
    assert not pane.gauge.isHidden()


def test_of_a_step_made_with_the_curvature_it_is_not_said_that_any_rate_will_do(pane):
    words = show(pane, frame_at(scene("newton-uphill"), 1))
    assert "Newton makes its step with the curvature itself" in words
    assert words.count(": curves down.") == 2
    assert "no rate is too large" not in words
    assert "proportional to the gradient" not in words


@every("method", ("bfgs", "conjugate-gradient"))
def test_a_method_that_sees_no_second_derivatives_is_not_said_to_use_the_curvature(pane, method):
    run = Run(SECOND_ORDER_RULES[method](), start=(0.0, 6.0), epochs=5)
    words = show(pane, frame_at(one_run(run, VALLEY), 1))
    assert "makes its step from the gradients of earlier steps, too" in words
    assert "curvature itself" not in words


def test_newton_s_step_can_be_checked_with_the_second_derivatives(pane):
    frame = frame_at(scene("newton-uphill"), 0)
    words = show(pane, frame)
    words = words.replace("\N{NO-BREAK SPACE}", " ").replace("\N{WORD JOINER}", "")
    told = re.search(r"∂²L/∂w² = (.*); ∂²L/∂w∂b = (.*); ∂²L/∂b² = (.*)\.", words)
    of_w, mixed, of_b = map(read, told.groups())
    hessian = np.array([[of_w, mixed], [mixed, of_b]])
    assert hessian @ frame.update.direction == pytest.approx(-frame.update.gradient, rel=2e-2)
    assert "∂²L" not in show(pane, frame_at(scene("four-inputs"), 3))


def test_where_the_loss_curves_down_there_is_no_limit(pane):
    assert "no rate is too large" in show(pane, frame_at(scene("valley"), 2))
    assert "curves up in no direction" in pane.gauge.picture_in_words()


def test_of_mini_batches_it_is_said_whose_curvature_it_is(pane):
    assert "is taken over all points" in show(pane, frame_at(scene("stochastic"), 3))


def test_of_a_rate_that_is_looked_for_it_is_said_that_it_would_have_to_stay(pane):
    """In a valley that is longer than wide, exact steps are beyond the limit at times, and only go down."""
    objective = FunctionObjective("(w**2 + 10*b**2) / 2")
    run = Run(RULES["gd"](eta=1.0), search=SEARCHES["exact"](), start=(3.0, 0.05), epochs=20)
    experiment = replace(one_run(run), objective=objective)
    frames = [frame_at(experiment, step) for step in range(20)]
    losses = frames[0].current.trajectory.whole.loss
    assert (np.diff(losses) < 0.0).all()
    words = [show(pane, frame) for frame in frames]
    assert any("Beyond the limit" in one for one in words)
    assert all("searched for again at each step" in one for one in words)
    fixed = replace(experiment, runs=(replace(run, search=SEARCHES["fixed"]()),))
    assert "searched for again" not in show(pane, frame_at(fixed, 2))


def test_without_a_run_nothing_is_made_up(pane):
    nothing = Frame(0, 0, False, (), 0)
    assert show(pane, nothing) == "There is no run. Add one under Runs."
    assert show(pane, replace(nothing, is_waiting=True)) == "The first step is not computed yet."


def test_at_the_end_of_a_run_it_is_about_its_last_place(pane):
    experiment = scene("valley")
    frame = frame_at(experiment, 10**6)
    found = stability_of(frame)
    assert found.curvature.place.tolist() == frame.current.p.tolist()


@every(("rule", "theme"), product(RULES, [LIGHT, DARK]))
def test_every_rule_has_a_page_that_can_be_painted(pane, rule, theme):
    show_in(theme, pane)
    show(pane, frame_of_rule(rule))
    assert not pane.grab().isNull()
    assert cut_off_texts(pane) == []


def test_four_inputs_have_a_line_for_the_two_ends_alone(pane):
    words = show(pane, frame_at(scene("four-inputs"), 3))
    assert words.count("Along ") == 2


def test_at_rest_no_paragraph_keeps_a_line_that_earlier_words_needed(pane, qtbot):
    fresh = in_window(qtbot, LimitPane(), 340, 460)

    def heights(of):
        return [box.height() for box in of.findChildren(WordsBox) if not box.isHidden()]

    short = at_solution(1.0)
    for frame in (at_solution(0.1, "lookahead"), short):
        pane.show_frame(replace(frame, playing=True))
    fresh.show_frame(short)
    assert sum(heights(pane)) > sum(heights(fresh))  # while it plays, what is below stays where it is
    pane.show_frame(short)
    assert heights(pane) == heights(fresh)
