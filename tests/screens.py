"""The platform of Qt that shows windows to nobody, with the screen that a file describes."""

from pathlib import PurePath


def offscreen(config: PurePath) -> str:
    """Return the platform as Qt reads it.

    Qt takes the colon of a drive for the end of the path, and ends the process when there is no such file.
    Without its drive a path is one of the drive that the tests run on.
    """
    return f"offscreen:configfile={config.as_posix().removeprefix(config.drive)}"
