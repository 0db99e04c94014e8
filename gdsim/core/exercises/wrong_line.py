"""Find the mistake: the lines of a rule with one of them wrong, and what the mistake leads to."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from gdsim.core.analysis.worked import lines_in_letters, sum_in_letters
from gdsim.core.engine.ensemble import array_step, memory_at_start
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.exercises.check.computation import Computation
from gdsim.core.exercises.check.gradients import RunGradients
from gdsim.core.exercises.check.mistakes import Mistake, mistakes
from gdsim.core.formulas.numerals import told_apart
from gdsim.core.formulas.printing import IN_LATEX, PLAIN_TEXT, FormulaWriter
from gdsim.core.formulas.program import Program, is_gradient
from gdsim.core.formulas.syntax import Name, Node, names_in, substituted
from gdsim.core.language.texts import SaidError, said
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import LECTURE
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import FURTHER_RULES, LECTURE_RULES, RULES
from gdsim.core.rules.rule import Rule, symbols, symbols_of_line
from gdsim.core.rules.update_rule import GAMMA, G

# Both runs use the points and the start of the lecture's first neuron.
POINTS, START = PointSet([0.5, 2.5], [0.2, 0.9]), (-2.0, -2.0)
STEPS_COMPUTED = 300
# A wrong run that never gets farther than this from the right one shows nothing.
_VISIBLE = 0.1
# Parameters larger than this are left out of the view range.
_FAR = 12.0
# The share of mistakes in the gradient if the other lines allow more than a few; otherwise the share of the
# other mistakes.
_IN_GRADIENT, _FEW = 0.25, 2


@dataclass(frozen=True, eq=False)
class WrongLineQuestion:
    """The lines of a rule with one of them wrong, and the runs with the right and with the wrong lines."""

    rule: Rule
    lines: tuple[str, ...]  # In the lecture's letters
    latex: tuple[str, ...]
    answer: int  # Which line is wrong
    right_line: str  # What that line should be
    sentence: str  # What is wrong, and what is right instead
    # right, wrong: records with parameters and losses; rates and gradients are NaN. The wrong record ends
    # before the first NaN or infinity, as from the root of a negative number.
    right: RecordColumns
    wrong: RecordColumns

    @property
    def view_range(self) -> ViewRange:
        """The part of the plane with both runs, as far as they stay near the origin."""
        both = np.concatenate([self.right.p, self.wrong.p])
        near = both[np.isfinite(both).all(axis=1) & (np.abs(both) <= _FAR).all(axis=1)]
        margin = 0.08 * np.maximum(np.ptp(near, axis=0), 1.0)
        low, high = near.min(axis=0) - margin, near.max(axis=0) + margin
        return ViewRange.between(low, high)


def verdict(question: WrongLineQuestion, chosen: int) -> str:
    """Say whether the chosen line is the wrong one, and otherwise which one is."""
    if chosen == question.answer:
        return said("Found: line {chosen} is wrong.", chosen=chosen + 1)
    return said(
        "Line {chosen} is right: line {answer} is wrong.", chosen=chosen + 1, answer=question.answer + 1
    )


def explanation(question: WrongLineQuestion) -> str:
    """Explain what is wrong, what the line should be, and what the mistake leads to."""
    parts = [question.sentence]
    if question.right_line not in question.sentence:
        parts.append(said("It should be {right_line}.", right_line=question.right_line))
    right, wrong = told_apart(float(record.loss[-1]) for record in (question.right, question.wrong))
    steps_made = len(question.wrong.loss) - 1
    parts.append(
        said(
            "After {steps} steps the loss is {right} with the right lines, and {wrong} with these.",
            steps=STEPS_COMPUTED,
            right=right,
            wrong=wrong,
        )
        if steps_made == STEPS_COMPUTED
        else said(
            "After {steps} steps the loss is {right} with the right lines. The run of the lines shown "
            "diverges at step {step}: a number became infinite or undefined.",
            steps=STEPS_COMPUTED,
            right=right,
            step=steps_made + 1,
        )
    )
    return " ".join(parts)


def rule_of(seed: int, place: int) -> Rule:
    """Return the rule of a question; each round shuffles the lecture's rules, and then the others."""
    rounds, index = divmod(place, len(RULES))
    rng = np.random.default_rng([seed, rounds])
    order = [rule for rules in (LECTURE_RULES, FURTHER_RULES) for rule in rng.permutation(list(rules))]
    return RULES[order[index]]


