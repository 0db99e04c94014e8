"""The whole program in a process of its own: it starts, draws, and ends without a word."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec

import numpy as np
import pytest
from PIL import Image

from gdsim.cli import main
from gdsim.cli.recording import RECORDING_ENDINGS
from gdsim.gui.export.clip import ClipFormat
from tests.every import WHOLE, every
from tests.gui.forked import forked

PLAY = """
import numpy, os, signal, sys
from dataclasses import replace
from PySide6.QtCore import QTimer
from PySide6.QtGui import QRasterWindow
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.gui.runtime import app
from gdsim.gui.runtime import boot
from gdsim.gui.runtime.unattended import run_until
from gdsim.gui.window import main_window
qt = boot.boot()
scene = load_scene(find_scene("first-neuron"))
scene = replace(scene, runs=tuple(replace(run, epochs=5_000_000) for run in scene.runs))
def begin():
    window = next(one for one in qt.topLevelWidgets() if isinstance(one, main_window.MainWindow))
    also = QRasterWindow()
    run_until(window.isVisible)
    window.player.toggle()
    run_until(lambda: window.session.playhead.cursor > 0)
    QTimer.singleShot(0, lambda: {end})
QTimer.singleShot(0, begin)
sys.exit(app.open_window(scene, opengl={opengl}))
"""


def test_the_command_line_knows_the_pictures_that_the_window_makes():
    assert (".png", *(f".{form}" for form in ClipFormat)) == RECORDING_ENDINGS


def python(
    code: str, *arguments: str, environment: Mapping[str, str] = os.environ
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
        check=False,
    )


# Where it is no matter how the program is loaded.
started = forked if hasattr(os, "fork") else python


@pytest.mark.parametrize(
    ("end", "opengl"),
    [
        ("(also.show(), window.close())", True),  # the program ends with its window, whatever else is there
        ("qt.quit()", True),
        ("signal.raise_signal(signal.SIGINT)", True),
        ("(numpy.float64(1e308) * 10.0, window.close())", False),
    ],
    ids=["close", "quit", "interrupt", "an overflow without OpenGL"],
)
def test_ending_in_the_middle_of_everything_is_silent(end, opengl):
    ended = started(PLAY.format(end=end, opengl=opengl))
    assert ended.stderr == ""
    assert ended.returncode == 0


def test_an_error_while_the_window_closes_ends_in_no_crash():
    ended = python(
        PLAY.format(end="fail_at_the_end(window)", opengl=False).replace("def begin", FAILING),
        environment=os.environ | {"PYTHONMALLOC": "debug"},
    )
    assert "ZeroDivisionError: division by zero" in ended.stderr
    assert ended.returncode == 0


FAILING = """
def fail_at_the_end(window):
    window.exercises.open("check_work")
    window.exercises.opened["check_work"].finished.connect(lambda _, of=window: 1 / 0)
    window.close()
def begin"""


IN_LESSON = """
import sys
from PySide6.QtCore import QTimer
from gdsim.cli import main
from gdsim.gui.runtime import boot
from gdsim.gui.window import main_window
qt = boot.boot()
def begin():
    window = next(one for one in qt.topLevelWidgets() if isinstance(one, main_window.MainWindow))
    print(window.lessons.lesson.stops[0].title)
    window.close()
QTimer.singleShot(100, begin)
sys.exit(main(["--lesson", "first-sheet", "--no-opengl"]))
"""


def test_a_lesson_of_the_command_line_is_in_the_language_of_the_window():
    ended = started(IN_LESSON, environment=os.environ | {"GDSIM_LANGUAGE": "de", "PYTHONUTF8": "1"})
    assert (ended.stdout, ended.stderr, ended.returncode) == ("Zwei Schritte von Hand\n", "", 0)


STUCK = """
import os, sys, threading
from pathlib import Path
from PySide6.QtCore import QTimer
from gdsim.core.files.atomic import replacing
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.gui.runtime import app, boot
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.tasks import TaskQueue
qt = boot.boot()
begun = threading.Event()
def write_for_ever():
    with replacing(Path(sys.argv[1], "half.csv")) as unfinished:
        unfinished.write_text("half")
        begun.set()
        threading.Event().wait()
