"""Lines of code that have no room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.files.script.run_program import lecture_code, shown_lines
from gdsim.gui.step.code_view import wrapped
from tests.core.files.script_kinds import all_kinds, noisy_points
from tests.core.records import FIRST_NEURON, one_run


def lines_of(text, room):
    return wrapped(text, room, room - 2).split("\N{LINE SEPARATOR}")


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("w = w - eta * dw", 16, ["w = w - eta * dw"]),
        ("m_w = beta1 * m_w + (1 - beta1) * dw", 30, ["m_w = beta1 * m_w", "+ (1 - beta1) * dw"]),
        ("m_w = m_w / (1 - beta1**(step + 1))", 30, ["m_w = m_w", "/ (1 - beta1**(step + 1))"]),
        ("w, b, eta = -2.0, -2.0, 1.0", 20, ["w, b, eta = -2.0,", "-2.0, 1.0"]),
        ("dw += grad_w(look_w, look_b, x, y)", 32, ["dw +=", "grad_w(look_w, look_b, x, y)"]),
        ("dw += grad_w(look_w, look_b, x, y)", 26, ["dw += grad_w(look_w,", "look_b, x, y)"]),
        ("f(w, b):  # sigmoid of w and b", 20, ["f(w, b):  # sigmoid", "of w and b"]),
        ("if seen % size == 0 or seen == len(X):", 22, ["if seen % size == 0", "or seen == len(X):"]),
    ],
)
def test_a_line_breaks_where_it_holds_together_least(text, room, lines):
    assert lines_of(text, room) == lines


@given(st.text("ab (),+-*/=#\n".replace("\n", "")), st.integers(4, 30))
def test_nothing_but_a_space_gives_way(text, room):
    assert wrapped(text, room, room - 2).replace("\N{LINE SEPARATOR}", " ") == text


def test_the_code_of_every_run_has_room_in_a_narrow_column():
    """30 letters are what a deep line has in 300 pixels; only the name of a function may be longer."""
    for run in all_kinds(1):
        experiment = one_run(run, noisy_points(1, 7, seed=0), FIRST_NEURON)
        for line in shown_lines(lecture_code(experiment, run)):
            pieces = lines_of(line.text.strip(), 30)
            assert line.text.startswith("def do") or max(map(len, pieces)) <= 30, pieces
