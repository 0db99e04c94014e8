"""What stands where in the dialog that checks own work; no behaviour."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from gdsim.gui.exercises.check.overlay_curve import OverlayCurve
from gdsim.gui.exercises.check.overlay_key import OverlayKey
from gdsim.gui.exercises.check.overlay_map import OverlayMap
from gdsim.gui.exercises.check.sheet_model import SheetModel
from gdsim.gui.exercises.check.sheet_view import SheetView
from gdsim.gui.exercises.plain_button import plain_button
from gdsim.gui.exercises.run_choice import RunChoice
from gdsim.gui.exercises.work_line import WorkLine

_SIZE = (960, 640)
_TABLE_WIDTH = 330
_VERDICT_HEIGHT = 112


def _tr(text: str) -> str:
    return QCoreApplication.translate("CheckDialog", text)


class CheckLayout:
    """The dialog's widgets by name, arranged."""

    def __init__(self, dialog: QDialog, outline: QVBoxLayout, work: WorkLine) -> None:
        self.runs = RunChoice()
        self.model = SheetModel(dialog)
        self.table = SheetView(self.model)
        self.fill = plain_button(_tr("Fill in the first row"), _tr("Writes the start of the run as step 0."))
        self.paste = plain_button(
            _tr("Paste"), _tr("Takes rows from the clipboard, in place of those of the same step.")
        )
        self.open = plain_button(
            _tr("Open a table…"),
            _tr("A CSV or TSV file of your own program, or a record that “gdsim run --csv” wrote."),
        )
        self.clear = plain_button(_tr("Clear"), _tr("Empties the table. Ctrl+Z brings everything back."))
        self.map = OverlayMap()
        self.key = OverlayKey()
        self.curve = OverlayCurve()
        self.verdict = QPlainTextEdit()
        self.verdict.setReadOnly(True)
        self.verdict.setTabChangesFocus(True)
        self.verdict.setFixedHeight(_VERDICT_HEIGHT)
        self.verdict.setAccessibleName(_tr("Verdict"))
        self._work = work
        self.again = plain_button(_tr("Check again"), _tr("Compares every full row with the true run."))
        self.go = plain_button(_tr("Go to this step"), _tr("Shows the first wrong step in the window."))
        self.copy = plain_button(_tr("Copy verdict"), _tr("Puts what is said here into the clipboard."))
        self.close = plain_button(_tr("Close"), _tr("Your values stay until the program ends."))
        self.go.setObjectName("primary")
        self._arrange(dialog, outline)

    def _arrange(self, dialog: QDialog, layout: QVBoxLayout) -> None:
        middle = QSplitter(Qt.Orientation.Horizontal)
        middle.setChildrenCollapsible(False)
        middle.addWidget(self._left())
        middle.addWidget(self._right())
        middle.setSizes([_TABLE_WIDTH, _SIZE[0] - _TABLE_WIDTH])
        middle.setStretchFactor(1, 1)
        last = QHBoxLayout()
        last.setSpacing(8)
        last.addWidget(self._work, 1)
        for button in (self.again, self.copy, self.go, self.close):
            last.addWidget(button)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(self.runs)
        layout.addWidget(middle, 1)
        layout.addWidget(self.verdict)
        layout.addLayout(last)
        dialog.resize(*_SIZE)

    def _left(self) -> QWidget:
        side = QWidget()
        grid = QGridLayout(side)
        grid.setContentsMargins(0, 0, 6, 0)
        grid.setSpacing(6)
        grid.addWidget(self.table, 0, 0, 1, 2)
        for place, button in enumerate((self.fill, self.open, self.paste, self.clear)):
            grid.addWidget(button, 1 + place // 2, place % 2)
        return side

    def _right(self) -> QWidget:
        side = QWidget()
        layout = QVBoxLayout(side)
        layout.setContentsMargins(6, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.key)
        layout.addWidget(self.map, 3)
        layout.addWidget(self.curve, 2)
        return side
