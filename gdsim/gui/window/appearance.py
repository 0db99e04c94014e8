"""How a window looks: its theme, how large letters are, and what the panes are told of both."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtWidgets import QApplication

from gdsim.gui.style.stylesheet import application_sheet, palette, put_on, recolour
from gdsim.gui.style.text_size import BASE_SIZE, are_usual
from gdsim.gui.style.theme import DARK, LIGHT, THEMES, Look, Theme, run_styles
from gdsim.gui.window.layout import laid_out_once

if TYPE_CHECKING:
    from gdsim.gui.window.main_window import MainWindow


class Appearance(QObject):
    """Styles application, window and panes; as an event filter it follows the letters of the desktop."""

    def __init__(self, window: "MainWindow", app: QApplication, theme: Theme) -> None:
        super().__init__(window)
        self._window, self._app = window, app
        self.theme = theme  # that was chosen; a projector has more contrast
        self._look: Look | None = None
        self._pixel_ratio = 1.0
        self._letters = BASE_SIZE
        self._concealed = frozenset[str]()  # what a stop hides in its panes
        QApplication.setPalette(palette(theme))  # icons are drawn in its colours, and once

    @property
    def is_dark(self) -> bool:
        return self.theme is DARK

    def toggle_theme(self) -> None:
        self.set_theme((LIGHT if self.is_dark else DARK).name)

    def set_theme(self, name: str) -> None:
        self.theme = THEMES.get(name, LIGHT)
        self.apply()

    def set_pixel_ratio(self, pixel_ratio: float) -> None:
        """Draw for a device that has so many pixels along one of the window's."""
        self._pixel_ratio = pixel_ratio
        self.show_look()

    @Slot(object)
    def conceal(self, hidden: frozenset[str]) -> None:
        concealed = hidden & {"minimum", "future", "marks"}
        if concealed != self._concealed:
            self._concealed = concealed
            self.show_look()

    @Slot()
    def apply(self) -> None:
        self.style_application()
        self.style_widgets()
        self.show_look()

    def style_application(self) -> None:
        """Put palette and style sheet on the whole application: menus and dialogs too."""
        self._letters = self._window.projector.letters
        colours = palette(self._effective_theme)
        sheet = application_sheet(self._letters, is_usual=are_usual(self._letters))
        if self._app.styleSheet() == sheet:
            recolour(self._app, colours)
            return
        with laid_out_once(self._window):
            put_on(self._app, colours, sheet)

    def style_widgets(self) -> None:
        window, effective = self._window, self._effective_theme
        for part in (window.header, window.cards.table, window.points, window.formulas, window.exercises):
            part.set_theme(effective)
        window.export.set_theme(self.theme.name)
        window.lessons.set_look(effective, window.projector.ui_scale)
        window.cards.transport.set_few(few=window.simple.on or window.projector.on)

    @Slot()
    def show_look(self) -> None:
        """Tell the panes in which colours they draw the runs that there are."""
        window, theme = self._window, self._effective_theme
        runs = window.session.experiment.runs
        scale, styles = window.projector.ui_scale, run_styles(runs, theme)
        look = Look(theme, styles, self._pixel_ratio, scale, self._concealed)
        window.cards.runs.set_runs(runs, window.session.selected)
        if look != self._look:
            self._look = look
            for pane in window.cards.panes:
                pane.set_look(look)
        if window.stage.beside is not None:
            window.stage.beside.set_look(look)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the letters of the desktop.

        An override of the window's `event` would do, but all panes are painted within that of the window, and
        where one override calls another, PySide does not tell of an exception but crashes.
        """
        is_own = watched is self._window and event.type() == QEvent.Type.ApplicationFontChange
        if is_own and self._window.projector.letters != self._letters:
            self.apply()
        return super().eventFilter(watched, event)

    @property
    def _effective_theme(self) -> Theme:
        return self._window.projector.effective_theme(self.theme)
