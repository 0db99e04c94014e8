"""What packaging/shell.py shows of a command that failed."""

import sys

import pytest

from tests.packaging_.scripts import load

shell = load("shell")


def test_of_a_failed_command_the_telling_lines_are_shown():
    script = (
        "print('much ado'); print('ERROR: no such package'); print('note: see above'); raise SystemExit(1)"
    )
    with pytest.raises(shell.Failure) as failure:
        shell.quietly([sys.executable, "-c", script], "pip could not install gdsim")
    assert str(failure.value) == "pip could not install gdsim. It said:\n  ERROR: no such package"
