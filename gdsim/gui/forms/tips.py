"""Tooltips: wrapped when they are long, and plain text when a person or a file wrote them.

Qt reads a tooltip that looks like HTML as HTML, and opens the pictures that it names. So every tooltip
with text from outside goes through one of these functions.
"""

from html import escape

from PySide6.QtGui import Qt


def tip(sentence: str, heading: str = "") -> str:
    """Return a tooltip with a heading in bold and a sentence below; nothing for no words.

    Qt breaks the lines of a tooltip only when it is rich text.
    """
    if not sentence and not heading:
        return ""
    head = f"<b>{escape(heading)}</b><br>" if heading else ""
    return f"<qt>{head}{escape(sentence)}</qt>".replace("\n", "<br>")


def plain(text: str) -> str:
    """Return a tooltip that shows a text as it is, on one line."""
    return tip(text) if Qt.mightBeRichText(text) else text
