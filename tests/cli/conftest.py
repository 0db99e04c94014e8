"""The command line in this process."""

import pytest

from gdsim.cli import main


@pytest.fixture
def gdsim_(capsys):
    """Return a function that runs the command, and returns its exit code, stdout and stderr."""

    def call(*arguments):
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def refused(gdsim_):
    """Return a function that runs a command that must fail, and returns the only line on stderr."""

    def call(*arguments):
        code, out, err = gdsim_(*arguments)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert err.endswith("\n")
        assert "Traceback" not in err
        return err[:-1]

    return call
