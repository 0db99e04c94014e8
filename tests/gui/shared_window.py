"""A main window that the tests of a module share, because opening one takes a third of a second.

After each test the window is restored to its first state. If it then looks different, if its commands hold
other values, or if the test failed, it is closed, and the next test opens a new one. So a test may do
anything with the window.
"""

import os
import sys
from contextlib import contextmanager
from enum import Enum
from functools import cache
from itertools import count
from types import FunctionType, MethodType
from typing import NamedTuple

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QCursor
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QSplitter, QSplitterHandle, QWidget
from shiboken6 import isValid

from gdsim.core.language.texts import chosen_language
from gdsim.gui.actions import RecomputeFrom
from gdsim.gui.lessons.bookmarks import Bookmarks
from gdsim.gui.style.shown_theme import remember_theme
from gdsim.gui.style.theme import THEMES
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.window.late_commands import LateCommands
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.playback import Playhead
from gdsim.session.session import Session
from gdsim.session.tasks import all_queues
from tests.gui.main_windows import show_unpainted

# Whether to print why a window is not reused: what differs, its first value and its present one.
_EXPLAINS = os.environ.get("GDSIM_TEST_WINDOWS", "") not in ("", "0")

# The properties of widgets and actions that are compared.
_PROPERTIES = frozenset(
    (
        *("accessibleDescription", "accessibleName", "checked", "currentIndex", "enabled", "geometry"),
        *("maximum", "minimum", "placeholderText", "plainText", "readOnly", "shortcut", "singleStep"),
        *("styleSheet", "text", "toolTip", "value", "visible", "windowState", "windowTitle"),
    )
)
_OF_HIDDEN = frozenset(("checked", "currentIndex", "enabled", "plainText", "readOnly"))
_PLAIN = (int, float, str, bytes, bool, type(None), Enum)
# Attributes that may differ: what was drawn last and when, what was requested last, what the last lesson
# said, which losses were compared last, and which run of how many documents was shown last.
_IGNORED = frozenset(("_pace", "_turns", "_frame", "_asked", "_requests", "guide", "_two_losses", "_edited"))
_SET_WHEN_SHOWN = frozenset(("lessonPlace",))  # widgets that may differ while they are hidden
_DEPTH = 4  # of nested values
_HIDDEN = "hidden "
_numbers = count()


class _Properties(NamedTuple):
    """The names and values of the compared properties of a widget or action."""

    names: frozenset[str]
    values: tuple[object, ...]


