"""What the windows of several exercises are made of."""

from dataclasses import replace
from typing import Any, Generic, TypeVar, cast

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.language.words import translated
from gdsim.core.model.edits import rounded
from gdsim.core.model.kept_windows import KeptMap, KeptRace
from gdsim.core.model.run_words import full_settings
from gdsim.core.model.view_range import ViewRange
from gdsim.core.settings import NUMBER
from gdsim.gui.actions import UserActions
from gdsim.gui.forms.bubble import show_fault
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.layouts import Item, filled, labelled
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.paint.drawing import paint_focus_ring
from gdsim.gui.paint.plot_keys import ARROWS
from gdsim.gui.plain_text import PlainLabel, capitalized, hint_label
from gdsim.gui.style.text_size import Scaled, scale_of
from gdsim.session.session import Session

KeptT = TypeVar("KeptT", bound="KeptMap | KeptRace")
# What removes an entry of a list; on many a Mac the second is the key that says "delete".
REMOVING = (QKeySequence("Delete"), QKeySequence("Backspace"))
_RUN_WIDTH = 210
# An arrow key moves by this share of the view range; with Shift by ten times as much.
_NUDGE, _LARGE = 0.005, 10.0
# A place in an exercise has one digit more than one that is picked on the contour map.
_FINE = 0.1


def nudged(
    place: tuple[float, float], across: int, up: int, view_range: ViewRange, *, large: bool
) -> tuple[float, float]:
    """Return where an arrow key moves a place (w, b) to; the arguments are those of `KeyFrame.nudged`."""
    step = _NUDGE * (_LARGE if large else 1.0)
    (w, b), (width, height) = place, view_range.extent
    return w + across * step * width, b + up * step * height


def on_grid(w: float, b: float, view_range: ViewRange) -> tuple[float, float]:
    """Round a place to as many digits as can be told apart in a view range."""
    width, height = view_range.extent
    return rounded(w, _FINE * width), rounded(b, _FINE * height)


class RunChoice(QWidget):
    """Which run an exercise is about: a box with all runs, and the settings of the selected one."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.combo = ComboBox(
            self.tr("run"), self.tr("The exercise is about this run, the one selected in the window.")
        )
        Scaled(self.combo, QWidget.setFixedWidth, _RUN_WIDTH)
        self.combo.activated.connect(session.select)
        self._settings = hint_label()
        filled(QHBoxLayout(self), *labelled(self.combo), (self._settings, 1))

    def follow(self) -> None:
        runs, selected = self._session.experiment.runs, self._session.selected
        hidden = self.tr("{0} (hidden)")
        names = [hidden.format(run.shown_name) if run.hidden else run.shown_name for run in runs]
        self.combo.clear()
        self.combo.addItems(names or [self.tr("There is no run")])
        self.combo.setCurrentIndex(selected if runs else 0)
        self.combo.setEnabled(bool(runs))
        self._settings.setText(full_settings(runs[selected]) if runs else "")


class SidePanel(QWidget):
    """What stands beside a picture: of a usual width, and narrower where there is no room for it.

    The width is in pixels for letters of the usual size.
    """

    def __init__(self, width: int, *items: Item | tuple[Item, int]) -> None:
        super().__init__()
        self.lines = filled(QVBoxLayout(self), *items)
        self._width = width
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(round(self._width * scale_of(self)), super().sizeHint().height())


class KeyFrame(QWidget):
    """A frame around a plot: arrow keys move something in it, and it shows whether it has the focus."""

    # across, up: an arrow key was pressed, -1, 0 or 1 each way; and whether Shift was held
    nudged = Signal(int, int, bool)

    def __init__(self, body: QWidget, name: str, help_: str) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        set_tip(self, help_)
        filled(QVBoxLayout(self), body, margins=(3, 3, 3, 3))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = ARROWS.get(event.key())
        if way is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
            return
        self.nudged.emit(*way, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus():
            paint_focus_ring(QPainter(self), QRectF(self.rect()))


class RangeFields(QWidget):
    """From where to where an axis goes: two fields, which tell of another range that a person typed."""

    changed = Signal(object)  # MapAxis

    def __init__(self, name: str, tips: tuple[str, str], width: int) -> None:
        super().__init__()
        self._axis: MapAxis | None = None
        names = self.tr("{0}, from"), self.tr("{0}, to")
        self.low, self.high = (
            NumberField(words.format(name), tip, NUMBER, 0.0) for words, tip in zip(names, tips, strict=True)
        )
        for field in (self.low, self.high):
            field.gives_back = False
            Scaled(field, QWidget.setFixedWidth, width)
            field.committed.connect(self._on_typed)
        word = PlainLabel(self.tr("to"), name="rowLabel")
        filled(QHBoxLayout(self), self.low, word, self.high, gap=6)

    def show_axis(self, axis: MapAxis) -> None:
        self._axis = axis
        self.low.set_value(axis.low)
        self.high.set_value(axis.high)

    def take(self, axis: MapAxis) -> bool:
        """Tell of another axis, or say why there is none and return False."""
        fault, old = axis.fault(), self._axis
        if not fault:
            self.changed.emit(axis)
        elif old is not None:
            field = self.low if axis.low != old.low or axis.high == old.high else self.high
            show_fault(field, self.tr("{0} {1}.").format(capitalized(translated(axis.setting.label)), fault))
            self.show_axis(old)
        return not fault

    def _on_typed(self) -> None:
        if self._axis is not None:
            self.take(replace(self._axis, low=float(self.low.value()), high=float(self.high.value())))


class KeepButton(QPushButton, Generic[KeptT]):
    """Has the document keep what an exercise shows, or take it out again.

    ``name`` is that of its place in `Kept`; ``edits`` are what both are called as edits.
    """

    def __init__(
        self, session: Session, user_actions: UserActions, name: str, what: str, edits: tuple[str, str]
    ) -> None:
        super().__init__()
        self._session, self._user_actions = session, user_actions
        self._name, self._what, self._edits = name, what, edits
        self.seen: KeptT | None = None  # what the document kept when it was looked at last
        self._shown: KeptT | None = None
        self.setAutoDefault(False)
        self.clicked.connect(self._on_clicked)
        self.offer(None)

    @property
    def _kept(self) -> KeptT | None:
        return cast("KeptT | None", getattr(self._session.experiment.kept, self._name))

    def news(self) -> KeptT | None:
        """Return what the document keeps, once it keeps something else; None for nothing new."""
        before, self.seen = self.seen, self._kept
        return self.seen if self.seen != before else None

    def offer(self, shown: KeptT | None) -> None:
        """Offer to keep what is shown; what is kept as it is shown may be taken out."""
        self._shown = shown
        is_kept = shown is not None and shown == self._kept
        self.setEnabled(shown is not None)
        self.setText(self.tr("Take out of scene") if is_kept else self.tr("Keep in scene"))
        words = (
            self.tr("The document keeps {what} as shown; now it would forget it.")
            if is_kept
            else self.tr("The document keeps {what}: saved, shared and opened with it.")
        )
        set_tip(self, words.format(what=self._what))

    @Slot()
    def _on_clicked(self) -> None:
        keep, take_out = self._edits
        self.seen = None if self._shown == self._kept else self._shown
        place: dict[str, Any] = {self._name: self.seen}
        kept = self._session.experiment.kept._replace(**place)
        self._user_actions.keep(kept, keep if self.seen is not None else take_out)
