"""The text of a stop: the caption, and below it what to look at."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from gdsim.core.lessons.caption import plain_text
from gdsim.gui.lessons.caption_html import caption_html
from gdsim.gui.lessons.render_stop import Said
from gdsim.gui.plain_text import HtmlLabel
from gdsim.gui.style.theme import LIGHT, Theme

# Longer lines are hard to read.
_WIDEST = 1120
_GAP = 1


class CaptionView(QScrollArea):
    """Two texts that wrap; they scroll where there are more lines than room.

    With letters larger than usual it makes them as small as has to be instead, down to the usual size:
    who walks with a clicker cannot scroll.

    Attributes
    ----------
    caption, look : HtmlLabel
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._ui_scale = 1.0
        self._said: Said | None = None
        self.caption, self.look = _label(), _label()
        self._page = page = QWidget()
        page.setMaximumWidth(_WIDEST)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP)
        layout.addWidget(self.caption)
        layout.addWidget(self.look)
        layout.addStretch(1)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setObjectName("plain")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of a theme."""
        self._theme = theme
        self._write()

    def set_ui_scale(self, ui_scale: float) -> None:
        """Have lines as long as letters so many times as large need."""
        self._ui_scale = ui_scale
        self._page.setMaximumWidth(round(_WIDEST * ui_scale))
        self._write()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the new room."""
        super().resizeEvent(event)
        self._write()

    def show_said(self, said: Said | None) -> None:
        """Show what a stop says; nothing while it is not known."""
        self._said = said
        self._write()
        self.verticalScrollBar().setValue(0)

    def _write(self) -> None:
        self.caption.ensurePolished()
        largest = self.caption.fontInfo().pixelSize()
        for size in range(largest, round(largest / self._ui_scale) - 1, -1):
            self._write_in(size)
            if self._height_needed() <= self.height():
                break

    def _height_needed(self) -> int:
        width = min(self.width(), self._page.maximumWidth())
        shown = [label for label in (self.caption, self.look) if not label.isHidden()]
        return sum(label.heightForWidth(width) for label in shown) + _GAP * (len(shown) - 1)

    def _write_in(self, size: int) -> None:
        """Write all with letters so many pixels high."""
        said = self._said
        self.caption.setText(_sized(caption_html(said.caption), size) if said else "")
        self.caption.setAccessibleName(plain_text(said.caption) if said else "")
        look = bool(said and said.look.pieces)
        self.look.setVisible(look)
        if said and look:
            word = f'<b style="color: {self._theme.accent}">{self.tr("Look")}</b>'
            self.look.setText(_sized(f"{word}&nbsp; {caption_html(said.look)}", size))
            self.look.setAccessibleName(plain_text(said.look))


def _sized(html: str, size: int) -> str:
    return f'<span style="font-size: {size}px">{html}</span>'


class _Text(HtmlLabel):
    """A text that wraps, and is as high as it has to be at its width."""

    def minimumSizeHint(self) -> QSize:
        """Return nothing: Qt would ask for the height of a narrow column."""
        return QSize(0, 0)


def _label() -> HtmlLabel:
    label = _Text()
    label.setObjectName("caption")
    label.setWordWrap(True)
    # By mouse alone: a text that takes the focus would be one more stop on the way of the Tab key.
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label
