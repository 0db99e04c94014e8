"""The descent of a run as a Python function, made from the lines of its rule and schedules."""

import builtins
import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain

from gdsim.core.engine.loop_shape import MOST_PLAIN
from gdsim.core.engine.loop_source import indented
from gdsim.core.files.script.guards import guarded_lines, vanishing_in
from gdsim.core.files.script.literals import comment, docstring, fitted, listed
from gdsim.core.formulas.language import Call, Node, Number, names_in, walk
from gdsim.core.formulas.printing import OWN_FUNCTIONS, PLAIN_TEXT, SCRIPT, code
from gdsim.core.formulas.program import is_gradient
from gdsim.core.model.experiment import Run
from gdsim.core.rules.rule import symbols
from gdsim.core.rules.schedules import EPOCH, RISE, RISES, STEP, Schedule
from gdsim.core.rules.update_rule import CORRECTED, NEW, W_NEXT, G, T, UpdateRule, W

# The weights, be they one or a list, and the bias.
PARAMETERS = ("w", "b")
_COUNTS = (T, STEP, EPOCH, RISES)
# What a script has names for itself.
_OWN = (
    "np", "math", "csv", "sys", "count", "Path", "TITLE", "COLUMNS", "X", "Y", "X_VALIDATION", "Y_VALIDATION",
    *OWN_FUNCTIONS, "f", "loss", "gradient", "batches", "orders", "array_f", "array_loss", "array_gradient",
    "array_batches", "w", "b", "dw", "db", "j", "inputs", "epochs", "order", "X_batch", "Y_batch", "size",
    "seed", "last_loss", "validation_loss",
)  # fmt: skip
_FOR_ALL = "for j in inputs"


