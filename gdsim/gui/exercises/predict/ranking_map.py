"""The true ways of those that were ranked, on the map, told apart by line, marker and name."""

from dataclasses import replace

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gdsim.core.engine.trajectory import Columns, Trajectory
from gdsim.core.exercises.predict.ranking import Ranking
from gdsim.core.model.experiment import Run
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.exercises.marked_map import MapMark, MarkedMap
from gdsim.gui.paint.run_sample import SAMPLE_WIDTH, paint_sample
from gdsim.gui.style.theme import LIGHT, Look, RunStyle, Theme, run_styles
from gdsim.session.frame import Frame, RunView

_GAP, _APART, _HEIGHT = 6, 18, 22


class RankingMap(QWidget):
    """A map with a key above it. Before the reveal it shows where all of them start."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._views: tuple[RunView, ...] = ()
        self._best = 0
        self.key, self.map = _Key(), MarkedMap()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.key)
        layout.addWidget(self.map, 1)
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of a theme."""
        self._theme = theme
        self._show()

    def show_start(self, surface: LossSurface | None, start: tuple[float, float] | None) -> None:
        """Show where they start, on the whole map."""
        self._views = ()
        if surface is not None:
            self.map.show_surface(surface)
        self.map.set_marks([MapMark(*start, self.tr("start"))] if start else [])
        self._show()

    def show_ways(self, result: Ranking, runs: tuple[Run, ...], surface: LossSurface) -> None:
        """Show the way of each, and a name at its end.

        Parameters
        ----------
        result : Ranking
        runs : tuple of Run
            Those that were ranked, in the order of ``result.each``.
        surface : LossSurface
            Around their ways.
        """
        self._views = tuple(
            _view(run, one.label, one.record) for run, one in zip(runs, result.each, strict=True)
        )
        self._best = result.order[0]
        self.map.show_surface(surface)
        ends = [tuple(one.record.p[-1, [0, -1]].tolist()) for one in result.each]
        self.map.set_marks(
            [
                MapMark(w, b, one.label, strong=index == self._best, side=(-1, 0, 1)[index % 3])
                for index, (one, (w, b)) in enumerate(zip(result.each, ends, strict=True))
                if surface.view_range.holds(w, b)
            ]
        )
        self._show()

    def _show(self) -> None:
        runs = tuple(view.run for view in self._views)
        styles = run_styles(runs, self._theme)
        self.map.set_look(Look(self._theme, styles))
        self.key.show_runs(tuple(run.name for run in runs), styles, self._theme)
        step = max((view.step for view in self._views), default=0)
        self.map.show_frame(Frame(step, step, by_epoch=False, views=self._views, selected=self._best))


def _view(run: Run, label: str, record: Columns) -> RunView:
    """Return a run as panes take it; its own colour goes, which all three may share."""
    trajectory = Trajectory.of(record)
    own = replace(run, name=label, colour="", hidden=False)
    return RunView(own, trajectory, trajectory.last_step, 1)


class _Key(QWidget):
    """One line: the style of each run, and its name."""

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._styles: tuple[RunStyle, ...] = ()
        self._theme: Theme = LIGHT
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Key"))

    def show_runs(self, names: tuple[str, ...], styles: tuple[RunStyle, ...], theme: Theme) -> None:
        """Show other runs."""
        self._names, self._styles, self._theme = names, styles, theme
        self.setAccessibleDescription(", ".join(names))
        self.update()

    def sizeHint(self) -> QSize:
        """Return one line."""
        return QSize(200, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint samples and names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = 0
        for name, style in zip(self._names, self._styles, strict=True):
            paint_sample(painter, QRect(left, 0, SAMPLE_WIDTH, self.height()), style)
            left += SAMPLE_WIDTH + _GAP
            painter.setPen(QColor(self._theme.text))
            room = QRect(left, 0, self.width() - left, self.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
            left += painter.fontMetrics().horizontalAdvance(name) + _APART
        painter.end()
