"""A map is computed in short pieces, between which it may be stopped, and is seen long before it is whole."""

from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import pytest

from gdsim.core.exercises.maps.map_computation import computing_maps
from gdsim.core.exercises.maps.outcome import plans_of
from gdsim.core.exercises.maps.ranges import STARTS, usual_range
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.core.records import scene


@pytest.mark.parametrize(
    ("rule", "search"),
    [
        ("momentum", "fixed"),
        ("gd", "exact"),
        ("saddle-free-newton", "fixed"),
        ("levenberg-marquardt", "fixed"),
    ],
)
def test_work_on_a_map_may_be_stopped_within_each_update(monkeypatch, rule, search):
    # A clock by which each piece has taken too long as soon as it looks at it.
    slow = SimpleNamespace(perf_counter=count().__next__)
    monkeypatch.setattr("gdsim.core.engine.run_blocks.time", slow)
    optimizer, steps = (RULES | SECOND_ORDER_RULES)[rule](), 10
    run = Run(optimizer, search=SEARCHES[search](), start=(0.0, 6.0), epochs=steps)
    experiment = replace(scene("valley"), runs=(run,))
    (plan,) = plans_of(experiment, [run], usual_range(experiment, run, STARTS).seen, steps, 1e-4, 64)
    news = list(computing_maps([replace(plan, size=64)], cores=1))
    assert next(one.share for one in news if one.maps) < 0.02
    assert news[-1].share == pytest.approx(1.0)
    # The coarse map and each finer one take as many pieces as there are updates, or more.
    assert len(news) > len(plan.strides) * steps
