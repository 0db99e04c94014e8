"""The bundled lecture: every stop can be shown, and what it says of its scene is true."""

import json
import re
from dataclasses import replace
from functools import lru_cache
from itertools import groupby, pairwise

import numpy as np
import pytest

from gdsim.core.files.bundled import LECTURE_SCENES as SCENES
from gdsim.core.files.script.code_line import lines_unlike
from gdsim.core.files.script.run_program import lecture_code, shown_lines
from gdsim.core.formulas.syntax import FUNCTIONS
from gdsim.core.lessons.caption import filled_caption, plain_text
from gdsim.core.lessons.files import BUNDLED_LESSONS, bundled_lessons, caption_numbers, check_lesson
from gdsim.core.lessons.quantities import QUANTITIES
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.run import Run
from gdsim.core.resources import resource
from gdsim.core.rules.catalogue import RULES
from gdsim.core.surface.sampling import sample_surface
from gdsim.core.surface.surface import LowestKind
from tests.core.planes import of_w_and_b
from tests.core.records import columns_of, scene, scene_records

# A number with a decimal point, written by hand; one within braces is an argument.
_TYPED = re.compile(r"\d\.\d")
_BRACES = re.compile(r"\{[^{}]*\}")


@pytest.fixture(scope="module")
def lecture():
    return check_lesson("lecture")


def test_the_catalog_matches_the_files():
    files = {path.stem for path in resource("lessons").glob("*.json")}
    assert files == set(BUNDLED_LESSONS)
    assert all(path.is_file() for path in bundled_lessons().values())


def test_every_title_and_every_chapter_is_met_once(lecture):
    titles = [stop.title.lower() for stop in lecture.stops]
    assert 30 <= len(titles) == len(set(titles)) <= 70
    chapters = [chapter for chapter, _ in groupby(stop.chapter for stop in lecture.stops)]
    assert len(chapters) == len(set(chapters))


def test_every_scene_of_the_lecture_is_visited(lecture):
    sources = json.loads(resource("lessons", "lecture.json").read_text(encoding="utf-8"))["stops"]
    named = [stop for stop, source in zip(lecture.stops, sources, strict=True) if source["scene"] in SCENES]
    assert {stop.experiment.points for stop in named} == {scene(name).points for name in SCENES}
    visited = {stop["scene"] for stop in sources if isinstance(stop["scene"], str)}
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
        said, look = (
            plain_text(filled_caption(stop.captions[key], numbers[key])) for key in ("caption", "look")
        )
        assert 150 < len(said) < 400, stop.title
        assert 40 < len(look) < 130, stop.title
        assert len(stop.formulas) <= 3
        assert said.endswith((".", "?"))
        assert said.count("  ") == 0
        assert not re.search(r"\b(nan|inf)\b", said)
        # What a stop points at or lights is there to be seen.
        assert stop.view.panes, f"{stop.title}: point_at names nothing"
        assert not stop.experiment.runs[stop.selected].hidden, stop.title


def test_numbers_are_computed_from_the_scene(lecture):
    stop = next(stop for stop in lecture.stops if stop.title == "U-turns")
    said = plain_text(filled_caption(stop.caption, caption_numbers(stop)["caption"]))
    loss = scene_records("valley")["Gradient descent"].loss
    assert f"which began at {loss[0]:.3g}, is stuck at {loss[100]:.3g}" in said
    assert "12 times" in said


def test_what_is_said_of_the_lowest_place_is_what_its_mark_says(lecture):
    """A stop that names it shows a minimum; where a stop looks closer, the lowest place in view is none."""
    stops = json.loads(resource("lessons", "lecture.json").read_text(encoding="utf-8"))["stops"]
    named = border = 0

    @lru_cache
    def kind_of(points, view_range):
        fixed = (0.0,) * (points.dimension - 1)
        return sample_surface(points, view_range, of_w_and_b(fixed)).lowest.kind

    for stop, source in zip(lecture.stops, stops, strict=True):
        kind = kind_of(stop.experiment.points, stop.experiment.view_range)
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


def test_the_guesses_after_the_second_are_far_below_the_first():
    losses = [scene_records("guess-work")[f"Guess {i}"].loss[0] for i in range(1, 7)]
    assert losses[2] < losses[0] / 3.0
    # Each stride is smaller than the one before.
    starts = np.array([run.start for run in scene("guess-work").runs])[2:]
    strides = np.hypot(*np.diff(starts, axis=0).T)
    assert all(one > other for one, other in pairwise(strides))


def test_the_answers_of_the_second_guess_fall_as_x_grows():
    neuron = Neuron.fitting(scene("guess-work").points)
    first, second = neuron.output(np.array(scene("guess-work").runs[1].start))
    assert first > second


