"""gdsim step and gdsim check, and points from a table for gdsim run."""

import json
import re

import numpy as np
import pytest

import gdsim
from gdsim.core.analysis.update import update_of
from gdsim.core.analysis.worked import worked
from gdsim.core.analysis.worked_text import as_latex, as_markdown, as_text
from tests.core.records import scene, scene_records
from tests.every import every

MISTAKE = "The gradient was divided by the number of points; the loss is a sum, not a mean."


def step_of(name, run, step, digits):
    experiment = scene(name)
    index = [one.name for one in experiment.runs].index(run)
    one = experiment.runs[index]
    record = scene_records(name)[run]
    return worked(update_of(experiment, one, record, step - experiment.clock(one).first), digits)


@pytest.fixture
def written(tmp_path):
    """Return a function that writes some rows of a run as a table, with so many decimals."""

    def write(name, run, rows=8, decimals=6, wrong=None):
        p = scene_records(name)[run].p[:rows].round(decimals)
        if wrong is not None:
            p[wrong] += 0.5
        path = tmp_path / "work.csv"
        lines = [
            ",".join([str(step), *(f"{one:.{decimals}f}" for one in row)])
            for step, row in enumerate(p.tolist())
        ]
        names = ["w", "b"] if p.shape[1] == 2 else [*(f"w{place}" for place in range(1, p.shape[1])), "b"]
        path.write_text("\n".join([",".join(["step", *names]), *lines]) + "\n")
        return path

    return write


# ------------------------------------------------------------------------------------- step


@every(
    ("name", "run", "step"),
    [
        ("valley", "Momentum", 31), ("nesterov", "Nesterov", 2), ("mini-batch", "", 7),
        ("four-inputs", "", 1), ("what-if", "A tenth of η", 120),
        ("own-rule", "Braked momentum", 9), ("sam", "", 3),
    ],
)  # fmt: skip
def test_a_step_is_printed_as_the_window_copies_it(gdsim_, name, run, step):
    run = run or next(iter(scene_records(name)))
    for option, write in (("", as_text), ("--markdown", as_markdown), ("--latex", as_latex)):
        for digits in ("6", "7", "all"):
            code, out, err = gdsim_(
                "step", name, "--run", run, "--step", step, "--digits", digits, *filter(None, [option])
            )
            assert (code, err) == (0, "")
            assert out == write(step_of(name, run, step, None if digits == "all" else int(digits)))


@pytest.mark.parametrize(("name", "run", "step"), [("valley", "Nesterov", 31), ("what-if", "Cleared", 93)])
def test_as_json_each_line_has_letters_numbers_and_its_value(gdsim_, name, run, step):
    code, out, _ = gdsim_("step", name, "--run", run, "--step", step, "--json", "--digits", "3")
    tree, one = json.loads(out), step_of(name, run, step, 3)
    assert code == 0
    assert (tree["run"], tree["step"], tree["points"]) == (run, step, [1, 2])
    assert [rate["value"] for rate in tree["rates"]] == [rate.value for rate in one.rates]
    for parameter, wanted in zip(tree["parameters"], one.parameters, strict=True):
        assert parameter["name"] == wanted.name
        for line, own in zip(parameter["lines"], wanted.lines, strict=True):
            assert (line["symbols"], line["numbers"], line["result"]) == (
                own.symbols,
                own.numbers,
                own.result,
            )
            assert line["value"] == own.value  # to the last bit
    p, q = tree["parameters"], scene_records(name)[run].p
    row = step - scene(name).clock(next(r for r in scene(name).runs if r.name == run)).first
    assert [one["after"] for one in p] == q[row].tolist()


def test_what_is_no_number_is_null(gdsim_, tmp_path):
    path = tmp_path / "own.json"
    rule = {
        "id": "mine",
        "title": "Mine",
        "lines": ["far = 1 / (g - g)", "w_next = w - eta*g + min(0*w, 1/far)"],
    }
    tree = {
        "gdsim": 1,
        "points": {"x": [1], "y": [0]},
        "rules": [rule],
        "runs": [{"algorithm": "mine", "epochs": 3}],
    }
    path.write_text(json.dumps(tree))
    code, out, err = gdsim_("step", path, "--step", "1", "--json")
    assert (code, err) == (0, "note: Mine is a rule of this scene, not of gdsim\n")
    lines = json.loads(out)["parameters"][0]["lines"]
    assert [line["value"] for line in lines if "far" in line["symbols"].split(" = ")[0]] == [None]


