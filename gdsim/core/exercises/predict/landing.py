"""Where a run lands, how far from where somebody said it would, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gdsim.core.analysis.arrows import Kind, Scale, arrows, scale
from gdsim.core.analysis.memory_weights import memory_of
from gdsim.core.analysis.update import Update
from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import Columns
from gdsim.core.formulas.formula_writer import PLAIN_TEXT
from gdsim.core.formulas.language import Formula, Name, Node, names_in
from gdsim.core.formulas.numerals import rounded
from gdsim.core.formulas.printing import MINUS
from gdsim.core.formulas.symbols import typeset
from gdsim.core.model.experiment import Window
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
    """Where somebody said that a run lands, and where it does.

    Attributes
    ----------
    path : (n + 1, 2) array
        The true way of n steps, first weight and bias, beginning where the run stood.
    loss : (n + 1,) array
    predicted : (2,) array
    """

    path: Array
    loss: Array
    predicted: Array

    @property
    def distance(self) -> float:
        """From the predicted place to the true one."""
        return float(np.hypot(*(self.predicted - self.path[-1])))

    @property
    def length(self) -> float:
        """From where the run stood to where it landed, as the crow flies."""
        return float(np.hypot(*(self.path[-1] - self.path[0])))

    @property
    def travelled(self) -> float:
        """The length of the way it took."""
        return float(np.hypot(*np.diff(self.path, axis=0).T).sum())

    @property
    def share(self) -> float | None:
        """The distance as a share of the length; None when the run did not move."""
        return self.distance / self.length if self.length > 0.0 else None


def landing(record: Columns, step: int, ahead: int, predicted: tuple[float, float]) -> Landing:
    """Compare a prediction with the record of a run with one input.

    Parameters
    ----------
    record : Columns
        At least the rows 0 to ``step + ahead``.
    step : int
        Where the run stood.
    ahead : int
        How many steps were predicted, from 1.
    predicted : (w, b)

    Raises
    ------
    ValueError
        If the record ends before.
    """
    if ahead < 1 or step + ahead >= len(record.loss):
        raise ValueError(f"the record does not reach {ahead} steps beyond step {step}")
    rows = slice(step, step + ahead + 1)
    return Landing(record.p[rows], record.loss[rows], np.array(predicted))


def close_window(window: Window, place: Array, reach: float) -> Window:
    """Return a window around a place that is ``reach`` wide to every side, if it is smaller than the whole.

    The whole window comes back where the reach is nothing, or too small for a picture.
    """
    if not 2.0 * reach < min(window.w_max - window.w_min, window.b_max - window.b_min):
        return window
    w, b = place.tolist()
    close = Window(w - reach, w + reach, b - reach, b + reach)
    return window if close.fault() else close


def landing_words(result: Landing) -> str:
    """Return how far off a prediction was."""
    off = f"Your mark is {rounded(result.distance, 3)} units from where it landed"
    if result.share is None:
        return f"{off}; it did not move at all."
    what = "step" if len(result.path) == _ONE_STEP else "way"
    length = rounded(result.length, 3)
    if result.share < _TIMES:
        return f"{off}: {100.0 * result.share:.3g} % of the {what}, which is {length} units long."
    return f"{off}: {result.share:.3g} times the length of the {what}, which is {length} units."


def why_it_landed(result: Landing, update: Update) -> tuple[str, ...]:
    """Return why a run landed there.

    Parameters
    ----------
    result : Landing
    update : Update
        The first update of the way.
    """
    losses = f"L went from {rounded(float(result.loss[0]), 4)} to {rounded(float(result.loss[-1]), 4)}."
    if len(result.path) == _ONE_STEP:
        return (*_why_step(update), losses)
    steps = np.hypot(*np.diff(result.path, axis=0).T)
    first = rounded(float(steps[0]), 3)
    ways = f"{len(steps)} steps made a way of {rounded(result.travelled, 3)} units"
    kinds = f"{ways}, the first step {first} units long, the last {rounded(float(steps[-1]), 3)}."
    return kinds, _shape_words(result), losses


def _shape_words(result: Landing) -> str:
    bend = result.length / result.travelled if result.travelled > 0.0 else 1.0
    if bend > _STRAIGHT:
        return "It went nearly straight."
    length = rounded(result.length, 3)
    return f"It bent: it ended {length} units from where it began, {100.0 * bend:.0f} % of its way."


def _why_step(update: Update) -> Iterator[str]:
    rule, scaled = update.rule, scale(update)
    gradient, step, eta = _pair(update.gradient), _pair(update.after - update.before), rounded(update.eta, 4)
    yield from _which_points(update)
    if rule.velocity:
        yield from _carried_and_pulled(update)
    elif rule.is_plain_descent:
        way = ": straight downhill" if len(update.rows) == len(update.points) else ""
        yield f"The step {step} is η = {eta} times the gradient {gradient}, turned round{way}."
    elif rule.direction is None:
        yield f"The step {step} is what the rule's last line gives: {_last_line(update)}."
    elif scaled is None:
        rate, direction = _letters(update, rule.rate), _letters(update, rule.direction)
        made = update.value(rule.direction)
        yield f"What {rate} is multiplied by is {direction} = {_pair(made)}; the run goes against it."
    else:
        yield from _own_rates(update, rule.direction, scaled)
    if rule.other_terms is not None:
        letters, added = _letters(update, rule.other_terms), _pair(update.value(rule.other_terms))
        yield f"Whatever the gradient is, {letters} = {added} is added."


def _own_rates(update: Update, direction: Node, scaled: Scale) -> Iterator[str]:
    rule = update.rule
    of = "the average of the gradients" if rule.average else _letters(update, direction)
    of = "the gradient" if direction == Name(rule.last_gradient) else of
    along = update.value(direction)
    yield f"Each parameter has its own rate, {_letters(update, rule.rate)}, and goes against {of}."
    for name, rate, part in zip("wb", scaled.rates.tolist(), along.tolist(), strict=True):
        times = f"{rounded(rate, 3)} × {_in_brackets(rounded(part, 3))}"
        yield f"{name} changes by {MINUS}({times}) = {_signed(rounded(-rate * part, 3))}."
    large = int(np.argmax(np.abs(along)))
    if scaled.rates[large] < scaled.rates[1 - large]:
        steeper = f"the steeper direction, {'wb'[large]}, has the smaller rate"
        yield f"The gradient is {_pair(update.gradient)}: {steeper}."


def _last_line(update: Update) -> str:
    """Return the line that makes the step in letters, and the numbers of what the lines before it compute."""
    rule, known = update.rule, symbols(update.run.optimizer)
    line = rule.program.lines[-1]
    computed = sorted(names_in(line.node).intersection(rule.program.by_target))
    values = [f"{typeset(known[name].text)} = {_pair(update.at(name))}" for name in computed]
    text = PLAIN_TEXT.line(line, known)
    return f"{text}, where {', '.join(values)}" if values else text


def _letters(update: Update, node: Node) -> str:
    """Return a formula of the rule in letters, for whichever parameter."""
    known = symbols(update.run.optimizer)
    return typeset(PLAIN_TEXT.letters(node, known))


def _in_brackets(number: str) -> str:
    return f"({_true_minus(number)})" if number.startswith("-") else number


def _signed(number: str) -> str:
    return _true_minus(number) if number.startswith("-") else f"+{number}"


def _true_minus(number: str) -> str:
    return PLAIN_TEXT.number(number)


def _carried_and_pulled(update: Update) -> Iterator[str]:
    """Say of a velocity what is kept of it, and what is taken of the gradient."""
    rule, t = update.rule, np.full(1, float(update.t))
    step, last = (
        _pair(one)
        for one in (update.after - update.before, -update.state_before[rule.letters.index(rule.velocity)])
    )
    eta, gamma = np.full(1, update.eta), np.full(1, update.gamma)
    gathered = memory_of(update.run.optimizer, rule.velocity, eta, gamma, t)
    if gathered is None or gathered.power != 1:
        yield f"The step {step} is what the rule's last line gives: {_last_line(update)}."
        return
    kept, taken = (_as_setting(update, float(one[0])) for one in (gathered.keep, gathered.take))
    gradient = _pair(update.gradient)
    yield f"The step {step} is {kept} of the last step {last}, less {taken} times the gradient {gradient}."
    lengths = {arrow.kind: float(np.hypot(*arrow.way)) for arrow in arrows(update) if not arrow.ghost}
    carried, pull = (rounded(lengths.get(kind, 0.0), 3) for kind in (Kind.CARRIED, Kind.GRADIENT))
    yield f"What is carried on is {carried} units long, the pull of the slope {pull}."
    if (update.asked_at != update.before).any():
        place = rule.gradients[rule.last_gradient]
        letters = PLAIN_TEXT.line(
            Formula(place, rule.program.by_target[place]), symbols(update.run.optimizer)
        )
        yield f"The gradient is taken where the rule looks ahead, {letters} = {_pair(update.asked_at)}."


def _as_setting(update: Update, value: float) -> str:
    """Return a number, with the letter of the setting that it is."""
    optimizer = update.run.optimizer
    named = {"γ": update.gamma, "η": update.eta}
    named |= {one.symbol: optimizer[one.name] for one in optimizer.definition.settings if not one.is_switch}
    letter = next((letter for letter, one in named.items() if one == value), "")
    return f"{letter} = {rounded(value, 4)}" if letter else rounded(value, 4)


def _which_points(update: Update) -> Iterator[str]:
    count = len(update.rows)
    if count == len(update.points):
        return
    names = ", ".join(str(row + 1) for row in update.rows[:_MOST_NAMED].tolist())
    more = " and others" if count > _MOST_NAMED else ""
    one = "point" if count == 1 else "points"
    yield f"This update sees {one} {names}{more} only, so its gradient is not that of the surface drawn."


def _pair(place: Array) -> str:
    return f"({rounded(float(place[0]), 3)}, {rounded(float(place[-1]), 3)})"
