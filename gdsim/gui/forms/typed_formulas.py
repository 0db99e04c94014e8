"""Display of rules and functions typed by others, shown in full before they are evaluated."""

from collections.abc import Iterable

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gdsim.core.formulas.numerals import machine_readable
from gdsim.core.model.experiment import Typed
from gdsim.core.rules.own_rule import OwnRule
from gdsim.gui.forms.dialog import heading
from gdsim.gui.style.text_size import FontScaler
from gdsim.gui.translation import tr

_MOST_ROWS = 12
# Heights of a line, and of the frame with the scroll bar, in pixels.
_ROW, _AROUND = 17, 26


class TypedLines(QPlainTextEdit):
    """A read-only view of the lines of a rule with its settings, or of a function; long lines scroll."""

    def __init__(self, title: str, content: str) -> None:
        super().__init__(content)
        self.setObjectName("lines")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setAccessibleName(self.tr("Lines of {rule}").format(rule=title))
        rows = min(_MOST_ROWS, self.document().blockCount())
        # `FontScaler` sets this height again when polishing has applied the minimum height of the sheet.
        FontScaler(self, QWidget.setMinimumHeight, rows * _ROW + _AROUND)


def shown_formulas(typed: Iterable[Typed]) -> list[QWidget]:
    widgets: list[QWidget] = []
    for one in typed:
        if isinstance(one, OwnRule):
            title, content = one.title, f"{one.lines}\n\n{_settings_text(one)}"
        else:
            title, content = tr("The function L(w, b)"), one.text
        widgets += [heading(title), TypedLines(title, content)]
    return widgets


def _settings_text(rule: OwnRule) -> str:
    on, off = tr("on"), tr("off")
    values = (
        (on if one.default else off) if one.is_switch else machine_readable(float(one.default))
        for one in rule.settings
    )
    return ", ".join(f"{one.name} = {value}" for one, value in zip(rule.settings, values, strict=True))
