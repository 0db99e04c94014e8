"""Running commands, and saying in a sentence what went wrong. Used by dev.py."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class Failure(Exception):  # noqa: N818 - something a user may meet, not an error of this program
    """Something that can go wrong in good order. Its text is the sentence shown."""


def say(text: str) -> None:
    """Print at once, so that the line stands before what a child prints."""
    print(text, flush=True)


# What apt-get and pip print where there is no network.
_OFFLINE = re.compile(
    r"(?:Temporary failure resolving|Could not resolve|(?:Could not|Unable to) connect to|"
    r"Cannot initiate the connection to) \S+|Temporary failure in name resolution|Name or service not known|"
    r"getaddrinfo failed|nodename nor servname provided|Network is unreachable|Cannot connect to proxy|"
    r"[Cc]onnect(?:ion)? timed? ?out"
)


def call(command: Sequence[str], env: Mapping[str, str] | None = None, folder: Path | None = None) -> int:
    """Run a command that prints for itself; return its exit code."""
    return subprocess.run(command, env=env, cwd=folder, check=False).returncode


def quietly(
    command: Sequence[str], complaint: str, env: Mapping[str, str] | None = None, folder: Path | None = None
) -> None:
    """Run a command whose output is of interest only when it fails."""
    out, err = subprocess.PIPE, subprocess.STDOUT
    done = subprocess.run(command, env=env, cwd=folder, stdout=out, stderr=err, text=True, check=False)
    if done.returncode:
        offline = _OFFLINE.search(done.stdout)
        if offline:
            raise Failure(
                f"{complaint}: the network cannot be reached ({offline[0]}). "
                "Connect this machine to it, then try again; when all is set up, no network is needed."
            )
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        # pip and apt mark what matters so; what they say last may be of no help.
        reasons = [line for line in lines if line.startswith(("ERROR: ", "E: "))] or lines[-6:]
        raise Failure("\n  ".join([f"{complaint}. It said:", *reasons]))
