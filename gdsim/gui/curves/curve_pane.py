"""The curves of the runs over their steps: loss, gradient, parameters, memory, rates; a click seeks."""

import math
import time
from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.core.analysis.series import CurveKind
from gdsim.core.arrays import Array
from gdsim.core.engine.sparse_loss import last_known
from gdsim.core.formulas.numerals import rounded
from gdsim.gui.accessible import Graphic, read_as
from gdsim.gui.curves.curve_choice import Choice, CurveLine, choices_of, lines_of
from gdsim.gui.curves.curve_header import CurveHeader
from gdsim.gui.curves.curve_plot import AxesRange, CurvePlot, Stroke
from gdsim.gui.curves.curve_readout import Reading
from gdsim.gui.curves.curve_store import CurveStore, values_at
from gdsim.gui.curves.timeline import Mark, TimelineStrip
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.paint.plot_keys import FocusRing, shifted_way
from gdsim.gui.paint.words import place_text
from gdsim.gui.style.theme import Look
from gdsim.gui.translation import translate
from gdsim.session.frame import Frame, RunView

# What is smaller is rounding noise of a run that has arrived, and no reason to press everything else into
# the top of the plot; squares have a floor of their own.
_FLOOR = 1e-18
# Runs that grow are drawn anew after so many seconds, or when they are so many times as long.
_GROWTH_SECONDS, _GROWTH = 0.25, 1.1
_DIGITS = 5


def value_text(value: float) -> str:
    """Return a value to some digits; a dash for what there is not, such as the gradient of step 0."""
    return rounded(value, _DIGITS).replace("-", "−") if value == value else "–"  # noqa: PLR0124


def rises_text(count: int, view: RunView) -> str:
    """Return how many steps of a run raised the loss: ``"loss up in 13 of 60 steps"``."""
    return translate("Curves", "loss up in {0:,} of {1:,} steps").format(count, view.trajectory.last_step)


def losses_text(view: RunView) -> str:
    """Return at which steps the loss is known; nothing when it is known at all of them."""
    if view.loss_interval == 1:
        return ""
    return translate("Curves", "loss every {0:,} steps").format(view.loss_interval)


def known_text(view: RunView, step: int) -> str:
    """Return the loss at a step, or the last one that was computed before it, with its own step."""
    known = last_known(view.trajectory.until(step).loss)
    text = value_text(known.value)
    if known.step == min(step, view.trajectory.last_step):
        return text
    return translate("Curves", "{0} at {1:,}").format(text, known.step)


def absence_text(frame: Frame, kind: CurveKind, choice: Choice) -> str:
    current = frame.current
    if current is None:
        return ""
    if choice.of_selected and current.run.hidden:
        return translate("Curves", "{0} is hidden.").format(current.run.name)
    if kind is CurveKind.MEMORY and choice.of_selected:
        words = translate("Curves", "{0} remembers nothing: every step knows no gradient but its own.")
        return words.format(current.run.optimizer.title)
    if kind is CurveKind.RATE and choice.of_selected:
        words = translate(
            "Curves",
            "The rate of {0} follows from a gradient that is not recorded: of several, only the last is.",
        )
        return words.format(current.run.optimizer.title)
    return (
        translate("Curves", "No visible run has this.")
        if frame.shown
        else translate("Curves", "All runs are hidden.")
    )


def no_runs_text() -> str:
    return translate("Curves", "There are no runs. Add one under Runs, and its curves are drawn here.")


def zero_text() -> str:
    return translate("Curves", "All of this is 0, which has no place on a logarithmic scale.")


def pane_name(kind: CurveKind) -> str:
    return {
        CurveKind.LOSS: translate("Curves", "Loss curves"),
        CurveKind.GRADIENT: translate("Curves", "Gradient curves"),
        CurveKind.PARAMETERS: translate("Curves", "Curves of the parameters"),
        CurveKind.MEMORY: translate("Curves", "Curves of the rule's memory"),
        CurveKind.RATE: translate("Curves", "Curves of the effective rate"),
    }[kind]


