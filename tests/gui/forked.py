"""Programs in processes of their own that need not load gdsim again, which takes most of a second.

A process that has loaded gdsim waits, and each program is a fork of it, which ends like any other process.
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

# The code of the waiting process. It forks a child for each program, which forks the program itself, waits
# for it, and reports its exit code.
_WAITING = """
import json, os, signal, socket, sys
import gdsim.gui.runtime.app, gdsim.gui.window.main_window
asking = socket.socket(fileno=int(sys.argv[1]))
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    asked, files, *_ = socket.recv_fds(asking, 1, 4)
    if not asked:
        os._exit(0)
    if not os.fork():
        break
    for file in files:
        os.close(file)
signal.signal(signal.SIGCHLD, signal.SIG_DFL)
request, out, errors, told = files
pid = os.fork()
if pid:
    os.close(out)
    os.close(errors)
    os.write(told, b"%d\\n" % pid)
    os.write(told, b"%d\\n" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    os._exit(0)
os.dup2(out, 1)
os.dup2(errors, 2)
for number, name in ((1, "stdout"), (2, "stderr")):  # the present ones may be files
    setattr(sys, name, open(number, "w", buffering=1, encoding="utf-8", closefd=False))
with os.fdopen(request) as file:
    asked = json.load(file)
asking.close()
for file in (out, errors, told):
    os.close(file)
os.environ.clear()
os.environ.update(asked["environment"])
os.chdir(asked["folder"])
sys.argv[1:] = asked["arguments"]
exec(compile(asked["code"], "<string>", "exec"), {"__name__": "__main__"})
"""


@cache
def _asking() -> socket.socket:
    """Start the waiting process, which ends with this one, and return the socket for requests to it."""
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, "-c", _WAITING, str(theirs.fileno())]
        waiting = subprocess.Popen(command, pass_fds=[theirs.fileno()])

    @atexit.register
    def end() -> None:
        ours.close()
        waiting.wait()

    return ours


class Forked:
    """A running program, whose output can be read from ``stdout`` and ``stderr``."""

    def __init__(self, code: str, *arguments: str, environment: Mapping[str, str] = os.environ) -> None:
        asked = {
            "code": code,
            "arguments": arguments,
            "environment": dict(environment),
            "folder": str(Path.cwd()),
        }
        with tempfile.TemporaryFile("w+") as request:
            json.dump(asked, request)
            request.seek(0)
            pipes = [os.pipe() for _ in range(3)]
            socket.send_fds(_asking(), [b"!"], [request.fileno(), *(writing for _, writing in pipes)])
        for _, writing in pipes:
            os.close(writing)
        self.stdout, self.stderr, self._told = (os.fdopen(reading) for reading, _ in pipes)
        self._pid = int(self._told.readline())
        self._code: int | None = None

    def send_signal(self, number: int) -> None:
        if self._code is None:
            os.kill(self._pid, number)

    def wait(self, seconds: float) -> int:
        """Wait for the program and return its exit code, which is -N if signal N ended it."""
        if self._code is None:
            if not select.select([self._told], [], [], seconds)[0]:
                raise TimeoutError(f"it runs for more than {seconds} seconds")
            self._code = int(self._told.readline())
        return self._code

    def close(self) -> None:
        """Kill the program if it is still running."""
        if not select.select([self._told], [], [], 0.0)[0]:
            self.send_signal(signal.SIGKILL)
        self.wait(20)
        for file in (self.stdout, self.stderr, self._told):
            file.close()


def forked(
    code: str, *arguments: str, environment: Mapping[str, str] = os.environ
) -> subprocess.CompletedProcess[str]:
    """Run a program until it ends."""
    if sys.platform != "linux":  # Windows has no fork, and on macOS Qt does not survive it
        command = [sys.executable, "-c", code, *arguments]
        told = {"PYTHONUTF8": "1", **environment}
        return subprocess.run(
            command, env=told, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60
        )
    program = Forked(code, *arguments, environment=environment)
    try:
        ended = program.wait(60)
        return subprocess.CompletedProcess([], ended, program.stdout.read(), program.stderr.read())
    finally:
        program.close()
