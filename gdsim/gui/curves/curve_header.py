"""The header of the curves' card: tabs, choice of curves, view options and a short hint."""

from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from gdsim.core.analysis.series import CurveKind
from gdsim.gui.curves.curve_axis import AxisUnit
from gdsim.gui.forms.buttons import give_menu
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.one_of import OneOf, TabButton, TabRow
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.style.text_size import scale_of

_WIDEST_CHOICE, _CHOICE_FRAME = 150, 38


class CurveOptions(NamedTuple):
    """The user's options for drawing the curves."""

    log: bool = True  # whether series that are never negative are drawn on a logarithmic scale
    log_time: bool = False  # whether the horizontal axis is logarithmic
    means: bool = False  # whether means over an epoch are drawn in front of the values of every step
    unit: AxisUnit = AxisUnit.CLOCK  # what the horizontal axis counts
    hides_future: bool = False  # whether curves end at the cursor, and nothing reveals what comes later

    @property
    def counted(self) -> AxisUnit:
        """The unit in use: that of playback while the future is hidden."""
        return AxisUnit.CLOCK if self.hides_future else self.unit


class HeaderContent(NamedTuple):
    """The contents of the header for the current view."""

    choices: tuple[str, ...] = ()
    chosen: int = 0  # index into the choices
    hint: str = ""
    short: str = ""  # a shorter hint for a narrow header
    tip: str = ""  # tooltip of the hint


class CurveHeader(QWidget):
    """A row of tabs, a choice among the curves of the tab, a hint, and the View menu."""

    kind_chosen = Signal(object)  # CurveKind
    choice_made = Signal(int)  # index of the entry that the user chose

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabs = OneOf(self)
        self._tabs.clicked.connect(lambda index: self.kind_chosen.emit(list(CurveKind)[index]))
        tabs = TabRow(self.tr("Kinds of curves"))
        names = self._names()
        for kind in CurveKind:
            tabs.add(self._make_tab(*names[kind]))
        layout = fill_layout(QHBoxLayout(self), tabs, gap=2)
        layout.addSpacing(6)
        # Every other widget in the row comes first. The start of a number would be another number.
        self.hint = ElidedLabel(or_nothing=True, name="hint")
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.hint, 1)
        self.choice = ComboBox(self.tr("Choice of these curves"))
        self.choice.activated.connect(self.choice_made)
        self.choice.hide()  # until there is something to choose
        layout.addWidget(self.choice)
        layout.addSpacing(4)
        self.view_menu = ViewMenu(self)
        self.view = self._make_view()
        layout.addWidget(self.view)

    def set_kind(self, kind: CurveKind) -> None:
        self._tabs.turn_on(list(CurveKind).index(kind))

    def show_head(self, head: HeaderContent) -> None:
        """Show the choices, if there are several, and the hint."""
        self.hint.set_whole(head.hint, head.short)
        self.hint.explain(head.tip)
        texts, chosen = list(head.choices), head.chosen
        if texts != [self.choice.itemText(i) for i in range(self.choice.count())]:
            self.choice.clear()
            self.choice.addItems(texts)
        self.choice.setCurrentIndex(chosen)
        self.choice.setVisible(len(texts) > 1)
        # Only as wide as the current entry needs, so that the hint gets every other pixel.
        chosen_width = self.choice.fontMetrics().horizontalAdvance(self.choice.currentText())
        frame, widest = (round(size * scale_of(self)) for size in (_CHOICE_FRAME, _WIDEST_CHOICE))
        self.choice.setFixedWidth(min(chosen_width + frame, widest))

    def _names(self) -> dict[CurveKind, tuple[str, str]]:
        return {
            CurveKind.LOSS: (self.tr("Loss"), self.tr("The loss over all points.")),
            CurveKind.GRADIENT: (
                self.tr("Gradient"),
                self.tr(
                    "The gradient that each update used: over the points of that update, at the place "
                    "where the rule took it."
                ),
            ),
            CurveKind.PARAMETERS: (self.tr("Parameters"), self.tr("The weights and the bias.")),
            CurveKind.MEMORY: (
                self.tr("State"),
                self.tr("What the rule remembers from step to step, such as v, or m and v."),
            ),
            CurveKind.RATE: (
                self.tr("Effective rate"),
                self.tr("For each parameter, the factor that turns the direction into the step."),
            ),
            CurveKind.LIMIT: (
                self.tr("η·λ"),
                self.tr("The rate times the largest curvature, as a share of the rule's limit."),
            ),
            CurveKind.CUT: (
                self.tr("Cut"),
                self.tr("The loss along a line through the selected run, and how steep it is there."),
            ),
        }

    def _make_tab(self, text: str, sentence: str) -> TabButton:
        tab = TabButton(text)
        tab.setAccessibleName(self.tr("Curves: {0}").format(text))
        set_tip(tab, sentence, text)
        # Focus by Tab only, so that a click leaves the focus where it is.
        tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._tabs.add(tab)
        return tab

    def _make_view(self) -> QToolButton:
        button = QToolButton()
        button.setText(self.tr("View"))
        button.setAccessibleName(self.tr("View of the curves"))
        set_tip(
            button,
            self.tr(
                "Zoom, the axis, logarithmic scales, means over an epoch, and whether the future is shown."
            ),
        )
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        give_menu(button, self.view_menu)
        return button


