"""Work that was not saved survives the end of the process, however it comes."""

import os
import signal
import sys
from ctypes.util import find_library
from dataclasses import dataclass, replace

import pytest
from PySide6.QtWidgets import QPushButton

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.files.scene_file import Draft, read_draft, read_scene, write_draft
from gdsim.gui.files.autosave import orphans
from gdsim.gui.files.draft_recovery import RestoreBar
from tests.gui.forked import Forked

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="its programs are copies of a process")

# What somebody does in a window, in a process of its own. `tell` ends a line that the test waits for.
_PROGRAM = """
import os, sys, traceback
from dataclasses import replace
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox
from gdsim.core.files.scene import load_scene
from gdsim.gui.runtime import app
from gdsim.gui.runtime import boot
from gdsim.gui.files import autosave
from gdsim.gui.window import appearance

autosave.AUTOSAVE_PAUSE_MS = 20
appearance.application_sheet = lambda *_, **__: ""  # nobody looks
tell = lambda *words: print(*words, flush=True)
qt = boot.boot()
path = Path(sys.argv[1])

def window():
    return next(one for one in qt.topLevelWidgets() if hasattr(one, "files"))

def until(condition, then):
    def look():
        if condition():
            timer.stop()
            try:
                then()
            except Exception:  # what the test waits for would never come
                traceback.print_exc()
                os._exit(3)
    timer = QTimer(qt)
    timer.timeout.connect(look)
    timer.start(5)

def edit(y=0.3):
    session = window().session
    session.edit(replace(session.experiment, points=session.experiment.points.replaced(0, [0.5], y)), "Move")

def drafts():
    return list(boot.drafts_folder().glob("[!.]*.json"))

def bar():
    return window().files.bar

def press(words):
    next(one for one in bar().findChildren(type(bar().children()[-1])) if one.text() == words).click()

def on_first_paint(*given, start=app.begin_document):
    start(*given)
    QTimer.singleShot(0, begin)  # once drafts are written, too

{body}

app.begin_document = on_first_paint
sys.exit(app.open_window(load_scene(path), path, opengl=False))
"""
_EDIT = "def begin():\n    edit()\n    until(drafts, lambda: tell('kept'))\n"


@dataclass
class Program:
    process: Forked

    def wait_for(self, words):
        line = self.process.stdout.readline()
        assert line.startswith(words), line + self.process.stderr.read()
        return line.removeprefix(words).strip()

    def end(self, number):
        self.process.send_signal(number)
        return self.process.wait(20)

    def errors(self):
        said = self.process.stderr.read().splitlines()
        # What Qt's offscreen platform says of itself.
        return "\n".join(line for line in said if not line.startswith("This plugin does not support"))


@pytest.fixture
def scene(tmp_path):
    path = tmp_path / "my scene ä.json"
    path.write_text(find_scene("first-neuron").read_text(encoding="utf-8"), encoding="utf-8")
    return path


@pytest.fixture
def start(scene):
    """Return a function that starts a window in a process of its own."""
    begun = []

    def start_one(body):
        process = Forked(_PROGRAM.replace("{body}", body), str(scene))
        begun.append(process)
        return Program(process)

    yield start_one
    for process in begun:
        process.close()


@pytest.fixture
def folder(tmp_path):
    """Return the folder of drafts."""
    return tmp_path / "data" / "gdsim" / "gdsim" / "autosave"


@pytest.fixture
def drafts(folder):
    """Return a function that lists what is kept."""
    return lambda: list(folder.glob("[!.]*"))


@pytest.fixture
def left(folder, scene):
    """Leave unsaved edits of two processes that are gone, as after a kill."""
    experiment, file = read_scene(scene)
    edited = replace(experiment, points=experiment.points.replaced(0, [0.5], 0.3))
    folder.mkdir(parents=True)
    for name in ("one.json", "other.json"):
        write_draft(folder / name, Draft(edited, file))


