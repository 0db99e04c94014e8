"""How long the program takes to show its window, against the imports that it cannot do without."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FIRST_PAINT = Path(__file__).with_name("first_paint.py")
# What it can least do without; the clock is read when it is there, so that the end is not counted.
IMPORTS = "import PySide6.QtWidgets, numpy, pyqtgraph; import time; print(time.time())"


def start_ratio(rounds: int = 8) -> float:
    """Return the time from process start to first painted window, in times of the bare imports."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "XDG_CONFIG_HOME": folder}  # as when it is started for the first time
        # The libraries were compiled when they were installed. So is our own code, wherever it is not
        # forbidden, as it may be here; kept in a place of its own, it changes nothing in the checkout.
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        env["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "compiled")
        pairs = [(_run([str(FIRST_PAINT)], env), _run(["-c", IMPORTS], env)) for _ in range(rounds + 1)]
    # In the first round the files come from the disk, and are compiled. Of the others the fastest of each
    # is compared: what else runs on the machine makes a start longer, never shorter.
    ours, theirs = zip(*pairs[1:], strict=True)
    return min(ours) / min(theirs)


def _run(arguments: list[str], env: dict[str, str]) -> float:
    """Return the seconds from starting a Python to the time that it prints."""
    began = time.time()
    done = subprocess.run(
        [sys.executable, *arguments], env=env, stdout=subprocess.PIPE, text=True, check=True, timeout=60
    )
    return float(done.stdout) - began
