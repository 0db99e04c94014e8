"""How long a map takes, in processor time: the machine may have other work. Two cores have twice as much."""

import time
from dataclasses import replace

from gdsim.core.exercises.maps.computing import computing_maps
from gdsim.core.exercises.maps.outcome import plans_of
from gdsim.core.exercises.maps.ranges import SETTINGS, usual_range
from tests.core.records import scene

CORES = 2.0
WHOLE_SECONDS, FIRST_SECONDS, CANCEL_SECONDS = 4.0, 0.15, 0.1


def test_a_map_of_256_by_256_runs_of_1000_steps_keeps_its_times():
    valley = scene("valley")
    (momentum,) = (replace(run, epochs=1000) for run in valley.runs if run.optimizer.id == "momentum")
    experiment = replace(valley, runs=(momentum,))
    axes = usual_range(experiment, momentum, SETTINGS).seen
    (plan,) = plans_of(experiment, [momentum], axes, 1000, 1e-4, 256)
    # The rule's lines are compiled once for all maps.
    for _ in computing_maps([replace(plan, size=8)], cores=2):
        pass
    began = last = time.process_time()
    first, pieces = None, []
    for news in computing_maps([plan], cores=2):
        now = time.process_time()
        pieces.append(now - last)
        last = now
        if first is None and news.maps:
            first = now - began
    assert last - began <= CORES * WHOLE_SECONDS
    assert first <= CORES * FIRST_SECONDS
    # Work is cancelled between two pieces.
    assert max(pieces) <= CORES * CANCEL_SECONDS
