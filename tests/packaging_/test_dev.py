"""The parts of packaging/dev.py that touch nothing."""

import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

DEV = Path(__file__).parents[2] / "packaging" / "dev.py"


@pytest.fixture
def dev(tmp_path, monkeypatch):
    """The script as a module, with a checkout of its own."""
    spec = importlib.util.spec_from_file_location("gdsim_dev", DEV)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "gdsim-setup")
    monkeypatch.setattr(module, "PYTHON", str(tmp_path / ".venv" / "python"))
    (tmp_path / "pyproject.toml").write_text("[project]\n\n[tool.ruff]\n")
    return module


@pytest.fixture
def venv(dev):
    """A .venv that looks whole: its Python answers yes to everything."""
    if os.name == "nt":
        pytest.skip("a shell script stands for the Python")
    dev.VENV.mkdir()
    Path(dev.PYTHON).write_text("#!/bin/sh\nexit 0\n")
    Path(dev.PYTHON).chmod(0o755)
    return dev.VENV


linux = pytest.mark.skipif(sys.platform != "linux", reason="asks for the parts of a Linux system")


class TestNeeds:
    def test_a_library_is_found_by_its_soname(self, dev):
        assert not dev.has_library("libgdsim-does-not-exist.so.1")

    @linux
    def test_the_c_library_is_found(self, dev):
        assert dev.has_library("libc.so.6")

    @pytest.mark.parametrize("manager", ["apt-get", "dnf", "pacman"])
    def test_every_need_has_a_package_that_is_named_once(self, dev, manager):
        names = dev.packages([*dev.WINDOW_NEEDS, *dev.VIRTUAL_NEEDS, dev.VENV_NEED], manager)
        assert all(names)
        assert len(names) == len(set(names))

    def test_packages_have_the_managers_own_names(self, dev):
        needs = [need for need in dev.WINDOW_NEEDS if need.name in ("libGL.so.1", "libEGL.so.1")]
        assert dev.packages(needs, "apt-get") == ["libgl1", "libegl1"]
        assert dev.packages(needs, "dnf") == ["libglvnd-glx", "libglvnd-egl"]
        assert dev.packages(needs, "pacman") == ["libglvnd"]

    def test_venv_comes_for_the_running_python(self, dev):
        major, minor = sys.version_info[:2]
        assert dev.packages([dev.VENV_NEED], "apt-get") == [f"python{major}.{minor}-venv"]


@linux
class TestProvide:
    @pytest.fixture(autouse=True)
    def _machine(self, dev, monkeypatch):
        self.installed = []
        self.have = {"apt-get"}
        monkeypatch.setattr(dev.shutil, "which", lambda name: name if name in self.have else None)
        monkeypatch.setattr(dev.os, "geteuid", lambda: self.user)
        monkeypatch.setattr(dev, "apt_install", self.installed.append)
        self.user = 1000

    def need(self, dev, found):
        return dev.Need("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd", found)

    def test_nothing_is_done_when_nothing_is_missing(self, dev):
        dev.provide([self.need(dev, lambda _: True)])
        assert not self.installed

    def test_a_user_is_told_the_command(self, dev):
        with pytest.raises(dev.Failure) as failure:
            dev.provide([self.need(dev, lambda _: False)])
        assert "\nsudo apt-get update && sudo apt-get install -y --no-install-recommends libgl1\n" in str(
            failure.value
        )
        assert not self.installed

    @pytest.mark.parametrize(
        ("manager", "command"),
        [("dnf", "\ndnf install -y libglvnd-glx\n"), ("pacman", "\npacman -Syu --needed libglvnd\n")],
    )
    def test_root_is_told_the_command_of_other_managers(self, dev, manager, command):
        self.have, self.user = {manager}, 0
        with pytest.raises(dev.Failure) as failure:
            dev.provide([self.need(dev, lambda _: False)])
        assert command in str(failure.value)

    def test_without_a_manager_the_missing_parts_are_named(self, dev):
        self.have = set()
        with pytest.raises(dev.Failure, match=r"libGL\.so\.1"):
            dev.provide([self.need(dev, lambda _: False)])

    def test_root_with_apt_gets_it_installed(self, dev):
        self.user = 0
        dev.provide([self.need(dev, lambda _: bool(self.installed))])
        assert self.installed == [["libgl1"]]

    def test_a_package_that_does_not_bring_it_is_reported(self, dev):
        self.user = 0
        with pytest.raises(dev.Failure, match=r"libGL\.so\.1 cannot be found"):
            dev.provide([self.need(dev, lambda _: False)])


