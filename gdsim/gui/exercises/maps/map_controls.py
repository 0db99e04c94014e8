"""The fields and buttons of the maps: what is shown, over which range, and when a run is solved."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QWidget

from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.run_settings import is_of_start
from gdsim.core.formulas.symbols import setting_name
from gdsim.core.model.kept_windows import MAP_STEPS
from gdsim.core.model.run import Run
from gdsim.core.settings import Setting
from gdsim.gui.exercises.range_fields import RangeFields
from gdsim.gui.exercises.usual_fields import SolvedBelow, UsualField
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.flow import Flow
from gdsim.gui.forms.layouts import fill_layout, labelled, plain_button
from gdsim.gui.forms.one_of import OneOf
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import PlainLabel, capitalized
from gdsim.gui.style.text_size import FontScaler
from gdsim.session.session import Session

USUAL_STEPS = 1000
_COMBO, _FIELD_WIDTH = 150, 74


class AxisFields(QWidget):
    """Fields that show an axis, and emit the axis that the user edits it to."""

    changed = Signal(object)  # MapAxis

    def __init__(self, name: str) -> None:
        super().__init__()
        self._settings: tuple[Setting, ...] = ()
        self._axis: MapAxis | None = None
        self.setting = ComboBox(name)
        self.setting.set_help(self.tr("The setting that differs from pixel to pixel in this direction."))
        tips = self.tr("The lowest value that is shown."), self.tr("The highest value that is shown.")
        self.ends = RangeFields(name, tips, _FIELD_WIDTH)
        # Its label names the axis, because it may be wrapped to the next line if the font is large.
        self.log = QCheckBox(self.tr("{0}, logarithmic").format(name))
        set_tip(self.log, self.tr("Equal factors are equally far apart."))
        FontScaler(self.setting, QWidget.setFixedWidth, _COMBO)
        self.ends.changed.connect(self.changed)
        self.setting.activated.connect(self._on_setting)
        self.log.clicked.connect(self._on_log)
        word = PlainLabel(self.tr("from"), name="rowLabel")
        fill_layout(QHBoxLayout(self), *labelled(self.setting, word), self.ends, gap=6)

    def show_axis(self, axis: MapAxis, settings: tuple[Setting, ...]) -> None:
        self._axis = axis
        if settings != self._settings:
            self._settings = settings
            self.setting.offer((self._words(one), one.name) for one in settings)
        self.setting.choose(axis.setting.name)
        self.ends.show_axis(axis)
        self.log.setChecked(axis.log)
        lowest, _ = axis.setting.domain.ends
        self.log.setVisible(axis.low > 0.0 or axis.log or lowest >= 0.0)

    def _words(self, setting: Setting) -> str:
        name = setting_name(setting)
        return capitalized(self.tr("{0} at the start").format(name) if is_of_start(setting) else name)

    def _on_setting(self, index: int) -> None:
        setting = self._settings[index]
        if self._axis is None or setting.name != self._axis.setting.name:
            self.changed.emit(MapAxis.of(setting))

    def _on_log(self, log: bool) -> None:
        axis = self._axis
        if axis is not None and not self.ends.take(axis.with_log(log=log)):
            self.log.setChecked(axis.log)


class MapControls(QWidget):
    beside_chosen = Signal(str)  # the name of a run whose map is to be added or removed

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._others: list[str] = []
        self.modes = OneOf(self)
        for text, sentence in (
            (self.tr("Starts"), self.tr("Each pixel is a start: one run from there.")),
            (self.tr("Two settings"), self.tr("Each pixel is a run with different values of two settings.")),
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
                "Which runs have a map of their own next to that of the selected one, over the same range."
            ),
        )
        self.beside.setMenu(QMenu(self.beside))
        for field in (self.steps, self.tolerance):
            field.gives_back = False
            FontScaler(field, QWidget.setFixedWidth, _FIELD_WIDTH)
        tools = Flow(self, gap=10)
        tools.add_groups((self.modes.button(0), self.modes.button(1)))
        for axis in (self.across, self.up):
            tools.addWidget(axis)
            tools.addWidget(axis.log)
        tools.add_groups(labelled(self.steps), labelled(self.tolerance), (self.all, self.beside))

    def show_others(self, runs: tuple[Run, ...], chosen: frozenset[str]) -> None:
        """Offer the other runs for maps side by side, with the chosen ones checked."""
        menu, names = self.beside.menu(), [run.name for run in runs]
        if names != self._others:  # do not delete the entry that was just chosen
            self._others = names
            menu.clear()
            for run in runs:
                label = run.shown_name.replace("&", "&&")
                action = menu.addAction(label, partial(self.beside_chosen.emit, run.name))
                action.setCheckable(True)
        for name, action in zip(names, menu.actions(), strict=True):
            action.setChecked(name in chosen)
        self.beside.setEnabled(bool(runs))
