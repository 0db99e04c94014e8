"""Accessibility interfaces for our own widgets, which Qt cannot describe by itself.

The decorator `read_as` registers the interface of a widget class. Qt requests interfaces only while an
assistive technology is active.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar, cast

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleInterface,
)
from PySide6.QtWidgets import QAbstractButton, QAccessibleWidget, QWidget
from shiboken6 import isValid

WidgetT = TypeVar("WidgetT", bound=QWidget)

_interfaces: dict[type[QWidget], Callable[[Any], QAccessibleWidget]] = {}
_CLOSING, _ENDS = '"”“«»)', (".", "!", "?", ":", "…")
_told: dict[str, QWidget] = {}  # pending announcements, and their windows


def read_as(interface: Callable[[Any], QAccessibleWidget]) -> Callable[[type[WidgetT]], type[WidgetT]]:
    """Register an interface for the decorated widget class and its subclasses."""

    def register(kind: type[WidgetT]) -> type[WidgetT]:
        _interfaces[kind] = interface
        return kind

    return register


def is_listened_to() -> bool:
    """Return whether an assistive technology, such as a screen reader, is active."""
    return QAccessible.isActive()


def one_after_another(pieces: Iterable[str]) -> str:
    """Join texts into one announcement, and add a full stop to each that does not end like a sentence."""
    return " ".join(one if one.rstrip(_CLOSING).endswith(_ENDS) else f"{one}." for one in pieces if one)


def announce(widget: QWidget, words: str) -> None:
    """Have a screen reader speak a text at once; most of them ignore changed descriptions.

    Texts announced during one turn of the event loop are merged into one announcement, without duplicates,
    because some screen readers speak only the first of several in a row.
    """
    if words and is_listened_to():
        _told.setdefault(words, widget.window())
        QTimer.singleShot(0, _say)


def _say() -> None:
    words, windows = (
        one_after_another(_told),
        [*filter(isValid, _told.values())],
    )  # some may be deleted
    _told.clear()
    if windows:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(windows[-1], words))


@cache
def install() -> None:
    """Make Qt use the registered interfaces. Further calls do nothing."""
    QAccessible.installFactory(_interface_of)


def _interface_of(_class: str, thing: QObject) -> QAccessibleInterface | None:
    kinds = type(thing).__mro__ if isinstance(thing, QWidget) else ()
    interface = next((_interfaces[kind] for kind in kinds if kind in _interfaces), None)
    return interface(thing) if interface else None


def is_constructed(interface: QAccessibleWidget) -> bool:
    """Return whether the widget of an interface is completely constructed.

    Screen readers may ask even during its construction. A widget that has been polished is complete, because
    Qt polishes it right before it is shown.
    """
    return cast("QWidget", interface.object()).testAttribute(Qt.WidgetAttribute.WA_WState_Polished)


class _DescribedGraphic(QAccessibleWidget):
    """A picture, described by the method ``picture_in_words`` of its widget, if there is one."""

    def text(self, kind: QAccessible.Text) -> str:
        words = super().text(kind)
        describe = getattr(self.object(), "picture_in_words", None)
        if kind == QAccessible.Text.Description and describe is not None and is_constructed(self):
            return f"{describe()} {words}".strip()
        return words


class Graphic(_DescribedGraphic):
    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget, QAccessible.Role.Graphic)


class GraphicGroup(_DescribedGraphic):
    """A group of pictures."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget, QAccessible.Role.Grouping)


class Tab(QAccessibleWidget):
    """A button that opens a page; Qt by itself would report a check box."""

    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(button, QAccessible.Role.PageTab)

    def state(self) -> QAccessible.State:
        state = super().state()
        state.selectable = True
        state.selected = cast("QAbstractButton", self.object()).isChecked()
        return state

    def actionNames(self) -> list[str]:
        return [self.pressAction(), *super().actionNames()]

    def doAction(self, name: str) -> None:
        if name == self.pressAction():
            cast("QAbstractButton", self.object()).click()
        else:
            super().doAction(name)


class TabList(QAccessibleWidget):
    def __init__(self, row: QWidget) -> None:
        super().__init__(row, QAccessible.Role.PageTabList)