def test_after_each_kill_the_edit_is_back_until_it_is_saved(start, scene, drafts):
    program = start(_EDIT)
    program.wait_for("kept")
    program.end(signal.SIGKILL)
    assert load_scene(scene).points.y[0] == 0.2

    restored = """
def begin():
    until(lambda: bar().isVisible(), restore)
def restore():
    tell("offered", bar().accessibleDescription())
    press("Restore")
    document = window().session.document
    tell("restored", document.experiment.points.y[0], document.file.path == path, document.is_modified)
    tell("title", window().windowTitle(), bar().isVisible(), len(drafts()))
"""
    saved = """
    window().commands["save"].trigger()
    until(lambda: not document.is_modified, window().close)
"""
    for body in (restored, restored + saved):  # also when it is killed again
        again = start(body)
        assert "my scene ä.json has changes from" in again.wait_for("offered")
        assert again.wait_for("restored") == "0.3 True True"
        assert again.wait_for("title") == "my scene ä.json[*] – gdsim False 1"
        if body is restored:
            again.end(signal.SIGKILL)
    assert (again.process.wait(20), again.errors()) == (0, "")
    assert load_scene(scene).points.y[0] == 0.3
    assert drafts() == []


def test_a_bar_that_offers_nothing_has_no_buttons(qtbot):
    bar = RestoreBar()
    qtbot.addWidget(bar)
    assert bar.children() == []
    for sentence in ("This.", "That."):
        bar.offer(sentence)
        assert [one.text() for one in bar.findChildren(QPushButton)] == [
            "Restore",
            "Discard",
            "Not now",
        ]


@pytest.mark.usefixtures("left")
def test_what_is_offered_may_be_refused(start, drafts):
    again = start("""
def begin():
    until(lambda: bar().isVisible(), discard)
def discard():
    press("Discard")
    tell("left", len(drafts()))
    until(lambda: bar().isVisible(), refuse)
def refuse():
    press("Not now")
    tell("shown", bar().isVisible(), window().session.experiment.points.y[0])
    window().close()
""")
    assert again.wait_for("left") == "1"
    assert again.wait_for("shown") == "False 0.2"
    assert (again.process.wait(20), again.errors()) == (0, "")
    assert len(drafts()) == 1


def test_two_windows_keep_to_their_own(start, drafts):
    first, second = start(_EDIT), None
    first.wait_for("kept")
    for path in drafts():
        os.utime(path, (0.0, 0.0))  # a window may be open for days
    second = start("""
def begin():
    edit(0.7)
    until(lambda: len(drafts()) == 2, lambda: tell("kept", bar().isVisible()))
""")
    assert second.wait_for("kept") == "False"
    first.end(signal.SIGKILL)
    second.end(signal.SIGKILL)
    kept = [path for path in drafts() if path.suffix == ".json"]
    assert sorted(float(read_draft(path).experiment.points.y[0]) for path in kept) == [0.3, 0.7]
    third = start("""
def begin():
    until(lambda: bar().isVisible(), first)
def first():
    press("Discard")
    until(lambda: bar().isVisible(), second)
def second():
    press("Restore")
    tell("restored", len(drafts()))
""")
    assert third.wait_for("restored") == "1"


def test_a_draft_is_not_for_others_though_it_could_not_be_locked_at_first(start, folder):
    """As where the disk was full, and no longer is."""
    program = start("""
from PySide6.QtCore import QLockFile
full, lock = [True], QLockFile.tryLock
QLockFile.tryLock = lambda *of: not (full and full.pop()) and lock(*of)
def begin():
    edit()
    until(drafts, lambda: tell("kept"))
""")
    program.wait_for("kept")
    assert orphans(folder) == []
    program.end(signal.SIGKILL)
    (left,) = orphans(folder)
    left.discard()


@pytest.mark.parametrize(("name", "asking"), [("SIGINT", False), ("SIGTERM", True), ("SIGHUP", False)])
def test_a_kind_end_asks_nothing_and_keeps_the_work(start, drafts, name, asking):
    program = start(f"""
autosave.AUTOSAVE_PAUSE_MS = 10_000_000
def begin():
    edit()
    if {asking}:
        window().close()
        until(lambda: window().findChild(QMessageBox).isVisible(), lambda: tell("edited"))
    else:
        tell("edited")
""")
    program.wait_for("edited")
    assert program.end(getattr(signal, name)) == 0
    assert program.errors() == ""
    (kept,) = drafts()
    assert read_draft(kept).experiment.points.y[0] == 0.3


def test_when_a_session_ends_the_work_is_kept_before_the_process_is_ended(start, drafts):
    """Windows asks for it, and waits for no answer to a question."""
    program = start("""
autosave.AUTOSAVE_PAUSE_MS = 10_000_000
def begin():
    edit()
    qt.commitDataRequest.emit(None)
    tell("committed", window().isVisible())
""")
    assert program.wait_for("committed") == "True"
    program.end(signal.SIGKILL)
    assert program.errors() == ""
    assert [read_draft(path).experiment.points.y[0] for path in drafts() if path.suffix == ".json"] == [0.3]


