"""The settings of a rule as a table: the domain of each, its default, and the ends of its slider."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdsim.core.formulas.numerals import precise
from gdsim.core.formulas.symbols import typeset
from gdsim.core.language.texts import translated
from gdsim.core.rules.own_settings import VALUES, fixed_values, made_setting, usual_setting, values_of
from gdsim.core.rules.typed_lines import NamesToSet
from gdsim.core.settings import SWITCH, Domain, Setting, Value
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.editors import FIELD_WIDTH, SwitchEditor
from gdsim.gui.forms.layouts import clear_layout, grid
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.text_size import FontScaler
from gdsim.gui.translation import tr


def value_words() -> dict[str, str]:
    """Return the titles of the domains that a setting may have, by their names in files."""
    return {
        "number": tr("any number"),
        "positive": tr("above 0"),
        "not-negative": tr("0 or more"),
        "below-one": tr("0 to below 1"),
        "up-to-one": tr("0 to 1"),
        "count": tr("whole, from 1"),
        "switch": tr("on or off"),
    }


class SettingRows(QWidget):
    changed = Signal(object)  # Setting: the changed setting

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[object, ...], ...] = ()
        self._settings: dict[str, Setting] = {}
        self._fields: dict[str, dict[str, NumberField]] = {}
        self._grid = grid(self, 8, 4)

    def show_settings(self, settings: Iterable[Setting], names: NamesToSet) -> None:
        """Show these settings; the fields are rebuilt only if something has changed."""
        settings = tuple(settings)
        shown = tuple((setting, setting.name in names.switches) for setting in settings)
        if shown != self._shown:
            self._shown = shown
            self._settings = {setting.name: setting for setting in settings}
            self._fields = {}
            self._fill(settings, names)

    def _fill(self, settings: tuple[Setting, ...], names: NamesToSet) -> None:
        clear_layout(self._grid)
        heads = (tr("Name"), tr("Values"), tr("At first"), tr("Slider from"), tr("to"))
        for place, head in enumerate(heads if settings else ()):
            label = PlainLabel(head, name="hint")
            self._grid.addWidget(label, 0, place)
        for row, setting in enumerate(settings, 1):
            self._add_row(row, setting, can_be_switch=setting.name in names.switches)
        self._grid.setColumnStretch(1, 1)
        self._grid.setRowStretch(len(settings) + 1, 1)

    def _add_row(self, row: int, setting: Setting, *, can_be_switch: bool) -> None:
        letter = typeset(setting.symbol)
        name = PlainLabel(setting.name if letter in ("", setting.name) else f"{letter} {setting.name}")
        self._grid.addWidget(name, row, 0)
        kinds = ComboBox(
            tr("Values of {name}").format(name=setting.name),
            tr("Other values are refused, whether they are typed or come from a file."),
            [(words, key) for key, words in value_words().items() if VALUES[key] != SWITCH or can_be_switch],
        )
        kinds.choose(values_of(setting.domain))
        kinds.setEnabled(fixed_values(setting.name) is None)
        kinds.activated.connect(lambda _index: self._on_kind(setting, kinds))
        self._grid.addWidget(kinds, row, 1)
        if setting.is_switch:
            switch = SwitchEditor(setting)
            switch.value_changed.connect(partial(self._on_value, setting.name, "default"))
            self._grid.addWidget(switch, row, 2, 1, 3)
            return
        labels = {
            "default": tr("{name} at first"),
            "low": tr("{name} at the left end of its slider"),
            "high": tr("{name} at the right end of its slider"),
        }
        domains, fields = _domains(setting), {}
        for place, (key, label) in enumerate(labels.items(), 2):
            field = NumberField(label.format(name=setting.name), "", domains[key], getattr(setting, key))
            FontScaler(field, QWidget.setFixedWidth, FIELD_WIDTH)
            field.gives_back = False
            field.committed.connect(partial(self._on_value, setting.name, key))
            self._grid.addWidget(field, row, place)
            fields[key] = field
        self._fields[setting.name] = fields
        set_tip(name, translated(setting.doc), translated(setting.label))

    def _on_kind(self, setting: Setting, kinds: ComboBox) -> None:
        self.changed.emit(usual_setting(setting.name, VALUES[kinds.currentData()]))

    def _on_value(self, name: str, key: str, value: Value) -> None:
        old = self._settings[name]
        wanted = {"default": old.default, "low": old.low, "high": old.high, key: value}
        setting = self._settings[name] = made_setting(name, old.domain, **wanted)
        self._shown = tuple((setting if shown[0] == old else shown[0], *shown[1:]) for shown in self._shown)
        for end, field in self._fields.get(name, {}).items():
            field.set_domain(_domains(setting)[end])
        self.changed.emit(setting)


def _domains(setting: Setting) -> dict[str, Domain]:
    """Return the domains of the default and of both slider ends, each end on its side of the other."""
    above = tr("{numbers}, above the left end {low}")
    below = tr("{numbers}, below the right end {high}")
    words = setting.domain.in_words
    return {
        "default": setting.domain,
        "low": setting.domain._replace(
            words=below.format(numbers=words, high=precise(setting.high)),
            high=setting.high,
            high_included=False,
        ),
        "high": setting.domain._replace(
            words=above.format(numbers=words, low=precise(setting.low)), low=setting.low, low_included=False
        ),
    }
