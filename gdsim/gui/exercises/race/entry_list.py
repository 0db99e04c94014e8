"""The list of a race's rules, with the ranges of the chosen rule's settings."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QListWidget, QMenu, QVBoxLayout, QWidget

from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.race.plan import RaceEntry
from gdsim.core.exercises.run_settings import setting_value
from gdsim.core.formulas.symbols import setting_letter, setting_name
from gdsim.core.language.texts import translated
from gdsim.core.model.kept_windows import MOST_ENTRIES
from gdsim.core.model.search_checks import takes_search
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.core.settings import Definition, Setting, Value
from gdsim.gui.exercises.race.race_words import shown_names
from gdsim.gui.exercises.range_fields import RangeFields
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.dialog import heading
from gdsim.gui.forms.layouts import clear_layout, fill_layout, plain_button
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.scrolling import Scrolled
from gdsim.gui.forms.tables import REMOVING, on_removing
from gdsim.gui.forms.tips import set_tip, with_keys
from gdsim.gui.plain_text import capitalized, sentence_label
from gdsim.gui.style.text_size import FontScaler

_FIELD, _NAME = 66, 64


class RangeRow(QWidget):
    """Row with a setting of an entry, which emits the entry that the user edits it to."""

    changed = Signal(object)  # RaceEntry

    def __init__(self, entry: RaceEntry, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry, self.setting = entry, setting
        self._axis = MapAxis.of(setting)
        name = capitalized(setting_name(setting))
        self.tuned = QCheckBox(setting_letter(setting))
        self.tuned.setAccessibleName(self.tr("Tune {0}").format(setting_name(setting)))
        set_tip(self.tuned, self.tr("Tune this setting; otherwise all runs use one value."), name)
        tips = self.tr("The lowest value to try."), self.tr("The highest value to try.")
        self.ends = RangeFields(name, tips, _FIELD)
        self.value = NumberField(
            self.tr("{0}, value").format(name),
            self.tr("The value for all runs."),
            setting.domain,
            setting_value(entry.run, setting.name),
        )
        self.value.gives_back = False
        FontScaler(self.value, QWidget.setFixedWidth, _FIELD)
        self.ends.changed.connect(self._on_range)
        self.value.committed.connect(self._on_value)
        FontScaler(self.tuned, QWidget.setMinimumWidth, _NAME)
        self.tuned.clicked.connect(self._on_tuned)
        fill_layout(QHBoxLayout(self), self.tuned, self.ends, self.value, None, gap=6)
        self.show_entry(entry)

    def show_entry(self, entry: RaceEntry) -> None:
        """Show the setting of another entry with the same rule."""
        self._entry = entry
        key = self.setting.name
        axis = next((axis for axis in entry.ranges if axis.setting.name == key), None)
        self._axis = axis or self._axis
        self.tuned.setChecked(axis is not None)
        self.ends.show_axis(self._axis)
        self.value.set_value(setting_value(entry.run, key))
        self.ends.setVisible(axis is not None)
        self.value.setVisible(axis is None)

    def _on_tuned(self, tuned: bool) -> None:
        self._on_range(self._axis if tuned else None)

    def _on_range(self, axis: MapAxis | None) -> None:
        self.changed.emit(self._entry.with_range(self.setting, axis))

    def _on_value(self, value: Value) -> None:
        self.changed.emit(self._entry.with_setting(self.setting.name, float(value)))


class EntryList(QWidget):
    """Editor of the entries, which emits changed ones."""

    changed = Signal(object)  # tuple of RaceEntry

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[RaceEntry, ...] = ()
        self._own: tuple[Rule, ...] | None = None
        # The rule and the search to which the rows belong, and the index of the entry they show.
        self._of: tuple[Rule, Definition] | None = None
        self._shown = -1
        self.list = QListWidget()
        self.list.setObjectName("framed")
        self.list.setAccessibleName(self.tr("Rules in the race"))
        set_tip(self.list, self.tr("The ranges of the chosen rule are below."))
        self.add = plain_button(
            self.tr("Add rule"),
            self.tr(
                "A rule may be entered more than once, with different ranges. Second-order methods are "
                "below a line; what they ask for besides gradients is listed separately."
            ),
        )
        self.add.setMenu(QMenu(self.add))
        self.remove = plain_button(
            self.tr("Remove"), with_keys(self.tr("Takes the chosen rule out."), REMOVING[0]), self._remove
        )
        self.search = ComboBox(
            self.tr("Step length"), self.tr("How far a step of the chosen rule goes along its direction.")
        )
        for search in SEARCHES.values():
            self.search.addItem(capitalized(translated(search.title)), search.id)
        self.title = heading("")
        self.note = sentence_label("hint")
        self.rows: tuple[RangeRow, ...] = ()
        self._body = QWidget()
        self._room = Scrolled(self._body)
        self._lines = fill_layout(QVBoxLayout(), gap=4)
        fill_layout(QVBoxLayout(self._body), self._lines, None)
        line = fill_layout(QHBoxLayout(), self.add, self.remove, None)
        fill_layout(
            QVBoxLayout(self), (self.list, 2), line, self.search, self.title, (self._room, 3), self.note
        )
        self.list.currentRowChanged.connect(self._show_ranges)
        self.search.activated.connect(self._on_search)
        on_removing(self.list, self._remove)

    @property
    def chosen(self) -> int:
        return self.list.currentRow()

    def show_rules(self, own: Sequence[Rule]) -> None:
        """Offer the rules of the catalogue and the document's ``own`` rules."""
        if tuple(own) == self._own:
            return
        self._own = tuple(own)
        menu = self.add.menu()
        menu.clear()
        for rule in RULES.values():
            menu.addAction(translated(rule.title), partial(self._add, rule))
        menu.addSeparator()
        for method in SECOND_ORDER_RULES.values():
            menu.addAction(translated(method.title), partial(self._add, method))
        if own:
            menu.addSeparator()
        for rule in own:
            menu.addAction(translated(rule.title).replace("&", "&&"), partial(self._add, rule))

    def show_entries(self, entries: tuple[RaceEntry, ...]) -> None:
        names = shown_names(entries)
        row = max(0, min(self.list.currentRow(), len(entries) - 1))
        shown = [self.list.item(place).text() for place in range(self.list.count())]
        with QSignalBlocker(self.list):
            if shown != list(names):
                self.list.clear()
                self.list.addItems(names)
            self.list.setCurrentRow(row if entries else -1)
        if entries != self._entries:
            self._entries = entries
            self._show_ranges()
        self.add.setEnabled(len(entries) < MOST_ENTRIES)
        self.remove.setEnabled(bool(entries))

    def _show_ranges(self) -> None:
        """Show the settings of the chosen entry, reusing the rows if its rule and search are the same."""
        self._shown = self.chosen
        entry = self._entries[self.chosen] if 0 <= self.chosen < len(self._entries) else None
        searches = entry is not None and takes_search(entry.optimizer)
        self.search.setVisible(searches)
        if entry is not None and searches:
            self.search.setCurrentIndex(self.search.findData(entry.search.id))
        if entry is None or (entry.optimizer.definition, entry.search.definition) != self._of:
            self._make_rows(entry)
        else:
            for row in self.rows:
                row.show_entry(entry)
        self.title.setText(self.tr("Tuned settings") if entry else "")
        self.note.setText(
            self.tr("The more settings are tuned, the more thinly the same number of trials covers them.")
            if entry
            else self.tr("Add rules to race them.")
        )

    def _make_rows(self, entry: RaceEntry | None) -> None:
        clear_layout(self._lines)
        self._of = (entry.optimizer.definition, entry.search.definition) if entry else None
        self.rows = tuple(RangeRow(entry, one, self._body) for one in entry.settings) if entry else ()
        for row in self.rows:
            row.changed.connect(self._change)
            self._lines.addWidget(row)

    def _add(self, rule: Rule) -> None:
        entries = (*self._entries, RaceEntry.of(rule))
        self.changed.emit(entries)
        self.list.setCurrentRow(len(entries) - 1)

    @Slot(int)
    def _on_search(self, index: int) -> None:
        entry = self._entries[self._shown]
        search = SEARCHES[self.search.itemData(index)]
        if search != entry.search.definition:
            self._change(entry.with_search(search()))

    def _remove(self) -> None:
        row = self.chosen
        if 0 <= row < len(self._entries):
            self.changed.emit((*self._entries[:row], *self._entries[row + 1 :]))

    def _change(self, entry: RaceEntry) -> None:
        place = self._shown
        if 0 <= place < len(self._entries):
            self.changed.emit((*self._entries[:place], entry, *self._entries[place + 1 :]))
