"""How long a map takes, in processor time: the machine may have other work."""

import time
from dataclasses import replace

import pytest

from gdsim.core.exercises.maps.computing import computing_maps
from gdsim.core.exercises.maps.outcome import plans_of
from gdsim.core.exercises.maps.ranges import SETTINGS, STARTS, usual_range
from gdsim.core.model.experiment import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.core.records import scene
from tests.every import WHOLE

WHOLE_SECONDS, FIRST_SECONDS, CANCEL_SECONDS = 4.0, 0.15, 0.1
# A map of 256 by 256 pixels in a whole run, otherwise one of a quarter of them, in a quarter of the time.
SHARE = 1 if WHOLE else 2


def paces(plan):
    """Return how long a map takes until there is a picture and until it is whole, and its longest piece."""
    # The rule's lines are compiled once for all maps.
    for _ in computing_maps([replace(plan, size=8)]):
        pass
    began = last = time.process_time()
    first, pieces = None, []
    for news in computing_maps([plan]):
        now = time.process_time()
        pieces.append(now - last)
        last = now
        if first is None and news.maps:
            first = now - began
    return first, last - began, max(pieces)


def test_a_map_of_runs_of_1000_steps_keeps_its_times():
    valley = scene("valley")
    (momentum,) = (replace(run, epochs=1000) for run in valley.runs if run.optimizer.id == "momentum")
    experiment = replace(valley, runs=(momentum,))
    axes = usual_range(experiment, momentum, SETTINGS).seen
    (plan,) = plans_of(experiment, [momentum], axes, 1000, 1e-4, 256 // SHARE)
    first, whole, longest = paces(plan)
    assert whole <= WHOLE_SECONDS / SHARE**2
    assert first <= FIRST_SECONDS
    # Work is cancelled between two pieces.
    assert longest <= CANCEL_SECONDS


@pytest.mark.parametrize(
    ("rule", "search", "steps"),
    [("gd", "exact", 100), ("saddle-free-newton", "fixed", 1000), ("levenberg-marquardt", "fixed", 1000)],
)
def test_maps_of_runs_that_look_for_their_steps_keep_their_times(rule, search, steps):
    """Of 64 by 64 runs, a quarter of those that the window shows, and fewer."""
    optimizer = (RULES | SECOND_ORDER_RULES)[rule]()
    run = Run(optimizer, search=SEARCHES[search](), start=(0.0, 6.0), epochs=steps)
    experiment = replace(scene("valley"), runs=(run,))
    (plan,) = plans_of(experiment, [run], usual_range(experiment, run, STARTS).seen, steps, 1e-4, 64)
    first, whole, longest = paces(replace(plan, size=64))
    assert whole <= WHOLE_SECONDS / 2
    assert first <= FIRST_SECONDS
    assert longest <= CANCEL_SECONDS
