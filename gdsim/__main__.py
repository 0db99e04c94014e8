"""The command ``gdsim``, also as ``python -m gdsim``; this file can be read by any Python 3."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - nothing but a checkout is started with such a one
    sys.exit(
        "gdsim needs Python 3.11 or newer; this is {}.{}.{}. Call a newer one, such as python3.13 -m gdsim. "
        "Where there is none: https://www.python.org/downloads has one, and the releases at "
        "https://github.com/gdsim/gdsim/releases need none.".format(*sys.version_info)
    )

import os


def _leave_out_present_folder() -> None:
    """Import nothing from it: what ``python -m gdsim`` finds there, such as a random.py, is not Python's."""
    try:
        present = os.getcwd()  # noqa: PTH109 - pathlib would be imported from there
    except OSError:  # it was removed
        return
    if sys.path[0] == present != os.path.dirname(os.path.dirname(__file__)):  # noqa: PTH120
        del sys.path[0]


if __name__ == "__main__":
    _leave_out_present_folder()

import signal  # noqa: E402 - not from there


def main() -> int:
    """Load the program and run it. An interrupt ends it in a word, even while it is being loaded."""
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:  # it would tell at length what was being loaded
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from gdsim.core.process import gc_paused, quick_exit_on  # noqa: PLC0415 - only now

    signal.signal(signal.SIGINT, usual)
    with quick_exit_on(signal.SIGINT), gc_paused():
        from gdsim.cli import main as run  # noqa: PLC0415 - what takes time to load
    return run()


if __name__ == "__main__":
    sys.exit(main())
