"""What a rule does, in a sentence and in its formulas."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gdsim.core.rule_text import rule_text
from gdsim.gui.plain_text import PlainLabel


class RuleLabel(QWidget):
    """Shows the first sentence and the formulas of a rule's docstring; both can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rule: type | None = None
        self._summary = _text("hint")
        self._summary.setWordWrap(True)
        self._formulas = _text("formula")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 4)
        layout.setSpacing(4)
        layout.addWidget(self._summary)
        layout.addWidget(self._formulas)

    def show_rule(self, rule: type) -> None:
        """Show another rule."""
        if rule is self._rule:
            return
        self._rule = rule
        text = rule_text(rule)
        self._summary.setText(text.summary)
        self._formulas.setText("\n".join(text.formulas))


def _text(name: str) -> PlainLabel:
    label = PlainLabel()
    label.setObjectName(name)
    # By mouse alone: a text that takes the focus would be one more stop on the way of the Tab key.
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
