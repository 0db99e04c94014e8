"""What a person left is remembered; a settings file that holds anything else stops nothing."""

import ast
import json
import sys
import threading
from functools import partial
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QByteArray, QCoreApplication, QDir, QRect, QSettings, QStandardPaths
from PySide6.QtWidgets import QApplication, QDialog

import gdsim.gui
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.handin.answer_file import ANSWER_FILE_ENDING
from gdsim.core.language.translations import languages
from gdsim.core.rules.own_rule import own_rule
from gdsim.gui.files.recent import RecentFiles
from gdsim.gui.forms import file_dialog
from gdsim.gui.handin.hand_in import Drafts
from gdsim.gui.language import keep_language, language_at_start
from gdsim.gui.lessons.bookmarks import Bookmarks
from gdsim.gui.preferences import Preferences, StoreInMemory, settings_file
from gdsim.gui.rules.known_rules import KnownRules
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue
from tests.gui.files.person import Person

pytestmark = pytest.mark.usefixtures("all_undressed")


def _keys():
    """Yield the keys under which the modules of the window keep something."""
    for path in Path(gdsim.gui.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "settings.keep(" in text.lower() else ():
            match node:
                case ast.Call(ast.Attribute(owner, "keep"), [key, *_]) if "settings" in ast.unparse(owner):
                    module = ".".join(path.relative_to(Path(gdsim.__file__).parents[1]).with_suffix("").parts)
                    yield eval(ast.unparse(key), vars(import_module(module)))  # noqa: S307 - our own code


KEYS = sorted({*_keys()})
# As they stand in the file.
WRONG = {
    "empty": "",
    "text": "foo",
    "list": "a, b",
    "huge number": "9" * 5000,
    "negative number": "-1",
    "bytes": r"@ByteArray(\0\xff\x1foo)",
    "bytes of a window": r"@ByteArray(\x1\xd9\xd0\xcb\0\x3\0\0\xff\xff\xff\xff)",
    "bytes of a splitter": r"@ByteArray(\0\0\0\xff\0\0\0\x1\xff\xff\xff\xff\xff\xff\xff\xff)",
    "nothing": "@Invalid()",
    "rectangle": "@Rect(1 2 3 4)",
    "unknown kind": r"@Variant(\0\0\0\x7f)",
    "no path": r'"/a\0b"',
    "deep": f'"{"[" * 100_000}"',
    "lesson": f'"[[\\"{"x" * 5000}\\", 1], [\\"a\\", {"9" * 4000}], [\\"b\\", -1], [3, true]]"',
    "picture": '"{\\"part\\": \\"window\\", \\"theme\\": [], \\"width\\": 1e999}"',
}
# What is wrong in what a key has: it comes farther than anything else.
STATES, JSON, PATHS = [one for one in WRONG if "bytes" in one], ["deep", "lesson", "picture"], ["no path"]
NEARLY = {
    **dict.fromkeys(("columns", "geometry"), STATES),
    **dict.fromkeys(("lessons", "export/clip", "export/picture", "hand_in/drafts"), JSON),
    **dict.fromkeys(("folder", "recent", "export/folder", "hand_in/folder"), PATHS),
}
# So many windows are opened, each with another wrong value of every key.
STARTS = range(3)


def wrong_values(start):
    """Return a kind of wrong value for each key: those that are nearly right, then others in turn."""
    chosen = {}
    for place, key in enumerate(KEYS):
        others = [kind for kind in WRONG if kind not in NEARLY.get(key, ())]
        kinds = [*NEARLY.get(key, ()), *(others * 2)[place % len(others) :]]
        chosen[key] = kinds[start]
    return chosen


def opened(qtbot, path):
    session = Session(load_scene(find_scene("first-neuron")))
    store = QSettings(str(path), QSettings.Format.IniFormat)
    window = MainWindow(QApplication.instance(), session, SurfaceView(allowed=False), store)
    qtbot.addWidget(window, before_close_func=lambda _: window.files.close_at_once())
    window.files.begin(path.parent / "drafts")
    window.help.begin_first_tour()
    window.setUpdatesEnabled(False)  # it is not looked at
    with qtbot.waitExposed(window):
        window.show()
    session.begin()
    qtbot.waitUntil(window.is_settled)
    return window, store


@pytest.fixture
def person(monkeypatch, tmp_path):
    """Put somebody in the place of the dialogs about files, who saves a scene and a picture, but no clip."""
    somebody = Person()
    picture = tmp_path / "picture.png"

    def shown(dialog, chosen):
        if dialog.windowTitle() == "Save scene as":
            return somebody.choose(dialog, chosen)
        if dialog.windowTitle() == "Export a picture":
            chosen(picture, "")
        dialog.deleteLater()
        return dialog

    monkeypatch.setattr(file_dialog, "_shown", shown)
    return somebody


def use_all(qtbot, window, store, person, folder):
    """Do with a window whatever reads or keeps something that is remembered."""
    assert language_at_start(Preferences(store), {}) in languages()
    keep_language(Preferences(store), "en")
    window.help.tour.end()
    for name in ("export_picture", "export_animation"):
        window.commands[name].trigger()
        dialog = next(one for one in window.findChildren(QDialog) if one.isVisible())
        dialog.save.click()
        qtbot.waitUntil(lambda: not window.export.made.work.is_busy, timeout=30_000)
        for left in window.findChildren(QDialog):
            left.close()
    recent = window.commands["recent"].menu()
    recent.fill()
    for entry in recent.actions()[:-1]:
        entry.trigger()
        qtbot.waitUntil(lambda: not window.files.is_busy)
    person.files = [folder / "scene.json"]
    window.commands["save_as"].trigger()
    qtbot.waitUntil(lambda: not window.files.is_busy)
    if window.commands["continue_lesson"].isEnabled():
        window.commands["continue_lesson"].trigger()
        qtbot.waitUntil(lambda: bool(window.notice.text()) or window.lessons.bar.isVisible())
    window.known_rules.remember([own_rule("Mine", "w_next = w - eta*g")])
    window.commands["from_here"].trigger()
    hand_in(qtbot, window, folder)
    window.commands["lecture"].trigger()
    qtbot.waitUntil(lambda: window.lessons.lesson.key == "lecture")


def hand_in(qtbot, window, folder):
    """Begin to hand in a sheet, and leave the answer in words unfinished."""
    lessons = window.lessons
    window.commands["first_sheet"].trigger()
    qtbot.waitUntil(lambda: lessons.lesson is not None and lessons.lesson.key == "first-sheet")
    lessons.hand_in.begin("Ada", folder / f"ada{ANSWER_FILE_ENDING}")
    qtbot.waitUntil(lambda: lessons.hand_in.hand_in is not None)
    lessons.guide.go(lessons.guide.lesson.tasks[-1])
    lessons.guide.open_again()
    task = lessons.hand_in.task
    qtbot.waitUntil(lambda: not task.tasks.is_busy)
    task.form.text.setPlainText("unfinished")
    task.close()


def test_all_that_is_remembered_comes_back(qtbot, person, tmp_path):
    window, store = opened(qtbot, tmp_path / "gdsim.ini")
    use_all(qtbot, window, store, person, tmp_path)
    window.cards.step.set_digits(6)
    window.close()
    assert {*store.allKeys()} == {*KEYS}
    again, store = opened(qtbot, tmp_path / "gdsim.ini")
    assert again.cards.step.digits == 6
    assert store.value("folder") == str(tmp_path)
    assert again.commands["continue_lesson"].text() == "&Continue at stop 1"
    again.close()


def test_every_wrong_value_is_tried():
    assert {kind for start in STARTS for kind in wrong_values(start).values()} == {*WRONG}


@pytest.mark.qt_log_ignore("QVariant::load: unknown user type")
@pytest.mark.parametrize("start", STARTS)
def test_the_window_opens_works_and_closes_whatever_the_file_holds(qtbot, person, tmp_path, start):
    path = tmp_path / "gdsim.ini"
    wrong = wrong_values(start)
    groups = {"General": []}
    for key, kind in wrong.items():
        group, _, name = key.rpartition("/")
        groups.setdefault(group or "General", []).append(f"{name}={WRONG[kind]}")
    lines = [line for group, entries in groups.items() for line in (f"[{group}]", *entries)]
    path.write_text("\n".join(lines), encoding="utf-8")
    before = {key: QSettings(str(path), QSettings.Format.IniFormat).value(key) for key in KEYS}
    window, store = opened(qtbot, path)
    assert {*store.allKeys()} == {*KEYS}
    use_all(qtbot, window, store, person, tmp_path)
    window.cards.step.set_digits(6)
    window.close()
    # What was wrong is gone.
    assert [key for key in KEYS if store.value(key) == before[key]] == []
    assert (store.value("digits"), store.value("folder")) == ("6", str(tmp_path))


# ------------------------------------------------------------------------------------ single values


@pytest.fixture
def store(tmp_path):
    return QSettings(str(tmp_path / "kept.ini"), QSettings.Format.IniFormat)


@pytest.mark.parametrize("reread", [False, True])
def test_what_is_kept_comes_back(store, tmp_path, reread):
    preferences = Preferences(store)
    for key, value in (
        ("text", "a, b; ü"),
        ("flag", False),
        ("state", QByteArray(b"\0\xff")),
        ("number", "4"),
    ):
        preferences.keep(key, value)
    preferences.keep("texts", ["a, b", "c"])
    preferences.keep("folder", str(tmp_path))
    if reread:
        store.sync()
        preferences = Preferences(QSettings(store.fileName(), QSettings.Format.IniFormat))
    assert preferences.text("text") == "a, b; ü"
    assert preferences.texts("texts") == ["a, b", "c"]
    assert preferences.flag("flag", usual=True) is False
    assert preferences.state("state") == QByteArray(b"\0\xff")
    assert preferences.option("number", {"3": 3, "4": 4}, 3) == 4
    assert preferences.folder("folder") == tmp_path


@pytest.mark.parametrize("value", [17, ["a", "b"], {"a": 1}, QRect(1, 2, 3, 4), QByteArray(b"x"), None, ""])
def test_what_is_no_such_value_is_as_usual(store, value):
    store.setValue("key", value)
    for preferences in (Preferences(store), Preferences(None)):
        assert preferences.text("key", "usual") in ("usual", value)
        assert preferences.flag("key", usual=True)
        assert preferences.option("key", {"a": 1}, 2) == 2
        assert preferences.state("key") in (QByteArray(), value)
        assert preferences.folder("key") is None
        assert all(isinstance(text, str) and text for text in preferences.texts("key"))


@pytest.mark.parametrize("path", ["x" * 5000, "/a\0b", "gone", __file__])
def test_no_folder_is_none(store, path):
    Preferences(store).keep("folder", path)
    assert Preferences(store).folder("folder") is None


def test_nothing_is_remembered_without_a_store():
    Preferences(None).keep("key", "a")
    assert Preferences(None).text("key", "usual") == "usual"


def test_what_is_kept_is_known_at_once_and_written_in_the_background(qtbot, tmp_path, monkeypatch):
    """To write waits for the disk, which may take seconds where others use it."""
    path, writers = tmp_path / "kept.ini", []
    before = QSettings(str(path), QSettings.Format.IniFormat)
    before.setValue("number", "3")
    before.sync()
    sync, is_disk_free = QSettings.sync, threading.Event()
    is_disk_free.set()

    def noted(self):
        writers.append(threading.current_thread())
        assert is_disk_free.wait(20.0)
        sync(self)

    monkeypatch.setattr(QSettings, "sync", noted)
    tasks = TaskQueue(in_order=True)
    store = StoreInMemory(tasks, lambda: QSettings(str(path), QSettings.Format.IniFormat))
    preferences = Preferences(store)
    assert preferences.text("number") == "3"
    is_disk_free.clear()
    for number in range(20):
        preferences.keep("number", str(number))
        preferences.keep("flag", number % 2 == 1)
    assert preferences.text("number") == "19"
    assert preferences.flag("flag", usual=False)
    is_disk_free.set()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert threading.main_thread() not in writers
    assert len(writers) < 5
    read = Preferences(QSettings(str(path), QSettings.Format.IniFormat))
    assert (read.text("number"), read.flag("flag", usual=False)) == ("19", True)
    tasks.close_for_good()  # the program ends
    preferences.keep("number", "20")
    store.write()
    assert Preferences(QSettings(str(path), QSettings.Format.IniFormat)).text("number") == "20"


def test_a_value_without_a_key_is_left_where_it_is(qtbot, tmp_path):
    """Qt lists an empty key, and complains on the terminal when it is asked for it."""
    file = tmp_path / "kept.ini"
    file.write_text("[General]\n=nothing\ntheme=dark\n", encoding="utf-8")
    make = partial(QSettings, str(file), QSettings.Format.IniFormat)
    assert "" in make().allKeys()
    tasks = TaskQueue()
    assert Preferences(StoreInMemory(tasks, make)).text("theme") == "dark"
    tasks.close_for_good()


def test_a_value_that_is_damaged_is_not_told_on_the_terminal(qtlog, tmp_path):
    file = tmp_path / "kept.ini"
    file.write_text("[General]\npage=@Variant(\\0\\0\\0\\x7f)\ntheme=dark\n", encoding="utf-8")
    tasks = TaskQueue()
    store = StoreInMemory(tasks, partial(QSettings, str(file), QSettings.Format.IniFormat))
    assert (Preferences(store).text("page"), Preferences(store).text("theme")) == ("", "dark")
    assert [record.message for record in qtlog.records] == []
    tasks.close_for_good()


@pytest.mark.skipif(sys.platform != "linux", reason="settings are in a file of Qt's form there alone")
def test_where_settings_are_kept_is_known_before_they_are_read(qapp, monkeypatch):
    monkeypatch.setattr(QCoreApplication, "organizationName", lambda: "gdsim")
    monkeypatch.setattr(QCoreApplication, "applicationName", lambda: "gdsim")
    kind, scope = QSettings.Format.NativeFormat, QSettings.Scope.UserScope
    assert settings_file() == QSettings(kind, scope, "gdsim", "gdsim").fileName()


def test_of_several_windows_none_forgets_what_another_one_remembers(qtbot, tmp_path, monkeypatch):
    """Each has begun with what was kept then."""
    make = partial(QSettings, str(tmp_path / "kept.ini"), QSettings.Format.IniFormat)
    tasks = TaskQueue(in_order=True)
    windows = [Preferences(StoreInMemory(tasks, make)) for _ in range(3)]
    recent, marks, drafts = ([kind(one) for one in windows] for kind in (RecentFiles, Bookmarks, Drafts))
    known = [KnownRules(None, one) for one in windows]
    rules = [SimpleNamespace(fingerprint=name) for name in "ab"]
    for number, name in enumerate("ab"):
        recent[number].add(tmp_path / name)
        marks[number].keep(name, number)
        drafts[number].put(name, (name,))
        known[number].remember([rules[number]])
        qtbot.waitUntil(lambda: not tasks.is_busy)
    assert [path.name for path in recent[2].paths()] == ["b", "a"]
    marks[2].keep("c", 2)
    drafts[2].put("c", ("c",))
    known[2].remember([])
    assert json.loads(windows[2].text("lessons")) == [["c", 2], ["b", 1], ["a", 0]]
    assert [drafts[2].of(name) for name in "abc"] == [("a",), ("b",), ("c",)]
    assert known[2].unknown(rules) == []
    tasks.close_for_good()


def test_settings_are_read_in_one_place_alone():
    folder = Path(gdsim.gui.__file__).parent
    using = {path.name for path in folder.rglob("*.py") if "QSettings" in path.read_text(encoding="utf-8")}
    # What opens links on Windows is the system's to keep.
    assert using == {"preferences.py", "registration.py"}


def test_files_begin_in_a_folder_that_is_there(qapp, tmp_path, monkeypatch):
    """Not every system has a folder for documents."""
    store = QSettings(str(tmp_path / "gdsim.ini"), QSettings.Format.IniFormat)
    preferences = Preferences(store)
    documents = tmp_path / "Documents"
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(documents))
    monkeypatch.setattr(QDir, "homePath", lambda: str(tmp_path))
    assert preferences.folder_for_files("folder") == tmp_path
    documents.mkdir()
    assert preferences.folder_for_files("folder") == documents
    kept = tmp_path / "kept"
    preferences.keep("folder", str(kept))
    assert preferences.folder_for_files("folder") == documents
    kept.mkdir()
    assert preferences.folder_for_files("folder") == kept
    kept.rmdir()
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: "n" * 300)  # cannot be looked up
    assert preferences.folder_for_files("folder") == tmp_path
