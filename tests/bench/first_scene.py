"""The peak memory of the window with its first scene. The benchmark runs this in a process of its own."""

import json
import sys
from pathlib import Path

# As a script may be started from anywhere, and gdsim may be installed without its tests.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from tests.bench.in_window import Window, peak_mb, wait_until


def measure() -> dict[str, float | None]:
    """Return the figure after everything is computed and drawn."""
    window = Window(load_scene(find_scene("first-neuron")))
    wait_until(window.window.is_settled)
    window.settle()
    peak = peak_mb()
    window.close()
    return {"peak_mb": peak}


if __name__ == "__main__":
    print(json.dumps(measure()))
