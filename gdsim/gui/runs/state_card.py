"""The state as text: step, parameters and loss of every visible run, and why a run ended."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from gdsim.core.engine.trajectory import StopReason
from gdsim.core.formulas.numerals import machine_readable
from gdsim.core.model.neuron import parameter_names
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.paint.words import run_words
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.runs.state_table import StateTable
from gdsim.gui.style.theme import Look
from gdsim.session.frame import Frame, RunView

_MOST_FAULTS = 3


class StateCard(QWidget):
    """What a card named 'Where the runs are' holds.

    Its accessible name is a sentence about the selected run.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stateCard")
        self.view = StateTable(self)
        self._faults = _note("fault")
        self._ending = _note("hint")
        self._older = _note("hint")
        # Copies the table with all digits; made for the header of the card.
        self.copy = QPushButton(self.tr("Copy"), self)
        set_tip(self.copy, self.tr("Copy the table with all digits, for a spreadsheet."))
        self.copy.setAccessibleName(self.tr("Copy where the runs are"))
        self.copy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.copy.clicked.connect(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.view)
        layout.addWidget(self._older)
        layout.addWidget(self._faults)
        layout.addWidget(self._ending)
        layout.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignRight)
        layout.addStretch(1)

    def set_look(self, look: Look) -> None:
        self.view.set_look(look)

    def show_frame(self, frame: Frame) -> None:
        self.view.show_frame(frame)
        views = [view for view in frame.views if not view.run.hidden]
        faults = [_ended(view) for view in views if _has_failed(view)]
        if len(faults) > _MOST_FAULTS:
            faults[_MOST_FAULTS:] = [self.tr("and {0} runs more").format(len(faults) - _MOST_FAULTS)]
        _say(self._faults, "\n".join(faults))
        current = frame.current
        _say(self._older, self._older_losses())
        _say(
            self._ending,
            _ended(current) if current and _is_over(current) and not _has_failed(current) else "",
        )
        sentence = run_words(current) if current else self.tr("No run is selected.")
        if sentence != self.accessibleName():
            self.setAccessibleName(sentence)

    def text(self) -> str:
        """Return the table with all digits, tab-separated, as a spreadsheet takes it."""
        width = max((len(row.weights) for row in self.view.rows), default=1)
        lines = [["run", "step", *parameter_names(width), "loss"]]
        for row in self.view.rows:
            loss = "" if row.is_loss_older else machine_readable(row.loss)
            lines.append([row.name, str(row.step), *map(machine_readable, (*row.weights, row.bias)), loss])
        return "".join("\t".join(line) + "\n" for line in lines)

    def _older_losses(self) -> str:
        older = [row for row in self.view.rows if row.is_loss_older]
        places = self.tr(", ").join(
            self.tr("{0} at step {1}").format(row.name, f"{row.loss_step:,}") for row in older
        )
        return self.tr("* last loss over all points: {0}").format(places) if older else ""

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())


def _is_over(view: RunView) -> bool:
    # A step that diverged is not on the record, so the last one there is counts.
    return view.trajectory.stop is not None and view.step >= view.trajectory.last_step


def _has_failed(view: RunView) -> bool:
    stop = view.trajectory.stop
    return _is_over(view) and stop is not None and stop.reason is StopReason.DIVERGED


def _ended(view: RunView) -> str:
    sentence = view.trajectory.stop.sentence if view.trajectory.stop else ""
    return f"{view.run.name}: {sentence[:1].lower()}{sentence[1:]}"


def _note(name: str) -> PlainLabel:
    label = PlainLabel()
    label.setObjectName(name)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    label.hide()
    return label


def _say(label: PlainLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
        label.setVisible(bool(text))
