"""A copy that was only unpacked lets its desktop open links with it."""

import shutil
import subprocess
import sys

import pytest

from gdsim.gui.share import registration
from gdsim.gui.share.registration import (
    NotRegistered,
    desktop_entry,
    quoted_for_exec,
    register_links,
    registry_values,
)

ENTRY = "applications/io.github.gdsim.gdsim-links.desktop"


@pytest.fixture
def tools(monkeypatch):
    """Put a list in the place of the desktop's tools."""
    called = []
    monkeypatch.setattr(registration.shutil, "which", lambda tool: f"/usr/bin/{tool}")
    monkeypatch.setattr(registration.subprocess, "run", lambda command, **_: called.append(command))
    return called


def test_on_linux_an_entry_is_written_and_made_the_usual_one(tools, tmp_path):
    register_links("linux")
    text = (tmp_path / "data" / ENTRY).read_text(encoding="utf-8")
    assert f"Exec={sys.executable} -m gdsim --open %u\n" in text
    assert "MimeType=x-scheme-handler/gdsim;\n" in text
    assert tools == [
        ["update-desktop-database", "-q", str(tmp_path / "data" / "applications")],
        ["xdg-mime", "default", "io.github.gdsim.gdsim-links.desktop", "x-scheme-handler/gdsim"],
    ]
    register_links("linux")  # once more is as good as once


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="it has to be there")
def test_a_desktop_reads_the_entry(tmp_path):
    file = tmp_path / "links.desktop"
    file.write_text(desktop_entry(["/opt/my programs/gdsim"]), encoding="utf-8")
    command = [shutil.which("desktop-file-validate"), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no shell")
@pytest.mark.parametrize("word", ["/opt/my gdsim", 'a "b" c', "50%", "$HOME`x`", "back\\slash"])
def test_any_path_comes_through_an_exec_line(word):
    line = (
        quoted_for_exec(word).replace("%%", "%").replace("\\\\", "\\")
    )  # as a desktop reads a value, then its codes
    command = [shutil.which("sh"), "-c", f"printf %s {line}"]  # it quotes as an Exec line does
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == word


@pytest.mark.skipif(shutil.which("xdg-open") is None, reason="it has to be there")
def test_a_link_opens_where_there_is_no_desktop(tmp_path, monkeypatch):
    taker = tmp_path / "gdsim"
    taker.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/taken"\n')
    taker.chmod(0o755)
    monkeypatch.setattr(registration, "own_command", lambda: [str(taker)])
    for name in ("XDG_CURRENT_DESKTOP", "DESKTOP_SESSION", "KDE_FULL_SESSION", "GNOME_DESKTOP_SESSION_ID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "HOME": tmp_path,
        "XDG_CONFIG_HOME": tmp_path,
        "DISPLAY": ":0",
        "BROWSER": "false",
    }.items():
        monkeypatch.setenv(name, str(value))
    register_links("linux")
    subprocess.run([shutil.which("xdg-open"), "gdsim:1,abc"], check=True, capture_output=True)
    assert (tmp_path / "taken").read_text().splitlines() == ["--open", "gdsim:1,abc"]


def test_a_path_with_a_line_end_is_refused(tools, monkeypatch):
    monkeypatch.setattr(registration, "own_command", lambda: ["/opt/a\nb/gdsim"])
    with pytest.raises(NotRegistered, match="cannot be opened with this copy: a line end in its path"):
        register_links("linux")


def test_a_folder_that_cannot_be_written_is_said(tools, tmp_path, monkeypatch):
    (tmp_path / "data").write_text("a file where a folder should be")
    with pytest.raises(NotRegistered, match="Links cannot be opened with this copy: "):
        register_links("linux")


def test_a_tool_that_hangs_is_said(tools, monkeypatch):
    def hang(command, **_):
        raise subprocess.TimeoutExpired(command, 10)

    monkeypatch.setattr(registration.subprocess, "run", hang)
    with pytest.raises(NotRegistered, match="timed out"):
        register_links("linux")


def test_macos_knows_the_application_by_itself():
    with pytest.raises(NotRegistered, match=r"opens links in gdsim\.app by itself"):
        register_links("darwin")


def test_what_windows_is_told():
    values = registry_values([r"C:\my programs\gdsim.exe"])
    assert values["URL Protocol"] == ""
    assert values["shell/open/command/."] == '"C:\\my programs\\gdsim.exe" --open "%1"'