def begin():
    window = next(one for one in qt.topLevelWidgets() if isinstance(one, MainWindow))
    window.stuck = TaskQueue(window)
    window.stuck.submit(write_for_ever)
    begun.wait()
    window.close()
QTimer.singleShot(100, begin)
sys.exit(app.open_window(load_scene(find_scene("first-neuron")), opengl=False))
"""


def test_work_that_cannot_be_stopped_does_not_hold_up_the_end(tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    ended = started(STUCK, str(folder))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert list(folder.iterdir()) == []


EVERY_MODULE = """
import importlib, pkgutil, gdsim
for module in pkgutil.walk_packages(gdsim.__path__, "gdsim."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def test_every_module_is_loaded_without_an_application():
    """Qt ends the process where something is asked for that an application has to know."""
    ended = started(EVERY_MODULE)
    assert (ended.returncode, ended.stderr) == (0, "")


# Opened seldom or later, each is loaded when it is first wanted: a start does not wait for it.
LATE = (
    "gdsim.core.analysis.curvature",
    "gdsim.core.analysis.diagnosis",
    "gdsim.core.analysis.searched",
    "gdsim.core.analysis.update",
    "gdsim.core.engine.loop",
    "gdsim.core.files.link",
    "gdsim.core.files.scene_kept",
    "gdsim.core.lessons.caption",
    "gdsim.core.files.script",
    "gdsim.core.files.table.reader",
    "gdsim.core.files.table.table",
    "gdsim.core.model.kept_windows",
    "gdsim.core.model.standardising",
    "gdsim.core.rules.typed_lines",
    "gdsim.gui.crashes.crash_dialog",
    "gdsim.gui.curves.cut_plot",
    "gdsim.gui.forms.dialog",
    "gdsim.gui.objective.function_card",
    "gdsim.gui.points.import_dialog",
    "gdsim.gui.export.commands",
    "gdsim.gui.files.autosave",
    "gdsim.gui.help.help_window",
    "gdsim.gui.lessons.lesson_bar",
    "gdsim.gui.settings.run_editor",
    "gdsim.gui.step.step_card",
    "_hashlib",
    "colorama",
    "contourpy",
    "multiprocessing",
    "numpy.ma",
    "OpenGL",
    "PIL",
    "pydoc",
    "pyqtgraph.parametertree",
    "PySide6.QtTest",
    "ziamath",
)
START = """
import gc, json, linecache, sys
import gdsim.__main__, gdsim.gui
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
run = QApplication.exec
def leave():
    for window in QApplication.topLevelWidgets():
        window.isVisible() and window.grab()
    told.update(loaded=list(sys.modules), read=list(linecache.cache), kept=gc.get_freeze_count())
    QTimer.singleShot(0, QApplication.quit)
    return run()
told = {}
QApplication.exec = staticmethod(leave)
sys.argv = ["gdsim"]
gdsim.__main__.main()
print(json.dumps(told))
"""


def test_a_start_loads_nothing_that_is_wanted_later_and_reads_no_source(tmp_path):
    folders = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(tmp_path))
    ended = python(START, environment=os.environ | folders)
    assert (ended.stderr, ended.returncode) == ("", 0)
    told = json.loads(ended.stdout)
    assert told["kept"] > 10_000
    loaded = set(told["loaded"])
    assert "gdsim.gui.window.main_window" in loaded
    assert not loaded & set(LATE)
    assert all(find_spec(name) for name in LATE)
    assert [name for name in told["read"] if "gdsim" in name or "pyqtgraph" in name] == []


GARBAGE = """
import sys, threading
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.gui.runtime import app, boot
class Garbage:
    def __init__(self):
        self.itself = self
    def __del__(self):
        deleted_in.append(threading.current_thread())
def work():
    while not deleted_in:
        [[] for _ in range(10_000)]
boot.COLLECTED_MS = 100
boot.boot()
deleted_in = []
worker = threading.Thread(target=work)
def begin():
    Garbage()
    worker.start()
    poll.start(50)
poll = QTimer()
poll.timeout.connect(lambda: deleted_in and QApplication.quit())
QTimer.singleShot(100, begin)
app.open_window(load_scene(find_scene("first-neuron")), opengl=False)
worker.join()
assert deleted_in == [threading.main_thread()], deleted_in
"""