class TestVenv:
    @pytest.fixture(autouse=True)
    def _record(self, dev, monkeypatch):
        self.done = []
        self.network = True
        self.dev = dev
        monkeypatch.setattr(dev, "quietly", self.note)

    def note(self, command, complaint, **_):
        self.done.append("venv" if "venv" in command else command[-1])
        if not self.network:
            raise self.dev.Failure(complaint)

    def test_it_is_made_and_stamped(self, dev):
        dev.set_up((), dev=False)
        assert self.done == ["venv", "."]
        assert dev.STAMP.read_text() == dev.stamp(".")

    def test_a_second_call_does_nothing(self, dev, venv):
        dev.set_up((), dev=True)
        assert self.done == [".[dev]"]
        dev.set_up((), dev=True)
        assert self.done == [".[dev]"]

    def test_a_plain_run_is_content_with_the_tools(self, dev, venv):
        dev.set_up((), dev=True)
        dev.set_up((), dev=False)
        assert self.done == [".[dev]"]

    def test_the_tools_are_added_to_a_plain_set_up(self, dev, venv):
        dev.set_up((), dev=False)
        dev.set_up((), dev=True)
        assert self.done == [".", ".[dev]"]

    def test_a_change_of_the_project_installs_anew(self, dev, venv):
        dev.set_up((), dev=True)
        (dev.ROOT / "pyproject.toml").write_text("[project]\nname = 'other'\n")
        dev.set_up((), dev=False)
        assert self.done == [".[dev]", ".[dev]"]

    def test_a_change_of_a_tool_does_not(self, dev, venv):
        dev.set_up((), dev=True)
        (dev.ROOT / "pyproject.toml").write_text("[project]\n\n[tool.ruff]\nline-length = 99\n")
        dev.set_up((), dev=True)
        assert self.done == [".[dev]"]

    def test_what_an_interrupted_call_left_is_made_anew(self, dev, venv):
        dev.STAMP.write_text(dev.UNFINISHED)
        (venv / "rubble").touch()
        dev.set_up((), dev=False)
        assert self.done == ["venv", "."]
        assert not (venv / "rubble").exists()

    def test_one_without_its_python_is_made_anew(self, dev):
        dev.VENV.mkdir()
        dev.set_up((), dev=False)
        assert self.done == ["venv", "."]

    def test_one_of_another_python_is_made_anew(self, dev, venv):
        Path(dev.PYTHON).write_text("#!/bin/sh\nexit 1\n")
        dev.set_up((), dev=False)
        assert self.done == ["venv", "."]

    def test_without_a_network_a_sound_one_stays(self, dev, venv):
        dev.set_up((), dev=True)
        (dev.ROOT / "pyproject.toml").write_text("[project]\nname = 'other'\n")
        self.network = False
        with pytest.raises(dev.Failure, match="could not install gdsim"):
            dev.set_up((), dev=True)
        assert dev.is_whole()
        self.network = True
        dev.set_up((), dev=True)
        assert self.done == [".[dev]"] * 3


@linux
class TestDisplay:
    def test_none_is_none(self, dev):
        assert not dev.has_display({})
        assert not dev.has_display({"DISPLAY": "", "WAYLAND_DISPLAY": ""})

    @pytest.mark.parametrize("display", [":64321", ":64321.0", "nonsense", "127.0.0.1:12345"])
    def test_one_that_nobody_answers_at_is_none(self, dev, display):
        assert not dev.has_display({"DISPLAY": display})

    def test_one_over_the_network_answers(self, dev):
        with socket.create_server(("127.0.0.1", 0)) as server:
            number = server.getsockname()[1] - 6000
            assert dev.has_display({"DISPLAY": f"127.0.0.1:{number}.0"})

    def test_wayland_is_one(self, dev, tmp_path):
        (tmp_path / "wayland-0").touch()
        assert dev.has_display({"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)})
        assert not dev.has_display({"WAYLAND_DISPLAY": "wayland-1", "XDG_RUNTIME_DIR": str(tmp_path)})

    def test_other_systems_always_have_one(self, dev, monkeypatch):
        monkeypatch.setattr(dev.sys, "platform", "darwin")
        assert dev.has_display({})

    def test_the_virtual_one_answers_and_goes(self, dev, monkeypatch):
        if not dev.shutil.which("Xvfb"):
            pytest.skip("there is no Xvfb")
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
        with dev.virtual_display() as env:
            assert env["QT_QPA_PLATFORM"] == "xcb"
            assert "WAYLAND_DISPLAY" not in env
            assert dev.has_display(env)
        assert not dev.has_display(env)

    def test_a_virtual_one_that_does_not_start_says_why(self, dev, tmp_path, monkeypatch):
        (tmp_path / "Xvfb").write_text("#!/bin/sh\necho no screen for you >&2\nexit 1\n")
        (tmp_path / "Xvfb").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        with pytest.raises(dev.Failure, match="did not start: no screen for you"), dev.virtual_display():
            pass


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
            ["--version"],
            ["--self-test"],
        ],
    )
    def test_opens_none(self, dev, args):
        assert not dev.opens_window(args)


def test_of_a_failed_command_the_telling_lines_are_shown(dev):
    script = (
        "print('much ado'); print('ERROR: no such package'); print('note: see above'); raise SystemExit(1)"
    )
    with pytest.raises(dev.Failure) as failure:
        dev.quietly([sys.executable, "-c", script], "pip could not install gdsim")
    assert str(failure.value) == "pip could not install gdsim. It said:\n  ERROR: no such package"


def test_the_count_of_a_report_is_a_line(dev):
    report = (
        '<?xml version="1.0"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" '
        'failures="2" skipped="3" tests="16" time="0.1"><testcase name="errors=&quot;9&quot;" /></testsuite>'
    )
    assert dev.count_line(report) == "10 passed, 3 failed, 3 skipped"


def test_the_summary_tells_the_failed_step(dev):
    lines = dev.summary([dev.Step("ruff check", True, 0.41), dev.Step("pytest", False, 12.0)]).splitlines()
    assert any(line.split() == ["ruff", "check", "ok", "0.4", "s"] for line in lines)
    assert any(line.split() == ["pytest", "FAILED", "12.0", "s"] for line in lines)


@pytest.mark.parametrize("args", [[], ["fly"]])
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
