"""Tooltips: wrapped if they are long, and safe for text from users and files.

Qt interprets a tooltip that looks like HTML, and loads the images that it refers to. So every tooltip with
text from outside goes through one of these functions.
"""

from html import escape, unescape

from PySide6.QtGui import QAction, QKeySequence, Qt
from PySide6.QtWidgets import QWidget

from gdsim.gui.plain_text import in_html


def tip(sentence: str, heading: str = "") -> str:
    """Return a tooltip with a heading in bold and a sentence below; empty if both are empty.

    It is rich text, because Qt wraps only that in tooltips.
    """
    if not sentence and not heading:
        return ""
    head = f"<b>{in_html(heading)}</b><br>" if heading else ""
    return f"<qt>{head}{in_html(sentence)}</qt>".replace("\n", "<br>")


def set_tip(widget: QWidget, sentence: str, heading: str = "", keys: QKeySequence | None = None) -> None:
    """Set the tooltip of a widget, and its sentence as the accessible description."""
    words = tip(sentence, heading)
    words = with_keys(words, keys) if keys else words
    if words != widget.toolTip():  # Qt would notify of a change even without one
        widget.setToolTip(words)
        describe_by_tip(widget)


def describe_by_tip(widget: QWidget) -> None:
    """Set the sentence of a widget's tooltip as its accessible description.

    Otherwise Qt gives screen readers the tooltip with its markup.
    """
    widget.setAccessibleDescription(spoken_tip(widget.toolTip()))


def spoken_tip(tooltip: str) -> str:
    """Return the sentence of a tooltip without its heading, or the heading if there is no sentence."""
    if not tooltip.startswith("<qt>"):
        return tooltip
    heading, _, sentence = tooltip.removeprefix("<qt>").removesuffix("</qt>").rpartition("</b><br>")
    return unescape(sentence.replace("<br>", "\n") or heading.removeprefix("<b>"))


def plain(text: str) -> str:
    """Return a tooltip that shows a text literally, even if it looks like HTML."""
    return tip(text) if Qt.mightBeRichText(text) else text


def with_keys(tooltip: str, keys: QKeySequence) -> str:
    """Append a shortcut in brackets to a tooltip; return it unchanged if there is no shortcut."""
    if keys.isEmpty():
        return tooltip
    words = tooltip.removesuffix("</qt>")
    end = tooltip[len(words) :]
    stop = "." if words.endswith(".") else ""
    shown = native_keys(keys)
    return f"{words.removesuffix('.')} ({escape(shown) if end else shown}){stop}{end}"


def native_keys(keys: QKeySequence) -> str:
    """Return a shortcut in the system's notation, such as ``"Ctrl+Z"``."""
    return keys.toString(QKeySequence.SequenceFormat.NativeText)


def show_keys(widget: QWidget, action: QAction) -> None:
    """Add the shortcut of an action to the tooltip of the widget for this action."""
    widget.setToolTip(with_keys(widget.toolTip(), action.shortcut()))
    describe_by_tip(widget)
