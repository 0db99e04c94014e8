#!/usr/bin/env python3
"""Build the wheel and the sdist into dist/, and run each one's self-test in an empty environment.

python packaging/wheel.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import shell

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "dist"
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
# Hides the checkout and the present environment from the commands.
run = partial(
    shell.run,
    env={name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")},
)


def environment(folder: Path, *requirements: str | Path) -> Path:
    """Create a virtual environment with some packages, and return the folder of its programs."""
    run(sys.executable, "-m", "venv", folder, folder=folder.parent)
    run(folder / SCRIPTS / "python", "-m", "pip", "install", "-q", *requirements, folder=folder.parent)
    return folder / SCRIPTS


def build(tools: Path) -> list[Path]:
    """Build wheel and sdist, check their metadata, and return their paths."""
    OUT.mkdir(exist_ok=True)
    for old in (*OUT.glob("gdsim-*.whl"), *OUT.glob("gdsim-*.tar.gz")):
        old.unlink()
    run(tools / "python", "-m", "build", "--outdir", OUT, ROOT, folder=ROOT)
    made = [*OUT.glob("gdsim-*.whl"), *OUT.glob("gdsim-*.tar.gz")]
    run(tools / "python", "-m", "twine", "check", "--strict", *made, folder=ROOT)
    return made


def main(arguments: Sequence[str]) -> int:
    if arguments:
        print("wheel: takes no arguments", file=sys.stderr)
        return 2
    try:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            for number, package in enumerate(build(environment(folder / "tools", "build", "twine"))):
                programs = environment(folder / f"empty-{number}", package)
                elsewhere = folder / f"elsewhere-{number}"
                elsewhere.mkdir()
                run(programs / "gdsim", "--self-test", folder=elsewhere)
    except subprocess.CalledProcessError as failed:
        print(f"wheel: this failed: {' '.join(map(str, failed.cmd))}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
