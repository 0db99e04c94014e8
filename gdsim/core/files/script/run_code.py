"""The parts of the code of a run: its batching, the right sides of its lines in Python, and its names."""

import math
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from gdsim.core.engine.loop import Beginning
from gdsim.core.engine.loop_shape import adds_by_numpy
from gdsim.core.files.script.guarded import guarded_lines, vanishing_in
from gdsim.core.files.script.names import PARAMETERS, Names
from gdsim.core.files.script.objective_functions import ObjectiveSize
from gdsim.core.files.script.search_functions import LINE, RESERVED, memory_at_first, search_function
from gdsim.core.formulas.code_printing import SCRIPT, source_of
from gdsim.core.formulas.evaluate import evaluate
from gdsim.core.formulas.program import NORM, is_direction, is_gradient, is_norm
from gdsim.core.formulas.syntax import (
    Binary,
    Call,
    Formula,
    Name,
    Negative,
    Node,
    Number,
    names_in,
    replaced,
    walk,
)
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.run import Run, RunClock
from gdsim.core.rules.schedules import EPOCH, RISES, STEP, Schedule
from gdsim.core.rules.second_order import DIRECTION, SecondOrderRule
from gdsim.core.rules.update_rule import ETA, NEW, W_NEXT, G, T, UpdateRule, W
from gdsim.core.settings import Value

FOR_ALL = "for j in inputs"
# Sums of a few integers up to this one are exact as floats, too.
_LARGEST_COUNT = 10**9


