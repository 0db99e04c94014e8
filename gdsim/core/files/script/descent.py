"""The descent of a run as a Python function, made from the lines of its rule and schedules."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain

from gdsim.core.engine.loop_shape import adds_by_numpy
from gdsim.core.engine.sum_source import indented
from gdsim.core.files.script.functions import ENDED
from gdsim.core.files.script.literals import comment, docstring, fitted, listed, text_literal
from gdsim.core.files.script.run_code import FOR_ALL, RunCode, plus
from gdsim.core.formulas.language import Number
from gdsim.core.formulas.printing import PLAIN_TEXT, SCRIPT, code
from gdsim.core.formulas.program import is_direction, is_gradient
from gdsim.core.rules.rule import symbols_of_line
from gdsim.core.rules.schedules import EPOCH, RISE, RISES, STEP
from gdsim.core.rules.update_rule import T


@dataclass(frozen=True)
class Descent(RunCode):
    """What a script holds of one run: a function, which runs of the same kind share, and its arguments."""

    @property
    def name(self) -> str:
        """What the function does; runs that differ in nothing but numbers have the same."""
        rule = self.run.optimizer
        parts = ["do", "shuffled" * self.shuffles]
        parts += [] if self._is_whole else ["stochastic" if self.size == 1 else "mini-batch"]
        parts += [rule.title]
        turned = (one for one in rule.definition.settings if one.is_switch and rule[one.name] != one.default)
        parts += [f"{'without' if one.default else 'with'} {one.label}" for one in turned]
        changing = [f"{one.id} {one.definition.target}" for one in self.schedules]
        parts += [f"with {' and '.join(changing)}"] if changing else []
        parts += [f"with {self.run.search.id}"] if self.finds_rate else []
        parts += [f"from step {self.clock.first}"] if self.begins else []
        return re.sub("[^a-z0-9]+", "_", " ".join(filter(None, parts)).lower()).strip("_")

    def call(self, name: str, opening: str, indent: int) -> list[str]:
        """Return the lines that call the function, after ``opening``."""
        arguments = (f"{argument}={value}" for argument, value in self._arguments.items())
        return listed(f"{opening}{name}(", arguments, ")", indent)

    def definition(self, name: str) -> str:
        """Return the function: a generator of w and b, and after each update also of the memory."""
        if self.ended:
            return f"def {name}(w, b):\n    yield w, b\n    raise {ENDED}({text_literal(self.ended)})"
        body = [
            *self._docstring(),
            *(["inputs = range(len(w))"] if self.has_list else []),
            *self._starts(),
            *self._counters(),
            "yield w, b",
            *self._loops([*self._rate_lines(), *self._update_lines()]),
        ]
        head = listed(f"def {name}(", self._arguments, "):")
        return "\n".join([*head, *chain.from_iterable(fitted(line, FOR_ALL) for line in indented(body))])

    @property
    def _is_whole(self) -> bool:
        """Whether every update uses all points as they stand in the table."""
        return self.size == self.points and not self.shuffles

    @property
    def _gradient(self) -> str:
        return "array_gradient" if self.by_numpy else "gradient"

    @property
    def _batches(self) -> str:
        return "array_batches" if self.by_numpy else "batches"

    @property
    def _validation_loss(self) -> str:
        return "array_loss" if adds_by_numpy(self.validation, self.objective) else "loss"

    @cached_property
    def _arguments(self) -> dict[str, str]:
        """What the function is called with, as source, by the names of its parameters."""
        weights, bias = self.place
        given = {"w": repr(weights if self.has_list else weights[0]), "b": repr(bias)}
        if self.ended:
            return given
        given |= self.memory_at_first()
        given |= self.settings | self.schedule_settings | self.search_settings
        given |= {self.remembers: self.remembered_at_first()} if self.remembers else {}
        given |= {} if self._is_whole or self.size == 1 else {"size": repr(self.size)}
        given |= {"seed": repr(self.run.seed)} if self.shuffles else {}
        return given | {"epochs": repr(self.epochs)}

    # --------------------------------------------------------------------------------------- its text

    def _docstring(self) -> list[str]:
        optimizer, lines = self.run.optimizer, self.rule.program.lines
        formulas = (line for line in lines if not is_gradient(line.node))
        letters = [PLAIN_TEXT.line(line, symbols_of_line(optimizer, line)) for line in formulas]
        same = f"and the same for {'every weight and b' if self.has_list else 'b'}."
        search = self.run.search.definition
        found = [f"η is looked for: {search.title}.", ""] if self.finds_rate else []
        return docstring(optimizer.definition.summary, "", *letters, "", *found, same)

    def _starts(self) -> Iterator[str]:
        """Yield the lines of the memory before the first update; a fork is given it."""
        for letter in () if self.begins else self.rule.letters:
            node = self.rule.starts.get(letter, Number(0.0))
            yield from self.assignments(letter, node, self.at_start).values()

    def _rate_lines(self) -> Iterator[str]:
        for one, lines in zip(self.schedules, self.schedule_formulas, strict=True):
            kind = one.definition
            called = partial(self.names.of_schedule, kind.target)
            yield from comment(kind.title)
            yield from (f"{called(target)} = {code(node, SCRIPT, called)}" for target, node in lines.items())

    def _update_lines(self) -> Iterator[str]:
        """Yield the lines of one update, each for w and b in turn."""
        points = "X, Y" if self._is_whole else "X_batch, Y_batch"
        for line in self.rule.program.lines:
            if is_gradient(line.node):
                at = self.asked_at(line.target)
                yield f"{self.both(line.target)} = {self._gradient}({at}, {points})"
            elif is_direction(line.node):
                yield self.direction_line
            else:
                yield from self.assignments(line.target, self.formulas[line.target]).values()
            if self.finds_rate and line == self.before_search:
                yield self.search_line
        for new, old in self.apart.items():
            yield f"{self.both(old)} = {self.both(new)}"

    # -------------------------------------------------------------------------------------- its loops

    def _counters(self) -> Iterator[str]:
        """Yield the lines before the loops that begin to count what the loops do not count themselves."""
        clock = self.clock
        if not self._is_whole:
            counts = {STEP: clock.first, T: clock.first - clock.t0}
            yield from (f"{name} = {count}" for name, count in counts.items() if name in self.counts)
        if self.skipped:
            yield f"skipped = {self.skipped}  # batches of its first epoch that are before it"
        if RISES in self.counts:
            yield f"rises, last_loss = {', '.join(self.rises_at_first())}"

    def _loops(self, update: Sequence[str]) -> Iterator[str]:
        """Yield the loops around the lines of an update."""
        after = f"yield {', '.join(['w', 'b', *self._memory()])}"
        if self._is_whole:
            body = [*self._derived(), *update, after]
        else:
            order = "order" if self.shuffles else "range(len(Y))"
            size = "1" if self.size == 1 else "size"
            inner = [*self._counted(T), *update, *self._counted(STEP), after]
            batches = f"{self._batches}({order}, {size})"
            batches = f"islice({batches}, skipped, None)" if self.skipped else batches
            body = [f"for X_batch, Y_batch in {batches}:", *indented(inner)]
            body += ["skipped = 0"] if self.skipped else []
        yield self._epochs()
        yield from indented([*body, *self._look_at_validation()])

    def _memory(self) -> Iterator[str]:
        """Yield what is remembered: number by number, or with the lists of the weights spread out."""
        for letter in self.rule.letters:
            yield f"{'*' if self.has_list else ''}{self.names.of(letter, 'w')}"
            yield self.names.of(letter, "b")

    def _epochs(self) -> str:
        """Return the line of the loop over the epochs."""
        if self._is_whole and self.counts & {T, STEP, EPOCH} == {T} and not self.begins:
            return "for t in range(1, epochs + 1):"
        epochs = f"range({self.done}, epochs)" if self.done else "range(epochs)"
        if self.shuffles:
            orders = f"islice(orders(seed), {self.done}, None)" if self.done else "orders(seed)"
            return f"for {self._index}, order in zip({epochs}, {orders}):"
        return f"for {self._index} in {epochs}:"

    @property
    def _index(self) -> str:
        """What the loop over the epochs counts from 0; where every update is an epoch, also its updates."""
        if self.begins and self._is_whole and self.counts & {EPOCH, STEP, T}:
            return EPOCH
        names = (EPOCH, STEP) if self._is_whole else (EPOCH,)
        return next((name for name in names if name in self.counts), "_")

    def _derived(self) -> Iterator[str]:
        """Yield the lines for counts that follow from that of the loop, where every update is an epoch."""
        epoch0, t0 = self.clock.epoch0, self.clock.t0
        if STEP in self.counts and self._index == EPOCH:
            yield f"step = {plus(EPOCH, epoch0)}  # every update is an epoch"
        if T in self.counts and self._index != "_":
            yield f"t = {plus(self._index, epoch0 - t0 + 1)}"

    def _counted(self, name: str) -> list[str]:
        return [f"{name} += 1"] if name in self.counts else []

    def _look_at_validation(self) -> Iterator[str]:
        if RISES in self.counts:
            yield f"validation_loss = {self._validation_loss}(w, b, X_VALIDATION, Y_VALIDATION)"
            yield f"if validation_loss > {RISE!r} * last_loss:"
            yield "    rises += 1"
            yield "last_loss = validation_loss"
