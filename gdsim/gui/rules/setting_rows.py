"""The settings of a rule as a table: what each may be, what it is at first, and the ends of its slider."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from gdsim.core.formulas.symbols import typeset
from gdsim.core.rules.own_rule import (
    VALUES,
    Names,
    fixed_values,
    made_setting,
    usual_setting,
    values_of,
)
from gdsim.core.settings import NUMBER, SWITCH, InvalidValue, Setting
from gdsim.gui.forms.bubble import show_fault
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.editors import FIELD_WIDTH, SwitchEditor
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.text_size import Scaled
from gdsim.gui.translation import translate


def value_words() -> dict[str, str]:
    """Return what the values of settings are called, by their names in files."""
    return {
        "number": translate("Rules", "any number"),
        "positive": translate("Rules", "above 0"),
        "not-negative": translate("Rules", "0 or more"),
        "below-one": translate("Rules", "0 to below 1"),
        "up-to-one": translate("Rules", "0 to 1"),
        "count": translate("Rules", "whole, from 1"),
        "switch": translate("Rules", "on or off"),
    }


class SettingRows(QWidget):
    """Shows a row for each setting, and reports when a person changes one."""

    changed = Signal(object)  # a Setting, with its name

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[object, ...], ...] = ()
        self._settings: dict[str, Setting] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)

    def show_settings(self, settings: Iterable[Setting], names: Names) -> None:
        """Show settings; the fields stay while they are the same ones."""
        settings = tuple(settings)
        shown = tuple((one, one.name in names.switches) for one in settings)
        if shown != self._shown:
            self._shown = shown
            self._settings = {one.name: one for one in settings}
            self._fill(settings, names)

    def _fill(self, settings: tuple[Setting, ...], names: Names) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        heads = (
            translate("Rules", "Name"),
            translate("Rules", "Values"),
            translate("Rules", "At first"),
            translate("Rules", "Slider from"),
            translate("Rules", "to"),
        )
        for place, head in enumerate(heads if settings else ()):
            label = PlainLabel(head)
            label.setObjectName("hint")
            self._grid.addWidget(label, 0, place)
        for row, one in enumerate(settings, 1):
            self._add_row(row, one, can_be_switch=one.name in names.switches)
        self._grid.setColumnStretch(1, 1)
        self._grid.setRowStretch(len(settings) + 1, 1)

    def _add_row(self, row: int, one: Setting, *, can_be_switch: bool) -> None:
        letter = typeset(one.symbol)
        name = PlainLabel(one.name if letter in ("", one.name) else f"{letter} {one.name}")
        self._grid.addWidget(name, row, 0)
        kinds = ComboBox(translate("Rules", "Values of {name}").format(name=one.name))
        for key, words in value_words().items():
            if VALUES[key] != SWITCH or can_be_switch:
                kinds.addItem(words, key)
        kinds.setCurrentIndex(kinds.findData(values_of(one)))
        kinds.setEnabled(fixed_values(one.name) is None)
        kinds.set_help(translate("Rules", "Other values are refused where they are typed, and in files."))
        kinds.activated.connect(lambda _index: self._on_kind(one, kinds))
        self._grid.addWidget(kinds, row, 1)
        if one.is_switch:
            switch = SwitchEditor(one)
            switch.value_changed.connect(partial(self._on_value, switch, one, "default"))
            self._grid.addWidget(switch, row, 2, 1, 3)
            return
        fields = (
            ("default", translate("Rules", "{name} at first"), one.default, one.domain),
            ("low", translate("Rules", "{name} at the left end of its slider"), one.low, NUMBER),
            ("high", translate("Rules", "{name} at the right end of its slider"), one.high, NUMBER),
        )
        for place, (key, label, value, domain) in enumerate(fields, 2):
            field = NumberField(label.format(name=one.name), "", domain, value)
            Scaled(field, QWidget.setFixedWidth, FIELD_WIDTH)
            field.gives_back = False
            field.committed.connect(partial(self._on_value, field, one, key))
            self._grid.addWidget(field, row, place)
        set_tip(name, one.doc, one.label)

    def _on_kind(self, one: Setting, kinds: ComboBox) -> None:
        self.changed.emit(usual_setting(one.name, VALUES[kinds.currentData()]))

    def _on_value(self, widget: QWidget, one: Setting, key: str, value: float) -> None:
        now = self._settings.get(one.name, one)
        wanted = {"default": now.default, "low": now.low, "high": now.high, key: value}
        try:
            setting = made_setting(one.name, one.domain, **wanted)
        except InvalidValue as fault:
            words = translate("Rules", "The right end of the slider {0}.") if fault.key == "high" else "{0}."
            show_fault(widget, words.format(fault.reason))
            if isinstance(widget, NumberField):
                widget.set_value(getattr(now, key))
            return
        self._settings[one.name] = setting
        self._shown = tuple((setting if shown[0] == now else shown[0], *shown[1:]) for shown in self._shown)
        self.changed.emit(setting)
