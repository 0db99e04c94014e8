"""The lecture's code for a gradient: slopes at one point, their sums over points, means and penalties."""

from collections.abc import Iterator
from dataclasses import dataclass

from gdsim.core.files.script.code_line import LOOP, SEEN, CodeLine, CodeValue, Scope, indented_lines
from gdsim.core.files.script.names import PARAMETERS
from gdsim.core.files.script.objective_functions import MEAN_OF_NUMBERS
from gdsim.core.files.script.run_code import RunCode
from gdsim.core.model.objective import FunctionObjective, NeuronObjective

# The names of a batch that is sliced from the points, and of the number of points in a mini-batch.
BATCH, _SIZE = "X_batch, Y_batch", "batch_size"


@dataclass(frozen=True)
class GradientCode(RunCode):
    """The lines for the gradient of an update."""

    @property
    def is_function(self) -> bool:
        """Whether the objective is a function of w and b instead of a neuron."""
        return isinstance(self.subject.objective, FunctionObjective)

    @property
    def _neuron(self) -> NeuronObjective:
        """The objective, for code with sums over points, which a function of w and b does not have."""
        assert isinstance(self.subject.objective, NeuronObjective)  # noqa: S101 - see `is_function`
        return self.subject.objective

    @property
    def divides(self) -> bool:
        """Whether all batches have the same size."""
        return self.subject.points % self.size == 0

    def gradient_lines(self, gradient: str, part: str, points: str) -> Iterator[CodeLine]:
        """Yield the lines for a gradient over the source ``points``; if that is empty, at the point x, y."""
        if self.by_numpy:
            values = tuple(self.value(gradient, parameter) for parameter in PARAMETERS)
            at = self.gradient_place(gradient)
            yield CodeLine(f"{self.both(gradient)} = array_gradient({at}, {points})", part, values)
        elif self.is_function:
            yield from self._function_gradient(gradient, part, points)
        elif not points:
            yield from self.slopes(gradient, part, adds=False)
        else:
            yield self.zeros(gradient)
            yield CodeLine(f"for x, y in zip({points}):", LOOP)
            yield from indented_lines(self.slopes(gradient, part, adds=True))
            yield from self._after_sum(gradient, part, "len(Y_batch)" if points == BATCH else "len(Y)")

    def _function_gradient(self, gradient: str, part: str, points: str) -> Iterator[CodeLine]:
        """Yield the lines for the slopes of a function of w and b, plus the slopes that points add."""
        slopes = ["x", "y"]
        if points and self.subject.has_noise:
            names = points.split(", ")
            if points.startswith("*"):
                names = ["X_now", "Y_now"]
                yield CodeLine(f"X_now, Y_now = {points.removeprefix('*')}", LOOP)
            slopes = [f"{MEAN_OF_NUMBERS}({name})" for name in names]
        at = self.gradient_place(gradient)
        for parameter, slope in zip(PARAMETERS, slopes, strict=True):
            text = f"{self.names.of(gradient, parameter)} = grad_{parameter}({at})"
            text += f" + {slope}" if self.subject.has_noise else ""
            yield CodeLine(text, part, (self.value(gradient, parameter),))

    def after_batch(self, gradient: str, part: str) -> Iterator[CodeLine]:
        """Yield the lines of `_after_sum` for the lecture's loop over mini-batches."""
        if not self.divides and (self._neuron.shares(1, 1).mean or self._neuron.is_penalty_shared):
            yield CodeLine(
                f"{_SIZE} = ({SEEN} - 1) % mini_batch_size + 1  # the last one may be smaller", LOOP
            )
        yield from self._after_sum(gradient, part, "mini_batch_size" if self.divides else _SIZE)

    def _after_sum(self, gradient: str, part: str, size: str) -> Iterator[CodeLine]:
        """Yield the lines that turn sums over points into a gradient: the mean and the penalty, if any."""
        for parameter in PARAMETERS:
            if self._is_changed_after_sum(parameter):
                name = self.names.of(gradient, parameter)
                text = self._from_sum(name, parameter, gradient, size)
                yield CodeLine(f"{name} = {text}", part, (self.value(gradient, parameter),))

    def _is_changed_after_sum(self, parameter: str) -> bool:
        """Return whether the gradient differs from the sum of the slopes at the points."""
        return self._neuron.shares(1, 1).mean or bool(self._neuron.l2 and parameter == "w")

    def _from_sum(self, total: str, parameter: str, gradient: str, size: str) -> str:
        """Return the source of the mean over ``size`` points, or of the sum, plus the penalty of w if any."""
        objective = self._neuron
        is_mean, penalty = objective.shares(1, 1).mean and size != "1", ""
        if objective.l2 and parameter == "w":
            share = repr(objective.l2)
            if objective.is_penalty_shared and not self.is_whole:
                known = objective.shares(self.size, self.subject.points).l2
                share = repr(known) if self.divides else f"{share} * {size} / {self.subject.points}"
            penalty = f" + {share} * "
        if self.has_list and parameter == "w":
            weights = self.gradient_place(gradient).rpartition(", ")[0]
            each = f"slope / {size}" if is_mean else "slope"
            if not penalty:
                return f"[{each} for slope in {total}]"
            return f"[{each}{penalty}w_j for slope, w_j in zip({total}, {weights})]"
        mean = f"{total} / {size}" if is_mean else total
        return f"{mean}{penalty}{self.gradient_place(gradient).partition(', ')[0]}" if penalty else mean

    def zeros(self, gradient: str, *, with_count: bool = False) -> CodeLine:
        """Return the line that sets a sum to zero, and with ``with_count`` also the counter of the points."""
        zero = "[0.0] * len(w)" if self.has_list else "0.0"
        seen = "skipped" if self.skipped else "0"
        names, zeros = (f", {SEEN}", f", {seen}") if with_count else ("", "")
        return CodeLine(f"{self.both(gradient)}{names} = {zero}, 0.0{zeros}", LOOP)

    def slopes(self, gradient: str, part: str, *, adds: bool) -> Iterator[CodeLine]:
        """Yield the lines that compute the slopes of the loss at one point, or add them to sums."""
        at = self.gradient_place(gradient)
        for parameter in PARAMETERS:
            name, slope = self.names.of(gradient, parameter), f"grad_{parameter}({at}, x, y)"
            values: tuple[CodeValue, ...] = (self.value(gradient, parameter),)
            if adds and self.has_list and parameter == "w":
                text = f"{name} = [total + slope for total, slope in zip({name}, {slope})]"
            elif adds:
                text = f"{name} += {slope}"
            else:
                changed = self._is_changed_after_sum(parameter)
                text = f"{name} = {self._from_sum(slope, parameter, gradient, '1') if changed else slope}"
            if adds and self._is_changed_after_sum(parameter):
                values = ()  # the sum is not the gradient yet
            yield CodeLine(text, part, values)

    def value(self, name: str, parameter: str) -> CodeValue:
        return CodeValue(self.names.of(name, parameter), name, Scope.RULE, parameter)
