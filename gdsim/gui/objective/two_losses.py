"""The surface of another loss over the same points, beside that of the document and under one camera."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from gdsim.core.language.texts import translated
from gdsim.core.lessons.lesson import SecondScene
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import LOSSES, FunctionObjective, NeuronObjective
from gdsim.gui.forms.buttons import IconButton
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.lessons.beside_card import BesideCard
from gdsim.gui.objective.words import shape_sentence
from gdsim.gui.plain_text import text_label
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.session.session import Session

_SQUARED, _CROSS_ENTROPY = "squared", "cross-entropy"


class OtherLossCard(BesideCard):
    """The runs of the document on the surface of another loss, and why the two surfaces differ."""

    compared = frozenset({"surface"})

    def __init__(self, session: Session, view: SurfaceView) -> None:
        experiment = session.experiment
        objective = experiment.objective
        # At first, squared error is compared with cross-entropy, and any other loss with squared error.
        is_squared = isinstance(objective, NeuronObjective) and objective.loss == _SQUARED
        loss = _CROSS_ENTROPY if is_squared else _SQUARED
        self._main_session, self._loss = session, loss
        super().__init__(SecondScene("", _with_loss(experiment, loss), session.selected), view)
        losses = ((translated(one.title), key) for key, one in LOSSES.items())
        self.choice = ComboBox(self.tr("The other loss"), choices=losses)
        set_tip(self.choice, self.tr("The loss whose surface is shown here, over the same points."))
        self.choice.choose(loss)
        self.choice.fit_entries()
        self.choice.activated.connect(self._on_chosen)
        self.away = IconButton(
            "close",
            self.tr("Close"),
            self.tr("Remove the other loss, and show again what was here before."),
            is_muted=True,
        )
        for widget in (self.choice, self.away):
            self.header.addWidget(widget)
        self.why = text_label()
        self._layout.addWidget(self.why)
        self._explain()
        session.selected_changed.connect(self.session.select)

    @Slot(object, object)
    def renew(self, _old: Experiment, new: Experiment) -> None:
        """Show the current points and runs of the document, whose objective must still be a neuron."""
        self.session.open(_with_loss(new, self._loss))
        self.session.select(self._main_session.selected)
        self._explain()
        self.follow(self._main_session.frame())

    @Slot(int)
    def _on_chosen(self, index: int) -> None:
        self._loss = self.choice.itemData(index)
        self.renew(self._main_session.experiment, self._main_session.experiment)

    def _explain(self) -> None:
        here, there = self._main_session.experiment.objective, self.session.experiment.objective
        assert isinstance(here, NeuronObjective)  # noqa: S101 - a function has no card
        assert isinstance(there, NeuronObjective)  # noqa: S101 - as above
        name = translated(LOSSES[there.loss].title)
        self.set_title(self.tr("{loss}  (the same points)").format(loss=name))
        if here.loss == there.loss:
            words = self.tr("Both are the same loss. {why}").format(why=shape_sentence(there))
        else:
            words = self.tr("Left ({first}): {why}\nRight ({second}): {other}").format(
                first=translated(LOSSES[here.loss].title),
                why=shape_sentence(here),
                second=name,
                other=shape_sentence(there),
            )
        self.why.setText(words)


class TwoLosses(QObject):
    """Opens and closes the card of another loss beside the surface of the document."""

    refused = Signal(str)  # why there is no other loss, as a sentence
    beside_changed = Signal(object)  # OtherLossCard or None: the card to show beside the surface

    def __init__(self, window: QWidget, session: Session, view: SurfaceView) -> None:
        super().__init__(window)
        self._session, self._view = session, view
        self.card: OtherLossCard | None = None
        session.experiment_changed.connect(self._on_experiment)

    def toggle(self) -> None:
        if self.card is not None:
            self._set_card(None)
        elif isinstance(self._session.experiment.objective, FunctionObjective):
            self.refused.emit(
                self.tr("A function of w and b has no points, so there is no other loss over them.")
            )
        else:
            card = OtherLossCard(self._session, self._view)
            card.away.clicked.connect(self.toggle)
            self._set_card(card)

    def forget(self) -> None:
        """Drop the card without a signal, because the caller has already taken it away."""
        self.card = None

    def _set_card(self, card: OtherLossCard | None) -> None:
        self.card = card
        self.beside_changed.emit(card)

    @Slot(object, object)
    def _on_experiment(self, old: Experiment, new: Experiment) -> None:
        if self.card is None:
            return
        if isinstance(new.objective, FunctionObjective):
            self._set_card(None)
        else:
            self.card.renew(old, new)


def _with_loss(experiment: Experiment, loss: str) -> Experiment:
    objective = experiment.objective
    assert isinstance(objective, NeuronObjective)  # noqa: S101 - a function has no card
    return replace(experiment, objective=objective.with_loss(loss))
