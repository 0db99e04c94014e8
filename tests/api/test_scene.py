"""What programs and notebooks get of a scene, against plain loops and the command line."""

import copy
import csv
import io
import json
import math
import os
import pickle
import re
import subprocess
import sys
from typing import SupportsIndex, get_args, get_type_hints

import numpy as np
import pytest

import gdsim
from gdsim.cli import main
from gdsim.core.files.bundled import BUNDLED_SCENES, find_scene
from gdsim.core.files.link import link_of
from gdsim.core.files.scene import load_scene
from gdsim.core.resources import resource
from tests.every import every, in_turn

QT = ("PySide6", "shiboken6", "pyqtgraph", "OpenGL", "PIL")
FUNCTION = "w**2 + 3*b**2 + w*b"
CLOSE = {"rtol": 1e-12, "atol": 1e-300}


@pytest.fixture(scope="module")
def valley():
    return gdsim.open_scene("valley")


# ------------------------------------------------------------------------------------- loading


def in_python(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )


def test_import_loads_nothing_before_it_is_used():
    code = (
        "import sys; before = set(sys.modules); import gdsim; new = set(sys.modules) - before\n"
        "assert 'open_scene' in dir(gdsim)\n"
        "print(*sorted(new))"
    )
    ended = in_python(code)
    assert (ended.stdout, ended.stderr) == ("gdsim\n", "")


def test_the_command_line_does_not_load_it_for_the_window():
    code = (
        "import sys, gdsim.cli; from gdsim import cli; print(*[m for m in sys.modules if 'gdsim.api' in m])"
    )
    ended = in_python(code)
    assert (ended.stdout, ended.stderr) == ("\n", "")


def test_nothing_of_it_loads_qt():
    code = (
        "import sys, gdsim\n"
        "scene = gdsim.open_scene('valley')\n"
        "run = scene['Momentum']\n"
        "shown = run._repr_html_(), scene._repr_html_(), scene.figure()._repr_svg_(), scene.surface()\n"
        "more = scene.step('Momentum', 3), scene.check('Momentum', run.parameters[:9])\n"
        "more = scene.with_fork('Momentum', 4), scene.link, gdsim.scenes()\n"
        f"print([name for name in sys.modules if name.startswith({QT!r})])"
    )
    ended = in_python(code)
    assert (ended.stdout, ended.stderr) == ("[]\n", "")


def test_every_public_name_is_there_and_on_the_page():
    page = resource("help", "python.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:gdsim\.)?(\w+)", page))
    assert {"Scene", "open_scene", "scenes", "NoSuchRun"} <= set(gdsim.__all__)
    for name in gdsim.__all__:
        assert getattr(gdsim, name).__doc__
    for kind in (gdsim.Scene, gdsim.RunRecord, gdsim.Surface, gdsim.Step, gdsim.Verdict, gdsim.Figure):
        fields = getattr(kind, "__dataclass_fields__", {})
        members = {name for name in (*vars(kind), *fields) if not name.startswith("_")}
        assert members <= named, members - named
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        gdsim.nothing  # noqa: B018 - it is the asking that fails


# ------------------------------------------------------------------------------------- opening


def test_a_scene_comes_by_name_title_path_text_or_link(tmp_path):
    scene = load_scene(find_scene("own-rule"))
    gdsim.open_scene("own-rule").save(tmp_path / "own.json")
    text = gdsim.open_scene("own-rule").text
    for source in (
        "own-rule",
        scene.title,
        tmp_path / "own.json",
        str(tmp_path / "own.json"),
        text,
        link_of(scene),
    ):
        opened = gdsim.open_scene(source)
        assert opened.experiment == scene
        assert opened == gdsim.open_scene("own-rule")
    assert gdsim.open_scene("own-rule").link == link_of(scene)


