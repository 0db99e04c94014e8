"""The update rules: their lines, what follows from them, and their values."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.engine.ensemble import array_step
from gdsim.core.formulas.syntax import Call, FormulaError, read_formula, walk
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES, eta
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.update_rule import LINE_PARTS
from gdsim.core.settings import InvalidValue
from tests.core.records import computed, one_run
from tests.core.strategies import optimizers, rule_variants
from tests.every import every

EVERY_RULE = every("rule", RULES.values(), ids=RULES)
EVERY_VARIANT = pytest.mark.parametrize("rule", rule_variants(), ids=str)
NUMBERS = st.floats(-1e3, 1e3)


def rule_of(lines):
    return Rule(id="own", title="Own", summary="It is tried.", settings=(eta(1.0),), lines=lines)


def test_a_rule_is_found_by_its_id():
    assert all(rule.id == name for name, rule in RULES.items())


@EVERY_RULE
def test_the_usual_settings_of_a_rule_are_allowed(rule):
    assert {name: RULES[rule.id](**{name: value})[name] for name, value in rule().items()} == dict(
        rule().items()
    )
    assert all(one.low <= one.default <= one.high for one in rule.settings if not one.is_switch)


def test_the_decay_of_the_largest_gradient_is_what_is_kept_of_it():
    """AdaMax multiplies it by β₂ = 0.999, so it does not shrink by 0.999."""
    (beta2,) = (one for one in RULES["adamax"].settings if one.name == "beta2")
    assert "kept" in beta2.doc


def test_only_what_is_kept_from_step_to_step_is_called_a_decay_rate():
    """β₁ of Lion and β of Schedule-Free mix two directions or places of one step."""
    settings = [one for rule in RULES.values() for one in rule.settings if one.name.startswith("beta")]
    assert all(("kept" in one.doc) == (one.label == "decay rate") for one in settings)


@EVERY_RULE
def test_a_rule_says_what_it_is(rule):
    assert rule.title
    assert rule.summary.endswith(".")
    assert rule.reference.endswith(".")
    assert all(one.label and one.doc and (one.symbol or one.is_switch) for one in rule.settings)


@EVERY_VARIANT
def test_a_rule_is_not_said_to_take_a_root_that_is_switched_off(rule):
    nodes = [node for line in rule.update_rule.program.lines for node in walk(line.node)]
    if not any(isinstance(node, Call) and node.function == "sqrt" for node in nodes):
        summary = rule.definition.summary
        assert "root" not in summary or " or by " in summary


# ------------------------------------------------------------------------ what follows from the lines


@EVERY_VARIANT
def test_every_line_belongs_to_a_part(rule):
    kinds = {part.rstrip("0123456789") for part in rule.update_rule.parts}
    assert {"gradient", "update"} <= kinds <= set(LINE_PARTS)


def test_parts_follow_the_order_of_the_lines():
    rule = rule_of("c = 0.9*m + g\nm_t = 0.5*m + g\nm_hat = 2*m_t\nw_next = w - eta*c\nu_t = u + m_hat")()
    parts = ("gradient", "intermediate", "memory", "memory", "update", "memory2")
    assert rule.update_rule.parts == parts


@every(
    ("name", "letters", "velocity", "average", "scales", "own_rates"),
    [
        ("gd", (), "", "", (), False),
        ("momentum", ("v",), "v", "", (), False),
        ("nesterov", ("v",), "v", "", (), False),
        ("adagrad", ("v",), "", "", ("v",), True),
        ("rmsprop", ("v",), "", "", ("v",), True),
        ("adam", ("m", "v"), "", "m", ("v",), True),
    ],
)
def test_what_the_lecture_says_of_a_rule_follows_from_its_lines(
    name, letters, velocity, average, scales, own_rates
):
    rule = RULES[name]().update_rule
    assert rule.letters == letters
    assert (rule.velocity, rule.average, rule.scales, rule.has_own_rates) == (
        velocity, average, scales, own_rates,
    )  # fmt: skip
    assert rule.looks_ahead == (name == "nesterov")
    assert rule.never_negative >= set(scales)


def test_the_velocity_is_known_with_either_sign_and_behind_a_helper_line():
    minus = rule_of("m_t = 0.9*m + eta*g\nw_next = w - m_t")().update_rule
    plus = rule_of("m_t = 0.9*m - eta*g\nw_next = w + m_t")().update_rule
    behind = rule_of("m_t = 0.9*m + eta*g\nstep = m_t\nw_next = w - step")().update_rule
    assert [(one.velocity, one.velocity_sign) for one in (minus, plus, behind)] == [
        ("m", -1),
        ("m", 1),
        ("m", -1),
    ]
    assert rule_of("step = eta*g\nw_next = w - step")().update_rule.is_plain_descent


def test_a_gradient_may_be_asked_for_more_than_once():
    rule = rule_of("""
        half = w - 0.5*eta*g
        g2 = grad(half)
        w_next = w - eta*(g + g2)/2
    """)().update_rule
    assert dict(rule.gradients) == {"g": "w", "g2": "half"}
    assert rule.last_gradient == "g2"
    assert rule.looks_ahead
    assert rule.parts == ("gradient", "look", "gradient2", "update")


@every(
    ("lines", "rate", "direction"),
    [
        ("w_next = w - eta*(g / 2)", "eta / 2", "g"),
        ("v_t = v + g**2\nw_next = w - g / (1 + v_t)*eta", "1 / (1 + v_t)*eta", "g"),
        ("w_next = w - eta*(g + 2*g)", "eta", "g + 2*g"),
        ("m_t = m + g\nw_next = w - eta*m_t*g / m_t", "eta", None),
        ("w_next = w + eta*g", "eta", None),
        ("step = eta*g\nw_next = w - step", "eta", "g"),
        ("v_t = v + g**2\nrate = eta / (1 + v_t)\nw_next = w - rate*g", "eta / (1 + v_t)", "g"),
        ("m_t = 0.9*m - eta*g\nw_next = m_t + w", "eta", "-m_t"),
    ],
)
def test_a_step_is_a_rate_times_the_factor_that_turns_with_the_gradient(lines, rate, direction):
    found = rule_of(lines)().update_rule
    wanted = [text and read_formula(f"x = {text}").node for text in (rate, direction)]
    assert [found.rate, found.direction] == wanted


@every(
    ("lines", "added"),
    [
        ("w_next = w - eta*g", None),
        ("w_next = w - eta*g - 0.1*w + 2", "-(0.1*w) + 2"),
        ("w_next = 0.9*w - eta*g", "0.9*w - w"),
        ("w_next = max(-9, w - eta*g)", None),
        ("u = w - eta*g\nw_next = u / max(1, abs(u))", None),
    ],
)
def test_what_is_added_whatever_the_gradient_is(lines, added):
    found = rule_of(lines)().update_rule.other_terms
    assert found == (added and read_formula(f"x = {added}").node)


@every(
    ("lines", "fault"),
    [
        ("w_next = w - eta*g*k", "the rule own: k is neither a setting nor computed by a line"),
        ("w_next = w - eta*g^2", r'"w - eta\*g\^2" is not a formula: a power is written with \*\*, not \^'),
        ("v_t = v + g", "no line computes w_next"),
        ("w_next = w - eta*g if fast", "not a switch"),
        ("w_next = w_t.real", "cannot contain"),
        ("w_next = w - eta", "no line uses the gradient"),
        ("v_0 = g\nv_t = v + g\nw_next = w - v_t", "v_0 may depend only on w and settings, not on g"),
        ("v_0 = t\nv_t = v + g\nw_next = w - v_t", "v_0 may depend .* not on t"),
        ("v_0 = u\nu_t = u + g\nv_t = v + g\nw_next = w - v_t - u_t", "v_0 may depend .* not on u"),
        ("x_0 = 3\nw_next = w - eta*g", "x_0 would be the start of a memory, but no line computes x_t"),
        ("v_0 = 1\nv_0 = 2\nv_t = v + g\nw_next = w - v_t", "v_0 is computed twice"),
        ("eta = 0.5\nw_next = w - eta*g", "eta is given, so no line can compute it"),
        ("gamma = 0.5\nw_next = w - gamma*g", "gamma is given"),
        ("t = 2\nw_next = w - eta*g*t", "t is given"),
        ("w = 2\nw_next = w - eta*g", "w is given"),
        ("v = 2\nv_t = v + g\nw_next = w - v_t", "v is given"),
        ("eta_t = eta + g\nw_next = w - eta_t*g", "eta is given"),
        ("pi = 3\nw_next = w - eta*g*pi", "pi has a meaning of its own"),
        ("pi_t = 0.9*pi + g\nw_next = w - eta*pi_t", "pi has a meaning of its own"),
        ("exp_t = 0.5*exp + g\nw_next = w - eta*exp_t", "exp has a meaning of its own"),
        ("sqrt = g\nw_next = w - eta*sqrt", "the rule own: sqrt has a meaning of its own"),
        ("w_next = w - eta*gamma*g", "gamma is neither a setting nor computed by a line"),
    ],
)
def test_lines_that_are_no_rule_are_refused(lines, fault):
    optimizer = rule_of(lines)()
    with pytest.raises(FormulaError, match=fault):
        _ = optimizer.update_rule


def test_a_rule_needs_a_learning_rate():
    with pytest.raises(ValueError, match="needs a setting eta"):
        Rule(id="own", title="Own", summary="", settings=(), lines="w_next = w - g")


# -------------------------------------------------------------------------------------------- values


@given(optimizers(), st.data())
def test_a_step_changes_none_of_its_inputs_and_gives_the_same_again(optimizer, data):
    shape = data.draw(st.sampled_from([(2,), (3, 2), (5,)]))
    count = int(np.prod(shape))

    def array():
        return np.reshape(data.draw(st.lists(NUMBERS, min_size=count, max_size=count)), shape)

    p, slope = array(), array()
    state = tuple(np.abs(array()) for _ in optimizer.update_rule.letters)
    rates = {"eta": data.draw(st.floats(1e-6, 1e3)), "gamma": data.draw(st.floats(0.0, 0.999))}
    given_ = (lambda at: at * slope, p, state, optimizer.numbers | rates, data.draw(st.integers(1, 99)))
    before = [p.copy(), *(variable.copy() for variable in state)]
    step = array_step(optimizer.update_rule)
    with np.errstate(all="ignore"):
        first, again = step(*given_), step(*given_)
    for kept, now in zip(before, [p, *state], strict=True):
        np.testing.assert_array_equal(kept, now)
    for one, other in zip([first[0], *first[1]], [again[0], *again[1]], strict=True):
        assert one.shape == shape
        assert one is not p
        np.testing.assert_array_equal(one, other)


@EVERY_VARIANT
@given(data=st.data())
def test_a_rule_treats_every_parameter_alike(rule, data):
    """Elementwise: a parameter moves the same alone as among others, or in another order than they."""
    many = np.array(data.draw(st.lists(NUMBERS, min_size=3, max_size=3)))
    step, settings = array_step(rule.update_rule), rule.numbers | {"eta": 0.1, "gamma": 0.9}
    none = tuple(np.zeros(3) for _ in rule.update_rule.letters)
    with np.errstate(all="ignore"):
        together, *_ = step(lambda p: 2.0 * p, many, none, settings, 3)
        turned, *_ = step(lambda p: 2.0 * p, many[::-1], none, settings, 3)
    np.testing.assert_allclose(turned[::-1], together, rtol=1e-12)
    for index in () if rule.update_rule.norms else range(3):
        here = slice(index, index + 1)
        alone, *_ = step(lambda p: 2.0 * p, many[here], tuple(one[here] for one in none), settings, 3)
        np.testing.assert_array_equal(alone, together[here])


@EVERY_RULE
@every("bad", [0.0, -1.0, float("nan"), float("inf"), True, "1", None, 10**400])
def test_a_rate_must_be_a_positive_number(rule, bad):
    with pytest.raises(InvalidValue, match="eta must be a positive number, not"):
        rule(eta=bad)


@every("rule", [rule for rule in RULES.values() if "gamma" in rule.names], ids=str)
@every("bad", [-0.1, 1.0, 2, float("nan")])
def test_a_momentum_is_at_least_zero_and_below_one(rule, bad):
    with pytest.raises(InvalidValue, match="gamma must be a number of at least 0 and below 1, not"):
        rule(gamma=bad)


def test_a_setting_that_a_rule_has_not_is_refused():
    with pytest.raises(TypeError, match="beta3"):
        RULES["adam"](beta3=0.5)


def test_the_first_step_of_adadelta_is_as_small_as_its_settings_say():
    (eps,) = (one for one in RULES["adadelta"].settings if one.name == "eps")
    assert "as small as η√(ε/(1 − ρ))" in eps.doc
    rng = np.random.default_rng(4)
    for _ in range(50):
        rate, rho, small = (
            10.0 ** rng.uniform(-2.0, 1.0),
            rng.uniform(0.0, 0.99),
            10.0 ** rng.uniform(-8.0, -3.0),
        )
        run = Run(RULES["adadelta"](eta=rate, rho=rho, eps=small), epochs=1)
        experiment = replace(one_run(run), objective=FunctionObjective("1000*w - 3000*b"))
        (trajectory,) = computed(experiment)
        first = rate * (small / (1.0 - rho)) ** 0.5
        np.testing.assert_allclose(np.diff(trajectory.whole.p, axis=0), [[-first, first]], rtol=1e-3)
