"""The margin of a run's code: the values that its lines gave to their names in one update."""

from collections.abc import Mapping
from functools import cached_property

from gdsim.core.analysis.shown_numbers import measured, scheduled
from gdsim.core.analysis.update import Update
from gdsim.core.analysis.worked import schedule_state
from gdsim.core.files.script.code_line import SEEN, CodeValue, Scope
from gdsim.core.files.script.lecture import LectureCode
from gdsim.core.formulas.numerals import joined_numbers
from gdsim.core.rules.schedules import EPOCH, STEP
from gdsim.core.rules.update_rule import ETA, GAMMA


class Margin:
    """The numbers of one update, for the lines of its code.

    A line that runs more than once in an update, such as one that adds to a sum, has the number of its last
    run.
    """

    def __init__(self, code: LectureCode, update: Update) -> None:
        self._code, self._update = code, update

    def numbers(self, value: CodeValue) -> tuple[float, ...]:
        """Return the number of a line, or all numbers of a list."""
        match value.scope:
            case Scope.COUNT:
                return (self._counts[value.name],)
            case Scope.POINT:
                return self._point(value.name)
            case Scope.ETA:
                return (self._scheduled[ETA][value.name],)
            case Scope.GAMMA:
                return (self._scheduled[GAMMA][value.name],)
        numbers = [one[value.name] for one in self._update.values]
        return tuple({"w": numbers[:-1], "b": numbers[-1:]}.get(value.parameter, numbers[:1]))

    def text(self, value: CodeValue, digits: int | None) -> str:
        """Return the numbers as text, with exponents as in code; only the first of a list, unless in full."""
        numbers = self.numbers(value)
        shown = numbers if digits is None else numbers[:1]
        texts = [_written(number, value.scope, digits) for number in shown]
        return joined_numbers([*texts, *(["…"] if len(shown) < len(numbers) else [])])

    @cached_property
    def _counts(self) -> Mapping[str, int]:
        update = self._update
        step = update.step - update.clock.epoch0
        seen = len(update.rows) * step  # all batches have the same size
        if not self._code.divides:
            first = (step - 1) % -(-self._code.subject.points // self._code.size) * self._code.size
            seen = first + len(update.rows)
        return {EPOCH: update.epoch, STEP: update.step, SEEN: seen}

    @cached_property
    def _scheduled(self) -> Mapping[str, Mapping[str, float]]:
        """The numbers of the lines of both schedules, by the rate that each computes."""
        update, optimizer = self._update, self._update.run.optimizer
        state = schedule_state(update)
        eta = update.run.schedule.numbers(optimizer.eta, state) | {ETA: update.eta}
        gamma = update.run.momentum_schedule.numbers(optimizer.gamma, state) | {GAMMA: update.gamma}
        return {ETA: eta, GAMMA: gamma}

    def _point(self, name: str) -> tuple[float, ...]:
        points, row = self._update.points, self._update.rows[0]
        return tuple(points.x[row].tolist()) if name == "x" else (float(points.y[row]),)


def _written(number: float, scope: Scope, digits: int | None) -> str:
    if scope is Scope.COUNT:
        return str(number)
    return measured(number, digits) if scope is Scope.RULE else scheduled(number, digits)
