"""How a table is to be read: found out, unless a person says it."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from gdsim.core.files.table.table import DECIMALS, DELIMITERS, Dialect, Wish
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.form import column, row
from gdsim.gui.points.words import decimal_name, delimiter_name


class ReadingChoice(QWidget):
    """Shows what was found out, and takes corrections.

    Signals
    -------
    changed(Wish)
        A person wants it read otherwise.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wish = Wish()
        self._delimiter = self._combo(
            self.tr("Columns parted by"),
            self.tr("What stands between the columns."),
            [(delimiter_name(one), one) for one in DELIMITERS],
        )
        self._decimal = self._combo(
            self.tr("Decimal mark"),
            self.tr("What stands before the decimals of a number."),
            [(decimal_name(one), one) for one in DECIMALS],
        )
        self._header = self._combo(
            self.tr("First row"),
            self.tr("Whether the first row names the columns."),
            [(self.tr("Names of the columns"), True), (self.tr("Numbers"), False)],
        )
        layout = column(self)
        for label, combo in (
            (self.tr("parted by"), self._delimiter),
            (self.tr("decimals"), self._decimal),
            (self.tr("first row"), self._header),
        ):
            layout.addWidget(row(label, combo))
        self._delimiter.activated.connect(
            # What was said of the rest was said of other cells.
            lambda: self._ask(Wish(delimiter=self._delimiter.currentData()))
        )
        self._decimal.activated.connect(
            lambda: self._ask(replace(self._wish, decimal=self._decimal.currentData()))
        )
        self._header.activated.connect(
            lambda: self._ask(replace(self._wish, header=self._header.currentData()))
        )

    @property
    def wish(self) -> Wish:
        """What a person said; None where it is to be found out."""
        return self._wish

    def show_dialect(self, dialect: Dialect) -> None:
        """Show what was found out."""
        for combo, value in (
            (self._delimiter, dialect.delimiter),
            (self._decimal, dialect.decimal),
            (self._header, dialect.header),
        ):
            with QSignalBlocker(combo):
                combo.setCurrentIndex(combo.findData(value))

    def _combo(self, name: str, help_: str, choices: Sequence[tuple[str, object]]) -> ComboBox:
        combo = ComboBox(name, self)
        for text, value in choices:
            combo.addItem(text, value)
        combo.set_help(help_)
        return combo

    def _ask(self, wish: Wish) -> None:
        if wish != self._wish:
            self._wish = wish
            self.changed.emit(wish)
