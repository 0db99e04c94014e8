"""Sums and products may be taken apart and put together again."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.formulas.algebra import (
    factors_of_product,
    product_of_factors,
    replaced_everywhere,
    root_of,
    square_of,
    sum_of_terms,
    terms_of_sum,
)
from gdsim.core.formulas.evaluate import evaluate
from gdsim.core.formulas.syntax import Binary, Name, Negative, Number, read_formula
from tests.every import every

VALUES = {"a": 1.25, "b": -0.5, "c": 3.0}
LEAVES = st.sampled_from([*map(Name, VALUES), Number(1), Number(2)])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(Binary, st.sampled_from("+-*/"), inner, inner) | st.builds(Negative, inner),
    max_leaves=12,
)


def node(text):
    return read_formula(f"x = {text}").node


def same(one, other):
    try:
        one, other = (evaluate(tree, VALUES) for tree in (one, other))
    except ZeroDivisionError:  # of numbers that stand in the tree
        return True
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9) or not math.isfinite(one)


@given(TREES)
def test_a_sum_is_the_sum_of_its_terms(tree):
    assert same(tree, sum_of_terms(terms_of_sum(tree)))


@given(TREES)
def test_a_product_is_the_product_of_its_factors(tree):
    assert same(tree, product_of_factors(factors_of_product(tree)))


@every(("text", "terms"), [("a", ["a"]), ("a - (b - c)", ["a", "-b", "c"]), ("-(a + b*c)", ["-a", "-b*c"])])
def test_the_terms_of_a_sum(text, terms):
    found = [one.node if one.sign == "+" else f"-{one.node}" for one in terms_of_sum(node(text))]
    assert found == [f"-{node(one[1:])}" if one[0] == "-" else node(one) for one in terms]


@every(
    ("text", "factors"),
    [
        ("a*b*c", ["a", "b", "c"]),
        ("a / b*c", ["a", "1 / b", "c"]),
        ("1 / a", ["1 / a"]),
        ("a + b", ["a + b"]),
    ],
)
def test_the_factors_of_a_product(text, factors):
    assert factors_of_product(node(text)) == [node(one) for one in factors]
    assert product_of_factors(factors_of_product(node(text))) == node(text)


def test_a_product_of_nothing_is_one():
    assert product_of_factors([]) == Number(1)


@every("text", ["sqrt(a + b)", "(a + b)**0.5", "(a + b)**(1/2)"])
def test_a_root_is_known_however_it_is_written(text):
    assert root_of(node(text)) == node("a + b")
    assert square_of(node(text)) is None


@pytest.mark.parametrize("text", ["(a - b)**2", "(a - b)*(a - b)"])
def test_a_square_is_known_however_it_is_written(text):
    assert square_of(node(text)) == node("a - b")
    assert root_of(node(text)) is None


def test_a_node_is_put_wherever_another_one_stands():
    assert replaced_everywhere(node("sqrt(a) + b / sqrt(a)"), node("sqrt(a)"), node("c")) == node("c + b / c")
