"""All cards of the window and the widgets in them; no behaviour."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from gdsim.core.model.objective import LECTURE, FunctionObjective, Objective
from gdsim.core.model.objective_words import loss_formula, neuron_formula
from gdsim.gui.arrows.legend import ArrowLegend
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.forms.buttons import IconButton
from gdsim.gui.forms.card import Card, TabbedCard
from gdsim.gui.forms.scrolling import Scrolled
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.map.slice_editor import SliceButton
from gdsim.gui.map.view_range_editor import ViewRangeButton
from gdsim.gui.neuron.fit_pane import FitPane
from gdsim.gui.objective.words import shape_sentence
from gdsim.gui.panes import MapPane, Pane, StyledPane
from gdsim.gui.playback.transport import Transport
from gdsim.gui.points.point_table import PointTable
from gdsim.gui.runs.run_legend import RunLegend
from gdsim.gui.runs.run_list import RunList
from gdsim.gui.surface.exact_note import ExactNote
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.translation import tr
from gdsim.gui.window.layout import ColumnSplitter, GrowingList, at_top, splitter, stacked
from gdsim.gui.window.run_pages import (
    CodePage,
    FunctionCard,
    LimitPage,
    MemoryPage,
    SettingsPage,
    StepPage,
    WhyPage,
)
from gdsim.gui.window.story import SceneStory

# The share of the height of its column that the list of runs has at least.
_RUNS_SHARE = 0.256


class Workspace:
    """The window's widgets by name, arranged."""

    def __init__(self, surface: SurfaceView) -> None:
        self.table = PointTable()
        self.fit = FitPane()
        self.function = FunctionCard()
        self.runs = RunList()
        self.surface = surface
        self.contours = ContourPane()
        self.contours.reads_values = True
        self.curves = CurvePane()
        self.transport = Transport()
        self.editor = SettingsPage()
        self.view_range_button, self.slice_button = ViewRangeButton(), SliceButton()
        self.step = StepPage()
        self.code = CodePage()
        self.why = WhyPage()
        self.memory = MemoryPage()
        self.limit = LimitPage()
        self.legend = ArrowLegend()
        self.exact = ExactNote()
        self.story = SceneStory()
        self.run_names = RunLegend(with_step=False)
        self.run_names.hide()
        self.reset_view = IconButton(
            "reset-view",
            tr("Reset the 3D view"),
            tr("Turn and zoom the surface back to how it was."),
            is_muted=True,
        )
        self.top_view = IconButton(
            "top-view",
            tr("3D view from the top"),
            tr("Look straight down on the surface, as on the map."),
            is_muted=True,
        )
        self.fit_view_range = IconButton(
            "fit",
            tr("Fit the map to the runs"),
            tr("Draw the part of the plane that the runs cross."),
            is_muted=True,
        )
        self.change_neuron = QToolButton()
        self.change_neuron.setText(tr("Change…"))
        self.change_neuron.setAccessibleName(tr("Change neuron and loss"))
        set_tip(self.change_neuron, tr("Choose another activation, loss or penalty."), tr("Neuron and loss"))
        self._make_cards()
        self.maps: tuple[MapPane, ...] = (
            self.surface,
            self.contours,
        )  # panes that draw the error surface
        self.styled: tuple[StyledPane, ...] = (
            self.fit,
            self.surface,
            self.contours,
            self.curves,
            self.runs,
            self.step,
            self.legend,
            self.run_names,
        )
        # All panes that show frames.
        self.panes: tuple[Pane, ...] = (*self.styled, self.code, self.why, self.memory, self.limit)
        self.columns = self._arranged()  # the whole arrangement
        self.show_objective(LECTURE)

    def _make_cards(self) -> None:
        self.points_card = _card(tr("Points"), self.table)
        self.fit_card = _card("", self.fit, controls=(self.change_neuron,))
        self.fit_card.explain(tr("Drag a point to move it; double-click to add one."))
        self.function_card = _card(tr("The function  L(w, b)"), self.function)
        self.runs_card = _card(tr("Runs"), self.runs, controls=(self.runs.tools,))
        self.surface_card = _card(
            tr("Error surface  L(w, b)"), self.surface, self.exact, controls=(self.reset_view, self.top_view)
        )
        self.contours.foot.insertWidget(0, self.slice_button)
        self.contour_card = _card(
            tr("Contours"),
            self.contours,
            self.legend,
            controls=(self.legend.button, self.view_range_button, self.fit_view_range),
        )
        self.curve_card = _plain_card(self.curves)
        self.run_card = TabbedCard(tr("The selected run"))
        settings = Scrolled(at_top(self.editor))
        for title, words, page in (
            (tr("Settings"), tr("Rule, rates, start"), settings),
            (tr("This step"), tr("The step, worked out"), self.step),
            (tr("Code"), tr("The run as Python"), self.code),
            (tr("Why"), tr("What the run does, and why"), self.why),
            (tr("Memory"), tr("How much past gradients count"), self.memory),
            (tr("Limit"), tr("How large a rate the rule tolerates here"), self.limit),
        ):
            self.run_card.add_page(title, words, page)

    def _arranged(self) -> ColumnSplitter:
        vertical, horizontal = Qt.Orientation.Vertical, Qt.Orientation.Horizontal
        self._points_column = splitter(vertical, self.points_card, self.fit_card)
        self._points_column.setSizes([230, 370])
        self._function_column = splitter(vertical, self.function_card)
        self._function_column.hide()
        left = stacked(self._points_column, self._function_column, stretched=self._points_column)
        views = splitter(horizontal, self.surface_card, self.contour_card)
        views.setSizes([500, 500])
        self.middle = splitter(vertical, views, self.curve_card)
        self.middle.setSizes([500, 250])
        self.middle.setStretchFactor(0, 3)
        self.middle.setStretchFactor(1, 1)
        transport = _plain_card(self.transport)
        # The cards, by the names that lessons use
        self.by_name = {
            "points": self.points_card,
            "neuron": self.fit_card,
            "function": self.function_card,
            "runs": self.runs_card,
            "surface": self.surface_card,
            "contours": self.contour_card,
            "curves": self.curve_card,
            "playback": transport,
            "page": self.run_card,
        }
        right = GrowingList(self.runs_card, self.run_card, _RUNS_SHARE)
        self.views = Scrolled(self.middle, across=True)
        return ColumnSplitter(
            left,
            stacked(self.story, self.views, self.run_names, transport, stretched=self.views),
            right,
            self.middle,
        )

    def show_objective(self, objective: Objective) -> None:
        """Show the cards for a neuron and its points, or for a function, and the loss to be minimised."""
        is_function = isinstance(objective, FunctionObjective)
        self._function_column.setVisible(is_function)
        self._points_column.setVisible(not is_function)
        if not is_function:
            title = tr("The neuron  {formula}")
            self.fit_card.set_title(title.format(formula=neuron_formula(objective)))
        formula = loss_formula(objective)
        self.surface_card.explain(f"{formula}\n{shape_sentence(objective)}".strip())


def _card(title: str, *body: QWidget, controls: tuple[QWidget, ...] = ()) -> Card:
    card = Card(title)
    for control in controls:
        card.header.addWidget(control)
    card.set_body(*body)  # after the controls, because Tab follows the order of insertion
    return card


def _plain_card(body: QWidget) -> Card:
    card = _card("", body)
    card.remove_header()
    return card
