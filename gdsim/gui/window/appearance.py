"""The appearance of a window: its theme, its font size, and the look that its panes draw with."""

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from gdsim.gui.style.shown_theme import shown_theme
from gdsim.gui.style.stylesheet import application_sheet, put_on, recolour
from gdsim.gui.style.text_size import BASE_SIZE, are_usual
from gdsim.gui.style.theme import DARK, LIGHT, THEMES, Look, Theme, run_styles
from gdsim.gui.window.layout import laid_out_once
from gdsim.gui.window.projector_mode import ProjectorMode, contrasting
from gdsim.gui.window.workspace import Workspace
from gdsim.session.session import Session


class Appearance(QObject):
    """Styles application, window and panes; an event filter that follows the font size of the desktop."""

    look_told = Signal(Look)  # the look that all panes have now

    def __init__(
        self,
        window: QWidget,
        app: QApplication,
        theme: Theme,
        session: Session,
        cards: Workspace,
        projector: ProjectorMode,
    ) -> None:
        super().__init__(window)
        self._window, self._app = window, app
        self._session, self._cards, self._projector = session, cards, projector
        self.theme = theme  # as the user chose it; projector mode raises its contrast
        self._look: Look | None = None
        self._pixel_ratio = 1.0
        self._font_size = BASE_SIZE
        self._concealed = frozenset[str]()  # what a stop of a lesson hides within panes

    @property
    def is_dark(self) -> bool:
        return self.theme is DARK

    def toggle_theme(self) -> None:
        self.set_theme((LIGHT if self.is_dark else DARK).name)

    def set_theme(self, name: str) -> None:
        self.theme = THEMES.get(name, LIGHT)
        self.apply()

    def set_pixel_ratio(self, pixel_ratio: float) -> None:
        """Draw for a device with this many pixels per pixel of the window."""
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
        """Set palette and style sheet of the whole application, and the look of all panes."""
        self._font_size = self._projector.font_size
        sheet = application_sheet(self._font_size, is_usual=are_usual(self._font_size))
        theme = contrasting(self.theme) if self._projector.on else self.theme
        if self._app.styleSheet() == sheet:
            recolour(self._app, theme)
            self.show_look()
            return
        with laid_out_once(self._window):
            put_on(self._app, theme, sheet)
            self.show_look()
        self._cards.columns.give_usual_widths()
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)

    @Slot()
    def show_look(self) -> None:
        """Give all panes the current look, with a style for every run."""
        theme = shown_theme()
        styles = run_styles(self._session.experiment.runs, theme)
        look = Look(theme, styles, self._pixel_ratio, self._projector.ui_scale, self._concealed)
        if look != self._look:
            self._look = look
            for pane in self._cards.styled:
                pane.set_look(look)
        self.look_told.emit(look)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Apply the font size of the desktop when it changes.

        The window does not override `event` for this, because Qt paints all panes from within the window's
        `event`, and PySide crashes on an exception that is raised in an override called by another override.
        """
        is_own = watched is self._window and event.type() == QEvent.Type.ApplicationFontChange
        if is_own and self._projector.font_size != self._font_size:
            self.apply()
        return super().eventFilter(watched, event)
