"""Lines of code, what each belongs to, and the names whose numbers stand at its margin."""

from dataclasses import dataclass
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
