"""The fields and buttons of the maps: what is shown, over which range, and what becomes of it."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QWidget

from gdsim.core.exercises.maps.axes import MapAxis, MapSetting
from gdsim.core.language.words import translated
from gdsim.core.model.experiment import Run
from gdsim.core.model.kept_windows import MAP_STEPS
from gdsim.core.settings import NUMBER
from gdsim.gui.exercises.usual_fields import SolvedBelow, UsualField
from gdsim.gui.forms.bubble import show_fault
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.flow import Flow
from gdsim.gui.forms.layouts import filled, label_of, plain_button
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.one_of import OneOf
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import PlainLabel, capitalized
from gdsim.gui.style.text_size import Scaled
from gdsim.session.session import Session

_COMBO, _FIELD = 150, 74


class AxisFields(QWidget):
    """Shows an axis, and tells of another one that a person wants."""

    changed = Signal(object)  # MapAxis

    def __init__(self, name: str) -> None:
        super().__init__()
        self._settings: tuple[MapSetting, ...] = ()
        self._axis: MapAxis | None = None
        self.setting = ComboBox(name)
        self.setting.set_help(self.tr("The setting that differs from pixel to pixel in this direction."))
        self.low = NumberField(
            self.tr("{0}, from").format(name), self.tr("The lowest value that is shown."), NUMBER, 0.0
        )
        self.high = NumberField(
            self.tr("{0}, to").format(name), self.tr("The highest value that is shown."), NUMBER, 1.0
        )
        # Stands beside these, or in the next line where letters are large.
        self.log = QCheckBox(self.tr("Logarithmic"))
        self.log.setAccessibleName(self.tr("{0}, logarithmic").format(name))
        set_tip(self.log, self.tr("Equal factors are equally far apart."))
        Scaled(self.setting, QWidget.setFixedWidth, _COMBO)
        for field in (self.low, self.high):
            field.gives_back = False
            Scaled(field, QWidget.setFixedWidth, _FIELD)
            field.committed.connect(self._on_typed)
        self.setting.activated.connect(self._on_setting)
        self.log.clicked.connect(self._on_log)
        words = [PlainLabel(word, name="rowLabel") for word in (self.tr("from"), self.tr("to"))]
        filled(
            QHBoxLayout(self),
            label_of(self.setting),
            self.setting,
            words[0],
            self.low,
            words[1],
            self.high,
            gap=6,
        )

    def show_axis(self, axis: MapAxis, settings: tuple[MapSetting, ...]) -> None:
        self._axis = axis
        if settings != self._settings:
            self._settings = settings
            with QSignalBlocker(self.setting):
                self.setting.clear()
                for one in settings:
                    is_start = one.label == one.symbol
                    words = self.tr("{0} at the start") if is_start else "{0} {1}"
                    self.setting.addItem(capitalized(words.format(one.symbol, translated(one.label)).strip()))
        keys = [one.key for one in settings]
        self.setting.setCurrentIndex(keys.index(axis.setting.key))
        self.low.set_value(axis.low)
        self.high.set_value(axis.high)
        self.log.setChecked(axis.log)
        lowest, _ = axis.setting.ends
        self.log.setEnabled(axis.low > 0.0 or axis.log or lowest >= 0.0)

    def _on_setting(self, index: int) -> None:
        setting = self._settings[index]
        if self._axis is None or setting.key != self._axis.setting.key:
            self.changed.emit(MapAxis.of(setting))

    def _on_typed(self) -> None:
        if self._axis is not None:
            self._take(replace(self._axis, low=float(self.low.value()), high=float(self.high.value())))

    def _on_log(self, log: bool) -> None:
        axis = self._axis
        if axis is None:
            return
        low = axis.low
        if log and low <= 0.0 < axis.high:  # a range from 0 begins a few powers of ten below its end
            low = axis.high * 1e-4
        self._take(replace(axis, low=low, log=log))

    def _take(self, axis: MapAxis) -> None:
        fault = axis.fault()
        if fault:
            sentence = self.tr("{0} {1}.").format(capitalized(translated(axis.setting.label)), fault)
            show_fault(
                self.low if self.low.isModified() or not self.high.isModified() else self.high, sentence
            )
            if self._axis is not None:
                self.show_axis(self._axis, self._settings)
            return
        self.changed.emit(axis)


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
