"""The colour, dash and marker of each run, which it keeps whatever happens to other runs."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, count
from typing import NamedTuple, TypeVar

from gdsim.core.model.experiment import Experiment
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import LECTURE_RULES

T = TypeVar("T")

# So many styles belong to the rules of the lecture, in its order; the others belong to no rule.
OWN_STYLES = 6
_OFFERED = 10


class RunColours(NamedTuple):
    """The colours of runs on a background, as ``"#rrggbb"``."""

    own: tuple[str, ...]  # For the first rules of the catalogue, in its order
    spare: tuple[str, ...]  # For all others, and for further runs of the same rule

    @property
    def offered(self) -> tuple[str, ...]:
        return (*self.own, *self.spare)[:_OFFERED]


# Black, red and blue for the three rules that the lecture draws in these colours; the rest after Okabe and
# Ito, shifted until each stands out from the background, and from the others for colour-blind people.
ON_LIGHT = RunColours(
    own=("#1b1f27", "#b80f06", "#0063f4", "#c57609", "#0a8463", "#a93687"),
    spare=("#568eb9", "#71563d", "#200ef1", "#d8476e", "#243b23", "#233954"),
)
ON_DARK = RunColours(
    own=("#f3f5f9", "#f2695e", "#6fa2ff", "#ffbc2f", "#21cb9e", "#c275a5"),
    spare=("#6dcdf6", "#0e9c22", "#8570c6", "#fc92c3", "#3fef9b", "#d36678"),
)

# Dash patterns in units of the pen width, empty for a solid line, which tell runs apart without colour. As in
# `RunColours`, the first belong to the first rules of the catalogue, and the spare ones to all others.
_DASHES: tuple[tuple[float, ...], ...] = (
    (), (5.0, 2.0), (6.0, 1.8, 1.4, 1.8), (1.4, 1.8), (3.0, 1.8), (8.0, 2.5),
)  # fmt: skip
_SPARE_DASHES: tuple[tuple[float, ...], ...] = (
    (10.0, 3.0), (2.5, 1.5), (8.0, 2.0, 1.4, 2.0, 1.4, 2.0), (4.0, 3.0), (1.4, 3.0),
)  # fmt: skip


def styles_of(runs: Sequence[Run]) -> tuple[int, ...]:
    """Return the style of each run: its own, else that of its rule, else the first free one.

    The style of a run with a colour of its own counts as free.
    """
    places = {rule: place for place, rule in enumerate(LECTURE_RULES)}
    taken = {run.style for run in runs if not run.colour}
    styles = []
    for run in runs:
        style = run.style
        if style is None:
            own = places.get(run.optimizer.id, OWN_STYLES)
            style = next(one for one in chain([own], count(OWN_STYLES)) if one not in taken)
            if not run.colour:
                taken.add(style)
        styles.append(style)
    return tuple(styles)


def with_styles(experiment: Experiment) -> Experiment:
    """Return the experiment with a style for each run; the same object if all runs have one."""
    runs = experiment.runs
    if all(run.style is not None for run in runs):
        return experiment
    styled = (
        run if run.style is not None else replace(run, style=style)
        for run, style in zip(runs, styles_of(runs), strict=True)
    )
    return replace(experiment, runs=tuple(styled))


def run_colour(run: Run, style: int, colours: RunColours) -> str:
    return colour_on(run.colour, colours) or in_turn(*colours, style)


def colour_on(colour: str, colours: RunColours) -> str:
    """Return a run's colour on a background; one offered on the other background becomes its counterpart."""
    for other in (ON_LIGHT, ON_DARK):
        if colour in other.offered:
            return colours.offered[other.offered.index(colour)]
    return colour


def dash_of(style: int) -> tuple[float, ...]:
    return in_turn(_DASHES, _SPARE_DASHES, style)


def in_turn(own: Sequence[T], spare: Sequence[T], place: int) -> T:
    """Return the item of ``own`` at a place, or beyond its end one of ``spare``, in rotation."""
    return own[place] if place < len(own) else spare[(place - len(own)) % len(spare)]
