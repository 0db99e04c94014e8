"""Predict, then reveal: where a run lands, which of three runs gets lowest, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from gdsim.core.analysis.arrows import ArrowKind, arrows
from gdsim.core.analysis.memory_weights import Memory, factors_of, memory_of
from gdsim.core.analysis.series import rises
from gdsim.core.analysis.update import Update
from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import Columns
from gdsim.core.exercises.rate_ladder import at_rate, first_columns
from gdsim.core.formulas.language import Formula, Name, Node, names_in
from gdsim.core.formulas.numerals import MINUS, count, number, percent, precise
from gdsim.core.formulas.printing import PLAIN_TEXT
from gdsim.core.formulas.symbols import typeset
from gdsim.core.language.words import counted, said, translated
from gdsim.core.model.edits import change_optimizer
from gdsim.core.model.experiment import Experiment, Run, ViewRange
from gdsim.core.model.plane import in_plane
from gdsim.core.progress import Progress, part_of
from gdsim.core.rules.catalogue import LECTURE_RULES
from gdsim.core.rules.rule import symbols
from gdsim.core.rules.update_rule import W_NEXT

# Rows of a path of one step.
_ONE_STEP = 2
# From here on a distance is told as so many times a length, not as a share of it.
_TIMES = 2.0
# Straight to the eye: the distance between the ends is at least this share of the length of the path.
_STRAIGHT = 0.98
# At most so many points are named one by one.
_MOST_NAMED = 6


@dataclass(frozen=True, eq=False)
class Landing:
    """Where somebody said that a run lands, and where it does."""

    path: Array  # (n + 1, 2): the true path of n steps, first weight and bias, from where the run was
    loss: Array  # (n + 1,)
    predicted: Array  # (2,)

    @property
    def distance(self) -> float:
        """From the predicted place to the true one."""
        return float(np.hypot(*(self.predicted - self.path[-1])))

    @property
    def length(self) -> float:
        """The distance from the first place of the path to the last."""
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
        raise ValueError(
            said("the record does not reach {ahead} steps beyond step {step}", ahead=ahead, step=step)
        )
    rows = slice(step, step + ahead + 1)
    return Landing(record.p[rows], record.loss[rows], np.array(predicted))


def close_view_range(view_range: ViewRange, place: Array, reach: float) -> ViewRange:
    """Return the part of a view range that reaches so far from a place to every side.

    All of it where that would be larger, or too small for a picture.
    """
    if not 2.0 * reach < min(view_range.extent):
        return view_range
    close = ViewRange.between(place - reach, place + reach)
    return view_range if close.fault() else close


def landing_words(result: Landing) -> str:
    """Return how far off a prediction was."""
    off = said("Your mark is {distance} from where the run landed", distance=number(result.distance))
    if result.share is None:
        return said("{off}; the run did not move at all.", off=off)
    share = (
        said("{share} of", share=percent(result.share))
        if result.share < _TIMES
        else said("{share} times", share=number(result.share))
    )
    length = number(result.length)
    if len(result.path) == _ONE_STEP:
        return said("{off}: {share} the step, which is {length} long.", off=off, share=share, length=length)
    return said(
        "{off}: {share} the straight line from start to end, which is {length} long.",
        off=off,
        share=share,
        length=length,
    )


def why_it_landed(result: Landing, update: Update) -> tuple[str, ...]:
    """Return why a run landed there; ``update`` is the first of its updates."""
    before, after = result.loss[[0, -1]].tolist()
    # Over very many points not every loss is computed.
    losses = (
        [said("L went from {before} to {after}.", before=number(before, 4), after=number(after, 4))]
        if before + after >= 0.0
        else []
    )
    if len(result.path) == _ONE_STEP:
        return (*_why_step(update), *losses)
    steps, travelled = result.steps, float(result.steps.sum())
    ends = said(
        "the first is {steps} long, the last {steps2}",
        steps=number(float(steps[0])),
        steps2=number(float(steps[-1])),
    )
    path = said(
        "The {steps} steps make a path {travelled} long; {ends}.",
        steps=len(steps),
        travelled=number(travelled),
        ends=ends,
    )
    straightness = result.length / travelled if travelled > 0.0 else 1.0
    shape = said("The path is nearly straight.")
    if straightness <= _STRAIGHT:
        shape = said(
            "The path bends: its ends are {length} apart, {straightness} of its length.",
            length=number(result.length),
            straightness=percent(straightness),
        )
    return (path, shape, *losses)


# ------------------------------------------------------------------------------- why one step went so


def _why_step(update: Update) -> Iterator[str]:
    """Say what the rule's lines make a step of, whatever rule it is."""
    rule = update.rule
    yield from _which_points(update)
    if rule.velocity:
        yield from _carried_and_pulled(update)
    elif rule.direction is None:
        yield _by_the_line(update)
    elif rule.has_own_rates:
        yield from _own_rates(update, rule.direction)
    elif rule.is_plain_descent:
        downhill = said(", straight downhill") if len(update.rows) == len(update.points) else ""
        times = said(
            "{eta} times the gradient {pair}", eta=number(update.eta, 4), pair=_pair(update.gradient)
        )
        yield said(
            "The step {step} is −η = −{times}{downhill}.", step=_step(update), times=times, downhill=downhill
        )
    else:
        rate, direction = _letters(update, rule.rate), _letters(update, rule.direction)
        value = number(float(update.value(rule.rate)[0]), 4)
        along = _pair(update.value(rule.direction))
        yield said(
            "The run steps against {direction} = {along}, times {rate} = {value}.",
            direction=direction,
            along=along,
            rate=rate,
            value=value,
        )
    if rule.other_terms is not None:
        letters, added = _letters(update, rule.other_terms), _pair(update.value(rule.other_terms))
        yield said("Whatever the gradient is, {letters} = {added} is added.", letters=letters, added=added)


