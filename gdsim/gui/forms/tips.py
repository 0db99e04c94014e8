"""Tooltips: wrapped when they are long, and never read as HTML when a person wrote them."""

from html import escape


def tip(sentence: str, heading: str = "") -> str:
    """Return a tooltip with a heading in bold and a sentence below.

    Qt breaks the lines of a tooltip only when it is rich text.
    """
    head = f"<b>{escape(heading)}</b><br>" if heading else ""
    return f"<qt>{head}{escape(sentence)}</qt>"
