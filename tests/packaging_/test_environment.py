"""The virtual environment of packaging/environment.py, without making one."""

import os
from pathlib import Path

import pytest

from tests.packaging_.scripts import load


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """The script as a module, with a checkout of its own."""
    module = load("environment")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "gdsim-setup")
    monkeypatch.setattr(module, "PYTHON", str(tmp_path / ".venv" / "python"))
    (tmp_path / "pyproject.toml").write_text("[project]\n\n[tool.ruff]\n")
    return module


@pytest.fixture
def venv(environment):
    """A .venv that looks whole: its Python answers yes to everything."""
    if os.name == "nt":
        pytest.skip("a shell script stands for the Python")
    environment.VENV.mkdir()
    Path(environment.PYTHON).write_text("#!/bin/sh\nexit 0\n")
    Path(environment.PYTHON).chmod(0o755)
    return environment.VENV


class TestVenv:
    @pytest.fixture(autouse=True)
    def _record(self, environment, monkeypatch):
        self.done = []
        self.network = True
        self.environment = environment
        monkeypatch.setattr(environment, "quietly", self.note)

    def note(self, command, complaint, **_):
        self.done.append("venv" if "venv" in command else command[-1])
        if not self.network:
            raise self.environment.Failure(complaint)

    def test_it_is_made_and_stamped(self, environment):
        environment.set_up((), dev=False)
        assert self.done == ["venv", "."]
        assert environment.STAMP.read_text() == environment.stamp(".")

    def test_a_second_call_does_nothing(self, environment, venv):
        environment.set_up((), dev=True)
        assert self.done == [".[dev]"]
        environment.set_up((), dev=True)
        assert self.done == [".[dev]"]

    def test_a_plain_run_is_content_with_the_tools(self, environment, venv):
        environment.set_up((), dev=True)
        environment.set_up((), dev=False)
        assert self.done == [".[dev]"]

    def test_the_tools_are_added_to_a_plain_set_up(self, environment, venv):
        environment.set_up((), dev=False)
        environment.set_up((), dev=True)
        assert self.done == [".", ".[dev]"]

    def test_a_change_of_the_project_installs_anew(self, environment, venv):
        environment.set_up((), dev=True)
        (environment.ROOT / "pyproject.toml").write_text("[project]\nname = 'other'\n")
        environment.set_up((), dev=False)
        assert self.done == [".[dev]", ".[dev]"]

    def test_a_change_of_a_tool_does_not(self, environment, venv):
        environment.set_up((), dev=True)
        (environment.ROOT / "pyproject.toml").write_text("[project]\n\n[tool.ruff]\nline-length = 99\n")
        environment.set_up((), dev=True)
        assert self.done == [".[dev]"]

    def test_what_an_interrupted_call_left_is_made_anew(self, environment, venv):
        environment.STAMP.write_text(environment.UNFINISHED)
        (venv / "rubble").touch()
        environment.set_up((), dev=False)
        assert self.done == ["venv", "."]
        assert not (venv / "rubble").exists()

    def test_one_without_its_python_is_made_anew(self, environment):
        environment.VENV.mkdir()
        environment.set_up((), dev=False)
        assert self.done == ["venv", "."]

    def test_one_of_another_python_is_made_anew(self, environment, venv):
        Path(environment.PYTHON).write_text("#!/bin/sh\nexit 1\n")
        environment.set_up((), dev=False)
        assert self.done == ["venv", "."]

    def test_without_a_network_a_sound_one_stays(self, environment, venv):
        environment.set_up((), dev=True)
        (environment.ROOT / "pyproject.toml").write_text("[project]\nname = 'other'\n")
        self.network = False
        with pytest.raises(environment.Failure, match="could not install gdsim"):
            environment.set_up((), dev=True)
        assert environment.is_usable()
        self.network = True
        environment.set_up((), dev=True)
        assert self.done == [".[dev]"] * 3
