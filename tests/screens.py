"""Qt's offscreen platform, with a screen that a file describes."""

from pathlib import PurePath


def offscreen(config: PurePath) -> str:
    """Return the value of QT_QPA_PLATFORM.

    Qt takes the colon of a drive for the end of the path, and ends the process when there is no such file.
    Without a drive, the path refers to the drive that the tests run on.
    """
    return f"offscreen:configfile={config.as_posix().removeprefix(config.drive)}"
