"""The files opened last: remembered, offered, forgotten."""

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from gdsim.core.files.scene_file import save_scene
from gdsim.core.model.experiment import new_experiment
from gdsim.gui.files.recent import RecentFiles, RecentMenu
from gdsim.gui.preferences import Preferences


@pytest.fixture
def recent(settings):
    return RecentFiles(Preferences(settings))


@pytest.fixture
def window(person, open_window):
    """A window that remembers."""
    return open_window()


def test_the_last_one_is_first_and_each_is_there_once(recent, settings, tmp_path):
    paths = [tmp_path / name for name in ("a.json", "ä ½ \U0001d6fe.json", "a, b; c.json", "100%.json")]
    for path in (*paths, paths[0]):
        recent.add(path)
    wanted = (paths[0], *reversed(paths[1:]))
    assert recent.paths() == wanted
    settings.sync()
    assert RecentFiles(Preferences(settings)).paths() == wanted


def test_no_more_than_ten_are_kept(recent, tmp_path):
    for number in range(12):
        recent.add(tmp_path / f"{number}.json")
    assert [path.stem for path in recent.paths()] == [str(number) for number in range(11, 1, -1)]


def test_one_alone_is_remembered_and_all_are_forgotten(recent, settings, tmp_path):
    recent.add(tmp_path / "a.json")
    settings.sync()
    assert RecentFiles(Preferences(settings)).paths() == (tmp_path / "a.json",)
    recent.clear()
    assert recent.paths() == ()


def test_a_path_that_is_no_text_is_not_remembered(recent):
    recent.add(Path("/home/\udcff.json"))
    assert recent.paths() == ()


def test_nonsense_in_the_settings_is_no_path(recent, settings):
    for nonsense in (17, ["", "a.json"], {"a": 1}, None):
        settings.setValue("recent", nonsense)
        assert all(isinstance(path, Path) for path in recent.paths())


def test_without_settings_nothing_is_remembered(tmp_path):
    recent = RecentFiles(Preferences(None))
    recent.add(tmp_path / "a.json")
    assert recent.paths() == ()


@pytest.fixture
def menu(qtbot, recent):
    parent = QWidget()
    qtbot.addWidget(parent)
    yield RecentMenu(recent, parent)
    parent.close()


def test_the_menu_offers_them_and_can_be_cleared(recent, menu, tmp_path):
    chosen = []
    menu.chosen.connect(chosen.append)
    menu.fill()
    assert [(entry.text(), entry.isEnabled()) for entry in menu.actions()] == [("No recent files", False)]
    for name in ("R & D.json", "b.json"):
        recent.add(tmp_path / name)
    menu.fill()
    first, second, _, clear = menu.actions()
    assert first.text().startswith("&1  b.json  (")
    assert second.text().startswith("&2  R && D.json  (")
    second.trigger()
    assert chosen == [tmp_path / "R & D.json"]
    clear.trigger()
    assert recent.paths() == ()


@pytest.mark.skipif(os.name == "nt", reason="there everybody has a home")
def test_the_menu_opens_for_somebody_of_whom_the_system_knows_no_home(recent, menu, monkeypatch):
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: 987_654_321)
    recent.add(Path("/data/a.json"))
    menu.fill()
    assert menu.actions()[0].text() == "&1  a.json  (/data)"


def test_what_is_saved_and_opened_is_offered_in_the_file_menu(window, person, settle, tmp_path):
    for name in ("a.json", "b.json"):
        person.files.append(tmp_path / name)
        window.commands["save_as"].trigger()
        settle(window)
    menu = window.commands["recent"].menu()
    menu.aboutToShow.emit()
    menu.actions()[1].trigger()
    settle(window)
    assert window.windowTitle() == "a.json[*] – gdsim"
    assert [path.name for path in window.files.recent.paths()] == ["a.json", "b.json"]


def test_a_missing_file_is_told_and_dropped_and_one_that_cannot_be_read_now_stays(window, settle, tmp_path):
    path = save_scene(new_experiment(), tmp_path / "gone.json").path
    window.files.recent.add(path)
    path.unlink()
    window.files.open_recent(path)
    settle(window)
    assert window.notice.text() == "gone.json no longer exists; it was removed from the list."
    assert window.files.recent.paths() == ()
    path = tmp_path / "broken.json"
    path.write_text("{")
    window.files.recent.add(path)
    window.files.open_recent(path)
    settle(window)
    assert window.notice.text().startswith("broken.json: is not JSON")
    assert window.files.recent.paths() == (path,)
