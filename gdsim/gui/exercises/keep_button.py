"""The button that keeps in the document what a window beside the main one shows, or takes it out again."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from gdsim.gui.forms.tips import set_tip


class KeepButton(QPushButton):
    """Tells whether a document that keeps nothing, or something else, is to keep what is shown.

    Signals
    -------
    asked(bool)
        Whether it is to be kept; else it is taken out.
    """

    asked = Signal(bool)

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what
        self._is_kept = False
        self.setAutoDefault(False)
        self.clicked.connect(lambda: self.asked.emit(not self._is_kept))
        self.show_state(possible=False, is_kept=False)

    def show_state(self, *, possible: bool, is_kept: bool) -> None:
        """Offer to keep what is shown; what is kept as it is shown may be taken out."""
        self._is_kept = is_kept
        self.setEnabled(possible)
        self.setText(self.tr("Take out of scene") if is_kept else self.tr("Keep in scene"))
        words = (
            self.tr("The document keeps {what} as shown; now it would forget it.")
            if is_kept
            else self.tr("The document keeps {what}: saved, shared and opened with it.")
        )
        set_tip(self, words.format(what=self._what))
