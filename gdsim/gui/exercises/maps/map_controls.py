"""The fields and buttons of the maps: what is shown, over which range, and what becomes of it."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from gdsim.core.model.experiment import Run
from gdsim.core.model.kept_windows import MAP_STEPS
from gdsim.gui.exercises.maps.axis_fields import AxisFields
from gdsim.gui.exercises.usual_fields import SolvedBelow, UsualField
from gdsim.gui.forms.flow import Flow
from gdsim.gui.forms.layouts import label_of, plain_button
from gdsim.gui.forms.one_of import OneOf
from gdsim.gui.style.text_size import Scaled
from gdsim.session.session import Session

USUAL_STEPS = 1000
_FIELD_WIDTH = 74


class MapControls(QWidget):
    """What stands above the maps."""

    beside_chosen = Signal(str)  # the name of a run whose map is to come, or to go

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._others: list[str] = []
        self.modes = OneOf(self)
        for text, sentence in (
            (self.tr("Starts"), self.tr("Each pixel is a start: one run from there.")),
            (self.tr("Two settings"), self.tr("Each pixel is a run with other values of two settings.")),
        ):
            self.modes.add(plain_button(text, sentence))
        self.across, self.up = AxisFields(self.tr("Across")), AxisFields(self.tr("Upwards"))
        self.steps = UsualField(
            self.tr("steps"),
            self.tr("How many steps each run makes; never more than it makes in the window."),
            MAP_STEPS,
            USUAL_STEPS,
        )
        self.tolerance = SolvedBelow(session)
        self.all = plain_button(self.tr("Show all"), self.tr("The range from before the zoom (Home)."))
        self.beside = plain_button(
            self.tr("Side by side…"),
            self.tr(
                "Which runs have a map of their own beside that of the selected one, over the same range."
            ),
        )
        self.beside.setMenu(QMenu(self.beside))
        for field in (self.steps, self.tolerance):
            field.gives_back = False
            Scaled(field, QWidget.setFixedWidth, _FIELD_WIDTH)
        tools = Flow(self)
        tools.setSpacing(10)
        for items in (
            (self.modes.button(0), self.modes.button(1)),
            (self.across,),
            (self.across.log,),
            (self.up,),
            (self.up.log,),
            (label_of(self.steps), self.steps),
            (label_of(self.tolerance), self.tolerance),
            (self.all, self.beside),
        ):
            tools.add_group(*items)

    def show_others(self, runs: tuple[Run, ...], chosen: frozenset[str]) -> None:
        """Offer the other runs for maps of their own."""
        menu, names = self.beside.menu(), [run.name for run in runs]
        if names != self._others:  # an entry that was just chosen must not be deleted
            self._others = names
            menu.clear()
            for run in runs:
                label = run.shown_name.replace("&", "&&")
                action = menu.addAction(label, partial(self.beside_chosen.emit, run.name))
                action.setCheckable(True)
        for name, action in zip(names, menu.actions(), strict=True):
            action.setChecked(name in chosen)
        self.beside.setEnabled(bool(runs))
