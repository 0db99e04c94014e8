"""Lines of code, the part of the update each belongs to, and the values shown in its margin."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import Enum

# The parts that lines may belong to in addition to those of an update.
SCHEDULE, LOOP = "schedule", "loop"
SEEN = "num_points_seen"


class Scope(Enum):
    """The part of the code that a name comes from."""

    RULE = "rule"
    ETA = "eta"
    GAMMA = "gamma"
    COUNT = "count"  # `STEP`, `EPOCH` and `SEEN`
    POINT = "point"  # x and y of the single point of an update


@dataclass(frozen=True)
class CodeValue:
    """A number, or a list of numbers, that a line assigns to a name."""

    called: str  # The name in the code, such as ``"v_w"``
    name: str  # The name in the lines of the rule or schedule, such as ``"v_t"``
    scope: Scope = Scope.RULE
    parameter: str = ""  # ``"w"`` for all weights, ``"b"``, or empty if the value is shared by all parameters


@dataclass(frozen=True)
class CodeLine:
    """A line of the code.

    ``part`` is one of `UpdateRule.parts`, `SCHEDULE` or `LOOP`; empty for a line that no update executes.
    """

    text: str
    part: str = ""
    values: tuple[CodeValue, ...] = ()  # The values shown in its margin


def indented_lines(lines: Iterable[CodeLine]) -> Iterator[CodeLine]:
    return (replace(line, text=f"    {line.text}") for line in lines)


def lines_unlike(lines: Sequence[CodeLine], others: Sequence[CodeLine]) -> frozenset[int]:
    """Return the indices of the lines that the other code lacks, or has at another depth of its loops."""
    ours, theirs = ([line.text for line in code] for code in (lines, others))
    # Without autojunk, which would ignore lines that occur often.
    same = SequenceMatcher(None, theirs, ours, autojunk=False).get_matching_blocks()
    alike = {place for block in same for place in range(block.b, block.b + block.size)}
    return frozenset(place for place, text in enumerate(ours) if text and place not in alike)
