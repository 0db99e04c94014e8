"""The curves of the runs over their steps: loss, gradient, parameters, state, rates and limits."""

import math
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from gdsim.core.analysis.series import CurveKind
from gdsim.gui.curves.curve_axis import CurveAxis
from gdsim.gui.curves.curve_choice import CurveGroup, CurveLine, choices_of, lines_of
from gdsim.gui.curves.curve_header import CurveOptions, HeaderContent, ViewMenu
from gdsim.gui.curves.curve_plot import AxesRange, CurvePlot, Stroke
from gdsim.gui.curves.curve_readout import CurveReading
from gdsim.gui.curves.curve_remarks import Remarks, mark_words, remarks_on, usage_words
from gdsim.gui.curves.curve_store import CurveStore
from gdsim.gui.curves.curve_strokes import CurveDrawing, limit_stroke
from gdsim.gui.curves.curve_values import CurveValues
from gdsim.gui.curves.curve_words import absence_text, limit_progress_text
from gdsim.gui.curves.limit_curves import LimitCurves
from gdsim.gui.curves.redraw_pace import RedrawPace
from gdsim.gui.curves.time_view import ZOOM, TimeView
from gdsim.gui.curves.timeline import TimelineMark, TimelineStrip
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.paint.budget import budget_of_picture
from gdsim.gui.paint.plot_keys import has_no_modifiers, shifted_way, zoom_way
from gdsim.gui.paint.words import why_nothing
from gdsim.gui.style.theme import LIGHT, Look
from gdsim.session.frame import Frame

# Smaller values are rounding noise of a converged run, for which the rest should not be squeezed into the
# top of the plot. Squared quantities use the square of this floor.
_FLOOR = 1e-18
# A smaller share of the limit says only that there is plenty of room.
_LIMIT_FLOOR = 1e-4


