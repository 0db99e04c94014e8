"""What packaging/shell.py shows of a command that failed."""

import sys

import pytest

from tests.every import every
from tests.packaging_.scripts import load

shell = load("shell")


def test_of_a_failed_command_the_telling_lines_are_shown():
    script = (
        "print('much ado'); print('ERROR: no such package'); print('note: see above'); raise SystemExit(1)"
    )
    with pytest.raises(shell.Failure) as failure:
        shell.quietly([sys.executable, "-c", script], "pip could not install gdsim")
    assert str(failure.value) == "pip could not install gdsim. It said:\n  ERROR: no such package"


@every(
    "line",
    [
        "E: Failed to fetch http://deb.debian.org/x.deb  Temporary failure resolving 'deb.debian.org'",
        "  Could not connect to deb.debian.org:80 (1.2.3.4), connection timed out",
        "WARNING: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')",
        "WARNING: Failed to establish a new connection: [Errno 11001] getaddrinfo failed')': /simple/x/",
        "WARNING: 'Cannot connect to proxy.', NewConnectionError(...)",
    ],
)
def test_without_a_network_one_sentence_names_it(line):
    script = f"print({line!r}); print('E: this\\nE: that'); raise SystemExit(1)"
    with pytest.raises(shell.Failure) as failure:
        shell.quietly([sys.executable, "-c", script], "apt-get could not install them")
    assert str(failure.value).startswith("apt-get could not install them: the network cannot be reached (")
    assert "\n" not in str(failure.value)
