"""Lines of code, what each belongs to, and the names whose numbers stand at its margin."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import Enum

# The parts that lines may belong to beside those of an update.
SCHEDULE, LOOP = "schedule", "loop"
SEEN = "num_points_seen"


class Scope(Enum):
    """Whose lines a name stands in."""

    RULE = "rule"
    ETA = "eta"
    GAMMA = "gamma"
    COUNT = "count"  # `STEP`, `EPOCH` and `SEEN`
    POINT = "point"  # x and y of the point that feeds an update


@dataclass(frozen=True)
class CodeValue:
    """A number, or a list of them, that a line gives a name to."""

    called: str  # In the code: ``"v_w"``
    name: str  # In the lines of the rule or of the schedule: ``"v_t"``
    scope: Scope = Scope.RULE
    parameter: str = ""  # ``"w"`` for all weights, ``"b"``, or empty where it is the same for all of them


@dataclass(frozen=True)
class CodeLine:
    """A line of the code.

    ``part`` is one of the parts of the update, as `UpdateRule.parts` has them, `SCHEDULE` or `LOOP`; empty
    for what no update comes to.
    """

    text: str
    part: str = ""
    values: tuple[CodeValue, ...] = ()  # What stands at its margin


def deeper(lines: Iterable[CodeLine]) -> Iterator[CodeLine]:
    """Return lines one loop deeper."""
    return (replace(line, text=f"    {line.text}") for line in lines)


def lines_unlike(lines: Sequence[CodeLine], others: Sequence[CodeLine]) -> frozenset[int]:
    """Return the places of the lines that other code has not, or has not as deep in its loops."""
    ours, theirs = ([line.text for line in code] for code in (lines, others))
    # Not by what is rare among them: a line counts however often it is there.
    same = SequenceMatcher(None, theirs, ours, autojunk=False).get_matching_blocks()
    alike = {place for block in same for place in range(block.b, block.b + block.size)}
    return frozenset(place for place, text in enumerate(ours) if text and place not in alike)