def test_what_is_left_of_the_window_is_deleted_in_its_own_thread():
    """A widget that Python's garbage collector deletes in another thread ends the process or hangs it."""
    ended = started(GARBAGE)
    assert (ended.stderr, ended.returncode) == ("", 0)


WINDOW = """
import sys
from gdsim.__main__ import main
sys.argv[1:] = []
sys.exit(main())
"""


def test_without_a_display_the_window_says_so_in_one_line():
    for display in (
        {},
        {"DISPLAY": ":9999"},
        {"DISPLAY": ":9999", "QT_QPA_PLATFORM": "xcb"},
        {"DISPLAY": os.environ.get("DISPLAY", ""), "QT_QPA_PLATFORM": "nonsense"},
    ):
        ended = started(WINDOW, environment=without_display() | display)
        assert ended.returncode != 0
        assert len(ended.stderr.splitlines()) == 1
        name = display.get("QT_QPA_PLATFORM")
        named = f" for QT_QPA_PLATFORM={name}" if name else ""
        assert f"there is no display{named};" in ended.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="settings are in a file of Qt's form there alone")
def test_a_pipe_in_the_place_of_the_settings_does_not_hold_up_the_start(tmp_path):
    settings = tmp_path / "gdsim" / "gdsim.conf"
    settings.parent.mkdir()
    os.mkfifo(settings)
    environment = os.environ | {"XDG_CONFIG_HOME": str(tmp_path)}
    ended = started(PLAY.format(end="window.close()", opengl=False), environment=environment)
    assert (ended.returncode, ended.stderr) == (0, "")
    ended = started(PICTURE, "--version", environment=environment)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"Settings: {settings}\n" in ended.stdout


_PLATFORM = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "QT_LOGGING_RULES"}


def without_display() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _PLATFORM}


SETTINGS = [
    {"DISPLAY": ":9999"},
    {"WAYLAND_DISPLAY": "wayland-99"},
    {"QT_QPA_PLATFORM": "wayland;xcb"},
    {"QT_QPA_PLATFORM": "nonsense"},
]
if WHOLE:
    SETTINGS += [{}, {"DISPLAY": ""}, {"DISPLAY": ":9999", "QT_QPA_PLATFORM": "xcb"}]


APPLICATION = """
import sys
from PySide6.QtGui import QGuiApplication
from gdsim.gui.runtime.platform import choose_platform
choose_platform()
print(QGuiApplication(sys.argv).platformName())
"""


@every("setting", SETTINGS)
def test_without_a_display_qt_goes_on_in_silence(setting):
    ended = started(APPLICATION, environment=without_display() | setting)
    assert (ended.returncode, ended.stderr, ended.stdout) == (0, "", "offscreen\n")


