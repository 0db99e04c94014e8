"""The dialog that reports an unexpected error."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import text_label
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import tr


class CrashDialog(ScreenDialog):
    """A dialog with a report, which can be copied, and the path of the log. Nothing is sent."""

    restore_requested = Signal()

    def __init__(
        self, report: str, log: Path | None, *, can_restore: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, tr("gdsim: unexpected error"), once=True)
        self._report = QPlainTextEdit(report)
        self._report.setReadOnly(True)
        self._report.setTabChangesFocus(True)
        self._report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(self.fontInfo().pixelSize())  # the system font does not follow the text size
        self._report.setFont(font)
        self._report.setAccessibleName(self.tr("Report"))
        words = [text_label(one) for one in self._sentences(log, can_restore=can_restore)]
        for label in words:
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        fill_layout(QVBoxLayout(self.content), *words, (self._report, 1), gap=10, margins=DIALOG_MARGINS)
        self.set_foot(self._buttons(can_restore=can_restore))
        resize_window(self, 680, 420)

    def report(self) -> str:
        return self._report.toPlainText()

    def _sentences(self, log: Path | None, *, can_restore: bool) -> list[str]:
        said = [self.tr("An unexpected error occurred. Sorry about that.")]
        if can_restore:
            said.append(
                self.tr(
                    "You can continue, but what you see may be wrong. “Restore my work” opens your "
                    "document, as it is now, in a new window; only the undo steps are lost."
                )
            )
        if log:
            said.append(self.tr("The report stays on this computer: {path}").format(path=log))
        return said

    def _buttons(self, *, can_restore: bool) -> QHBoxLayout:
        copy = QPushButton(self.tr("Copy report"))
        set_tip(copy, self.tr("Copy the report to the clipboard."))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.report()))
        close = QPushButton(self.tr("Continue") if can_restore else self.tr("Close"))
        close.clicked.connect(self.reject)
        row = fill_layout(QHBoxLayout(), copy, None, close, gap=10)
        if can_restore:
            restore = QPushButton(self.tr("Restore my work"))
            restore.setObjectName("primary")
            restore.setDefault(True)
            set_tip(restore, self.tr("Close this window, and open the document in a new one."))
            restore.clicked.connect(self.restore_requested)
            restore.clicked.connect(self.accept)
            row.addWidget(restore)
        return row
