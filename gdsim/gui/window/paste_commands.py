"""Pasting: rows of numbers become points, and a link or a picture of a scene is opened."""

import re

from gdsim.gui.clipboard import ClipboardContent, copied
from gdsim.gui.window.late_commands import LateCommands

# Two numbers next to each other in a line, as in spreadsheets and files with points, but in no link.
_NUMBERS = r"(?m)^[ \t]*[-+\u2212]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?[\t;, ]+[-+\u2212]?[.,]?\d"
_SEARCHED = 1000


class PasteCommands:
    """Passes the clipboard to the commands for points or to those for shared scenes."""

    def __init__(self, points: LateCommands, share: LateCommands) -> None:
        self._points, self._share = points, share

    def into_window(self) -> None:
        """Add rows of numbers on the clipboard as points, or open a link or a picture from it."""
        content = copied()
        if re.search(_NUMBERS, content.text[:_SEARCHED]):
            self._into_points(-1, content)
        else:
            self._share.made.paste(content)

    def into_table(self, row: int) -> None:
        """Replace the points from a row on by the rows of numbers on the clipboard."""
        self._into_points(row, copied())

    def _into_points(self, row: int, content: ClipboardContent) -> None:
        from gdsim.core.files.link import has_link  # noqa: PLC0415 - see LateCommands

        if has_link(content.text):
            self._share.made.paste(content)
        else:
            self._points.made.paste(row, content)