def make_wrong_line(seed: int, place: int) -> WrongLineQuestion:
    """Return a question; the same arguments give the same question."""
    rule = rule_of(seed, place)
    rng = np.random.default_rng([seed, place])
    run = Run(optimizer=rule(), start=START, epochs=STEPS_COMPUTED)
    gradients = RunGradients(run, Neuron.fitting(POINTS))
    right = _record(gradients, gradients.right)
    candidates = list(_candidates(gradients))
    others = sum(computation.gradient is gradients.right.gradient for _, computation, _ in candidates)
    in_gradient = rng.random() < (_IN_GRADIENT if others > _FEW else 1.0 - _IN_GRADIENT)
    order = [candidates[index] for index in rng.permutation(len(candidates)).tolist()]
    # Mistakes of the wanted kind come first, the others last in case there are none.
    order.sort(key=lambda one: (one[1].gradient is not gradients.right.gradient) is not in_gradient)
    for mistake, computation, answer in order:
        wrong = _record(gradients, computation)
        if not (np.abs(right.p - wrong.p) <= _VISIBLE).all():  # true for NaN too
            return WrongLineQuestion(
                rule,
                _lines(gradients, computation, PLAIN_TEXT),
                _lines(gradients, computation, IN_LATEX),
                answer,
                _lines(gradients, gradients.right, PLAIN_TEXT)[answer],
                mistake.sentence,
                right,
                _while_finite(wrong),
            )
    raise SaidError("no mistake in the lines of {name} can be seen", name=rule.id)


def _while_finite(record: RecordColumns) -> RecordColumns:
    ends = ~np.isfinite(record.p).all(axis=1)
    return record.head(int(ends.argmax())) if ends.any() else record


def _candidates(gradients: RunGradients) -> Iterator[tuple[Mistake, Computation, int]]:
    """Yield the mistakes that change exactly one line: mistake, computation and index of the line."""
    right = _lines(gradients, gradients.right, PLAIN_TEXT)
    rule, point = gradients.right.rule, gradients.right.gradient
    for mistake in mistakes(gradients.run, gradients.data):
        computation = mistake.change(gradients.right)
        program = computation.rule.program
        if computation._replace(rule=rule, gradient=point) != gradients.right:
            continue  # the mistake is not in the lines
        if program.starts != rule.program.starts or len(program.lines) != len(right):
            continue
        if any(program.by_target.get(name) != rule.program.by_target[name] for name in rule.gradients):
            continue  # another place of the gradient changes a letter in every line
        if computation.gradient.by_target["f"] != point.by_target["f"]:
            continue  # the neuron is not among the lines
        lines = _lines(gradients, computation, PLAIN_TEXT)
        wrong = [place for place, (one, other) in enumerate(zip(lines, right, strict=True)) if one != other]
        if len(wrong) == 1:
            yield mistake, computation, wrong[0]


def _lines(gradients: RunGradients, computation: Computation, writer: FormulaWriter) -> tuple[str, ...]:
    optimizer, lines = gradients.run.optimizer, []
    right = lines_in_letters(optimizer, "w", writer, LECTURE)
    for line, right_line in zip(computation.rule.program.lines, right, strict=True):
        if not is_gradient(line.node):
            lines.append(writer.line(line, symbols_of_line(optimizer, line)))
        elif computation.gradient is gradients.right.gradient:
            lines.append(right_line)
        else:
            letter = symbols(optimizer)[line.target]
            lines.append(sum_in_letters(letter, _term(computation.gradient), "w", writer))
    return tuple(lines)


def _term(point: Program) -> Node:
    """Return what a point adds to the gradient, in terms of f, x, y and n."""
    node: Node = Name(G)
    while names := names_in(node) & (point.by_target.keys() - {"f"}):
        node = substituted(node, {name: point.by_target[name] for name in names})
    return node


def _record(gradients: RunGradients, computation: Computation) -> RecordColumns:
    """Run a computation, and return its parameters and losses at all steps."""
    step, p = array_step(computation.rule), np.array([gradients.run.start])
    numbers = {GAMMA: np.nan, **gradients.run.optimizer.numbers}
    memory = memory_at_start(computation.rule, numbers, p)
    record = RecordColumns.room(STEPS_COMPUTED + 1, p.shape[1], 0)
    record.p[0] = p[0]
    with np.errstate(all="ignore"):
        for t in range(1, STEPS_COMPUTED + 1):
            gradient = partial(gradients.of, computation, (t, 0), gradients.data)
            p, memory, _ = step(gradient, p, memory, numbers, t)
            record.p[t] = p[0]
        record.loss[:] = gradients.data.loss(record.p)
    return record
