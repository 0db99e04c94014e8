"""The dialog "Compare with": where the selected run and another one first differ in any bit, and why."""

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gdsim.core.analysis.first_difference import DifferenceKind, FirstDifference, first_difference
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import exact
from gdsim.core.formulas.symbols import letter_of
from gdsim.core.model.run import Run
from gdsim.core.model.search_checks import remembered_words
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.forms.form import form_row
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout, plain_button
from gdsim.gui.plain_text import sentence_label
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import tr
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue

_MOST_POINTS = 12
_WIDTH, _LINES = 480, 13


class CompareDialog(ScreenDialog):
    step_wanted = Signal(int)  # to show the update that makes the difference

    def __init__(self, session: Session, index: int, parent: QWidget | None = None) -> None:
        run = session.experiment.runs[index]
        super().__init__(parent, tr("Compare {0}").format(run.shown_name), once=True)
        self._session, self._index, self._run = session, index, run
        self._tasks = TaskQueue(self)
        self.finished.connect(self._tasks.close)
        self.found: FirstDifference | None = None
        runs = enumerate(session.experiment.runs)
        others = [(run.shown_name, place) for place, run in runs if place != index]
        self.other = ComboBox(self.tr("the other run"), choices=others)
        self._choose_default()
        self.words = sentence_label()
        self.words.setMinimumHeight(_LINES * self.fontMetrics().lineSpacing())
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.go = plain_button(self.tr("Go to this step"), act=self._on_go, is_primary=True)
        close = plain_button(self.tr("Close"), act=self.reject)
        whole, other = QVBoxLayout(self.content), form_row(self.tr("with"), self.other)
        fill_layout(whole, other, (self.words, 1), gap=10, margins=DIALOG_MARGINS)
        self.set_foot(fill_layout(QHBoxLayout(), None, close, self.go))
        resize_window(self, _WIDTH)
        self.other.currentIndexChanged.connect(self._compare)
        session.frame_changed.connect(self._go_on)
        self._compare()

    def _choose_default(self) -> None:
        """Choose the parent of this run, or else a fork of it."""
        runs, fork = self._session.experiment.runs, self._run.fork
        relatives = [place for place, run in enumerate(runs) if fork and run == fork.parent]
        relatives += [place for place, run in enumerate(runs) if run.fork and run.fork.parent == self._run]
        if relatives:
            self.other.choose(relatives[0])

    def _compare(self) -> None:
        views, other = self._session.frame().views, self.other.currentData()
        self.found = None
        self.go.setEnabled(False)
        self._waits = other >= len(views) or any(views[one].borrowed for one in (self._index, other))
        if self._waits:
            self.words.setText(self.tr("These runs are still being computed."))
            return
        self.words.setText(self.tr("Comparing…"))
        pair = views[self._index], views[other]
        work = partial(
            first_difference,
            self._session.experiment,
            (pair[0].run, pair[1].run),
            (pair[0].whole, pair[1].whole),
        )
        self._tasks.replace(work, partial(self._show, pair[0].run, pair[1].run))

    @Slot()
    def _go_on(self) -> None:
        if self._waits:
            self._compare()

    def _show(self, one: Run, other: Run, found: FirstDifference) -> None:
        self.found = found
        self.words.setText(difference_words(one, other, found))
        self.go.setEnabled(found.kind is not DifferenceKind.NONE)

    def _on_go(self) -> None:
        if self.found:
            made = self.found.kind not in (DifferenceKind.PLACE, DifferenceKind.APART)
            self.step_wanted.emit(self.found.step - 1 if made else self.found.step)


def difference_words(one: Run, other: Run, found: FirstDifference) -> str:
    """Describe the first difference between two runs, with the numbers that cause it."""
    step, names = numerals.integer_text(found.step), (one.shown_name, other.shown_name)
    parameter = letter_of(found.parameter)
    match found.kind:
        case DifferenceKind.APART:
            words = tr("“{0}” and “{1}” have no step in common.")
            return words.format(*names)
        case DifferenceKind.NONE:
            words = tr("“{0}” and “{1}” are the same to the last bit up to step {2}.")
            return words.format(*names, step)
        case DifferenceKind.PLACE:
            words = tr(
                "They already differ where they begin: at step {0} {1} is {2} in “{3}” and {4} in “{5}”."
            )
            here, there = map(exact, found.results)
            return words.format(step, parameter, here, names[0], there, names[1])
        case DifferenceKind.POINTS:
            words = tr(
                "Up to step {0} they are the same to the last bit. The update to step {1} uses {2} in “{3}”, "
                "and {4} in “{5}”."
            )
            points = [_points(rows) for rows in found.rows]
            before = numerals.integer_text(found.step - 1)
            return words.format(before, step, points[0], names[0], points[1], names[1])
    same = tr("Up to step {0} they are the same to the last bit.").format(
        numerals.integer_text(found.step - 1)
    )
    if found.kind is DifferenceKind.RULE:
        words = tr("In the update to step {0} the rules differ:").format(step)
        lines = [
            f"{name}: {line} = {exact(value)}" if line else tr("{0}: no such line").format(name)
            for name, line, value in zip(names, found.lines, found.results, strict=True)
        ]
        return "\n".join([same, words, "", *lines])
    words = tr("In the update to step {0} this line, for {1}, is the first to give another number:")
    values = [f"{name}: {exact(value)}" for name, value in zip(names, found.results, strict=True)]
    causes = [
        tr("since {0} is {1} in “{2}” and {3} in “{4}”").format(
            cause.letter, exact(cause.values[0]), names[0], exact(cause.values[1]), names[1]
        )
        for cause in found.causes
    ]
    if not causes and one.optimizer.update_rule.directions:
        causes = list(filter(None, [remembered_words(one.optimizer)]))
    return "\n".join([same, words.format(step, parameter), "", found.lines[0], "", *values, *causes])


def _points(rows: tuple[int, ...]) -> str:
    listed = ", ".join(numerals.integer_text(row + 1) for row in rows[:_MOST_POINTS])
    if len(rows) == 1:
        return tr("point {0}").format(listed)
    if len(rows) > _MOST_POINTS:
        return tr("points {0} and {1} more").format(listed, numerals.integer_text(len(rows) - _MOST_POINTS))
    return tr("points {0}").format(listed)