class TimeCurves(QWidget):
    """The curves of one kind, below a strip of marks on the selected run.

    The curves are drawn as far as they are known, with a veil over the part ahead of the cursor. A frame of
    playback therefore moves a rectangle and redraws no curve.
    """

    seek_requested = Signal(int)  # a clicked place, in steps or epochs, as the frame counts
    fork_requested = Signal(int)  # the place at which to fork the selected run
    outdated = Signal()  # the curves need to be redrawn
    told = Signal()  # head or description has changed

    def __init__(self, menu: ViewMenu) -> None:
        super().__init__()
        self._menu = menu
        self.strip = TimelineStrip()
        self.strip.hide()
        self.plot = CurvePlot()
        fill_layout(QVBoxLayout(self), self.strip, (self.plot, 1), gap=2)
        self.limits = LimitCurves(self)
        self.store = CurveStore(self.limits)
        self._look = Look(LIGHT)
        self._frame: Frame | None = None
        self.kind = CurveKind.LOSS
        self.options = CurveOptions()
        self.part: tuple[float, float] | None = None  # the visible part of the axis; None for all
        self._falls_below = False  # whether the loss may be below 0, as a function's values may be
        self._choices: tuple[CurveGroup, ...] = ()
        self.wanted: dict[CurveKind, CurveGroup] = {}  # the user's choices
        self.lines: tuple[CurveLine, ...] = ()  # the curves that are drawn
        self._pace = RedrawPace()
        self._has_marks = False  # whether there have been any marks yet
        self._strokes: list[Stroke] = []
        self._drawn: tuple[CurveDrawing, CurveGroup] | None = None  # the source of the strokes
        self._hovered_at = math.nan
        self.head = HeaderContent()
        self._sentences = ""
        # What is read under the mouse or by keys: a step with the value of every curve, or a mark.
        self.reading = ""
        # Active while very long runs have steps that were not read yet; redraws once events are processed.
        self._unread = QTimer(self, singleShot=True, interval=0)
        self._follow(self.limits)
        self._connect()

    def _connect(self) -> None:
        self._menu.chosen.connect(self.set_options)
        self._menu.zoom_in.triggered.connect(lambda: self._zoom(1.0 / ZOOM))
        self._menu.zoom_out.triggered.connect(lambda: self._zoom(ZOOM))
        self._menu.show_all.triggered.connect(lambda: self.show_part(None))
        self.plot.part_wanted.connect(self.show_part)
        self.plot.seeked.connect(self._seek)
        self.plot.hovered.connect(self._on_hover)
        self.plot.outgrown.connect(self.outdated)
        self._unread.timeout.connect(self.outdated)
        self.strip.sought.connect(self._seek_mark)
        self.strip.hovered.connect(self._announce)
        self.strip.set_place(
            lambda step: self.plot.pixel_of(self._axis.place_of_step(step) if self._axis else step),
            self.plot.ends,
        )

    @property
    def _axis(self) -> CurveAxis | None:
        return self._axis_of(self._frame) if self._frame is not None else None

    def _axis_of(self, frame: Frame) -> CurveAxis:
        return CurveAxis(frame, self.options.counted)

    def _seek(self, place: float) -> None:
        if self._axis:
            self.seek_requested.emit(self._axis.clock_at(place))

    def _seek_mark(self, mark: TimelineMark) -> None:
        frame = self._frame
        if frame and frame.current:
            place = frame.current.clock_within(mark.first, mark.last, by_epoch=frame.by_epoch)
            self.seek_requested.emit(place)

    def _follow(self, limits: LimitCurves) -> None:
        limits.changed.connect(self._on_limit)
        limits.progressed.connect(self._on_limit_progress)

    def set_options(self, options: CurveOptions) -> None:
        old, self.options = self.options, options
        if options == old:
            return
        if options.counted is not old.counted:
            self._reset_axis()
        self.plot.hides_future = options.hides_future
        if options.hides_future != old.hides_future:
            self.strip.set_until(math.inf)
        self.outdated.emit()

    def _reset_axis(self) -> None:
        """Show the whole axis in a new unit, because old places mean something else now."""
        self.part, self._hovered_at = None, math.nan

    def show_part(self, part: tuple[float, float] | None) -> None:
        """Show a part of the axis; None shows all."""
        if part != self.part:
            self.part = part
            self.outdated.emit()

    def _zoom(self, factor: float) -> None:
        if self._axis:
            read = self._hovered_at
            around = float(self._axis.cursor) if math.isnan(read) else read
            self.show_part(self.plot.scale.time.zoomed(around, factor))

    def set_below_zero(self, *, falls: bool) -> None:
        """Set whether the loss may fall below 0, where it has no logarithm."""
        if falls != self._falls_below:
            self._falls_below = falls
            self.outdated.emit()

    def draw_like(self, other: "TimeCurves") -> None:
        """Copy curves, choices and scale from another view."""
        self.kind, self.wanted = other.kind, dict(other.wanted)
        self.set_options(other.options)
        self.part = other.part
        # Share the store, so that long runs need not be read again.
        self.limits, self.store = other.limits, other.store
        self._follow(self.limits)

    def set_marks(self, marks: Iterable[TimelineMark]) -> None:
        """Show marks on the selected run above the curves; after the first marks, the strip stays visible."""
        marks = tuple(marks)
        self.strip.set_marks(marks)
        self._has_marks = self._has_marks or bool(marks)
        self._show_strip()

    def _show_strip(self) -> None:
        self.strip.setVisible(self._has_marks and "marks" not in self._look.concealed)

    def set_look(self, look: Look) -> None:
        self._look = look
        self.plot.set_look(look)
        self.strip.set_look(look)
        self._show_strip()

    def recolour(self) -> None:
        """Recolour the drawn curves in the current look, without reading values again."""
        if self._drawn is None:
            return
        drawing, choice = self._drawn
        if len(drawing.axis.frame.views) == len(self._look.styles):  # else their frame is on its way
            self.lines = lines_of(drawing.axis.frame, drawing.kind, choice, self._look)
            lines = zip(self._strokes, self.lines, strict=True)
            self._strokes = [stroke._replace(style=line.style) for stroke, line in lines]
            self.plot.recolour(self._strokes, self._pale(drawing))
            self._on_hover(self._hovered_at)

    def forget(self) -> None:
        """Redraw the curves with the next frame."""
        self._pace.forget()

    def show_frame(self, frame: Frame) -> None:
        """Move the cursor, and redraw the curves if something else has changed."""
        before, self._frame = self._frame, frame
        axis = self._axis_of(frame)
        if before and before.by_epoch != frame.by_epoch and axis.counts_like_playback:
            self._reset_axis()
        if self._pace.keeps(frame, shorter=axis.length < self.plot.scale.time.length):
            return
        if frame.playing and self.part:
            self.part = self.plot.scale.time.following(axis.cursor)
        drawn = (
            frame.by_epoch,
            axis.unit,
            frame.selected,
            self.part,
            *[(view.trajectory, view.run) for view in frame.views],
        )
        if self._pace.take(drawn, frame) or self._unread.isActive():
            self._draw(axis)
            self._pace.rest()
        self._move(axis)

    def _draw(self, axis: CurveAxis) -> None:
        frame = axis.frame
        choice = self._choose(frame)
        self.lines = lines_of(frame, self.kind, choice, self._look)
        if self.part and self.part[1] > axis.length and frame.complete:
            self.part = None
        time = TimeView(axis.length, self.options.log_time, self.part)
        columns = max(50, int(self.plot.box.width()))
        if self.kind is CurveKind.LIMIT and frame.update:
            self.limits.ask(frame.update.data, (view for _, view in frame.shown))
        self.store.budget = budget_of_picture()
        drawing = CurveDrawing(self.store, axis, self.kind, time, columns, self.options.means)
        self._strokes, self._drawn = drawing.strokes(self.lines), (drawing, choice)
        has_log = not self._is_signed
        is_log = self.options.log and has_log
        self._menu.show_options(
            self.options,
            has_log=has_log,
            has_means=any(view.clock.per_epoch > 1 for _, view in frame.shown),
            is_zoomed=self.part is not None,
        )
        floor = self._floor() if is_log else None
        scale = AxesRange(time, unit=axis.name() if self._has_runs else "", floor=floor)
        pale = self._pale(drawing)
        self.plot.note = self.tr("lines: mean over the last epoch · pale, box: every step") if pale else ""
        if self.kind is CurveKind.LIMIT:
            self.plot.note = self.tr("above the dashed line: beyond the limit")
        words = self._words(frame, choice, is_log=is_log)
        until = float(frame.cursor) if self.options.hides_future else math.inf
        self.plot.draw(self._strokes, scale, words, pale, until=until)
        self._tell(axis, choice)
        if self.store.budget.is_spent:
            self._unread.start()
        self.strip.update()
        self._on_hover(self._hovered_at)

    def _pale(self, drawing: CurveDrawing) -> list[Stroke]:
        theme = self._look.theme
        pale = drawing.pale_strokes(self.lines, theme.card)
        if drawing.kind is CurveKind.LIMIT:
            pale.append(limit_stroke(drawing.time, theme))
        return pale

    def _choose(self, frame: Frame) -> CurveGroup:
        """Return the choice that the user made for this kind, or the default."""
        self._choices = choices_of(frame, self.kind)
        wanted = self.wanted.get(self.kind)
        # Another rule may have the same curves under another name, so the text is not compared.
        same = (one for one in self._choices if wanted and one[1:] == wanted[1:])
        return next(same, self._choices[0])

    def _words(self, frame: Frame, choice: CurveGroup, *, is_log: bool) -> str:
        """Return the text that stands in for missing curves; empty if there are curves."""
        if not self.lines:
            if self._has_runs:
                return absence_text(frame, self.kind, choice)
            return self.tr("There are no runs. Add one under Runs, and its curves are drawn here.")
        if self.kind is CurveKind.LIMIT and not any(len(stroke.y) for stroke in self._strokes):
            return limit_progress_text(0.0) if frame.update else why_nothing(frame)
        known = [finite for stroke in self._strokes if len(finite := stroke.y[np.isfinite(stroke.y)])]
        if not known:
            return self.tr("There is no finite number to draw here.") if frame.complete else ""
        if is_log and not any((finite > 0.0).any() for finite in known):
            return self.tr("All values are 0, which a logarithmic scale cannot show.")
        return ""

    @property
    def _is_signed(self) -> bool:
        """Whether a curve may be below 0, where there is no logarithm."""
        if self.kind is CurveKind.LOSS:  # a run may leave the surface that was searched for negative values
            return self._falls_below or any(stroke.y.min(initial=0.0) < 0.0 for stroke in self._strokes)
        return any(line.series.signed for line in self.lines)

    @property
    def _has_runs(self) -> bool:
        """Whether the experiment has runs; the frame has none until their starts are known."""
        return len(self._look.styles) > 0

    def _on_limit(self) -> None:
        if self.kind is CurveKind.LIMIT:
            self.outdated.emit()

    def _on_limit_progress(self, share: float) -> None:
        if self.kind is CurveKind.LIMIT and not any(len(stroke.y) for stroke in self._strokes):
            self.plot.words.setText(limit_progress_text(share))

    def _floor(self) -> float:
        if self.kind is CurveKind.LIMIT:
            return _LIMIT_FLOOR
        squares = self.kind is CurveKind.MEMORY and any(not line.series.signed for line in self.lines)
        return _FLOOR**2 if squares else _FLOOR

    def _tell(self, axis: CurveAxis, choice: CurveGroup) -> None:
        remarks = Remarks()
        if not self.options.hides_future:  # the number of rises would reveal the future
            remarks = remarks_on(axis, self.kind, self.store, of_selected=choice.of_selected)
        if self.part:
            part = axis.part_words(*self.part)
            remarks = Remarks(part, "", (*remarks.sentences, f"{part}."))
        texts, chosen = tuple(one.text for one in self._choices), self._choices.index(choice)
        tip = "\n".join([*remarks.sentences, *mark_words(self.kind)])
        self.head = HeaderContent(texts, chosen, remarks.hint, remarks.short, tip)
        self._sentences = " ".join([usage_words(), *remarks.sentences])

    @property
    def _values(self) -> CurveValues:
        return CurveValues(self.store, self.kind, self.lines)

    def _move(self, axis: CurveAxis) -> None:
        # Growing runs may be a little longer than the drawn curves.
        cursor = min(axis.cursor, self.plot.scale.time.length)
        self.plot.show_place(cursor, axis.length, self._values.heads(axis))
        if self.plot.hides_future:
            until = axis.frame.cursor
            if not self.plot.fits(until) and self.plot.drawn_until != until:
                self._draw(axis)
            self._hide_ahead(cursor)

    def _hide_ahead(self, cursor: float) -> None:
        """Hide marks later than the cursor, and move the names from the ends of curves to the cursor."""
        self.strip.set_until(self._axis.step_at(cursor) if self._axis else cursor)
        if any(stroke.label for stroke in self._strokes):
            self.plot.name_heads(self._strokes)

    def choose(self, index: int) -> None:
        self.wanted[self.kind] = self._choices[index]
        self.outdated.emit()

    def stop_reading(self) -> None:
        self._on_hover(math.nan)

    def _on_hover(self, x: float) -> None:
        self._hovered_at = x
        axis = self._axis
        if axis is None or math.isnan(x) or not 0 <= round(x) <= self._last(axis) or not self.lines:
            self.plot.read_nothing()
            self._announce("")
            return
        place, values = round(x), self._values
        texts = values.texts(axis, place)
        readings = zip(self.lines, texts, strict=True)
        # The selected run is drawn last, on top, but comes first in the list.
        rows = tuple(CurveReading(line.style, line.name, text) for line, text in readings)
        self.plot.read(place, axis.place_words(place), rows if self.lines[0].label else rows[::-1])
        self._announce(values.spoken(axis, place, texts))

    def _last(self, axis: CurveAxis) -> float:
        """Return the last place on the axis whose values may be read."""
        return axis.cursor if self.options.hides_future else axis.length

    def picture_in_words(self) -> str:
        """Describe the values at the cursor; empty while other values are being read."""
        axis = self._axis
        if axis is None or self.reading or not self.lines:
            return ""
        return self._values.spoken(axis, axis.cursor, self._values.texts(axis, axis.cursor))

    def _announce(self, reading: str) -> None:
        self.reading = reading
        self.told.emit()

    @property
    def description(self) -> str:
        """The current reading, followed by remarks on all steps."""
        return f"{self.reading} {self._sentences}".strip()

    def take_key(self, event: QKeyEvent) -> bool:
        """Read values by Shift and an arrow, and zoom by plus, minus and 0; return whether a key did so.

        Enter goes to the step that is read, Escape ends reading.
        """
        way, read = shifted_way(event), self._hovered_at
        zoom = zoom_way(event) if has_no_modifiers(event) else 0
        if way and way[0] and self._axis:
            self._read_on(self._axis, way[0])
        elif zoom:
            self._zoom(ZOOM if zoom < 0 else 1.0 / ZOOM)
        elif event.key() == Qt.Key.Key_0 and has_no_modifiers(event):
            self.show_part(None)
        elif math.isnan(read):
            return False
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._seek(read)
        elif event.key() == Qt.Key.Key_Escape:
            self.stop_reading()
        else:
            return False
        return True

    def _read_on(self, axis: CurveAxis, way: int) -> None:
        """Read the values at the next step or epoch, or at the previous one if ``way`` is negative."""
        read = self._hovered_at
        place = axis.cursor if math.isnan(read) else axis.beside(read, way)
        place = min(max(place, 0), self._last(axis))
        self.show_part(self.plot.scale.time.following(place))
        self._on_hover(float(place))

    def open_menu(self, at: QPoint) -> None:
        """Open the context menu for the place that is read, or else for the cursor."""
        axis, read = self._axis, self._hovered_at
        if axis is None or axis.frame.current is None:
            return
        read = axis.cursor if math.isnan(read) else min(max(round(read), 0), self._last(axis))
        place, where = axis.clock_at(read), axis.clock_words(read)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        go, leave = self.tr("Go to {0}").format(where), self.tr("What if, from {0}…").format(where)
        menu.addAction(go, lambda: self.seek_requested.emit(place))
        menu.addAction(leave, lambda: self.fork_requested.emit(place))
        menu.popup(at)
