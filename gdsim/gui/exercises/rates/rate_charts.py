"""Small multiples: the loss curves of all rates that were tried, on one scale."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from gdsim.core.exercises.rate_ladder import Trial, best
from gdsim.gui.exercises.rates.rate_chart import RateChart, shared_scales
from gdsim.gui.style.theme import LIGHT, Theme

_NARROWEST = 200


class RateCharts(QScrollArea):
    """A grid of charts, as many beside each other as there is room for.

    Signals
    -------
    pressed(float)
        A person wants this rate.
    focused(float)
    """

    pressed = Signal(float)
    focused = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Loss curves"))
        self._theme: Theme = LIGHT
        self._trials: tuple[Trial, ...] = ()
        self._log = True
        self._across = 0
        self.charts: tuple[RateChart, ...] = ()

    def set_theme(self, theme: Theme) -> None:
        """Paint in other colours."""
        self._theme = theme
        for chart in self.charts:
            chart.set_theme(theme)

    def set_log(self, log: bool) -> None:
        """Draw on a logarithmic or a linear scale."""
        self._log = log
        self.show_trials(self._trials)

    def show_trials(self, trials: tuple[Trial, ...]) -> None:
        """Draw other curves."""
        self._trials = trials
        focused = [chart.trial.rate for chart in self.charts if chart.hasFocus()]
        scales, lowest = shared_scales(trials, log=self._log), best(trials)
        self.charts = tuple(RateChart(trial, scales, is_best=trial is lowest) for trial in trials)
        for chart in self.charts:
            chart.set_theme(self._theme)
            chart.pressed.connect(self.pressed)
            chart.focused.connect(self.focused)
        self._lay()
        for chart in self.charts:
            if chart.trial.rate in focused:
                chart.setFocus()

    def set_current(self, rate: float | None) -> None:
        """Frame the chart of a rate."""
        for chart in self.charts:
            chart.set_current(chart.trial.rate == rate)
            if chart.trial.rate == rate:
                self.ensureWidgetVisible(chart)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the new room."""
        super().resizeEvent(event)
        if self._columns() != self._across:
            self._lay()

    def sizeHint(self) -> QSize:
        """Return room for three by two."""
        return QSize(3 * _NARROWEST + 20, 300)

    def _columns(self) -> int:
        return max(1, self.viewport().width() // _NARROWEST)

    def _lay(self) -> None:
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 4, 0)
        grid.setSpacing(8)
        self._across = self._columns()
        for place, chart in enumerate(self.charts):
            grid.addWidget(chart, place // self._across, place % self._across)
        for column in range(self._across):
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(len(self.charts) // self._across + 1, 1)
        self.setWidget(body)  # the charts have a new parent; the old body goes
