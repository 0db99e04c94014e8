"""How a window looks: its theme, how large letters are, and what the panes are told of both."""

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from gdsim.gui.style.shown_theme import shown_theme
from gdsim.gui.style.stylesheet import application_sheet, put_on, recolour
from gdsim.gui.style.text_size import BASE_SIZE, are_usual
from gdsim.gui.style.theme import DARK, LIGHT, THEMES, Look, Theme, run_styles
from gdsim.gui.window.layout import laid_out_once
from gdsim.gui.window.projector import Projector, contrasting
from gdsim.gui.window.workspace import Workspace
from gdsim.session.session import Session


class Appearance(QObject):
    """Styles application, window and panes; as an event filter it follows the letters of the desktop."""

    look_told = Signal(Look)  # as the panes were told it last

    def __init__(
        self,
        window: QWidget,
        app: QApplication,
        theme: Theme,
        session: Session,
        cards: Workspace,
        projector: Projector,
    ) -> None:
        super().__init__(window)
        self._window, self._app = window, app
        self._session, self._cards, self._projector = session, cards, projector
        self.theme = theme  # that was chosen; a projector has more contrast
        self._look: Look | None = None
        self._pixel_ratio = 1.0
        self._letters = BASE_SIZE
        self._concealed = frozenset[str]()  # what a stop hides in its panes

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
        self.show_look()

    def style_application(self) -> None:
        """Put palette and style sheet on the whole application: menus and dialogs too."""
        self._letters = self._projector.letters
        sheet = application_sheet(self._letters, is_usual=are_usual(self._letters))
        theme = contrasting(self.theme) if self._projector.on else self.theme
        if self._app.styleSheet() == sheet:
            recolour(self._app, theme)
            return
        with laid_out_once(self._window):
            put_on(self._app, theme, sheet)
        self._cards.columns.give_usual_widths()

    @Slot()
    def show_look(self) -> None:
        """Tell the panes in which colours they draw the runs that there are."""
        theme = shown_theme()
        styles = run_styles(self._session.experiment.runs, theme)
        look = Look(theme, styles, self._pixel_ratio, self._projector.ui_scale, self._concealed)
        if look != self._look:
            self._look = look
            for pane in self._cards.styled:
                pane.set_look(look)
        self.look_told.emit(look)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the letters of the desktop.

        An override of the window's `event` would do, but all panes are painted within that of the window, and
        where one override calls another, PySide does not tell of an exception but crashes.
        """
        is_own = watched is self._window and event.type() == QEvent.Type.ApplicationFontChange
        if is_own and self._projector.letters != self._letters:
            self.apply()
        return super().eventFilter(watched, event)
