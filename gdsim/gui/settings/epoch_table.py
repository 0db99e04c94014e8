"""How many steps make an epoch in each batching, as in the lecture's table, and where the run stands."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from gdsim.core.analysis.batch_view import place_in_epoch
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC, BatchingKind
from gdsim.core.model.experiment import Run
from gdsim.gui.plain_text import PlainLabel, SteadyLabel
from gdsim.gui.style.text_size import Scaled
from gdsim.gui.style.theme import Look
from gdsim.session.frame import Frame

_USUAL_SIZE = int(MINI_BATCH()["size"])


class EpochTable(QWidget):
    """Batch 1, stochastic N, mini-batch ⌈N / B⌉; the selected run's batching stands out.

    Its accessible name is the whole of it as text.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("epochTable")
        self._shown: tuple[object, ...] = ()
        self._size, self._per_epoch = _USUAL_SIZE, 1
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(3)
        layout.setColumnStretch(2, 1)
        heading = _label("hint")
        heading.setText(self.tr("steps in one epoch"))
        layout.addWidget(heading, 0, 2, Qt.AlignmentFlag.AlignRight)
        self._rows: dict[BatchingKind, tuple[PlainLabel, PlainLabel, PlainLabel]] = {}
        names = {
            BATCH: self.tr("batch"),
            STOCHASTIC: self.tr("stochastic"),
            MINI_BATCH: self.tr("mini-batch"),
        }
        for row, (kind, name) in enumerate(names.items(), start=1):
            cells = _label("hint"), _label("hint"), _label("hint")
            Scaled(cells[0], QWidget.setFixedWidth, 11)
            cells[1].setText(name)
            for column, cell in enumerate(cells):
                layout.addWidget(cell, row, column)
            cells[2].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._rows[kind] = cells
        self.place = SteadyLabel(wraps=True)
        self.place.setObjectName("hint")
        layout.addWidget(self.place, len(names) + 1, 0, 1, 3)

    def set_look(self, look: Look) -> None:
        """Do nothing: the style sheet has all colours."""

    def show_frame(self, frame: Frame) -> None:
        """Show the selected run's batching, and where it stands at the cursor."""
        if frame.current and frame.update:
            self.show_run(len(frame.update.points), frame.current.run)
            self.show_step(frame.current.step)

    def show_run(self, points: int, run: Run | None) -> None:
        """Show the table for so many points, with the batching of a run."""
        if (points, run) == self._shown:
            return
        self._shown = (points, run)
        if run and run.batching.definition == MINI_BATCH:
            self._size = int(run.batching["size"])
        self._per_epoch = run.batching.updates_per_epoch(points) if run else 1
        mini = MINI_BATCH(size=self._size).updates_per_epoch(points)
        values = {BATCH: "1", STOCHASTIC: f"N = {points:,}", MINI_BATCH: f"⌈N / B⌉ = {mini:,}"}
        self._rows[MINI_BATCH][1].setText(self.tr("mini-batch, B = {0:,}").format(self._size))
        for kind, cells in self._rows.items():
            chosen = run is not None and run.batching.definition == kind
            cells[0].setText("•" if chosen else "")
            cells[2].setText(values[kind])
            for cell in cells:
                _restyle(cell, "strong" if chosen else "hint")
        self.place.make_room(self.place.text())
        self._tell()

    def show_step(self, step: int) -> None:
        """Show which update of which epoch the selected run's step is."""
        update, epoch = place_in_epoch(step, self._per_epoch)
        words = self.tr("step {0:,} is update {1:,} of {2:,} in epoch {3:,}")
        text = words.format(step, update, self._per_epoch, epoch) if step else self.tr("step 0 is the start")
        if text != self.place.text():
            self.place.show_text(text)
            self._tell()

    def _tell(self) -> None:
        rows = [f"{name.text()} {value.text()}" for _, name, value in self._rows.values()]
        self.setAccessibleName(
            self.tr("Steps in one epoch: {0}; {1}").format(", ".join(rows), self.place.text())
        )


def _label(name: str) -> PlainLabel:
    label = PlainLabel()
    label.setObjectName(name)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return label


def _restyle(label: PlainLabel, name: str) -> None:
    if label.objectName() != name:
        label.setObjectName(name)
        label.style().unpolish(label)
        label.style().polish(label)
