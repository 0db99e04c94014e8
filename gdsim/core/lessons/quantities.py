"""The quantities of an experiment for captions: numbers of its runs, its points, and the plane of w and b."""

import re
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np

from gdsim.core.analysis.curvature.limit_curve import LimitCurve, limit_curve, limits_on
from gdsim.core.analysis.recorded import RecordedLines
from gdsim.core.analysis.series import rises
from gdsim.core.arrays import Array
from gdsim.core.engine.loop import gradient_at, loss_at
from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.trajectory import RecordColumns, Trajectory
from gdsim.core.formulas.evaluate import evaluate_floats
from gdsim.core.formulas.numerals import integer_text, machine_readable
from gdsim.core.formulas.syntax import Call, Name, Node, QuotedText, replaced
from gdsim.core.language.texts import SaidError, said, translated
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.plane import Plane
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.surface.sampling import sample_surface
from gdsim.core.surface.surface import LowestKind, LowestPlace
from gdsim.core.surface.valley import across_valley, turns_back

# The most steps, and steps times points, that are computed for a run in captions: some seconds of work.
_MOST_STEPS, _MOST_WORK = 200_000, 100_000_000
# The kinds of arguments that are a name or a text in quotes. All others are formulas.
WORD_ARGUMENTS = frozenset({"RUN", "AXIS", "LETTER", "NAME", "WHAT"})
# The names that the formula for a step may use in addition.
HERE, END = STEP_NAMES = ("here", "end")


class ExpressionFault(SaidError):  # noqa: N818 - reads as what it says
    """An expression that cannot be read or computed; the message says what is wrong."""


class Quantity(NamedTuple):
    # As in the documentation, such as ``"RUN, STEP"``. An argument in brackets may be left out.
    arguments: str
    # Takes the `Measurements` and the arguments: a `_MeasuredRun` for RUN, an int for STEP, POINT and AXIS, a
    # str for other words, and a float for other formulas.
    measure: Callable[..., float]

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(re.findall(r"\w+", self.arguments))

    @property
    def arity(self) -> tuple[int, int]:
        """The least and the greatest number of arguments."""
        return len(self.kinds) - self.arguments.count("["), len(self.kinds)


