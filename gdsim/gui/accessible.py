"""What screen readers are told of widgets of our own, where Qt cannot know what they are.

`@read_as` names the interface of a class of widgets. Qt asks for it only while something reads the window.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar, cast

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleInterface,
    QAccessibleValueInterface,
)
from PySide6.QtWidgets import QAbstractButton, QAccessibleWidget, QSlider, QWidget
from shiboken6 import VoidPtr, isValid

WidgetT = TypeVar("WidgetT", bound=QWidget)

_interfaces: dict[type[QWidget], Callable[[Any], QAccessibleWidget]] = {}
_CLOSING, _ENDS = '"”“«»)', (".", "!", "?", ":", "…")
_told: dict[str, QWidget] = {}  # what is not said yet, and by which window


def read_as(interface: Callable[[Any], QAccessibleWidget]) -> Callable[[type[WidgetT]], type[WidgetT]]:
    """Let widgets of the class below, and those derived from it, be read by an interface."""

    def register(kind: type[WidgetT]) -> type[WidgetT]:
        _interfaces[kind] = interface
        return kind

    return register


def is_listened_to() -> bool:
    """Tell whether something reads the window."""
    return QAccessible.isActive()


def one_after_another(pieces: Iterable[str]) -> str:
    """Return what is said in one go; each piece ends as a sentence does, so that none runs into the next."""
    return " ".join(one if one.rstrip(_CLOSING).endswith(_ENDS) else f"{one}." for one in pieces if one)


def announce(widget: QWidget, words: str) -> None:
    """Have a screen reader say words at once: of a description that changed most say nothing.

    What is told in one go is said in one, and once: of several in a row some say the first alone.
    """
    if words and is_listened_to():
        _told.setdefault(words, widget.window())
        QTimer.singleShot(0, _say)


def _say() -> None:
    words, windows = one_after_another(_told), [*filter(isValid, _told.values())]  # some may be closed by now
    _told.clear()
    if windows:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(windows[-1], words))


@cache
def install() -> None:
    """Let Qt ask for these interfaces; once is enough."""
    QAccessible.installFactory(_interface_of)


def _interface_of(_class: str, thing: QObject) -> QAccessibleInterface | None:
    kinds = type(thing).__mro__ if isinstance(thing, QWidget) else ()
    interface = next((_interfaces[kind] for kind in kinds if kind in _interfaces), None)
    return interface(thing) if interface else None


def _is_made(interface: QAccessibleWidget) -> bool:
    """Tell whether a widget can say what it shows: a screen reader asks also while it is made.

    Nothing is to be seen of it before it is polished.
    """
    return cast("QWidget", interface.object()).testAttribute(Qt.WidgetAttribute.WA_WState_Polished)


class _Seen(QAccessibleWidget):
    """Something to look at. Its method ``seen``, if it has one, is asked for words to hear."""

    def text(self, kind: QAccessible.Text) -> str:
        words = super().text(kind)
        seen = getattr(self.object(), "seen", None)
        if kind == QAccessible.Text.Description and seen is not None and _is_made(self):
            return f"{seen()} {words}".strip()
        return words


class Graphic(_Seen):
    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget, QAccessible.Role.Graphic)


class Group(_Seen):
    """Several pictures that belong together."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget, QAccessible.Role.Grouping)


class Tab(QAccessibleWidget):
    """A button that opens a page. As Qt sees it, it is a check box."""

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


class Numbered(QSlider):
    """A slider that stands for other numbers than its positions."""

    def number(self) -> float:
        raise NotImplementedError

    def numbers(self) -> tuple[float, float]:
        """Return the lowest and the highest number."""
        raise NotImplementedError

    def words(self) -> str:
        """Return the number as it is read aloud, with its unit."""
        raise NotImplementedError

    def pick(self, number: float) -> None:
        """Go to a number as if a person had moved the handle there."""
        raise NotImplementedError


class Slider(QAccessibleWidget):
    """A slider that tells its number in place of its position."""

    def __init__(self, slider: Numbered) -> None:
        super().__init__(slider, QAccessible.Role.Slider)
        # An object of its own: Qt takes the address for that of the one class that it asked for.
        self._number = _Number(slider)

    def text(self, kind: QAccessible.Text) -> str:
        if kind == QAccessible.Text.Value and _is_made(self):
            return cast("Numbered", self.object()).words()
        return super().text(kind)

    def interface_cast(self, kind: QAccessible.InterfaceType) -> int:
        # An address is taken of what is declared as a number.
        if kind == QAccessible.InterfaceType.ValueInterface:
            return cast("int", self._number)
        found = cast("VoidPtr | None", super().interface_cast(kind))
        # Not None, as Qt itself says: given back it ends the process.
        return cast("int", VoidPtr(0) if found is None else found)


class _Number(QAccessibleValueInterface):
    def __init__(self, slider: Numbered) -> None:
        super().__init__()
        self._slider = slider

    def currentValue(self) -> float:
        return self._slider.number()

    def minimumValue(self) -> float:
        return self._slider.numbers()[0]

    def maximumValue(self) -> float:
        return self._slider.numbers()[1]

    def minimumStepSize(self) -> float:
        return 0.0  # the steps of a logarithmic scale differ

    def setCurrentValue(self, value: float) -> None:
        self._slider.pick(float(value))
