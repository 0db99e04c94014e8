"""The catalog of quantities that a caption may ask for."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gdsim.core.lesson.expression import Asked, ExpressionFault
from gdsim.core.lesson.facts import Facts
from gdsim.core.param import params
from gdsim.core.series import rises


class Quantity(NamedTuple):
    """One quantity.

    Attributes
    ----------
    arguments : str
        Their names, as the documentation shows them; those in brackets may be left out.
    doc : str
        What it is.
    compute : callable
        Takes the facts and the arguments as they were typed.
    """

    arguments: str
    doc: str
    compute: Callable[..., float]

    @property
    def arity(self) -> tuple[int, int]:
        """How many arguments it takes: at least, at most."""
        names = self.arguments.split()
        return sum(not name.startswith("[") for name in names), len(names)


def compute(facts: Facts, asked: Asked) -> float:
    """Return a quantity.

    Raises
    ------
    ExpressionFault
        If the experiment has no such thing.
    """
    return float(QUANTITIES[asked.name].compute(facts, *asked.arguments))


def _loss(facts: Facts, run: str, step: str) -> float:
    index = facts.run(run)
    return float(facts.record(index, facts.step(index, step)).loss[-1])


def _parameter(name: str) -> Callable[[Facts, str, str], float]:
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


def _gradient(facts: Facts, run: str, step: str, axis: str = "") -> float:
    index, t = _update(facts, run, step)
    gradient = facts.record(index, t).gradient[-1]
    return float(gradient[facts.axis(axis)] if axis else np.hypot.reduce(gradient))


def _moved(facts: Facts, run: str, first: str, last: str, axis: str = "") -> float:
    index = facts.run(run)
    begin, end = facts.step(index, first), facts.step(index, last)
    p = facts.record(index, max(begin, end)).p
    way = np.abs(p[end] - p[begin])
    return float(way[facts.axis(axis)] if axis else np.hypot.reduce(way))


def _eta(facts: Facts, run: str, step: str) -> float:
    index, t = _update(facts, run, step)
    return float(facts.record(index, t).eta[-1])


def _gamma(facts: Facts, run: str, step: str) -> float:
    index, t = _update(facts, run, step)
    if not facts.whose(index).has_momentum:
        raise ExpressionFault(f"asks for the momentum of {facts.whose(index).name}, which has none")
    return float(facts.record(index, t).gamma[-1])


def _rate(facts: Facts, run: str, step: str, axis: str) -> float:
    index, t = _update(facts, run, step)
    rule, record = facts.whose(index).optimizer, facts.record(index, t)
    rates = rule.effective_rate(rule.State(*record.state[:, -1:]), record.eta[-1:], np.array([float(t)]))[0]
    return float(rates[facts.axis(axis)] if len(rates) > 1 else rates[0])


def _memory(facts: Facts, run: str, step: str, letter: str, axis: str) -> float:
    index, t = _update(facts, run, step)
    rule, record = facts.whose(index).optimizer, facts.record(index, t)
    known = rule.remembered(rule.State(*record.state[:, -1:]), np.array([float(t)]))
    # Hats are hard to type: m_hat stands for m with a hat.
    name = letter.replace("_hat", "\N{COMBINING CIRCUMFLEX ACCENT}")
    if name not in known:
        names = (
            ", ".join(one.replace("\N{COMBINING CIRCUMFLEX ACCENT}", "_hat") for one in known) or "nothing"
        )
        raise ExpressionFault(f"asks for {letter} of {facts.whose(index).name}, which remembers {names}")
    return float(known[name][0, facts.axis(axis)])


def _setting(facts: Facts, run: str, name: str) -> float:
    rule = facts.whose(facts.run(run)).optimizer
    known = [setting.name for setting in params(type(rule))]
    if name not in known:
        raise ExpressionFault(f"asks for the setting {name} of {rule.title}, which has {', '.join(known)}")
    return float(getattr(rule, name))


def _steps(facts: Facts, run: str) -> float:
    return facts.steps(facts.run(run))


def _per_epoch(facts: Facts, run: str) -> float:
    return facts.experiment.updates_per_epoch(facts.whose(facts.run(run)))


def _epochs(facts: Facts, run: str) -> float:
    return _steps(facts, run) // _per_epoch(facts, run)


def _between(facts: Facts, run: str, first: str, last: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    index = facts.run(run)
    begin, end = facts.step(index, first), facts.step(index, last)
    if begin > end:
        raise ExpressionFault(f"goes from step {begin} back to step {end}")
    return facts.record(index, end).loss[begin:]


def _rises(facts: Facts, run: str, first: str, last: str) -> float:
    return float(np.count_nonzero(rises(_between(facts, run, first, last))))


def _lowest(facts: Facts, run: str, first: str, last: str) -> float:
    return float(_between(facts, run, first, last).min())


def _highest(facts: Facts, run: str, first: str, last: str) -> float:
    return float(_between(facts, run, first, last).max())


def _turns(facts: Facts, run: str) -> float:
    index = facts.run(run)
    across = np.diff(facts.record(index, facts.steps(index)).p @ facts.across)
    return float(np.count_nonzero(across[1:] * across[:-1] < 0.0))


def _first_below(facts: Facts, run: str, loss: str) -> float:
    index, wanted = facts.run(run), facts.number(loss)
    below = np.flatnonzero(facts.record(index, facts.steps(index)).loss < wanted)
    if not len(below):
        raise ExpressionFault(f"asks when the loss of {run} is below {loss}, which it never is")
    return float(below[0])


def _loss_at(facts: Facts, w: str, b: str) -> float:
    return float(facts.neuron.loss(facts.place(w, b)))


def _gradient_at(facts: Facts, w: str, b: str, axis: str = "") -> float:
    with np.errstate(over="ignore"):
        gradient = facts.neuron.gradient(facts.place(w, b))
    return float(gradient[facts.axis(axis)] if axis else np.hypot.reduce(gradient))


def _output_at(facts: Facts, w: str, b: str, x: str) -> float:
    inputs = np.array([[facts.number(x), 1.0]])
    return float(facts.neuron._replace(inputs=inputs).output(facts.place(w, b))[0])


def _output(facts: Facts, run: str, step: str, point: str) -> float:
    index = facts.run(run)
    p = facts.record(index, facts.step(index, step)).p[-1]
    return float(facts.neuron.output(p)[facts.point(point)])


def _points(facts: Facts) -> float:
    return len(facts.experiment.points)


def _points_at(facts: Facts, x: str) -> float:
    return float(np.count_nonzero((facts.experiment.points.x == facts.number(x)).all(axis=1)))


def _x(facts: Facts, point: str) -> float:
    return float(facts.experiment.points.x[facts.point(point), 0])


def _y(facts: Facts, point: str) -> float:
    return float(facts.experiment.points.y[facts.point(point)])


def _minimum(facts: Facts, what: str) -> float:
    low = facts.minimum._asdict()
    if what not in low:
        raise ExpressionFault(f"asks for the {what} of the minimum, which has {', '.join(low)}")
    return float(low[what])


QUANTITIES: dict[str, Quantity] = {
    "loss": Quantity("RUN STEP", "the loss after a step, over all points", _loss),
    "w": Quantity("RUN STEP", "the first weight after a step", _parameter("w")),
    "b": Quantity("RUN STEP", "the bias after a step", _parameter("b")),
    "f": Quantity("RUN STEP POINT", "what the neuron answers for a point, counted from 1", _output),
    "gradient": Quantity(
        "RUN STEP [AXIS]",
        "the gradient of the update that leads to a step: its w or b, or its size",
        _gradient,
    ),
    "moved": Quantity(
        "RUN STEP STEP [AXIS]", "how far from one step to another: along w or b, or both", _moved
    ),
    "eta": Quantity("RUN STEP", "the learning rate of the update that leads to a step", _eta),
    "gamma": Quantity("RUN STEP", "the momentum of the update that leads to a step", _gamma),
    "rate": Quantity("RUN STEP AXIS", "what the rule really multiplies with, for w or for b", _rate),
    "memory": Quantity("RUN STEP LETTER AXIS", "what a rule remembers: v, m, v_hat or m_hat", _memory),
    "setting": Quantity("RUN NAME", "a setting of the rule, such as eta, gamma or beta1", _setting),
    "steps": Quantity("RUN", "how many steps a run makes", _steps),
    "epochs": Quantity("RUN", "how many epochs a run makes", _epochs),
    "per_epoch": Quantity("RUN", "how many steps are one epoch", _per_epoch),
    "rises": Quantity("RUN STEP STEP", "how many steps between two raised the loss", _rises),
    "lowest": Quantity("RUN STEP STEP", "the lowest loss between two steps", _lowest),
    "highest": Quantity("RUN STEP STEP", "the highest loss between two steps", _highest),
    "turns": Quantity("RUN", "how often a run turns back across the valley", _turns),
    "first_below": Quantity("RUN LOSS", "the first step whose loss is below a number", _first_below),
    "loss_at": Quantity("W B", "the loss at a place", _loss_at),
    "gradient_at": Quantity("W B [AXIS]", "the gradient at a place: its w or b, or its size", _gradient_at),
    "output_at": Quantity("W B X", "what a neuron with these w and b answers for an x", _output_at),
    "points": Quantity("", "how many points there are", _points),
    "points_at": Quantity("X", "how many points have this x", _points_at),
    "x": Quantity("POINT", "the x of a point, counted from 1", _x),
    "y": Quantity("POINT", "the y of a point, counted from 1", _y),
    "minimum": Quantity("WHAT", "w, b or loss of the lowest place of the window", _minimum),
}
ARITIES = {name: quantity.arity for name, quantity in QUANTITIES.items()}
