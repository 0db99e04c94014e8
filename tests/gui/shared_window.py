"""A main window that the tests of a module hand on: to open one takes a third of a second.

After each test it is brought back to how it was opened. If it does not look as it did then, if its commands
hold something else, or if the test failed, it is closed, and the next test opens another one. So a test may
do with it what it likes.
"""

import os
import sys
from contextlib import contextmanager
from enum import Enum
from functools import cache
from itertools import count
from types import FunctionType, MethodType
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QSplitter, QSplitterHandle, QWidget
from shiboken6 import isValid

from gdsim.core.language.words import chosen_language
from gdsim.gui.actions import Changes
from gdsim.gui.lessons.bookmarks import Bookmarks
from gdsim.gui.style.shown_theme import remember_theme
from gdsim.gui.style.theme import THEMES
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.window.late_commands import LateCommands
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.playback import Playhead
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue
from tests.gui.main_windows import show_unpainted

# Say why a window is not handed on: what was otherwise, how it was, and how it is.
_SAYS_WHY = os.environ.get("GDSIM_TEST_WINDOWS", "") not in ("", "0")

# What can be set of a widget, or of an entry of a menu.
_PROPERTIES = frozenset(
    (
        *("accessibleDescription", "accessibleName", "checked", "currentIndex", "enabled", "geometry"),
        *("maximum", "minimum", "placeholderText", "plainText", "readOnly", "shortcut", "singleStep"),
        *("styleSheet", "text", "toolTip", "value", "visible", "windowState", "windowTitle"),
    )
)
_OF_HIDDEN = frozenset(("checked", "currentIndex", "enabled", "plainText", "readOnly"))
_PLAIN = (int, float, str, bytes, bool, type(None), Enum)
# What is no matter of the window's parts: what was drawn last and when, what was asked for last, and what the
# last lesson said, and was compared.
_PASSING = frozenset(("_pace", "_turns", "_frame", "_asked", "guide", "_two_losses"))
_SET_WHEN_SHOWN = frozenset(("lessonPlace",))  # what is otherwise of these while they are hidden is no matter
_DEPTH = 4  # of values within values
_HIDDEN = "hidden "
_numbers = count()


class _Properties(NamedTuple):
    """What is set of a widget, or of an entry of a menu."""

    names: frozenset[str]
    values: tuple[object, ...]


