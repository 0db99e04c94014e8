"""How the window is looked at from the last row: large letters, thick lines, high contrast, few controls."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow, QWidget

from gdsim.gui.style.stylesheet import mixed
from gdsim.gui.style.text_size import BASE_SIZE, system_scale
from gdsim.gui.style.theme import Theme
from gdsim.gui.window.layout import Columns

# How many times as large as usual letters and lines are, at least.
UI_SCALE = 1.5


def contrasting(theme: Theme) -> Theme:
    """Return a theme whose texts and borders stand out as much as they can: projectors wash colours out."""
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
    """Folds away what a class need not see, and brings it back as it was.

    The menu bar, the outer columns and the header go, and commands keep their keys; the names of the runs
    come, while their list is not there.
    """

    changed = Signal()  # it was switched on or off: everything gets another style

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
        """How many times as large as usual letters and lines are."""
        return max(UI_SCALE, system_scale()) if self.on else system_scale()

    @property
    def letters(self) -> int:
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
            # Smaller letters first: with the large ones there may not be room for the columns.
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
