"""A worked step to be copied."""

import pytest

from gdsim.core.analysis.update import update_of
from gdsim.core.analysis.worked import as_latex, as_markdown, as_text, worked
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.experiment import Run
from gdsim.core.model.points import PointSet
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import SCHEDULES
from tests.core.records import FIRST_NEURON, columns_of, one_run
from tests.core.strategies import rule_variants

# Computed with a loop in plain Python, written from the lecture.
PLAIN = """\
Momentum, step 1 → 2

η = 1, constant
γ = 0.9, constant

w
  ∇wₜ = Σᵢ (fᵢ − yᵢ)·fᵢ·(1 − fᵢ)·xᵢ
      = the sum over 2 points
      = −0.005558
  vₜ = γ·vₜ₋₁ + η·∇wₜ
     = 0.9·(−0.005492) + 1·(−0.005558)
     = −0.01050
  wₜ₊₁ = wₜ − vₜ
       = −1.995 − (−0.01050)
       = −1.984

b
  ∇bₜ = Σᵢ (fᵢ − yᵢ)·fᵢ·(1 − fᵢ)
      = the sum over 2 points
      = −0.007773
  vₜ = γ·vₜ₋₁ + η·∇bₜ
     = 0.9·(−0.007711) + 1·(−0.007773)
     = −0.01471
  bₜ₊₁ = bₜ − vₜ
       = −1.992 − (−0.01471)
       = −1.978

L = 0.4157 → 0.4156, it fell
"""


def step_of(run, t=2, digits=4, points=FIRST_NEURON):
    return worked(update_of(one_run(run, points), run, columns_of(run, points), t), digits)


def test_plain_text_reads_like_a_page_of_an_exercise_book():
    assert as_text(step_of(Run(RULES["momentum"](), epochs=5))) == PLAIN


def test_a_schedule_is_written_out():
    text = as_text(step_of(Run(RULES["momentum"](), schedule=SCHEDULES["step"](), epochs=9), 7))
    assert "η = η₀·factor^⌊epoch/every⌋ = 1·0.5^⌊6/5⌋ = 0.5, step decay, 6 epochs finished\n" in text


def test_one_point_is_one_point():
    assert "the sum over 1 point\n" in as_text(step_of(Run(batching=STOCHASTIC(), epochs=2)))


def test_markdown_is_a_table():
    lines = as_markdown(step_of(Run(RULES["momentum"](), name="A *bold*\n|run|", epochs=5))).splitlines()
    assert lines[0] == r"**A \*bold\* \|run\|, step 1 → 2**"
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) == 2 + 2 * 3
    assert {row.replace(r"\|", "").count("|") for row in rows} == {5}
    assert r"| w | vₜ = γ·vₜ₋₁ + η·∇wₜ | 0.9·(−0.005492) + 1·(−0.005558) | **−0.01050** |" in rows
    assert lines[-1] == "L = 0.4157 → **0.4156**, it fell"


def test_latex_has_an_environment_for_each_parameter():
    text = as_latex(step_of(Run(RULES["adam"](), epochs=5), digits=None))
    assert text.count(r"\begin{align*}") == text.count(r"\end{align*}") == 2
    assert r"\[ \eta = 0.1 \]  % constant" in text
    assert text.count("{") == text.count("}")
    assert "10^{-8}" in text
    assert "\\\\\n\\end" not in text  # no empty line at the end


@pytest.mark.parametrize("rule", rule_variants(), ids=str)
@pytest.mark.parametrize("write", [as_text, as_markdown, as_latex])
def test_every_rule_is_written_in_every_way(rule, write):
    points = PointSet([[0.1, 2.0], [0.3, -1.0], [2.0, 0.0]], [0.1, 0.5, 0.9])
    text = write(step_of(Run(rule, start=(0.1, 0.2, 0.3), epochs=3), 3, None, points))
    assert text.endswith("\n")
    assert len(text.splitlines()) > 6
    body = "".join(line for line in text.splitlines() if "%" not in line)
    assert write is not as_latex or body.isascii()
