"""The command line's contract."""

import csv
import errno
import gzip
import io
import json
import lzma
import os
import signal
import subprocess
import sys
import zipfile
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import gdsim
from gdsim import cli
from gdsim.cli import command, main, recording
from gdsim.core.analysis.series import CurveKind
from gdsim.core.files import record_csv
from gdsim.core.files.bundled import BUNDLED_SCENES, bundled_scenes, find_scene
from gdsim.core.files.link import link_of
from gdsim.core.files.scene import load_scene
from gdsim.core.formulas.numerals import number
from gdsim.core.handin.answer_file import ANSWER_FILE_ENDING, write_answers
from gdsim.core.lessons.view import PAGES
from gdsim.core.resources import resource
from gdsim.core.rules.catalogue import LECTURE_RULES, RULES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.core.files.scene_faults import good
from tests.core.handin.students import handed_in
from tests.core.records import scene, scene_records
from tests.every import every
from tests.gui.forked import forked

# What any rule of the lecture remembers.
LETTERS = list(
    dict.fromkeys(letter for rule in LECTURE_RULES.values() for letter in rule().update_rule.letters)
)
QT = ("PySide6", "shiboken6", "pyqtgraph", "OpenGL", "PIL", "ziamath")


@pytest.fixture
def scene_file(tmp_path):
    """Return a function that writes a scene file."""

    def write(runs, points=None, name="own.json", **more):
        path = tmp_path / name
        points = points or {"x": [0.5, 2.5], "y": [0.2, 0.9]}
        path.write_text(json.dumps({"gdsim": 1, "points": points, "runs": runs} | more))
        return path

    return write


def _header(*parameters):
    state = [f"{letter}_{name}" for letter in LETTERS for name in parameters]
    gradient = [f"grad_{name}" for name in parameters]
    return ",".join(["run", "step", "epoch", *parameters, "loss", "eta", "gamma", *gradient, *state])


HEADER = _header("w", "b")


def _rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def _gd(**more):
    return {"algorithm": "gd", "epochs": 3} | more


# ------------------------------------------------------------------------------------- the table


def test_run_prints_a_table(gdsim_):
    code, out, err = gdsim_("run", "first-neuron")
    assert (code, err) == (0, "")
    head, *lines = out.splitlines()
    assert head.split() == ["run", "algorithm", "steps", "w", "b", "loss", "outcome"]
    assert lines[0].split("  ")[0] == "Gradient descent"
    for line, record in zip(lines, scene_records("first-neuron").values(), strict=True):
        assert "1000" in line
        for value in (*record.p[-1], record.loss[-1]):
            assert f" {number(float(value), 6)} " in line
        assert line.endswith("Finished after 1,000 steps.")


def test_the_table_counts_the_steps_that_were_recorded(gdsim_, scene_file):
    schedule = {"kind": "step", "factor": 1e60, "every": 1}
    path = scene_file([_gd(epochs=50, schedule=schedule), _gd(epochs=1)])
    code, out, _ = gdsim_("run", path)
    assert code == 0
    first, second = (line.split() for line in out.splitlines()[1:])
    assert first[2:4] == ["gd", "6"]
    assert out.splitlines()[1].endswith("Diverged at step 7: a number became infinite or undefined.")
    assert second[2:4] == ["gd", "1"]


def test_a_run_that_diverges_at_once_has_its_start_in_the_table(gdsim_, scene_file):
    points = {"x": [1e10], "y": [0.9]}
    path = scene_file([_gd(hyperparameters={"eta": 1e300}, start={"w": 0, "b": 0})], points)
    code, out, _ = gdsim_("run", path)
    assert code == 0
    assert out.splitlines()[1].split()[2:7] == ["gd", "0", "0", "0", "0.08"]


def test_a_scene_without_runs_has_an_empty_table(gdsim_, scene_file):
    code, out, _ = gdsim_("run", scene_file([]))
    assert code == 0
    assert len(out.splitlines()) == 1


def test_a_long_name_does_not_widen_the_table(gdsim_, scene_file):
    _, out, _ = gdsim_("run", scene_file([_gd(name="first" + "x" * 9000 + "last"), _gd(name="short")]))
    head, long, short = out.splitlines()
    assert len(head) < 130
    assert long.startswith(f"first{'x' * 25}…{'x' * 26}last  gd ")
    assert short.startswith("short ")


def test_names_do_not_steer_the_terminal(gdsim_, scene_file):
    _, out, _ = gdsim_("run", scene_file([_gd(name="red\x1b[31m\nline")]))
    assert r"red\x1b[31m line" in out.splitlines()[1]


# --------------------------------------------------------------------------------------- the CSV


