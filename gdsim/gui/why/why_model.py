"""The findings of a run as a list model: those at the present step first, then the others."""

from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gdsim.core.analysis.diagnosis import Finding
from gdsim.core.formulas.numerals import precise
from gdsim.gui.forms.tips import tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_ROOT = QModelIndex()


class WhyRow(NamedTuple):
    """One row of the list: a finding, or a heading.

    Attributes
    ----------
    place : int
        The finding's place among all of the run; -1 for a heading.
    finding : Finding or None
    now : bool
        Whether it is about the present step.
    heading : str
    """

    place: int
    finding: Finding | None
    now: bool
    heading: str = ""


class WhyModel(QAbstractListModel):
    """Findings, parted by headings into those that cover the present step and the others."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[WhyRow, ...] = ()
        self._findings: tuple[Finding, ...] = ()
        self._step = -1
        self._now: tuple[int, ...] = ()

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Show other findings."""
        self._findings = findings
        self._arrange(self._covering())

    def show_step(self, step: int) -> None:
        """Bring the findings about a step to the top; nothing moves when they are the same."""
        if step == self._step:
            return
        self._step = step
        now = self._covering()
        if now != self._now:
            self._arrange(now)
        elif self.rows:
            self.rows = (self._first_heading(), *self.rows[1:])
            self.dataChanged.emit(self.index(0), self.index(0), [Role.DisplayRole, ROW_ROLE])

    def row_of(self, place: int) -> int:
        """Return the row of a finding, by its place among all of them; -1 when there is none."""
        return next((row for row, one in enumerate(self.rows) if one.place == place >= 0), -1)

    def _covering(self) -> tuple[int, ...]:
        return tuple(place for place, one in enumerate(self._findings) if one.covers(self._step))

    def _arrange(self, now: tuple[int, ...]) -> None:
        self.beginResetModel()
        self._now = now
        rows: list[WhyRow] = []
        if self._findings:
            rows = [self._first_heading(), *(WhyRow(one, self._findings[one], now=True) for one in now)]
            others = [one for one in range(len(self._findings)) if one not in now]
            if others:
                rows.append(WhyRow(-1, None, now=False, heading=self.tr("At other steps")))
            rows += [WhyRow(one, self._findings[one], now=False) for one in others]
        self.rows = tuple(rows)
        self.endResetModel()

    def _first_heading(self) -> WhyRow:
        words = self.tr("At step {0}") if self._now else self.tr("At step {0}: nothing to remark")
        return WhyRow(-1, None, now=True, heading=words.format(f"{self._step:,}"))

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of rows, headings included."""
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let findings be chosen, and headings not."""
        if not index.isValid() or self.rows[index.row()].finding is None:
            return Qt.ItemFlag.NoItemFlags
        never = Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | never

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Return what is shown of a row."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if row.finding is None:
            return row.heading if role in (Role.DisplayRole, Role.AccessibleTextRole) else None
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            return f"{row.finding.kind.value}, {self._steps(row.finding)}: {row.finding.sentence}"
        return tip(measured(row.finding, precise), row.finding.sentence) if role == Role.ToolTipRole else None

    def _steps(self, finding: Finding) -> str:
        """Return the steps of a finding in words."""
        if finding.first == finding.last:
            return self.tr("step {0}").format(f"{finding.first:,}")
        return self.tr("steps {0} to {1}").format(f"{finding.first:,}", f"{finding.last:,}")


def measured(finding: Finding, write: Any) -> str:  # noqa: ANN401 - a function of a number
    """Return the numbers behind a finding in one line."""
    return "   ".join(_together(f"{name}: {write(value)}") for name, value in finding.numbers.items())


def _together(text: str) -> str:
    """Return a text that is not broken into lines."""
    return text.replace(" ", "\u00a0")