class _SharedWindow:
    """A window that is handed on.

    Attributes
    ----------
    is_out : bool
        Whether a test has it.
    on_screen : bool
        Whether it is shown there, and may have the keys.
    spoken : tuple
        The language and the letters in which it was made.
    """

    def __init__(self, qtbot, experiment, theme, *, painted, on_screen, is_own):
        self.on_screen, self.spoken, self._qtbot = on_screen, _spoken(), qtbot
        self._experiment, self._theme, self._is_painted = experiment, theme, painted
        self.session = Session(experiment)
        self.window = MainWindow(QApplication.instance(), self.session, SurfaceView(allowed=False), None)
        self.window.setProperty("shared", True)  # so that no test is blamed for it
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
        self._size, self._sight = self.window.size(), cards.surface.camera.place
        self._curve = cards.curves.over_time.kind
        self._parts = {splitter: splitter.sizes() for splitter in self.window.findChildren(QSplitter)}
        self._first = self._standing()

    def hand_out(self, qtbot, experiment, theme, *, painted):
        """Give it to a test, with an experiment, in a theme."""
        self.is_out, self._qtbot = True, qtbot
        remember_theme(THEMES[theme])
        if self.on_screen and not self.window.isActiveWindow():  # another one was, meanwhile
            self._activate()
            self.window.body.setFocus()
        if (experiment, theme, painted) != (self._experiment, self._theme, self._is_painted):
            self._experiment, self._theme, self._is_painted = experiment, theme, painted
            self.window.setUpdatesEnabled(painted)
            self.window.appearance.set_theme(theme)
            self._open()
            self._calm_down()
            if painted:
                self.window.grab()  # axes learn while they are painted how wide their numbers are
                self._calm_down()
            self._first = self._standing()

    def is_back(self):
        """Bring it back to how it was opened; return whether it is now."""
        if self._is_own or not isValid(self.window) or not self.window.isVisible():
            return False
        self._go_back()
        self._calm_down()
        for splitter, sizes in self._parts.items():
            if splitter.sizes() != sizes:
                splitter.setSizes(sizes)
        self._settle()
        now = self._standing()
        first = self._first
        for old, new in _made_anew(first, now):
            first[new] = first.pop(old)
        for one in filter(_may_come, first.keys() - now.keys()):  # as the entries of a menu are, made anew
            del first[one]
        first |= {one: now[one] for one in filter(_may_come, now.keys() - first.keys())}
        differing = [one for one in first.keys() | now.keys() if first.get(one) != now.get(one)]
        if differing and _SAYS_WHY:
            for one in differing[:9]:
                sys.__stderr__.write(f"{one}: {_told_apart(first.get(one), now.get(one))}\n")
        self._qtbot.waitUntil(self.window.is_settled)
        for queue in (*self.window.findChildren(TaskQueue), *self.session.findChildren(TaskQueue)):
            if not queue.is_busy:
                queue.wait_for_thread()  # it is about to end
        self.is_out = bool(differing)
        return not differing

    def close(self):
        if isValid(self.window):
            self.window.setProperty("shared", False)
            self.window.files.close_at_once()
            self.window.deleteLater()

    def _activate(self):
        with self._qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()

    def _open(self):
        self.session.open(self._experiment)
        self.window.files.opened.emit()

    def _settle(self):
        while True:  # what is shown may lead to more work
            self._qtbot.waitUntil(self.window.is_settled, timeout=20_000)
            self.window.show_now()
            QApplication.processEvents()
            if self.window.is_settled():
                return

    def _calm_down(self):
        self._settle()
        # It keeps the room that it needed once.
        self.window.cards.legend.set_look(self.window.appearance._look)

    def _go_back(self):
        window, cards, session = self.window, self.window.cards, self.session
        window.setUpdatesEnabled(self._is_painted)
        window.exercises.close()
        window.exercises._left.clear()  # how they stood
        window.exercises._named.clear()
        for dialog in window.findChildren(QDialog):
            dialog.close()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        window.help.close()
        window.lessons.close()
        self._part_with_late_commands()
        window.lessons._progress = Bookmarks(window._settings)  # where one was in them
        window.lessons._show_state()
        window.known_rules._known.clear()
        window.stage.show_scene(None)
        window.maximised.restore_all()
        window.projector.leave()
        actions = window.user_actions
        actions.changes, actions._has_asked, actions._forking = Changes.ASK, False, ""
        session.end_gesture()
        session.set_by_epoch(False)
        session.highlight("")
        if self._told_of_session() != (self._experiment, "", "", None, False):
            self._open()
        session.select(0)
        session.play(lambda head: Playhead(length=head.length, complete=head.complete))
        window.appearance.set_theme(self._theme)
        window.resize(self._size)
        window.view.restore(window._settings)
        cards.curves.set_kind(self._curve)
        cards.surface.view_from(*self._sight)
        window.notice.take_back()
        window.activateWindow()
        window.body.setFocus()

    def _part_with_late_commands(self):
        """Have the next test find them as they are made, with nothing that was chosen."""
        window = self.window
        late = [(one, "made") for one in vars(window).values() if isinstance(one, LateCommands)]
        for holder, name in (*late, (window.lessons, "hand_in"), (window.lessons, "speaker")):
            commands = vars(holder).pop(name, None)
            if commands is not None:
                commands.close()
                commands.deleteLater()

    def _told_of_session(self):
        one = self.session.document
        return one.experiment, one.history.undo_name, one.history.redo_name, one.file, one.is_modified

    def _standing(self):
        """Return what is seen of the window, its entries, and what its commands and its session hold."""
        window, session = self.window, self.session
        window.show_marks()  # as when a menu is opened
        told = _values(window) | {
            "document": self._told_of_session(),
            "session": (session.playhead, session.selected, session.by_epoch, session.is_dragging),
            "focus": QApplication.focusWidget() is window.body,
            "on screen": not window.testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen),
            "painted": window.updatesEnabled(),
        }
        commands = {*window.commands.values()}  # other entries come and go, as those of files opened lately
        for menu in window.menuBar().findChildren(QMenu):
            entries = tuple(one.text() for one in menu.actions() if one in commands)
            if entries:
                told[f"entries of {menu.title()}"] = entries
        for one in (window, *window.findChildren(QWidget), *window.findChildren(QAction)):
            kind, name, number = type(one), one.objectName(), _number_of(one)
            if kind is QSplitterHandle:  # made anew for what comes back; where it lies follows from the rest
                continue
            if isinstance(one, QAction) or one.isVisible():
                names, place = _names(kind), f"{kind.__name__} {name} {number}"
            elif name in _SET_WHEN_SHOWN:
                continue
            else:
                # It is laid out and filled when it is shown, and many are made then; of what is read only
                # the text is written when it is shown.
                names, place = _names_of_hidden(kind), f"{_HIDDEN}{kind.__name__} {name} {number}"
                if "plainText" in names and one.property("readOnly"):
                    names -= {"plainText"}
            told[place] = _Properties(names, tuple(map(one.property, names)))
        if self._is_painted:
            image = window.grab().toImage()
            told["picture"] = hash(bytes(image.constBits()))

        return told


