"""A rule on a parabola: its update as a matrix, if it is linear in w, in its memories and in the gradient."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.evaluate import evaluate, evaluate_arrays
from gdsim.core.formulas.program import is_direction, is_gradient, is_norm
from gdsim.core.formulas.syntax import Binary, Call, Formula, Name, Node, Number, names_in, walk
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.update_rule import ETA, GAMMA, NEW, W_NEXT, T, UpdateRule, W

# The number of an update so late that all corrections for the start are over.
LATE = 10**9
# The name of the rate that the direction is multiplied by, if it is held constant as part of the curvature.
_RATE = "held_rate"
# A rule that repeats itself only after more updates than this is not examined.
_LONGEST_PERIOD = 1000
# Sizes of the mixtures of w and its memories at which linearity is tested, and the relative error allowed.
_TRIALS = (1.0, -3.0, 1e3)
_LINEAR = 1e-9
# Two formulas count as the same if they agree at this many sets of numbers.
_SAMPLES = 16
# A memory that follows from time alone is constant once no update of the longest period changes it by more
# than this. It is followed for at most this many updates.
_CONSTANT, _LONGEST_COURSE = 1e-16, 5_000


@dataclass(frozen=True, eq=False)
class LinearStep:
    """The lines of a rule that determine its step, with the rate of each parameter held constant.

    The loss is a parabola around 0 whose curvature, times the rate, is x. So a gradient is x times the place
    where it is taken, and w and the memories after an update are a matrix times those before it. The entries
    of the matrix are polynomials of x.
    """

    lines: tuple[Formula, ...]
    letters: tuple[str, ...]  # The memories that the step depends on, without `timed`
    timed: tuple[str, ...]  # Those that follow from the number of the update alone
    holds_rate: bool  # Whether the rate is held constant; else it is in the lines, and x contains η alone
    degree: int  # Of the polynomials
    period: Name | Number | None  # The number of updates after which the rule repeats itself, if it does

    def matrices(self, optimizer: Optimizer, eta: Array, gamma: Array, t: Array) -> Array | None:
        """Return the polynomials at some updates (n,): shape (n, period, degree + 1, k, k).

        For a rule with a period they are those of a late period. Return None if the update is not linear.
        """
        if any(is_norm(line.node) or is_direction(line.node) for line in self.lines):
            return None  # neither a norm nor the direction of a second-order rule is linear
        numbers, period = optimizer.numbers, 1
        if self.period:
            wanted = self.period.value if isinstance(self.period, Number) else numbers.get(self.period.name)
            if wanted is None or wanted % 1 or not 1 <= wanted <= _LONGEST_PERIOD:
                return None  # not a period, or too long a one
            period = int(wanted)
            t = np.broadcast_to(float(LATE // period * period + 1), t.shape)
        size = len(self.letters) + 1
        # The states to put in: all zeros, unit vectors, and mixtures of all.
        trials = np.array([np.cos(np.arange(size) + place) * by for place, by in enumerate(_TRIALS)])
        put_in = np.concatenate([np.zeros((1, size)), np.eye(size), trials])
        values = {**numbers, _RATE: 1.0} | {
            name: column[:, np.newaxis, np.newaxis, np.newaxis]
            for name, column in ((ETA, eta), (GAMMA, gamma))
        }
        values[T] = t[:, np.newaxis, np.newaxis, np.newaxis] + np.arange(period)[:, np.newaxis, np.newaxis]
        courses = _courses(optimizer, self.timed)
        if courses is None:
            return None
        for letter, course in courses.items():
            values[letter] = course[np.minimum(values[T], len(course)).astype(np.intp) - 1]
        values |= dict(zip((W, *self.letters), put_in.T, strict=True))
        x = np.arange(self.degree + 1.0)[:, np.newaxis]
        factor = x if self.holds_rate else x / values[ETA]
        for line in self.lines:
            if is_gradient(line.node):
                values[line.target] = factor * values[min(names_in(line.node))]
            else:
                values[line.target] = evaluate_arrays(line.node, values)
        shape = (len(t), period, self.degree + 1, len(put_in))
        after = [np.broadcast_to(values[name], shape) for name in (W_NEXT, *(z + NEW for z in self.letters))]
        moved = np.stack(after, axis=-1)
        with np.errstate(all="ignore"):
            moved = moved[..., 1:, :] - moved[..., :1, :]
            columns, tried = moved[..., :size, :], moved[..., size:, :]
            # Terms may cancel, as in w - x*w where x is 1, so rounding is relative to the largest at any x.
            largest = np.abs(columns).max(axis=(-3, -2, -1), keepdims=True)
            room = _LINEAR * np.abs(trials).max(axis=1, keepdims=True) * largest
            if not (np.abs(trials @ columns - tried) <= room).all():
                return None
        at_nodes = np.swapaxes(columns, -1, -2).reshape(len(t) * period, self.degree + 1, -1)
        powers = np.linalg.inv(np.vander(x[:, 0], increasing=True))
        made: Array = (powers @ at_nodes).reshape(len(t), period, self.degree + 1, size, size)
        return made


@lru_cache(maxsize=256)
def linear_step(rule: UpdateRule) -> LinearStep:
    program = rule.program
    held = _with_held_rate(rule)
    if held is not None:
        program = program.with_lines({W_NEXT: held})
    letters, timed = frozenset[str](), _timed_letters(rule)
    while True:
        wanted = frozenset().union(*map(program.depends, (W_NEXT, *(z + NEW for z in letters))))
        more = (frozenset(rule.letters) & wanted) - timed
        if more == letters:
            break
        letters = more
    lines = tuple(line for line in program.lines if line.target in wanted)
    followed = timed & wanted
    while more := (timed & frozenset().union(*(program.depends(z + NEW) for z in followed))) - followed:
        followed |= more  # timed memories may follow from others
    return LinearStep(
        lines,
        tuple(z for z in rule.letters if z in letters),
        tuple(z for z in rule.letters if z in followed),
        holds_rate=held is not None,
        degree=sum(is_gradient(line.node) for line in lines),
        period=_period(line for line in lines if line.target.removesuffix(NEW) not in followed),
    )


def _with_held_rate(rule: UpdateRule) -> Node | None:
    """Return ``w - rate*direction`` with a single name for the rate, or None if a step is not of this form.

    Return None also if the rate need not be held constant, because it follows from settings and time, which a
    limit of η covers; or if a gradient is taken ahead of w, as at ``look = w - eta*g``, where η counts too.
    """
    if rule.direction is None or rule.velocity or not set(rule.gradients.values()) <= {W}:
        return None
    if rule.rate != Name(ETA) and not rule.rate_follows_gradients:
        return None
    if W in names_in(rule.inlined(rule.direction)):  # such as a decay that is scaled by the rate
        return None
    others: Node = Name(W)
    if rule.other_terms is not None:
        others = Binary("+", others, rule.other_terms)
    held = Binary("-", others, Binary("*", Name(_RATE), rule.direction))
    # Sample numbers show whether the step is exactly this; for some of them the step may be undefined.
    one, other = (rule.inlined(node) for node in (rule.program.by_target[W_NEXT], held))
    names = sorted(names_in(one) | names_in(rule.inlined(rule.rate)) | names_in(other))
    values = {name: 0.3 + 0.4 * np.sin(place + np.arange(_SAMPLES)) for place, name in enumerate(names)}
    values[T] = np.full(_SAMPLES, 7.0)
    values[_RATE] = evaluate_arrays(rule.inlined(rule.rate), values)
    with np.errstate(all="ignore"):
        step, also = (evaluate_arrays(node, values) for node in (one, other))
    same = np.isclose(step, also, rtol=1e-9, atol=1e-12, equal_nan=True)
    return held if same.all() and np.isfinite(step).any() else None


def _timed_letters(rule: UpdateRule) -> frozenset[str]:
    """Return the memories that follow from the settings and the number of the update alone."""
    behind = {z: rule.program.depends(z + NEW) for z in rule.letters}
    for z, start in rule.starts.items():
        behind[z] |= names_in(start)
    timed, others = frozenset(rule.letters), frozenset({W, ETA, GAMMA, *rule.gradients, *rule.norms})
    while more := {z for z in timed if behind[z] & others}:
        timed, others = timed - more, others | more
    return timed


@lru_cache(maxsize=64)
def _courses(optimizer: Optimizer, letters: tuple[str, ...]) -> dict[str, Array] | None:
    """Return the timed memories before update 1, 2, ... until they are constant; None if they never are."""
    rule, made = optimizer.update_rule, list[list[float]]()
    wanted = frozenset().union(*(rule.program.depends(z + NEW) for z in letters))
    lines = [line for line in rule.program.lines if line.target in wanted]
    values = dict(optimizer.numbers)
    values |= {z: evaluate(rule.starts[z], values) if z in rule.starts else 0.0 for z in letters}
    while len(made) < _LONGEST_COURSE:
        made.append([values[z] for z in letters])
        values[T] = float(len(made))
        for line in lines:
            values[line.target] = evaluate(line.node, values)
        new = [values[z + NEW] for z in letters]
        if all(abs(one - old) <= _CONSTANT for one, old in zip(new, made[-1], strict=True)):
            updates = _updates_at_rest(lines, letters, values)
            if updates is None:
                return dict(zip(letters, np.array(made).T, strict=True))
            made += [made[-1]] * (updates - 1)
        else:
            values |= dict(zip(letters, new, strict=True))
    return None


def _updates_at_rest(
    lines: list[Formula], letters: tuple[str, ...], values: Mapping[str, float]
) -> int | None:
    """Return how many updates, including this one, leave timed memories as they are; None if all do."""
    coming: dict[str, Any] = {**values, T: values[T] + np.arange(float(_LONGEST_PERIOD))}
    for line in lines:
        coming[line.target] = evaluate_arrays(line.node, coming)
    moved = np.zeros(_LONGEST_PERIOD, bool)
    for z in letters:
        moved |= np.abs(coming[z + NEW] - values[z]) > _CONSTANT
    return int(np.argmax(moved)) if moved.any() else None


def _period(lines: Iterable[Formula]) -> Name | Number | None:
    """Return the divisor of the first ``mod`` that is taken of the number of the update, if there is one."""
    for line in lines:
        for node in walk(line.node):
            match node:
                case Call("mod", (Name(name=t) | Binary(_, Name(name=t), Number()), period)) if t == T:
                    return period if isinstance(period, Name | Number) else None
    return None