class _SharedWindow:
    """A window that several tests use, one after the other.

    Attributes
    ----------
    is_out : bool
        Whether a test has the window.
    on_screen : bool
        Whether the window is on the screen, and can have the focus.
    spoken : tuple
        The language and the font with which the window was created.
    """

    def __init__(self, qtbot, experiment, theme, *, painted, on_screen, is_own):
        self.on_screen, self.spoken, self._qtbot = on_screen, _spoken(), qtbot
        self._experiment, self._theme, self._is_painted = experiment, theme, painted
        self.session = Session(experiment)
        self.window = MainWindow(QApplication.instance(), self.session, SurfaceView(allowed=False), None)
        self.window.setProperty("shared", True)  # so that no test is blamed for leaving it behind
        self.window.appearance.set_theme(theme)
        self.is_out, self._is_own = False, is_own
        if on_screen:
            self.window.setUpdatesEnabled(painted)
            self._activate()
        else:
            show_unpainted(self.window)
        self.session.begin()
        self._calm_down()
        cards = self.window.cards
        self._size, self._camera = self.window.size(), cards.surface.camera.place
        self._curve = cards.curves.over_time.kind
        self._sizes = {splitter: splitter.sizes() for splitter in self.window.findChildren(QSplitter)}
        self._first = self._state()

    def hand_out(self, qtbot, experiment, theme, *, painted):
        """Prepare the window for a test, with an experiment, in a theme."""
        self.is_out, self._qtbot = True, qtbot
        remember_theme(THEMES[theme])
        if self.on_screen and not self.window.isActiveWindow():  # because another window was in between
            self._activate()
            self.window.body.setFocus()
        if (experiment, theme, painted) != (self._experiment, self._theme, self._is_painted):
            self._experiment, self._theme, self._is_painted = experiment, theme, painted
            self.window.setUpdatesEnabled(painted)
            self.window.appearance.set_theme(theme)
            self._open()
            self._calm_down()
            if painted:
                self.window.grab()  # axes learn the width of their numbers only when they are painted
                self._calm_down()
            self._first = self._state()

    def is_back(self):
        """Restore the window to its first state, and return whether that has succeeded."""
        if self._is_own or not isValid(self.window) or not self.window.isVisible():
            return False
        self._go_back()
        self._calm_down()
        for splitter, sizes in self._sizes.items():
            if splitter.sizes() != sizes:
                splitter.setSizes(sizes)
        self._settle()
        now = self._state()
        first = self._first
        for old, new in _replaced(first, now):
            first[new] = first.pop(old)
        for key in filter(_may_come_and_go, first.keys() - now.keys()):  # such as recreated menu entries
            del first[key]
        first |= {key: now[key] for key in filter(_may_come_and_go, now.keys() - first.keys())}
        differing = [key for key in first.keys() | now.keys() if first.get(key) != now.get(key)]
        if differing and _EXPLAINS:
            for key in differing[:9]:
                sys.__stderr__.write(f"{key}: {_difference(first.get(key), now.get(key))}\n")
        self._qtbot.waitUntil(self.window.is_settled)
        for queue in list(all_queues):
            if isValid(queue) and not queue.is_busy:
                queue.wait_for_thread()  # which is about to end
        self.is_out = bool(differing)
        return not differing

    def close(self):
        if isValid(self.window):
            self.window.setProperty("shared", False)
            self.window.files.close_at_once()
            self.window.deleteLater()

    def _activate(self):
        # Nothing in the window is pointed at, wherever a test before has left the mouse.
        QCursor.setPos(self.window.geometry().bottomRight() + QPoint(50, 50))
        with self._qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()

    def _open(self):
        self.session.open(self._experiment)
        self.window.files.opened.emit()

    def _settle(self):
        while True:  # because showing results may cause more work
            self._qtbot.waitUntil(self.window.is_settled, timeout=20_000)
            self.window.show_now()
            QApplication.processEvents()
            if self.window.is_settled():
                return

    def _calm_down(self):
        self._settle()
        # The legend keeps the largest room that it has needed until its look is set.
        self.window.cards.legend.set_look(self.window.appearance._look)

    def _go_back(self):
        window, cards, session = self.window, self.window.cards, self.session
        window.setUpdatesEnabled(self._is_painted)
        window.exercises.close()
        window.exercises._left.clear()  # the states of closed exercises
        window.exercises._named.clear()
        for dialog in window.findChildren(QDialog):
            dialog.close()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        window.help.close()
        window.lessons.close()
        self._part_with_late_commands()
        window.lessons._progress = Bookmarks(window._settings)  # forgets the places in lessons
        window.lessons._show_state()
        window.known_rules._known.clear()
        window.stage.show_scene(None)
        window.maximised.restore_all()
        window.projector.leave()
        actions = window.user_actions
        actions.changes, actions._has_asked, actions._forking = RecomputeFrom.ASK, False, ""
        session.end_gesture()
        session.set_by_epoch(False)
        session.highlight("")
        if self._document_state() != (self._experiment, "", "", None, False):
            self._open()
        session.select(0)
        session.play(lambda head: Playhead(length=head.length, complete=head.complete))
        window.appearance.set_theme(self._theme)
        window.resize(self._size)
        window.view.restore(window._settings)
        cards.curves.set_kind(self._curve)
        cards.surface.view_from(*self._camera)
        window.notice.take_back()
        window.activateWindow()
        window.body.setFocus()

    def _part_with_late_commands(self):
        """Discard the commands created on demand, so that the next test finds new ones."""
        window = self.window
        for name in ("hand_in", "speaker"):
            if name in vars(window.lessons):
                getattr(window.lessons, name).close()
        late = [(value, "made") for value in vars(window).values() if isinstance(value, LateCommands)]
        for holder, name in (*late, (window.lessons, "hand_in"), (window.lessons, "speaker")):
            commands = vars(holder).pop(name, None)
            if commands is not None:
                commands.deleteLater()

    def _document_state(self):
        document = self.session.document
        history = document.history
        return document.experiment, history.undo_name, history.redo_name, document.file, document.is_modified

    def _state(self):
        """Return the state of the window's widgets, actions, commands and session, by unique keys."""
        window, session = self.window, self.session
        window.show_marks()  # as when a menu is opened
        state = _values(window) | {
            "document": self._document_state(),
            "session": (session.playhead, session.selected, session.by_epoch, session.is_dragging),
            "focus": QApplication.focusWidget() is window.body,
            "on screen": not window.testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen),
            "painted": window.updatesEnabled(),
        }
        commands = {*window.commands.values()}  # other entries come and go, such as recent files
        for menu in window.menuBar().findChildren(QMenu):
            entries = tuple(action.text() for action in menu.actions() if action in commands)
            if entries:
                state[f"entries of {menu.title()}"] = entries
        for part in (window, *window.findChildren(QWidget), *window.findChildren(QAction)):
            kind, name, number = type(part), part.objectName(), _number_of(part)
            if (
                kind is QSplitterHandle
            ):  # recreated when its pane comes back; its place follows from the panes
                continue
            if isinstance(part, QAction) or part.isVisible():
                names, key = _names(kind), f"{kind.__name__} {name} {number}"
            elif name in _SET_WHEN_SHOWN:
                continue
            else:
                # Widgets are laid out and filled when they are shown, and many are created only then. A
                # read-only text is written when it is shown.
                names, key = _names_of_hidden(kind), f"{_HIDDEN}{kind.__name__} {name} {number}"
                if "plainText" in names and part.property("readOnly"):
                    names -= {"plainText"}
            state[key] = _Properties(names, tuple(map(part.property, names)))
        if self._is_painted:
            image = window.grab().toImage()
            state["picture"] = hash(bytes(image.constBits()))

        return state