@dataclass(frozen=True)
class Descent:
    """What a script holds of one run: a function, which runs of the same kind share, and its arguments.

    ``points`` and ``validation`` are how many there are.
    """

    run: Run
    points: int
    validation: int

    @property
    def name(self) -> str:
        """What the function does; runs that differ in nothing but numbers have the same."""
        rule = self.run.optimizer
        parts = ["do", "shuffled" * self.shuffles]
        parts += [] if self._is_whole else ["stochastic" if self._size == 1 else "mini-batch"]
        parts += [rule.title]
        off = {name for name, on in rule.switches().items() if not on}
        parts += [f"without {one.label}" for one in rule.definition.settings if one.name in off]
        changing = [f"{one.id} {one.definition.target}" for one in self._schedules]
        parts += [f"with {' and '.join(changing)}"] if changing else []
        return re.sub("[^a-z0-9]+", "_", " ".join(filter(None, parts)).lower()).strip("_")

    @property
    def shuffles(self) -> bool:
        """Whether every epoch takes the points in an order of its own."""
        return self.run.batching.shuffles

    @property
    def calls(self) -> set[str]:
        """The functions of the script that this one calls."""
        nodes = [*self._lines.values(), *self._rule.starts.values()]
        nodes += [node for lines in self._lines_of_schedules for node in lines.values()]
        functions = {term.function for node in nodes for term in walk(node) if isinstance(term, Call)}
        called = {self._gradient, *functions.intersection(OWN_FUNCTIONS)}
        called |= set() if self._is_whole else {self._batches}
        called |= {"orders"} if self.shuffles else set()
        return called | ({self._validation_loss} if RISES in self._counts else set())

    def call(self, name: str, opening: str, indent: int) -> list[str]:
        """Return the lines that call the function, after ``opening``."""
        arguments = (f"{argument}={value}" for argument, value in self._arguments.items())
        return listed(f"{opening}{name}(", arguments, ")", indent)

    def definition(self, name: str) -> str:
        """Return the function: a generator of w and b, and after each update also of the memory."""
        body = [
            *self._docstring(),
            *(["inputs = range(len(w))"] if self._has_list else []),
            *self._starts(),
            *self._counters(),
            "yield w, b",
            *self._loops([*self._rate_lines(), *self._update_lines()]),
        ]
        head = listed(f"def {name}(", self._arguments, "):")
        return "\n".join([*head, *chain.from_iterable(fitted(line, _FOR_ALL) for line in indented(body))])

    # --------------------------------------------------------------------------- what it is made of

    @property
    def _rule(self) -> UpdateRule:
        return self.run.optimizer.update_rule

    @property
    def _size(self) -> int:
        return self.run.batching.batch_size(self.points)

    @property
    def _is_whole(self) -> bool:
        """Whether every update uses all points as they stand in the table."""
        return self._size == self.points and not self.shuffles

    @property
    def _has_list(self) -> bool:
        return len(self.run.start) > len(PARAMETERS)

    @property
    def _gradient(self) -> str:
        return "gradient" if self._size <= MOST_PLAIN else "array_gradient"

    @property
    def _batches(self) -> str:
        return "batches" if self._size <= MOST_PLAIN else "array_batches"

    @property
    def _validation_loss(self) -> str:
        return "loss" if self.validation <= MOST_PLAIN else "array_loss"

    @cached_property
    def _used(self) -> frozenset[str]:
        """The names in the lines of the rule."""
        return frozenset().union(*(names_in(line.node) for line in self._rule.program.lines))

    @cached_property
    def _schedules(self) -> tuple[Schedule, ...]:
        """The schedules that change a rate, where the rule has it."""
        return tuple(
            one
            for one in (self.run.schedule, self.run.momentum_schedule)
            if one.definition.changes and one.definition.target in self._used
        )

    @cached_property
    def _vanishing(self) -> frozenset[str]:
        rule = self._rule
        return vanishing_in(rule.program, {W_NEXT, *(letter + NEW for letter in rule.letters)})

    @cached_property
    def _lines(self) -> Mapping[str, Node]:
        """The right sides of the rule as the script has them."""
        rule = self._rule
        return guarded_lines(rule.program, rule.ranges, self._vanishing, rule.shared)

    @cached_property
    def _lines_of_schedules(self) -> tuple[Mapping[str, Node], ...]:
        """The right sides of each schedule as the script has them."""
        kinds = [one.definition for one in self._schedules]
        return tuple(
            guarded_lines(
                kind.program,
                kind.ranges,
                vanishing_in(kind.program, {kind.target} - self._vanishing),
                kind.ranges.keys(),
            )
            for kind in kinds
        )

    @cached_property
    def _counts(self) -> frozenset[str]:
        """Which of updates, steps, epochs and rises of the validation loss the script has to count."""
        looked_at = frozenset().union(*(one.definition.program.free for one in self._schedules))
        return (looked_at & {STEP, EPOCH, RISES}) | (self._used & {T})

    @cached_property
    def _names(self) -> "_Names":
        return _Names(self._rule, self._schedules)

    @cached_property
    def _arguments(self) -> dict[str, str]:
        """What the function is called with, as source, by the names of its parameters."""
        *weights, bias = self.run.start
        given = {"w": repr(weights if self._has_list else weights[0]), "b": repr(bias)}
        needed = self._rule.program.free
        numbers = self.run.optimizer.numbers
        given |= {self._at_start(name): repr(value) for name, value in numbers.items() if name in needed}
        for one in self._schedules:
            kind = one.definition
            for name, value in one.items():
                if name in kind.program.free:
                    given[self._names.of_schedule(kind.target, name)] = repr(value)
        given |= {} if self._is_whole or self._size == 1 else {"size": repr(self._size)}
        given |= {"seed": repr(self.run.seed)} if self.shuffles else {}
        return given | {"epochs": repr(self.run.epochs)}

    def _at_start(self, name: str) -> str:
        """Return what a number is called before the first update: eta0, if a schedule makes eta of it."""
        if any(one.definition.target == name for one in self._schedules):
            return self._names.of_schedule(name, f"{name}0")
        return self._names.of(name)

    # --------------------------------------------------------------------------------------- its text

    def _docstring(self) -> list[str]:
        optimizer, lines = self.run.optimizer, self._rule.program.lines
        letters = [PLAIN_TEXT.line(line, symbols(optimizer)) for line in lines if not is_gradient(line.node)]
        same = f"and the same for {'every weight and b' if self._has_list else 'b'}."
        return docstring(optimizer.definition.summary, "", *letters, "", same)

    def _starts(self) -> Iterator[str]:
        """Yield the lines of the memory before the first update."""
        for letter in self._rule.letters:
            node = self._rule.starts.get(letter, Number(0.0))
            yield from self._for_each(letter, node, self._at_start)

    def _rate_lines(self) -> Iterator[str]:
        for one, lines in zip(self._schedules, self._lines_of_schedules, strict=True):
            kind = one.definition
            called = partial(self._names.of_schedule, kind.target)
            yield from comment(kind.title)
            yield from (f"{called(target)} = {code(node, SCRIPT, called)}" for target, node in lines.items())

    def _update_lines(self) -> Iterator[str]:
        """Yield the lines of one update, each for w and b in turn."""
        points = "X, Y" if self._is_whole else "X_batch, Y_batch"
        for line in self._rule.program.lines:
            if is_gradient(line.node):
                place = self._rule.gradients[line.target]
                at = self._both(place)
                if self._has_list and place in self._rule.shared:
                    at = f"[{self._names.of(place)} {_FOR_ALL}], {self._names.of(place)}"
                yield f"{self._both(line.target)} = {self._gradient}({at}, {points})"
            elif line.target in self._rule.shared:
                right = code(self._lines[line.target], SCRIPT, self._names.of)
                yield f"{self._names.of(line.target)} = {right}"
            else:
                yield from self._for_each(line.target, self._lines[line.target], self._names.of)
        for new, old in self._rule.kept_apart.items():
            yield f"{self._both(old)} = {self._both(new)}"

    def _both(self, name: str) -> str:
        return ", ".join(self._names.of(name, parameter) for parameter in PARAMETERS)

    def _for_each(self, target: str, node: Node, shared: Callable[[str], str]) -> Iterator[str]:
        """Yield a line for the weights and one for the bias."""
        for parameter in PARAMETERS:
            in_list = self._has_list and parameter == "w"
            right = code(node, SCRIPT, partial(self._one, parameter, shared, "[j]" if in_list else ""))
            yield f"{self._names.of(target, parameter)} = {f'[{right} {_FOR_ALL}]' if in_list else right}"

    def _one(self, parameter: str, shared: Callable[[str], str], place: str, name: str) -> str:
        return shared(name) if name in self._rule.shared else self._names.of(name, parameter) + place

    # -------------------------------------------------------------------------------------- its loops

    def _counters(self) -> Iterator[str]:
        """Yield the lines before the loops that begin to count what the loops do not count themselves."""
        if not self._is_whole:
            yield from (f"{name} = 0" for name in (STEP, T) if name in self._counts)
        if RISES in self._counts:
            yield "rises, last_loss = 0, math.inf"

    def _loops(self, update: Sequence[str]) -> Iterator[str]:
        """Yield the loops around the lines of an update."""
        after = f"yield {', '.join(['w', 'b', *self._memory()])}"
        if self._is_whole:
            body = [*self._derived(), *update, after]
        else:
            order = "order" if self.shuffles else "range(len(Y))"
            size = "1" if self._size == 1 else "size"
            inner = [*self._counted(T), *update, *self._counted(STEP), after]
            body = [f"for X_batch, Y_batch in {self._batches}({order}, {size}):", *indented(inner)]
        yield self._epochs()
        yield from indented([*body, *self._look_at_validation()])

    def _memory(self) -> Iterator[str]:
        """Yield what is remembered: number by number, or with the lists of the weights spread out."""
        for letter in self._rule.letters:
            yield f"{'*' if self._has_list else ''}{self._names.of(letter, 'w')}"
            yield self._names.of(letter, "b")

    def _epochs(self) -> str:
        """Return the line of the loop over the epochs."""
        if self._is_whole and self._counts & {T, STEP, EPOCH} == {T}:
            return "for t in range(1, epochs + 1):"
        if self.shuffles:
            return f"for {self._index}, order in zip(range(epochs), orders(seed)):"
        return f"for {self._index} in range(epochs):"

    @property
    def _index(self) -> str:
        """What the loop over the epochs counts from 0; where every update is an epoch, also its updates."""
        names = (EPOCH, STEP) if self._is_whole else (EPOCH,)
        return next((name for name in names if name in self._counts), "_")

    def _derived(self) -> Iterator[str]:
        """Yield the lines for counts that follow from that of the loop, where every update is an epoch."""
        if {EPOCH, STEP} <= self._counts:
            yield "step = epoch  # every update is an epoch"
        if T in self._counts and self._index != "_":
            yield f"t = {self._index} + 1"

    def _counted(self, name: str) -> list[str]:
        return [f"{name} += 1"] if name in self._counts else []

    def _look_at_validation(self) -> Iterator[str]:
        if RISES in self._counts:
            yield f"validation_loss = {self._validation_loss}(w, b, X_VALIDATION, Y_VALIDATION)"
            yield f"if validation_loss > {RISE!r} * last_loss:"
            yield "    rises += 1"
            yield "last_loss = validation_loss"


