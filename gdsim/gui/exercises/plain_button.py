"""A button with words on it."""

from PySide6.QtWidgets import QPushButton

from gdsim.gui.forms.tips import tip


def plain_button(text: str, sentence: str) -> QPushButton:
    """Return a button that Enter presses only where it has the focus."""
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setToolTip(tip(sentence))
    return button
