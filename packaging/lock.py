#!/usr/bin/env python3
"""Update packaging/bundle.lock: the parts and build tools of the bundle, with the hashes of their files.

python packaging/lock.py [--audit]

The lock is valid for all three systems and every Python from 3.11 on. With --audit it is not updated, but
checked against the database of known vulnerabilities.
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

# Without --strict, a package that cannot be looked up would count as free of vulnerabilities.
AUDIT = ["--strict", "--disable-pip", "--require-hashes", "-r", str(LOCK)]


def main(arguments: Sequence[str]) -> int:
    """Update or audit the lock with a tool from a temporary environment."""
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
