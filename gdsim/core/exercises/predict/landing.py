"""Where a run lands, how far from where somebody said it would, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gdsim.core.analysis.arrows import PLANE, ArrowKind, arrows
from gdsim.core.analysis.memory_weights import Memory, factors_of, memory_of
from gdsim.core.analysis.update import Update
from gdsim.core.analysis.words import number, percent
from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import Columns
from gdsim.core.formulas.formula_writer import PLAIN_TEXT
from gdsim.core.formulas.language import Formula, Name, Node, names_in
from gdsim.core.formulas.printing import MINUS
from gdsim.core.formulas.symbols import typeset
from gdsim.core.model.experiment import ViewRange
from gdsim.core.rules.rule import symbols

# Rows of a way of one step.
_ONE_STEP = 2
# From here on a distance is so many times a length, not a share of it.
_TIMES = 2.0
# Of a way and its ends: straight, to the eye.
_STRAIGHT = 0.98
# So many points are named one by one.
_MOST_NAMED = 6


@dataclass(frozen=True, eq=False)
class Landing:
    """Where somebody said that a run lands, and where it does."""

    path: Array  # (n + 1, 2): the true way of n steps, first weight and bias, beginning where the run stood
    loss: Array  # (n + 1,)
    predicted: Array  # (2,)

    @property
    def distance(self) -> float:
        """From the predicted place to the true one."""
        return float(np.hypot(*(self.predicted - self.path[-1])))

    @property
    def length(self) -> float:
        """From where the run stood to where it landed, as the crow flies."""
        return float(np.hypot(*(self.path[-1] - self.path[0])))

    @property
    def steps(self) -> Array:
        """The lengths of the steps: shape (n,)."""
        lengths: Array = np.hypot(*np.diff(self.path, axis=0).T)
        return lengths

    @property
    def share(self) -> float | None:
        """The distance as a share of the length; None when the run did not move."""
        return self.distance / self.length if self.length > 0.0 else None


def landing(record: Columns, step: int, ahead: int, predicted: tuple[float, float]) -> Landing:
    """Compare the predicted (w, b) after ``ahead`` steps with the record of a run with one input.

    Raises `ValueError` if the record ends before, or no step is predicted.
    """
    if ahead < 1 or step + ahead >= len(record.loss):
        raise ValueError(f"the record does not reach {ahead} steps beyond step {step}")
    rows = slice(step, step + ahead + 1)
    return Landing(record.p[rows], record.loss[rows], np.array(predicted))


def close_view_range(view_range: ViewRange, place: Array, reach: float) -> ViewRange:
    """Return a window around a place that is ``reach`` wide to every side, if it is smaller than the whole.

    The whole window comes back where the reach is nothing, or too small for a picture.
    """
    if not 2.0 * reach < min(view_range.w_max - view_range.w_min, view_range.b_max - view_range.b_min):
        return view_range
    w, b = place.tolist()
    close = ViewRange(w - reach, w + reach, b - reach, b + reach)
    return view_range if close.fault() else close


def landing_words(result: Landing) -> str:
    """Return how far off a prediction was."""
    off = f"Your mark is {number(result.distance)} units from where it landed"
    if result.share is None:
        return f"{off}; it did not move at all."
    what, length = "step" if len(result.path) == _ONE_STEP else "way", number(result.length)
    if result.share < _TIMES:
        return f"{off}: {percent(result.share)} of the {what}, which is {length} units long."
    return f"{off}: {number(result.share)} times the length of the {what}, which is {length} units."


def why_it_landed(result: Landing, update: Update) -> tuple[str, ...]:
    """Return why a run landed there; ``update`` is the first one of the way."""
    before, after = result.loss[[0, -1]].tolist()
    # Over very many points not every loss is computed.
    losses = [f"L went from {number(before, 4)} to {number(after, 4)}."] if before + after >= 0.0 else []
    if len(result.path) == _ONE_STEP:
        return (*_why_step(update), *losses)
    steps, travelled = result.steps, float(result.steps.sum())
    ends = f"the first step {number(float(steps[0]))} units long, the last {number(float(steps[-1]))}"
    way = f"{len(steps)} steps made a way of {number(travelled)} units, {ends}."
    bend = result.length / travelled if travelled > 0.0 else 1.0
    shape = "It went nearly straight."
    if bend <= _STRAIGHT:
        ended = f"it ended {number(result.length)} units from where it began"
        shape = f"It bent: {ended}, {percent(bend)} of its way."
    return (way, shape, *losses)


# ------------------------------------------------------------------------------- why one step went so


def _why_step(update: Update) -> Iterator[str]:
    """Say what the rule's lines make a step of, whatever rule it is."""
    rule = update.rule
    yield from _which_points(update)
    if rule.velocity:
        yield from _carried_and_pulled(update)
    elif rule.direction is None:
        yield _by_the_last_line(update)
    elif rule.has_own_rates:
        yield from _own_rates(update, rule.direction)
    elif rule.is_plain_descent:
        way = ", straight downhill" if len(update.rows) == len(update.points) else ""
        times = f"{number(update.eta, 4)} times the gradient {_pair(update.gradient)}"
        yield f"The step {_step(update)} is −η = −{times}{way}."
    else:
        rate, direction = _letters(update, rule.rate), _letters(update, rule.direction)
        value = number(float(update.value(rule.rate)[0]), 4)
        along = _pair(update.value(rule.direction))
        yield f"The run steps against {direction} = {along}, times {rate} = {value}."
    if rule.other_terms is not None:
        letters, added = _letters(update, rule.other_terms), _pair(update.value(rule.other_terms))
        yield f"Whatever the gradient is, {letters} = {added} is added."


