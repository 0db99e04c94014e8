"""The page shown after the flights: the surface with all paths, and a table of how they ended."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.exercises.flight.autopilots import Autopilot, autopilots, best_rule, view_range_of
from gdsim.core.exercises.flight.flight import Flight
from gdsim.core.formulas.numerals import integer_text, number
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress
from gdsim.core.surface.sampling import sample_surface
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.exercises.marked_map import MarkedMap
from gdsim.gui.exercises.result_table import ResultTable
from gdsim.gui.exercises.side_panel import SidePanel
from gdsim.gui.forms.card import Card
from gdsim.gui.forms.layouts import Item, fill_layout
from gdsim.gui.runs.run_legend import RunLegend
from gdsim.gui.style.text_size import FontScaler, look_for
from gdsim.gui.style.theme import RunStyle, Theme, run_styles
from gdsim.session.frame import RunView

_PICTURE_WIDTH, _SIDE_WIDTH = 300, 370
# The styles of two pilots and of random search. The first two are those of AdaGrad and RMSProp, which do not
# fly and stand out best from the rules that do.
_STYLES = (3, 4, 6)


class UncoveredSurface(NamedTuple):
    """The surface and the autopilots' flights, shown once the flights are over."""

    surface: LossSurface
    autopilots: tuple[Autopilot, ...]


def uncovering(flights: Sequence[Flight]) -> Progress[UncoveredSurface]:
    """Compute the surface below the flights, and the flights of the autopilots."""
    course = flights[0].course
    found = yield from autopilots(course)
    view_range = view_range_of(flights, best_rule(found))
    experiment = course.experiment
    return UncoveredSurface(
        sample_surface(experiment.points, view_range, objective=experiment.objective), found
    )


def titled_card(title: str, *items: Item | tuple[Item, int]) -> Card:
    body = QWidget()
    fill_layout(QVBoxLayout(body), *items)
    return Card(title, body)


def fill_page(page: QWidget, picture: Card, beside: Card) -> None:
    """Lay out a page as a picture with a card beside it."""
    FontScaler(picture, QWidget.setMinimumWidth, _PICTURE_WIDTH)
    fill_layout(QHBoxLayout(page), (picture, 1), SidePanel(_SIDE_WIDTH, beside), gap=10)


def pilot_runs(flights: Sequence[Flight], names: Sequence[str]) -> list[Run]:
    """Return a run for each pilot, with the name and style of the flight."""
    start = flights[0].course.experiment.runs[0].start
    return [Run(start=start, name=name, style=style) for name, style in zip(names, _STYLES, strict=False)]


def pilot_styles(runs: Sequence[Run], theme: Theme) -> tuple[RunStyle, ...]:
    """Return the styles of the pilots' flights, with solid lines."""
    return tuple(style._replace(dash=()) for style in run_styles(runs, theme))


class SurfacePage(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.map, self.key = MarkedMap(), RunLegend(with_step=False)
        titles = (self.tr("flight"), self.tr("steps"), self.tr("loss"))
        self.table = ResultTable(self.tr("Flights"), titles, numbers=(1, 2))
        self.table.setMinimumHeight(190)
        picture = titled_card(self.tr("The surface"), (self.map, 1))
        fill_page(self, picture, titled_card(self.tr("Flights"), self.table, self.key, None))

    def show_flights(
        self, flights: Sequence[Flight], names: Sequence[str], uncovered: UncoveredSurface, theme: Theme
    ) -> None:
        """Show the surface, the pilots' flights under their names, and the autopilots."""
        own, pilots = pilot_runs(flights, names), uncovered.autopilots
        runs = [*own, *(self._run_of(one, own[0]) for one in pilots)]
        styles = (*pilot_styles(own, theme), *run_styles(runs, theme)[len(own) :])
        # The dialog calls this when its font changes, and its children may still have the old font.
        look = look_for(self.window(), styles)
        self.map.set_look(look)
        self.map.show_surface(uncovered.surface)
        records = [RecordColumns.of_path(one.path, one.loss) for one in flights] + [
            one.record for one in pilots
        ]
        views = tuple(RunView.at_end(run, record) for run, record in zip(runs, records, strict=True))
        self.key.set_look(look)
        self.key.show_frame(self.map.show_runs(views))
        self._fill_table(runs, flights, pilots)

    def _run_of(self, pilot: Autopilot, first: Run) -> Run:
        return replace(pilot.run or replace(first, style=_STYLES[-1]), name=pilot.name)

    def _fill_table(
        self, runs: Sequence[Run], flights: Sequence[Flight], pilots: Sequence[Autopilot]
    ) -> None:
        own = [(one.steps if one.is_solved else None, one.here.loss) for one in flights]
        others = [(one.steps, float(one.record.loss[-1])) for one in pilots]
        rows = [
            (run.shown_name, integer_text(steps) if steps is not None else "–", number(loss))
            for run, (steps, loss) in zip(runs, own + others, strict=True)
        ]
        self.table.show_rows(rows, strong=range(len(own)))