@every("name", ["sparse", "mini-batch", "stochastic"])
def test_every_row_in_full_precision(gdsim_, name):
    code, out, _ = gdsim_("run", name, "--csv", "-")
    assert code == 0
    rows = _rows(out)
    for run, record in scene_records(name).items():
        mine = [row for row in rows if row["run"] == run]
        assert [int(row["step"]) for row in mine] == list(range(len(record.loss)))
        for key, column in (("w", record.p[:, 0]), ("b", record.p[:, 1]), ("loss", record.loss)):
            assert [row[key] for row in mine] == [repr(value) for value in column.tolist()]
        for key, column in (
            ("eta", record.eta),
            ("grad_w", record.gradient[:, 0]),
            ("grad_b", record.gradient[:, 1]),
        ):
            assert mine[0][key] == ""
            assert [row[key] for row in mine[1:]] == [repr(value) for value in column[1:].tolist()]


def test_row_0_is_the_start_and_has_no_update(gdsim_):
    _, out, _ = gdsim_("run", "valley", "--csv", "-")
    for row in _rows(out):
        if row["step"] == "0":
            assert (row["w"], row["b"], row["epoch"]) == ("0.0", "6.0", "0")
            assert {row[key] for key in HEADER.split(",")[6:]} == {""}


def test_row_k_has_the_gradient_rate_and_state_of_update_k(gdsim_, scene_file):
    """Momentum, checked by hand: v = gamma v + eta g, then w - v."""
    run = {"algorithm": "momentum", "hyperparameters": {"eta": 0.5, "gamma": 0.8}, "epochs": 20}
    _, out, _ = gdsim_("run", scene_file([run]), "--csv", "-")
    rows = [{key: float(value or "nan") for key, value in row.items() if key != "run"} for row in _rows(out)]
    rows[0] |= {"v_w": 0.0, "v_b": 0.0}
    for before, row in pairwise(rows):
        assert (row["eta"], row["gamma"]) == (0.5, 0.8)
        for key in "wb":
            assert row[f"v_{key}"] == 0.8 * before[f"v_{key}"] + 0.5 * row[f"grad_{key}"]
            assert row[key] == before[key] - row[f"v_{key}"]


def test_cells_that_a_rule_does_not_have_are_empty(gdsim_):
    _, out, _ = gdsim_("run", "another-start", "--csv", "-")
    rules = {run.name: run.optimizer for run in scene("another-start").runs}
    letters = {name: rule.update_rule.letters for name, rule in rules.items()}
    assert {len(each) for each in letters.values()} == {0, 1, 2}
    for row in _rows(out):
        if row["step"] == "1":
            assert bool(row["gamma"]) == rules[row["run"]].has_momentum
            filled = [letter for letter in LETTERS if row[f"{letter}_w"] and row[f"{letter}_b"]]
            assert sorted(filled) == sorted(letters[row["run"]])


def test_the_epoch_counts_finished_passes(gdsim_, scene_file):
    points = {"x": [1, 2, 3], "y": [0, 1, 0]}
    _, out, _ = gdsim_(
        "run", scene_file([_gd(regime={"kind": "mini-batch", "size": 2})], points), "--csv", "-"
    )
    assert [row["epoch"] for row in _rows(out)] == ["0", "0", "1", "1", "2", "2", "3"]


def test_more_than_one_input_in_the_csv(gdsim_, scene_file):
    points = {"x": [[1, 2, 3], [4, 5, 6]], "y": [0.2, 0.8]}
    start = {"w": [0.5, 0.25, -1], "b": 2}
    _, out, _ = gdsim_(
        "run", scene_file([{"algorithm": "adam", "epochs": 2, "start": start}], points), "--csv", "-"
    )
    names = ("w1", "w2", "w3", "b")
    assert out.splitlines()[0] == _header(*names)
    first, second, _ = _rows(out)
    assert [first[key] for key in names] == ["0.5", "0.25", "-1.0", "2.0"]
    assert all(second[f"{column}_{name}"] for column in ("grad", "v", "m") for name in names)


def test_a_csv_file_is_the_same_text_and_the_table_comes_too(gdsim_, tmp_path):
    path = tmp_path / "out.csv"
    code, table, _ = gdsim_("run", "valley", "--csv", path)
    assert code == 0
    assert "Finished after 100 steps." in table
    _, out, _ = gdsim_("run", "valley", "--csv", "-")
    assert path.read_bytes() == out.encode()
    assert list(tmp_path.iterdir()) == [path]


def test_many_chunks_give_the_same_rows(gdsim_, scene_file, monkeypatch):
    path = scene_file([_gd(epochs=40, regime={"kind": "stochastic", "shuffle": True})])
    _, whole, _ = gdsim_("run", path, "--csv", "-")
    monkeypatch.setattr(record_csv, "_WORK_AT_ONCE", 14)
    assert gdsim_("run", path, "--csv", "-")[1] == whole