def _which_points(update: Update) -> Iterator[str]:
    count = len(update.rows)
    if count == len(update.points):
        return
    names = ", ".join(str(row + 1) for row in update.rows[:_MOST_NAMED].tolist())
    more = " and others" if count > _MOST_NAMED else ""
    points = "point" if count == 1 else "points"
    yield f"This update uses {points} {names}{more} only, so its gradient is not that of the surface drawn."


def _carried_and_pulled(update: Update) -> Iterator[str]:
    """Say of a velocity what is kept of it, and what is taken of the gradient."""
    rule, letter = update.rule, update.rule.velocity
    memory = _memory(update, letter)
    if memory is None or memory.power != 1:
        yield _by_the_last_line(update)
        return
    kept, taken = (
        f"{one.letter} = {number(one.value, 4)}" if one.letter else number(one.value, 4)
        for one in factors_of(memory, update.run.optimizer, letter)
    )
    last, gradient = _pair(-update.state_before[rule.letters.index(letter)]), _pair(update.gradient)
    pulled = f"{taken} times the gradient {gradient}"
    yield f"The step {_step(update)} is {kept} of the last step {last}, less {pulled}."
    lengths = {arrow.kind: float(np.hypot(*arrow.way)) for arrow in arrows(update) if not arrow.ghost}
    carried, pull = (number(lengths.get(kind, 0.0)) for kind in (ArrowKind.CARRIED, ArrowKind.GRADIENT))
    yield f"What is carried on is {carried} units long, the pull of the gradient {pull}."
    if (update.asked_at != update.before).any():
        place = rule.gradients[rule.last_gradient]
        line = PLAIN_TEXT.line(Formula(place, rule.program.by_target[place]), symbols(update.run.optimizer))
        yield f"The gradient is taken where the rule looks ahead, {line} = {_pair(update.asked_at)}."


def _own_rates(update: Update, direction: Node) -> Iterator[str]:
    rule, along = update.rule, update.value(direction)
    of = "the gradient"
    if direction != Name(rule.last_gradient):
        memory = _memory(update, rule.average) if rule.average else None
        kind = "the average of the gradients, " if memory and memory.is_average else ""
        of = f"{kind}{_letters(update, direction)} = {_pair(along)}"
    yield f"Each parameter has its own rate, {_letters(update, rule.rate)}, and goes against {of}."
    rates, along = update.value(rule.rate)[PLANE], along[PLANE]
    for name, rate, part in zip("wb", rates.tolist(), along.tolist(), strict=True):
        change = number(-rate * part)
        sign = "" if change.startswith(MINUS) else "+"
        yield f"{name} changes by {MINUS}({number(rate)} × {_in_brackets(number(part))}) = {sign}{change}."
    large = int(np.argmax(np.abs(update.gradient[PLANE])))
    if rates[large] < rates[1 - large]:
        steeper = f"the steeper direction, {'wb'[large]}, has the smaller rate"
        yield f"The gradient is {_pair(update.gradient)}: {steeper}."


def _by_the_last_line(update: Update) -> str:
    """Return the line that makes the step in letters, and the numbers of what the lines before it compute."""
    rule, known = update.rule, symbols(update.run.optimizer)
    line = rule.program.lines[-1]
    computed = sorted(names_in(line.node).intersection(rule.program.by_target))
    values = [f"{typeset(known[name].text)} = {_pair(update.at(name))}" for name in computed]
    where = f", where {', '.join(values)}" if values else ""
    return f"The step {_step(update)} follows from the last line, {PLAIN_TEXT.line(line, known)}{where}."


def _memory(update: Update, letter: str) -> Memory | None:
    rates = np.full(1, update.eta), np.full(1, update.gamma)
    return memory_of(update.run.optimizer, letter, *rates, np.full(1, float(update.t)))


def _letters(update: Update, node: Node) -> str:
    """Return a formula of the rule in letters, for whichever parameter."""
    return typeset(PLAIN_TEXT.letters(node, symbols(update.run.optimizer)))


def _in_brackets(text: str) -> str:
    return f"({text})" if text.startswith(MINUS) else text


def _step(update: Update) -> str:
    return _pair(update.after - update.before)


def _pair(values: Array) -> str:
    return f"({number(float(values[0]))}, {number(float(values[-1]))})"