@every(
    ("source", "words"),
    [
        ("none-such", "none-such: no such scene or file"),
        (" ", "and not empty"),
        ("{", "is not JSON"),
        ("gdsim:1,abc", "the link is"),
        ("x" * 5000, "xxx.*: "),
        ('{"gdsim": 1}', "points is missing"),
    ],
)
def test_what_is_no_scene_is_said_in_a_line(source, words):
    with pytest.raises(ValueError, match=words) as fault:
        gdsim.open_scene(source)
    assert "\n" not in str(fault.value)


@every("source", [5, None, {}, b"valley"])
def test_what_can_be_no_scene_at_all_is_told_of(source):
    with pytest.raises(TypeError, match=r"a scene is a name, a path, a link or the text of a file, not "):
        gdsim.open_scene(source)


@every("name", BUNDLED_SCENES)
def test_a_scene_goes_to_another_process(name):
    scene = gdsim.open_scene(name)
    other = pickle.loads(pickle.dumps(scene))  # noqa: S301 - its own
    assert other == scene
    assert other.text == scene.text


def test_what_was_computed_goes_to_another_process_and_is_copied(valley):
    run = valley["Momentum"]
    for other in (pickle.loads(pickle.dumps(run)), copy.deepcopy(run)):  # noqa: S301 - its own
        assert repr(other) == repr(run)
        assert list(other.state) == ["v"]
        for name in ("parameters", "loss", "gradient", "steps", "epochs"):
            array = getattr(other, name)
            np.testing.assert_array_equal(array, getattr(run, name))
            assert array.dtype == getattr(run, name).dtype
            assert not array.flags.writeable
        assert not other.state["v"].flags.writeable
        with pytest.raises(TypeError, match="does not support item assignment"):
            other.state["v"] = None
    step = valley.step("Momentum", 31)
    assert repr(pickle.loads(pickle.dumps(step))) == repr(step)  # noqa: S301 - its own


def test_all_bundled_scenes_are_listed():
    assert list(gdsim.scenes()) == list(BUNDLED_SCENES)
    assert gdsim.scenes()["valley"] == "The valley"


# ------------------------------------------------------------------------------------- runs as arrays


