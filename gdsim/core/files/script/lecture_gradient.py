"""The lecture's code for a gradient: the slope at one point, sums over points, and what is made of these."""

from collections.abc import Iterator
from dataclasses import dataclass

from gdsim.core.files.script.code_line import LOOP, SEEN, CodeLine, CodeValue, Scope, deeper
from gdsim.core.files.script.names import PARAMETERS
from gdsim.core.files.script.objective import MEAN_OF_NUMBERS
from gdsim.core.files.script.run_code import RunCode
from gdsim.core.model.objective import FunctionObjective, NeuronObjective

# What a batch is called that is cut out of the points, and how many points a mini-batch has.
BATCH, _SIZE = "X_batch, Y_batch", "batch_size"


@dataclass(frozen=True)
class GradientCode(RunCode):
    """The lines for the gradient of an update."""

    @property
    def is_function(self) -> bool:
        """Whether a function of w and b takes the place of the neuron."""
        return isinstance(self.subject.objective, FunctionObjective)

    @property
    def _neuron(self) -> NeuronObjective:
        """The objective, where it is no function of w and b: of that nothing is summed."""
        assert isinstance(self.subject.objective, NeuronObjective)  # noqa: S101 - see `is_function`
        return self.subject.objective

    @property
    def divides(self) -> bool:
        """Whether all batches are of one size."""
        return self.subject.points % self.size == 0

    def gradient_lines(self, gradient: str, part: str, points: str) -> Iterator[CodeLine]:
        """Yield the lines for a gradient over some points; for an empty text over the point x, y."""
        if self.by_numpy:
            values = tuple(self.value(gradient, parameter) for parameter in PARAMETERS)
            at = self.asked_at(gradient)
            yield CodeLine(f"{self.both(gradient)} = array_gradient({at}, {points})", part, values)
        elif self.is_function:
            yield from self._of_function(gradient, part, points)
        elif not points:
            yield from self.slopes(gradient, part, adds=False)
        else:
            yield self.zeros(gradient)
            yield CodeLine(f"for x, y in zip({points}):", LOOP)
            yield from deeper(self.slopes(gradient, part, adds=True))
            yield from self._after_sum(gradient, part, "len(Y_batch)" if points == BATCH else "len(Y)")

    def _of_function(self, gradient: str, part: str, points: str) -> Iterator[CodeLine]:
        """Yield the slope of a function of w and b, with the slopes that points add."""
        slopes = ["x", "y"]
        if points and self.subject.has_noise:
            names = points.split(", ")
            if points.startswith("*"):
                names = ["X_now", "Y_now"]
                yield CodeLine(f"X_now, Y_now = {points.removeprefix('*')}", LOOP)
            slopes = [f"{MEAN_OF_NUMBERS}({name})" for name in names]
        at = self.asked_at(gradient)
        for parameter, slope in zip(PARAMETERS, slopes, strict=True):
            text = f"{self.names.of(gradient, parameter)} = grad_{parameter}({at})"
            text += f" + {slope}" if self.subject.has_noise else ""
            yield CodeLine(text, part, (self.value(gradient, parameter),))

    def after_batch(self, gradient: str, part: str) -> Iterator[CodeLine]:
        """Yield what `_after_sum` does, behind the lecture's loop over mini-batches."""
        if not self.divides and (self._neuron.shares(1, 1).mean or self._neuron.is_penalty_shared):
            yield CodeLine(
                f"{_SIZE} = ({SEEN} - 1) % mini_batch_size + 1  # the last one may be smaller", LOOP
            )
        yield from self._after_sum(gradient, part, "mini_batch_size" if self.divides else _SIZE)

    def _after_sum(self, gradient: str, part: str, size: str) -> Iterator[CodeLine]:
        """Yield what makes a gradient of the sums over some points: a mean of them, and the penalty."""
        for parameter in PARAMETERS:
            if self._is_changed_after_sum(parameter):
                name = self.names.of(gradient, parameter)
                text = self._shared(name, parameter, gradient, size)
                yield CodeLine(f"{name} = {text}", part, (self.value(gradient, parameter),))

    def _is_changed_after_sum(self, parameter: str) -> bool:
        """Return whether a gradient is more than the sum of the slopes at some points."""
        return self._neuron.shares(1, 1).mean or bool(self._neuron.l2 and parameter == "w")

    def _shared(self, total: str, parameter: str, gradient: str, size: str) -> str:
        """Return the mean of a sum over so many points, or the sum itself, and the penalty of w."""
        objective = self._neuron
        is_mean, penalty = objective.shares(1, 1).mean and size != "1", ""
        if objective.l2 and parameter == "w":
            share = repr(objective.l2)
            if objective.is_penalty_shared and not self.is_whole:
                known = objective.shares(self.size, self.subject.points).l2
                share = repr(known) if self.divides else f"{share} * {size} / {self.subject.points}"
            penalty = f" + {share} * "
        if self.has_list and parameter == "w":
            weights = self.asked_at(gradient).rpartition(", ")[0]
            each = f"slope / {size}" if is_mean else "slope"
            if not penalty:
                return f"[{each} for slope in {total}]"
            return f"[{each}{penalty}w_j for slope, w_j in zip({total}, {weights})]"
        mean = f"{total} / {size}" if is_mean else total
        return f"{mean}{penalty}{self.asked_at(gradient).partition(', ')[0]}" if penalty else mean

    def zeros(self, gradient: str, *, with_count: bool = False) -> CodeLine:
        """Return the line before a sum, ``with_count`` also before the points are counted."""
        zero = "[0.0] * len(w)" if self.has_list else "0.0"
        seen = "skipped" if self.skipped else "0"
        names, zeros = (f", {SEEN}", f", {seen}") if with_count else ("", "")
        return CodeLine(f"{self.both(gradient)}{names} = {zero}, 0.0{zeros}", LOOP)

    def slopes(self, gradient: str, part: str, *, adds: bool) -> Iterator[CodeLine]:
        """Yield the lines for the slope of the loss at one point, or that add it to a sum."""
        at = self.asked_at(gradient)
        for parameter in PARAMETERS:
            name, slope = self.names.of(gradient, parameter), f"grad_{parameter}({at}, x, y)"
            values: tuple[CodeValue, ...] = (self.value(gradient, parameter),)
            if adds and self.has_list and parameter == "w":
                text = f"{name} = [total + slope for total, slope in zip({name}, {slope})]"
            elif adds:
                text = f"{name} += {slope}"
            else:
                changed = self._is_changed_after_sum(parameter)
                text = f"{name} = {self._shared(slope, parameter, gradient, '1') if changed else slope}"
            if adds and self._is_changed_after_sum(parameter):
                values = ()  # the sum is not the gradient yet
            yield CodeLine(text, part, values)

    def value(self, name: str, parameter: str) -> CodeValue:
        """Return a number of the rule at the margin."""
        return CodeValue(self.names.of(name, parameter), name, Scope.RULE, parameter)
