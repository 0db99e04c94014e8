"""A flat button with one of our icons."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolButton, QWidget

from gdsim.gui.forms.tips import set_tip
from gdsim.gui.style import icons as assets
from gdsim.gui.style.text_size import Scaled
from gdsim.gui.style.theme import Theme

ICON_SIZE = QSize(16, 16)


class IconButton(QToolButton):
    """A flat tool button, with a name for screen readers and a sentence for the tooltip.

    With ``is_muted`` its icon stands back behind texts.
    """

    def __init__(
        self,
        icon: str,
        name: str,
        sentence: str = "",
        parent: QWidget | None = None,
        *,
        size: QSize = ICON_SIZE,
        is_muted: bool = False,
    ) -> None:
        super().__init__(parent)
        self._icon, self._is_muted = icon, is_muted
        self._theme: Theme | None = None
        self.setAccessibleName(name)
        set_tip(self, sentence or name, name if sentence else "")
        Scaled(self, QToolButton.setIconSize, size)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setIcon(assets.icon(self._icon, theme.muted if self._is_muted else theme.text, theme.faint))

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        if self._theme:
            self.set_theme(self._theme)