def _which_points(update: Update) -> Iterator[str]:
    used = len(update.rows)
    if used == len(update.points):
        return
    names = ", ".join(str(row + 1) for row in update.rows[:_MOST_NAMED].tolist())
    more = " " + said("and others") if used > _MOST_NAMED else ""
    yield counted(
        used,
        "This update uses point {names}{more} only, so its gradient is not that of the surface drawn.",
        "This update uses points {names}{more} only, so its gradient is not that of the surface drawn.",
        names=names,
        more=more,
    )


def _carried_and_pulled(update: Update) -> Iterator[str]:
    """Say of a velocity what is kept of it, and what is taken of the gradient."""
    rule, letter, sign = update.rule, update.rule.velocity, update.rule.velocity_sign
    memory = _memory(update, letter)
    if memory is None or memory.power != 1:
        yield _by_the_line(update)
        return
    kept, taken = (
        f"{one.letter} = {number(one.value, 4)}" if one.letter else number(one.value, 4)
        for one in factors_of(memory, update.run.optimizer, letter, -sign)
    )
    last, gradient = _pair(sign * update.state_before[rule.letters.index(letter)]), _pair(update.gradient)
    pulled = said("{taken} times the gradient {gradient}", taken=taken, gradient=gradient)
    if update.counted > 1:
        yield said(
            "The step {step} is {kept} of the last step {last}, less {pulled}.",
            step=_step(update),
            kept=kept,
            last=last,
            pulled=pulled,
        )
    elif update.state_before[rule.letters.index(letter)].any():
        yield said(
            "The step {step} is {kept} of the velocity at the start {last}, less {pulled}.",
            step=_step(update),
            kept=kept,
            last=last,
            pulled=pulled,
        )
    else:
        yield said(
            "The step {step} is the first, with none before it: minus {pulled}.",
            step=_step(update),
            pulled=pulled,
        )
    lengths = {arrow.kind: float(np.hypot(*arrow.vector)) for arrow in arrows(update) if not arrow.ghost}
    carried, pull = (number(lengths.get(kind, 0.0)) for kind in (ArrowKind.CARRIED, ArrowKind.GRADIENT))
    yield said(
        "The part carried over is {carried} long, the part from the gradient {pull}.",
        carried=carried,
        pull=pull,
    )
    if (update.asked_at != update.before).any():
        place = rule.gradients[rule.last_gradient]
        line = PLAIN_TEXT.line(Formula(place, rule.program.by_target[place]), symbols(update.run.optimizer))
        yield said(
            "The gradient is taken where the rule looks ahead, {line} = {pair}.",
            line=line,
            pair=_pair(update.asked_at),
        )


