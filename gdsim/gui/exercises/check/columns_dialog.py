"""Choosing which columns of a table hold the values, and which rows belong to the run."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from gdsim.core.exercises.check.columns import ColumnPlan, SheetPreview
from gdsim.core.files.table.table import ColumnKind
from gdsim.core.formulas.symbols import letter_of
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.forms.layouts import DIALOG_MARGINS, grid, label_for
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import sentence_label, text_label
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import tr

# How many of a column's first values are shown.
_SAMPLE = 3


class ColumnsDialog(ScreenDialog):
    """One-time dialog that offers a guess at the columns of a table, to confirm or change."""

    chosen = Signal(object)  # ColumnPlan

    def __init__(
        self, preview: SheetPreview, names: tuple[str, ...], source: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, tr("Which columns?"), once=True)
        self._preview = preview
        numbers = preview.outline.of_kind(ColumnKind.NUMBERS)
        plan = preview.plan
        self.step = self._box(self.tr("step"), (None, *numbers), plan.step)
        self.parameters = tuple(
            self._box(letter_of(name), numbers, place)
            for name, place in zip(names, plan.parameters, strict=True)
        )
        self.run = self._box(self.tr("column of runs"), (None, *preview.runs), plan.run)
        self.run_name = ComboBox(self.tr("run"))
        self.by_epoch = QCheckBox(self.tr("It counts &epochs"))
        set_tip(self.by_epoch, self.tr("Each row is the end of an epoch, not of a step."))
        self.by_epoch.setChecked(plan.by_epoch)
        self._fault = sentence_label("fault")
        self._arrange(source)
        self.run.currentIndexChanged.connect(self._show_names)
        for box in (self.step, *self.parameters):
            box.currentIndexChanged.connect(self._show_fault)
        self._show_names()
        self._show_fault()
        resize_window(self, 420, 300)

    def _box(self, label: str, places: Sequence[int | None], chosen: int | None) -> ComboBox:
        names = [self.tr("none") if place is None else self._words(place) for place in places]
        box = ComboBox(label, choices=zip(names, places, strict=True))
        box.choose(chosen)
        return box

    def _words(self, place: int) -> str:
        """Return the name of a column followed by its first values."""
        cells = [row[place] for row in self._preview.outline.rows[:_SAMPLE] if place < len(row)]
        return self.tr("{name}: {values} …").format(name=self._preview.name(place), values="; ".join(cells))

    def _arrange(self, source: str) -> None:
        fields = grid(self.content, margins=DIALOG_MARGINS)
        words = (
            self.tr("The columns of {0} can be read in several ways. Is this right?").format(source)
            if source
            else self.tr("The columns can be read in several ways. Is this right?")
        )
        fields.addWidget(text_label(words), 0, 0, 1, 2)
        boxes = [self.step, self.by_epoch, *self.parameters]
        if self._preview.runs:
            boxes += [self.run, self.run_name]
        for row, box in enumerate(boxes, 1):
            if isinstance(box, ComboBox):
                fields.addWidget(label_for(box), row, 0)
            fields.addWidget(box, row, 1)
        fields.addWidget(self._fault, len(boxes) + 1, 0, 1, 2)
        fields.setColumnStretch(1, 1)
        self._take = self.end_with(self.tr("&Check these"), self._on_take)

    @property
    def plan(self) -> ColumnPlan:
        run = self.run.currentData() if self._preview.runs else None
        return ColumnPlan(
            self.step.currentData(),
            tuple(box.currentData() for box in self.parameters),
            run,
            self.run_name.currentText() if run is not None else "",
            by_epoch=self.by_epoch.isChecked() and self.step.currentData() is not None,
        )

    @Slot()
    def _show_names(self) -> None:
        place = self.run.currentData()
        names = self._preview.runs.get(place, ())
        self.run_name.offer(zip(names, names, strict=True))
        self.run_name.choose(self._preview.plan.run_name)
        self.run_name.setEnabled(bool(names))

    @Slot()
    def _show_fault(self) -> None:
        """Refuse a column that is chosen twice."""
        used = [box.currentData() for box in (self.step, *self.parameters) if box.currentData() is not None]
        is_twice = len(set(used)) < len(used)
        self._fault.setText(self.tr("Each column can be one thing only.") if is_twice else "")
        self._take.setEnabled(not is_twice)
        self.by_epoch.setEnabled(self.step.currentData() is not None)

    @Slot()
    def _on_take(self) -> None:
        self.chosen.emit(self.plan)
        self.accept()
