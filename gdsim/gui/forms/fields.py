"""A text field for a value, which rejects invalid text with a message below the field."""

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from gdsim.gui.forms.bubble import clear_fault, show_fault
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.style.stylesheet import set_mark

# The value of a field or an editor, whose type depends on the field.
Content = Any

# Pause before a fault is marked, long enough to finish typing a number.
_PAUSE_MS = 800
# Pixels for the frame and padding of a field, and for the cursor.
_FRAME = 18


class Refused(ValueError):  # noqa: N818 - reads well in `raise Refused`
    """Raised for a text that is not a valid value of a field; its message is a sentence."""


class CheckedField(QLineEdit):
    """A line edit for a value. Enter and leaving the field accept the text, Escape restores it.

    While the text is invalid, the frame is red, a bubble says why, and the value does not change.
    """

    committed = Signal(object)  # the new value that the user entered
    foreign_keys: frozenset[int] = frozenset()  # keys left to the window's shortcuts

    def __init__(self, label: str, help_: str, value: Content, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._help = help_
        self._value = value
        # Whether Enter and Escape give up the focus, so that keys go to the window again.
        self.gives_back = True
        self.setAccessibleName(label)
        self.setAcceptDrops(False)  # dropped files go to the window
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
        """Return the full text of the value."""
        raise NotImplementedError

    def shorter(self) -> Iterable[str]:
        """Return shorter texts of the value for a narrow field, the best first."""
        return ()

    def value(self) -> Content:
        """Return the last valid value."""
        return self._value

    def set_value(self, value: Content) -> None:
        """Set the value; text that is being typed stays."""
        if value == self._value and type(value) is type(self._value):
            return
        self._value = value
        if not (self.hasFocus() and self.isModified()):
            self._show_value()

    def fault(self) -> str:
        """Return a sentence that says why the text is refused; empty if it is valid."""
        try:
            self.read(self.text())
        except Refused as refused:
            return str(refused)
        return ""

    def find_fault(self) -> None:
        """Mark the field and say why, if its text is refused."""
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
        """Accept the text; if it is invalid, say so and show the old value again."""
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.PopupFocusReason:  # the field's own context menu
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
        super().changeEvent(event)
        # A change of the theme resets the font and restores it, which is no change.
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
        """Select all text with the cursor at the start, which then stays visible in a narrow field."""
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
        """Show the value: the full text while it has the focus, else the best text that fits."""
        self._pause.stop()
        self._set_marked(False)
        full = self.written()
        self.setText(full if self.hasFocus() else self._fitting(full))
        self.setCursorPosition(0)
        self._explain()

    def _explain(self) -> None:
        """Set the tooltip: the purpose of the field, and its full value."""
        set_tip(self, self._help, f"{self._label}: {self.written()}")

    def _fitting(self, full: str) -> str:
        # If 1.2345e-05 were cut off, it would read as 1.2345.
        width_of = self.fontMetrics().horizontalAdvance
        return first_fitting([full, *self.shorter()], width_of, self.width() - _FRAME)


def typed_field() -> QLineEdit | None:
    """Return the field that is being edited, if any."""
    field = QApplication.focusWidget()
    return field if isinstance(field, QLineEdit) and field.isModified() and not field.isReadOnly() else None


def first_fitting(texts: Iterable[str], width_of: Callable[[str], int], room: int) -> str:
    """Return the first text that fits, or the narrowest if none does."""
    tried = []
    for text in texts:
        if width_of(text) <= room:
            return text
        tried.append(text)
    return min(tried, key=width_of, default="")


def give_back_focus(widget: QWidget) -> None:
    """Move the focus to the enclosing page if it accepts focus by click, else clear it."""
    above = widget.parentWidget()
    while above is not None and not above.isWindow():
        if above.focusPolicy() & Qt.FocusPolicy.ClickFocus and isinstance(above, QWidget):
            break
        above = above.parentWidget()
    widget.clearFocus()
    if above is not None and not above.isWindow():
        above.setFocus()