def _own_rates(update: Update, direction: Node) -> Iterator[str]:
    rule, along = update.rule, update.value(direction)
    of = said("the gradient")
    if direction != Name(rule.last_gradient):
        memory = _memory(update, rule.average) if rule.average else None
        kind = said("the average of the gradients,") + " " if memory and memory.is_average else ""
        of = f"{kind}{_letters(update, direction)} = {_pair(along)}"
    yield said(
        "Each parameter has its own rate, {update}, and goes against {of}.",
        update=_letters(update, rule.rate),
        of=of,
    )
    rates, along = update.drawn(update.value(rule.rate)), update.drawn(along)
    for name, rate, part in zip("wb", rates.tolist(), along.tolist(), strict=True):
        change = number(-rate * part)
        sign = "" if change.startswith(MINUS) else "+"
        yield said(
            "{name} changes by {minus}({rate} × {in_brackets}) = {sign}{change}.",
            name=name,
            minus=MINUS,
            rate=number(rate),
            in_brackets=_in_brackets(number(part)),
            sign=sign,
            change=change,
        )
    large = int(np.argmax(np.abs(update.drawn(update.gradient))))
    if rates[large] < rates[1 - large]:
        yield said(
            "The gradient is {pair}: the steeper direction, {name}, has the smaller rate.",
            pair=_pair(update.gradient),
            name="wb"[large],
        )


def _by_the_line(update: Update) -> str:
    """Return the line that makes the step in letters, and the numbers of what other lines compute for it."""
    rule, known = update.rule, symbols(update.run.optimizer)
    line = Formula(W_NEXT, rule.program.by_target[W_NEXT])
    computed = sorted(names_in(line.node).intersection(rule.program.by_target))
    values = [f"{typeset(known[name].text)} = {_pair(update.at(name))}" for name in computed]
    where = said(", where {values}", values=", ".join(values)) if values else ""
    return said(
        "The step {step} follows from the line {line}{where}.",
        step=_step(update),
        line=PLAIN_TEXT.line(line, known),
        where=where,
    )


def _memory(update: Update, letter: str) -> Memory | None:
    rates = np.full(1, update.eta), np.full(1, update.gamma)
    return memory_of(update.run.optimizer, letter, *rates, np.full(1, float(update.counted)))


def _letters(update: Update, node: Node) -> str:
    """Return a formula of the rule in letters, for whichever parameter."""
    return typeset(PLAIN_TEXT.letters(node, symbols(update.run.optimizer)))


def _in_brackets(text: str) -> str:
    return f"({text})" if text.startswith(MINUS) else text


def _step(update: Update) -> str:
    return _pair(update.after - update.before)


def _pair(values: Array) -> str:
    return f"({number(float(values[0]))}, {number(float(values[-1]))})"


# ----------------------------------------------------------------------------- which run gets lowest

RATE_FACTORS = (0.1, 1.0, 10.0)

# The margin around paths on a map, as a share of their extent; and at least as a share of the whole map.
_AROUND, _LEAST = 0.15, 0.02


@dataclass(frozen=True, eq=False)
class Contender:
    """A run that is ranked."""

    label: str  # Its rate, or its rule
    record: Columns  # From the common start; it ends before the first step that is not finite
    diverged: bool

    @property
    def last(self) -> float:
        """The loss at its end; infinite when it diverged."""
        return float("inf") if self.diverged else float(self.record.loss[-1])


@dataclass(frozen=True, eq=False)
class Ranking:
    """Contenders after so many steps."""

    each: tuple[Contender, ...]
    steps: int

    @property
    def order(self) -> tuple[int, ...]:
        """Their indices, the lowest loss first."""
        return tuple(sorted(range(len(self.each)), key=lambda index: self.each[index].last))

    def is_right(self, order: Sequence[int]) -> bool:
        """Return whether an order is right; runs with equal losses may stand in any order."""
        return self.pairs_right(order) == len(order) * (len(order) - 1) // 2

    def pairs_right(self, order: Sequence[int]) -> int:
        """Return how many pairs of an order are in the right order."""
        return sum(self.each[one].last <= self.each[other].last for one, other in combinations(order, 2))


