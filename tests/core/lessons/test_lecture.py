"""The bundled lecture: every stop can be shown, and what it says of its scene is true."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest

from gdsim.core.files.scene import BUNDLED as SCENES
from gdsim.core.formulas.language import FUNCTIONS
from gdsim.core.lessons.caption import filled, plain_text
from gdsim.core.lessons.files import BUNDLED, bundled_lessons, caption_numbers, check_lesson
from gdsim.core.lessons.quantities import QUANTITIES
from gdsim.core.model.experiment import Run
from gdsim.core.model.neuron import Neuron
from gdsim.core.resources import resource
from gdsim.core.rules.catalogue import RULES
from gdsim.core.surface.lowest import LowestKind
from gdsim.core.surface.surface import sample_surface
from tests.core.records import columns_of, scene, scene_records

# A number with a decimal point, written by hand; one within braces is an argument.
_TYPED = re.compile(r"\d\.\d")
_BRACES = re.compile(r"\{[^{}]*\}")
TOPICS = (
    "neuron",
    "wrong",
    "guess work",
    "error surface",
    "the rule",
    "square",
    "sigmoid",
    "all points",
    "at work",
    "steep and gentle",
    "another start",
    "contours",
    "read contours",
    "guess the surface",
    "momentum: the idea",
    "remembers",
    "u-turns",
    "nesterov",
    "true gradient",
    "stochastic",
    "greedy points",
    "mini-batches",
    "steps and epochs",
    "point by point",
    "rate of ten",
    "log scale",
    "annealing",
    "schedule for momentum",
    "four inputs",
    "sparse",
    "neglect",
    "adagrad",
    "stuck",
    "square root",
    "rmsprop",
    "rate lowered",
    "adam: both",
    "bias correction",
    "forgets",
    "which one",
)


@pytest.fixture(scope="module")
def lecture():
    return check_lesson("lecture")


def test_the_catalog_matches_the_files():
    files = {path.stem for path in resource("lessons").glob("*.json")}
    assert files == set(BUNDLED)
    assert all(path.is_file() for path in bundled_lessons().values())


def test_it_follows_the_lecture(lecture):
    titles = [stop.title.lower() for stop in lecture.stops]
    assert 30 <= len(titles) == len(set(titles)) <= 50
    places = [next(i for i, title in enumerate(titles) if topic in title) for topic in TOPICS]
    assert all(one <= other for one, other in pairwise(places))


def test_every_scene_of_the_lecture_is_visited(lecture):
    assert {stop.experiment.points for stop in lecture.stops} == {scene(name).points for name in SCENES}
    source = resource("lessons", "lecture.json").read_text(encoding="utf-8")
    visited = {stop["scene"] for stop in json.loads(source)["stops"]}
    assert visited >= set(SCENES) - {"nesterov"}  # the valley shows the same, and more of it


def test_no_number_of_a_scene_is_typed():
    tree = json.loads(resource("lessons", "lecture.json").read_text(encoding="utf-8"))
    for stop in tree["stops"]:
        texts = [stop["title"], *stop["caption"], stop["look"], *stop.get("formulas", ())]
        for text in texts:
            assert not _TYPED.search(_BRACES.sub("", text)), text


def test_every_stop_can_be_read_in_a_moment(lecture):
    for stop in lecture.stops:
        numbers = caption_numbers(stop)
        said, look = (plain_text(filled(stop.captions[key], numbers[key])) for key in ("caption", "look"))
        assert 150 < len(said) < 400, stop.title
        assert 40 < len(look) < 130, stop.title
        assert len(stop.formulas) <= 3
        assert said.endswith((".", "?"))
        assert said.count("  ") == 0
        assert not re.search(r"\b(nan|inf)\b", said)
        # What a stop points at or lights is there to be seen.
        assert stop.view.panes, stop.title
        assert not stop.experiment.runs[stop.selected].hidden, stop.title


def test_numbers_are_computed_from_the_scene(lecture):
    stop = next(stop for stop in lecture.stops if stop.title == "U-turns")
    said = plain_text(filled(stop.caption, caption_numbers(stop)["caption"]))
    loss = scene_records("valley")["Gradient descent"].loss
    assert f"which began at {loss[0]:.3g}, is stuck at {loss[100]:.3g}" in said
    assert "12 times" in said


def test_what_is_said_of_the_lowest_place_is_what_its_mark_says(lecture):
    """A stop that names it shows a minimum; where a stop looks closer, the lowest place in view is none."""
    stops = json.loads(resource("lessons", "lecture.json").read_text(encoding="utf-8"))["stops"]
    named = border = 0
    for stop, source in zip(lecture.stops, stops, strict=True):
        experiment = stop.experiment
        fixed = (0.0,) * (experiment.points.dimension - 1)
        kind = sample_surface(experiment.points, experiment.view_range, fixed).lowest.kind
        if any("minimum(" in text for text in source["caption"]):
            assert kind is LowestKind.MINIMUM, stop.title
            named += 1
        elif kind is not LowestKind.MINIMUM:
            assert "window" in source, stop.title
            assert not re.search(r"minimum|lowest place", " ".join((*source["caption"], source["look"])))
            border += kind is LowestKind.BORDER
    assert named >= 3
    assert border >= 3


def test_the_files_documentation_lists_every_quantity():
    words = resource("lessons", "README.md").read_text(encoding="utf-8")
    table = words.partition("| quantity |")[2]
    listed = re.findall(r"^\| `(\w+)(?:\(([^)]*)\))?` \| \S", table, re.MULTILINE)
    assert listed == [(name, quantity.arguments) for name, quantity in QUANTITIES.items()]


def test_the_files_documentation_lists_every_function():
    words = resource("lessons", "README.md").read_text(encoding="utf-8")
    for name in FUNCTIONS:
        assert f"`{name}`" in words, name


# ------------------------------------------------------------- what captions say in words, not in numbers


def test_guess_work_walks_downhill_but_for_the_second():
    losses = [scene_records("guess-work")[f"Guess {i}"].loss[0] for i in range(1, 7)]
    assert losses[1] > losses[0]
    assert all(one > other for one, other in pairwise([losses[0], *losses[2:]]))


def test_both_parameters_grow_at_the_start():
    gradient = scene_records("first-neuron")["Gradient descent"].gradient[1]
    assert (gradient < 0.0).all()


def test_the_peak_of_the_gradient_is_where_the_loss_falls_fastest():
    record = scene_records("first-neuron")["Gradient descent"]
    size = np.linalg.norm(record.gradient[1:], axis=1)
    falls = -np.diff(record.loss)
    assert abs(int(np.argmax(size)) - int(np.argmax(falls))) <= 1
    assert 70 < np.argmax(size) < 90


def test_no_rule_gets_out_of_the_false_valley():
    assert all(record.loss[-1] > 0.4 for record in scene_records("another-start").values())


def test_nesterov_is_warned_where_momentum_is_not_yet(lecture):
    """At the stop, the gradient where the carried part leads points back against it; here it does not."""
    stop = next(stop for stop in lecture.stops if stop.title.startswith("Nesterov: look"))
    record, t = scene_records("valley")["Nesterov"], stop.place.first + 1
    carried = 0.9 * record.state[0, t - 1]
    assert record.gradient[t] @ carried < 0.0
    assert Neuron.fitting(scene("valley").points).gradient(record.p[t - 1]) @ carried > 0.0


def test_only_the_full_batch_never_raises_the_loss():
    assert (np.diff(scene_records("first-neuron")["Gradient descent"].loss) <= 0.0).all()
    shares = [
        (np.diff(record.loss) > 0.0).mean() for record in scene_records("mini-batch").values()
    ]  # B = 1, 2, 3, 6
    assert shares[0] > shares[1] > shares[2] > shares[3] == 0.0


def test_the_ladder_of_rates():
    losses = [record.loss[-1] for record in scene_records("rates").values()]
    assert all(one > other for one, other in pairwise(losses))
    assert losses[-1] < 1e-3
    assert losses[-2] > 0.4
    finer = [record.loss[-1] for record in scene_records("finer-rates").values()]
    assert all(one > 10.0 * other for one, other in pairwise(finer))
    assert all((np.diff(record.loss) <= 0.0).all() for record in scene_records("finer-rates").values())


def test_doubling_the_rate_raises_the_loss_sooner_or_later():
    points = scene("first-neuron").points
    raised = [
        bool((np.diff(columns_of(Run(RULES["gd"](eta=eta), epochs=300), points).loss) > 1e-12).any())
        for eta in (3.0, 6.0, 12.0, 24.0)
    ]
    assert not raised[0]
    assert raised[-1]


def test_cooling_down():
    records = scene_records("annealing")
    swing = {name: np.ptp(record.loss[-60:]) for name, record in records.items()}
    assert swing["Constant"] > 10.0 * swing["1/t"] > 0.0
    assert swing["1/t"] > 10.0 * swing["Exponential"]
    assert swing["Exponential"] > swing["Halved every 5 epochs"]
    assert records["Too small, too soon"].loss[-1] > 4.0 * records["Halved every 5 epochs"].loss[-1]
    eta = records["Halved every 5 epochs"].eta[1:]
    np.testing.assert_array_equal(eta, 3.0 * 0.5 ** (np.arange(360) // 30))


def test_momentum_in_stairs_overshoots_less_and_is_overtaken():
    stairs, constant = (
        scene_records("momentum-schedule")["In stairs"],
        scene_records("momentum-schedule")["Constant"],
    )
    assert stairs.loss[100] < 0.1 * constant.loss[100]
    assert stairs.loss[300] > 10.0 * constant.loss[300]
    rises = [(np.diff(record.loss[:101]) > 0.0).sum() for record in (stairs, constant)]
    assert rises[0] < rises[1]


def test_adam_comes_later_than_rmsprop_and_closer():
    records = scene_records("sparse")
    first = {name: int(np.argmax(records[name].loss < 0.05)) for name in ("RMSProp", "Adam")}
    assert first["RMSProp"] < first["Adam"]
    assert records["Adam"].loss[-1] < 0.01 * records["RMSProp"].loss[-1]
    # RMSProp goes to and fro: its last steps point against each other.
    moves = np.diff(records["RMSProp"].p[-20:], axis=0)
    assert ((moves[1:] * moves[:-1]).sum(axis=1) < 0.0).all()


def test_the_first_steps_of_adam_have_the_same_gradient():
    one, other = scene_records("bias-correction").values()
    np.testing.assert_array_equal(one.gradient[1], other.gradient[1])
    assert np.abs(other.p[1] - other.p[0]).min() > 2.0 * np.abs(one.p[1] - one.p[0]).max()


def test_no_chapter_is_too_long_for_a_menu(lecture):
    chapters = [stop.chapter for stop in lecture.stops]
    assert 5 <= len(set(chapters)) <= 10
    assert all(3 <= chapters.count(chapter) <= 9 for chapter in set(chapters))
