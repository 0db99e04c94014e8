"""Another language while the program runs: a window in it takes the place of the one that is open."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from gdsim.core.language.catalogue import read_language
from gdsim.gui.language import keep_language, speak, unread_text
from gdsim.gui.preferences import Preferences, Store
from gdsim.gui.runtime.boot import drafts_folder
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session


class LanguageSwitch(QObject):
    """Holds the window of a session, and puts another one in its place when another language is chosen.

    Document, undo history, cursor, selected run, lesson, exercises and cameras stay: they belong to the
    session, or are handed on. ``make`` makes a window for the session that looks at the surface as the given
    one does.
    """

    replaced = Signal(object)  # the new MainWindow

    def __init__(
        self,
        app: QApplication,
        session: Session,
        window: MainWindow,
        settings: Store | None,
        make: Callable[[MainWindow], MainWindow],
    ) -> None:
        super().__init__(app)
        self._app, self._session, self._settings, self._make = app, session, settings, make
        self.window = window
        self._connect(window)

    def _connect(self, window: MainWindow) -> None:
        window.language_chosen.connect(self._on_chosen)
        # Qt goes on while any other window is left, even one that nobody sees.
        window.ended.connect(lambda: self._app.exit(), Qt.ConnectionType.QueuedConnection)  # noqa: PLW0108

    def open_file(self, path: Path) -> None:
        self.window.files.open(path)

    def open_link(self, text: str) -> None:
        self.window.open_link(text)

    @Slot()
    def on_session_end(self) -> None:
        """Keep unsaved work: on Windows nobody is asked about it."""
        self.window.files.end_typing()
        self.window.files.keep_now()

    def keep_now(self) -> None:
        self.window.files.keep_now()

    def close_at_once(self) -> None:
        self.window.files.close_at_once()

    @Slot(str)
    def take_over(self, text: str) -> None:
        """Come to the front with a link that another start of the program has handed over."""
        self.window.take_over(text)

    @Slot(str)
    def _on_chosen(self, code: str) -> None:
        # Not within the menu of the window that goes.
        QTimer.singleShot(0, lambda: self.speak(code))

    def speak(self, code: str) -> None:
        old = self.window
        try:
            read_language(code)
        except ValueError as fault:
            old.notice.say(unread_text(fault))
            return
        handed = old.hand_over()
        keep_language(Preferences(self._settings), code)
        speak(self._app, code)
        self.window = new = self._make(old)
        self._connect(new)
        new.files.begin(None, drafts_folder())
        self.replaced.emit(new)
        new.take_over_from(handed)
        old.hide()
        old.deleteLater()
