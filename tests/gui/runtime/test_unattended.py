"""Pictures without a person: what they look like follows from the arguments, not from the machine."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def recorded(tmp_path):
    def record(scale):
        out = tmp_path / f"{scale}.png"
        env = {**os.environ, "QT_SCALE_FACTOR": scale}
        command = [sys.executable, "-m", "gdsim", "record", "valley", str(out), "--step", "31"]
        subprocess.run(command, env=env, check=True, timeout=120)
        with Image.open(out) as picture:
            return np.asarray(picture.convert("RGB")).astype(int)

    return record


def test_a_scaled_desktop_changes_no_line_or_letter(recorded):
    usual, scaled = recorded("1"), recorded("1.5")
    assert scaled.shape == usual.shape == (900, 1440, 3)
    on_the_map = slice(110, 470), slice(780, 1020)
    differs = np.abs(usual - scaled)[on_the_map].max(axis=2) > 20
    assert differs.mean() < 0.01