def _told_apart(first, now):
    """Return what differs between how something was and how it is, as text."""
    if isinstance(first, _Properties) and isinstance(now, _Properties):
        of_first, of_now = (dict(zip(*one, strict=True)) for one in (first, now))
        names = [name for name in of_first.keys() | of_now.keys() if of_first.get(name) != of_now.get(name)]
        first, now = ({name: one.get(name) for name in names} for one in (of_first, of_now))
    return f"{first!s:.99} -> {now!s:.99}"


def _made_anew(first, now):
    """Yield where a widget was and where another one is, of the same kind and name, that is as it was."""
    come = {}
    for place in now.keys() - first.keys():
        come.setdefault((place.rpartition(" ")[0], now[place]), []).append(place)
    for place in first.keys() - now.keys():
        alike = come.get((place.rpartition(" ")[0], first[place]))
        if alike:
            yield place, alike.pop()


def _may_come(place):
    """Return whether something is made when it is shown: it need not have been there, nor be there again."""
    return place.startswith(("QAction", _HIDDEN))


def _number_of(one):
    """Return a number that nothing else has, nor gets when it comes to lie where this was."""
    number = one.property("number")
    if number is None:
        number = next(_numbers)
        one.setProperty("number", number)
    return number


@cache
def _names(kind):
    meta = kind.staticMetaObject
    return frozenset(meta.property(i).name() for i in range(meta.propertyCount())) & _PROPERTIES


@cache
def _names_of_hidden(kind):
    return _names(kind) & _OF_HIDDEN


def _values(window):
    """Return the plain values that the window and its commands hold, by where they are found."""
    told, left, seen = {}, [("window", window, 0)], set()
    while left:
        place, one, depth = left.pop()
        if isinstance(one, _PLAIN):
            told[place] = one
        elif isinstance(one, (FunctionType, MethodType)):
            told[place] = one.__qualname__
        elif id(one) not in seen and depth < _DEPTH:
            if isinstance(one, QObject):  # however it is reached, it is told of once
                seen.add(id(one))
                place, depth = f"{type(one).__name__} {id(one)}", 0
            left += [(f"{place}{name}", value, depth + 1) for name, value in _held_by(one)]
    return told


def _held_by(one):
    """Return what a container holds, or a part of the window that is no widget, with the names."""
    kind = type(one)
    if kind is dict:
        return [(f"[{key!r}]", value) for key, value in one.items()]
    if kind in (list, tuple):
        return [(f"[{key}]", value) for key, value in enumerate(one)]
    if kind is not MainWindow and (not kind.__module__.startswith("gdsim.gui") or isinstance(one, QWidget)):
        return []
    held = getattr(one, "__dict__", {})
    return [(f".{name}", value) for name, value in held.items() if name not in _PASSING]


_shared: list[_SharedWindow] = []  # none or one
_patches: list[object] = []  # of the test


def shared(qtbot, experiment, theme="light", *, painted=True, on_screen=True):
    """Return a window whose runs are computed, and its session; the next test may get the same.

    One that is not ``painted`` has no picture, and one that is not on the screen no keys, but its dialogs do.
    A test that may have patched something by now gets a window of its own, which nobody gets after it.
    """
    painted = painted and on_screen
    if _shared:
        (one,) = _shared
        if _patches or one.is_out or (one.on_screen, one.spoken) != (on_screen, _spoken()):
            close_shared()
    if not _shared:
        is_own = bool(_patches)
        _shared.append(
            _SharedWindow(qtbot, experiment, theme, painted=painted, on_screen=on_screen, is_own=is_own)
        )
    (one,) = _shared
    one.hand_out(qtbot, experiment, theme, painted=painted)
    return one.window, one.session


def shared_whole(qtbot, experiment):
    """Return such a window with all of its panes, unpainted."""
    window, _ = shared(qtbot, experiment, painted=False)
    window.simple.set_on(False)
    return window


def _spoken():
    return chosen_language().code, QApplication.font().toString()


@contextmanager
def patching():
    """Share no window meanwhile: one that is there already may not notice what is patched."""
    _patches.append(object())
    yield
    _patches.pop()


def give_back(*, failed):
    """Take the window back after a test."""
    if _shared and _shared[0].is_out and (failed or not _shared[0].is_back()):
        close_shared()


def close_shared():
    """Close the window, if there is one."""
    while _shared:
        _shared.pop().close()