# ------------------------------------------------------------------------------------------ names


class _Names:
    """The names of one function: no two are the same, and none has another meaning in a script."""

    def __init__(self, rule: UpdateRule, schedules: Iterable[Schedule]) -> None:
        self._rule = rule
        self._taken = {*_OWN, *_COUNTS, *keyword.kwlist, *dir(builtins)}
        self._names = {("", name): name for name in _COUNTS}
        for parameter in PARAMETERS:
            self._names[parameter, W], self._names[parameter, G] = parameter, f"d{parameter}"
        for name in sorted(rule.shared):
            self._give("", name, name)
        own = (name for name in (*rule.letters, *rule.program.by_target) if name not in rule.shared)
        for name in own:
            for parameter in PARAMETERS:
                self._give(parameter, self._stored(name), self._wanted(name, parameter))
        for one in schedules:
            kind = one.definition
            for name in (f"{kind.target}0", *kind.names, *kind.program.by_target):
                if name != kind.target:
                    self._give(kind.target, name, name)

    def of(self, name: str, parameter: str = "") -> str:
        """Return what a name of the rule is called, for one of the parameters if it is not shared."""
        if name in self._rule.shared:
            return self._names["", name]
        return self._names[parameter, self._stored(name)]

    def of_schedule(self, target: str, name: str) -> str:
        """Return what a name of the schedule that computes ``"eta"`` or ``"gamma"`` is called."""
        return self._names.get((target, name)) or self._names["", name]

    def _stored(self, name: str) -> str:
        """Return the name in whose place a value is kept: a new one takes that of its old one if it can."""
        return name if name in self._rule.kept_apart else self._rule.replaces(name) or name

    def _wanted(self, name: str, parameter: str) -> str:
        if name in self._rule.kept_apart:
            old = self._rule.kept_apart[name]
            return f"new_{parameter}" if old == W else f"new_{old}_{parameter}"
        if name.endswith(CORRECTED):
            return f"{name.removesuffix(CORRECTED)}_{parameter}{CORRECTED}"
        return f"{self._stored(name)}_{parameter}"

    def _give(self, scope: str, name: str, wanted: str) -> None:
        if (scope, name) in self._names:
            return
        while wanted in self._taken:
            wanted += "_"
        self._taken.add(wanted)
        self._names[scope, name] = wanted
