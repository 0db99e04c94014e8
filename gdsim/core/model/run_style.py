"""Which colour, dash and marker each run has. It keeps them, whatever becomes of the others."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, count

from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.rules.catalogue import LECTURE_RULES

# So many styles belong to the rules of the lecture, in its order; those that follow belong to nobody.
OWN_STYLES = 6


def styles_of(runs: Sequence[Run]) -> tuple[int, ...]:
    """Return the style of each run: its own, or for one without any its rule's, or the first that is free.

    The style of a run that has another colour is free to a run that has none.
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
    """Return an experiment each of whose runs has a style: itself, if they do."""
    runs = experiment.runs
    if all(run.style is not None for run in runs):
        return experiment
    styled = (
        run if run.style is not None else replace(run, style=style)
        for run, style in zip(runs, styles_of(runs), strict=True)
    )
    return replace(experiment, runs=tuple(styled))
