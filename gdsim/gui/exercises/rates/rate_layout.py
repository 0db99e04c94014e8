"""What stands where in the dialog that finds a rate; no behaviour."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QVBoxLayout,
)

from gdsim.core.settings import POSITIVE, Domain
from gdsim.gui.exercises.plain_button import plain_button
from gdsim.gui.exercises.rates.rate_charts import RateCharts
from gdsim.gui.exercises.rates.rate_model import RateModel
from gdsim.gui.exercises.run_choice import RunChoice
from gdsim.gui.exercises.work_line import WorkLine
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.tips import tip
from gdsim.gui.plain_text import PlainLabel

MOST_STEPS = 1000
_STEPS = Domain(f"a whole number from 1 to {MOST_STEPS}", int, low=1.0, high=float(MOST_STEPS))
_SIZE = (1020, 600)
_TABLE_WIDTH = 370
_FIELD_WIDTH = 74


def _tr(text: str) -> str:
    return QCoreApplication.translate("RateDialog", text)


class RateLayout:
    """The dialog's widgets by name, arranged."""

    def __init__(self, dialog: QDialog, outline: QVBoxLayout, work: WorkLine) -> None:
        self.runs = RunChoice()
        steps = _tr("How many steps are tried, at most 1000.")
        self.steps = NumberField(_tr("steps"), steps, _STEPS, MOST_STEPS)
        powers = _tr("0.0001, 0.001, 0.01, 0.1 and 1: one for each power of ten.")
        self.ladder = plain_button(_tr("Try the ladder"), powers)
        around = _tr("Half of it, twice and three times as much: 0.05, 0.2, 0.3 around 0.1.")
        self.finer = plain_button(_tr("Finer around the best"), around)
        self.rate = NumberField(_tr("rate"), _tr("Any positive number; Enter tries it."), POSITIVE, 0.5)
        self.add = plain_button(_tr("Try it"), _tr("Tries the rate in the field."))
        self.log = QCheckBox(_tr("logarithmic loss"))
        self.log.setChecked(True)
        self.log.setToolTip(tip(_tr("All curves share one scale, logarithmic or linear.")))
        self.model = RateModel(dialog)
        self.table = QTableView()
        self.charts = RateCharts()
        self.words = PlainLabel()
        self._work = work
        beside = _tr("A copy of the run with the rate of the chosen row, beside it.")
        self.new = plain_button(_tr("Add as a new run"), beside)
        self.close = plain_button(_tr("Close"), _tr("What was tried stays until the program ends."))
        self._dress_table()
        self._arrange(dialog, outline)

    def _dress_table(self) -> None:
        table = self.table
        table.setObjectName("framed")
        table.setAccessibleName(_tr("Rates that were tried"))
        table.setAccessibleDescription(_tr("Enter gives the run the rate of the row."))
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(24)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        table.setFixedWidth(_TABLE_WIDTH)
        self.words.setWordWrap(True)
        self.words.setAccessibleName(_tr("What came of it"))

    def _arrange(self, dialog: QDialog, layout: QVBoxLayout) -> None:
        for field in (self.steps, self.rate):
            field.setFixedWidth(_FIELD_WIDTH)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        for part in (_named(self.steps), self.steps, self.ladder, self.finer):
            tools.addWidget(part)
        tools.addSpacing(12)
        for part in (_named(self.rate), self.rate, self.add):
            tools.addWidget(part)
        tools.addStretch(1)
        tools.addWidget(self.log)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.table)
        middle.addWidget(self.charts, 1)
        last = QHBoxLayout()
        last.setSpacing(8)
        last.addWidget(self._work, 1)
        for button in (self.new, self.close):
            last.addWidget(button)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(self.runs)
        layout.addLayout(tools)
        layout.addLayout(middle, 1)
        layout.addWidget(self.words)
        layout.addLayout(last)
        dialog.resize(*_SIZE)


def _named(field: NumberField) -> PlainLabel:
    label = PlainLabel(field.accessibleName())
    label.setObjectName("rowLabel")
    label.setBuddy(field)
    return label