def test_a_link_is_worked_out_and_checked(gdsim_, written):
    link = gdsim.open_scene("valley").link
    assert gdsim_("step", link, "--run", "Momentum", "--step", 3) == gdsim_(
        "step", "valley", "--run", "Momentum", "--step", 3
    )
    code, out, _ = gdsim_("check", link, "--run", "Momentum", written("valley", "Momentum"))
    assert (code, out.splitlines()[0]) == (0, "All 8 rows are right, to the decimals given.")
    code, out, _ = gdsim_("run", link)
    assert (code, out) == gdsim_("run", "valley")[:2]
    own = gdsim.open_scene("own-rule").link
    assert "note: Braked momentum is a rule of this scene" in gdsim_("run", own)[2]
    assert gdsim_("export", link, "--script", "-")[:2] == gdsim_("export", "valley", "--script", "-")[:2]


WITHOUT_RUNS = gdsim.open_scene("valley").with_keys(runs=[]).link


@every(
    ("arguments", "words"),
    [
        ((WITHOUT_RUNS, "--step", "1"), "gdsim step: the scene has no run"),
        ((WITHOUT_RUNS, "--run", "x", "--step", "1"), 'no run has the name "x"; the scene has none'),
        (
            ("valley", "--step", "3"),
            'gdsim step: --run is needed; the runs are "Gradient descent", "Momentum" and "Nesterov"',
        ),
        (("valley", "--run", "x", "--step", "3"), 'gdsim step: no run has the name "x"; the runs are'),
        (("valley", "--run", "momentum", "--step", "0"), "must be from 1 to 100, not 0"),
        (("valley", "--run", "momentum", "--step", "101"), "must be from 1 to 100, not 101"),
        (("what-if", "--run", "Cleared", "--step", "92"), "must be from 93 to 200, not 92"),
        (("valley", "--run", "momentum", "--step", "-1"), "must be a whole number of at least 0"),
        (("none", "--step", "1"), "none: no such scene or file"),
        (("gdsim:1,abc", "--step", "1"), "the link is"),
        (("valley", "--step", "1", "--digits", "0"), "must be a whole number from 1 to 17, or all, not '0'"),
    ],
)
def test_a_step_that_cannot_be_printed(refused, arguments, words):
    assert words in refused("step", *arguments)


# ------------------------------------------------------------------------------------- check


@pytest.mark.parametrize(
    ("name", "run"),
    [("valley", "Momentum"), ("mini-batch", None), ("own-rule", "Braked momentum"), ("four-inputs", None)],
)
def test_right_work_ends_with_0_and_wrong_work_with_1(gdsim_, written, name, run):
    run = run or next(iter(scene_records(name)))
    code, out, err = gdsim_("check", name, "--run", run, written(name, run))
    assert (code, err) == (0, "")
    assert out.startswith("All 8 rows are right, to the decimals given.\n")
    code, out, err = gdsim_("check", name, "--run", run, written(name, run, wrong=3))
    assert (code, err) == (1, "")
    assert out.startswith("Step 3 is the first that differs: it should be w")


def test_the_mistake_is_named(gdsim_, tmp_path):
    points, (w, b), eta = [(0.5, 0.2), (2.5, 0.9)], (-2.0, -2.0), 1.0
    rows = ["step,w,b", f"0,{w},{b}"]
    for step in range(1, 6):
        slopes = [(x, 1 / (1 + np.exp(-(w * x + b))), y) for x, y in points]
        w -= eta * sum((f - y) * f * (1 - f) * x for x, f, y in slopes) / 2
        b -= eta * sum((f - y) * f * (1 - f) for x, f, y in slopes) / 2
        rows.append(f"{step},{w:.6f},{b:.6f}")
    path = tmp_path / "work.csv"
    path.write_text("\n".join(rows))
    code, out, _ = gdsim_("check", "first-neuron", "--run", "gradient descent", path)
    assert code == 1
    assert MISTAKE in out.splitlines()


