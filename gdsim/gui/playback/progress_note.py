"""How much of the work is done, and the button that ends it."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from gdsim.gui.forms.icon_button import IconButton
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.theme import Theme

# Work that is done sooner is not worth a word.
_PATIENCE_MS = 250


class ProgressNote(QWidget):
    """Is there only while something is computed; its place in the layout is kept, unless it is given up.

    Signals
    -------
    stop_requested()
    """

    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = PlainLabel()
        self._text.setObjectName("hint")
        self._stop = IconButton("stop", self.tr("Stop computing"), self.tr("Keep the steps made so far."))
        self._stop.clicked.connect(self.stop_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._text)
        layout.addWidget(self._stop)
        self.keep_place(kept=True)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self.show)
        self._say(1.0)
        self._text.setMinimumWidth(self._text.sizeHint().width())
        self.hide()

    def keep_place(self, *, kept: bool) -> None:
        """Keep the place in the layout while there is nothing to be seen, or give it up."""
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(kept)
        policy.setHorizontalPolicy(QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)

    @property
    def is_waiting(self) -> bool:
        """Whether it comes in a moment, unless the work is done before."""
        return self._patience.isActive()

    def show_progress(self, share: float) -> None:
        """Show the share of the work that is done; nothing when it is 1."""
        if share >= 1.0:
            self._patience.stop()
            self.hide()
            self._say(1.0)  # so that the place it keeps does not depend on when it was looked at last
            return
        self._say(share)
        if self.isHidden() and not self._patience.isActive():
            self._patience.start()

    def set_theme(self, theme: Theme) -> None:
        """Paint the icon in the theme's colours."""
        self._stop.set_theme(theme)

    def _say(self, share: float) -> None:
        self._text.setText(self.tr("computing {0} %").format(int(100 * share)))
