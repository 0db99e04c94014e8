"""Projector mode: large letters, thick lines, high contrast and few controls, for readers in the last row."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow, QWidget

from gdsim.gui.style.stylesheet import mixed
from gdsim.gui.style.text_size import BASE_SIZE, system_scale
from gdsim.gui.style.theme import Theme
from gdsim.gui.window.layout import Columns

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
        muted=mixed(theme.muted, text, 0.7),
        faint=mixed(theme.faint, text, 0.5),
        border=mixed(theme.border, text, 0.35),
        grid=mixed(theme.grid, text, 0.15),
    )


class Projector(QObject):
    """Hides what a class need not see, and restores it.

    The menu bar, the outer columns and the header are hidden; commands keep their shortcuts. The names of the
    runs are shown in place of the list of runs.
    """

    changed = Signal()  # projector mode was switched on or off: everything needs another style

    def __init__(self, window: QMainWindow, columns: Columns, header: QWidget, names: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._columns = columns
        self._header = header
        self._names = names
        self._restore: Callable[[], None] | None = None

    @property
    def on(self) -> bool:
        return self._restore is not None

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
            self._restore = self._kept()
            self._fold()
            self.changed.emit()

    def leave(self) -> None:
        if self._restore is not None:
            restore, self._restore = self._restore, None
            # Back to smaller letters first, because the columns may not have room for the large ones.
            self.changed.emit()
            restore()

    def _kept(self) -> Callable[[], None]:
        columns, state, wanted = self._columns, self._columns.wished(), self._columns.wanted()

        def restore() -> None:
            self._window.menuBar().show()
            self._header.show()
            self._names.hide()
            columns.set_wanted(wanted)
            columns.bring_back(state)

        return restore

    def _fold(self) -> None:
        self._window.menuBar().hide()
        self._header.hide()
        self._names.show()
        self._columns.set_wanted(())
