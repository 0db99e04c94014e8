"""Changing the language while the program runs, by replacing the window."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from gdsim.core.language.translations import read_language
from gdsim.gui.language import keep_language, speak, unread_text
from gdsim.gui.preferences import Preferences, Store
from gdsim.gui.runtime.boot import drafts_folder
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session


class LanguageSwitch(QObject):
    """Holds the window of a session, and replaces it when another language is chosen.

    Document, undo history, cursor, selected run, lesson, exercises and cameras are preserved, because they
    belong to the session or are handed over. ``make`` creates a window for the session, with the camera of
    the given window.
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
        # Qt itself would keep running while any other window is left, even a hidden one.
        window.ended.connect(lambda: self._app.exit(), Qt.ConnectionType.QueuedConnection)  # noqa: PLW0108

    def open_file(self, path: Path) -> None:
        self.window.files.open(path)

    def open_link(self, text: str) -> None:
        self.window.open_link(text)

    @Slot()
    def on_session_end(self) -> None:
        """Write a draft of unsaved work, because on Windows no question is asked about it."""
        self.window.files.end_typing()
        self.window.files.keep_now()

    def keep_now(self) -> None:
        self.window.files.keep_now()

    def close_at_once(self) -> None:
        self.window.files.close_at_once()

    @Slot(str)
    def take_over(self, text: str) -> None:
        """Raise the window, and open the link that another start of the program has handed over."""
        self.window.take_over(text)

    @Slot(str)
    def _on_chosen(self, code: str) -> None:
        # Deferred, because the menu of the old window is still open.
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
        new.files.begin(drafts_folder())
        self.replaced.emit(new)
        new.take_over_from(handed)
        old.hide()
        old.deleteLater()
