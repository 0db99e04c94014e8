"""The virtual environment in .venv, with gdsim installed in place. Used by dev.py."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from needs import VENV_NEED, provide
from shell import Failure, quietly, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from needs import Need

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = str(VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
STAMP = VENV / "gdsim-setup"
UNFINISHED = "unfinished"


def stamp(requirement: str) -> str:
    """Return what `STAMP` holds when ``requirement`` is installed in its present form."""
    # The settings of the tools, which stand last, change nothing about what is installed.
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("\n[tool.ruff")[0]
    parts = (requirement, str(VENV), sys.version_info[:2], project)
    return f"{requirement} {hashlib.sha256(repr(parts).encode()).hexdigest()}"


def read_stamp() -> str:
    """Return what `STAMP` holds, or "" if there is none."""
    return STAMP.read_text(encoding="utf-8") if STAMP.is_file() else ""


def is_whole() -> bool:
    """Tell whether .venv is sound and of this Python's version; what an interrupted call left is not."""
    if not Path(PYTHON).exists() or read_stamp() == UNFINISHED:
        return False
    question = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    return subprocess.run([PYTHON, "-c", question], capture_output=True, check=False).returncode == 0


def set_up(needs: Sequence[Need], *, dev: bool) -> None:
    """Bring the system and .venv up to date: gdsim installed in place and, if ``dev``, the tools."""
    # An environment with the tools serves a plain run as well.
    good = [stamp(".[dev]")] if dev else [stamp(".[dev]"), stamp(".")]
    current = read_stamp() in good and Path(PYTHON).exists()
    remake = not current and not is_whole()
    if sys.platform == "linux":
        provide([VENV_NEED] * remake + list(needs))
    if remake:
        make_venv()
    if not current:
        install(".[dev]" if dev or read_stamp().startswith(".[dev]") else ".")


def make_venv() -> None:
    """Make .venv anew."""
    say("Making .venv with Python {}.{} ...".format(*sys.version_info))
    if VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir()
    STAMP.write_text(UNFINISHED, encoding="utf-8")
    # When .venv's own Python runs this, the one behind it makes the next.
    python = getattr(sys, "_base_executable", sys.executable)
    quietly([python, "-m", "venv", str(VENV)], "the virtual environment could not be made")


def install(requirement: str) -> None:
    """Install gdsim in place, with what it needs, into .venv."""
    before = read_stamp()
    STAMP.write_text(UNFINISHED, encoding="utf-8")
    say("Installing gdsim and what it needs into .venv; the first time this takes a minute or more ...")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        quietly(
            [*pip, "--editable", requirement],
            "pip, which needs the network, could not install gdsim",
            folder=ROOT,
        )
    except Failure:
        # pip rolls back what it could not finish: an environment that was whole still is.
        STAMP.write_text(before, encoding="utf-8")
        raise
    STAMP.write_text(stamp(requirement), encoding="utf-8")
