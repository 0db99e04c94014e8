"""A program ends alike whether it is a copy of a process that waits, or one of its own."""

import os
import socket
import sys

import pytest

from tests.gui.forked import forked

_CODE = "import os, sys; print('∇', sys.argv[1], os.environ['OF_IT']); sys.exit(3)"


@pytest.mark.parametrize("system", [sys.platform, "win32"])
def test_a_program_prints_and_ends_on_every_system(monkeypatch, system):
    if system == "win32":
        monkeypatch.setattr(sys, "platform", system)
        monkeypatch.delattr(socket, "send_fds")
    done = forked(_CODE, "given", environment={**os.environ, "OF_IT": "told"})
    assert (done.returncode, done.stdout, done.stderr) == (3, "∇ given told\n", "")