PICTURE = """
import sys
from gdsim.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="others always have fonts")
def test_without_fonts_or_with_a_scale_that_is_none_one_line_says_so(tmp_path):
    """A server seldom has fonts."""
    fonts = tmp_path / "fonts.conf"
    fonts.write_text("<fontconfig/>")
    no_fonts = "there are no fonts on this machine; install one, such as DejaVu Sans"
    no_size = "nothing can be drawn {} times as large; see QT_SCALE_FACTOR"
    record = "record", "valley", str(tmp_path / "a.png")
    export = "export", "valley", "--svg", str(tmp_path / "a.svg")
    for variable, value, words, commands in (
        ("FONTCONFIG_FILE", str(fonts), no_fonts, (record, ())),
        ("QT_SCALE_FACTOR", "0", no_size.format("0"), ((),)),
        ("QT_SCALE_FACTOR", "nan", no_size.format("nan"), (export,)),
    ):
        environment = os.environ | {variable: value}
        for command in commands:
            ended = started(PICTURE, *command, environment=environment)
            assert (ended.returncode, ended.stderr) == (2, f"{' '.join(['gdsim', *command[:1]])}: {words}\n")
        if value == "0":
            ended = started(PICTURE, "--version", environment=environment)
            assert (ended.returncode, ended.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == [fonts]


@pytest.mark.skipif(sys.platform != "linux", reason="others always have UTF-8")
def test_qt_tells_nothing_of_a_locale_without_utf_8():
    ended = started(PICTURE, "--version", environment=os.environ | {"LC_ALL": "C"})
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.usefixtures("qapp")
class TestRecord:
    def test_a_picture_is_the_same_every_time_and_another_when_another_is_asked_for(self, tmp_path):
        def pixels(step, *options):
            out = tmp_path / "a.png"
            assert main(["record", "nesterov", str(out), "--size=1280x720", "--step", step, *options]) == 0
            with Image.open(out) as picture:
                return np.asarray(picture)

        usual = pixels("9")
        np.testing.assert_array_equal(pixels("9"), usual)
        others = pixels("10", "--no-arrows", "--curve=rate", "--page=why")
        differs = (others != usual).any(axis=-1)
        # Places that depend on one of them alone: the number of the step, names of arrows, and two tabs.
        places = {
            "step": (640, 662, 765, 855),
            "arrows": (384, 398, 590, 850),
            "curve": (452, 475, 565, 650),
            "page": (255, 280, 880, 1110),
        }
        for name, (top, bottom, left, right) in places.items():
            assert differs[top:bottom, left:right].any(), name

    @pytest.mark.usefixtures("undressed")
    def test_a_step_that_is_not_there_is_refused(self, tmp_path, capsys):
        assert main(["record", "valley", str(tmp_path / "a.png"), "--step", "101"]) == 2
        assert "no step 101; the last one is 100" in capsys.readouterr().err
        assert not list(tmp_path.glob("*.png"))

    @pytest.mark.parametrize("form", [ClipFormat.GIF, *([ClipFormat.APNG, ClipFormat.WEBP] if WHOLE else [])])
    def test_an_animation_plays_to_the_end_and_loops(self, tmp_path, form):
        scene, out = tmp_path / "short.json", tmp_path / f"a.{form}"
        scene.write_text(
            '{"gdsim": 1, "points": {"x": [0.5], "y": [0.2]}, "runs": [{"algorithm": "gd", "epochs": 3}]}'
        )
        assert main(["record", str(scene), str(out), "--size", "1280x720"]) == 0
        with Image.open(out) as animation:
            assert animation.size == (1280, 720)
            assert animation.n_frames == 4
            assert animation.info["loop"] == 0
            first = animation.convert("RGB").tobytes()
            animation.seek(3)
            assert animation.convert("RGB").tobytes() != first

    @pytest.mark.usefixtures("undressed")
    def test_a_video_without_ffmpeg_is_refused(self, tmp_path, monkeypatch, capsys):
        monkeypatch.setenv("PATH", str(tmp_path))
        assert main(["record", "valley", str(tmp_path / "a.mp4")]) == 2
        assert capsys.readouterr().err == "gdsim record: there is no ffmpeg on this machine\n"
        assert not list(tmp_path.glob("*.mp4"))


# While libraries load, while the window is put together, and while pictures are taken.
@pytest.mark.skipif(os.name == "nt", reason="a signal sent to a process ends it there")
@pytest.mark.parametrize(
    ("begun", "number"),
    [
        ("gdsim.gui.runtime.unattended", "SIGINT"),
        *([("gdsim.gui.runtime.unattended", "SIGTERM"), ("gdsim.gui.forms.card", "SIGINT")] if WHOLE else []),
        ("gdsim.gui.export.gif", "SIGTERM"),
    ],
)
def test_an_interrupt_during_a_recording_leaves_nothing_behind(tmp_path, number, begun):
    out = tmp_path / "clip.gif"
    code = f"""
import os, signal, sys, threading
class Interrupts:
    def find_spec(name, *_):
        if name == {begun!r}:
            threading.Timer(0.15, lambda: os.kill(os.getpid(), signal.{number})).start()
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupts)
from gdsim.cli import main
sys.exit(main(["record", "first-neuron", {str(out)!r}]))
"""
    ended = python(code)
    assert (ended.returncode, ended.stderr) == (130, "Stopped.\n")
    assert list(tmp_path.iterdir()) == []
