"""How many steps make an epoch in each data regime, as in the lecture's table, and where the run stands."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from gdsim.core.batch_view import place_in_epoch
from gdsim.core.experiment import Run
from gdsim.core.regime import MiniBatch
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.theme import Look
from gdsim.session.frame import Frame

_USUAL_SIZE = MiniBatch().size


class EpochTable(QWidget):
    """Batch 1, stochastic N, mini-batch ⌈N / B⌉; the selected run's regime stands out.

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
        self._rows: dict[str, tuple[PlainLabel, PlainLabel, PlainLabel]] = {}
        names = {
            "batch": self.tr("batch"),
            "stochastic": self.tr("stochastic"),
            "mini-batch": self.tr("mini-batch"),
        }
        for row, (regime, name) in enumerate(names.items(), start=1):
            cells = _label("hint"), _label("hint"), _label("hint")
            cells[0].setFixedWidth(10)
            cells[1].setText(name)
            for column, cell in enumerate(cells):
                layout.addWidget(cell, row, column)
            cells[2].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._rows[regime] = cells
        self.place = _label("hint")
        self.place.setWordWrap(True)
        layout.addWidget(self.place, len(names) + 1, 0, 1, 3)

    def set_look(self, look: Look) -> None:
        """Nothing here is painted by hand; the style sheet does it all."""

    def show_frame(self, frame: Frame) -> None:
        """Show the selected run's regime, and where it stands at the cursor."""
        if frame.current and frame.update:
            self.show_run(len(frame.update.points), frame.current.run)
            self.show_step(frame.current.step)

    def show_run(self, points: int, run: Run | None) -> None:
        """Show the table for so many points, with the regime of a run."""
        if (points, run) == self._shown:
            return
        self._shown = (points, run)
        if run and run.regime.id == "mini-batch":
            self._size = getattr(run.regime, "size", _USUAL_SIZE)
        self._per_epoch = run.regime.updates_per_epoch(points) if run else 1
        mini = MiniBatch(size=self._size).updates_per_epoch(points)
        values = {
            "batch": "1",
            "stochastic": f"N = {points:,}",
            "mini-batch": f"⌈N / B⌉ = {mini:,}",
        }
        self._rows["mini-batch"][1].setText(self.tr("mini-batch, B = {0:,}").format(self._size))
        for regime, cells in self._rows.items():
            chosen = run is not None and run.regime.id == regime
            cells[0].setText("•" if chosen else "")
            cells[2].setText(values[regime])
            for cell in cells:
                _restyle(cell, "strong" if chosen else "hint")
        self._tell()

    def show_step(self, step: int) -> None:
        """Say which update of which epoch the selected run's step is."""
        update, epoch = place_in_epoch(step, self._per_epoch)
        words = self.tr("step {0:,} is update {1:,} of {2:,} in epoch {3:,}")
        text = words.format(step, update, self._per_epoch, epoch) if step else self.tr("step 0 is the start")
        if text != self.place.text():
            self.place.setText(text)
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
    """Give a label the look of another name of the style sheet."""
    if label.objectName() != name:
        label.setObjectName(name)
        label.style().unpolish(label)
        label.style().polish(label)
