"""The base class of the exercises' windows."""

from collections.abc import Mapping
from functools import reduce
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFont, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QTabWidget, QVBoxLayout, QWidget

from gdsim.core.formulas.symbols import HAT
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.run import Run
from gdsim.core.settings import Value
from gdsim.gui.accessible import announce
from gdsim.gui.actions import UserActions
from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.forms.fields import CheckedField
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout
from gdsim.gui.plain_text import PlainLabel, as_sentence, sentence_label
from gdsim.gui.style.fonts import SERIF
from gdsim.gui.style.shown_theme import ThemeFollower, shown_theme
from gdsim.gui.style.theme import Theme
from gdsim.gui.translation import tr
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue

if TYPE_CHECKING:
    from gdsim.gui.export.exercise_export import ExportBeside

# How long after the last key or edit work begins.
CHANGE_PAUSE_MS = 250
# Dynamic property of labels: their text, if it was announced to screen readers.
_ALOUD = "saidAloud"


class Exercise(ScreenDialog):
    """A modeless window beside the main window, deleted when it is closed."""

    update_requested = Signal(int)  # show this update of the selected run worked out
    help_page = "index"
    writes_files = False
    export: "ExportBeside"  # set by `set_exporter` if the exercise ``writes_files``
    remembered: tuple[str, ...] = ()  # paths of the attributes and fields to save and restore
    covers_step = False  # whether the step's page and arrows would give the answers away

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.user_actions = session, user_actions
        self.tasks = TaskQueue(self)
        # Restarted by every change in exercises whose work begins once changes pause
        self.pause_timer = QTimer(self, singleShot=True, interval=CHANGE_PAUSE_MS)
        self._note = sentence_label("notice")
        self._note.hide()
        self.outline = fill_layout(QVBoxLayout(self.content), self._note, margins=DIALOG_MARGINS)
        session.experiment_changed.connect(self._on_changed)
        session.selected_changed.connect(self._on_changed)
        ThemeFollower(self, self.show_look)

    @classmethod
    def refusal(cls, session: Session) -> str:
        """Return why the exercise cannot be opened for the session's document; empty if it can."""
        del session
        return ""

    @property
    def experiment(self) -> Experiment:
        return self.session.experiment

    @property
    def run(self) -> Run | None:
        """The selected run of the main window; None if there are no runs."""
        return self.session.selected_run

    def follow(self) -> None:
        """Show the current document, which may have changed."""

    def stop_work(self) -> None:
        """Stop work that only serves the display; called when the window is hidden."""

    def save_state(self) -> dict[str, Any]:
        """Return the state from which another window of the exercise can go on."""
        return {path: _entry(attrgetter(path)(self)) for path in self.remembered}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Restore the state of an earlier window of the exercise; called before this one is shown."""
        for path, content in state.items():
            _enter(self, path, content)

    def set_up(self, settings: Mapping[str, Value]) -> None:
        """Apply the settings of a lesson's stop, some of those in `EXERCISES`; `follow` is called next."""

    @property
    def theme(self) -> Theme:
        return shown_theme()

    def show_look(self) -> None:
        """Update everything drawn to the current theme; also called before the exercise is first shown."""

    def set_exporter(self, export: "ExportBeside") -> None:
        self.export = export
        export.told.connect(self.tell)  # without the path
        export.refused.connect(self.tell)

    @Slot(str)
    def tell(self, sentence: str) -> None:
        """Show the outcome of some work: that a file was written, or why something failed."""

    def show_note(self, sentence: str) -> None:
        """Show a sentence above everything else, or nothing if it is empty."""
        say_aloud(self._note, sentence)
        self._note.setVisible(bool(sentence))

    @property
    def note(self) -> str:
        return self._note.text()

    def show_up(self) -> None:
        self.show()
        self.raise_()
        self.activateWindow()

    def end(self) -> None:
        """Stop all work before the window is deleted."""
        self.tasks.close()
        if self.writes_files:
            self.export.close()

    def on_enter(self) -> None:
        """Handle Enter while no enabled button has the focus."""

    @Slot()
    def _on_changed(self) -> None:
        if self.isVisible():
            self.follow()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.follow()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.stop_work()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        focused = self.focusWidget()
        if is_enter and not (isinstance(focused, QAbstractButton) and focused.isEnabled()):
            self.on_enter()
        else:
            super().keyPressEvent(event)


def _entry(part: Any) -> Any:  # noqa: ANN401 - a widget's value, or any attribute
    match part:
        case CheckedField():
            return part.value()
        case QComboBox() | QTabWidget():
            return part.currentIndex()
        case QAbstractButton():
            return part.isChecked()
    return part


def _enter(exercise: Exercise, path: str, content: Any) -> None:  # noqa: ANN401 - what `_entry` returned
    match attrgetter(path)(exercise):
        case CheckedField() as field:
            field.set_value(content)
        case (QComboBox() | QTabWidget()) as choice:
            choice.setCurrentIndex(content)
        case QAbstractButton() as button:
            button.setChecked(content)
        case _:
            *owner, name = path.split(".")
            setattr(reduce(getattr, owner, exercise), name, content)


def failure_words(error: Exception) -> str:
    """Return why work failed as a sentence; an exception without a text stands for lack of memory."""
    return as_sentence(str(error) or tr("there is not enough memory for this"))


def show_named(label: PlainLabel, text: str) -> None:
    """Show a sentence, and make it the label's accessible name."""
    place_hats(label, text)
    label.setText(text)
    label.setAccessibleName(text)
    label.setProperty(_ALOUD, "")


def say_aloud(label: PlainLabel, text: str) -> None:
    """Show a sentence that answers the user, and have screen readers announce it at once.

    A sentence that is still shown and was announced is not announced again.
    """
    if text and text != label.property(_ALOUD):
        announce(label, text)
    show_named(label, text)
    label.setProperty(_ALOUD, text)


def place_hats(widget: QWidget, text: str) -> None:
    """Use a serif font for text with a hat, because some sans-serif fonts put hats into the line above."""
    font = QFont(widget.font())
    font.setStyleHint(QFont.StyleHint.Serif if HAT in text else QFont.StyleHint.AnyStyle)
    font.setFamily(SERIF if HAT in text else QApplication.font().family())
    if font != widget.font():
        widget.setFont(font)
