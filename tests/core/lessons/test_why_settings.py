"""The lesson on why settings work: it can be read in a moment, and what it says is true."""

import pytest

from gdsim.core.exercises.race.plan import RaceEntry, RacePlan
from gdsim.core.exercises.race.racing import racing
from gdsim.core.exercises.race.result import Comparison, compared
from gdsim.core.lessons.caption import filled_caption, plain_text
from gdsim.core.lessons.files import caption_numbers, check_lesson
from gdsim.core.model.batching import BATCH
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from tests.core.records import columns_of, scene, scene_records


@pytest.fixture(scope="module")
def lesson():
    return check_lesson("why-settings")


def test_every_stop_can_be_read_in_a_moment(lesson):
    for stop in lesson.stops:
        numbers = caption_numbers(stop)
        said, look = (
            plain_text(filled_caption(stop.captions[key], numbers[key])) for key in ("caption", "look")
        )
        assert 150 < len(said) < 400, stop.title
        assert 40 < len(look) < 130, stop.title
        assert stop.view.panes, stop.title


def test_exercises_open_where_a_stop_is_on_them(lesson):
    opened = {stop.title: stop.exercise.name for stop in lesson.stops if stop.exercise}
    assert opened == {
        "From every start": "maps",
        "Every rate and every momentum": "maps",
        "A race with equal chances": "fair_race",
    }


def test_the_rate_of_the_plateau_throws_a_run_out_of_the_valley():
    rate = scene_records("newton-uphill")["Descent, exact"].eta[1]
    points = scene("newton-uphill").points
    inside = Run(RULES["gd"](eta=float(rate)), start=(3.6, -6.4), epochs=50)
    assert columns_of(inside, points).loss[0] < 1e-4
    assert columns_of(inside, points).loss[-1] > 0.3
    gentle = Run(RULES["gd"](eta=1.0), start=(3.6, -6.4), epochs=50)
    assert columns_of(gentle, points).loss[-1] < 1e-4


def test_it_was_the_velocity_and_not_the_rate():
    records = scene_records("what-if")
    # Forks begin at step 92.
    unchanged = records["Momentum"].loss[120]
    cleared, slower = (records[name].loss[120 - 92] for name in ("Cleared", "A tenth of η"))
    assert cleared < 0.1 * unchanged < unchanged < slower


def test_a_race_with_equal_chances_tells_a_search_and_a_method_from_descent():
    experiment = scene("fair-race")
    kept = experiment.kept.race
    plan = RacePlan(experiment, tuple(map(RaceEntry.of_kept, kept.entries)), kept.terms, BATCH())
    descent, searched, adam, method = run_to_end(racing(plan)).entries
    for better, worse in ((searched, descent), (method, descent), (method, searched), (method, adam)):
        assert compared(better, worse) == (Comparison.SOLVES_MORE, better, worse)
    assert compared(searched, adam)[0] is Comparison.NOTHING
    losses, solves = method.median_beside
    assert losses > 0
    assert solves > 0