def rates_to_rank(run: Run) -> tuple[tuple[str, Run], ...]:
    """Return a run at a smaller rate, at its own, and at a larger one, with labels."""
    rates = [float(f"{run.optimizer.eta * factor:.12g}") for factor in RATE_FACTORS]
    return tuple((f"η = {precise(rate)}", at_rate(run, rate)) for rate in rates)


def rules_to_rank(run: Run) -> tuple[tuple[str, Run], ...]:
    """Return a run by its own rule, and by the first and the last other of the lecture, with labels.

    The others have their usual settings.
    """
    others = [rule for rule in LECTURE_RULES.values() if rule.id != run.optimizer.id]
    rivals = (
        (translated(one.title), replace(change_optimizer(run, one()), name=""))
        for one in (others[0], others[-1])
    )
    return ((translated(run.optimizer.title), run), *rivals)


def ranking(
    experiment: Experiment, runs: Sequence[tuple[str, Run]], start: Sequence[float], steps: int
) -> Progress[Ranking]:
    """Yield the share that is done; at the end return how some runs rank that begin at one place.

    All of them start at parameters (d + 1,), without a memory of earlier steps, and make all the steps, at
    least 1, however few epochs they have.
    """
    contenders = []
    for done, (label, run) in enumerate(runs):
        epochs = -(-steps // experiment.updates_per_epoch(run))
        alone = replace(experiment, runs=(replace(run, start=tuple(start), epochs=epochs, fork=None),))
        work = first_columns(alone, 0, steps)
        record, diverged = yield from part_of(work, done / len(runs), (done + 1) / len(runs))
        contenders.append(Contender(label, record, diverged))
    return Ranking(tuple(contenders), steps)


def view_range_of_paths(result: Ranking, whole: ViewRange) -> ViewRange:
    """Return the part of the plane that holds all paths, at most the whole map and its size all round it."""
    paths = np.vstack([in_plane(one.record.p) for one in result.each])
    low, high = np.array([whole[0::2], whole[1::2]])
    span = high - low
    paths = np.clip(paths, low - span, high + span)
    low, high = paths.min(axis=0), paths.max(axis=0)
    margin = np.maximum(_AROUND * (high - low), _LEAST * span)
    view_range = ViewRange.between(low - margin, high + margin)
    return whole if view_range.fault() else view_range


def ranking_words(result: Ranking, order: Sequence[int]) -> str:
    """Return what is right about an order."""
    names = ", ".join(result.each[index].label for index in result.order)
    pairs = len(order) * (len(order) - 1) // 2
    if result.is_right(order):
        return said(
            "Right: after {steps} steps, from the lowest loss up, {names}.", steps=result.steps, names=names
        )
    right = said(
        "{pairs_right} of {pairs} pairs are in the right order",
        pairs_right=result.pairs_right(order),
        pairs=pairs,
    )
    return said("{right}. From the lowest loss up: {names}.", right=right, names=names)


def why_they_rank(result: Ranking) -> tuple[str, ...]:
    """Return what each contender did, the best one first."""
    return tuple(_what_it_did(result.each[index]) for index in result.order)


def _what_it_did(one: Contender) -> str:
    loss = one.record.loss
    moves = np.hypot(*np.diff(in_plane(one.record.p), axis=0).T)
    if one.diverged:
        return said(
            "{label}: diverged after {moves} steps, so it ranks last.",
            label=one.label,
            moves=count(len(moves)),
        )
    did = said(
        "{label}: L from {first} to {last}; a path {length} long, the longest step {longest}",
        label=one.label,
        first=number(float(loss[0]), 4),
        last=number(one.last, 4),
        length=number(float(moves.sum())),
        longest=number(float(moves.max())),
    )
    if np.isnan(loss).any():  # over very many points not every loss is computed
        return f"{did}."
    risen = int(rises(loss).sum())
    if not risen:
        return said("{did}; no step raised the loss.", did=did)
    return said("{did}; {risen} of {steps} steps raised the loss.", did=did, risen=risen, steps=len(moves))
