"""Tooltips: wrapped when they are long, and plain text when a person or a file wrote them.

Qt reads a tooltip that looks like HTML as HTML, and opens the pictures that it names. So every tooltip
with text from outside goes through one of these functions.
"""

from html import escape, unescape

from PySide6.QtGui import QAction, QKeySequence, Qt
from PySide6.QtWidgets import QWidget

from gdsim.gui.plain_text import in_html


def tip(sentence: str, heading: str = "") -> str:
    """Return a tooltip with a heading in bold and a sentence below; nothing for no words.

    Qt breaks the lines of a tooltip only when it is rich text.
    """
    if not sentence and not heading:
        return ""
    head = f"<b>{in_html(heading)}</b><br>" if heading else ""
    return f"<qt>{head}{in_html(sentence)}</qt>".replace("\n", "<br>")


def set_tip(widget: QWidget, sentence: str, heading: str = "", keys: QKeySequence | None = None) -> None:
    """Give a widget its tooltip, and screen readers the same sentence."""
    words = tip(sentence, heading)
    words = with_keys(words, keys) if keys else words
    if words != widget.toolTip():  # Qt would tell everybody of it
        widget.setToolTip(words)
        describe(widget)


def describe(widget: QWidget) -> None:
    """Let screen readers say the sentence of a widget's tooltip.

    Left to itself Qt has them read the tooltip, markup and all.
    """
    widget.setAccessibleDescription(spoken(widget.toolTip()))


def spoken(tooltip: str) -> str:
    """Return the sentence of a tooltip; its heading, which says what is named already, if it has no other."""
    if not tooltip.startswith("<qt>"):
        return tooltip
    heading, _, sentence = tooltip.removeprefix("<qt>").removesuffix("</qt>").rpartition("</b><br>")
    return unescape(sentence.replace("<br>", "\n") or heading.removeprefix("<b>"))


def plain(text: str) -> str:
    """Return a tooltip that shows a text as it is, on one line."""
    return tip(text) if Qt.mightBeRichText(text) else text


def with_keys(tooltip: str, keys: QKeySequence) -> str:
    """Return a tooltip with a shortcut in brackets at its end; unchanged when there is no shortcut."""
    if keys.isEmpty():
        return tooltip
    words = tooltip.removesuffix("</qt>")
    end = tooltip[len(words) :]
    stop = "." if words.endswith(".") else ""
    shown = native(keys)
    return f"{words.removesuffix('.')} ({escape(shown) if end else shown}){stop}{end}"


def native(keys: QKeySequence) -> str:
    """Return a shortcut as this system writes it, such as ``"Ctrl+Z"``."""
    return keys.toString(QKeySequence.SequenceFormat.NativeText)


def show_keys(widget: QWidget, action: QAction) -> None:
    """Add the shortcut of a command to the tooltip of the widget that stands for it."""
    widget.setToolTip(with_keys(widget.toolTip(), action.shortcut()))
    describe(widget)
