"""The known mistakes in a run, each a change of the computation and a sentence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.exercises.check.computation import BorrowedMemory, Computation, Pairing, Rate, UnclearedSum
from gdsim.core.exercises.check.gradient_mistakes import with_wrong_lines, wrong_gradients
from gdsim.core.exercises.check.replay import ROUNDED, gathers_sizes
from gdsim.core.exercises.check.wrong_rules import wrong_rules
from gdsim.core.formulas.numerals import listed
from gdsim.core.formulas.program import Program, is_gradient
from gdsim.core.formulas.symbols import of_name, symbol_text
from gdsim.core.formulas.syntax import Binary, Call, Formula, Name, Node, Number, substituted
from gdsim.core.language.texts import counted, said
from gdsim.core.model.batching import BATCH, STOCHASTIC, shuffled_rows
from gdsim.core.model.neuron import Neuron, written_names
from gdsim.core.model.objective import Objective
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.run import Run
from gdsim.core.rules.schedules import EPOCH, RISES, STEP, Schedule, ScheduleState
from gdsim.core.rules.update_rule import CORRECTED, NEW, W_NEXT, UpdateRule, W
from gdsim.core.settings import NUMBER, Setting

ComputationChange = Callable[[Computation], Computation]
# The largest batch for which the mistake "an update after every point" is tried, and the largest table
# in which every pair of y is exchanged.
_MOST_IN_TURN, _FEW_POINTS = 256, 8


@dataclass(frozen=True, eq=False)
class Mistake:
    sentence: str  # What was done, and what is right instead
    change: ComputationChange
    # Whether it is in the lines of the rule. Two such mistakes are not looked for together.
    is_in_rule: bool = False
    # Whether it is never paired with another mistake, because there are many of its kind.
    is_alone: bool = False


def mistakes(run: Run, data: PointLoss) -> Iterator[Mistake]:
    """Yield the mistakes that can be made in a run over the points of ``data``, the likeliest first."""
    points = len(data.targets)
    names = written_names(len(run.start) - 1)
    for sentence, rule in wrong_rules(run.optimizer):
        yield Mistake(sentence, _with(rule=rule), is_in_rule=True)
    yield from _in_gradient(data.objective)
    yield from _in_sum(run, data, names)
    yield from _in_rates(run, points)
    yield from _in_batches(run, points)
    yield from _in_parameters(run, names)
    if isinstance(data, Neuron):  # the points of a function are slopes, of which only the mean counts
        yield from _in_table(data)


def _with(**changes: Any) -> ComputationChange:  # noqa: ANN401 - a value for any field
    """Return a change that replaces fields of a computation."""
    return partial(Computation._replace, **changes)


# ---------------------------------------------------------------------------------------- the gradient


def _in_gradient(objective: Objective) -> Iterator[Mistake]:
    for sentence, lines, is_alone in wrong_gradients(objective):
        yield Mistake(sentence, partial(_with_wrong_lines, lines=lines), is_alone=is_alone)
    yield Mistake(
        said("b was updated with the new w; both gradients should be taken at the old w and b."),
        _with(weights_first=True),
    )


def _with_wrong_lines(computation: Computation, lines: tuple[Formula, ...]) -> Computation:
    return computation._replace(gradient=with_wrong_lines(computation.gradient, lines))


def _in_sum(run: Run, data: PointLoss, names: tuple[str, ...]) -> Iterator[Mistake]:
    """Yield the mistakes in the loop that sums the gradient over the points of an update."""
    points = len(data.targets)
    size = run.batching.batch_size(points)
    if size > 1 and isinstance(data, Neuron):
        every = tuple(range(len(names)))
        yield Mistake(
            said(
                "In the sum of the gradient each point replaced the one before (= instead of +=), so only "
                "the last one counts."
            ),
            _with(overwritten=every),
        )
        for group, letter in ((every[:-1], "w"), (every[-1:], "b")):
            yield Mistake(
                said(
                    "In the sum of the gradient of {letter} each point replaced the one before (= instead "
                    "of +=), so only the last one counts.",
                    letter=letter,
                ),
                _with(overwritten=group),
                is_alone=True,
            )
    yield Mistake(
        said("The gradient was not set to zero before each update: all earlier gradients were added to it."),
        _with(sums=UnclearedSum.OF_ALL),
    )
    if run.batching.updates_per_epoch(points) > 1:
        yield Mistake(
            said(
                "The gradient was set to zero at the start of each epoch; it should be set to zero before "
                "each update."
            ),
            _with(sums=UnclearedSum.OF_EPOCH),
        )
    if 1 < size <= _MOST_IN_TURN:
        after = (
            said("this run makes one after all {size}", size=size)
            if size == points
            else said("this run makes one after every {size}", size=size)
        )
        yield Mistake(
            said("An update was made after every point, with its gradient alone; {after}.", after=after),
            _with(each_point=True),
        )
        yield Mistake(
            said("An update was made after every point, with the sum so far; {after}.", after=after),
            _with(each_point=True, sums=UnclearedSum.OF_UPDATE),
        )


# ------------------------------------------------------------------------------------------- the rates


def _in_rates(run: Run, points: int) -> Iterator[Mistake]:
    if run.optimizer.eta != 1.0:
        yield Mistake(
            said("The gradient was not multiplied by the learning rate η."), _with(eta=lambda _: 1.0)
        )
    is_one_step = run.batching.updates_per_epoch(points) == 1
    eta, gamma = run.optimizer.eta, run.optimizer.gamma
    for words, rate in _wrong_rates(said("learning rate"), run.schedule, eta, is_one_step=is_one_step):
        yield Mistake(words, _with(eta=rate))
    for words, rate in _wrong_rates(said("momentum"), run.momentum_schedule, gamma, is_one_step=is_one_step):
        yield Mistake(words, _with(gamma=rate))


def _wrong_rates(
    name: str, schedule: Schedule, initial: float, *, is_one_step: bool
) -> Iterator[tuple[str, Rate]]:
    """Yield wrong ways to compute a rate; ``is_one_step`` says that an epoch is one step."""
    kind = schedule.definition
    if kind.changes:
        yield (
            said("The {name} stayed at its first value; the run has a schedule for it.", name=name),
            lambda _: initial,
        )
    if kind.looks_at(RISES):
        return  # the number of rises of the loss is not known here

    def at(state: Callable[[ScheduleState], ScheduleState]) -> Rate:
        return lambda now: schedule.rate(initial, state(now))

    words = said("The schedule of the {name}", name=name)
    if kind.looks_at(STEP):
        yield (
            said("{words} counts the first update as t = 1; it should be t = 0.", words=words),
            at(lambda now: now._replace(step=now.step + 1)),
        )
    if kind.looks_at(STEP) and not is_one_step:
        yield (
            said("{words} was counted in finished epochs; it should be counted in steps.", words=words),
            at(lambda now: now._replace(step=now.epoch)),
        )
    for name_of_state in filter(kind.looks_at, (STEP, EPOCH)):
        is_step = name_of_state == STEP
        yield (
            said("{words} is one update late.", words=words)
            if is_step
            else said("{words} is one epoch late.", words=words),
            at(partial(_shifted, name=name_of_state, by=-1)),
        )
    if kind.looks_at(EPOCH):
        yield said("{words} is one epoch early.", words=words), at(partial(_shifted, name=EPOCH, by=1))
    if kind.looks_at(EPOCH) and not is_one_step:
        yield (
            said("{words} was counted in steps; it should be counted in finished epochs.", words=words),
            at(lambda now: now._replace(epoch=now.step)),
        )


def _shifted(now: ScheduleState, name: str, by: int) -> ScheduleState:
    step, epoch = (
        max(0, count + by * (one == name)) for one, count in ((STEP, now.step), (EPOCH, now.epoch))
    )
    return now._replace(step=step, epoch=epoch)


# ------------------------------------------------------------------------------ the points of an update


def _in_batches(run: Run, points: int) -> Iterator[Mistake]:
    size = run.batching.batch_size(points)
    if size == points:
        words = said("Each update used one point; this run's updates use all of them.")
        yield Mistake(words, _with(batching=STOCHASTIC()))
        return
    words = said("Each update used all points; this run's updates use only some.")
    yield Mistake(words, _with(batching=BATCH()))
    if run.batching.shuffles:
        words = said("The points were taken in table order; this run shuffles them.")
        in_order = run.batching.replace(shuffle=False)
        yield Mistake(words, _with(batching=in_order))
        words = said("The points were shuffled once; this run shuffles them again before every epoch.")
        yield Mistake(words, _with(batching=in_order, order=lambda n: shuffled_rows(n, 0, run.seed)))
    else:
        words = said("The points were taken from the last to the first.")
        yield Mistake(words, _with(order=lambda n: np.arange(n)[::-1]))
        words = said("The points were taken from the second on; the first update should use the first point.")
        yield Mistake(words, _with(order=lambda n: np.roll(np.arange(n), -1)))
    if points % size:
        words = counted(
            points % size,
            "The last batch of each epoch, which has only {n} point, was left out.",
            "The last batch of each epoch, which has only {n} points, was left out.",
        )
        yield Mistake(words, _with(drops_rest=True))
    if run.optimizer.update_rule.letters:
        words = said("The memory was reset at the start of every epoch; it should be kept throughout.")
        yield Mistake(words, _with(forgets=True))


# --------------------------------------------------------------------------- the parameters, the table


def _in_parameters(run: Run, names: tuple[str, ...]) -> Iterator[Mistake]:
    """Yield the mistakes in which parameters are not updated, or b uses the memory of w."""
    letters = run.optimizer.update_rule.letters
    memory = listed(map(symbol_text, map(of_name, letters)))
    for place, name in enumerate(names):
        words = said("{name} was never updated.", name=name)
        yield Mistake(words, _with(kept=(place,)), is_alone=True)
        if letters:
            words = counted(
                len(letters),
                "{name} was never updated, though its {memory} was.",
                "{name} was never updated, though its {memory} were.",
                name=name,
                memory=memory,
            )
            yield Mistake(words, _with(kept=(place,), remembers_kept=True), is_alone=True)
    every = tuple(range(len(names)))
    yield Mistake(said("No parameter was ever updated."), _with(kept=every), is_alone=True)
    if letters and len(names) == 2:  # noqa: PLR2004 - w and b
        if not _measures_memory(run.optimizer.update_rule):
            yield Mistake(
                said("The step of b was made with {of_it} of w; b should have its own.", of_it=memory),
                _with(borrows=BorrowedMemory.NEW),
            )
        yield Mistake(
            said("w and b share {of_it}; each should have its own.", of_it=memory),
            _with(borrows=BorrowedMemory.BOTH),
        )


def _measures_memory(rule: UpdateRule) -> bool:
    """Return whether the rule takes a norm of its memory over all parameters; w alone has no such norm."""
    new = {z + NEW for z in rule.letters}
    return any(not new.isdisjoint(rule.program.depends(of)) for of in rule.norms.values())


def _in_table(data: Neuron) -> Iterator[Mistake]:
    """Yield the mistakes in which points are paired with the y of other points."""
    n = len(data.targets)
    by_x, by_y = np.argsort(data.inputs[:, 0], kind="stable"), np.argsort(data.targets, kind="stable")
    table = np.arange(n)
    orders = [
        (said("The y were taken in the reverse order of the x."), table, table[::-1]),
        (said("Each x was paired with the y of the point after it."), table, np.roll(table, -1)),
        (said("Each x was paired with the y of the point before it."), table, np.roll(table, 1)),
        (said("The x were sorted without their y."), by_x, table),
        (said("The y were sorted without their x."), table, by_y),
    ]
    if n <= _FEW_POINTS:
        for one, other in combinations(range(n), 2):
            exchanged = table.copy()
            exchanged[[one, other]] = other, one
            words = said("The y of the points {one} and {other} are swapped.", one=one + 1, other=other + 1)
            orders.append((words, table, exchanged))
    known = {(tuple(data.inputs[:, 0].tolist()), tuple(data.targets.tolist()))}
    for sentence, of_x, of_y in orders:
        paired = data._replace(inputs=data.inputs[of_x], targets=data.targets[of_y])
        key = tuple(paired.inputs[:, 0].tolist()), tuple(paired.targets.tolist())
        if key not in known:  # orders can give the same table, because points may share an x or a y
            known.add(key)
            yield Mistake(sentence, _with(pairing=Pairing(paired)), is_alone=True)


# -------------------------------------------------------------------------------------------- rounding

# Closer than this to the middle between two rounded numbers, in units of the last decimal, is a tie.
_TIE = 1e-6
# Copies round ties up or down in every combination, for this many kinds of numbers.
_KINDS = 3
_UNITS, _LEAN, _ROUNDED = "rounding__units", "rounding__lean", "__rounded"


def rounding(run: Run, precision: Array) -> Mistake | None:
    """Return the mistake of rounding every intermediate number to the decimals of the submission.

    Such rounding is harmless in a plain step, but ruins the squares of small gradients, so the result is
    None for a rule that does not gather squares. ``precision`` (m, d + 1) is half a unit of the last
    decimal of each value.
    """
    right = run.optimizer.update_rule
    if not gathers_sizes(right):
        return None
    # For each column, the number of decimals, and how many units of the last one make 1.
    last = np.round(np.log10(0.5 / precision.min(axis=0)))
    units = 10.0**last
    copies = np.arange(ROUNDED)
    leans = np.zeros((_KINDS, 1 + ROUNDED, 1))
    for kind, lean in enumerate(leans):
        lean[1:, 0] = np.where(copies >> kind & 1, _TIE, -_TIE)
    constants = {_UNITS: units} | {f"{_LEAN}{kind}": lean for kind, lean in enumerate(leans)}
    decimals = sorted(set(map(int, last)))
    where = (
        said("the decimals given")
        if len(decimals) > 1
        else counted(decimals[0], "{n} decimal", "{n} decimals")
    )
    return Mistake(
        said("All intermediate numbers seem to be rounded to {where}; small squares need more.", where=where),
        _with(rule=_rounded(right), constants=constants),
    )


def _rounded(rule: UpdateRule) -> UpdateRule:
    """Return the rule with the parameters, the memory and every line but that of w_next rounded."""
    known = {name: Name(f"{name}{_ROUNDED}") for name in (W, *rule.letters)}
    lines = [Formula(new.name, _nearest(Name(name))) for name, new in known.items()]
    kinds = {name: kind for kind, z in enumerate(rule.letters, 1) for name in (z + NEW, z + CORRECTED)}
    for target, node in rule.program.lines:
        here = substituted(node, known)
        exact, lean = target, Name(f"{_LEAN}{kinds.get(target, 0) % _KINDS}")
        if is_gradient(node):
            exact += _ROUNDED
            lines.append(Formula(exact, here))
            here = Name(exact)
        lines.append(Formula(target, here if target == W_NEXT else _nearest(here, lean)))
    given = (_UNITS, *(f"{_LEAN}{kind}" for kind in range(_KINDS)))
    settings = (Setting(name, name, name, "", 0.0, NUMBER) for name in given)
    return UpdateRule.of(Program(tuple(lines), rule.program.starts), (*rule.settings, *settings))


def _nearest(node: Node, lean: Node = Number(0)) -> Node:  # noqa: B008 - a frozen value
    """Return the formula that rounds a number to whole units; ``lean`` says which way a tie goes."""
    half = Binary("+", Number(0.5), lean)
    return Binary("/", Call("floor", (Binary("+", Binary("*", node, Name(_UNITS)), half),)), Name(_UNITS))
