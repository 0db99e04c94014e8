"""Pictures without a person: what they look like follows from the arguments, not from the machine."""

import os

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication

from gdsim.cli import main
from gdsim.gui.runtime.unattended import Recorder
from tests.gui.runtime.test_app import started

RECORD = """
import sys
from gdsim.cli import main
sys.exit(main(["record", "valley", sys.argv[1], "--step", "31"]))
"""


@pytest.fixture
def recorded(tmp_path):
    def record(scale):
        out = tmp_path / f"{scale}.png"
        ended = started(RECORD, str(out), environment=os.environ | {"QT_SCALE_FACTOR": scale})
        assert (ended.returncode, ended.stderr) == (0, "")
        with Image.open(out) as picture:
            return np.asarray(picture.convert("RGB")).astype(int)

    return record


def test_a_scaled_desktop_changes_no_line_or_letter(recorded):
    usual, scaled = recorded("1"), recorded("1.5")
    assert scaled.shape == usual.shape == (900, 1440, 3)
    on_the_map = slice(110, 470), slice(780, 1020)
    differs = np.abs(usual - scaled)[on_the_map].max(axis=2) > 20
    assert differs.mean() < 0.01


def test_a_recording_is_on_no_screen_which_may_be_smaller(qapp, monkeypatch, tmp_path):
    """Windows, macOS and some window managers let no window be larger than the screen."""
    on_screen = []

    def look(_recorder, _out, _step):
        on_screen.extend(one for one in QGuiApplication.topLevelWindows() if one.isVisible())

    monkeypatch.setattr(Recorder, "save_picture", look)
    assert main(["record", "valley", str(tmp_path / "a.png")]) == 0
    assert on_screen == []