def test_rows_that_are_not_checked_are_told(gdsim_, written):
    path = written("valley", "Momentum")
    path.write_text(path.read_text() + "".join(f"{step},1.000000,1.000000\n" for step in range(101, 104)))
    code, out, _ = gdsim_("check", "valley", "--run", "momentum", path)
    assert code == 0
    assert "3 rows after step 7 are not checked: the run ends before them." in out.splitlines()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "work.csv does not exist."),
        ("step,w\n0,0\n", 'work.csv has no column b; it has "step", "w".'),
        ("step,w,b\n0,0,6\n0,1,2\n", "has step 0 a second time"),
        ("step,w,b\n500,0,6\n", "gdsim check: this run has 100 steps, and none of them is in the table"),
    ],
)
def test_work_that_cannot_be_read_ends_with_2(refused, tmp_path, content, words):
    path = tmp_path / "work.csv"
    if content is not None:
        path.write_text(content)
    assert words in refused("check", "valley", "--run", "Momentum", path)


def test_a_run_that_left_another_one_is_not_judged(refused, written):
    said = refused("check", "what-if", "--run", "Cleared", written("valley", "Momentum"))
    assert (
        said == "gdsim check: “Cleared” continues from “Momentum” at step 92; "
        "only a run from its start can be checked"
    )


def test_what_a_table_says_does_not_steer_the_terminal(gdsim_, tmp_path):
    path = tmp_path / "work.csv"
    path.write_text('run,step,w,b\n"\x1b[31m",0,0,6\n')
    code, out, _ = gdsim_("check", "valley", "--run", "Momentum", path)
    assert code == 0
    assert "\x1b" not in out


# ------------------------------------------------------------------------------------- points from a table


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "points.csv"
        path.write_text(text)
        return path

    return write


def test_points_of_a_table_take_the_place_of_the_scenes(gdsim_, table):
    path = table("hours,passed,role\n1,0.1,train\n2,0.8,train\n3,0.9,val\n")
    code, out, err = gdsim_("run", "valley", "--points", path, "--csv", "-")
    assert (code, err) == (0, 'note: 2 points, 1 more for validation: x from "hours", y from "passed"\n')
    own = gdsim.open_scene("valley").with_points([1, 2], [0.1, 0.8])
    last = [line for line in out.splitlines() if line.startswith("Momentum,")][-1].split(",")
    assert float(last[3]) == own["Momentum"].w[-1]
    start = next(line for line in out.splitlines() if line.startswith("Momentum,0,")).split(",")
    loss = 0.5 * sum((1 / (1 + np.exp(-(0 * x + 6))) - y) ** 2 for x, y in ((1, 0.1), (2, 0.8)))
    assert float(start[5]) == pytest.approx(loss, rel=1e-12)


def test_one_point_is_one(gdsim_, table):
    code, _, err = gdsim_("run", "valley", "--points", table("x,y\n1,2\n"))
    assert (code, err) == (0, 'note: 1 point: x from "x", y from "y"\n')


def test_more_inputs_give_the_runs_more_weights(gdsim_, table):
    code, out, err = gdsim_("run", "what-if", "--points", table("x1;x2;y\n1,5;2;0,1\n2;1,5;0,7\n"))
    assert (code, err) == (0, 'note: 2 points: x from "x1", "x2", y from "y"\n')
    for line in out.splitlines()[1:]:
        assert len(re.split(r"\s{2,}", line)[3].split()) == 2


def test_a_function_takes_slopes_from_a_table(gdsim_, table, tmp_path):
    path = tmp_path / "function.json"
    path.write_text(
        json.dumps({"gdsim": 1, "function": "w**2 + b**2", "runs": [{"algorithm": "gd", "epochs": 1}]})
    )
    code, out, _ = gdsim_("run", path, "--points", table("x,y\n1,0\n3,2\n"), "--csv", "-")
    assert code == 0
    loss = [float(line.split(",")[5]) for line in out.splitlines()[1:]]
    assert loss[0] == pytest.approx(4 + 4 - 2 * 2 - 2 * 1)  # at (-2, -2), with mean slopes 2 and 1
    assert gdsim_("run", path, "--points", table("x1,x2,y\n1,2,3\n"))[0] == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "x,y,role\n1,2,val\n",
            "points.csv: No point is left for training: all are set aside for validation.",
        ),
        ("", "points.csv holds no numbers."),
    ],
)
def test_points_that_cannot_be_read(refused, table, text, words):
    assert words in refused("run", "valley", "--points", table(text))


def test_the_table_is_not_overwritten(refused, table):
    path = table("x,y\n1,0.5\n")
    assert "cannot be written" in refused("run", "valley", "--points", path, "--csv", path)
    assert path.read_text() == "x,y\n1,0.5\n"
    assert "does not exist" in refused("run", "valley", "--points", path.with_name("none.csv"))
