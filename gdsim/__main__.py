"""The command ``gdsim``, also as ``python -m gdsim``."""

import signal
import sys

from gdsim.core.leaving import leaving_at_once
from gdsim.core.loading import collecting_later


def main() -> int:
    """Load the program and run it. An interrupt ends it in a word, even while it is being loaded."""
    with leaving_at_once(signal.SIGINT), collecting_later():
        from gdsim.cli import main as run  # noqa: PLC0415 - what takes time to load
    return run()


if __name__ == "__main__":
    sys.exit(main())
