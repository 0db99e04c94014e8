"""How each quantity of a caption is measured. Arguments come as they were typed."""

from collections.abc import Callable

import numpy as np

from gdsim.core.analysis.recorded import RecordedLines
from gdsim.core.analysis.series import rises as rising
from gdsim.core.arrays import Array
from gdsim.core.lessons.expression import ExpressionFault
from gdsim.core.lessons.facts import Facts


def loss(facts: Facts, run: str, step: str) -> float:
    """Return the loss after a step."""
    index = facts.run(run)
    return float(facts.record(index, facts.step(index, step)).loss[-1])


def parameter(name: str) -> Callable[[Facts, str, str], float]:
    """Return the function that gives a parameter after a step."""

    def value(facts: Facts, run: str, step: str) -> float:
        index = facts.run(run)
        return float(facts.record(index, facts.step(index, step)).p[-1, facts.axis(name)])

    return value


def _update(facts: Facts, run: str, step: str) -> tuple[int, int]:
    """Return a run and one of its updates, which is counted from 1."""
    index = facts.run(run)
    t = facts.step(index, step)
    if t == 0:
        raise ExpressionFault("asks for update 0; the first update leads to step 1")
    return index, t


def gradient(facts: Facts, run: str, step: str, axis: str = "") -> float:
    """Return the gradient of an update, along a parameter or its size."""
    index, t = _update(facts, run, step)
    gradient = facts.record(index, t).gradient[-1]
    return float(gradient[facts.axis(axis)] if axis else np.hypot.reduce(gradient))


def moved(facts: Facts, run: str, first: str, last: str, axis: str = "") -> float:
    """Return the way from one step to another."""
    index = facts.run(run)
    begin, end = facts.step(index, first), facts.step(index, last)
    p = facts.record(index, max(begin, end)).p
    way = np.abs(p[end] - p[begin])
    return float(way[facts.axis(axis)] if axis else np.hypot.reduce(way))


def eta(facts: Facts, run: str, step: str) -> float:
    """Return the learning rate of an update."""
    index, t = _update(facts, run, step)
    return float(facts.record(index, t).eta[-1])


def gamma(facts: Facts, run: str, step: str) -> float:
    """Return the momentum of an update."""
    index, t = _update(facts, run, step)
    if not facts.whose(index).optimizer.has_momentum:
        raise ExpressionFault(f"asks for the momentum of {facts.whose(index).name}, which has none")
    return float(facts.record(index, t).gamma[-1])


def rate(facts: Facts, run: str, step: str, axis: str) -> float:
    """Return what an update multiplied its direction with."""
    index, t = _update(facts, run, step)
    optimizer, record = facts.whose(index).optimizer, facts.record(index, t)
    rates = RecordedLines(optimizer, record, slice(t, t + 1)).rate()[0]
    return float(rates[facts.axis(axis)] if len(rates) > 1 else rates[0])


def memory(facts: Facts, run: str, step: str, letter: str, axis: str) -> float:
    """Return what the rule remembers after an update."""
    index, t = _update(facts, run, step)
    optimizer, record = facts.whose(index).optimizer, facts.record(index, t)
    known = dict(RecordedLines(optimizer, record, slice(t, t + 1)).remembered())
    if letter not in known:
        names = ", ".join(known) or "nothing"
        raise ExpressionFault(f"asks for {letter} of {facts.whose(index).name}, which remembers {names}")
    return float(known[letter][0, facts.axis(axis)])


def setting(facts: Facts, run: str, name: str) -> float:
    """Return a setting of a run's rule."""
    optimizer = facts.whose(facts.run(run)).optimizer
    if name not in optimizer:
        known = ", ".join(optimizer.definition.names)
        raise ExpressionFault(f"asks for the setting {name} of {optimizer.title}, which has {known}")
    return float(optimizer[name])


def steps(facts: Facts, run: str) -> float:
    """Return how many steps a run makes."""
    return facts.steps(facts.run(run))


def per_epoch(facts: Facts, run: str) -> float:
    """Return how many steps are an epoch."""
    return facts.experiment.updates_per_epoch(facts.whose(facts.run(run)))


def epochs(facts: Facts, run: str) -> float:
    """Return how many epochs a run makes."""
    return steps(facts, run) // per_epoch(facts, run)


def _between(facts: Facts, run: str, first: str, last: str) -> Array:
    index = facts.run(run)
    begin, end = facts.step(index, first), facts.step(index, last)
    if begin > end:
        raise ExpressionFault(f"goes from step {begin} back to step {end}")
    return facts.record(index, end).loss[begin:]


def rises(facts: Facts, run: str, first: str, last: str) -> float:
    """Return how many steps raised the loss."""
    return float(np.count_nonzero(rising(_between(facts, run, first, last))))


def lowest(facts: Facts, run: str, first: str, last: str) -> float:
    """Return the lowest loss of some steps."""
    return float(_between(facts, run, first, last).min())


def highest(facts: Facts, run: str, first: str, last: str) -> float:
    """Return the highest loss of some steps."""
    return float(_between(facts, run, first, last).max())


def turns(facts: Facts, run: str) -> float:
    """Return how often a run turns back across the valley."""
    index = facts.run(run)
    across = np.diff(facts.record(index, facts.steps(index)).p @ facts.across)
    return float(np.count_nonzero(across[1:] * across[:-1] < 0.0))


def first_below(facts: Facts, run: str, loss: str) -> float:
    """Return the first step with a lower loss."""
    index, wanted = facts.run(run), facts.number(loss)
    below = np.flatnonzero(facts.record(index, facts.steps(index)).loss < wanted)
    if not len(below):
        raise ExpressionFault(f"asks when the loss of {run} is below {loss}, which it never is")
    return float(below[0])


def loss_at(facts: Facts, w: str, b: str) -> float:
    """Return the loss at a place."""
    return float(facts.neuron.loss(facts.place(w, b)))


def gradient_at(facts: Facts, w: str, b: str, axis: str = "") -> float:
    """Return the gradient at a place."""
    with np.errstate(over="ignore"):
        gradient = facts.neuron.gradient(facts.place(w, b))
    return float(gradient[facts.axis(axis)] if axis else np.hypot.reduce(gradient))


def output_at(facts: Facts, w: str, b: str, x: str) -> float:
    """Return the output at a place."""
    inputs = np.array([[facts.number(x), 1.0]])
    return float(facts.neuron._replace(inputs=inputs).output(facts.place(w, b))[0])


def output(facts: Facts, run: str, step: str, point: str) -> float:
    """Return the output for a point."""
    index = facts.run(run)
    p = facts.record(index, facts.step(index, step)).p[-1]
    return float(facts.neuron.output(p)[facts.point(point)])


def points(facts: Facts) -> float:
    """Return how many points there are."""
    return len(facts.experiment.points)


def points_at(facts: Facts, x: str) -> float:
    """Return how many points have an x."""
    return float(np.count_nonzero((facts.experiment.points.x == facts.number(x)).all(axis=1)))


def x(facts: Facts, point: str) -> float:
    """Return the x of a point."""
    return float(facts.experiment.points.x[facts.point(point), 0])


def y(facts: Facts, point: str) -> float:
    """Return the y of a point."""
    return float(facts.experiment.points.y[facts.point(point)])


def minimum(facts: Facts, what: str) -> float:
    """Return the lowest place."""
    low = facts.minimum._asdict()
    if what not in low:
        raise ExpressionFault(f"asks for the {what} of the minimum, which has {', '.join(low)}")
    return float(low[what])
