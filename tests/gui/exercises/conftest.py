"""Fixtures that open the window, and exercises in it."""

import pytest

from tests.gui.frames import scene
from tests.gui.shared_window import shared


@pytest.fixture
def opened(qtbot):
    """Return a function that opens the window on an experiment, by default the lecture's first neuron.

    The window is not painted unless that is requested, because most tests look at the exercise only.
    """

    def opened(experiment=None, theme="light", *, painted=False):
        return shared(qtbot, experiment or scene("first-neuron"), theme, painted=painted, on_screen=painted)

    return opened


@pytest.fixture
def exercise(opened):
    """Return a function that opens an exercise by its command, and returns window, session and exercise.

    Without a painted window the exercise is not painted either, until a test enables its updates.
    """

    def exercise(name, experiment=None, theme="light", *, painted=False):
        window, session = opened(experiment, theme, painted=painted)
        window.commands[name].trigger()
        opened_exercise = window.exercises.opened[name]
        opened_exercise.setUpdatesEnabled(painted)
        return window, session, opened_exercise

    return exercise
