"""The displays of packaging/displays.py."""

import os
import shutil
import socket
import sys

import pytest

from tests.packaging_.scripts import load

linux = pytest.mark.skipif(sys.platform != "linux", reason="asks for the parts of a Linux system")


@pytest.fixture
def displays():
    """The script as a module of its own, which a test may change."""
    return load("displays")


@linux
class TestDisplay:
    def test_none_is_none(self, displays):
        assert not displays.has_display({})
        assert not displays.has_display({"DISPLAY": "", "WAYLAND_DISPLAY": ""})

    @pytest.mark.parametrize("display", [":64321", ":64321.0", "nonsense", "127.0.0.1:12345"])
    def test_one_that_nobody_answers_at_is_none(self, displays, display):
        assert not displays.has_display({"DISPLAY": display})

    def test_one_over_the_network_answers(self, displays):
        with socket.create_server(("127.0.0.1", 0)) as server:
            number = server.getsockname()[1] - 6000
            assert displays.has_display({"DISPLAY": f"127.0.0.1:{number}.0"})

    def test_wayland_is_one(self, displays, tmp_path):
        (tmp_path / "wayland-0").touch()
        assert displays.has_display({"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)})
        assert not displays.has_display({"WAYLAND_DISPLAY": "wayland-1", "XDG_RUNTIME_DIR": str(tmp_path)})

    def test_other_systems_always_have_one(self, displays, monkeypatch):
        monkeypatch.setattr(displays.sys, "platform", "darwin")
        assert displays.has_display({})

    def test_the_virtual_one_answers_and_goes(self, displays, monkeypatch):
        if not shutil.which("Xvfb"):
            pytest.skip("there is no Xvfb")
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
        with displays.virtual_display() as env:
            assert env["QT_QPA_PLATFORM"] == "xcb"
            assert "WAYLAND_DISPLAY" not in env
            assert displays.has_display(env)
        assert not displays.has_display(env)

    def test_a_virtual_one_that_does_not_start_says_why(self, displays, tmp_path, monkeypatch):
        (tmp_path / "Xvfb").write_text("#!/bin/sh\necho no screen for you >&2\nexit 1\n")
        (tmp_path / "Xvfb").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        with (
            pytest.raises(displays.Failure, match="did not start: no screen for you"),
            displays.virtual_display(),
        ):
            pass
