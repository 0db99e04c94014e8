"""Texts that nobody should be able to run by typing them as a function of w and b."""

import re
import sys
import unicodedata
from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.files.scene import parse_scene, scene_text
from gdsim.core.formulas.syntax import FormulaError
from gdsim.core.model.experiment import new_experiment
from gdsim.core.model.objective import FunctionObjective, read_function
from gdsim.core.model.objective_edits import use_function
from gdsim.core.model.run import Run
from gdsim.core.settings import InvalidValue
from tests.core.records import computed
from tests.core.rules.hostile_lines import hostile_lines, hostile_pieces
from tests.every import every
from tests.work import calls_of

TEXTS = [*(f"w + b*({piece})" for piece in hostile_pieces()), *hostile_lines()]
# What means the same as an ordinary letter is one.
REFUSED = [text for text in TEXTS if unicodedata.normalize("NFKC", text) != "w + b*(w)"]


def nested(opening, closing, depth):
    return f"{opening * depth}b{closing * depth}"


# Formulas as they should be, whose derivatives are large.
LARGE = [
    nested(*brackets, depth)
    for brackets in (("sin(w*", ")"), ("w**(", ")"), ("(1 + w)**(", ")"), ("1/(b + ", ")"), ("exp(w + ", ")"))
    for depth in (3, 8, 12, 16, 20, 36)
]


def test_hostile_texts_are_refused_in_a_sentence_with_nothing_run():
    events = []
    sys.addaudithook(lambda name, _: events.append(name) if watching else None)
    watching = True
    for text in REFUSED:
        with pytest.raises(InvalidValue) as caught:
            FunctionObjective(text)
        assert caught.value.key == "function"
        assert len(str(caught.value)) < 400
    watching = False
    assert len(REFUSED) > 300
    # Reading into a tree is called compiling. Nothing was executed, opened or loaded.
    assert set(events) <= {"compile", "sys._getframe"}


@every("text", LARGE)
def test_large_derivatives_are_bounded_and_what_is_taken_runs(text):
    assert calls_of(is_bounded_and_runs, text) < 100_000


def is_bounded_and_runs(text):
    try:
        objective = FunctionObjective(text)
    except InvalidValue as fault:
        assert "too long" in str(fault)  # noqa: PT017 - either of the two
    else:
        run = Run(start=(0.3, 0.2), epochs=5)
        experiment = use_function(replace(new_experiment(), runs=(run,)), objective)
        assert parse_scene(scene_text(experiment)) == experiment
        (record,) = computed(experiment)
        assert np.isfinite(record.whole.p[0]).all()


WRITTEN = {
    "w·b": "a product is written with *",
    "3(w + b)": "a product is written with *",
    "(w + b)(w - b)": "a product is written with *",
    "π*w": "π is written pi",
    "√w": "a root is written sqrt(...)",
    "w % 2": "a remainder is written mod(a, b)",
    "w if w > 0 else b": "write a choice as where(a < b, x, y)",
    "w > 0": "write a choice as where(a < b, x, y)",
    "w\u200b + b": "it contains a character that cannot be seen",
}


@every("text", WRITTEN)
def test_a_fault_says_how_it_is_written(text):
    with pytest.raises(FormulaError, match=re.escape(WRITTEN[text]) + "$"):
        read_function(text)


PLACED = {
    "  w + x*2": "x",
    "w + (b": "(",
    "w^2 + b": "w^2 + b",
    "w +\n  quotient(b)": "quotient(b)",
    "w\n + b q": "q",
    "sqrt(w, b)": "sqrt(w, b)",
}


@every("text", PLACED)
def test_a_fault_says_where_it_is(text):
    with pytest.raises(FormulaError) as caught:
        read_function(text)
    span = caught.value.span
    assert text[span.start : span.end or None] == PLACED[text]
