"""A field to type a value into. Invalid text is rejected with a message below the field."""

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from gdsim.gui.forms.bubble import clear_fault, show_fault
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.style.stylesheet import set_mark

# The value of a field or an editor; each has its own type.
Content = Any

# Long enough not to mark a number that is still being typed.
_PAUSE_MS = 800
# Frame and padding of a field, and the cursor.
_FRAME = 18


class Refused(ValueError):  # noqa: N818 - reads as what it says
    """A text that is no value of a field; its text is a sentence."""


class CheckedField(QLineEdit):
    """A line of text for a value. Enter and leaving the field accept the text, Escape restores it.

    While the text is invalid, the frame is red, a bubble says why, and the value stays.
    """

    committed = Signal(object)  # the user entered another value
    foreign_keys: frozenset[int] = frozenset()  # keys that are left to the window's shortcuts

    def __init__(self, label: str, help_: str, value: Content, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._help = help_
        self._value = value
        # Whether Enter and Escape give the focus back, so that keys are those of the window again
        self.gives_back = True
        self.setAccessibleName(label)
        self.setAcceptDrops(False)  # a file is the window's, whenever the field was made
        self._fitted_to = self.fontMetrics()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self.find_fault)
        self.textEdited.connect(self._on_edited)
        self.returnPressed.connect(self._on_return)
        self._show_value()

    def read(self, text: str) -> Content:
        """Return the value that ``text`` stands for, or raise `Refused`."""
        raise NotImplementedError

    def written(self) -> str:
        """Return the value as text, in full."""
        raise NotImplementedError

    def shorter(self) -> Iterable[str]:
        """Return the value as shorter texts, the best first, for where there is less room."""
        raise NotImplementedError

    def value(self) -> Content:
        """Return the value entered last."""
        return self._value

    def set_value(self, value: Content) -> None:
        """Show another value; text that is being typed stays."""
        if value == self._value and type(value) is type(self._value):
            return
        self._value = value
        if not (self.hasFocus() and self.isModified()):
            self._show_value()

    def fault(self) -> str:
        """Return the sentence that says why the text is refused; empty when it is not."""
        try:
            self.read(self.text())
        except Refused as refused:
            return str(refused)
        return ""

    def find_fault(self) -> None:
        """Mark the field and say why its text is refused, if it is."""
        fault = self.fault()
        self._set_marked(bool(fault))
        if fault:
            set_tip(self, fault, self._label)
            show_fault(self, fault, stays=True)

    def restore(self) -> None:
        self._show_value()
        self._select()

    def event(self, event: QEvent) -> bool:
        """Leave the foreign keys to the window's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and self._is_foreign(event):
            event.ignore()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._is_foreign(event):
            event.ignore()
        elif event.key() == Qt.Key.Key_Escape and (self.isModified() or self.gives_back):
            self.restore()
            self._give_back()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.isModified():
            self._show_value()
            self._select()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Accept the text; when it is refused, say so and show the old value again."""
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.PopupFocusReason:  # its own context menu
            return
        fault = self.fault() if self.isModified() else ""
        if self.isModified() and not fault:
            self._commit()
        self._show_value()
        if fault:
            kept = self.tr("{0} The old value stays.").format(fault)
            show_fault(self, kept)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.hasFocus() and not self.isModified():
            self._show_value()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the text in another font."""
        super().changeEvent(event)
        # A change of the theme takes the font away, and gives it back.
        if event.type() == QEvent.Type.FontChange and self.fontMetrics() != self._fitted_to:
            self._fitted_to = self.fontMetrics()
            if not self.hasFocus():
                self._show_value()

    def _on_edited(self) -> None:
        self._pause.start()
        if not self.fault():
            self._set_marked(False)

    def _on_return(self) -> None:
        if self.fault():
            self.find_fault()
        else:
            self._commit()
            self._show_value()
            self._select()
            self._give_back()

    def _is_foreign(self, event: QEvent) -> bool:
        return isinstance(event, QKeyEvent) and event.key() in self.foreign_keys

    def _select(self) -> None:
        """Select everything, with the cursor at the beginning, which stays visible in a narrow field."""
        self.setSelection(len(self.text()), -len(self.text()))

    def _give_back(self) -> None:
        if self.gives_back:
            give_back_focus(self)

    def _commit(self) -> None:
        value = self.read(self.text())
        self.setModified(False)
        if value != self._value:
            self._value = value
            self.committed.emit(value)

    def _set_marked(self, marked: bool) -> None:
        if marked:
            self._pause.stop()
        else:
            clear_fault(self)
        if set_mark(self, "fault", on=marked):
            self._explain()

    def _show_value(self) -> None:
        """Show the value: in full while it is edited, else as much of it as can be read at once."""
        self._pause.stop()
        self._set_marked(False)
        full = self.written()
        self.setText(full if self.hasFocus() else self._fitting(full))
        self.setCursorPosition(0)
        self._explain()

    def _explain(self) -> None:
        """Say in the tooltip what the field is for, and its value in full."""
        set_tip(self, self._help, f"{self._label}: {self.written()}")

    def _fitting(self, full: str) -> str:
        # 1.2345e-05 that is cut off would read as 1.2345.
        width_of = self.fontMetrics().horizontalAdvance
        return first_fitting([full, *self.shorter()], width_of, self.width() - _FRAME)


def typed_field() -> QLineEdit | None:
    """Return the field into which somebody is typing, if there is one."""
    field = QApplication.focusWidget()
    return field if isinstance(field, QLineEdit) and field.isModified() and not field.isReadOnly() else None


def first_fitting(texts: Iterable[str], width_of: Callable[[str], int], room: int) -> str:
    """Return the first text that is not too wide; the narrowest when all are."""
    tried = []
    for text in texts:
        if width_of(text) <= room:
            return text
        tried.append(text)
    return min(tried, key=width_of, default="")


def give_back_focus(widget: QWidget) -> None:
    """Give the focus to the page that takes it when no control has it, or to nothing."""
    above = widget.parentWidget()
    while above is not None and not above.isWindow():
        if above.focusPolicy() & Qt.FocusPolicy.ClickFocus and isinstance(above, QWidget):
            break
        above = above.parentWidget()
    widget.clearFocus()
    if above is not None and not above.isWindow():
        above.setFocus()
