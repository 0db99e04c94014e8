"""gdsim export: what it writes, and what it refuses."""

import json
import os
from functools import partial

import pytest

from gdsim.cli import main
from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.script.writing import script_of
from gdsim.core.language.translations import read_language
from gdsim.core.page.writing import page_of
from gdsim.core.progress import run_to_end
from tests.core.files.script_runs import check, run_file, tables
from tests.core.records import scene
from tests.every import every
from tests.gui.forked import forked


@pytest.fixture
def export(gdsim_):
    """Return a function that runs `gdsim export`."""
    return partial(gdsim_, "export")


@pytest.fixture
def refused(refused):
    """Return a function that runs a `gdsim export` that must fail, and returns its one line on stderr."""
    return partial(refused, "export")


@pytest.fixture
def many_points(tmp_path):
    path = tmp_path / "many.json"
    points = {"x": [0.001 * k for k in range(1500)], "y": [0.5] * 1500}
    runs = [{"algorithm": "gd", "epochs": 2, "hyperparameters": {"eta": 1e-3}}]
    path.write_text(json.dumps({"gdsim": 1, "points": points, "runs": runs}))
    return path


def test_the_script_prints_the_numbers_of_the_scene(export, tmp_path):
    path = tmp_path / "valley.py"
    assert export("valley", "--script", path) == (0, f"{path}\n", "")
    assert list(tmp_path.iterdir()) == [path]
    check(scene("valley"), tables(run_file(path, "--csv")))


def test_the_script_on_standard_output(export):
    assert export("valley", "--script", "-") == (0, script_of(scene("valley")), "")


def test_the_table_is_that_of_run(export, tmp_path, capsys):
    main(["run", "valley", "--csv", "-"])
    table = capsys.readouterr().out
    assert export("valley", "--csv", "-") == (0, table, "")
    path = tmp_path / "valley.csv"
    assert export("valley", "--csv", path) == (0, f"{path}\n", "")
    assert path.read_bytes() == table.encode()


def test_the_page_that_a_browser_shows(export, tmp_path):
    path = tmp_path / "valley.html"
    assert export("page", "valley", path) == (0, f"{path}\n", "")
    text = run_to_end(page_of(scene("valley")))
    assert path.read_text(encoding="utf-8") == text
    assert export("page", "valley", "-") == (0, text, "")
    german = run_to_end(page_of(scene("valley"), language=read_language("de")))
    assert export("page", "valley", "-", "--language", "de") == (0, german, "")


def test_a_page_needs_its_own_file(refused, tmp_path):
    own = tmp_path / "own.json"
    own.write_text(json.dumps(json.loads(bundled_scenes()["valley"].read_text(encoding="utf-8"))))
    assert "it is the scene itself" in refused("page", own, own)
    assert "cannot be written" in refused("page", "valley", tmp_path / "missing" / "a.html")
    assert "FILE.html" in refused("page", "valley")


def test_both_at_once(export, tmp_path):
    script, table = tmp_path / "a.py", tmp_path / "a.csv"
    assert export("valley", "--csv", table, "--script", script) == (0, f"{script}\n{table}\n", "")
    assert export("valley", "--csv", "-", "--script", script)[1] == table.read_text(encoding="utf-8")


def test_many_points_stand_beside_the_script(export, many_points, tmp_path):
    script, points = tmp_path / "out.py", tmp_path / "out-points.tsv"
    assert export(many_points, "--script", script) == (0, f"{script}\n{points}\n", "")
    assert len(points.read_text().splitlines()) == 1500
    assert run_file(script, "--csv").count("\n") == 4


def test_files_beside_a_script_take_the_place_of_no_others(export, refused, many_points, tmp_path):
    script, beside = tmp_path / "own.py", tmp_path / "own-points.tsv"
    told = f"{beside}: cannot be written: it is given twice"
    assert refused(many_points, "--script", script, "--csv", beside) == told
    assert not script.exists()
    beside.write_text("a table of somebody's")
    told = refused(many_points, "--script", script)
    assert told.endswith("own-points.tsv already exists; choose another name, or move the file away")
    assert beside.read_text() == "a table of somebody's"
    beside.unlink()
    for _ in range(2):  # what it wrote itself it may write again
        assert export(many_points, "--script", script) == (0, f"{script}\n{beside}\n", "")


@pytest.mark.skipif(os.name == "nt", reason="there are no such names")
def test_nothing_is_written_beside_a_stream(refused, many_points, tmp_path):
    for name in ("/dev/null", "/dev/stdout"):
        told = refused(many_points, "--script", name)
        assert told.endswith(f"go to a file next to the script; name the script's file, not {name}")


def test_many_points_have_no_place_on_standard_output(refused, many_points):
    line = "gdsim export: this many points go to a file next to the script; name the script's file, not -"
    assert refused(many_points, "--script", "-") == line


@every(
    ("arguments", "line"),
    [
        ([], "one of --script, --csv and --svg is needed"),
        (["--script", "-", "--csv", "-"], "--script and --csv cannot both go to standard output"),
        (["--svg", "-"], "--svg needs the name of a file, not -"),
        (["--svg", "valley.png"], "--svg needs a name that ends in .svg, not valley.png"),
    ],
)
def test_misuse(refused, arguments, line):
    assert refused("valley", *arguments) == f"gdsim export: {line}"


def test_the_scene_is_not_written_over_by_another_name_of_it(refused, many_points):
    """Such as one in capitals, where the system makes no difference; a second link is one on any system."""
    other = many_points.with_name("OTHER.JSON")
    other.hardlink_to(many_points)
    assert "it is the scene itself" in refused(many_points, "--csv", other)
    assert "it is given twice" in refused("valley", "--csv", other, "--script", many_points)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no such device")  # noqa: PTH110
def test_a_full_disk(refused):
    line = "/dev/full: cannot be written: No space left on device"
    assert refused("valley", "--script", "/dev/full") == line


def test_a_drawing_needs_no_display(tmp_path):
    path = tmp_path / "valley.svg"
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    code = "import sys, gdsim.cli; sys.exit(gdsim.cli.main(sys.argv[1:]))"
    done = forked(code, "export", "valley", "--svg", str(path), environment=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{path}\n", "")
    assert path.read_bytes().startswith(b"<?xml")
    assert b"step 100" in path.read_bytes()
    assert list(tmp_path.iterdir()) == [path]


def test_a_drawing_that_cannot_be_written(qapp, refused, tmp_path):
    path = tmp_path / "none" / "a.svg"
    assert refused("valley", "--svg", path) == f"{path}: cannot be written: No such file or directory"


@pytest.mark.skipif(os.name == "nt", reason="there are no such pipes")
def test_a_drawing_whose_reader_is_gone(qapp, export):
    read_end, write_end = os.pipe()
    os.close(read_end)
    code, _, err = export("valley", "--svg", f"/dev/fd/{write_end}")
    os.close(write_end)
    assert (code, err) == (0, "")
