"""The readout of the cursor on a map: how the run there ends, and whether the last bit decides it."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QWidget

from gdsim.core.exercises.maps.outcome import Ending, OutcomePlan, computing_ending, last_bit_decides
from gdsim.core.formulas import numerals
from gdsim.core.formulas.symbols import setting_letter
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress
from gdsim.gui.accessible import announce
from gdsim.gui.exercises.exercise import say_aloud, show_named
from gdsim.gui.exercises.maps.map_colours import PaintedMap
from gdsim.gui.exercises.maps.map_words import axis_value_text, ending_words
from gdsim.gui.plain_text import sentence_label
from gdsim.gui.style.text_size import FontScaler
from gdsim.session.tasks import TaskQueue

# How long the cursor rests before its run is announced and tested for the effect of the last bit.
_REST_MS = 120
_TWO_LINES = 34


class MapReadout(QObject):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.label = sentence_label()
        self.label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        # Reserve two lines, so that the maps do not move when there is more to say.
        FontScaler(self.label, QWidget.setMinimumHeight, _TWO_LINES)
        self.values: tuple[float, float] | None = None  # the two settings at the pixel under the cursor
        self._plan: OutcomePlan | None = None
        self._words = ""
        self._seen: Ending | None = None  # how the run of that pixel ends on the map
        self._is_doubtful = False  # whether its neighbours end otherwise or take other numbers of steps
        self.tasks = TaskQueue(self)
        self._timer = QTimer(self, singleShot=True, interval=_REST_MS)
        self._timer.timeout.connect(self._on_rest)

    def show_place(
        self,
        index: int,
        cursor: tuple[float, float] | None,
        plans: Sequence[OutcomePlan],
        maps: Sequence[PaintedMap],
    ) -> None:
        """Describe the run at the cursor, given as shares of the visible range, on map ``index``."""
        self.stop_work()
        self.values, self._is_doubtful = None, False
        if cursor is None or index >= len(plans):
            show_named(self.label, self.tr("Point at a map, or press an arrow key on it, to read a run."))
            return
        self._plan = plans[index]
        self._timer.start()
        found = maps[index].map.pixel_at(self._plan, *cursor) if index < len(maps) else None
        if found is None:
            show_named(self.label, self.tr("This run is not computed yet."))
            return
        outcomes, (row, column) = maps[index].map, found
        x, y = outcomes.at(outcomes.plan.x), outcomes.at(outcomes.plan.y)
        self.values = float(x[column]), float(y[row])
        self._seen = outcomes.ending_at(row, column)
        self._words = self.tr("{name} at {x} {x_value}, {y} {y_value}: {ending}.").format(
            name=self._plan.run.shown_name,
            x=setting_letter(outcomes.plan.x.setting),
            x_value=axis_value_text(self._plan.x, self.values[0]),
            y=setting_letter(outcomes.plan.y.setting),
            y_value=axis_value_text(self._plan.y, self.values[1]),
            ending=ending_words(self._seen, int(outcomes.basin[row, column])),
        )
        if self._seen.kind and outcomes.is_finest and not outcomes.agreeing[row, column]:
            around = outcomes.steps_around(row, column)
            if around is None:
                self._words = self.tr("{0} Some of its neighbours end differently.").format(self._words)
            else:
                others = self.tr("{0} It and its neighbours take from {1} to {2} steps.")
                self._words = others.format(self._words, *map(numerals.integer_text, around))
            self._is_doubtful = True
        show_named(self.label, self._words)

    def stop_work(self) -> None:
        self._timer.stop()
        self.tasks.cancel()

    def end(self) -> None:
        self.tasks.close()

    @Slot()
    def _on_rest(self) -> None:
        """Announce the run where the cursor rests; if its neighbours differ, test the last bit."""
        announce(self.label, self.label.text())
        if self._is_doubtful and self._plan is not None and self.values is not None:
            run = self._plan.run_with(*self.values)
            self.tasks.replace(partial(_checking, self._plan, run), self._on_checked, lambda _: None)

    def _on_checked(self, found: tuple[Ending, bool]) -> None:
        end, decides = found
        if not decides:
            return
        words = self.tr("{0} The last bit decides here: the next floating-point number ends differently.")
        words = words.format(self._words)
        if self._seen is not None and (end.kind, end.steps) != (self._seen.kind, self._seen.steps):
            own = self.tr("{0} The run itself, whose sums are rounded differently: {1}.")
            words = own.format(words, ending_words(end))
        say_aloud(self.label, words)


def _checking(plan: OutcomePlan, run: Run) -> Progress[tuple[Ending, bool]]:
    end = yield from computing_ending(plan, run)
    decides = yield from last_bit_decides(plan, run)
    return end, decides