# ------------------------------------------------------------------------- what cannot be written


@pytest.mark.parametrize(
    ("target", "reason"),
    [("missing/out.csv", "No such file or directory"), (".", "it is a folder"), ("own.json/out.csv", "")],
)
def test_a_csv_that_cannot_be_written(refused, scene_file, tmp_path, target, reason):
    path = scene_file([_gd()])
    line = refused("run", path, "--csv", tmp_path / target)
    assert line.startswith(f"{tmp_path / target}: cannot be written: {reason}")


@pytest.mark.parametrize("spelled", ["own.json", "../{folder}/own.json", "link.json"])
def test_the_scene_is_not_written_over(refused, scene_file, tmp_path, spelled):
    path = scene_file([_gd()])
    (tmp_path / "link.json").symlink_to(path)
    before, target = path.read_bytes(), tmp_path / spelled.format(folder=tmp_path.name)
    line = refused("run", path, "--csv", target)
    assert line == f"{target}: cannot be written: it is the scene itself"
    assert path.read_bytes() == before


def test_an_old_csv_is_kept_when_writing_fails(refused, scene_file, tmp_path, monkeypatch):
    path = tmp_path / "out.csv"
    path.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(record_csv, "write_rows", full)
    line = refused("run", scene_file([_gd()]), "--csv", path)
    assert line == f"{path}: cannot be written: No space left on device"
    assert path.read_text() == "old"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out.csv", "own.json"]


def test_an_old_csv_is_kept_when_the_computation_is_interrupted(gdsim_, scene_file, tmp_path, monkeypatch):
    path = tmp_path / "out.csv"
    path.write_text("old")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(record_csv, "write_rows", interrupted)
    assert gdsim_("run", scene_file([_gd()]), "--csv", path) == (130, "", "Stopped.\n")
    assert path.read_text() == "old"


# ------------------------------------------------------------------------------- faults in scenes


def test_the_line_of_the_contract(refused, scene_file):
    path = scene_file([_gd(hyperparameters={"eta": -1})], name="valley.json")
    line = "valley.json: runs[0].hyperparameters.eta must be a positive number, not -1"
    assert refused("run", path) == line
    assert refused(path) == line
    assert refused("record", path, path.with_name("out.png")) == line


def test_a_missing_file_a_folder_and_no_text(refused, tmp_path):
    assert refused("run", tmp_path / "none.json") == "none.json: no such scene or file"
    assert refused("no-such-scene") == "no-such-scene: no such scene or file"
    assert refused("run", tmp_path) == f"{tmp_path.name}: is a folder, not a scene file"
    assert refused("run", ".") == ".: is a folder, not a scene file"
    (tmp_path / "latin.json").write_bytes(b'{"title": "\xe9"}')
    told = refused("run", tmp_path / "latin.json")
    assert told == "latin.json: is not a text file in UTF-8; an editor can save it in that encoding"
    long = "x" * 5000
    for arguments in ([long], ["run", long], ["lesson", "check", long], ["run", "valley", "--csv", long]):
        told = refused(*arguments)
        assert told.startswith("xxx")
        assert "…xxx" in told
        assert told.endswith("File name too long")
        assert len(told) < 300
    assert len(refused("run", "valley", "--steps", long)) < 1100


@pytest.mark.parametrize("blank", ["", "  \n"])
def test_an_empty_file_is_called_empty(refused, tmp_path, blank):
    (tmp_path / "empty.json").write_text(blank)
    for command_ in (["run"], ["lesson", "check"]):
        assert refused(*command_, tmp_path / "empty.json") == "empty.json: is empty"


def test_a_packed_file_is_to_be_unpacked(refused, tmp_path):
    text = bundled_scenes()["valley"].read_bytes()
    with zipfile.ZipFile(tmp_path / "zip.json", "w") as archive:
        archive.writestr("valley.json", text)
    for name, pack in {"gz.json": gzip.compress, "xz.json": lzma.compress}.items():
        (tmp_path / name).write_bytes(pack(text))
        assert "is a packed file; unpack it first" in refused("run", "valley", "--points", tmp_path / name)
    for path in tmp_path.iterdir():
        for command_ in (["run"], ["lesson", "check"]):
            assert refused(*command_, path) == f"{path.name}: is a packed file; unpack it first"


def test_a_picture_is_opened_otherwise(refused):
    told = refused("run", resource("help", "pictures", "save.png"))
    assert told == "save.png: is a picture; gdsim --open shows the scene that is in it"


def test_a_file_that_is_too_large_is_not_read(refused, tmp_path):
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(200_000_001)
    assert refused("run", path) == "large.json: is larger than 200 MB"


