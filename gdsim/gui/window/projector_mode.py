"""Projector mode: large letters, thick lines, high contrast and few controls, for readers in the last row."""

from PySide6.QtCore import QByteArray, QObject, Signal
from PySide6.QtWidgets import QMainWindow, QWidget

from gdsim.gui.style.stylesheet import mixed_colour
from gdsim.gui.style.text_size import BASE_SIZE, system_scale
from gdsim.gui.style.theme import Theme
from gdsim.gui.window.layout import ColumnSplitter, laid_out_once

# The least scale of letters and lines in projector mode.
UI_SCALE = 1.5


def contrasting(theme: Theme) -> Theme:
    """Return a theme with the highest contrast for texts and borders, because projectors wash colours out."""
    text, ground = ("#ffffff", "#000000") if theme.is_dark else ("#000000", "#ffffff")
    return theme._replace(
        page=ground if theme.is_dark else theme.page,
        card=ground,
        halo=ground,
        text=text,
        muted=mixed_colour(theme.muted, text, 0.7),
        faint=mixed_colour(theme.faint, text, 0.5),
        border=mixed_colour(theme.border, text, 0.35),
        grid=mixed_colour(theme.grid, text, 0.15),
    )


class ProjectorMode(QObject):
    """Hides what a class need not see, and restores it.

    The menu bar, the outer columns and the header are hidden; commands keep their shortcuts. The names of the
    runs are shown in place of the list of runs.
    """

    changed = Signal()  # projector mode was switched on or off: everything needs another style

    def __init__(self, window: QMainWindow, columns: ColumnSplitter, header: QWidget, names: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._columns = columns
        self._header = header
        self._names = names
        self._columns_before: tuple[QByteArray, tuple[str, ...]] | None = None  # widths, and the open sides

    @property
    def on(self) -> bool:
        return self._columns_before is not None

    @property
    def ui_scale(self) -> float:
        """The scale of letters and lines, relative to the default."""
        return max(UI_SCALE, system_scale()) if self.on else system_scale()

    @property
    def font_size(self) -> int:
        return round(BASE_SIZE * self.ui_scale)

    def toggle(self) -> None:
        if self.on:
            self.leave()
        else:
            self._columns_before = self._columns.preferred_widths(), self._columns.wanted()
            self._columns.set_wanted(())
            self._show(folded=True)

    def leave(self) -> None:
        if self._columns_before is not None:
            (widths, sides), self._columns_before = self._columns_before, None
            self._show(folded=False)
            # Only now, because the columns may not have had room beside large letters.
            self._columns.set_wanted(sides)
            self._columns.restore_widths(widths)

    def _show(self, *, folded: bool) -> None:
        with laid_out_once(self._window):
            self._window.menuBar().setHidden(folded)
            self._header.setHidden(folded)
            self._names.setVisible(folded)
            self.changed.emit()
