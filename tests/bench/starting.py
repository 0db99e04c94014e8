"""How long the program takes to show its window, compared with the imports that it needs anyway."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FIRST_PAINT = Path(__file__).with_name("first_paint.py")
# The least that the program needs. The clock is read after the imports, so that the exit is not counted.
IMPORTS = "import PySide6.QtWidgets, numpy, pyqtgraph; import time; print(time.time())"


def start_ratio(rounds: int = 8) -> float:
    """Return the time from process start to the first painted window, divided by that of the bare imports."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "XDG_CONFIG_HOME": folder}  # as on the very first start
        # Cache our own bytecode, as an installed copy does, even if this machine forbids it; in a temporary
        # folder, so that nothing changes in the checkout. The libraries were compiled on installation.
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        env["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "compiled")
        pairs = [(_run([str(FIRST_PAINT)], env), _run(["-c", IMPORTS], env)) for _ in range(rounds + 1)]
    # In the first round, files are read from disk and compiled. The fastest starts of the other rounds are
    # compared, because other load on the machine makes a start slower, but never faster.
    ours, theirs = zip(*pairs[1:], strict=True)
    return min(ours) / min(theirs)


def _run(arguments: list[str], env: dict[str, str]) -> float:
    """Return the seconds from the start of a Python process to the time that it prints."""
    began = time.time()
    done = subprocess.run(
        [sys.executable, *arguments], env=env, stdout=subprocess.PIPE, text=True, check=True, timeout=60
    )
    return float(done.stdout) - began
