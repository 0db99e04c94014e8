"""Step-length searches: the rate along a direction is fixed, or found by a search at each step."""

from collections.abc import Mapping
from typing import TypeAlias

from gdsim.core.settings import FRACTION, NUMBER, POSITIVE, Configured, Definition, Setting, by_id

Search: TypeAlias = Configured[Definition]

# The multiples of η that the search "list" tries.
MULTIPLES = (0.1, 0.5, 1.0, 5.0, 10.0)

_OF_SLOPE = Setting(
    "c1",
    "c₁",
    "share of the slope",
    "The loss must fall by at least this share of what the slope promises.",
    1e-4,
    FRACTION,
    1e-6,
    0.5,
    log=True,
)


_SEARCHES = (
    Definition("fixed", "fixed rate", "The step is η times the direction, whatever comes of it."),
    Definition(
        "list",
        "list of rates",
        "Tries 0.1, 0.5, 1, 5 and 10 times η, and takes the one with the lowest loss.",
    ),
    Definition(
        "exact",
        "exact",
        "Goes to the first minimum along the direction; the search begins at η.",
        (
            Setting(
                "most",
                "t_max",
                "longest step",
                "No step is longer than this, even where the loss keeps falling.",
                1000.0,
                POSITIVE,
                1.0,
                1e6,
                log=True,
            ),
        ),
    ),
    Definition(
        "armijo",
        "Armijo (backtracking)",
        "Begins at η and shortens the step until the loss falls by enough.",
        (
            _OF_SLOPE,
            Setting(
                "shrink",
                "ρ",
                "shortening",
                "Each try is this share of the one before.",
                0.5,
                FRACTION,
                0.1,
                0.9,
            ),
        ),
    ),
    Definition(
        "wolfe",
        "strong Wolfe",
        "The loss must fall by enough, and the slope along the direction must have become flat enough.",
        (
            _OF_SLOPE,
            Setting(
                "c2",
                "c₂",
                "remaining share of the slope",
                "The slope at the end of a step is at most this share of the slope at its beginning, up or "
                "down.",
                0.9,
                FRACTION,
                0.01,
                0.99,
            ),
        ),
    ),
    Definition(
        "polyak",
        "Polyak",
        "The step that would reach the loss L* if the slope stayed the same; at most η.",
        (Setting("lowest", "L*", "lowest loss", "The loss at the minimum.", 0.0, NUMBER, 0.0, 1.0),),
    ),
)
SEARCHES: Mapping[str, Definition] = by_id(_SEARCHES)
FIXED = _SEARCHES[0]
