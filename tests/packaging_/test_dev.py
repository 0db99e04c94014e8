"""The verbs of packaging/dev.py, without carrying them out."""

import ast
import subprocess
import sys

import pytest

from tests.packaging_.scripts import FOLDER, load

DEV = FOLDER / "dev.py"


@pytest.fixture
def dev():
    """The script as a module of its own, which a test may change."""
    return load("dev")


class TestRun:
    @pytest.mark.parametrize("args", [[], ["valley"], ["--no-opengl"], ["my run.json"]])
    def test_opens_a_window(self, dev, args):
        assert dev.opens_window(args)

    @pytest.mark.parametrize(
        "args",
        [
            ["scenes", "--json"],
            ["run", "valley"],
            ["record", "valley", "a.png"],
            ["export", "valley", "--csv", "-"],
            ["lesson", "check", "lecture"],
            ["--version"],
            ["--self-test"],
        ],
    )
    def test_opens_none(self, dev, args):
        assert not dev.opens_window(args)


@pytest.mark.parametrize("args", [["--lesson", "lecture"], ["--open", "a.json"], ["valley", "sparse"]])
def test_without_a_display_nothing_is_opened_that_cannot_be_recorded(dev, monkeypatch, capsys, args):
    monkeypatch.setattr(dev, "has_display", lambda _: False)
    monkeypatch.setattr(dev, "set_up", lambda *_, **__: None)
    monkeypatch.setattr(dev, "call", lambda *_: pytest.fail("something was run"))
    assert dev.main(["run", *args]) == 1
    assert "there is no display here" in capsys.readouterr().err


@pytest.mark.parametrize("args", [[], ["jump"]])
def test_an_unknown_verb_is_a_sentence_and_an_error(args):
    done = subprocess.run([sys.executable, DEV, *args], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout.startswith("usage: ")
    assert not done.stderr


def test_a_foreseen_failure_is_a_sentence_and_an_error(dev, monkeypatch, capsys):
    assert dev.main(["lint", "surplus"]) == 1
    assert capsys.readouterr().err == "dev.py: this verb takes no arguments, but was given: surplus\n"


def test_an_old_python_is_refused_in_a_sentence(dev, monkeypatch, capsys):
    monkeypatch.setattr(dev.sys, "version_info", (3, 10, 4))
    monkeypatch.setattr(dev.shutil, "which", lambda _: None)
    assert dev.main(["run"]) == 1
    told = capsys.readouterr().err
    assert "needs Python 3.11 or newer; this is 3.10.4" in told
    assert "https://www.python.org/downloads" in told
    assert told.count("\n") == 1


def test_what_an_old_python_reads_it_can_read():
    scripts = [
        DEV,
        *(DEV.parent / f"{name}.py" for name in ("checks", "displays", "environment", "needs", "shell")),
    ]
    package = FOLDER.parent / "gdsim"
    for path in [*scripts, package / "__init__.py", package / "__main__.py"]:
        ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 7))


def test_an_old_python_that_runs_the_package_is_told_what_to_do():
    old = "import runpy, sys; sys.version_info = (3, 9, 18); runpy.run_module('gdsim', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", old], cwd=FOLDER.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("gdsim needs Python 3.11 or newer; this is 3.9.18. ")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
@pytest.mark.parametrize(
    ("seen", "can", "virtual"), [(True, False, False), (True, True, True), (False, False, True)]
)
def test_who_has_a_display_need_not_install_a_virtual_one(dev, monkeypatch, seen, can, virtual):
    asked = []
    monkeypatch.setattr(dev, "has_display", lambda _: seen)
    monkeypatch.setattr(dev, "can_have", lambda _: can)
    monkeypatch.setattr(dev, "set_up", lambda needs, **_: asked.extend(needs))
    assert dev.main(["setup"]) == 0
    assert set(dev.WINDOW_NEEDS) <= set(asked)
    assert (set(dev.VIRTUAL_NEEDS) <= set(asked)) is virtual


@pytest.mark.parametrize(
    ("verb", "script"), [("bundle", "bundle.py"), ("wheel", "wheel.py"), ("lock", "lock.py")]
)
def test_what_is_given_away_is_made_by_a_script_of_its_own(dev, monkeypatch, verb, script):
    called, provided = [], []
    monkeypatch.setattr(dev, "call", lambda command, *_: called.append(command) or 0)
    monkeypatch.setattr(dev, "provide", provided.append)
    monkeypatch.setattr(dev, "has_display", lambda _: True)
    assert dev.VERBS[verb](["--argument"]) == 0
    assert called == [[sys.executable, str(dev.ROOT / "packaging" / script), "--argument"]]
    assert (DEV.parent / script).is_file()