@dataclass(frozen=True)
class RunCode:
    """The parts of the code of a run."""

    run: Run
    subject: ObjectiveSize
    begins: Beginning | None = None  # The state from which a fork continues

    @cached_property
    def clock(self) -> RunClock:
        return self.run.clock(self.subject.points)

    @property
    def done(self) -> int:
        """The number of epochs finished before the run begins; 0 unless it is a fork."""
        return self.clock.epoch(self.clock.first)

    @property
    def skipped(self) -> int:
        """The number of batches of its first epoch that a fork skips, because they come before the fork."""
        return self.clock.first - self.clock.end_of(self.done)

    @property
    def ended(self) -> str:
        """How the parent ended if it did so before the fork, which then has no step; else an empty text."""
        return self.begins.stop.sentence if self.begins and self.begins.stop else ""

    @property
    def epochs(self) -> int:
        """The number of epochs at the end of the run, which is `done` for a fork without a step."""
        return self.done if self.ended else self.run.epochs

    @property
    def place(self) -> tuple[list[float], float]:
        """The weights and the bias at the start of the run."""
        *weights, bias = self.begins.p if self.begins else self.run.start
        return weights, bias

    def memory_at_first(self) -> dict[str, str]:
        """Return the source of the memory with which a fork continues, by name in the code."""
        if self.begins is None:
            return {}
        width, found = len(self.begins.p), {}
        for index, letter in enumerate(self.rule.letters):
            *weights, bias = self.begins.memory[index * width : (index + 1) * width]
            found[self.names.of(letter, "w")] = repr(weights if self.has_list else weights[0])
            found[self.names.of(letter, "b")] = repr(bias)
        return found

    def rises_at_first(self) -> tuple[str, str]:
        """Return the source of the number of rises of the validation loss, and of its last value."""
        loss = self.begins.validation_loss if self.begins else math.inf
        rises = self.begins.rises if self.begins else 0
        return repr(rises), "math.inf" if math.isinf(loss) else repr(loss)

    @property
    def is_guarded(self) -> bool:
        """Whether the function of w and b has to be computed where Python would raise."""
        objective, (weights, bias) = self.subject.objective, self.place
        return isinstance(objective, FunctionObjective) and (
            self.run.is_searched or math.isinf(evaluate(objective.lines.value, {"w": weights[0], "b": bias}))
        )

    @property
    def rule(self) -> UpdateRule:
        return self.run.optimizer.update_rule

    @property
    def shuffles(self) -> bool:
        return self.run.batching.shuffles

    @property
    def size(self) -> int:
        """The number of points in an update."""
        return self.run.batching.batch_size(self.subject.points)

    @property
    def is_whole(self) -> bool:
        """Whether an update takes all points."""
        return self.size == self.subject.points

    @property
    def is_stochastic(self) -> bool:
        """Whether an update takes a single point out of several."""
        return self.size == 1 and not self.is_whole

    @property
    def has_list(self) -> bool:
        """Whether there are several weights, in a list."""
        return len(self.run.start) > len(PARAMETERS)

    @property
    def by_numpy(self) -> bool:
        """Whether an update has so many points that NumPy sums them."""
        return adds_by_numpy(self.size, self.subject.objective)

    @cached_property
    def used(self) -> frozenset[str]:
        """The names in the lines of the rule."""
        return frozenset().union(*(names_in(line.node) for line in self.rule.program.lines))

    @cached_property
    def schedules(self) -> tuple[Schedule, ...]:
        """The schedules that change a rate that the rule has."""
        return tuple(
            one
            for one in (self.run.schedule, self.run.momentum_schedule)
            if one.definition.changes and one.definition.target in self.used
        )

    @cached_property
    def _vanishing(self) -> frozenset[str]:
        rule = self.rule
        return vanishing_in(rule.program, {W_NEXT, *(letter + NEW for letter in rule.letters)})

    @cached_property
    def formulas(self) -> Mapping[str, Node]:
        """The right sides of the rule by target, with the guards that a script needs."""
        rule = self.rule
        finite = (name for name in rule.shared if rule.program.depends(name).isdisjoint(rule.norms))
        return guarded_lines(rule.program, rule.intervals, self._vanishing, frozenset(finite))

    @cached_property
    def schedule_formulas(self) -> tuple[Mapping[str, Node], ...]:
        """The right sides of each schedule by target, with the guards that a script needs."""
        kinds = [one.definition for one in self.schedules]
        return tuple(
            guarded_lines(
                kind.program,
                kind.intervals,
                vanishing_in(kind.program, {kind.target} - self._vanishing),
                kind.intervals.keys(),
            )
            for kind in kinds
        )

    @cached_property
    def counts(self) -> frozenset[str]:
        """Which of updates, steps, epochs and rises of the validation loss the code has to count."""
        looked_at = frozenset().union(*(one.definition.program.free for one in self.schedules))
        return (looked_at & {STEP, EPOCH, RISES}) | (self.used & {T})

    @cached_property
    def names(self) -> Names:
        """The names in the code, where i counts the epochs, and also the updates if each is an epoch."""
        steps = "i" if self.is_whole else STEP
        clock = self.clock
        t = clock.epoch0 - clock.t0 if self.is_whole else -clock.t0
        number = "float" if self._needs_floats(T, self._counting | {T}) else ""
        counts = {EPOCH: "i", STEP: steps, T: f"{number}({_plus(steps, t + 1)})"}
        if self.is_whole and clock.epoch0:
            counts[STEP] = f"({_plus(steps, clock.epoch0)})"
        reserved = RESERVED if self.run.is_searched else ()
        return Names(self.rule, self.schedules, self.apart, counts, reserved)

    # --------------------------------------------------------------------------------- step searches

    @property
    def finds_rate(self) -> bool:
        """Whether a search finds the rate of each step, starting from eta0."""
        return bool(search_function(self.run.search))

    @property
    def method(self) -> SecondOrderRule | None:
        """The rule, if it is a second-order method."""
        rule = self.run.optimizer.definition
        return rule if isinstance(rule, SecondOrderRule) else None

    @property
    def remembers(self) -> str:
        """The name of what the method remembers of its last step; empty if it remembers nothing."""
        return self.method.remembers if self.method else ""

    def remembered_at_first(self) -> str:
        """Return the source of what the method remembers at first."""
        if not self.remembers:
            return ""
        searched = self.begins.searched if self.begins else ()
        return memory_at_first(self.run.optimizer, len(self.run.start), searched)

    @property
    def search_settings(self) -> dict[str, str]:
        """The source of the settings of the search and of the method's direction, by name in the code."""
        numbers = {name: repr(value) for name, value in self.run.search.items()}
        if "damping" in self.run.optimizer:
            numbers[self.names.of("damping")] = repr(self.run.optimizer["damping"])
        return numbers

    @property
    def before_search(self) -> Formula:
        """The line of the rule after which the search begins: that of the direction or of the gradient."""
        makers = [
            line for line in self.rule.program.lines if is_direction(line.node) or is_gradient(line.node)
        ]
        return makers[-1]

    @property
    def direction_line(self) -> str:
        assert self.method is not None  # noqa: S101 - only second-order methods have a direction
        given = ", ".join((self.listed(W), self.listed(G), *self.method.takes))
        made = f"{self.starred(DIRECTION)}{self.remembers and f', {self.remembers}'}"
        return f"{made} = {self.method.function}({given})"

    @property
    def search_line(self) -> str:
        if self.method:
            direction = self.listed(DIRECTION)
        else:
            slopes = [self.names.of(self.rule.last_gradient, name) for name in PARAMETERS]
            direction = (
                f"[-slope for slope in {self.listed(self.rule.last_gradient)}]"
                if self.has_list
                else f"[{', '.join(f'-{slope}' for slope in slopes)}]"
            )
        line = f"{LINE}({self.listed(W)}, {direction}, {self.listed(self.rule.last_gradient)})"
        given = ", ".join((line, self.at_start("eta"), *self.run.search.definition.names))
        return f"{self.names.of('eta')} = {search_function(self.run.search)}({given})"

    def starred(self, name: str) -> str:
        """Return the code's names for all parameters, with a list of weights unpacked: ``*w, b``."""
        return f"{'*' * self.has_list}{self.both(name)}"

    def listed(self, name: str) -> str:
        """Return the source of a list of a value of the rule for all parameters."""
        return f"[{self.starred(name)}]"

    @cached_property
    def apart(self) -> Mapping[str, str]:
        """The new values that are kept beside their old ones, mapped to these.

        As in the lecture, a velocity is one of them.
        """
        velocity = self.rule.velocity
        return {**({velocity + NEW: velocity} if velocity else {}), **self.rule.kept_apart}

    def at_start(self, name: str) -> str:
        """Return a number's name before the first update: eta0, say, if a schedule or search computes eta."""
        if name == ETA and self.finds_rate:
            return "eta0"
        if any(one.definition.target == name for one in self.schedules):
            return self.names.of_schedule(name, f"{name}0")
        return self.names.of(name)

    @property
    def settings(self) -> dict[str, str]:
        """The source of the settings that the lines of the rule need, by name in the code."""
        needed = set(self.rule.program.free)
        for one in self.schedules:  # some compute the rate from the number of the step alone
            kind = one.definition
            needed -= set() if f"{kind.target}0" in kind.program.free else {kind.target}
        numbers = dict[str, Value](self.run.optimizer.numbers)
        # The number of an update may be an integer, too, unless it is a float itself.
        whole = self._counting | (set() if self._needs_floats(T, self._counting | {T}) else {T})
        for name in self._counting:
            if not self._needs_floats(name, whole):
                numbers[name] = self.run.optimizer[name]
        return {self.at_start(name): repr(value) for name, value in numbers.items() if name in needed}

    @property
    def _counting(self) -> AbstractSet[str]:
        """The settings of the rule that are whole numbers; those beyond any count are written as floats."""
        rule = self.run.optimizer
        kinds = {one.name: one.domain.kind for one in rule.definition.settings}
        return {name for name, kind in kinds.items() if kind is int and rule[name] <= _LARGEST_COUNT}

    def _needs_floats(self, name: str, whole: AbstractSet[str]) -> bool:
        """Return whether a name must be a float to give the numbers of the window.

        The names in ``whole`` are integers. Python's integer arithmetic has no negative zero and does not
        round.
        """
        lines = (*(line.node for line in self.rule.program.lines), *self.rule.starts.values())
        using = [node for node in lines if name in names_in(node)]
        parts = [one for node in using for one in walk(node) if name in names_in(one)]
        return any(_may_be_whole(node, whole) for node in using) or any(
            _differs_in_floats(one, whole) for one in parts
        )

    @property
    def schedule_settings(self) -> dict[str, str]:
        """The source of the settings that the lines of the schedules need, by name in the code."""
        return {
            self.names.of_schedule(one.definition.target, name): repr(value)
            for one in self.schedules
            for name, value in one.items()
            if name in one.definition.program.free
        }

    def assignments(
        self, target: str, node: Node, shared: Callable[[str], str] | None = None
    ) -> dict[str, str]:
        """Return the assignments for a name of the rule by parameter; ``""`` if all parameters share it.

        ``shared`` maps a name that all parameters share to its name in the code; the default is ``names.of``.
        """
        called = shared or self.names.of
        if _may_be_whole(node, {T}):
            node = replaced(node, _as_float)
        if is_norm(node):
            return {"": f"{called(target)} = {NORM}({self.both(self.rule.norms[target])})"}
        if target in self.rule.shared:
            return {"": f"{called(target)} = {source_of(node, SCRIPT, called)}"}
        return {parameter: self._assignment(parameter, target, node, called) for parameter in PARAMETERS}

    def both(self, name: str) -> str:
        """Return the code's names for w and b, separated by a comma."""
        return ", ".join(self.names.of(name, parameter) for parameter in PARAMETERS)

    def gradient_place(self, gradient: str) -> str:
        """Return the w and the b at which a gradient is evaluated, separated by a comma."""
        place = self.rule.gradients[gradient]
        if self.has_list and place in self.rule.shared:
            return f"[{self.names.of(place)} {FOR_ALL}], {self.names.of(place)}"
        return self.both(place)

    def _assignment(self, parameter: str, target: str, node: Node, shared: Callable[[str], str]) -> str:
        in_list = self.has_list and parameter == "w"

        def called(name: str) -> str:
            if name in self.rule.shared:
                return shared(name)
            return self.names.of(name, parameter) + "[j]" * in_list

        right = source_of(node, SCRIPT, called)
        return f"{self.names.of(target, parameter)} = {f'[{right} {FOR_ALL}]' if in_list else right}"


def _as_float(node: Node) -> Node | None:
    return Number(float(node.value)) if isinstance(node, Number) else None


def _differs_in_floats(node: Node, whole: AbstractSet[str]) -> bool:
    match node:
        case Binary("*", left, right) | Call("mod", (left, right)):
            return _may_be_whole(left, whole) and _may_be_whole(right, whole)
        case Binary("**", base, _) if names_in(base) - {T}:  # `PythonPrinter` makes t itself a float there
            return _may_be_whole(base, whole)
        case Negative(term):
            return _may_be_whole(term, whole)
    return False


def _may_be_whole(node: Node, whole: AbstractSet[str]) -> bool:
    match node:
        case Number(value):
            return isinstance(value, int)
        case Name(name):
            return name in whole
        case Negative(term):
            return _may_be_whole(term, whole)
        case Binary("+" | "-" | "*", left, right):
            return _may_be_whole(left, whole) and _may_be_whole(right, whole)
        case Call("mod" | "max" | "min" | "where", terms):
            return any(_may_be_whole(one, whole) for one in terms)
    return False


def _plus(name: str, number: int) -> str:
    return f"{name} {'+' if number > 0 else '-'} {abs(number)}" if number else name