class Measurements:
    """The values of expressions about an experiment, whose runs are computed only as far as needed.

    In expressions, ``here`` is the given step, or the end of that epoch if ``by_epoch``. The drawn plane may
    follow the selected run.
    """

    def __init__(
        self, experiment: Experiment, here: int = 0, *, by_epoch: bool = False, selected: int
    ) -> None:
        self.experiment = experiment
        self._selected = selected
        self._here = here
        self._by_epoch = by_epoch
        self._runs = [_MeasuredRun(experiment, run) for run in experiment.runs]

    def value(self, node: Node) -> float:
        """Return the value of a formula of quantities, as read by `read_expression`.

        Raises `ExpressionFault` if the experiment lacks a quantity, or if the formula has no finite value.
        """
        return self._value(node, {})

    def _value(self, node: Node, names: Mapping[str, Callable[[], float]]) -> float:
        values: dict[str, float] = {}

        def measured(one: Node) -> Node | None:
            match one:
                case Name(name) if name in names:
                    value = names[name]()
                case Name(name) if name in QUANTITIES:
                    value = QUANTITIES[name].measure(self)
                case Call(name, terms) if name in QUANTITIES:
                    with np.errstate(all="ignore"):
                        value = QUANTITIES[name].measure(self, *self._arguments(name, terms))
                case _:
                    return None
            known = f"_{len(values)}"
            values[known] = float(value)
            return Name(known)

        return _finite(replaced(node, measured), values)

    def _arguments(self, quantity: str, terms: tuple[Node, ...]) -> list[Any]:
        arguments: list[Any] = []
        for kind, term in zip(QUANTITIES[quantity].kinds, terms, strict=False):
            word = term.name if isinstance(term, Name) else term.text if isinstance(term, QuotedText) else ""
            match kind:
                case "RUN":
                    arguments.append(self._run(word))
                case "STEP":
                    arguments.append(self._step(arguments[0], term))
                case "POINT":
                    arguments.append(self._point(self.value(term)))
                case "AXIS":
                    arguments.append(self._axis(word))
                case _:
                    arguments.append(word if kind in WORD_ARGUMENTS else self.value(term))
        return arguments

    def _run(self, name: str) -> "_MeasuredRun":
        """Return a run by its name, or by the id of its rule if no other run has that rule."""
        found = [one for one in self._runs if one.run.name == name]
        found = found or [one for one in self._runs if one.run.optimizer.id == name]
        if len(found) == 1:
            return found[0]
        names = ", ".join(one.run.name for one in self._runs)
        raise ExpressionFault(
            "names {part}: {name}; there are {names}",
            part=said("more than one run") if found else said("no run"),
            name=name,
            names=names,
        )

    def _step(self, run: "_MeasuredRun", node: Node) -> int:
        """Return the row of a step; row 0 of a fork is the step at which it was forked."""
        names: dict[str, Callable[[], float]] = {
            HERE: lambda: run.first + self._row_here(run),
            END: lambda: run.first + run.steps(),
        }
        step = self._value(node, names)
        if step < 0 or not step.is_integer():
            raise ExpressionFault(
                "has {step} where a step should be: a whole number, {here} or {end}",
                step=machine_readable(step),
                here=HERE,
                end=END,
            )
        if step < run.first:
            raise ExpressionFault(
                "asks for step {step} of {name}, which begins at {first}",
                step=machine_readable(step),
                name=run.run.name,
                first=machine_readable(run.first),
            )
        row = int(step) - run.first
        last = run.steps(row)
        if row > last:
            raise ExpressionFault(
                "asks for step {step} of {name}, which ends at step {ends}",
                step=machine_readable(step),
                name=run.run.name,
                ends=machine_readable(run.first + last),
            )
        return last

    def _row_here(self, run: "_MeasuredRun") -> int:
        here = run.clock.end_of(self._here) if self._by_epoch else self._here
        return run.steps(max(0, here - run.first))

    def _point(self, number: float) -> int:
        """Return the index of a point from its number, which is counted from 1."""
        count = len(self.experiment.points)
        if not number.is_integer() or not 1 <= number <= count:
            raise ExpressionFault(
                "asks for point {number}; there are {count}",
                number=machine_readable(number),
                count=machine_readable(count),
            )
        return int(number) - 1

    def _axis(self, name: str) -> int:
        """Return the index of a parameter: 0 for ``w`` and ``w1``, -1 for ``b``."""
        known = {"w": 0, "b": -1} | {f"w{i + 1}": i for i in range(self.experiment.points.dimension)}
        if name not in known:
            raise ExpressionFault(
                "has {name} where a parameter should be: {known}", name=name, known=", ".join(known)
            )
        return known[name]

    def place(self, w: float, b: float) -> list[float]:
        """Return a place in the plane; raises `ExpressionFault` if the points have several inputs."""
        if self.experiment.points.dimension != 1:
            raise ExpressionFault("asks for a place by w and b, but the points have several inputs")
        return [w, b]

    @property
    def loss(self) -> PointLoss:
        return self.experiment.training

    @property
    def neuron(self) -> Neuron:
        if not isinstance(self.loss, Neuron):
            raise ExpressionFault("asks for an output, but the loss is a function of w and b")
        return self.loss

    @cached_property
    def lowest(self) -> LowestPlace:
        points, view_range = self.experiment.points, self.experiment.view_range
        return sample_surface(points, view_range, self._plane(), objective=self.experiment.objective).lowest

    def _plane(self) -> Plane:
        """Return the plane that the window draws."""
        experiment, place = self.experiment, None
        plane = experiment.plane(self._selected)
        if self._runs and experiment.slice.follows and not plane.is_all:
            run = self._runs[self._selected]
            place = run.until(self._row_here(run)).p[-1]
        return experiment.plane(self._selected, place)


def _finite(node: Node, values: Mapping[str, float]) -> float:
    """Return the value of a formula; raises `ExpressionFault` if it is undefined or not finite."""
    try:
        value = evaluate_floats(node, values)
    except ZeroDivisionError:
        raise ExpressionFault("divides by zero") from None
    except OverflowError:
        raise ExpressionFault("gives a number that is too large") from None
    except TypeError:  # a power was complex
        raise ExpressionFault("takes a root of a negative number") from None
    except ValueError:
        raise ExpressionFault("takes a root or a logarithm of a number that has none") from None
    if not np.isfinite(value):
        raise ExpressionFault("is not a finite number")
    return value


