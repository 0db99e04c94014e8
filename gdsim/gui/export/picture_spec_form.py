"""The settings of a picture, one under the other."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QWidget

from gdsim.core.settings import Domain
from gdsim.gui.export.picture_spec import (
    HIGHEST,
    LETTERS,
    LOWEST,
    NARROWEST,
    SCALES,
    WIDEST,
    PicturePart,
    PictureSpec,
)
from gdsim.gui.export.words import letters_name, part_name
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.style.theme import THEMES


class ShotForm(QWidget):
    """Edits a `PictureSpec`.

    Parameters
    ----------
    scales : sequence of int
        Those that can be chosen.

    Signals
    -------
    value_changed(PictureSpec)
    """

    value_changed = Signal(object)

    def __init__(self, scales: Sequence[int] = SCALES, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.part = choice(self.tr("What"), [(part_name(part), part) for part in PicturePart])
        self.width_field = number(
            self.tr("width"), self.tr("Of the picture in pixels, at a scale of 1."), NARROWEST, WIDEST
        )
        self.height_field = number(
            self.tr("height"), self.tr("Of the picture in pixels, at a scale of 1."), LOWEST, HIGHEST
        )
        self.scale = choice(self.tr("Scale"), [(f"{scale}×", scale) for scale in scales])
        self.scale.set_help(
            self.tr("Everything is drawn anew with so many pixels for one; nothing is blurred.")
        )
        self.letters = choice(self.tr("Letters and lines"), [(letters_name(one), one) for one in LETTERS])
        names = {"light": self.tr("light"), "dark": self.tr("dark")}
        self.theme = choice(self.tr("Theme"), [(names[name], name) for name in THEMES])
        self.runs = QCheckBox(self.tr("with the runs"))
        self.legend = QCheckBox(self.tr("with the names of the runs and the step"))
        self._rows = _form_layout(self)
        for name, field in (
            (self.tr("what"), self.part),
            (self.tr("width"), self.width_field),
            (self.tr("height"), self.height_field),
            (self.tr("scale"), self.scale),
            (self.tr("letters"), self.letters),
            (self.tr("theme"), self.theme),
        ):
            self.add_row(name, field)
        self._rows.addRow(self.runs)
        self._rows.addRow(self.legend)
        self._connect()

    def _connect(self) -> None:
        for combo in (self.part, self.scale, self.letters, self.theme):
            combo.currentIndexChanged.connect(self._on_change)
        for field in (self.width_field, self.height_field):
            field.committed.connect(self._on_change)
        for box in (self.runs, self.legend):
            box.toggled.connect(self._on_change)

    def add_row(self, name: str, field: QWidget) -> None:
        """Put something else below, in line with the rest."""
        self._rows.addRow(name, field)

    def value(self) -> PictureSpec:
        """Return the spec."""
        return PictureSpec(
            part=PicturePart(self.part.currentData()),
            width=self.width_field.value(),
            height=self.height_field.value(),
            scale=self.scale.currentData(),
            letters=self.letters.currentData(),
            theme=self.theme.currentData(),
            runs=self.runs.isChecked(),
            legend=self.legend.isChecked(),
        )

    def set_value(self, spec: PictureSpec) -> None:
        """Show another spec."""
        self.blockSignals(True)
        for combo, value in (
            (self.part, spec.part),
            (self.scale, spec.scale),
            (self.letters, spec.letters),
            (self.theme, spec.theme),
        ):
            combo.setCurrentIndex(max(0, combo.findData(value)))
        self.width_field.set_value(spec.width)
        self.height_field.set_value(spec.height)
        self.runs.setChecked(spec.runs)
        self.legend.setChecked(spec.legend)
        self.blockSignals(False)
        self._show_possible()

    def _on_change(self) -> None:
        self._show_possible()
        self.value_changed.emit(self.value())

    def _show_possible(self) -> None:
        """Let only that be set which has a meaning: the window is as it is."""
        panes = self.part.currentData() != PicturePart.WINDOW
        for field in (self.width_field, self.height_field, self.letters, self.theme, self.runs):
            field.setEnabled(panes)
        self.legend.setEnabled(panes and self.runs.isChecked())


def _form_layout(parent: QWidget) -> QFormLayout:
    """Return rows of a name and a field."""
    rows = QFormLayout(parent)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setVerticalSpacing(6)
    rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return rows


def choice(name: str, items: Iterable[tuple[str, object]]) -> ComboBox:
    """Return a combo box of texts and what they stand for."""
    combo = ComboBox(name)
    for text, data in items:
        combo.addItem(text, data)
    return combo


def number(name: str, help_: str, low: float, high: float, kind: type[int | float] = int) -> NumberField:
    """Return a field for a number."""
    words = "a whole number" if kind is int else "a number"
    domain = Domain(f"{words} from {low:g} to {high:g}", kind, low=low, high=high)
    field = NumberField(name, help_, domain, kind(low))
    field.gives_back = False  # after Enter the keys stay in the dialog
    return field
