"""Scene files: read back as they were written, and refused with one line that says why."""

import json
import re

import numpy as np
import pytest
from hypothesis import given

from gdsim.core.files.bundled import BUNDLED_SCENES, bundled_scenes, bundled_titles, find_scene
from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.scene import load_scene, parse_scene, scene_pieces, scene_text
from gdsim.core.model.batching import MINI_BATCH
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.kept import KeptWindows
from gdsim.core.model.kept_windows import KeptAxis, KeptEntry, KeptMap, KeptRace, RaceTerms
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.resources import resource
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import own_rule
from gdsim.core.rules.own_settings import made_setting
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.core.settings import POSITIVE, SWITCH, InvalidValue
from tests.core.files.scene_faults import FAULTS, good, text_with
from tests.core.records import LECTURE, scene, scene_records
from tests.core.strategies import experiments
from tests.every import every
from tests.work import calls_of

ONE_POINT = '{"gdsim": 1, "points": {"x": [1], "y": [0.5]}'


def _refusal(text):
    with pytest.raises(FileFault) as caught:
        parse_scene(text)
    return str(caught.value)


# ------------------------------------------------------------------------------------ round trip


def _bits(experiment):
    """Return everything in an experiment, so that 0.0 and -0.0, or 1 and 1.0, are not the same."""
    tables = [
        (table.x.shape, table.x.tobytes(), table.y.tobytes())
        for table in (experiment.points, experiment.validation)
    ]
    rest = (*map(float, experiment.view_range), experiment.title, experiment.about)
    return tables, repr(rest), repr(experiment.runs), repr(experiment.kept)


@given(experiments(with_forks=True))
def test_a_scene_is_read_back_to_the_last_bit(tmp_path_factory, experiment):
    path = tmp_path_factory.getbasetemp() / "scene.json"
    path.write_text(scene_text(experiment), encoding="utf-8")
    again = load_scene(path)
    assert again == experiment
    assert _bits(again) == _bits(experiment)


@every("dimension", [1, 2])
@every("n", [1, 2, 4095, 4096, 4097, 8192])
def test_pieces_join_at_every_length(dimension, n):
    x = np.arange(n * dimension, dtype=float).reshape(n, dimension) / 7.0
    experiment = Experiment(PointSet(x, x[:, 0]), PointSet.empty(dimension))
    assert parse_scene(scene_text(experiment)) == experiment


def test_no_piece_of_a_large_scene_is_long():
    values = np.linspace(-1.0, 1.0, 100_000) / 3.0
    experiment = Experiment(PointSet(values, values), PointSet.empty())
    pieces = list(scene_pieces(experiment))
    # A piece is made at a stretch, and whatever else the program does waits for it.
    assert max(map(len, pieces)) < 120_000
    assert parse_scene("".join(pieces)) == experiment


@pytest.mark.parametrize("name", ["\ud800", "half \udfff"])
def test_text_that_no_file_can_hold_is_no_name(name):
    with pytest.raises(InvalidValue, match="name must be text"):
        Run(name=name)
    for key in ("title", "about"):
        with pytest.raises(InvalidValue, match=f"{key} must be text"):
            Experiment(PointSet([1.0], [0.5]), PointSet.empty(), **{key: name})


@every("colour", ["red", "#12345", "#1234567", "#12345g", "#123456\n"])
def test_what_no_file_can_hold_is_no_colour(colour):
    with pytest.raises(InvalidValue, match="colour must be a colour such as"):
        Run(colour=colour)


def test_odd_names_are_kept():
    for name in (
        "η = 10 ½ \U0001d6fe",
        'say "hi"',
        "a\\b",
        "two\nlines",
        " ",
        "\u2028",
        "\x00",
        "\u202e",
        "x" * 10_000,
    ):
        run = Run(name=name)
        experiment = Experiment(PointSet([1.0], [0.5]), PointSet.empty(), (run,), title=name, about=name)
        assert parse_scene(scene_text(experiment)) == experiment


def test_numbers_keep_every_digit():
    experiment = Experiment(PointSet([0.1 + 0.2], [1 / 3]), PointSet.empty(), (Run(start=(1e-300, 5e-324)),))
    again = parse_scene(scene_text(experiment))
    assert again.points.x[0, 0] == 0.1 + 0.2
    assert again.runs[0].start == (1e-300, 5e-324)


def test_the_scene_of_the_contract():
    experiment = parse_scene(json.dumps(good()))
    assert experiment == Experiment(
        points=PointSet([1.3, 2.4], [0.15, 0.9]),
        validation=PointSet.empty(),
        runs=(
            Run(
                optimizer=RULES["momentum"](eta=1.0, gamma=0.9),
                batching=MINI_BATCH(size=2, shuffle=True),
                schedule=SCHEDULES["step"](factor=0.5, every=5),
                momentum_schedule=MOMENTUM_SCHEDULES["sutskever"](gamma_max=0.99),
                start=(0.0, 6.0),
                epochs=100,
                name="Momentum",
            ),
        ),
        view_range=ViewRange(-2.0, 12.0, -14.0, 8.0),
        title="The valley",
        about="one sentence",
        rules=(
            own_rule(
                "My rule",
                "c = boost*g  if lively\nc = g  if not lively\nw_next = w - eta*c",
                [made_setting("eta", POSITIVE, 0.5, 0.01, 10.0), made_setting("lively", SWITCH, False, 0, 1)],
                "mine",
            ),
        ),
        kept=KeptWindows(
            KeptMap(
                KeptAxis("eta", 0.01, 100.0, (1.0, 10.0), log=True),
                KeptAxis("gamma", 0.0, 0.99),
                400,
                1e-4,
                ("Nesterov",),
            ),
            KeptRace(
                (KeptEntry(experiment.rules[0](eta=1.0), (KeptAxis("eta", 0.1, 10.0),)),),
                RaceTerms(500, 32, 64, on_grid=True, seed=3, solved_below=1e-4),
            ),
        ),
    )


