"""What a rule does, in a sentence and in its lines."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gdsim.core.analysis.worked import rule_in_letters
from gdsim.core.rules.rule import Optimizer
from gdsim.gui.plain_text import PlainLabel


class RuleLabel(QWidget):
    """Shows the sentence of a rule and the lines that are computed; both can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summary = _text("hint")
        self._summary.setWordWrap(True)
        self._lines = _text("formula")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(3)
        layout.addWidget(self._summary)
        layout.addWidget(self._lines)

    def show_rule(self, optimizer: Optimizer) -> None:
        self._summary.setText(optimizer.definition.summary)
        self._lines.setText("\n".join(rule_in_letters(optimizer)))


def _text(name: str) -> PlainLabel:
    label = PlainLabel()
    label.setObjectName(name)
    # By mouse alone: a text that takes the focus would be one more stop on the way of the Tab key.
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