def _difference(first, now):
    """Describe the difference between the first value and the present one."""
    if isinstance(first, _Properties) and isinstance(now, _Properties):
        of_first, of_now = (dict(zip(*properties, strict=True)) for properties in (first, now))
        names = [name for name in of_first.keys() | of_now.keys() if of_first.get(name) != of_now.get(name)]
        first, now = ({name: values.get(name) for name in names} for values in (of_first, of_now))
    return f"{first!s:.99} -> {now!s:.99}"


def _replaced(first, now):
    """Yield the old and new key of each widget that was replaced by one with equal class, name and state."""
    new = {}
    for key in now.keys() - first.keys():
        new.setdefault((key.rpartition(" ")[0], now[key]), []).append(key)
    for key in first.keys() - now.keys():
        equal = new.get((key.rpartition(" ")[0], first[key]))
        if equal:
            yield key, equal.pop()


def _may_come_and_go(key):
    """Return whether a key is that of an action or a hidden widget, which may be created or deleted."""
    return key.startswith(("QAction", _HIDDEN))


def _number_of(part):
    """Return a number that no other object has, unlike its address, which a later object may get."""
    number = part.property("number")
    if number is None:
        number = next(_numbers)
        part.setProperty("number", number)
    return number


@cache
def _names(kind):
    meta = kind.staticMetaObject
    return frozenset(meta.property(i).name() for i in range(meta.propertyCount())) & _PROPERTIES


@cache
def _names_of_hidden(kind):
    return _names(kind) & _OF_HIDDEN


def _values(window):
    """Return the plain values that the window and its commands hold, by the paths to them."""
    found, left, seen = {}, [("window", window, 0)], set()
    while left:
        path, value, depth = left.pop()
        if isinstance(value, _PLAIN):
            found[path] = value
        elif isinstance(value, (FunctionType, MethodType)):
            found[path] = value.__qualname__
        elif id(value) not in seen and depth < _DEPTH:
            if isinstance(value, QObject):  # listed once, however many paths lead to it
                seen.add(id(value))
                path, depth = f"{type(value).__name__} {id(value)}", 0
            left += [(f"{path}{name}", held, depth + 1) for name, held in _held_by(value)]
    return found


def _held_by(holder):
    """Return the names and values in a container, the window, or an object of the GUI that is no widget."""
    kind = type(holder)
    if kind is dict:
        return [(f"[{key!r}]", value) for key, value in holder.items()]
    if kind in (list, tuple):
        return [(f"[{key}]", value) for key, value in enumerate(holder)]
    if kind is not MainWindow and (
        not kind.__module__.startswith("gdsim.gui") or isinstance(holder, QWidget)
    ):
        return []
    held = getattr(holder, "__dict__", {})
    return [(f".{name}", value) for name, value in held.items() if name not in _IGNORED]


_shared: list[_SharedWindow] = []  # at most one
_patches: list[object] = []  # one for each `patching` that is active


def shared(qtbot, experiment, theme="light", *, painted=True, on_screen=True):
    """Return a window whose runs are computed, and its session; the next test may get the same window.

    If it is not ``painted``, it cannot be grabbed; if it is not ``on_screen``, it cannot have the focus,
    unlike its dialogs. A test that may have patched something gets a window that no later test gets.
    """
    painted = painted and on_screen
    if _shared:
        (present,) = _shared
        if _patches or present.is_out or (present.on_screen, present.spoken) != (on_screen, _spoken()):
            close_shared()
    if not _shared:
        is_own = bool(_patches)
        _shared.append(
            _SharedWindow(qtbot, experiment, theme, painted=painted, on_screen=on_screen, is_own=is_own)
        )
    (present,) = _shared
    present.hand_out(qtbot, experiment, theme, painted=painted)
    return present.window, present.session


def shared_whole(qtbot, experiment):
    """Return an unpainted shared window with all of its panes."""
    window, _ = shared(qtbot, experiment, painted=False)
    window.simple.set_on(False)
    return window


def _spoken():
    return chosen_language().code, QApplication.font().toString()


@contextmanager
def patching():
    """Share no window during the block, because an existing window may not notice a patch."""
    _patches.append(object())
    yield
    _patches.pop()


def give_back(*, failed):
    """Take the window back after a test, and close it if it cannot be restored."""
    if _shared and _shared[0].is_out and (failed or not _shared[0].is_back()):
        close_shared()


def close_shared():
    while _shared:
        _shared.pop().close()