@read_as(Graphic)
class CurvePane(QWidget):
    """One tab for each kind of curves.

    The curves are drawn once, as far as they are known; the part ahead of the cursor lies under a
    veil. So a frame of playback moves a rectangle and draws no curve.
    """

    seek_requested = Signal(int)  # a place was clicked, in steps or epochs, as the frame counts them
    log_changed = Signal(bool)  # the scale was chosen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(pane_name(CurveKind.LOSS))
        # Tabs, choice, scale and a few words; may be taken into the head of a card.
        self.header = CurveHeader(self)
        self.strip = TimelineStrip()
        self.strip.hide()
        self.plot = CurvePlot()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.header)
        layout.addWidget(self.strip)
        layout.addWidget(self.plot, 1)
        self._store = CurveStore()
        self._look: Look | None = None
        self._frame: Frame | None = None
        self.kind = CurveKind.LOSS
        self.log = True  # whether what is never negative is drawn on a logarithmic scale
        self._choices: tuple[Choice, ...] = ()
        self._wanted: dict[CurveKind, Choice] = {}
        self.lines: tuple[CurveLine, ...] = ()  # the curves that are drawn
        self._drawn: tuple[object, ...] = ()
        self._drawn_lengths: tuple[int, ...] = ()
        self._drawn_at = -math.inf
        self._hovered_at = math.nan
        self._sentences = ""
        # Under the mouse, or by keys: a step with the value of every curve, or a mark.
        self.reading = ""
        FocusRing(self, self.plot)
        self._connect()

    def _connect(self) -> None:
        self.header.kind_chosen.connect(self.set_kind)
        self.header.choice_made.connect(self._on_choice)
        self.header.log_toggled.connect(lambda log: self.set_log(log=log))
        self.plot.seeked.connect(lambda x: self.seek_requested.emit(max(0, round(x))))
        self.plot.hovered.connect(self._on_hover)
        self.plot.laid_out.connect(self._redraw)
        self.strip.sought.connect(lambda step: self.seek_requested.emit(step // self._unit(None)))
        self.strip.hovered.connect(self._announce)
        self.strip.set_place(lambda step: self.plot.pixel_of(step / self._unit(None)))

    def set_log(self, *, log: bool) -> None:
        """Draw what is never negative on a logarithmic scale, or everything on a linear one."""
        changed = log != self.log
        self.log = log
        self._redraw()
        if changed:
            self.log_changed.emit(log)

    def set_kind(self, kind: CurveKind) -> None:
        self.kind = kind
        self.setAccessibleName(pane_name(kind))
        self.header.set_kind(kind)
        self._redraw()

    def twin(self) -> "CurvePane":
        """Return another pane with the same tab, choices and scale; it was told nothing yet."""
        other = CurvePane()
        other.kind, other.log, other._wanted = self.kind, self.log, dict(self._wanted)
        return other

    def set_marks(self, marks: Iterable[Mark]) -> None:
        """Show what happened to the selected run, above the curves. Once shown, the strip keeps its place."""
        marks = tuple(marks)
        self.strip.set_marks(marks)
        self.strip.setVisible((bool(marks) or not self.strip.isHidden()) and not self._hides_marks)

    @property
    def _hides_future(self) -> bool:
        return self._look is not None and "future" in self._look.concealed

    @property
    def _hides_marks(self) -> bool:
        return self._hides_future or (self._look is not None and "marks" in self._look.concealed)

    def set_look(self, look: Look) -> None:
        self._look = look
        self.plot.set_look(look)
        self.strip.set_look(look)
        self.set_marks(self.strip.marks)
        self._redraw()

    def show_frame(self, frame: Frame) -> None:
        """Move the cursor; draw the curves anew when they have grown."""
        self._frame = frame
        if self._look is None or len(frame.views) > len(self._look.styles):
            return  # the look of these runs is on its way
        drawn = (frame.by_epoch, frame.selected, *((view.trajectory, view.run) for view in frame.views))
        lengths = (frame.length, *(len(view.trajectory) for view in frame.views))
        if drawn != self._drawn or (lengths != self._drawn_lengths and self._is_due(frame)):
            self._drawn, self._drawn_lengths = drawn, lengths
            self._draw(frame, self._look)
            self._drawn_at = time.perf_counter()
        self._move(frame)

    def _is_due(self, frame: Frame) -> bool:
        """Return whether runs that have grown are to be drawn again, or may wait for some more growth."""
        return (
            all(view.trajectory.stop for view in frame.views)
            or frame.length > _GROWTH * self._drawn_lengths[0]
            or time.perf_counter() > self._drawn_at + _GROWTH_SECONDS
        )

    def _draw(self, frame: Frame, look: Look) -> None:
        self._choices = choices_of(frame, self.kind)
        wanted = self._wanted.get(self.kind)
        # The same curves of another rule may be called otherwise, and be there all the same.
        same = (one for one in self._choices if wanted and one[1:] == wanted[1:])
        choice = next(same, self._choices[0])
        self.header.set_kind(self.kind)
        self.header.set_choices([one.text for one in self._choices], self._choices.index(choice))
        self.lines = lines_of(frame, self.kind, choice, look)
        signed = any(line.series.signed for line in self.lines)
        self.header.set_log(log=self.log, possible=not signed)
        scale = AxesRange(
            length=frame.length,
            unit=self._unit_name(frame),
            floor=self._floor() if self.log and not signed else None,
        )
        strokes = [self._stroke(frame.views[line.run], line) for line in self.lines]
        words = self._words(frame, choice, strokes)
        self.plot.draw(strokes, scale, words)
        self._tell(frame, choice)
        self.strip.update()
        self._on_hover(self._hovered_at)

    def _words(self, frame: Frame, choice: Choice, strokes: Sequence[Stroke]) -> str:
        """Return what stands in the place of curves; nothing where there are any."""
        if not self.lines:
            return absence_text(frame, self.kind, choice) if self._has_runs else no_runs_text()
        is_log = self.log and not any(line.series.signed for line in self.lines)
        return zero_text() if is_log and not any((stroke.y > 0.0).any() for stroke in strokes) else ""

    @property
    def _has_runs(self) -> bool:
        """Whether the experiment has runs; a frame has none either until their starts are known."""
        return self._look is not None and len(self._look.styles) > 0

    def _floor(self) -> float:
        squares = self.kind is CurveKind.MEMORY and any(not line.series.signed for line in self.lines)
        return _FLOOR**2 if squares else _FLOOR

    def _stroke(self, view: RunView, line: CurveLine) -> Stroke:
        columns = max(50, int(self.plot.box.width()))
        steps, values = self._store.line(view, self.kind, line.place, columns)
        unit = self._unit(view)
        # Of some losses only, it is not known which steps raised them.
        ticked = self.kind is CurveKind.LOSS and view.loss_interval == 1
        ticks = self._store.rising(view, columns) / unit if ticked else np.empty(0)
        return Stroke(steps / unit, values, line.style, line.label, ticks)

    def _tell(self, frame: Frame, choice: Choice) -> None:
        hint, sentences = "", [self.tr("Click to go to a step, or read values by Shift and the arrow keys.")]
        if self._hides_future:
            pass  # all that is said here is of whole runs
        elif self.kind is CurveKind.LOSS:
            counts = {
                index: losses_text(view) or rises_text(self._store.count_rises(view), view)
                for index, view in frame.shown
            }
            hint = counts.get(frame.selected, "")
            sentences += [f"{frame.views[index].run.name}: {text}." for index, text in sorted(counts.items())]
        elif choice.of_selected and frame.current:
            hint = frame.current.run.name
        self.header.hint.setText(hint)
        set_tip(self.header.hint, "\n".join(sentences[1:]))
        self._sentences = " ".join(sentences)
        self._announce(self.reading)

    def _move(self, frame: Frame) -> None:
        if self.kind is CurveKind.LOSS:
            known = [frame.views[line.run].known_loss for line in self.lines]
            steps, values = [one.step for one in known], [one.value for one in known]
        else:
            steps = [frame.views[line.run].step for line in self.lines]
            values = self._values(frame, steps)
        if frame.by_epoch:
            units = [self._unit(frame.views[line.run]) for line in self.lines]
            heads = [(step / unit, one) for step, unit, one in zip(steps, units, values, strict=True)]
        else:
            heads = list(zip(steps, values, strict=True))
        # Growing runs may be a little longer than they are drawn.
        cursor = min(frame.cursor, self.plot.scale.length)
        self.plot.show_place(cursor, max(frame.length, cursor), heads)

    def _values(self, frame: Frame, steps: list[int]) -> list[float]:
        known: dict[int, Array] = {}
        values = []
        for line, step in zip(self.lines, steps, strict=True):
            if line.run not in known:
                known[line.run] = values_at(frame.views[line.run], self.kind, step)
            values.append(float(known[line.run][line.place]))
        return values

    def _redraw(self) -> None:
        self._drawn = ()
        # The frame of another set of runs is on its way when their look is.
        if self._frame and self._look and len(self._frame.views) == len(self._look.styles):
            self.show_frame(self._frame)

    def _unit(self, view: RunView | None) -> int:
        """Return how many steps of a run, the selected one for None, are one unit of the axis."""
        if self._frame is None or not self._frame.by_epoch:
            return 1
        view = view or self._frame.current
        return view.per_epoch if view else 1

    def _unit_name(self, frame: Frame) -> str:
        """Return what the axis counts; nothing when there is nothing to count."""
        if not self._has_runs:
            return ""
        return self.tr("epoch") if frame.by_epoch else self.tr("step")

    def _on_choice(self, index: int) -> None:
        self._wanted[self.kind] = self._choices[index]
        self._redraw()

    def _on_hover(self, x: float) -> None:
        self._hovered_at = x
        frame = self._frame
        last = 0 if frame is None else frame.cursor if self._hides_future else frame.length
        if frame is None or math.isnan(x) or not 0 <= round(x) <= last or not self.lines:
            self.plot.read_nothing()
            self._announce("")
            return
        place = round(x)
        title, texts = place_text(frame, place), self._texts(frame, place)
        readings = zip(self.lines, texts, strict=True)
        # The selected run's line lies on top, and comes first in the list.
        rows = tuple(Reading(line.style, line.name, text) for line, text in readings)
        self.plot.read(place, title, rows if self.lines[0].label else rows[::-1])
        self._announce(self._read_out(frame, title, texts))

    def _texts(self, frame: Frame, place: int) -> list[str]:
        """Return the value of each line at a step or an epoch."""
        steps = [place * self._unit(frame.views[line.run]) for line in self.lines]
        if self.kind is CurveKind.LOSS:
            lines = zip(self.lines, steps, strict=True)
            return [known_text(frame.views[line.run], step) for line, step in lines]
        return [value_text(value) for value in self._values(frame, steps)]

    def _read_out(self, frame: Frame, title: str, texts: list[str]) -> str:
        parts = [
            f"{self._plain_name(frame, line)} {text}" for line, text in zip(self.lines, texts, strict=True)
        ]
        return f"{title}: {', '.join(parts)}."

    def seen(self) -> str:
        """Return the values at the cursor, in words; nothing while others are read."""
        frame = self._frame
        if frame is None or self.reading or not self.lines:
            return ""
        return self._read_out(frame, place_text(frame, frame.cursor), self._texts(frame, frame.cursor))

    def _announce(self, reading: str) -> None:
        self.reading = reading
        self.setAccessibleDescription(f"{reading} {self._sentences}".strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Read values by Shift and an arrow; Enter goes to the step that is read, Escape ends reading."""
        way, frame, read = shifted_way(event), self._frame, self._hovered_at
        if way and way[0] and frame:
            place = frame.cursor if math.isnan(read) else round(read) + way[0]
            self._on_hover(float(min(max(place, 0), frame.length)))
        elif math.isnan(read):
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.seek_requested.emit(round(read))
        elif event.key() == Qt.Key.Key_Escape:
            self._on_hover(math.nan)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._on_hover(math.nan)
        super().focusOutEvent(event)

    def _plain_name(self, frame: Frame, line: CurveLine) -> str:
        return line.series.name if line.label else frame.views[line.run].run.name
