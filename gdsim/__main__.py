"""The command ``gdsim``, also as ``python -m gdsim``."""

import os
import signal
import sys
from types import FrameType

_INTERRUPTED = 130


def main() -> int:
    """Load the program and run it. An interrupt ends it in a word, even while it is being loaded."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # whoever started the program may want it ignored
        # Not as an exception: some libraries take any one for a fault of their own while they load.
        signal.signal(signal.SIGINT, _leave)
    from gdsim.cli import main as run  # noqa: PLC0415 - what takes time to load

    signal.signal(signal.SIGINT, before)
    return run()


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End the process. Nothing is open yet."""
    if sys.stderr is not None:
        sys.stderr.write("Stopped.\n")
        sys.stderr.flush()
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    sys.exit(main())