def test_what_is_left_out_has_the_lecture_s_defaults():
    experiment = parse_scene(ONE_POINT + ', "runs": [{"algorithm": "adam"}]}')
    assert experiment.view_range == ViewRange()
    assert experiment.runs == (Run(optimizer=RULES["adam"]()),)
    assert parse_scene(ONE_POINT + "}").runs == ()
    half = parse_scene(
        ONE_POINT + ', "window": {"b": [0, 1]}, "runs": [{"algorithm": "gd", "start": {"b": 3}}]}'
    )
    assert half.view_range == ViewRange(b_min=0.0, b_max=1.0)
    assert half.runs[0].start == (-2.0, 3.0)


def test_more_than_one_input():
    text = '{"gdsim": 1, "points": {"x": [[1, 2], [3, 4]], "y": [0, 1]}, "runs": [%s]}'
    experiment = parse_scene(text % '{"algorithm": "gd", "start": {"w": [5, 6], "b": 7}}')
    assert experiment.points.dimension == 2
    assert experiment.runs[0].start == (5.0, 6.0, 7.0)
    assert parse_scene(text % '{"algorithm": "gd"}').runs[0].start == (-2.0, -2.0, -2.0)


def test_a_mark_at_the_beginning_of_a_file_is_no_fault(tmp_path):
    path = tmp_path / "scene.json"
    path.write_text("\ufeff" + ONE_POINT + "}", encoding="utf-8")
    assert len(load_scene(path).points) == 1


def test_very_many_numbers_leave_other_threads_their_turn():
    numbers = ", ".join(["-0.3463243262382685"] * 5000)
    text = f'{{"gdsim": 1, "points": {{"x": [{numbers}], "y": [{numbers}]}}}}'
    # Other threads have a turn where a function is called; of each number one is.
    assert calls_of(parse_scene, text) >= 2 * 5000


# ---------------------------------------------------------------------------------------- faults


@every("fault", FAULTS)
def test_a_fault_names_the_key_and_what_is_wrong(fault):
    text, line = FAULTS[fault]
    refusal = _refusal(text)
    assert line in refusal
    assert refusal.isprintable()


def test_a_fault_in_a_file_names_the_file(tmp_path):
    path = tmp_path / "valley.json"
    path.write_text(text_with((("runs", 0, "hyperparameters", "eta"), -1)))
    with pytest.raises(FileFault) as caught:
        load_scene(path)
    line = "valley.json: runs[0].hyperparameters.eta must be a positive number, not -1"
    assert str(caught.value) == line


# -------------------------------------------------------------------------------- bundled scenes


def test_the_catalog_of_scenes_matches_the_files():
    files = {path.name for path in resource("scenes").iterdir()}
    assert files == {f"{name}.json" for name in BUNDLED_SCENES}
    assert list(bundled_scenes()) == list(BUNDLED_SCENES)


def test_the_titles_are_those_of_the_scenes():
    titles = {name: load_scene(path).title for name, path in bundled_scenes().items()}
    assert bundled_titles() == titles
    assert len(set(titles.values())) == len(titles)


def test_a_scene_is_found_by_name_or_by_path(tmp_path):
    assert find_scene("valley") == resource("scenes", "valley.json")
    assert find_scene("The Valley") == resource("scenes", "valley.json")
    assert find_scene(str(tmp_path / "own.json")) == tmp_path / "own.json"


@every("name", BUNDLED_SCENES)
def test_a_bundled_scene_is_well_made(name):
    experiment = scene(name)
    assert experiment.title
    assert not experiment.title.endswith(".")
    assert experiment.about.endswith(".")
    assert len(re.findall(r"\.(?!\d)", experiment.about)) == 1, "it is one sentence"
    names = [run.name for run in experiment.runs]
    assert len(set(names)) == len(names) >= 2
    assert parse_scene(scene_text(experiment)) == experiment


@every("name", BUNDLED_SCENES)
def test_the_window_shows_the_whole_story(name):
    view_range = scene(name).view_range
    for record in scene_records(name).values():
        w, b = record.p[:, 0], record.p[:, -1]
        assert view_range.w_min < w.min() < w.max() < view_range.w_max
        assert view_range.b_min < b.min() < b.max() < view_range.b_max


def test_scenes_that_show_every_rule_of_the_lecture():
    for name in ("another-start", "sparse"):
        assert [run.optimizer.id for run in scene(name).runs] == list(LECTURE)
    for name in ("first-neuron", "valley", "big-rate", "stochastic"):
        assert [run.optimizer.id for run in scene(name).runs] == ["gd", "momentum", "nesterov"]
