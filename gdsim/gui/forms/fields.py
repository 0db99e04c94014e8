"""A field to type a value into. What is no value of it is refused where it stands, in one sentence."""

from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gdsim.gui.forms.bubble import clear_fault, show_fault
from gdsim.gui.forms.tips import tip

# Whatever a field or an editor holds; each says what that is.
Content = Any

# Long enough not to find fault with a number that is still being typed.
_PAUSE_MS = 800
# Frame and padding of a field, and the cursor.
_FRAME = 18


class Refused(ValueError):  # noqa: N818 - reads as what it says
    """A text that is no value of a field; its text is a sentence."""


class CheckedField(QLineEdit):
    """A line of text that stands for a value. Enter and leaving accept it, Escape takes it back.

    While the text is no value, the frame is red and a bubble says why; the value stays what it was.

    Signals
    -------
    committed(object)
        The user entered another value.
    """

    committed = Signal(object)

    def __init__(self, label: str, help_: str, value: Content, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._help = help_
        self._value = value
        self.setAccessibleName(label)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.find_fault)
        self.textEdited.connect(self._on_edited)
        self.returnPressed.connect(self._on_return)
        self._show_value()

    def read(self, text: str) -> Content:
        """Return the value that ``text`` stands for, or raise `Refused`."""
        raise NotImplementedError

    def written(self, digits: int | None = None) -> str:
        """Return the value as text: in full, or with numbers to some significant digits."""
        raise NotImplementedError

    def value(self) -> Content:
        """Return the value entered last."""
        return self._value

    def set_value(self, value: Content) -> None:
        """Show another value; a text that is just being typed is left alone."""
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
            show_fault(self, fault)

    def restore(self) -> None:
        """Take the typing back."""
        self._show_value()
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the typing back on Escape."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.restore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the value in full, ready to be edited."""
        super().focusInEvent(event)
        if not self.isModified():
            self._show_value()
            self.selectAll()

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
        """Fit the text into the new width."""
        super().resizeEvent(event)
        if not self.hasFocus():
            self._show_value()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the text in another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and not self.hasFocus():
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
            self.selectAll()

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
        if bool(self.property("fault")) != marked:
            self.setProperty("fault", marked)
            self.style().unpolish(self)  # the style sheet looks at the property only then
            self.style().polish(self)

    def _show_value(self) -> None:
        """Show the value: in full while it is edited, else as much of it as can be read at once."""
        self._pause.stop()
        self._set_marked(False)
        full = self.written()
        self.setText(full if self.hasFocus() else self._fitting(full))
        self.setCursorPosition(0)
        self.setToolTip(tip(self._help, f"{self._label}: {full}"))

    def _fitting(self, full: str) -> str:
        # A cut-off 1.2345e-05 would read as 1.2345.
        room = self.width() - _FRAME
        shorter = (self.written(digits) for digits in (6, 5, 4, 3, 2))
        candidates = [full, *shorter]
        width_of = self.fontMetrics().horizontalAdvance
        return next((text for text in candidates if width_of(text) <= room), candidates[-1])
