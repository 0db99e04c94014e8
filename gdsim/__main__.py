"""The command ``gdsim``, also as ``python -m gdsim``; any Python 3 can parse this file."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - only a checkout can be started with an older Python
    sys.exit(
        "gdsim needs Python 3.11 or newer; this is {}.{}.{}. Call a newer one, such as python3.13 -m gdsim. "
        "Where there is none: https://www.python.org/downloads has one, and the releases at "
        "https://github.com/gdsim/gdsim/releases need none.".format(*sys.version_info)
    )

import os


def _remove_current_folder_from_path() -> None:
    """Remove the current folder from `sys.path`, unless it is the checkout of gdsim.

    ``python -m gdsim`` puts it there, where a file such as random.py would shadow Python's own module.
    """
    try:
        current = os.getcwd()  # noqa: PTH109 - a pathlib.py might be imported from there
    except OSError:  # the folder was removed
        return
    if sys.path[0] == current != os.path.dirname(os.path.dirname(__file__)):  # noqa: PTH120
        del sys.path[0]


if __name__ == "__main__":
    _remove_current_folder_from_path()

import signal  # noqa: E402 - after the current folder is off the path


def main() -> int:
    """Load the program and run it. Ctrl-C ends it without a traceback, even during loading."""
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:  # its traceback would list everything that was being imported
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from gdsim.core.process import gc_paused, quick_exit_on  # noqa: PLC0415 - once an interrupt is handled

    signal.signal(signal.SIGINT, usual)
    with quick_exit_on(signal.SIGINT), gc_paused():
        from gdsim.cli import main as run  # noqa: PLC0415 - slow to import
    return run()


if __name__ == "__main__":
    sys.exit(main())
