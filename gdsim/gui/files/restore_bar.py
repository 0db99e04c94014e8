"""The bar that offers work which was not saved when the program last ended."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.forms.tips import plain


class RestoreBar(QWidget):
    """A sentence and three buttons, below the header; it stands in nobody's way.

    Signals
    -------
    restore_requested(), discard_requested(), later_requested()
    offered()
    """

    restore_requested = Signal()
    discard_requested = Signal()
    later_requested = Signal()
    offered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("restoreBar")
        self.setAccessibleName(self.tr("Unsaved work"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._text = ElidedLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 6, 14, 6)
        layout.setSpacing(8)
        layout.addWidget(self._text, 1)
        for name, words, signal in (
            (self.tr("Restore"), self.tr("Open it in this window."), self.restore_requested),
            (self.tr("Discard"), self.tr("Throw it away for good."), self.discard_requested),
            (self.tr("Not now"), self.tr("Offer it again at the next start."), self.later_requested),
        ):
            button = QPushButton(name)
            button.setToolTip(plain(words))
            button.setAccessibleDescription(words)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(signal)
            layout.addWidget(button)
            if signal is self.restore_requested:
                button.setObjectName("primary")
        self.hide()

    def offer(self, sentence: str) -> None:
        """Show what there is to restore."""
        self._text.set_whole(sentence)
        self.setAccessibleDescription(sentence)
        self.show()
        self.offered.emit()

    def text(self) -> str:
        """Return the sentence."""
        return self._text.whole()
