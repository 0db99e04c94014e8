"""The bubble below a control that says why its input is refused."""

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QWidget

from gdsim.gui.accessible import announce
from gdsim.gui.forms.tips import describe_by_tip
from gdsim.gui.plain_text import PlainLabel

_WIDTH = 280
_SHOWN_MS = 6000
_GAP = 4


class FaultBubble(PlainLabel):
    """A sentence that floats over the window, outside its layout."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(parent=window)
        self._window = window
        self.setObjectName("faultBubble")
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.owner: QWidget | None = None
        self._timer = QTimer(self, singleShot=True, interval=_SHOWN_MS)
        self._timer.timeout.connect(self.dismiss)

    def show_under(self, owner: QWidget, sentence: str, *, stays: bool) -> None:
        """Show a sentence below a control, or above it if there is no room.

        The bubble disappears by itself unless it ``stays`` until it is dismissed.
        """
        self.owner = owner
        self.setText(sentence)
        self.ensurePolished()
        widest = min(_WIDTH, owner.width()) if isinstance(owner, QAbstractItemView) else _WIDTH
        width = min(widest, self.fontMetrics().horizontalAdvance(sentence) + 24)
        self.resize(width, self.heightForWidth(width))
        self.move(self._place_for(owner))
        self.show()
        self.raise_()
        if stays:
            self._timer.stop()
        else:
            self._timer.start()
        tell_of_fault(owner)

    def _place_for(self, owner: QWidget) -> QPoint:
        room, size = self._window.rect(), self.size()
        control = QRect(owner.mapTo(self._window, QPoint()), owner.size())
        left = max(0, min(control.left(), room.width() - size.width() - _GAP))
        below, above = control.bottom() + 1 + _GAP, control.top() - _GAP - size.height()
        places = [QRect(QPoint(left, top), size) for top in (below, above)]
        table = _table_of(owner)
        if table is not None and table is owner:  # the bubble may also cover some of its rows
            rows = table.viewport().geometry().translated(control.topLeft())
            tops = rows.bottom() + 1 - _GAP - size.height(), rows.top() + _GAP
            places[1:1] = [QRect(QPoint(left, top), size) for top in tops]
        taken = _taken_around(table, self._window) if table is not None else []
        fitting = [one for one in places if one.top() >= 0 and one.bottom() <= room.bottom()]
        free = [one for one in fitting if not any(map(one.intersects, taken))]
        return (free or fitting or places)[0].topLeft()

    def dismiss(self) -> None:
        self._timer.stop()
        self.owner = None
        self.hide()


def _table_of(owner: QWidget) -> QAbstractItemView | None:
    one: QWidget | None = owner
    while one is not None and not isinstance(one, QAbstractItemView):
        one = one.parentWidget()
    return one


def _taken_around(table: QAbstractItemView, window: QWidget) -> list[QRect]:
    """Return the rectangles of a table's current cell and of the buttons around the table."""
    cell, panel = table.visualRect(table.currentIndex()), table.parentWidget()
    buttons = panel.findChildren(QAbstractButton) if panel is not None else []
    seen = [one for one in buttons if one.isVisible() and not table.isAncestorOf(one)]
    around = [QRect(one.mapTo(window, QPoint()), one.size()) for one in seen]
    return [cell.translated(table.viewport().mapTo(window, QPoint())), *around]


def tell_of_fault(owner: QWidget) -> None:
    """Announce the fault of a control, which is its accessible description, to screen readers."""
    announce(owner, owner.accessibleDescription())


def show_fault(owner: QWidget, sentence: str, *, stays: bool = False) -> None:
    """Say why the input in ``owner`` is refused, for some seconds or until `clear_fault`."""
    owner.setAccessibleDescription(sentence)
    if owner.isVisible():
        (_bubble(owner) or FaultBubble(owner.window())).show_under(owner, sentence, stays=stays)


def clear_fault(owner: QWidget) -> None:
    """Remove what `show_fault` said about ``owner``."""
    describe_by_tip(owner)
    bubble = _bubble(owner)
    if bubble is not None and bubble.owner is owner:
        bubble.dismiss()


def clear_faults(window: QWidget) -> None:
    for bubble in window.findChildren(FaultBubble, options=Qt.FindChildOption.FindDirectChildrenOnly):
        bubble.dismiss()


def _bubble(owner: QWidget) -> FaultBubble | None:
    # A bubble is a direct child of its window or popup, and searching all descendants would be slow.
    directly = Qt.FindChildOption.FindDirectChildrenOnly
    return owner.window().findChild(FaultBubble, options=directly)
