"""Schedules: how the learning rate and the momentum change from step to step."""

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, TypeAlias

from gdsim.core.arrays import Array
from gdsim.core.formulas.formula import Line
from gdsim.core.settings import BELOW_ONE, COUNT, NOT_NEGATIVE, POSITIVE, Declared, param

# One number, or an array of one number for each run of a batch, shaped to broadcast against its parameters.
Rate: TypeAlias = "float | Array"


class Moment(NamedTuple):
    """What a schedule may look at.

    Attributes
    ----------
    step : int
        Updates made so far: 0 for the first.
    epoch : int
        Finished epochs.
    rises : float or array
        Finished epochs whose validation loss was above that of the epoch before.
    """

    step: int
    epoch: int
    rises: Rate


@dataclass(frozen=True)
class Schedule(Declared):
    """A learning rate as a function of where the run is."""

    id: ClassVar[str]
    title: ClassVar[str]
    needs_validation: ClassVar[bool] = False

    @abstractmethod
    def rate(self, eta0: Rate, now: Moment) -> Rate:
        """Return the learning rate of the update that is about to be made."""

    @abstractmethod
    def work(self) -> tuple[Line, ...]:
        """Return what `rate` computes, with eta0 for the rate it starts from and the names of a `Moment`."""

    @abstractmethod
    def why(self, now: Moment) -> str:
        """Return why the rate is what it is, in a few words."""


@dataclass(frozen=True)
class Constant(Schedule):
    """η = η₀ at every step."""

    id: ClassVar[str] = "constant"
    title: ClassVar[str] = "constant"

    def rate(self, eta0: Rate, now: Moment) -> Rate:  # noqa: ARG002 - the same at every moment
        """η₀."""
        return eta0

    def work(self) -> tuple[Line, ...]:
        """Return the rate itself."""
        return (Line("rate", "eta = eta0"),)

    def why(self, now: Moment) -> str:  # noqa: ARG002 - the same at every moment
        """Return that nothing changes it."""
        return "constant"


