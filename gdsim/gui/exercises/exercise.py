"""What the windows of all exercises have in common."""

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
from gdsim.gui.forms.layouts import filled
from gdsim.gui.plain_text import PlainLabel, as_sentence, sentence_label
from gdsim.gui.style.fonts import SERIF
from gdsim.gui.style.shown_theme import Themed, shown_theme
from gdsim.gui.style.theme import Theme
from gdsim.gui.translation import tr
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue

if TYPE_CHECKING:
    from gdsim.gui.export.beside import ExportBeside

# Work begins so long after the last key or edit.
_CALM_MS = 250
# A property of labels: what they show, where it was said aloud.
_ALOUD = "saidAloud"


class Exercise(ScreenDialog):
    """A window beside the main one, which goes on working. It is deleted when it is closed."""

    update_requested = Signal(int)  # a person wants to see this update of the selected run worked out
    help_page = "index"
    writes_files = False  # whether it wants an exporter
    remembered: tuple[str, ...] = ()  # paths of attributes and fields that another window of it goes on with
    covers_step = False  # whether page and arrows of the step would show what is asked for

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.user_actions = session, user_actions
        self.export: ExportBeside | None = None
        self.tasks = TaskQueue(self)
        # Started by every change, where work is to begin once changes pause
        self.calm = QTimer(self, singleShot=True, interval=_CALM_MS)
        self._note = sentence_label("notice")
        self._note.hide()
        self.outline = filled(QVBoxLayout(self.content), self._note, margins=(12, 10, 12, 10))
        session.experiment_changed.connect(self._on_changed)
        session.selected_changed.connect(self._on_changed)
        Themed(self, self.show_look)

    @classmethod
    def refusal(cls, session: Session) -> str:
        """Return why the exercise cannot be done with a document, as a sentence; empty when it can."""
        del session
        return ""

    @property
    def experiment(self) -> Experiment:
        return self.session.experiment

    @property
    def run(self) -> Run | None:
        """The run that is selected in the main window; None when there are no runs."""
        return self.session.selected_run

    def follow(self) -> None:
        """Show the document of the main window, which may have changed."""

    def rest(self) -> None:
        """Stop the work that is for the eyes alone: the window is hidden."""

    def save_state(self) -> dict[str, Any]:
        """Return what another window of the exercise takes to go on from here."""
        return {path: _entry(attrgetter(path)(self)) for path in self.remembered}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Go on from where another window of the exercise was closed; called before this one is shown."""
        for path, content in state.items():
            _enter(self, path, content)

    def set_up(self, settings: Mapping[str, Value]) -> None:
        """Take what a stop of a lesson sets, some of the `EXERCISES`' settings; `follow` comes next."""

    @property
    def theme(self) -> Theme:
        return shown_theme()

    def show_look(self) -> None:
        """Draw in the theme that the application has now; called before the exercise is seen in it."""

    def set_exporter(self, export: "ExportBeside") -> None:
        """Write files by an exporter of this window."""
        self.export = export
        export.said.connect(self.tell)

    @Slot(str)
    def tell(self, sentence: str) -> None:
        """Say what became of work: that a file was written, or why something was not done."""

    def show_note(self, sentence: str) -> None:
        """Show a sentence above everything else; hide it when it is empty."""
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
        """Stop all work, before the window is deleted."""
        self.tasks.close()
        if self.export is not None:
            self.export.close()

    def on_enter(self) -> None:
        """Do what Enter does where no button has the focus."""

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
            self.rest()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        focused = self.focusWidget()
        if is_enter and not (isinstance(focused, QAbstractButton) and focused.isEnabled()):
            self.on_enter()
        else:
            super().keyPressEvent(event)


def _entry(part: Any) -> Any:  # noqa: ANN401 - of a field what a person entered, of all else itself
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
    """Return why work failed, as a sentence."""
    return as_sentence(str(error) or tr("there is not enough memory for this"))


def say(label: PlainLabel, text: str) -> None:
    """Show a sentence, and let screen readers find it."""
    place_hats(label, text)
    label.setText(text)
    label.setAccessibleName(text)
    label.setProperty(_ALOUD, "")


def say_aloud(label: PlainLabel, text: str) -> None:
    """Show a sentence that answers what a person did, and have screen readers say it at once.

    What is shown already, and was said, is not said again.
    """
    if text and text != label.property(_ALOUD):
        announce(label, text)
    say(label, text)
    label.setProperty(_ALOUD, text)


def place_hats(widget: QWidget, text: str) -> None:
    """Choose letters for a text that is to be shown: some sans-serif ones put a hat into the line above."""
    font = QFont(widget.font())
    font.setStyleHint(QFont.StyleHint.Serif if HAT in text else QFont.StyleHint.AnyStyle)
    font.setFamily(SERIF if HAT in text else QApplication.font().family())
    if font != widget.font():
        widget.setFont(font)
