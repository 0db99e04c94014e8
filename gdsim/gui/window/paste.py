"""What a paste does: it adds rows of numbers as points, and opens a link or a picture of a scene."""

import re

from gdsim.gui.clipboard import Copied, copied
from gdsim.gui.window.late_commands import LateCommands

# Two numbers beside each other in a line: what spreadsheets and files with points have, and no link.
_NUMBERS = r"(?m)^[ \t]*[-+\u2212]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?[\t;, ]+[-+\u2212]?[.,]?\d"
_LOOKED_AT = 1000


class Paste:
    """Gives what is on the clipboard to the commands for points, or to those for scenes that are shared."""

    def __init__(self, points: LateCommands, share: LateCommands) -> None:
        self._points, self._share = points, share

    def into_window(self) -> None:
        """Open the link or the picture on the clipboard; rows of numbers are points."""
        there = copied()
        if re.search(_NUMBERS, there.text[:_LOOKED_AT]):
            self._into_points(-1, there)
        else:
            self._share.made.paste(there)

    def into_table(self, row: int) -> None:
        """Put rows of numbers in place of the points from a row on."""
        self._into_points(row, copied())

    def _into_points(self, row: int, there: Copied) -> None:
        from gdsim.core.files.link import has_link  # noqa: PLC0415 - see LateCommands

        if has_link(there.text):
            self._share.made.paste(there)
        else:
            self._points.made.paste(row, there)