def test_when_the_display_goes_the_work_is_kept(start, drafts):
    """Qt then ends its event loop, and no window hears of it."""
    program = start("""
autosave.AUTOSAVE_PAUSE_MS = 10_000_000
def begin():
    until(lambda: window().isVisible(), lambda: (edit(), qt.exit(1)))
""")
    assert (program.process.wait(20), program.errors()) == (1, "")
    (kept,) = drafts()
    assert read_draft(kept).experiment.points.y[0] == 0.3


@pytest.mark.skipif(find_library("X11") is None, reason="there is no Xlib")
def test_when_xlib_notices_first_that_the_display_is_gone_the_work_is_kept(start, drafts):
    """It ends the process itself, and Qt's event loop with it."""
    program = start("""
import ctypes
from gdsim.gui.runtime.display_loss import HANDLER, XLIB
autosave.AUTOSAVE_PAUSE_MS = 10_000_000
library = ctypes.CDLL(XLIB)
library.XSetIOErrorHandler.restype = HANDLER
def begin():
    until(lambda: window().isVisible(), lambda: (edit(), library.XSetIOErrorHandler(None)(None)))
""")
    assert (program.process.wait(20), program.errors()) == (1, "")
    assert [read_draft(path).experiment.points.y[0] for path in drafts() if path.suffix == ".json"] == [0.3]


def test_a_signal_that_is_ignored_ends_nothing(start):
    """As with nohup, whose window outlasts its terminal."""
    program = start("""
import signal
signal.signal(signal.SIGHUP, signal.SIG_IGN)
def begin():
    until(lambda: signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL, hang_up)
def hang_up():
    signal.raise_signal(signal.SIGHUP)
    until(lambda: True, lambda: tell("open", window().isVisible()))
""")
    assert program.wait_for("open") == "True"
    assert (program.end(signal.SIGTERM), program.errors()) == (0, "")


def test_a_draft_that_is_there_is_not_written_again(start, drafts):
    """With a million points it takes seconds, while somebody may be about to switch the machine off."""
    program = start("""
def begin():
    edit()
    until(lambda: drafts() and not window().files.is_busy, lambda: tell("kept"))
""")
    program.wait_for("kept")
    (kept,) = (path for path in drafts() if path.suffix == ".json")
    before = kept.stat().st_ino
    assert program.end(signal.SIGTERM) == 0
    assert kept.stat().st_ino == before


@pytest.mark.parametrize("modified", [False, True])
def test_a_clean_close_leaves_nothing(start, drafts, modified):
    program = start(f"""
def begin():
    edit()
    until(drafts, close)
def close():
    if {modified}:
        window().close()
        discard = next(one for one in window().findChild(QMessageBox).buttons() if one.text() == "&Discard")
        discard.click()
    else:
        window().user_actions.undo()
        window().close()
""")
    assert (program.process.wait(20), program.errors()) == (0, "")
    assert drafts() == []


def test_unfinished_files_of_killed_processes_go_at_the_next_start(start, scene, tmp_path):
    left = tmp_path / ".my scene ä.json.gdsim-abc.json"
    left.write_text("half")
    os.utime(left, (0.0, 0.0))
    program = start("def begin():\n    until(lambda: not window().files.is_busy, window().close)\n")
    assert (program.process.wait(20), program.errors()) == (0, "")
    assert not left.exists()
    assert scene.exists()


def test_a_drafts_folder_that_cannot_be_is_said(start, tmp_path):
    (tmp_path / "data").write_text("a file in the place of the folder")
    program = start("""
def begin():
    tell("said", window().notice.text())
    window().close()
""")
    assert "Unsaved work would be lost in a crash: " in program.wait_for("said")
    assert (program.process.wait(20), program.errors()) == (0, "")


def test_a_killed_window_without_changes_offers_nothing(start, drafts):
    program = start("def begin():\n    tell('begun')\n")
    program.wait_for("begun")
    program.end(signal.SIGKILL)
    assert [path.suffix for path in drafts()] == [".lock"]
    again = start("""
def begin():
    until(lambda: not window().files.is_busy, lambda: (tell("bar", bar().isVisible()), window().close()))
""")
    assert again.wait_for("bar") == "False"
    assert (again.process.wait(20), again.errors()) == (0, "")
    assert drafts() == []
