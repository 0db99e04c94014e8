"""The virtual environment in .venv, with an editable installation of gdsim. Used by dev.py."""

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
    """Return the content of `STAMP` after ``requirement`` was installed from the present pyproject.toml."""
    # The settings of the tools, at the end of the file, do not affect what is installed.
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("\n[tool.ruff")[0]
    parts = (requirement, str(VENV), sys.version_info[:2], project)
    return f"{requirement} {hashlib.sha256(repr(parts).encode()).hexdigest()}"


def read_stamp() -> str:
    """Return the content of `STAMP`, or "" if there is none."""
    return STAMP.read_text(encoding="utf-8") if STAMP.is_file() else ""


def is_usable() -> bool:
    """Return whether .venv works, has this Python's version, and was not left unfinished."""
    if not Path(PYTHON).exists() or read_stamp() == UNFINISHED:
        return False
    question = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    return subprocess.run([PYTHON, "-c", question], capture_output=True, check=False).returncode == 0


def set_up(needs: Sequence[Need], *, dev: bool) -> None:
    """Install what is missing: system packages, .venv, gdsim in editable mode and, if ``dev``, the tools."""
    # An environment with the tools is good for a plain run as well.
    good = [stamp(".[dev]")] if dev else [stamp(".[dev]"), stamp(".")]
    current = read_stamp() in good and Path(PYTHON).exists()
    remake = not current and not is_usable()
    if sys.platform == "linux":
        provide([VENV_NEED] * remake + list(needs))
    if remake:
        make_venv()
    if not current:
        install(".[dev]" if dev or read_stamp().startswith(".[dev]") else ".")


def make_venv() -> None:
    """Create .venv, replacing an old one."""
    say("Making .venv with Python {}.{} ...".format(*sys.version_info))
    if VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir()
    STAMP.write_text(UNFINISHED, encoding="utf-8")
    # If .venv's own Python runs this script, use its base interpreter, because .venv was just removed.
    python = getattr(sys, "_base_executable", sys.executable)
    quietly([python, "-m", "venv", str(VENV)], "the virtual environment could not be made")


def install(requirement: str) -> None:
    """Install gdsim in editable mode, with its dependencies, into .venv."""
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
        # pip rolls back a failed installation, so .venv is as good as it was before.
        STAMP.write_text(before, encoding="utf-8")
        raise
    STAMP.write_text(stamp(requirement), encoding="utf-8")
