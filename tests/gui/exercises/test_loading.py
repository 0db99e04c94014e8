"""An exercise is loaded when it is first opened, and no other one with it."""

from tests.gui.forked import forked

_CODE = """
import sys
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.commands import ExerciseCommands
from gdsim.gui.runtime.boot import boot
from gdsim.session.session import Session
from PySide6.QtWidgets import QWidget

app, window = boot(), QWidget()
session = Session(load_scene(find_scene("valley")))
assert ExerciseCommands(window, session, UserActions(session), None).open("fill_in")
print(*sorted(name for name in sys.modules if name.startswith("gdsim.gui.exercises.")))
"""


def test_the_window_does_not_wait_for_exercises_that_are_not_opened():
    done = forked(_CODE)
    loaded = {name.split(".")[3] for name in done.stdout.split() if name.count(".") > 3}
    assert loaded == {"fill_in"}, done.stderr
