"""The document and its runs."""

from dataclasses import replace

import pytest
from hypothesis import given

from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.model.batching import MINI_BATCH
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.kept_windows import KeptAxis
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_settings import made_setting
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.core.settings import NUMBER, InvalidValue
from tests.core.records import FIRST_NEURON
from tests.core.strategies import experiments
from tests.every import every

NONE = PointSet.empty()


def test_a_run_has_the_lecture_s_defaults():
    run = Run()
    assert run.optimizer == RULES["gd"](eta=1.0)
    assert run.start == (-2.0, -2.0)
    assert run.epochs == 1000
    assert run.name == "Gradient descent"
    assert Experiment(FIRST_NEURON, NONE).view_range == (-6.0, 6.0, -6.0, 6.0)


@every(
    ("settings", "fault"),
    [
        ({"epochs": 0}, "epochs must be a whole number from 1 to 10000000, not 0"),
        ({"epochs": 10**7 + 1}, "epochs must be"),
        ({"seed": -1}, "seed must be a whole number from 0 to 4294967295, not -1"),
        ({"start": (float("nan"), 0.0)}, "start must be a number from -1e100 to 1e100"),
        (
            {"momentum_schedule": MOMENTUM_SCHEDULES["sutskever"]()},
            "momentum_schedule does not go with gd, which has no momentum",
        ),
        (
            {"optimizer": RULES["adam"](), "momentum_schedule": MOMENTUM_SCHEDULES["sutskever"]()},
            "does not go with adam",
        ),
    ],
)
def test_a_run_that_makes_no_sense_is_refused(settings, fault):
    with pytest.raises(InvalidValue, match=fault):
        Run(**settings)


@every(
    ("parts", "fault"),
    [
        ({"points": NONE}, "points must not be empty"),
        ({"validation": PointSet.empty(2)}, "validation must have as many inputs as the points"),
        ({"runs": (Run(), Run(start=(1.0, 2.0, 3.0)))}, r"runs\[1\].start must have 2 numbers, not 3"),
        ({"runs": (Run(schedule=SCHEDULES["validation"]()),)}, r"runs\[0\].schedule needs validation points"),
        (
            {"view_range": ViewRange(1.0, 1.0)},
            "view_range w must go from a smaller to a larger number, not from 1 to 1",
        ),
        ({"view_range": ViewRange(0.0, 1.0, 3.0, 2.0)}, "view_range b must go"),
        ({"view_range": ViewRange(w_max=float("inf"))}, "view_range w must have ends from -1e100 to 1e100"),
        ({"view_range": ViewRange(b_min=float("nan"))}, "view_range b must have ends"),
        ({"view_range": ViewRange(1e9, 1e9 + 1e-6)}, "view_range w must have ends that can be told apart"),
    ],
)
def test_an_experiment_that_makes_no_sense_is_refused(parts, fault):
    with pytest.raises(InvalidValue, match=fault):
        Experiment(**({"points": FIRST_NEURON, "validation": NONE} | parts))


def test_ends_that_are_refused_have_the_decimal_sign_of_the_language():
    with speaking(read_language("de")):
        assert "nicht von 2,5 bis 1,5" in ViewRange(2.5, 1.5).fault()
        assert "nicht 0,5 und 0,5000000001" in ViewRange(0.5, 0.5 + 1e-10).fault()
        with pytest.raises(InvalidValue, match="nicht von 2,5 bis 1,5"):
            KeptAxis("eta", 2.5, 1.5)
        with pytest.raises(InvalidValue, match="das 2,5 ist, nicht bei 1,5"):
            made_setting("boost", NUMBER, 0.5, 2.5, 1.5)


@given(experiments(with_forks=True))
def test_experiments_are_values(experiment):
    copy = replace(experiment, title=experiment.title)
    assert copy == experiment
    assert hash(copy) == hash(experiment)
    for run in experiment.runs:
        clock, whole = experiment.clock(run), run.epochs * experiment.updates_per_epoch(run)
        assert experiment.total_steps(run) == max(0, clock.epoch0 + whole - clock.first)


def test_looks_do_not_change_the_numbers():
    run = Run()
    assert run.computes_like(replace(run, name="other", colour="#123456", hidden=True))
    changes = {
        "optimizer": RULES["momentum"](),
        "batching": MINI_BATCH(),
        "schedule": SCHEDULES["validation"](),
        "start": (0.0, 0.0),
        "epochs": 7,
        "seed": 7,
    }
    for name, value in changes.items():
        assert not run.computes_like(replace(run, **{name: value})), name


def test_a_blank_name_is_that_of_the_rule():
    assert Run(name=" \n ").name == "Gradient descent"


def test_a_name_from_the_rule_is_shown_in_the_language_and_is_the_same_in_files():
    run = Run()
    numbered, own = replace(run, name="Gradient descent 2"), replace(run, name="Gradient descent of mine")
    word = replace(run, name="Step")  # a person's word is no word of the program
    bundled = replace(run, name="Not corrected")
    assert [one.shown_name for one in (run, numbered, own, word, bundled)] == [
        one.name for one in (run, numbered, own, word, bundled)
    ]
    with speaking(read_language("de")):
        assert [one.shown_name for one in (run, numbered, own, word, bundled)] == [
            "Gradientenabstieg", "Gradientenabstieg 2", "Gradient descent of mine", "Step", "Unkorrigiert"
        ]  # fmt: skip
        assert Run().name == "Gradient descent"
        assert run.renamed("Gradientenabstieg") is run
        assert own.renamed("Gradientenabstieg 3").name == "Gradient descent 3"
        assert run.renamed("Mein Lauf").name == "Mein Lauf"
        assert own.renamed("").name == "Gradient descent"
    assert (run.is_named_by_rule, numbered.is_named_by_rule, own.is_named_by_rule) == (True, True, False)
