"""The terms of a race: budget, trials, starts, seed, and what counts as solved."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdsim.core.model.kept_windows import BUDGET, STARTS, TRIALS, RaceTerms
from gdsim.core.settings import SEED
from gdsim.gui.exercises.usual_fields import SolvedBelow
from gdsim.gui.forms.flow import Flow
from gdsim.gui.forms.layouts import labelled, plain_button
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.one_of import OneOf
from gdsim.gui.style.text_size import FontScaler
from gdsim.session.session import Session

_FIELD_WIDTH = 66
SAMPLE, GRID = 0, 1


class RaceControls(QWidget):
    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.budget = NumberField(
            self.tr("budget"), self.tr("How many gradient evaluations each run may use."), BUDGET, 500
        )
        self.trials = NumberField(
            self.tr("trials"),
            self.tr("How many settings are tried for each rule, spread evenly over its ranges."),
            TRIALS,
            32,
        )
        self.starts = NumberField(
            self.tr("starts"),
            self.tr(
                "From how many starts in the view range each setting is tried. The best is then judged "
                "from as many other starts."
            ),
            STARTS,
            64,
        )
        self.layouts = OneOf(self)
        self.layouts.add(plain_button(self.tr("Sample"), self.tr("The starts are drawn from the seed.")))
        self.layouts.add(
            plain_button(self.tr("Grid"), self.tr("The starts form an even grid of about this number."))
        )
        self.layouts.turn_on(SAMPLE)
        self.seed = NumberField(self.tr("seed"), self.tr("The same seed gives the same table."), SEED, 0)
        self.tolerance = SolvedBelow(session)
        self.race = plain_button(
            self.tr("Race"), self.tr("Tunes every rule, then judges it on other starts."), is_primary=True
        )
        self._of_terms = {
            "budget": self.budget,
            "trials": self.trials,
            "starts": self.starts,
            "seed": self.seed,
            "solved_below": self.tolerance,
        }
        for field in self._of_terms.values():
            field.gives_back = False
            FontScaler(field, QWidget.setFixedWidth, _FIELD_WIDTH)
            field.committed.connect(self.changed)
        self.layouts.clicked.connect(self.changed)
        Flow(self, gap=12).add_groups(
            labelled(self.budget),
            labelled(self.trials),
            labelled(self.starts, self.layouts.button(SAMPLE), self.layouts.button(GRID)),
            labelled(self.seed),
            labelled(self.tolerance),
            (self.race,),
        )

    @property
    def terms(self) -> RaceTerms:
        numbers = {name: field.value() for name, field in self._of_terms.items()}
        return RaceTerms(on_grid=self.layouts.button(GRID).isChecked(), **numbers)

    @terms.setter
    def terms(self, terms: RaceTerms) -> None:
        for name, field in self._of_terms.items():
            field.set_value(getattr(terms, name))
        self.layouts.turn_on(GRID if terms.on_grid else SAMPLE)
