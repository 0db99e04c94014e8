"""Programs: lines of formulas in the order of computation, of which rules and schedules consist."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

from gdsim.core.formulas.syntax import (
    FUNCTIONS,
    PI,
    Call,
    Formula,
    FormulaError,
    Name,
    Node,
    TextSpan,
    names_in,
    read_formula,
)
from gdsim.core.language.texts import said

_CONDITION = re.compile(r"\s+if\s+((?:not\s+)?\w+(?:\s+and\s+(?:not\s+)?\w+)*)\s*$")
_START = re.compile(r"(\w+)_0")
# Evaluates the gradient at a place, in a line such as ``g = grad(look)``.
GRADIENT_AT = "grad"
# The Euclidean norm of a name over all parameters, in a line such as ``n = norm(g)``.
NORM = "norm"
_GRADIENT_OR_NORM = re.compile(rf"({GRADIENT_AT}|{NORM})\((\w+)\)")
_GRADIENT_OR_NORM_CALL = re.compile(rf"\b({GRADIENT_AT}|{NORM})\s*\(")


# Functions that turn the gradient over all parameters into a direction. Only rules of the catalogue call
# them, and the engine computes them; see `gdsim.core.engine.search_source`.
DIRECTIONS = (
    "newton", "damped_newton", "saddle_free_newton", "gauss_newton", "levenberg_marquardt", "bfgs",
    "conjugate_gradient",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Program:
    """Lines of formulas, each of which may use given names and what earlier lines compute."""

    lines: tuple[Formula, ...]
    # ``v_0 = 0.1`` for a memory v that does not start at zero; the target is the letter alone.
    starts: tuple[Formula, ...] = ()

    @cached_property
    def by_target(self) -> Mapping[str, Node]:
        """The right-hand sides, by the names they compute."""
        return {line.target: line.node for line in self.lines}

    @cached_property
    def free(self) -> frozenset[str]:
        """The names that must be given."""
        used = frozenset().union(*(names_in(line.node) for line in (*self.lines, *self.starts)))
        return used - self.by_target.keys()

    def with_lines(self, changed: Mapping[str, Node]) -> "Program":
        """Return the program with the right-hand sides of some targets replaced."""
        lines = (Formula(line.target, changed.get(line.target, line.node)) for line in self.lines)
        return replace(self, lines=tuple(lines))

    def depends(self, name: str) -> frozenset[str]:
        """Return the names that a name depends on through these lines, itself included."""
        found, new = frozenset[str](), frozenset({name})
        while new:
            found |= new
            nodes = (self.by_target[one] for one in new if one in self.by_target)
            new = frozenset().union(*map(names_in, nodes)) - found
        return found

    def behind(self, node: Node) -> frozenset[str]:
        """Return all names that a formula depends on through these lines."""
        return frozenset().union(*map(self.depends, names_in(node)))


@lru_cache(maxsize=512)
def read_program(text: str, switches: tuple[tuple[str, bool], ...] = ()) -> Program:
    """Read lines of formulas, each of which may end in ``if name``, ``if not name``, or several with ``and``.

    The names are those of switches. A comment begins with ``#``. Raises `FormulaError` if a line is no
    formula, names an unknown switch, computes a name again, or uses a name that a later line computes.
    """
    lines: list[Formula] = []
    starts: list[Formula] = []
    rows: list[int] = []
    for line in wanted_lines(text, dict(switches)):
        try:
            formula = _read_line(line.text)
        except FormulaError as error:
            raise error.within(line.row, line.start) from error
        start = _START.fullmatch(formula.target)
        if start:
            if is_gradient(formula.node) or is_norm(formula.node):
                raise FormulaError("{target} may depend only on w and settings", target=formula.target)
            if any(one.target == start[1] for one in starts):
                raise FormulaError(
                    "{name} is computed twice",
                    name=formula.target,
                    at=TextSpan(line.row),
                    about=formula.target,
                )
            starts.append(Formula(start[1], formula.node))
        else:
            lines.append(formula)
            rows.append(line.row)
    _check_order(lines, rows)
    return Program(tuple(lines), tuple(starts))


class SourceLine(NamedTuple):
    """The text of a formula, and where it begins in the source lines."""

    text: str
    row: int
    start: int


def wanted_lines(text: str, switches: Mapping[str, bool]) -> list[SourceLine]:
    """Return the lines whose conditions are met, without conditions and comments."""
    found = []
    for row, whole in enumerate(text.splitlines()):
        line = uncommented(whole).rstrip()
        match = _CONDITION.search(line)
        try:
            wanted = match is None or condition_holds(match[1], switches)
        except FormulaError as error:
            raise error.within(row, match.start(1) if match else 0) from error
        code = line[: match.start()] if match else line
        if wanted and code.strip():
            found.append(SourceLine(code.strip(), row, len(code) - len(code.lstrip())))
    return found


def uncommented(row: str) -> str:
    return row.partition("#")[0]


def unconditional(row: str) -> str:
    match = _CONDITION.search(row)
    return row[: match.start()] if match else row


def condition_holds(condition: str, switches: Mapping[str, bool]) -> bool:
    """Return whether a condition such as ``"nesterov and not momentum"`` is met."""
    for name, wanted in _wanted(condition):
        if name not in switches:
            raise FormulaError('"{name}" is not a switch of this rule', name=name, about=name)
        if switches[name] is not wanted:
            return False
    return True


def _wanted(condition: str) -> list[tuple[str, bool]]:
    words = (part.split() for part in re.split(r"\s+and\s+", condition))
    return [(word[-1], len(word) == 1) for word in words]


@lru_cache(maxsize=512)
def conditions_in(text: str) -> tuple[str, ...]:
    """Return the names of switches in the conditions of some lines, in order and each once."""
    found = (_CONDITION.search(uncommented(row)) for row in text.splitlines())
    return tuple(dict.fromkeys(name for one in found if one for name, _ in _wanted(one[1])))


def _read_line(line: str) -> Formula:
    """Read a line, which may also have the form ``g = grad(place)`` or ``n = norm(g)``."""
    target, _, right = line.partition("=")
    match = _GRADIENT_OR_NORM.fullmatch(right.strip())
    if match and match[2] != PI and target.strip().isidentifier():
        return Formula(target.strip(), Call(match[1], (Name(match[2]),)))
    asks = _GRADIENT_OR_NORM_CALL.search(line)
    if asks:
        example = f"g = {GRADIENT_AT}(place)" if asks[1] == GRADIENT_AT else f"n = {NORM}(g)"
        words = said(
            "{asks} cannot be part of a formula: it needs a line of its own, as in {example}",
            asks=asks[1],
            example=example,
        )
        raise FormulaError(words, at=TextSpan(0, asks.start(), asks.end() - 1))
    return read_formula(line)


def check_target(target: str, given: Iterable[str], about: str = "") -> None:
    """Raise `FormulaError` if no line can compute a name, because it is given or reserved.

    ``about`` is the name as it stands in the line, such as ``v_t`` for the memory v; by default the target.
    """
    about = about or target
    if target in given:
        raise FormulaError("{target} is given, so no line can compute it", target=target, about=about)
    if target in (PI, GRADIENT_AT, NORM, *FUNCTIONS):
        raise FormulaError(
            "{target} has a meaning of its own, so no line can compute it", target=target, about=about
        )


def is_gradient(node: Node) -> bool:
    return isinstance(node, Call) and node.function == GRADIENT_AT


def is_norm(node: Node) -> bool:
    return isinstance(node, Call) and node.function == NORM


def is_direction(node: Node) -> bool:
    return isinstance(node, Call) and node.function in DIRECTIONS


def _check_order(lines: Sequence[Formula], rows: Sequence[int]) -> None:
    later = [line.target for line in lines]
    for place, name in enumerate(later):
        if name in later[:place]:
            raise FormulaError("{name} is computed twice", name=name, at=TextSpan(rows[place]), about=name)
    for place, line in enumerate(lines):
        late = names_in(line.node).intersection(later[place:])
        if late:
            words = said("{target} uses {late}, which is not known yet", target=line.target, late=min(late))
            raise FormulaError(words, at=TextSpan(rows[place]), about=min(late))