def test_where_the_run_stands_after_50_steps_it_is_gentle_and_further_on_steep():
    path = scene_records("first-neuron")["Gradient descent"].p
    neuron = Neuron.fitting(scene("first-neuron").points)
    w, b = path[50]
    slopes = [neuron.gradient(np.array([place, b]))[0] for place in np.linspace(w, 2.0, 60)]
    assert abs(slopes[0]) < 0.02
    assert max(map(abs, slopes)) > 20.0 * abs(slopes[0])
    steps = np.abs(np.diff(path[50:100, 0]))
    assert steps.max() > 10.0 * steps[0]


def stop_called(lecture, title):
    return next(stop for stop in lecture.stops if stop.title == title)


def losses_around(stop, *places):
    neuron = Neuron.fitting(stop.experiment.points)
    return [float(neuron.loss(np.array(place))) for place in places]


def test_the_map_with_one_hill_has_it_at_the_left_and_a_level_floor_at_the_right(lecture):
    stop = stop_called(lecture, "Guess the surface: a map with one hill")
    surface = sample_surface(stop.experiment.points, stop.experiment.view_range)
    at = np.unravel_index(surface.loss.argmax(), surface.loss.shape)
    assert surface.w[at[0]] == -6.0
    hill, floor, top = losses_around(stop, (-6.0, 0.0), (6.0, 0.0), (0.0, 0.0))
    assert hill > 10.0 * floor
    assert hill > 0.95 * surface.loss.max()
    # On the floor the loss changes little over a distance in which the slope has fallen by much more.
    fan = surface.loss[surface.w >= 3.0][:, np.abs(surface.b) < 1.0]
    assert np.ptp(fan[:, fan.shape[1] // 2]) < 0.2 * (hill - top)


def test_two_hills_a_pit_and_two_plateaus(lecture):
    stop = stop_called(lecture, "Guess the surface: two hills and a pit")
    left, right, above, below = losses_around(stop, (-6.0, 0.0), (6.0, 0.0), (0.0, 6.0), (2.2, -6.0))
    surface = sample_surface(stop.experiment.points, stop.experiment.view_range)
    lowest = surface.lowest
    assert left > above > right > lowest.loss
    assert below > right
    neuron = Neuron.fitting(stop.experiment.points)
    for w in (-6.0, 6.0):  # level: hardly any slope
        assert np.hypot(*neuron.gradient(np.array([w, 0.0]))) < 0.02
    # Some line of the map goes round the pit and ends nowhere.
    ends = [
        line
        for contour in surface.contours
        for line in np.split(contour.lines, np.flatnonzero(np.isnan(contour.lines[:, 0])))
    ]
    rings = [line[~np.isnan(line[:, 0])] for line in ends]
    closed = [ring for ring in rings if len(ring) > 3 and np.allclose(ring[0], ring[-1])]
    assert any(
        ring[:, 0].min() < lowest.w < ring[:, 0].max() and ring[:, 1].min() < lowest.b < ring[:, 1].max()
        for ring in closed
    )


def differing_lines(lecture, title):
    """Return the lines of either code of a stop that the other has not; else their runs are the same."""
    stop = stop_called(lecture, title)
    sides = (stop, stop.beside)
    runs = [one.experiment.runs[one.selected] for one in sides]
    assert runs[0] == replace(runs[1], name=runs[0].name, batching=runs[0].batching)
    assert stop.experiment.points == stop.beside.experiment.points
    codes = [shown_lines(lecture_code(one.experiment, run)) for one, run in zip(sides, runs, strict=True)]
    return [
        [code[row].text for row in sorted(lines_unlike(code, other))] for code, other in (codes, codes[::-1])
    ]


def test_programs_side_by_side_differ_in_nothing_but_their_batching(lecture):
    titles = [stop.title for stop in lecture.stops if stop.beside and stop.view.page == "code"]
    batches = "Mini-batches in Python"
    unlike = differing_lines(lecture, batches)
    # A sum that begins at 0, counted points, an update deeper in the loops, and a sum that begins anew.
    assert [line.strip() for line in unlike[0][1:]] == [
        "mini_batch_size, num_points_seen = 2, 0",
        "dw, db = 0.0, 0.0",
        "dw += grad_w(w, b, x, y)",
        "db += grad_b(w, b, x, y)",
        "num_points_seen += 1",
        "if num_points_seen % mini_batch_size == 0:",
        "# seen one mini-batch",
        *(update := ["w = w - eta * dw", "b = b - eta * db", "show(w, b)"]),
        "dw, db = 0.0, 0.0  # reset gradients",
    ]
    gradient = ["dw = grad_w(w, b, x, y)", "db = grad_b(w, b, x, y)"]
    assert [line.strip() for line in unlike[1][1:]] == [*gradient, *update]
    assert len(titles) == 3
    for title in set(titles) - {batches}:
        # "dw =" where it was "dw +="; no sum begins at 0; and what follows is deeper in the loops.
        unlike = differing_lines(lecture, title)
        assert not [line for line in unlike[0] if "+=" in line]
        assert [line.strip() for line in unlike[1] if "+=" in line or "0.0" in line] == [
            "dw, db = 0.0, 0.0",
            "dw += grad_w(w, b, x, y)",
            "db += grad_b(w, b, x, y)",
        ]
        moved = [[line for line in lines if "grad" not in line and "0.0" not in line] for lines in unlike]
        assert [line[4:] for line in moved[0][1:]] == moved[1][1:]


def test_it_is_the_history_that_speeds_adam_up(lecture):
    """Of the two runs one averages the gradients; in the valley that takes a third of the steps."""
    stop = stop_called(lecture, "Adam: the speed-up of a history")
    points, (first, second) = stop.experiment.points, stop.experiment.runs
    assert (first.optimizer, second.optimizer) == (RULES["adam"](eta=0.3), RULES["adam"](eta=0.3, beta1=0.0))
    neuron, below, across = Neuron.fitting(points), [], []
    for beta1 in (0.9, 0.0):
        p, m, v = np.array([0.0, 6.0]), np.zeros(2), np.zeros(2)
        losses, slopes = [neuron.loss(p)], []
        for t in range(1, 201):
            g = neuron.gradient(p)
            m, v = beta1 * m + (1.0 - beta1) * g, 0.999 * v + 0.001 * g * g
            p = p - 0.3 / np.sqrt(v / (1.0 - 0.999**t) + 1e-8) * m / (1.0 - beta1**t)
            losses.append(neuron.loss(p))
            slopes.append(g[0])
        low = np.array(losses) < 1e-4
        below.append(int(low.argmax()))
        assert low[below[-1] :].all()  # for good
        across.append(np.diff(np.sign(slopes[5:40])) != 0.0)
    said = plain_text(filled_caption(stop.caption, caption_numbers(stop)["caption"]))
    assert f"after {below[0]} steps instead of {below[1]}" in said
    assert below[1] > 3 * below[0]
    # Without a history nearly every step lands on the other side, with one few do.
    assert across[1].mean() > 0.8
    assert across[0].mean() < 0.4


def test_the_exercises_are_where_the_lecture_asks_for_them(lecture):
    opened = {stop.title: stop.exercise.name for stop in lecture.stops if stop.exercise}
    assert opened == {
        "Guess work: the other way": "guess_work",
        "Guess the surface: a narrow valley": "quiz",
        "Then finer, around the best": "find_rate",
    }
    begun = stop_called(lecture, "Guess work: the other way")
    w, b = begun.experiment.runs[begun.selected].start
    assert begun.exercise.settings == {"w": w, "b": b}


def test_every_chapter_begins_with_notes_for_the_speaker(lecture):
    seen = set()
    for stop in lecture.stops:
        if stop.chapter not in seen:
            seen.add(stop.chapter)
            assert stop.notes.pieces, stop.title


def test_what_steps_go_is_their_path_unless_a_straight_line_is_said():
    text = resource("lessons", "lecture.json").read_text(encoding="utf-8")
    sentences = re.findall(r"[^.]*\{moved\((?:gd|Momentum), \d+, \d+\)[^.]*\.", text)
    assert len(sentences) == 2
    runs = {"gd": "Gradient descent", "Momentum": "Momentum"}
    for sentence in sentences:
        for run, first, last in re.findall(r"moved\((gd|Momentum), (\d+), (\d+)\)", sentence):
            p = scene_records("first-neuron")[runs[run]].p[int(first) : int(last) + 1]
            path, line = np.hypot(*np.diff(p, axis=0).T).sum(), np.hypot(*(p[-1] - p[0]))
            assert f"{path:.2g}" == f"{line:.2g}" or "in a straight line" in sentence


def test_before_the_last_guess_nothing_shows_the_lowest_place(lecture):
    titles = [stop.title for stop in lecture.stops]
    first, last = (
        titles.index(title) for title in ("The error surface", "All six guesses, and the lowest place")
    )
    for stop in lecture.stops[:first]:
        shown = stop.view.only - stop.hidden_at(stop.last_stage)
        assert not shown & {"surface", "contours"}, stop.title
    for stop in lecture.stops[first : last + 1]:
        assert "minimum" in stop.hidden_at(0), stop.title
    assert "minimum" not in lecture.stops[last].hidden_at(lecture.stops[last].last_stage)


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
