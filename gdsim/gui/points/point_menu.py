"""The menu of what can be done with the selected points."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget


class PointMenu(QMenu):
    """Offers the clipboard, the role and the order of points.

    Parameters
    ----------
    columns : sequence of str
        Names of the columns that can be sorted by.
    training, validation : int
        How many points of each role are selected.

    Signals
    -------
    copy_chosen(), paste_chosen()
    role_chosen(bool)
        Whether the selected points become validation points.
    sort_chosen(int)
        A column.
    """

    copy_chosen = Signal()
    paste_chosen = Signal()
    role_chosen = Signal(bool)
    sort_chosen = Signal(int)

    def __init__(
        self, columns: Sequence[str], training: int, validation: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        copy = self.addAction(self.tr("Copy rows"), self.copy_chosen.emit)
        paste = self.addAction(self.tr("Paste rows"), self.paste_chosen.emit)
        # Shown beside the text; the table itself takes the keys.
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        paste.setShortcut(QKeySequence.StandardKey.Paste)
        copy.setEnabled(training + validation > 0)
        self.addSeparator()
        there = self.addAction(self.tr("Make validation points"), partial(self.role_chosen.emit, True))
        there.setEnabled(training > 0)
        back = self.addAction(self.tr("Make training points"), partial(self.role_chosen.emit, False))
        back.setEnabled(validation > 0)
        self.addSeparator()
        for column, name in enumerate(columns):
            self.addAction(self.tr("Sort by {0}").format(name), partial(self.sort_chosen.emit, column))
