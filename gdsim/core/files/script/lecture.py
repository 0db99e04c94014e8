"""A run as the code of the lecture: one function without arguments, its numbers in its first lines.

For updates over all points, single points and mini-batches, the loops are those of the lecture. A mini-batch
is sliced from the points instead if NumPy sums it or if the rule needs more than one gradient per update.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain

from gdsim.core.engine.beginning import carries_method
from gdsim.core.engine.loop_shape import adds_by_numpy
from gdsim.core.files.script.code_line import LOOP, SCHEDULE, SEEN, CodeLine, CodeValue, Scope, indented_lines
from gdsim.core.files.script.functions import script_functions
from gdsim.core.files.script.lecture_gradient import BATCH, GradientCode
from gdsim.core.files.script.literals import comment, text_literal
from gdsim.core.files.script.names import PARAMETERS
from gdsim.core.files.script.search_functions import search_function
from gdsim.core.formulas.code_printing import SCRIPT, source_of
from gdsim.core.formulas.program import is_direction, is_gradient
from gdsim.core.formulas.syntax import Formula
from gdsim.core.rules.schedules import EPOCH, RISE, RISES, STEP, Schedule
from gdsim.core.rules.update_rule import ETA, NEW, T, W

# The most names that are initialized in one line.
_SIDE_BY_SIDE = 4


@dataclass(frozen=True)
class LectureCode(GradientCode):
    @property
    def name(self) -> str:
        """The name of the function, such as ``"do_stochastic_momentum"``."""
        batching = "" if self.is_whole else "stochastic " if self.is_stochastic else "mini-batch "
        words = f"do {batching}{self.run.optimizer.title}".lower()
        return re.sub("[^a-z0-9]+", "_", words).strip("_")

    @cached_property
    def lines(self) -> tuple[CodeLine, ...]:
        body = [*self._beginning(), *self._epochs()]
        return (CodeLine(f"def {self.name}():"), *indented_lines(body))

    @cached_property
    def functions(self) -> Mapping[str, str]:
        """The functions shown with the code, for the loss, its slopes and a search: sources by name."""
        known = script_functions(self.subject, searched=self.run.is_searched, guarded=self.is_guarded)
        if self.by_numpy:
            names = ["array_f", "array_gradient"]
        elif adds_by_numpy(self.subject.points, self.subject.objective):
            names = ["f", "grad_w", "grad_b"]
        else:
            names = ["f", "error", "grad_w", "grad_b"]
        return {name: known[name] for name in (*names, *self._shown_of_search)}

    @property
    def _shown_of_search(self) -> tuple[str, ...]:
        """The names of the functions for a step search that are shown; their helpers are not."""
        if not self.run.is_searched:
            return ()
        found = (search_function(self.run.search), self.method.function if self.method else "")
        return tuple(filter(None, found))

    # -------------------------------------------------------------------------------------- batching

    @property
    def is_cut(self) -> bool:
        """Whether mini-batches are sliced from the points, instead of counting points in a loop over them."""
        return not (self.is_whole or self.is_stochastic or self._counts_points)

    @property
    def _counts_points(self) -> bool:
        """Whether a loop over single points can form the batches, repeating the lines before the gradient.

        These lines must give the same result at every point, so none of them may overwrite an old value.
        """
        if self.by_numpy or len(self.rule.gradients) > 1 or self.is_function:
            return False
        before, _ = self._around_gradient
        return all(not self.rule.replaces(one.target) or one.target in self.apart for one, _ in before)

    @cached_property
    def _parted_lines(self) -> tuple[tuple[Formula, str], ...]:
        """The lines of the rule, each with the part of the update it belongs to."""
        return tuple(zip(self.rule.program.lines, self.rule.parts, strict=True))

    @cached_property
    def _part_of(self) -> Mapping[str, str]:
        """The part of the update that a line belongs to, by the target of the line."""
        return {line.target: part for line, part in self._parted_lines}

    @cached_property
    def _around_gradient(self) -> tuple[list[tuple[Formula, str]], list[tuple[Formula, str]]]:
        """The lines on which the place of the gradient depends, and all others except the gradient's own."""
        behind = self._before_gradient
        others = [pair for pair in self._parted_lines if not is_gradient(pair[0].node)]
        before = [pair for pair in others if pair[0].target in behind]
        return before, [pair for pair in others if pair not in before]

    @property
    def _before_gradient(self) -> frozenset[str]:
        """The names on which the place of the gradient depends."""
        return self.rule.program.depends(self.rule.gradients[self.rule.last_gradient])

    # -------------------------------------------------------------------------- before the first update

    def _beginning(self) -> Iterator[CodeLine]:
        """Yield the lines that initialize the names."""
        if self.run.fork:
            name = text_literal(self.run.fork.parent.name)
            yield CodeLine(f"# where it leaves {name}, after step {self.run.fork.step}")
        weights, bias = self.place
        start = {"w": repr(weights if self.has_list else weights[0]), "b": repr(bias)}
        settings = self.settings
        eta = self.at_start(ETA)
        if eta in settings:
            start[eta] = settings.pop(eta)
        yield _assigned(start | {"max_epochs": repr(self.epochs)})
        if self.has_list:
            yield CodeLine("inputs = range(len(w))")
        memory = self._empty_memory() | self.memory_at_first()
        if len(memory) + len(settings) <= _SIDE_BY_SIDE:
            memory, settings = memory | settings, {}
        for numbers in (memory, settings, self.schedule_settings, self.search_settings, self._counters()):
            if numbers:
                yield _assigned(numbers)
        yield from self._remembered_at_first()
        for letter, node in self.rule.starts.items() if self.begins is None else ():
            yield from map(CodeLine, self.assignments(letter, node, self.at_start).values())
        if RISES in self.counts:
            yield CodeLine(f"rises, last_loss = {', '.join(self.rises_at_first())}")
        yield CodeLine("show(w, b)")

    def _empty_memory(self) -> dict[str, str]:
        """Return the source of the memories that begin at 0, by their names in the code."""
        zeros = {"w": "[0.0] * len(w)" if self.has_list else "0.0", "b": "0.0"}
        letters = [letter for letter in self.rule.letters if letter not in self.rule.starts]
        return {
            self.names.of(letter, parameter): zeros[parameter]
            for letter in letters
            for parameter in PARAMETERS
        }

    def _counters(self) -> dict[str, str]:
        """Return the source of the initial values of the counters of the loops, by name."""
        counters = {"mini_batch_size": repr(self.size)} if not (self.is_whole or self.is_stochastic) else {}
        seen = repr(self.skipped * self.size)
        counters |= {SEEN: seen} if self._counts_points and counters and self.divides else {}
        counters |= {"skipped": seen} if self.skipped else {}
        counters |= {"seed": repr(self.run.seed)} if self.shuffles else {}
        counters |= {STEP: repr(self.clock.first)} if self._counts_steps else {}
        return counters

    def _remembered_at_first(self) -> Iterator[CodeLine]:
        """Yield the line with what a second-order method remembers at first.

        For a fork whose inherited state was not computed, that is an ellipsis.
        """
        if not self.remembers:
            return
        known = self.remembered_at_first()
        if carries_method(self.run) and self.begins and not self.begins.searched:
            known = f"...  # what is known after step {self.clock.first}"
        yield CodeLine(f"{self.remembers} = {known}")

    @property
    def _counts_steps(self) -> bool:
        """Whether updates need a counter of their own, beside that of the epochs."""
        return not self.is_whole and not self.counts.isdisjoint((STEP, T))

    # ----------------------------------------------------------------------------------- the loops

    def _epochs(self) -> Iterator[CodeLine]:
        epochs = f"{self.done}, max_epochs" if self.done else "max_epochs"
        yield CodeLine(f"for i in range({epochs}):", LOOP, (CodeValue("i", EPOCH, Scope.COUNT),))
        reset = [CodeLine("skipped = 0", LOOP)] if self.skipped else []
        yield from indented_lines([*self._epoch(), *reset, *self._look_at_validation()])

    def _epoch(self) -> Iterator[CodeLine]:
        at_epoch = [one for one in self.schedules if self.is_whole or not one.definition.looks_at(STEP)]
        for one in at_epoch:
            yield from self._rate(one)
        rates = [one for one in self.schedules if one not in at_epoch]
        if self.is_whole:
            yield from self._update(self._points)
        elif self.is_stochastic:
            values = tuple(CodeValue(name, name, Scope.POINT) for name in ("x", "y"))
            yield CodeLine(self._over_points, LOOP, values)
            yield from indented_lines([*chain.from_iterable(map(self._rate, rates)), *self._update("")])
        elif self.is_cut:
            batches = f"mini_batches({self._points}, mini_batch_size)"
            if self.skipped:
                batches = f"islice({batches}, skipped // mini_batch_size, None)"
            yield CodeLine(f"for {BATCH} in {batches}:", LOOP)
            lines = [*chain.from_iterable(map(self._rate, rates)), *self._update(BATCH)]
            yield from indented_lines(lines)
        else:
            yield from self._counted_points(rates)

    @property
    def _points(self) -> str:
        known = "X_all, Y_all" if self.by_numpy else "X, Y"
        return f"*shuffled({known}, seed, i)" if self.shuffles else known

    @property
    def _over_points(self) -> str:
        points = f"zip({self._points})"
        return f"for x, y in {f'islice({points}, skipped, None)' if self.skipped else points}:"

    def _update(self, points: str) -> Iterator[CodeLine]:
        """Yield the lines of an update over the source ``points``; if that is empty, over the point x, y."""
        for line, part in self._parted_lines:
            if is_gradient(line.node):
                yield from self.gradient_lines(line.target, part, points)
            elif is_direction(line.node):
                values = tuple(self.value(line.target, parameter) for parameter in PARAMETERS)
                yield CodeLine(self.direction_line, part, values)
            else:
                yield from self._assignments(line, part)
            if self.finds_rate and line == self.before_search:
                yield CodeLine(self.search_line, self.rule.parts[-1], (self.value(ETA, ""),))
        yield from self._end_of_update()

    def _counted_points(self, rates: Iterable[Schedule]) -> Iterator[CodeLine]:
        """Yield the lecture's loop over mini-batches: an update after every ``mini_batch_size`` points."""
        (gradient,) = self.rule.gradients
        before, after = self._around_gradient
        early = [one for one in rates if one.definition.target in self._before_gradient]
        part, zeros = self._part_of[gradient], self.zeros(gradient)
        update = [
            CodeLine("# seen one mini-batch", LOOP),
            *self.after_batch(gradient, part),
            *chain.from_iterable(self._rate(one) for one in rates if one not in early),
            *chain.from_iterable(self._assignments(*pair) for pair in after),
            *self._end_of_update(),
            replace(zeros, text=f"{zeros.text}  # reset gradients"),
        ]
        at_point = [
            *chain.from_iterable(map(self._rate, early)),
            *chain.from_iterable(self._assignments(*pair) for pair in before),
            *self.slopes(gradient, part, adds=True),
            CodeLine(f"{SEEN} += 1", LOOP, (CodeValue(SEEN, SEEN, Scope.COUNT),)),
            CodeLine(
                f"if {SEEN} % mini_batch_size == 0{'' if self.divides else f' or {SEEN} == len(X)'}:", LOOP
            ),
            *indented_lines(update),
        ]
        yield self.zeros(gradient, with_count=not self.divides)
        yield CodeLine(self._over_points, LOOP)
        yield from indented_lines(at_point)

    def _look_at_validation(self) -> Iterator[CodeLine]:
        if RISES in self.counts:
            yield CodeLine("validation_loss = validation_error(w, b)", SCHEDULE)
            yield CodeLine(f"if validation_loss > {RISE!r} * last_loss:", SCHEDULE)
            yield CodeLine("    rises += 1", SCHEDULE)
            yield CodeLine("last_loss = validation_loss", SCHEDULE)

    # ------------------------------------------------------------------------------ lines of an update

    def _assignments(self, line: Formula, part: str) -> Iterator[CodeLine]:
        lines = self.assignments(line.target, self.formulas[line.target])
        for parameter, text in lines.items():
            yield CodeLine(text, part, (self.value(line.target, parameter),))

    def _end_of_update(self) -> Iterator[CodeLine]:
        """Yield the lines after an update, in which the new values become the old ones."""
        for new, old in self.apart.items():
            for parameter in PARAMETERS:
                called = self.names.of(old, parameter)
                value = replace(self.value(new, parameter), called=called)
                yield CodeLine(f"{called} = {self.names.of(new, parameter)}", self._part_of[new], (value,))
        if self._counts_steps:
            yield CodeLine(f"{STEP} += 1", LOOP, (CodeValue(STEP, STEP, Scope.COUNT),))
        yield CodeLine(f"show({', '.join(self._remembered())})", LOOP)

    def _remembered(self) -> Iterator[str]:
        """Yield the names of w, b and the new memories of the rule."""
        for name in (W, *(letter + NEW for letter in self.rule.letters)):
            yield from (self.names.of(name, parameter) for parameter in PARAMETERS)

    def _rate(self, schedule: Schedule) -> Iterator[CodeLine]:
        kind = schedule.definition
        called = partial(self.names.of_schedule, kind.target)
        formulas = self.schedule_formulas[self.schedules.index(schedule)]
        yield from (CodeLine(text, SCHEDULE) for text in comment(kind.title))
        for target, node in formulas.items():
            value = CodeValue(called(target), target, Scope(kind.target))
            yield CodeLine(f"{called(target)} = {source_of(node, SCRIPT, called)}", SCHEDULE, (value,))


def _assigned(numbers: Mapping[str, str]) -> CodeLine:
    """Return the line that assigns several names at once."""
    return CodeLine(f"{', '.join(numbers)} = {', '.join(numbers.values())}")
