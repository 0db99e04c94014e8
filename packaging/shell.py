"""Running commands, and reporting in a sentence what went wrong. Used by dev.py."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class Failure(Exception):  # noqa: N818 - something a user may meet, not an error of this program
    """An expected failure. Its message is the sentence that the user sees."""


def say(text: str) -> None:
    """Print and flush, so that the text comes before the output of a child process."""
    print(text, flush=True)


# The most words of a command that are printed.
_SHOWN = 12
# What apt-get and pip print without a network.
_OFFLINE = re.compile(
    r"(?:Temporary failure resolving|Could not resolve|(?:Could not|Unable to) connect to|"
    r"Cannot initiate the connection to) \S+|Temporary failure in name resolution|Name or service not known|"
    r"getaddrinfo failed|nodename nor servname provided|Network is unreachable|Cannot connect to proxy|"
    r"[Cc]onnect(?:ion)? timed? ?out"
)


def call(command: Sequence[str], env: Mapping[str, str] | None = None, folder: Path | None = None) -> int:
    """Run a command without capturing its output, and return its exit code."""
    return subprocess.run(command, env=env, cwd=folder, check=False).returncode


def run(*command: str | Path, env: Mapping[str, str] | None = None, folder: Path | None = None) -> None:
    """Print and run a command; raise `CalledProcessError` if it fails."""
    parts = [str(part) for part in command]
    say(" ".join(["+", *parts[:_SHOWN], *["…"] * (len(parts) > _SHOWN)]))
    subprocess.run(parts, env=env, cwd=folder, check=True)


def quietly(
    command: Sequence[str], complaint: str, env: Mapping[str, str] | None = None, folder: Path | None = None
) -> None:
    """Run a command without showing its output; raise `Failure` with its reasons if it fails."""
    out, err = subprocess.PIPE, subprocess.STDOUT
    done = subprocess.run(command, env=env, cwd=folder, stdout=out, stderr=err, text=True, check=False)
    if done.returncode:
        offline = _OFFLINE.search(done.stdout)
        if offline:
            raise Failure(
                f"{complaint}: the network cannot be reached ({offline[0]}). "
                "Connect this machine to it, then try again; once everything is set up, no network is needed."
            )
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        # pip and apt mark errors like this; their last lines may be of no help.
        reasons = [line for line in lines if line.startswith(("ERROR: ", "E: "))] or lines[-6:]
        raise Failure("\n  ".join([f"{complaint}. It said:", *reasons]))
