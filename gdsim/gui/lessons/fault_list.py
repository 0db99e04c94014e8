"""All that is wrong with a lesson file, in one list."""

from collections.abc import Sequence

from PySide6.QtWidgets import QListWidget, QVBoxLayout, QWidget

from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.plain_text import text_label
from gdsim.gui.style.text_size import resize_window


class FaultList(ScreenDialog):
    """Stays beside the window while the file is mended; it is deleted when it is closed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Faults in the lesson"))
        words = text_label(
            self.tr("Stops, and the items of lists, are counted from 1. The list follows the file.")
        )
        self.list = QListWidget()
        self.list.setObjectName("framed")
        self.list.setWordWrap(True)
        self.list.setAccessibleName(self.tr("Faults"))
        layout = QVBoxLayout(self.content)
        layout.addWidget(words)
        layout.addWidget(self.list, 1)
        resize_window(self, 720, 320)
        self.finished.connect(self.deleteLater)

    def show_faults(self, faults: Sequence[str]) -> None:
        self.list.clear()
        self.list.addItems(list(faults))