def test_an_odd_file_name_stays_on_one_line(refused):
    assert refused("run", "two\nlines\x1b[31m.json") == r"two\nlines\x1b[31m.json: no such scene or file"


# ---------------------------------------------------------------------------- faults in arguments


@every(
    ("arguments", "words"),
    [
        (["run", ""], "gdsim run: argument scene: must not be empty"),
        (["run", "valley", "--csv", ""], "gdsim run: argument --csv: must not be empty"),
        (["record", "", "out.png"], "gdsim record: argument scene: must not be empty"),
        ([""], "gdsim: argument scene: must not be empty"),
        (["valley", "two\nlines"], r"gdsim: unrecognized arguments: two lines"),
        (
            ["record", "valley", "out.jpg"],
            "argument out: must end in .png, .gif, .apng, .webp or .mp4, not 'out.jpg'",
        ),
        (["record", "valley", "no/such/out.png"], "argument out: there is no folder 'no/such'"),
        (["record", "valley", "x" * 300 + "/out.png"], "argument out: there is no folder 'xxx"),
        (
            ["record", "valley", "out.png", "--size", "big"],
            "argument --size: must be like 1440x900, not 'big'",
        ),
        (["record", "valley", "out.png", "--size", "100x100"], "must be from 1280x720 to 7680x4320"),
        (["record", "valley", "out.png", "--size", "1" * 5000 + "x900"], "must be like 1440x900"),
        (
            ["record", "valley", "out.png", "--size", "\u0661\u0664\u0664\u0660x\u0669\u0660\u0660"],
            "must be like 1440x900",
        ),
        (["record", "valley", "out.png", "--run", "Adam"], 'gdsim record: no run has the name "Adam"'),
        (
            ["record", "valley", "out.png", "--step", "1.5"],
            "argument --step: must be a whole number of at least 0",
        ),
        (["record", "valley", "out.png", "--step", "9" * 5000], "argument --step: must be a whole number"),
        (["record", "valley", "out.gif", "--step", "3"], "gdsim record: --step goes with a .png"),
    ],
)
def test_faults_in_arguments(refused, arguments, words):
    assert words in refused(*arguments)


def test_help_and_version(capsys):
    for arguments in (
        ["--help"],
        ["run", "--help"],
        ["record", "--help"],
        ["scenes", "-h"],
        ["algorithms", "-h"],
    ):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
        assert "usage: gdsim" in capsys.readouterr().out


