"""The command ``gdsim``, also as ``python -m gdsim``."""

import signal
import sys

from gdsim.core.process import gc_paused, quick_exit_on


def main() -> int:
    """Load the program and run it. An interrupt ends it in a word, even while it is being loaded."""
    with quick_exit_on(signal.SIGINT), gc_paused():
        from gdsim.cli import main as run  # noqa: PLC0415 - what takes time to load
    return run()


if __name__ == "__main__":
    sys.exit(main())
