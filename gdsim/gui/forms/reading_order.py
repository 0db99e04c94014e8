"""Moving the focus by Tab in reading order."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def move_focus(window: QWidget, current: QWidget | None, *, forward: bool) -> bool:
    """Move the focus to the next control in reading order, or the previous one; return whether there is one.

    Qt follows the order in which controls were created, so that ones created late would come last.
    """
    order = [*_in_order(window)]
    place = order.index(current) if current in order else -1
    others = order[place + 1 :] + order[: max(place, 0)]
    stop = next(filter(is_stop, others if forward else reversed(others)), None)
    if stop is None:
        return False
    stop.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
    return True


def _in_order(widget: QWidget) -> Iterator[QWidget]:
    for child in widget.children():
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow():
            yield from _in_order(child)
            yield child  # after its children, as curves after their tabs


def is_stop(widget: QWidget) -> bool:
    by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(by_tab) and widget.isEnabled() and widget.focusProxy() is None
