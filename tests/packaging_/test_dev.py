"""The verbs of packaging/dev.py, without carrying them out."""

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
    assert "needs Python 3.11 or newer; this is 3.10.4" in capsys.readouterr().err


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
