"""The dialog in which a neuron and its loss are chosen, with the resulting formulas."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.core.arrays import Array
from gdsim.core.language.texts import translated
from gdsim.core.model.objective import ACTIVATIONS, HALF_SUM, LOSSES, MEAN, SUM, NeuronObjective
from gdsim.core.model.objective_words import loss_formula, neuron_formula, unreachable_targets
from gdsim.core.settings import NOT_NEGATIVE, POSITIVE, Setting
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.dialog import ScreenDialog, heading
from gdsim.gui.forms.editors import NumberEditor
from gdsim.gui.forms.form import form_row
from gdsim.gui.forms.layouts import ABOVE_HEADING, DIALOG_MARGINS, fill_layout
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.objective.words import shape_sentence
from gdsim.gui.plain_text import hint_label, text_label
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import tr


class NeuronDialog(ScreenDialog):
    """Shows the formulas of the current choice. ``targets`` are the values y of the document's points."""

    chosen = Signal(object)  # NeuronObjective

    def __init__(self, objective: NeuronObjective, targets: Array, parent: QWidget | None = None) -> None:
        super().__init__(parent, tr("Neuron and loss"))
        self._targets = targets
        self.activation = ComboBox(
            self.tr("activation"),
            self.tr("How the output f follows from z = w·x + b."),
            [(translated(one.title), key) for key, one in ACTIVATIONS.items()],
        )
        self.loss = ComboBox(
            self.tr("loss"),
            self.tr("What a point adds to L, depending on the distance of f from its y."),
            [(translated(one.title), key) for key, one in LOSSES.items()],
        )
        self.reduction = ComboBox(
            self.tr("reduction"),
            self.tr(
                "How the terms of the points are combined. The lecture takes half the sum of the squares."
            ),
        )
        self.delta = NumberEditor(_DELTA)
        self.l2 = NumberEditor(_L2)
        self.formulas, self.shape, self.remark = text_label(name="formula"), text_label(), hint_label()
        self._arrange()
        self._show(objective)
        self._connect()
        resize_window(self, 460, 440)

    def objective(self) -> NeuronObjective:
        loss = self.loss.currentData()
        delta = float(self.delta.value()) if loss == "huber" else 1.0
        return NeuronObjective(
            self.activation.currentData(), loss, self.reduction.currentData(), float(self.l2.value()), delta
        )

    def _arrange(self) -> None:
        self.formulas.setAccessibleName(self.tr("The formulas"))
        for setting, editor in ((_DELTA, self.delta), (_L2, self.l2)):
            set_tip(editor, translated(setting.doc), translated(setting.label))
        self._delta_row = form_row("δ", self.delta)
        fill_layout(
            QVBoxLayout(self.content),
            form_row(self.tr("activation"), self.activation),
            form_row(self.tr("loss"), self.loss),
            form_row(self.tr("reduction"), self.reduction),
            self._delta_row,
            form_row(self.tr("penalty λ"), self.l2),
            ABOVE_HEADING,
            heading(self.tr("What follows")),
            self.formulas,
            self.shape,
            self.remark,
            None,
            gap=6,
            margins=DIALOG_MARGINS,
        )
        self.take = self.end_with(self.tr("Use this neuron"), self._on_take)

    def _show(self, objective: NeuronObjective) -> None:
        self.activation.choose(objective.activation)
        self.loss.choose(objective.loss)
        self._offer_reductions(objective.reduction)
        self.delta.set_value(objective.delta)
        self.l2.set_value(objective.l2)
        self._explain()

    def _offer_reductions(self, wanted: str) -> None:
        """Offer the reductions of the loss, and choose the wanted one, or the first if it is not offered."""
        half, mean = self.tr("Half the sum"), self.tr("Mean: sum divided by N")
        names = {HALF_SUM: half, SUM: self.tr("Sum"), MEAN: mean}
        offered = NeuronObjective.reductions_of(self.loss.currentData())
        self.reduction.offer((names[reduction], reduction) for reduction in offered)
        self.reduction.choose(wanted)

    def _connect(self) -> None:
        self.activation.activated.connect(self._explain)
        self.loss.activated.connect(self._on_loss)
        self.reduction.activated.connect(self._explain)
        for editor in (self.delta, self.l2):
            editor.value_changed.connect(self._explain)

    def _on_loss(self) -> None:
        self._offer_reductions(self.reduction.currentData())
        self._explain()

    def _explain(self) -> None:
        objective = self.objective()
        self._delta_row.setVisible(objective.loss == "huber")
        self.formulas.setText(f"{neuron_formula(objective)}\n{loss_formula(objective)}")
        self.shape.setText(shape_sentence(objective))
        self.remark.show_words(unreachable_targets(self._targets, objective))

    def _on_take(self) -> None:
        self.chosen.emit(self.objective())
        self.accept()


_DELTA = Setting(
    "delta",
    "δ",
    "δ",
    "The error from which on Huber's loss is straight.",
    1.0,
    POSITIVE,
    0.01,
    10.0,
    log=True,
)
_L2 = Setting(
    "l2", "λ", "λ", "How much large weights cost: ½ λ Σ w², without the bias; 0 for nothing.",
    0.0, NOT_NEGATIVE, 0.0, 1.0,
)  # fmt: skip