@pytest.mark.parametrize("name", ["valley", "mini-batch", "what-if", "own-rule", "four-inputs", "validation"])
def test_arrays_have_the_numbers_of_the_record(name, capsys):
    assert main(["run", name, "--csv", "-"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    scene = gdsim.open_scene(name)
    assert list(scene) == list(dict.fromkeys(row["run"] for row in rows))
    for run in scene:
        record, mine = scene[run], [row for row in rows if row["run"] == run]
        names = [key for key in mine[0] if re.fullmatch(r"w\d*|b", key)]
        columns = {"step": record.steps, "epoch": record.epochs, "loss": record.loss, "eta": record.eta}
        columns |= {"gamma": record.gamma, "b": record.b, "w": record.w} if names == ["w", "b"] else {}
        for place, one in enumerate(names):
            columns |= {one: record.parameters[:, place], f"grad_{one}": record.gradient[:, place]}
            columns |= {f"{letter}_{one}": state[:, place] for letter, state in record.state.items()}
        for key, column in columns.items():
            wanted = [float(row[key]) if row[key] else math.nan for row in mine]
            assert np.array_equal(column, wanted, equal_nan=True), (run, key)


def test_several_inputs_have_several_weights():
    run = gdsim.open_scene("four-inputs")[0]
    assert run.w.shape == (len(run), 4)
    assert run.b.shape == (len(run),)


def test_arrays_cannot_be_written_to(valley):
    run, surface = valley["Momentum"], valley.surface()
    arrays = [run.steps, run.epochs, run.w, run.b, run.parameters, run.loss, run.eta, run.gamma, run.gradient]
    for array in (*arrays, *run.state.values(), surface.w, surface.b, surface.loss, valley.x, valley.y):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(TypeError, match="item assignment"):
        run.state["v"] = run.w


def test_a_run_that_diverges_says_so(valley):
    wild = valley.with_keys(function="w**4", points={"x": [0.0], "y": [0.0]}, runs=[]).with_new_run(
        "gd", eta=1.0, start=(5, 0), epochs=50
    )
    run = wild[0]
    assert np.isfinite(run.parameters).all()
    assert len(run) < 51
    assert run.outcome.startswith("Diverged at step")
    with pytest.raises(ValueError, match=r"has no step 40\. Diverged at step"):
        wild.step(0, 40)


@every("name", ["nothing", 3, -1])
def test_a_run_that_is_not_there(valley, name):
    with pytest.raises(
        gdsim.NoSuchRun, match=r"^(no run has the name \"nothing\"; the runs are|there is no run)"
    ):
        valley[name]


def test_a_run_is_named_by_its_place_of_any_kind_of_whole_number(valley):
    assert valley[np.int64(1)].w is not None
    for run in (1.5, None):
        with pytest.raises(TypeError, match="a run is its name or its place from 0"):
            valley[run]


@every("digits", [0, -1, 18])
def test_digits_are_sensible(valley, digits):
    with pytest.raises(ValueError, match=f"digits must be from 1 to 17, or None for all, not {digits}"):
        valley.step("Momentum", 3, digits=digits)


def test_runs_of_one_name_are_told_apart_by_their_place(valley):
    twice = valley.with_run(0, name="Momentum")
    with pytest.raises(gdsim.NoSuchRun, match=r"^2 runs have the name"):
        twice["Momentum"]
    assert twice[0].state == {}
    assert list(twice[1].state) == ["v"]
    assert twice.place_of("NESTEROV") == 2


# ------------------------------------------------------------------------------------- the surface


def plain_loss(scene, w, b):
    return 0.5 * sum(
        (1.0 / (1.0 + math.exp(-(w * x + b))) - y) ** 2 for x, y in zip(scene.x, scene.y, strict=True)
    )


def test_the_surface_is_the_loss_at_each_w_and_b(valley):
    surface = valley.surface(grid=9)
    assert (surface.w[[0, -1]].tolist(), surface.b[[0, -1]].tolist()) == ([-2, 12], [-14, 8])
    for i, w in enumerate(surface.w):
        for j, b in enumerate(surface.b):
            assert surface.loss[i, j] == pytest.approx(plain_loss(valley, w, b), rel=1e-9, abs=1e-30)
    assert surface.error_bound == 0.0
    low = surface.minimum
    assert low.loss <= surface.loss.min()
    assert plain_loss(valley, low.w, low.b) == pytest.approx(low.loss, abs=1e-20)


def test_the_surface_of_several_inputs_has_the_weights_that_are_not_drawn():
    scene = gdsim.open_scene("four-inputs")
    fixed = (0.5, -0.25, 1.0)
    surface = scene.surface(fixed=fixed, grid=5)
    w, b = surface.w[1], surface.b[3]
    z = scene.x @ np.array([w, *fixed]) + b
    assert surface.loss[1, 3] == pytest.approx(0.5 * ((1 / (1 + np.exp(-z)) - scene.y) ** 2).sum())
    assert list(scene.surface(grid=5).fixed) == scene[0].parameters[0, 1:-1].tolist()
    assert list(scene.with_keys(runs=[]).surface(grid=5).fixed) == [0.0, 0.0, 0.0]  # as in the window
    with pytest.raises(ValueError, match=r"fixed must be 3 numbers, not \[1\.0\]"):
        scene.surface(fixed=[1.0])


def test_what_is_shown_names_the_two_weights_that_a_scene_draws(valley):
    untitled = valley.with_keys(title="").with_points([[1, 2], [3, 4], [0, 1]], [0, 1, 0.4])
    assert re.search("lowest at w₁ = .*, b = ", repr(untitled.surface(grid=5)))
    scene = untitled.with_keys(slice={"axes": ["w1", "w2"]})
    assert re.search("lowest at w₁ = .*, w₂ = ", repr(scene.surface(grid=5)))
    told = repr(scene.figure(["Momentum"]))
    start = "The loss over w₁ and w₂: contours of the loss over w₁ and w₂. Momentum ends at w₁ = "
    assert start in told
    assert ", b = " not in told


@pytest.mark.parametrize("grid", [2, 2001])
def test_a_grid_has_sensible_sides(valley, grid):
    with pytest.raises(ValueError, match="grid must be from 3 to 2000"):
        valley.surface(grid=grid)


# ------------------------------------------------------------------------------------- other scenes


def test_points_may_be_others(valley):
    x, y = [1.0, 2.0, 4.0], [0.0, 0.0, 1.0]
    changed = valley.with_points(x, y, validation=([3.0], [1.0]))
    assert (changed.x.tolist(), changed.y.tolist()) == (x, y)
    assert len(changed.experiment.validation) == 1
    assert changed["Momentum"].loss[0] == pytest.approx(plain_loss(changed, 0.0, 6.0), rel=1e-12)
    assert valley.x.tolist() == [1.3, 2.4]
    two = valley.with_points([[1, 2], [3, 4]], [0, 1])
    assert two[0].w.shape[1] == 2


def test_points_may_come_from_a_table(valley, tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("hours;passed;role\n1,5;0,1;train\n2,5;0,9;train\n3;1;val\n")
    changed = valley.with_points_from(path)
    assert (changed.x.tolist(), changed.y.tolist()) == ([1.5, 2.5], [0.1, 0.9])
    assert changed.experiment.validation.y.tolist() == [1.0]
    path.write_text("x,y\n1,2\n2,abc\n")
    with pytest.raises(ValueError, match=r'points\.csv, line 3, column 2 \(y\) must be a number, not "abc"'):
        valley.with_points_from(path)


def test_a_changed_run_is_the_run_of_a_changed_file(valley):
    tree = json.loads(valley.text)
    tree["runs"][1] |= {
        "epochs": 20,
        "start": {"w": 1, "b": 2},
        "schedule": {"kind": "step", "factor": 0.5, "every": 5},
    }
    tree["runs"][1]["hyperparameters"]["eta"] = 0.25
    wanted = gdsim.open_scene(json.dumps(tree))
    schedule = {"kind": "step", "factor": np.float64(0.5), "every": np.int64(5)}
    changed = valley.with_run("momentum", eta=0.25, epochs=20, start=np.array([1, 2]), schedule=schedule)
    assert changed == wanted
    assert np.array_equal(changed["Momentum"].loss, wanted["Momentum"].loss)


def test_another_rule_brings_its_usual_settings_and_its_name(valley):
    changed = valley.with_run("Momentum", algorithm="adam", beta1=0.8)
    run = changed.experiment.runs[1]
    assert (run.name, run.optimizer.id) == ("Adam", "adam")
    assert (run.optimizer["beta1"], run.optimizer["beta2"]) == (0.8, 0.999)
    assert valley.with_run("Momentum", name="mine", algorithm="adam").run_names[1] == "mine"


def test_a_new_run_starts_where_the_first_does(valley):
    changed = valley.with_new_run("momentum", eta=0.5, regime="stochastic")
    assert changed.run_names == (*valley.run_names, "Momentum 2")
    first, new = changed[0], changed["Momentum 2"]
    assert np.array_equal(first.parameters[0], new.parameters[0])
    assert new.eta[1] == 0.5
    assert len(new) == 2 * 100 + 1  # two points, one at a time
    assert valley.without_run("Momentum").run_names == ("Gradient descent", "Nesterov")


def test_a_fork_shares_the_past_and_goes_on_changed(valley):
    changed = valley.with_fork("Momentum", 40, gamma=0.0)
    old, new = changed["Momentum"], changed["Momentum 2"]
    assert new.steps[0] == 40
    assert np.array_equal(new.parameters[0], old.parameters[40])
    (w, b), gradient = new.parameters[0], new.gradient[1]
    assert np.allclose(
        new.parameters[1], np.array([w, b]) - gradient, **CLOSE
    )  # eta is 1, and nothing is carried
    moved = changed.with_run("Momentum", start=(1, 1))
    assert np.array_equal(moved["Momentum 2"].parameters[0], moved["Momentum"].parameters[40])
    named = valley.with_new_run("gd", fork={"parent": "Momentum", "step": 3})
    assert np.array_equal(named[3].parameters[0], valley["Momentum"].parameters[3])


def test_a_step_may_be_any_kind_of_whole_number(valley):
    step = np.argmax(valley["Momentum"].loss[40:60]) + 40  # as it comes from NumPy
    fork = valley.with_fork("Momentum", step, gamma=0.5)["Momentum 2"]
    assert fork.steps[0] == step
    for method in (gdsim.Scene.with_fork, gdsim.Scene.step, gdsim.Scene.figure):  # as type checkers see it
        assert SupportsIndex in get_args(get_type_hints(method)["step"]) or (
            get_type_hints(method)["step"] is SupportsIndex
        )
    assert SupportsIndex in get_args(get_type_hints(gdsim.Scene.__getitem__)["run"])


def test_a_search_may_be_named_by_its_kind_alone(valley):
    named = valley.with_run(0, search="armijo")
    assert named == valley.with_run(0, search={"kind": "armijo"})
    assert named != valley


def test_a_figure_may_be_of_one_run(valley):
    assert valley.figure("Momentum").svg == valley.figure(["Momentum"]).svg
    assert valley.figure(1).svg == valley.figure([1]).svg


def test_a_figure_is_as_large_as_was_asked_for_with_the_names_of_its_runs(valley):
    for size, given in (((640, 520), (640, 520)), ((900, 400), (900, 400)), (None, (640, 500))):
        svg = valley.figure(size=size).svg
        width, height = given
        assert f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"' in svg
        assert all(0.0 < float(y) < height for y in re.findall(r'<text [^>]*?y="([-0-9.]+)"', svg))


def test_a_path_of_any_kind_is_that_of_its_file(valley, tmp_path):
    path = tmp_path / "valley.svg"
    path.write_text("", encoding="utf-8")
    (entry,) = os.scandir(tmp_path)  # a path that is printed otherwise
    valley.figure().save(entry)
    assert path.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("save", ["scene", "figure"])
def test_a_file_that_cannot_be_written_is_named_as_it_was_given(valley, tmp_path, save):
    path = tmp_path / "none" / "valley.svg"
    with pytest.raises(FileNotFoundError) as fault:
        (valley if save == "scene" else valley.figure()).save(path)
    assert fault.value.filename == str(path)


def test_a_function_takes_the_place_of_the_neuron(valley):
    scene = valley.with_keys(function=FUNCTION, points={"x": [0.0], "y": [0.0]}).with_run(
        0, eta=0.1, start=(1, 2)
    )
    w, b = 1.0, 2.0
    for row in scene[0].parameters[:30]:
        assert row == pytest.approx([w, b], rel=1e-12, abs=1e-15)
        w, b = w - 0.1 * (2 * w + b), b - 0.1 * (6 * b + w)
    corners = [w**2 + 3 * b**2 + w * b for w in (-2, 12) for b in (-14, 8)]
    assert scene.surface().loss.max() == pytest.approx(max(corners))
    assert (
        scene.with_keys(loss={"kind": "absolute"}, points={"x": [1], "y": [0]}).experiment.objective.loss
        == "absolute"
    )


@every(
    ("change", "words"),
    [
        (
            lambda scene: scene.with_run("Momentum", eta=-1),
            '"Momentum": hyperparameters.eta must be a positive number',
        ),
        (
            lambda scene: scene.with_run("Momentum", foo=1),
            "hyperparameters.foo is not a known key; the known keys are eta, gamma",
        ),
        (lambda scene: scene.with_run("Momentum", start=5), "start must be 2 numbers, w, b, not 5"),
        (lambda scene: scene.with_run("Momentum", start=(1, 2, 3)), "start must be 2 numbers, w, b, not ["),
        (lambda scene: scene.with_run("Momentum", schedule=None), 'schedule must be an object with a "kind"'),
        (lambda scene: scene.with_new_run("none"), "algorithm must be one of gd, momentum"),
        (
            lambda scene: scene.with_new_run("optax.adam"),
            '"new run": hyperparameters.learning_rate is missing: optax.adam has no default for it',
        ),
        (
            lambda scene: scene.with_new_run("gd", fork={"parent": "x", "step": 1}),
            "must be the name of one run",
        ),
        (lambda scene: scene.with_points([1], [1, 2]), "x and y must have the same length"),
        (lambda scene: scene.with_points([], []), "points must not be empty"),
        (lambda scene: scene.with_points([1, 2], [[0], [1]]), "and y (N,), not (2,) and (2, 1)"),
        (lambda scene: scene.with_points(1, 1), "and y (N,), not () and ()"),
        (
            lambda scene: scene.with_points([[1, 2], [3]], [0, 1]),
            "x must be numbers, as many in each row, not",
        ),
        (lambda scene: scene.with_points([1], ["a"]), "y must be numbers, as many in each row, not ['a']"),
        (lambda scene: scene.with_points([10**400], [1]), "x must be numbers, as many in each row, not [100"),
        (
            lambda scene: scene.check("Momentum", [[0, 6], [1]]),
            "the rows must be numbers, as many in each row",
        ),
        (
            lambda scene: scene.with_fork("Momentum", 3, start=(1, 2)),
            "start does not go with with_fork, which says where the run begins",
        ),
        (lambda scene: scene.with_points([1], [1], [2]), "validation must be a pair, x and y, not [2]"),
        (
            lambda scene: scene.with_points([[1, 2]], [1]).surface(fixed=[math.nan]),
            "fixed must be a number from",
        ),
        (lambda scene: scene.figure(step=-1), "step must be a whole number of at least 0, not -1"),
        (lambda scene: scene.check("Momentum", ""), "the text is empty"),
        (lambda scene: scene.with_keys(foo=1), "foo is not a known key"),
        (lambda scene: scene.with_keys(function="w +"), "function cannot be read"),
        (lambda scene: scene.step("Momentum", 0), "must be from 1 to 100, not 0"),
        (lambda scene: scene.step("Momentum", 101), "must be from 1 to 100, not 101"),
        (
            lambda scene: scene.with_fork("Momentum", 40).step("Momentum 2", 40),
            "must be from 41 to 100, not 40",
        ),
        (lambda scene: scene.figure(theme="blue"), "theme must be one of light, dark"),
        (lambda scene: scene.figure().save("map.png"), "its name must end in .svg: map.png"),
        (lambda scene: scene.figure(size=(100, 300)), "size must be from 240 to 8000"),
        (
            lambda scene: scene.figure(size=(500,)),
            "size must be from 240 to 8000 pixels, for width and height",
        ),
        (
            lambda scene: scene.figure(size=500),
            "size must be from 240 to 8000 pixels, for width and height, not 500",
        ),
        (
            lambda scene: scene.figure(size=(320, 240)),
            "size: the height must be 280 or more for a map and the names of its runs, not 240",
        ),
        (lambda scene: scene.figure(size=("a", "b")), "for width and height, not ('a', 'b')"),
        (lambda scene: scene.figure(size=[[1], [2, 3]]), "for width and height, not [[1], [2, 3]]"),
        (lambda scene: scene.figure(theme=["dark"]), "theme must be one of light, dark, not ['dark']"),
        (lambda scene: scene.with_points([1], [1], 5), "validation must be a pair, x and y, not 5"),
        (lambda scene: scene.with_points([1], [1], np.zeros(2)), "validation: x must have the shape"),
        (lambda scene: scene.with_points([1], [1], ([1], [1, 2])), "validation: x and y must have the same"),
        (
            lambda scene: scene.with_points([[1, 2]], [1]).surface(fixed="text"),
            "fixed must be numbers, as many in each row, not 'text'",
        ),
        (lambda scene: scene.with_points([[1, 2]], [1]).surface(fixed=5), "fixed must be 1 number, not 5"),
        (
            lambda scene: scene.with_run(0, hyperparameters=5, eta=0.5),
            '"Gradient descent": hyperparameters must be an object, not 5',
        ),
        (lambda scene: scene.with_run(0, start={1: 2}), '"Gradient descent": start."1" is not a known key'),
        (lambda scene: scene.save("a\0b"), "path must be the name of a file, not 'a\\x00b'"),
        (lambda scene: scene.with_points_from(""), "path must be the name of a file, not ''"),
        (lambda scene: scene.check("Momentum", "none.csv"), "none.csv does not exist"),
        (lambda scene: scene.check("Momentum", [1, 2]), "a row must have 2 numbers: w, b"),
        (lambda scene: scene.check("Momentum", np.empty((0, 2))), "there must be at least one step"),
        (
            lambda scene: scene.with_fork("Momentum", 9).check("Momentum 2", [[0, 6]]),
            "only a run from its start",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_line(valley, change, words):
    with pytest.raises(ValueError, match=re.escape(words)) as fault:
        change(valley)
    assert "\n" not in str(fault.value)


@every(
    ("change", "words"),
    [
        (lambda scene: scene.step("Momentum", 2.5), "step must be a whole number, not 2.5"),
        (lambda scene: scene.step("Momentum", 2, digits=True), "digits must be a whole number, not True"),
        (lambda scene: scene.figure(step="3"), "step must be a whole number, not '3'"),
        (lambda scene: scene.surface(grid=None), "grid must be a whole number, not None"),
        (lambda scene: scene.with_fork(0, [1]), "step must be a whole number, not [1]"),
        (
            lambda scene: scene.surface(grid=np.zeros((2, 1))),
            "grid must be a whole number, not array([[0.], [0.]])",
        ),
        (lambda scene: scene.save(5), "path must be the name of a file, not 5"),
        (lambda scene: scene.figure().save(None), "path must be the name of a file, not None"),
        (lambda scene: scene.with_points_from(b"a.csv"), "path must be the name of a file, not b'a.csv'"),
        (lambda scene: scene[True], "a run is its name or its place from 0, not True"),
    ],
)
def test_what_is_of_another_type_is_said_in_a_line(valley, change, words):
    with pytest.raises(TypeError, match=f"^{re.escape(words)}$"):
        change(valley)


# ------------------------------------------------------------------------------------- steps and checks


def test_a_step_is_worked_out_of_its_own_numbers():
    for name, run, step in (
        ("valley", "Momentum", 31),
        ("what-if", "Cleared", 93),
        ("own-rule", "Braked momentum", 5),
    ):
        scene = gdsim.open_scene(name)
        record, tree = scene[run], gdsim.open_scene(name).step(run, step).tree
        row = step - int(record.steps[0])
        assert (tree["step"], tree["loss_after"]) == (step, record.loss[row])
        for place, parameter in enumerate(tree["parameters"]):
            assert parameter["before"] == record.parameters[row - 1, place]
            assert parameter["after"] == record.parameters[row, place]
            assert parameter["lines"][-1]["value"] == record.parameters[row, place]
            assert all(
                set(line) == {"part", "symbols", "numbers", "result", "value"} for line in parameter["lines"]
            )
        json.dumps(tree, allow_nan=False)


def test_right_work_is_right_and_a_mistake_is_named():
    scene = gdsim.open_scene("first-neuron")
    right = scene["Gradient descent"].parameters[:12].round(6)
    assert scene.check("Gradient descent", right).is_right
    w, b, halved = -2.0, -2.0, [(-2.0, -2.0)]
    for _ in range(5):
        terms = []
        for x, y in zip(scene.x, scene.y, strict=True):
            f = 1.0 / (1.0 + math.exp(-(w * x + b)))
            terms.append((f - y) * f * (1 - f) * x), terms.append((f - y) * f * (1 - f))
        w, b = w - sum(terms[0::2]) / 2, b - sum(terms[1::2]) / 2
        halved.append((w, b))
    verdict = scene.check("Gradient descent", np.round(halved, 6))
    assert (verdict.is_right, verdict.wrong_step) == (False, 1)
    assert (
        "The gradient was divided by the number of points; the loss is a sum, not a mean."
        in verdict.sentences
    )
    assert str(verdict).splitlines() == list(verdict.sentences)


@every(
    ("name", "lines_and_settings"),
    in_turn(
        ["np", "math", "raised", "gradient", "state", "settings"],
        [
            (["{0}_t = gamma*{0} + eta*sqrt(abs(g))*g", "w_next = w - {0}_t"], []),
            (["{0} = eta*exp(-t)*g", "w_next = w - eta*g - {0}"], []),
            (["w_next = w - eta*{0}*g*exp(-1/t)"], ["{0}"]),
        ],
    ),
)
def test_own_names_have_no_other_meaning(valley, name, lines_and_settings):
    lines, settings = lines_and_settings
    rule = {
        "id": "mine",
        "lines": [line.format(name) for line in lines],
        "settings": [{"name": one.format(name), "default": 0.5} for one in settings],
    }
    scene = valley.with_keys(rules=[rule], runs=[{"algorithm": "mine", "epochs": 9}])
    assert scene.check(0, scene[0].parameters).is_right  # computed on arrays
    step = scene.step(0, 9, None)
    assert [one["after"] for one in step.tree["parameters"]] == scene[0].parameters[9].tolist()


def test_work_is_read_from_a_text_with_a_guess_told(valley):
    rows = valley["Momentum"].parameters[:6].tolist()
    lines = [f"{step},{w!r},{b!r}" for step, (w, b) in enumerate(rows)]
    verdict = valley.check("Momentum", "\n".join(["n,theta one,theta two", *lines]))
    assert verdict.is_right
    told = 'The columns were guessed: step from "n", w from "theta one", b from "theta two".'
    assert told in verdict.sentences
    plain = valley.check("Momentum", "\n".join(["step,w,b", *lines]))
    assert not any("guess" in sentence for sentence in plain.sentences)


def test_a_number_that_is_none_is_no_step_of_a_run(valley):
    rows = valley["Momentum"].parameters[:6].copy()
    rows[3] = np.nan
    assert valley.check("Momentum", rows).wrong_step == 3


def test_a_small_negative_value_is_written_as_zero_with_few_decimals(valley):
    assert -0.5 < valley["Gradient descent"].w[1] < 0.0
    assert "it should be w = 0, b = 6," in valley.check(0, [[0, 6], [1, 1]]).sentences[0]


def test_a_figure_draws_what_its_scene_draws():
    plain = gdsim.open_scene("valley")
    before = plain.figure(["Momentum"], step=20).svg
    for key, value, named in (
        ("field", True, "<title>gradient field</title>"),
        ("cut", "down", "<title>cut</title>"),
        ("cut", 30, "<title>cut</title>"),
        ("lens", True, "<title>curvature, λ = "),
    ):
        drawn = plain.with_keys(**{key: value}).figure(["Momentum"], step=20).svg
        assert named in drawn
        assert named not in before
    # Without a run there is no place at which the curvature is.
    assert "curvature" not in plain.with_keys(lens=True, cut="w").figure([]).svg