class _MeasuredRun:
    """A run and the part of its record computed so far. Row 0 is the step at which the run begins."""

    def __init__(self, experiment: Experiment, run: Run) -> None:
        self.run, self.clock = run, experiment.clock(run)
        self.first = self.clock.first
        self._total = experiment.total_steps(run)
        self._most = min(self._total, _MOST_STEPS, _MOST_WORK // len(experiment.points))
        self._compute = partial(first_steps, experiment, run)
        self._record: Trajectory | None = None

    def steps(self, wanted: int | None = None) -> int:
        """Return how many steps the run makes, but at most ``wanted``."""
        goal = self._total if wanted is None else min(wanted, self._total)
        return min(self._computed(goal).last_step, goal)

    def until(self, step: int) -> RecordColumns:
        """Return the rows 0 to ``step``."""
        return self._computed(step).until(step)

    def _computed(self, goal: int) -> Trajectory:
        if goal > self._most:
            raise ExpressionFault(
                "asks for {goal} steps of {name}, which is too much for a caption",
                goal=integer_text(goal),
                name=self.run.name,
            )
        record = self._record
        if record is None or (record.last_step < goal and not record.stop):
            # Recompute at least twice as far, so that many expressions cost little more than the last one.
            known = record.last_step if record else 0
            record = self._record = run_to_end(self._compute(max(goal, min(2 * known, self._most))))
        return record

    def update(self, step: int) -> RecordColumns:
        """Return the rows 0 to ``step``; raises `ExpressionFault` for row 0, to which no update leads."""
        if step == 0:
            raise ExpressionFault(
                "asks for update {step}; the first update leads to step {first}",
                step=machine_readable(self.first),
                first=machine_readable(self.first + 1),
            )
        return self.until(step)

    def lines(self, step: int) -> RecordedLines:
        """Return the values of the rule's lines in the update that leads to ``step``."""
        return RecordedLines(self.run.optimizer, self.update(step), slice(step, step + 1))

    def losses(self, first: int, last: int) -> Array:
        if first > last:
            raise ExpressionFault(
                "goes from step {first} back to step {last}",
                first=machine_readable(self.first + first),
                last=machine_readable(self.first + last),
            )
        return self.until(last).loss[first:]


def _along(vector: Array, axis: int | None) -> float:
    """Return a component of a vector, or its length if ``axis`` is None."""
    return float(np.hypot.reduce(vector) if axis is None else vector[axis])


def _moved(_: Measurements, run: _MeasuredRun, first: int, last: int, axis: int | None = None) -> float:
    p = run.until(max(first, last)).p
    return _along(np.abs(p[last] - p[first]), axis)


def _gamma(_: Measurements, run: _MeasuredRun, step: int) -> float:
    if not run.run.optimizer.has_momentum:
        raise ExpressionFault("asks for the momentum of {name}, which has none", name=run.run.name)
    return float(run.update(step).gamma[-1])


def _rate(_: Measurements, run: _MeasuredRun, step: int, axis: int) -> float:
    if not run.run.optimizer.update_rule.has_recorded_rate:
        raise ExpressionFault("asks for the rate of {name}, which is not recorded", name=run.run.name)
    rates = run.lines(step).rate()[0]
    return float(rates[axis if len(rates) > 1 else 0])


def _memory(_: Measurements, run: _MeasuredRun, step: int, letter: str, axis: int) -> float:
    known = dict(run.lines(step).remembered())
    if letter not in known:
        names = ", ".join(known) or said("nothing")
        raise ExpressionFault(
            "asks for {letter} of {name}, which remembers {names}",
            letter=letter,
            name=run.run.name,
            names=names,
        )
    return float(known[letter][0, axis])


def _setting(_: Measurements, run: _MeasuredRun, name: str) -> float:
    optimizer = run.run.optimizer
    if name not in optimizer:
        known = ", ".join(optimizer.definition.names)
        raise ExpressionFault(
            "asks for the setting {name} of {title}, which has {known}",
            name=name,
            title=translated(optimizer.title),
            known=known,
        )
    return optimizer.number(name)


def _per_epoch(measurements: Measurements, run: _MeasuredRun) -> int:
    return measurements.experiment.updates_per_epoch(run.run)


def _turns(measurements: Measurements, run: _MeasuredRun) -> int:
    record = run.until(run.steps())
    return len(turns_back(record.p, across_valley(measurements.loss, record.p, record.loss)))


def _limits(measurements: Measurements, run: _MeasuredRun, step: int) -> LimitCurve:
    """Return the limits at a step, for the update that begins there, or for the last update of the run."""
    record = run.until(run.steps(step + 1))
    if len(record.loss) == 1:
        raise ExpressionFault("asks for an update of {name}, which makes none", name=run.run.name)
    return limits_on(measurements.experiment.training, run.run, record, slice(step, step + 1))


def _first_beyond(measurements: Measurements, run: _MeasuredRun, step: int) -> int:
    curve = run_to_end(limit_curve(measurements.experiment.training, run.run, run.until(run.steps())))
    beyond = np.flatnonzero(curve.gauge[step:] > 1.0)
    if not len(beyond):
        raise ExpressionFault(
            "asks when {name} is beyond its limit, which never happens from step {step} on",
            name=run.run.name,
            step=machine_readable(run.first + step),
        )
    return run.first + step + int(beyond[0])


def _first_below(_: Measurements, run: _MeasuredRun, loss: float) -> int:
    below = np.flatnonzero(run.until(run.steps()).loss < loss)
    if not len(below):
        raise ExpressionFault(
            "asks when the loss of {name} is below {loss}, which never happens",
            name=run.run.name,
            loss=machine_readable(loss),
        )
    return run.first + int(below[0])


def _output(measurements: Measurements, run: _MeasuredRun, step: int, point: int) -> float:
    return float(measurements.neuron.output(run.until(step).p[-1])[point])


def _gradient_at(measurements: Measurements, w: float, b: float, axis: int | None = None) -> float:
    return _along(np.array(gradient_at(measurements.loss, measurements.place(w, b))), axis)


def _output_at(measurements: Measurements, w: float, b: float, x: float) -> float:
    neuron = measurements.neuron._replace(inputs=np.array([[x, 1.0]]))
    return float(neuron.output(np.array(measurements.place(w, b)))[0])


def _minimum(measurements: Measurements, what: str) -> float:
    if measurements.lowest.kind in (LowestKind.BOTTOMLESS, LowestKind.NOWHERE):
        raise ExpressionFault("asks for the minimum, but there is none in the window")
    low: dict[str, float] = {name: getattr(measurements.lowest, name) for name in ("w", "b", "loss")}
    if what not in low:
        raise ExpressionFault(
            "asks for the {what} of the minimum, which has {low}", what=what, low=", ".join(low)
        )
    return low[what]


# resources/lessons/README.md describes each quantity.
QUANTITIES: dict[str, Quantity] = {
    "loss": Quantity("RUN, STEP", lambda _, run, step: run.until(step).loss[-1]),
    "w": Quantity("RUN, STEP", lambda _, run, step: run.until(step).p[-1, 0]),
    "b": Quantity("RUN, STEP", lambda _, run, step: run.until(step).p[-1, -1]),
    "f": Quantity("RUN, STEP, POINT", _output),
    "gradient": Quantity(
        "RUN, STEP, [AXIS]", lambda _, run, step, axis=None: _along(run.update(step).gradient[-1], axis)
    ),
    "moved": Quantity("RUN, STEP, STEP, [AXIS]", _moved),
    "eta": Quantity("RUN, STEP", lambda _, run, step: run.update(step).eta[-1]),
    "gamma": Quantity("RUN, STEP", _gamma),
    "rate": Quantity("RUN, STEP, AXIS", _rate),
    "memory": Quantity("RUN, STEP, LETTER, AXIS", _memory),
    "setting": Quantity("RUN, NAME", _setting),
    "steps": Quantity("RUN", lambda _, run: run.steps()),
    "epochs": Quantity("RUN", lambda measurements, run: run.steps() // _per_epoch(measurements, run)),
    "per_epoch": Quantity("RUN", _per_epoch),
    "rises": Quantity(
        "RUN, STEP, STEP", lambda _, run, first, last: int(rises(run.losses(first, last)).sum())
    ),
    "lowest": Quantity("RUN, STEP, STEP", lambda _, run, first, last: run.losses(first, last).min()),
    "highest": Quantity("RUN, STEP, STEP", lambda _, run, first, last: run.losses(first, last).max()),
    "turns": Quantity("RUN", _turns),
    "curvature": Quantity(
        "RUN, STEP", lambda measurements, run, step: _limits(measurements, run, step).curvature[0]
    ),
    "product": Quantity(
        "RUN, STEP", lambda measurements, run, step: _limits(measurements, run, step).product[0]
    ),
    "limit": Quantity("RUN, STEP", lambda measurements, run, step: _limits(measurements, run, step).limit[0]),
    "first_beyond": Quantity("RUN, STEP", _first_beyond),
    "first_below": Quantity("RUN, LOSS", _first_below),
    "loss_at": Quantity(
        "W, B", lambda measurements, w, b: loss_at(measurements.loss, measurements.place(w, b))
    ),
    "gradient_at": Quantity("W, B, [AXIS]", _gradient_at),
    "output_at": Quantity("W, B, X", _output_at),
    "points": Quantity("", lambda measurements: len(measurements.experiment.points)),
    "points_at": Quantity(
        "X", lambda measurements, x: int((measurements.experiment.points.x == x).all(axis=1).sum())
    ),
    "x": Quantity("POINT", lambda measurements, point: measurements.experiment.points.x[point, 0]),
    "y": Quantity("POINT", lambda measurements, point: measurements.experiment.points.y[point]),
    "minimum": Quantity("WHAT", _minimum),
}