class ViewMenu(QMenu):
    """Menu of the options for drawing the curves, none of which changes the document."""

    chosen = Signal(object)  # CurveOptions

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self._options = CurveOptions()
        self.log = self._switch(self.tr("Logarithmic scale"), "log")
        self.log.setToolTip(
            self.tr("Draw on a logarithmic scale, which needs values that are never negative.")
        )
        self.log_time = self._switch(self.tr("Logarithmic axis of steps"), "log_time")
        self.axis = self.addMenu(self.tr("Horizontal axis"))
        self.units: dict[AxisUnit, QAction] = {}
        for unit, text in (
            (AxisUnit.CLOCK, self.tr("Steps or epochs, as playback counts")),
            (AxisUnit.POINTS, self.tr("Points seen")),
            (AxisUnit.EVALUATIONS, self.tr("Gradient evaluations")),
        ):
            action = self.units[unit] = self.axis.addAction(text, partial(self._choose, "unit", unit))
            action.setCheckable(True)
        self.means = self._switch(self.tr("Mean over one epoch"), "means")
        self.future = self._switch(self.tr("Only up to the cursor"), "hides_future")
        self.addSeparator()
        # The pane handles these keys while it has the focus; the menu only names them.
        self.zoom_in = self.addAction(self.tr("Zoom in\t+"))
        self.zoom_out = self.addAction(self.tr("Zoom out\t−"))
        self.show_all = self.addAction(self.tr("Show all steps\t0"))

    def _switch(self, text: str, option: str) -> QAction:
        action = self.addAction(text)
        action.setCheckable(True)
        # PySide passes the checked state to a function that takes it, but not to a `partial`.
        action.triggered.connect(lambda on: self._choose(option, on))
        return action

    def _choose(self, option: str, value: Any) -> None:  # noqa: ANN401 - of the type of the option
        self.chosen.emit(self._options._replace(**{option: value}))

    def show_options(self, options: CurveOptions, *, has_log: bool, has_means: bool, is_zoomed: bool) -> None:
        """Check the chosen options, and disable those that have no effect."""
        self._options = options
        self.log.setChecked(options.log and has_log)
        self.log.setEnabled(has_log)
        self.log_time.setChecked(options.log_time)
        self.means.setChecked(options.means)
        self.means.setEnabled(has_means)
        self.future.setChecked(options.hides_future)
        # Only on playback's own axis does the future of all runs begin at the same place.
        self.axis.setEnabled(not options.hides_future)
        for unit, action in self.units.items():
            action.setChecked(unit is options.counted)
        for action in (self.zoom_out, self.show_all):
            action.setEnabled(is_zoomed)
