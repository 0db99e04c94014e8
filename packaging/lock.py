#!/usr/bin/env python3
"""Renew packaging/bundle.lock: what the bundle is made of and with, each with the hashes of its files.

python packaging/lock.py [--audit]

The lock holds for all three systems and every Python from 3.11 on. With --audit nothing is renewed, but the
lock is looked up in the database of known vulnerabilities.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "packaging" / "bundle.lock"
COMPILE = [
    "pip", "compile", "pyproject.toml", "--group", "bundle", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--upgrade", "--quiet",
    "--custom-compile-command", "python3 packaging/dev.py lock",
    "--output-file", str(LOCK.relative_to(ROOT)),
]  # fmt: skip

# Strict: otherwise what cannot be looked up counts as "no known vulnerabilities".
AUDIT = ["--strict", "--disable-pip", "--require-hashes", "-r", str(LOCK)]


def main(arguments: Sequence[str]) -> int:
    """Renew the lock, or audit it, with a tool that is installed for the moment."""
    audit = list(arguments) == ["--audit"]
    if arguments and not audit:
        print("lock: the only argument is --audit", file=sys.stderr)
        return 2
    tool = "pip-audit" if audit else "uv"
    with tempfile.TemporaryDirectory() as folder:
        scripts = Path(folder) / ("Scripts" if os.name == "nt" else "bin")
        for command in (
            [sys.executable, "-m", "venv", folder],
            [str(scripts / "python"), "-m", "pip", "install", "-q", tool],
        ):
            subprocess.run(command, check=True)
        options = AUDIT if audit else COMPILE
        return subprocess.run([str(scripts / tool), *options], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