@dataclass(frozen=True)
class StepDecay(Schedule):
    """η = η₀ · factor^⌊epoch / every⌋, where epoch counts finished epochs."""

    id: ClassVar[str] = "step"
    title: ClassVar[str] = "step decay"
    factor: float = param(
        0.5,
        "factor",
        0.05,
        1.0,
        domain=POSITIVE,
        label="factor",
        doc="What η is multiplied by at each stair.",
    )
    every: int = param(
        5, "every", 1, 100, domain=COUNT, label="every", doc="Epochs from one stair to the next."
    )

    def rate(self, eta0: Rate, now: Moment) -> Rate:
        """η₀ · factor^⌊epoch / every⌋."""
        return eta0 * _power(self.factor, now.epoch // self.every)

    def work(self) -> tuple[Line, ...]:
        """Return the stairs."""
        return (Line("rate", "eta = eta0*factor**floor(epoch/every)"),)

    def why(self, now: Moment) -> str:
        """Return how many epochs are finished."""
        return f"step decay, {now.epoch} {'epoch' if now.epoch == 1 else 'epochs'} finished"


def _power(base: float, exponent: int) -> float:
    try:
        return base**exponent
    except OverflowError:  # Python raises where IEEE arithmetic, and NumPy, say infinity
        return math.inf


@dataclass(frozen=True)
class ValidationDecay(Schedule):
    """η is halved after every epoch whose validation loss is above that of the epoch before."""

    id: ClassVar[str] = "validation"
    title: ClassVar[str] = "halve when validation loss rises"
    needs_validation: ClassVar[bool] = True

    def rate(self, eta0: Rate, now: Moment) -> Rate:
        """η₀ / 2^rises."""
        return eta0 * 0.5**now.rises

    def work(self) -> tuple[Line, ...]:
        """Return the halvings."""
        return (Line("rate", "eta = eta0*0.5**rises"),)

    def why(self, now: Moment) -> str:
        """Return how often it was halved."""
        rises = int(now.rises)
        if not rises:
            return "not halved yet, since the validation loss has not risen"
        often = {1: "once", 2: "twice"}.get(rises, f"{rises} times")
        return f"halved {often}, when the validation loss rose"


def _decay_param() -> float:
    return param(
        0.01,
        "k",
        1e-5,
        1.0,
        log=True,
        domain=NOT_NEGATIVE,
        label="decay",
        doc="How fast the rate falls with the step number.",
    )


@dataclass(frozen=True)
class Exponential(Schedule):
    """η = η₀ · e^(-k·t), where t is the step number and the first update has t = 0."""

    id: ClassVar[str] = "exponential"
    title: ClassVar[str] = "exponential decay"
    k: float = _decay_param()

    def rate(self, eta0: Rate, now: Moment) -> Rate:
        """η₀ · e^(-k·t)."""
        return eta0 * math.exp(-self.k * now.step)

    def work(self) -> tuple[Line, ...]:
        """Return the exponential."""
        return (Line("rate", "eta = eta0*exp(-(k*step))"),)

    def why(self, now: Moment) -> str:
        """Return which t it is."""
        return f"exponential decay, t = {now.step} counts from 0"


@dataclass(frozen=True)
class Inverse(Schedule):
    """η = η₀ / (1 + k·t), where t is the step number and the first update has t = 0."""

    id: ClassVar[str] = "inverse"
    title: ClassVar[str] = "1/t decay"
    k: float = _decay_param()

    def rate(self, eta0: Rate, now: Moment) -> Rate:
        """η₀ / (1 + k·t)."""
        return eta0 / (1.0 + self.k * now.step)

    def work(self) -> tuple[Line, ...]:
        """Return the fraction."""
        return (Line("rate", "eta = eta0 / (1 + k*step)"),)

    def why(self, now: Moment) -> str:
        """Return which t it is."""
        return f"1/t decay, t = {now.step} counts from 0"


@dataclass(frozen=True)
class MomentumSchedule(Declared):
    """A momentum as a function of the step."""

    id: ClassVar[str]
    title: ClassVar[str]

    @abstractmethod
    def momentum(self, gamma: float, step: int) -> float:
        """Return the momentum of update ``step``, counted from 0."""

    @abstractmethod
    def work(self) -> tuple[Line, ...]:
        """Return what `momentum` computes, with gamma0 for the run's own momentum."""

    @abstractmethod
    def why(self, now: Moment) -> str:
        """Return why the momentum is what it is, in a few words."""


@dataclass(frozen=True)
class ConstantMomentum(MomentumSchedule):
    """γ stays as it is set."""

    id: ClassVar[str] = "constant"
    title: ClassVar[str] = "constant"

    def momentum(self, gamma: float, step: int) -> float:  # noqa: ARG002 - the same at every step
        """γ."""
        return gamma

    def work(self) -> tuple[Line, ...]:
        """Return the momentum itself."""
        return (Line("rate", "gamma = gamma0"),)

    def why(self, now: Moment) -> str:  # noqa: ARG002 - the same at every moment
        """Return that nothing changes it."""
        return "constant"


@dataclass(frozen=True)
class Sutskever(MomentumSchedule):
    """γ = min(1 - 2^(-1 - log₂(⌊t/250⌋ + 1)), γ_max), t from 0. Sutskever et al., 2013."""

    id: ClassVar[str] = "sutskever"
    title: ClassVar[str] = "Sutskever 2013"
    gamma_max: float = param(
        0.99, "γ_max", 0.0, 0.999, domain=BELOW_ONE, label="cap", doc="The momentum never rises above this."
    )

    def momentum(self, gamma: float, step: int) -> float:  # noqa: ARG002 - the schedule replaces γ
        """min(1 - 2^(-1 - log₂(⌊t/250⌋ + 1)), γ_max)."""
        return min(_risen(step), self.gamma_max)

    def work(self) -> tuple[Line, ...]:
        """Return the stairs and their cap."""
        return (Line("rate", "gamma = min(1 - 2**(-1 - log2(floor(step/250) + 1)), gamma_max)"),)

    def why(self, now: Moment) -> str:
        """Return which stair it is, and whether the cap holds it."""
        stair = f"stair ⌊{now.step}/250⌋ = {now.step // 250}"
        return f"{stair}, {'below' if _risen(now.step) < self.gamma_max else 'at'} the cap"


def _risen(step: int) -> float:
    return 1.0 - math.exp2(-1.0 - math.log2(step // 250 + 1))


SCHEDULES: dict[str, type[Schedule]] = {
    kind.id: kind for kind in (Constant, StepDecay, ValidationDecay, Exponential, Inverse)
}
MOMENTUM_SCHEDULES: dict[str, type[MomentumSchedule]] = {
    kind.id: kind for kind in (ConstantMomentum, Sutskever)
}
