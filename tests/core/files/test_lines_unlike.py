"""What differs in two codes that stand side by side."""

from difflib import ndiff

from gdsim.core.files.script.code_line import CodeLine, lines_unlike
from gdsim.core.files.script.run_program import lecture_code, shown_lines
from tests.core.records import scene
from tests.every import every


def code_of(name, run):
    of = scene(name)
    return shown_lines(lecture_code(of, next(one for one in of.runs if one.name == run)))


PAIRS = [
    (("stochastic", "Gradient descent"), ("first-neuron", "Gradient descent")),
    (("first-neuron", "Gradient descent"), ("first-neuron", "Nesterov")),
    (("mini-batch", "B = 1"), ("mini-batch", "B = 2")),
]


@every(("one", "other"), PAIRS)
def test_without_the_lines_that_differ_both_are_the_same(one, other):
    one, other = code_of(*one), code_of(*other)
    left = [
        [line.text for row, line in enumerate(code) if line.text and row not in lines_unlike(code, than)]
        for code, than in ((one, other), (other, one))
    ]
    assert left[0] == left[1]
    texts = [[line.text for line in code] for code in (other, one)]
    changed = [line[2:] for line in ndiff(*texts) if line.startswith("+ ") and line[2:]]
    assert [one[row].text for row in sorted(lines_unlike(one, other))] == changed


def test_a_line_differs_by_its_depth_alone():
    flat = (CodeLine("for x in X:"), CodeLine("    dw += x"), CodeLine("w = w - dw"))
    deep = (*flat[:2], CodeLine("    w = w - dw"))
    assert lines_unlike(flat, deep) == lines_unlike(deep, flat) == {2}
    assert lines_unlike(flat, flat) == frozenset()
    assert lines_unlike(flat, ()) == {0, 1, 2}
