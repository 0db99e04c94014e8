"""The descent of a run as a Python function, made from the lines that rule and schedules declare."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gdsim.core.files.script.expressions import of_arrays, of_numbers
from gdsim.core.files.script.literals import listed, start
from gdsim.core.files.script.loop_code import Cut, Loop
from gdsim.core.formulas.formula import Binary, Formula, Name, Node, Number, names_in, read_formula
from gdsim.core.formulas.notation import symbols
from gdsim.core.formulas.rule_text import rule_text
from gdsim.core.formulas.writing import PLAIN_TEXT
from gdsim.core.model.experiment import Run, start_array
from gdsim.core.rules.optimizers.base import Optimizer
from gdsim.core.rules.schedules import MomentumSchedule, Schedule
from gdsim.core.settings import SWITCH, Declared, params

PARAMETERS = ("w", "b")


class NoScript(ValueError):  # noqa: N818 - reads as what it says
    """A rule that cannot be written as a function of a script; its text says why."""


@dataclass(frozen=True)
class UpdateCode:
    """What a script holds of one run: a function, which runs of the same kind share, and its arguments.

    Attributes
    ----------
    run : Run
    points : int
        How many there are.
    """

    run: Run
    points: int

    @property
    def name(self) -> str:
        """The function's name; runs that differ in nothing but numbers have the same."""
        rule, cut = self.run.optimizer, self.cut
        parts = ["do", "shuffled" * cut.shuffled, "" if cut.whole else cut.words, rule.title]
        parts += [f"without {setting.label}" for setting in params(type(rule)) if _is_off(rule, setting.name)]
        changing = [f"{schedule.id} {rate.target}" for schedule, rate in self._rates if _changes(rate)]
        parts += [f"with {' and '.join(changing)}"] if changing else []
        return re.sub("[^a-z0-9]+", "_", " ".join(filter(None, parts)).lower())

    @property
    def cut(self) -> Cut:
        """How the run cuts its epochs into updates."""
        return Cut(self.points, self.run.regime.batch_size(self.points), shuffled=self.run.regime.shuffle)

    @cached_property
    def arguments(self) -> dict[str, str]:
        """What the function is called with, as source, by the names of its parameters."""
        *weights, bias = self.run.start
        given = {"w": start(weights), "b": repr(bias)}
        given |= {name: text for name, text in self._settings().items() if name in self._free}
        given |= {"size": repr(self.cut.size)} if self.cut.takes_size else {}
        given |= {"seed": repr(self.run.seed)} if self.cut.shuffled else {}
        return given | {"epochs": repr(self.run.epochs)}

    def call(self, opening: str, indent: int) -> list[str]:
        """Return the lines that call the function, after ``opening``."""
        arguments = (f"{name}={value}" for name, value in self.arguments.items())
        return listed(f"{opening}{self.name}(", arguments, ")", indent)

    def definition(self) -> list[str]:
        """Return the lines of the function: a generator of w, b and the memory after every update.

        Raises
        ------
        NoScript
            If the rule's memory does not start at zero, or is used when there is a new one already.
        """
        self._check()
        made = f"yield {', '.join((*PARAMETERS, *self._memory))}"
        loop = Loop(self.cut, self._free, validation=self.run.schedule.needs_validation)
        remembered = [f"    {' = '.join(self._memory)} = 0.0"] if self._memory else []
        return [
            *listed(f"def {self.name}(", self.arguments, "):"),
            *self._docstring(),
            *remembered,
            *loop.before(),
            f"    {made}",
            *loop.around([*self._rate_lines(), *self._update_lines()], made),
        ]

    # ------------------------------------------------------------------------------- what it is made of

    @cached_property
    def _formulas(self) -> tuple[Formula, ...]:
        return tuple(read_formula(line.text) for line in self.run.optimizer.work())

    @cached_property
    def _rates(self) -> tuple[tuple[Schedule | MomentumSchedule, Formula], ...]:
        """The schedules of the run with their formulas."""
        schedules: list[Schedule | MomentumSchedule] = [self.run.schedule]
        if self.run.has_momentum:
            schedules.append(self.run.momentum_schedule)
        return tuple((schedule, read_formula(schedule.work()[0].text)) for schedule in schedules)

    @cached_property
    def _free(self) -> frozenset[str]:
        """The names that the function's lines need and do not compute."""
        formulas = [*self._formulas, *(formula for _, formula in self._rates if _changes(formula))]
        needed = set().union(*(names_in(formula.node) for formula in formulas))
        return frozenset(needed - {formula.target for formula in formulas})

    @cached_property
    def _memory(self) -> tuple[str, ...]:
        letters = self.run.optimizer.State._fields
        return tuple(f"{letter}_{parameter}" for letter in letters for parameter in PARAMETERS)

    def _settings(self) -> dict[str, str]:
        """Return the settings of rule and schedules, as source; ``eta0`` is what eta starts from."""
        rule = _literals(self.run.optimizer)
        starts = {f"{name}0": rule[name] for name in ("eta", "gamma") if name in rule}
        known = starts | rule
        for schedule, formula in self._rates:
            known |= _literals(schedule, raised=frozenset(_raised(formula.node)))
        return known

    def _check(self) -> None:
        rule = self.run.optimizer
        if any(np.any(variable) for variable in rule.init(start_array(self.run))):
            raise NoScript(f"{rule.title} has a memory that does not start at zero")
        replaced: set[str] = set()
        for formula in self._formulas:
            if late := replaced & names_in(formula.node):
                raise NoScript(f"{rule.title} uses its old {min(late)} when there is a new one")
            if formula.target.endswith(("_t", "_next")):
                replaced.add(formula.target.removesuffix("_t").removesuffix("_next"))

    # ------------------------------------------------------------------------------------------- text

    def _docstring(self) -> list[str]:
        rule = self.run.optimizer
        known = symbols(rule)
        lines = [PLAIN_TEXT.letters(formula, known) for formula in self._formulas]
        return [
            f'    """{rule_text(type(rule)).summary}',
            "",
            *(f"    {line}" for line in lines),
            "",
            "    and the same for b.",
            '    """',
        ]

    def _rate_lines(self) -> Iterator[str]:
        for schedule, formula in self._rates:
            if _changes(formula):
                yield f"# {schedule.title}"
                yield f"{formula.target} = {of_numbers(formula.node)}"

    def _update_lines(self) -> Iterator[str]:
        """Yield the lines of one update, for w and b in turn; the gradient is taken after the look ahead."""
        parts = {name: list(self._lines_of(name)) for name in ("look", "memory", "update")}
        place = ", ".join(f"look_{name}" if parts["look"] else name for name in PARAMETERS)
        yield from parts["look"]
        yield f"dw, db = gradient({place}, {self.cut.batch})"
        yield from parts["memory"]
        yield from parts["update"]

    def _lines_of(self, part: str) -> Iterator[str]:
        for line in self.run.optimizer.work():
            if line.part == part:
                formula = read_formula(line.text)
                for parameter in PARAMETERS:
                    yield f"{self._called(formula.target, parameter)} = {self._right(formula, parameter)}"

    def _right(self, formula: Formula, parameter: str) -> str:
        return of_arrays(formula.node, lambda name: self._called(name, parameter))

    def _called(self, name: str, parameter: str) -> str:
        """Return what a name of a formula is called for w or for b; a new letter replaces its old one."""
        match name:
            case "w" | "w_next":
                return parameter
            case "g":
                return f"d{parameter}"
        if name in self._free and name not in self.run.optimizer.State._fields:
            return name
        if name in ("eta", "gamma"):
            return name
        if name.endswith("_hat"):
            return f"{name.removesuffix('_hat')}_{parameter}_hat"
        return f"{name.removesuffix('_t')}_{parameter}"


def _changes(formula: Formula) -> bool:
    """Return whether a schedule computes anything."""
    return not isinstance(formula.node, Name)


def _is_off(rule: Optimizer, name: str) -> bool:
    return getattr(rule, name) is False


def _literals(declaring: Declared, raised: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return the numbers that a rule or a schedule declares.

    A number above 1 that is raised to a growing power is NumPy's, which overflows to infinity as in the
    engine, where Python's own would end the script.
    """
    found = {}
    for setting in params(type(declaring)):
        value = getattr(declaring, setting.name)
        if setting.domain is not SWITCH:
            grows = setting.name in raised and value > 1
            found[setting.name] = f"np.float64({value!r})" if grows else repr(value)
    return found


def _raised(node: Node) -> Iterator[str]:
    """Yield the names that are the base of a power, at the top of a formula or within its terms."""
    match node:
        case Binary("**", Name(name), exponent) if not isinstance(exponent, Number):
            yield name
        case Binary(_, left, right):
            yield from _raised(left)
            yield from _raised(right)
