"""The benchmark: how fast gdsim computes, starts and draws. Needs a display.

python tests/bench/bench.py [--json]

Wherever possible, a figure is the ratio of two measurements made side by side, so that it means the same on
a fast machine as on a slow one.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

# As a script may be started from anywhere, and gdsim may be installed without its tests.
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench import computing, starting  # noqa: E402

POINTS = 100


class Figure(NamedTuple):
    """The description of a figure: its name, unit, upper or lower limit, and the reason if it is absent."""

    name: str
    unit: str
    most: float | None = None
    least: float | None = None
    absent: str = "unknown on this system"

    def judge(self, value: float) -> str:
        """Return the limit, and whether the value meets it."""
        if self.most is not None:
            return f"at most {self.most:g}   {'ok' if value <= self.most else 'MISSED'}"
        if self.least is not None:
            return f"at least {self.least:g}   {'ok' if value >= self.least else 'MISSED'}"
        return ""


FIGURES = {
    "engine_ratio": Figure("1000 steps, steps/s against a bare Python loop", "x", least=0.6),
    "engine_long_ratio": Figure("100,000 steps, the same", "x", least=0.8),
    "typed_ratio": Figure("a typed rule, steps/s against the built-in one with its lines", "x", least=0.5),
    "numpy_speedup_2": Figure("2 points, steps/s against a bare NumPy loop", "x", least=8.0),
    # More than 3 is impossible, because for Python the 32 exponentials alone take a third of NumPy's step.
    "numpy_speedup_32": Figure("32 points, the same", "x", least=1.0),
    "numpy_speedup_1000": Figure("1000 points, the same", "x", least=0.8),
    "ensemble_ratio": Figure("10,000 runs as one array, the same", "x", least=0.8),
    "map_ratio": Figure("map of 128 by 128 runs, on one core, time against a bare loop", "x", most=1.5),
    "surface_ratio": Figure("surface of 100 points, time against the formula", "x", most=1.2),
    "surface_million_s": Figure("surface of 1,000,000 points", "s", most=0.5),
    "frame_calls": Figure("playback frame of 4 runs, function calls", "", most=3500.0),
    "frame_calls_ten_runs": Figure("the same of 10 runs, the step worked out", "", most=6000.0),
    "frame_ratio": Figure(
        "playback frame, time against matplotlib's surface and path",
        "x",
        most=0.25,
        absent="left out: it wants matplotlib, which is in the extra 'bench'",
    ),
    "frame_ms_p50": Figure("playback frame, median", "ms", most=16.7),
    "frame_ms_p95": Figure("playback frame, 95th percentile", "ms", most=33.0),
    "frame_arrows_ms_p50": Figure("frame at 1000 steps/s, the step worked out, median", "ms", most=16.7),
    "frame_arrows_ms_p95": Figure("the same, 95th percentile", "ms", most=33.0),
    "frame_ten_runs_ms_p50": Figure("the same with 10 runs, median", "ms", most=16.7),
    "frame_ten_runs_ms_p95": Figure("the same with 10 runs, 95th percentile", "ms", most=33.0),
    "edit_ms_p50": Figure("edit of a point to the painted surface", "ms", most=33.0),
    "edit_ratio": Figure("edit to all panes and curves, against painting them", "x", most=2.0),
    "drag_ratio": Figure("frame while a start or a point is dragged, against playback", "x", most=1.5),
    "theme_ratio": Figure("change of the theme, all of the window painted, against playback", "x", most=5.0),
    "rest_events": Figure("events in a second while nothing happens", "", most=0.0),
    "start_ratio": Figure("start to first paint, against the imports", "x", most=1.5),
    "gui_gap_ms_max": Figure("longest gap of a 16 ms timer, 4 runs being computed", "ms", most=50.0),
    "peak_mb": Figure("peak memory of the window with the first scene", "MB", most=230.0),
    "million_surface_ms": Figure("1,000,000 points opened, to the surface", "ms", most=500.0),
    "million_frame_ms_p50": Figure("frame over 1,000,000 points, median", "ms", most=16.7),
    "million_seek_ms_p50": Figure("seek over 1,000,000 points, median", "ms", most=33.0),
    "million_table_ms": Figure("table of 1,000,000 rows, a jump, median", "ms", most=16.7),
    "million_edit_ms_p50": Figure("edit of one of 1,000,000 points, held up for", "ms", most=300.0),
    "stochastic_steps_per_s": Figure("steps of one point of 1,000,000, with two more runs", "/s", least=1e4),
    "million_steps_seek_ms_p50": Figure("seek in 1,000,000 steps, median", "ms", most=33.0),
    "million_steps_frame_ms_p50": Figure("playback frame in 1,000,000 steps, median", "ms", most=16.7),
    "million_peak_mb": Figure("peak memory with all that", "MB", most=1000.0),
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the speed of gdsim.")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    options = parser.parse_args()
    began = time.monotonic()
    measured: dict[str, float | None] = {}
    for part in (computed, window, first_scene, million, start):
        measured |= part()
    figures = {key: _rounded(measured[key]) for key in FIGURES}
    if options.json:
        print(json.dumps(figures))
    else:
        print(table(figures))
        print(f"\nmeasured in {time.monotonic() - began:.0f} s")
    return 0


def computed() -> dict[str, float | None]:
    jobs: dict[str, Callable[[], float]] = {
        "engine_ratio": lambda: computing.engine_ratio(computing.STEPS),
        "engine_long_ratio": lambda: computing.engine_ratio(computing.LONG_STEPS),
        "typed_ratio": computing.typed_ratio,
        "numpy_speedup_2": lambda: computing.numpy_speedup(2),
        "numpy_speedup_32": lambda: computing.numpy_speedup(32),
        "numpy_speedup_1000": lambda: computing.numpy_speedup(1000),
        "ensemble_ratio": lambda: computing.ensemble_ratio(POINTS),
        "map_ratio": computing.map_ratio,
        "surface_ratio": lambda: computing.surface_ratio(POINTS),
        "surface_million_s": computing.surface_million_s,
    }
    return {key: job() for key, job in jobs.items()}


def window() -> dict[str, float | None]:
    return _own_process("in_window.py")


def first_scene() -> dict[str, float | None]:
    return _own_process("first_scene.py")


def million() -> dict[str, float | None]:
    """Return the figures for a million points, and for a million steps."""
    return _own_process("million.py")


def _own_process(name: str) -> dict[str, float | None]:
    script = Path(__file__).with_name(name)
    command = [sys.executable, str(script)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=120)
    figures: dict[str, float | None] = json.loads(done.stdout)
    return figures


def start() -> dict[str, float | None]:
    return {"start_ratio": starting.start_ratio()}


def table(figures: Mapping[str, float | None]) -> str:
    width = max(len(figure.name) for figure in FIGURES.values())
    return "\n".join(_line(FIGURES[key], value, width) for key, value in figures.items())


def _line(figure: Figure, value: float | None, width: int) -> str:
    if value is None:
        return f"{figure.name:<{width}}  {figure.absent}"
    return f"{figure.name:<{width}}{value:>9.4g} {figure.unit:<4}{figure.judge(value)}".rstrip()


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


if __name__ == "__main__":
    sys.exit(main())
