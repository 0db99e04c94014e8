"""The editor of a start: a field for each weight and one for the bias."""

from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.core.model.neuron import written_names
from gdsim.core.settings import NUMBER
from gdsim.gui.forms.editors import FIELD_WIDTH, Editor
from gdsim.gui.forms.fields import CheckedField
from gdsim.gui.forms.layouts import grid
from gdsim.gui.forms.number_fields import NumberField, NumbersField
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.text_size import FontScaler

# More weights than this share one field.
MOST_FIELDS = 6
_PER_LINE = 3
_FIELD_WIDTH = 40


class StartEditor(Editor):
    """Edits d weights and a bias. The value is a tuple of d + 1 numbers, the bias last.

    ``label`` is the accessible name of a field, with {0} for the letter of its parameter.
    """

    def __init__(self, dimension: int, help_: str = "", label: str = "") -> None:
        super().__init__()
        self.dimension = dimension
        self._grid = grid(self, 4, 4)
        help_ = help_ or self.tr(
            "Where the run starts. On the map, drag the ring, or click with the Control key."
        )
        self._weights: CheckedField | None = None
        self._fields: list[NumberField] = []
        if dimension > MOST_FIELDS:
            name = label.format("w") if label else self.tr("weights")
            self._weights = NumbersField(name, help_, (0.0,) * dimension)
            self._add("w", self._weights, 0, 2 * _PER_LINE - 1)
        else:
            for index, name in enumerate(written_names(dimension)[:-1]):
                self._add_number(name, (label or self.tr("start weight {0}")).format(name), help_, index)
        place = _PER_LINE if self._weights else dimension
        self._add_number("b", (label or self.tr("start bias {0}")).format("b"), help_, place)
        self.setFocusProxy(self._weights or self._fields[0])

    def value(self) -> tuple[float, ...]:
        weights = self._weights.value() if self._weights else ()
        return (*weights, *(field.value() for field in self._fields))

    def set_value(self, value: tuple[float, ...]) -> None:
        if self._weights:
            self._weights.set_value(tuple(value[:-1]))
        for field, number in zip(self._fields, value[-len(self._fields) :], strict=True):
            field.set_value(number)

    def _add_number(self, name: str, label: str, help_: str, place: int) -> None:
        field = NumberField(label, help_, NUMBER, 0.0)
        self._fields.append(field)
        self._add(name, field, place, 1)

    def _add(self, name: str, field: CheckedField, place: int, span: int) -> None:
        FontScaler(field, QWidget.setMinimumWidth, _FIELD_WIDTH)
        if self._weights is None or span > 1:
            field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        else:
            FontScaler(field, QWidget.setFixedWidth, FIELD_WIDTH)
        field.committed.connect(self._on_committed)
        label = PlainLabel(name, name="rowLabel")
        label.setBuddy(field)
        line, column = divmod(place, _PER_LINE)
        self._grid.addWidget(label, line, 2 * column)
        self._grid.addWidget(field, line, 2 * column + 1, 1, span)
        if self._weights is None or span > 1:
            self._grid.setColumnStretch(2 * column + span, 1)

    def _on_committed(self) -> None:
        self.value_changed.emit(self.value())
        self.edit_finished.emit()
