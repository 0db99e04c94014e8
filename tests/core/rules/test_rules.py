"""The update rules: pure, elementwise, and all in the catalog."""

import importlib
import inspect
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.rules import optimizers as package
from gdsim.core.rules.catalogue import RULES
from gdsim.core.settings import InvalidValue, params
from tests.core.strategies import optimizers, values

EVERY_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
NUMBERS = st.floats(-1e3, 1e3)


def test_every_rule_is_in_the_catalog():
    names = {path.stem for path in Path(package.__file__).parent.glob("*.py")} - {"__init__", "base"}
    found = {
        rule
        for name in names
        for rule in vars(importlib.import_module(f"gdsim.core.rules.optimizers.{name}")).values()
        if inspect.isclass(rule) and issubclass(rule, Optimizer) and rule not in (Optimizer, MomentumRule)
    }
    assert set(RULES.values()) == found
    assert len(RULES) == len(names)


def test_the_catalog_has_the_lecture_s_rules_in_its_order():
    assert list(RULES) == ["gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"]
    assert all(rule.id == name for name, rule in RULES.items())


def test_the_lecture_s_defaults():
    defaults = {
        name: {setting.name: setting.default for setting in params(rule)} for name, rule in RULES.items()
    }
    assert defaults == {
        "gd": {"eta": 1.0},
        "momentum": {"eta": 1.0, "gamma": 0.9},
        "nesterov": {"eta": 1.0, "gamma": 0.9},
        "adagrad": {"eta": 0.1, "eps": 1e-8, "root": True},
        "rmsprop": {"eta": 0.1, "beta": 0.9, "eps": 1e-8},
        "adam": {"eta": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "bias_correction": True},
    }


@EVERY_RULE
def test_a_rule_says_what_it_is(rule):
    lines = inspect.cleandoc(rule.__doc__).splitlines()
    assert lines[0].endswith(".")
    assert any("←" in line for line in lines)
    assert "References" in lines
    assert inspect.cleandoc(rule.State.__doc__)
    assert rule.title
    assert all(setting.symbol and setting.label and setting.doc for setting in params(rule))


@given(optimizers(), st.data())
def test_a_step_changes_none_of_its_inputs_and_gives_the_same_again(optimizer, data):
    shape = data.draw(st.sampled_from([(2,), (3, 2), (5,)]))
    count = int(np.prod(shape))

    def array():
        return np.reshape(data.draw(st.lists(NUMBERS, min_size=count, max_size=count)), shape)

    p, slope = array(), array()
    state = type(optimizer.init(p))(*(np.abs(array()) for _ in optimizer.State._fields))
    rates = Rates(
        data.draw(st.floats(1e-6, 1e3)), data.draw(st.floats(0.0, 0.999)), data.draw(st.integers(1, 99))
    )
    before = [p.copy(), *(variable.copy() for variable in state)]

    def gradient(at):
        return at * slope

    with np.errstate(all="ignore"):
        first = optimizer.step(gradient, p, state, rates)
        again = optimizer.step(gradient, p, state, rates)
    for kept, now in zip(before, [p, *state], strict=True):
        np.testing.assert_array_equal(kept, now)
    for one, other in zip([first[0], *first[1]], [again[0], *again[1]], strict=True):
        assert one.shape == shape
        assert one is not p
        np.testing.assert_array_equal(one, other)


@EVERY_RULE
def test_the_state_begins_at_zero(rule):
    state = rule().init(np.ones((4, 3)))
    assert isinstance(state, rule.State)
    assert all((variable == 0.0).all() and variable.shape == (4, 3) for variable in state)


@EVERY_RULE
@given(data=st.data())
def test_a_rule_treats_every_parameter_alike(rule, data):
    """Elementwise: a parameter moves the same alone as among others."""
    optimizer = rule()
    many = np.array(data.draw(st.lists(NUMBERS, min_size=3, max_size=3)))
    rates = Rates(0.1, 0.9, 3)
    together, _ = optimizer.step(lambda p: 2.0 * p, many, optimizer.init(many), rates)
    for index in range(3):
        alone = many[index : index + 1]
        moved, _ = optimizer.step(lambda p: 2.0 * p, alone, optimizer.init(alone), rates)
        np.testing.assert_array_equal(moved, together[index : index + 1])


@EVERY_RULE
@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf"), True, "1", None, 10**400])
def test_a_rate_must_be_a_positive_number(rule, bad):
    with pytest.raises(InvalidValue, match="eta must be a positive number, not"):
        rule(eta=bad)


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if issubclass(rule, MomentumRule)])
@pytest.mark.parametrize("bad", [-0.1, 1.0, 2, float("nan")])
def test_a_momentum_is_at_least_zero_and_below_one(rule, bad):
    with pytest.raises(InvalidValue, match="gamma must be a number of at least 0 and below 1, not"):
        rule(gamma=bad)


@given(values(next(setting.domain for setting in params(RULES["adam"]) if setting.name == "beta1")))
def test_adam_corrects_by_one_minus_beta_to_the_t(beta):
    adam, moments = RULES["adam"](beta1=beta), Moments(np.array([0.3]), np.array([0.2]))
    m_hat, v_hat = adam.corrected(moments, 1)
    np.testing.assert_allclose(m_hat, 0.3 / (1.0 - beta))
    np.testing.assert_allclose(v_hat, 0.2 / (1.0 - 0.999))
    assert RULES["adam"](bias_correction=False).corrected(moments, 1) is moments