@pytest.mark.usefixtures("qapp")
def test_the_versions_of_all_parts_and_the_surface_are_told(capsys):
    assert main(["--version"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"gdsim {gdsim.__version__}"
    assert f"NumPy {np.__version__}" in lines[1]
    assert all(part in lines[1] for part in ("Python", "Qt", "PySide6", "pyqtgraph", "PyOpenGL", "Pillow"))
    assert lines[-3].startswith(("Surface: OpenGL, ", "Surface: painted, without OpenGL"))


@pytest.mark.usefixtures("qapp")
def test_where_settings_and_errors_are_kept_is_told(capsys):
    from gdsim.gui.preferences import settings_file

    assert main(["--version"]) == 0
    settings, errors = capsys.readouterr().out.splitlines()[-2:]
    assert settings == f"Settings: {settings_file()}"
    assert errors.startswith("Errors: ")
    assert errors.endswith(str(Path("logs", "errors.log")))


def test_without_qt_the_version_is_told_all_the_same(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "gdsim.gui.runtime.boot", None)
    assert main(["--version"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"gdsim {gdsim.__version__}"
    assert "the window needs a library that is missing" in lines[-1]


# ----------------------------------------------------------------------------------------- lists


def test_scenes(gdsim_):
    code, out, _ = gdsim_("scenes")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["scene", *BUNDLED_SCENES]
    code, out, _ = gdsim_("scenes", "--json")
    assert code == 0
    scenes = json.loads(out)
    assert [entry["name"] for entry in scenes] == list(BUNDLED_SCENES)
    assert all(entry["title"] and entry["about"] for entry in scenes)


def test_algorithms(gdsim_):
    known = RULES | SECOND_ORDER_RULES
    code, out, _ = gdsim_("algorithms")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["algorithm", *known]
    assert "eta 0.1, beta1 0.9, beta2 0.999, eps 1e-08, bias_correction true" in out
    code, out, _ = gdsim_("algorithms", "--json")
    assert code == 0
    rules = {entry["id"]: entry for entry in json.loads(out)}
    assert list(rules) == list(known)
    for name, rule in known.items():
        defaults = {key: value["default"] for key, value in rules[name]["hyperparameters"].items()}
        assert defaults == {setting.name: setting.default for setting in rule.settings}
        assert rules[name]["state"] == list(rule().update_rule.letters)


# ------------------------------------------------------------------------------------- the window


@pytest.fixture
def window(monkeypatch):
    """Put a recorder of calls in the place of the window."""
    calls = []
    app = SimpleNamespace(
        open_window=lambda *given, **named: calls.append((given, named)) or 0,
        record=lambda *given, **named: calls.append((given, named)),
        WindowLook=lambda **look: look,
    )
    monkeypatch.setattr(cli, "import_gui", lambda _module="app": app)
    monkeypatch.setattr(recording, "import_gui", lambda _: app)
    return calls


def test_the_window_opens_with_a_scene(gdsim_, window):
    assert gdsim_() == (0, "", "")
    assert gdsim_("valley", "--no-opengl") == (0, "", "")
    (first, opengl), (second, painted) = window
    assert first[0].title == "The first neuron"
    assert second[0].title == "The valley"
    usual = {"lesson": None, "asked_for": [], "restore": False}
    assert (opengl, painted) == ({"opengl": True, **usual}, {"opengl": False, **usual})
    assert (first[1], second[1]) == (None, None)  # a bundled scene is no file of the person's


def test_a_bundled_scene_is_no_file_of_the_persons_by_its_title_either(gdsim_, window):
    assert gdsim_("The valley") == (0, "", "")
    ((given, _),) = window
    assert (given[0].title, given[1]) == ("The valley", None)


def test_the_window_opens_a_file_as_a_document(gdsim_, window, tmp_path):
    path = tmp_path / "my scene ä.json"
    path.write_text(json.dumps(good()), encoding="utf-8")
    assert gdsim_(path) == (0, "", "")
    ((given, _),) = window
    assert (given[0].title, given[1]) == ("The valley", path)


def test_a_desktop_opens_a_file_and_the_window_tells_what_is_wrong_with_it(gdsim_, window, tmp_path):
    assert gdsim_("--open", tmp_path / "broken.json") == (0, "", "")
    assert gdsim_("--open") == (0, "", "")  # started from the menu, without a file
    (first, named), (_, without) = window
    assert (first[0].title, first[1]) == ("The first neuron", None)
    assert (named["asked_for"], without["asked_for"]) == ([str(tmp_path / "broken.json")], [])


def test_without_a_terminal_the_window_tells_what_is_wrong_with_a_file(window, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    assert main([str(tmp_path / "none.json")]) == 0
    assert main(["valley"]) == 0
    (_, first), (second, named) = window
    assert first["asked_for"] == [str(tmp_path / "none.json")]
    assert (second[0].title, named["asked_for"]) == ("The valley", [])


def test_whatever_has_no_faults_opens_alike_with_and_without_a_terminal(window, tmp_path, monkeypatch):
    scene, other = tmp_path / "scene.json", tmp_path / "other.json"
    lesson, broken = tmp_path / "course.json", tmp_path / "broken.json"
    scene.write_text(json.dumps(good()), encoding="utf-8")
    lesson.write_text(resource("lessons", "first-sheet.json").read_text(encoding="utf-8"), encoding="utf-8")
    broken.write_text("{", encoding="utf-8")
    asked = [str(scene), "--open", str(other), "--lesson"]
    assert main([*asked, str(lesson)]) == 0
    monkeypatch.setattr(sys, "stderr", None)
    assert (
        main([*asked, str(lesson)])
        == main([*asked, str(broken)])
        == main(["gdsim:2,abc", *asked[1:], "lecture"])
        == 0
    )
    with_one, without, (given, named), (_, after_link) = window
    assert with_one == without
    assert (without[0][1], without[1]["lesson"].key) == (scene, str(lesson))
    assert (given[1], named["lesson"], named["asked_for"]) == (scene, None, [str(broken), str(other)])
    assert after_link["asked_for"] == ["gdsim:2,abc", str(other)]


@pytest.fixture
def handed_over(monkeypatch):
    """Put a list in the place of the window that is open; return it, and whether it takes anything."""
    taken, willing = [], [False]

    def hand_over(text):
        taken.append(text)
        return willing[0]

    monkeypatch.setattr(cli, "hand_over", hand_over)
    return taken, willing


@pytest.mark.parametrize("option", [(), ("--open",)])
def test_a_link_is_shown_by_a_window_before_it_opens(gdsim_, window, handed_over, option):
    link = link_of(load_scene(find_scene("valley")))
    assert gdsim_(*option, link) == (0, "", "")
    ((first, named),) = window
    assert (first[0].title, first[1]) == ("The first neuron", None)
    assert named["asked_for"] == [link]
    assert handed_over[0] == [link]


@pytest.mark.parametrize("option", [(), ("--open",)])
def test_a_window_that_is_open_takes_a_link(gdsim_, window, handed_over, option):
    handed_over[1][0] = True
    link = link_of(load_scene(find_scene("valley")))
    assert gdsim_(*option, link) == (0, "", "")
    assert window == []
    assert gdsim_("--open", "valley.gdsim") == (0, "", "")  # files have windows of their own
    assert len(window) == len(handed_over[0]) == 1


def test_a_link_that_cannot_be_read_is_told_in_a_terminal_or_by_the_window(
    gdsim_, window, handed_over, monkeypatch
):
    code, out, err = gdsim_("gdsim:2,abc")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "made by a newer gdsim" in err
    assert window == []
    assert gdsim_("--open", "gdsim:2,abc") == (0, "", "")
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["gdsim:2,abc"]) == 0
    assert [named["asked_for"] for _, named in window] == [["gdsim:2,abc"]] * 2


def test_work_that_was_not_saved_can_be_asked_for(gdsim_, window):
    assert gdsim_("--restore")[0] == 0
    assert window[0][1]["restore"] is True


def test_what_is_recorded(gdsim_, window, tmp_path):
    out = tmp_path / "OUT.PNG"
    assert gdsim_("record", "valley", out)[0] == 0
    assert gdsim_("record", "valley", out, "--size", "1600x1000", "--theme", "dark", "--step", "7")[0] == 0
    usual = {
        "size": (1440, 900),
        "theme": "light",
        "curve": None,
        "page": "settings",
        "run": None,
        "arrows": True,
        "opengl": True,
    }
    other = usual | {"size": (1600, 1000), "theme": "dark"}
    assert [given[1:] for given, _ in window] == [(out, usual, None), (out, other, 7)]


@pytest.mark.parametrize(
    ("arguments", "changed"),
    [
        (["--no-arrows"], {"arrows": False}),
        (["--arrows"], {"arrows": True}),
        *((["--curve", kind.value], {"curve": kind}) for kind in CurveKind),
        *((["--page", page], {"page": page}) for page in PAGES),
        (["--no-opengl"], {"opengl": False}),
        (["--run", "nesterov"], {"run": 2}),
    ],
)
def test_what_is_open_in_a_recorded_window(gdsim_, window, arguments, changed):
    assert gdsim_("record", "valley", "out.png", *arguments)[0] == 0
    assert changed.items() <= window[0][0][2].items()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            ValueError("there is no step 7; the last one is 3"),
            "gdsim record: there is no step 7; the last one is 3",
        ),
        (PermissionError(13, "Permission denied"), "out.png: cannot be written: Permission denied"),
    ],
)
def test_what_cannot_be_recorded(refused, monkeypatch, error, line):
    def record(*_, **__):
        raise error

    monkeypatch.setattr(recording, "import_gui", lambda _: SimpleNamespace(record=record, WindowLook=dict))
    assert refused("record", "valley", "out.png") == line


def test_without_the_window_s_libraries_a_sentence_says_so(refused, monkeypatch):
    monkeypatch.setitem(sys.modules, "gdsim.gui", None)
    assert refused("valley").startswith("gdsim: the window needs a library that is missing: ")


# -------------------------------------------------------------------------------------- progress


class _Terminal(io.StringIO):
    def isatty(self):
        return True


def _long_run(monkeypatch, scene_file, stderr, seconds):
    clock = iter(range(10_000))
    monkeypatch.setattr(command, "time", SimpleNamespace(monotonic=lambda: next(clock) * seconds))
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setattr(record_csv, "_WORK_AT_ONCE", 2)
    assert main(["run", str(scene_file([_gd(epochs=4)]))]) == 0
    return stderr.getvalue()


def test_a_long_computation_shows_its_progress_on_a_terminal(monkeypatch, scene_file):
    shown = _long_run(monkeypatch, scene_file, _Terminal(), 0.6).split("\r")
    assert shown[1:5] == [f"{share} % of 4 steps" for share in (25, 50, 75, 100)]
    assert shown[5:] == [" " * len(shown[4]), ""]


def test_grading_and_pages_show_their_progress(monkeypatch, tmp_path):
    write_answers(tmp_path / f"ada{ANSWER_FILE_ENDING}", handed_in("Ada", numbers=(5,)))
    clock = iter(range(100_000))
    monkeypatch.setattr(command, "time", SimpleNamespace(monotonic=lambda: 2.0 * next(clock)))
    for arguments, line in (
        (("grade", tmp_path), "0 % of the answers graded"),
        (("export", "page", "valley", tmp_path / "a.html"), "% of the page"),
    ):
        stderr = _Terminal()
        monkeypatch.setattr(sys, "stderr", stderr)
        assert main([*map(str, arguments)]) == 0
        assert line in stderr.getvalue()
        assert stderr.getvalue().endswith(" \r")  # the line is cleared


def test_a_short_computation_or_no_terminal_shows_none(monkeypatch, scene_file):
    assert _long_run(monkeypatch, scene_file, _Terminal(), 0.01) == ""
    assert _long_run(monkeypatch, scene_file, io.StringIO(), 10.0) == ""


# ------------------------------------------------------------------------------------- processes


def _start(*arguments, code=None, **streams):
    program = ["-c", code] if code else ["-m", "gdsim"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
    return subprocess.Popen([sys.executable, *program, *map(str, arguments)], text=True, **pipes)


def test_headless_use_loads_no_qt(tmp_path):
    write_answers(tmp_path / f"ada{ANSWER_FILE_ENDING}", handed_in("Ada", numbers=(5,)))
    commands = (
        *(["run", "valley"], ["scenes"], ["export", "valley", "--script", str(tmp_path / "a.py")]),
        *(["lesson", "check", "first-sheet"], ["grade", str(tmp_path)]),
    )
    code = (
        "import sys, gdsim.cli\n"
        f"loaded = lambda: [name for name in sys.modules if name.startswith({QT!r})]\n"
        "assert not loaded(), loaded()\n"
        f"for command in {commands!r}:\n"
        "    assert gdsim.cli.main(command) == 0\n"
        "    assert not loaded(), (command, loaded())\n"
    )
    with _start(code=code) as process:
        out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert "Momentum" in out


def test_the_module_is_the_command():
    with _start("run", "none.json") as process:
        out, err = process.communicate()
    assert (process.returncode, out, err) == (2, "", "none.json: no such scene or file\n")


def test_files_named_like_modules_where_one_works_are_left_alone(tmp_path):
    for name in ("json", "random", "signal", "numpy"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not to be imported')")
    environment = {**os.environ, "PYTHONPATH": str(Path(gdsim.__file__).parents[1])}
    command = [sys.executable, "-m", "gdsim", "run", "valley"]
    ended = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Momentum" in ended.stdout


def _endless(scene_file):
    return scene_file([_gd(epochs=10_000_000)])


def test_a_reader_that_has_seen_enough(scene_file):
    with _start("run", _endless(scene_file), "--csv", "-") as process:
        assert process.stdout.readline() == HEADER + "\n"
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="there are no such pipes")
@pytest.mark.parametrize(
    "commands",
    [
        ["algorithms --json"],
        ["run valley"],
        [
            "run valley --csv /dev/stdout",
            "export valley --script /dev/stdout",
            "export page valley /dev/stdout",
        ],
    ],
    ids=" and ".join,
)
def test_a_reader_that_is_gone_already(commands):
    read_end, write_end = os.pipe()
    os.close(read_end)
    code = "import sys, gdsim.cli; sys.exit(any(gdsim.cli.main(one.split()) for one in sys.argv[1:]))"
    with _start(*commands, code=code, stdout=write_end) as process:
        os.close(write_end)
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_a_reader_that_is_gone_is_no_fault_on_windows_either(monkeypatch, tmp_path):
    """A pipe that nobody reads is an invalid argument there; elsewhere that is something else."""

    def written():
        with (tmp_path / "out").open("w") as out, monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", out)
            with command.standard_output():
                raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(sys, "platform", "win32")
    written()
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(command.UsageError, match="Invalid argument"):
        written()


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_an_interrupt_ends_the_computation(scene_file):
    # Explicitly, since whoever started the tests may have the signal ignored.
    code = (
        "import signal, sys, gdsim.cli\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.exit(gdsim.cli.main(sys.argv[1:]))\n"
    )
    with _start("run", _endless(scene_file), "--csv", "-", code=code) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert (process.returncode, err) == (130, "Stopped.\n")


@pytest.mark.skipif(os.name == "nt", reason="there are no such signals")
def test_a_terminated_computation_leaves_no_file_behind(scene_file, tmp_path):
    path = _endless(scene_file)
    with _start("run", path, "--csv", tmp_path / "out.csv") as process:
        while not (unfinished := list(tmp_path.glob(".out.csv.*"))) or not unfinished[0].stat().st_size:
            assert process.poll() is None
        for name in ("SIGSTOP", "SIGHUP", "SIGTERM", "SIGCONT"):  # it sees all at the same time
            process.send_signal(getattr(signal, name))
        out, err = process.communicate()
    assert (process.returncode, out, err) == (130, "", "Stopped.\n")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_an_interrupt_ends_the_self_test_at_once():
    """Qt crashes where an exception comes in the middle of its work."""
    code = (
        "import signal, sys, gdsim.cli, gdsim.core.self_test\n"
        "from types import SimpleNamespace\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "def checks(**_):\n"
        "    try:\n"
        "        signal.raise_signal(signal.SIGINT)\n"
        "    finally:\n"
        "        print('it went on', file=sys.stderr)\n"
        "    return []\n"
        "gdsim.cli.import_gui = lambda _: SimpleNamespace(checks=checks)\n"
        "gdsim.core.self_test.checks = list\n"
        "sys.exit(gdsim.cli.main(['--self-test']))\n"
    )
    ended = forked(code)
    assert (ended.returncode, ended.stderr) == (130, "Stopped.\n")


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
@pytest.mark.parametrize("module", ["typing", "numpy"])
def test_an_interrupt_while_the_program_is_loaded(module):
    code = (
        "import os, runpy, signal, sys\n"
        "class Interrupts:\n"
        "    def find_spec(name, *_):\n"
        "        if name == sys.argv[1]:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.modules.pop('typing', None)\n"
        "sys.meta_path.insert(0, Interrupts)\n"
        "runpy.run_module('gdsim', run_name='__main__')\n"
    )
    with _start(module, code=code) as process:
        out, err = process.communicate()
    # Before the message can be translated, the process ends as if it did not handle interrupts.
    ended = {"typing": (-signal.SIGINT, "", ""), "numpy": (130, "", "Stopped.\n")}
    assert (process.returncode, out, err) == ended[module]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
@pytest.mark.parametrize("arguments", [["run", "valley", "--csv", "-"], ["--self-test"]], ids=" ".join)
def test_an_output_that_is_full(arguments):
    with Path("/dev/full").open("w") as full, _start(*arguments, stdout=full) as process:
        assert process.stderr.read() == "standard output: cannot be written: No space left on device\n"
    assert process.returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
@pytest.mark.parametrize("buffered", [True, False])
def test_help_that_cannot_be_printed(buffered):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    environment |= {} if buffered else {"PYTHONUNBUFFERED": "1"}
    with (
        Path("/dev/full").open("w") as full,
        _start("run", "--help", stdout=full, env=environment) as process,
    ):
        assert process.stderr.read() == "standard output: cannot be written: No space left on device\n"
    assert process.returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
def test_an_error_output_that_is_full_keeps_nothing_from_being_done(scene_file):
    rule = {"id": "mine", "title": "Mine", "lines": ["w_next = w - eta*g"]}
    path = scene_file([{"algorithm": "mine", "epochs": 2}], rules=[rule])
    code = (
        "import sys, gdsim.cli; sys.stderr = open('/dev/full', 'w')\n"
        "assert gdsim.cli.main(sys.argv[1:]) == 0\n"
        "sys.exit(gdsim.cli.main(['run', 'none.json']))\n"
    )
    ended = forked(code, "run", str(path))
    assert (ended.returncode, ended.stdout.splitlines()[1].split()[0]) == (2, "Mine")


@pytest.mark.skipif(os.name == "nt", reason="a folder that is used cannot be removed there")
def test_in_a_folder_that_was_removed(tmp_path):
    told = {
        "run valley --csv x.csv": "x.csv: cannot be written: No such file or directory",
        "run ./x.json --csv -": "x.json: no such scene or file",
        "lesson check x.json": "x.json: no such lesson or file",
    }
    code = (
        "import os, sys; os.mkdir(sys.argv[1]); os.chdir(sys.argv[1]); os.rmdir(sys.argv[1])\n"
        "import gdsim.cli\n"
        "for command in sys.argv[2:]:\n"
        "    assert gdsim.cli.main(command.split()) == 2\n"
    )
    ended = forked(code, str(tmp_path / "gone"), *told)
    assert (ended.stdout, ended.stderr) == ("", "".join(f"{line}\n" for line in told.values()))
    assert ended.returncode == 0


def test_letters_that_the_output_lacks_are_no_reason_to_fail(scene_file, tmp_path):
    path = scene_file([_gd(name="η")])
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    with _start("run", path, env=environment) as process:
        out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert r"\u03b7" in out


def test_a_file_of_the_output_is_the_same_on_windows(monkeypatch):
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    written = {}
    for system in ("win32", "linux"):
        file = io.BytesIO()
        # As Python opens what is no terminal there.
        kind = ("cp1252", "\r\n") if system == "win32" else ("utf-8", "\n")
        stream = io.TextIOWrapper(file, encoding=kind[0], newline=kind[1])
        cli.set_up_output(stream, system)
        print("∇wₜ = −0.5", file=stream, flush=True)
        written[system] = file.getvalue()
    assert written["win32"] == written["linux"] == "∇wₜ = −0.5\n".encode()
