"""Captions as rich text: stressed words, slanted letters, indices and exponents."""

from html import escape

from gdsim.core.lessons.caption import Caption, Words
from gdsim.core.lessons.latex import Math, PlainText, Sign, written


class Html(PlainText):
    """How the pieces of a formula are written in HTML."""

    def sign(self, sign: Sign) -> str:
        """Return a letter, slanted where it stands for a number, or a sign with room that does not break."""
        text = escape(sign.text).replace(" ", "\N{NO-BREAK SPACE}")
        return f"<i>{text}</i>" if sign.slanted else text

    def below(self, inside: str) -> str:
        """Return an index."""
        return f"<sub>{_close(inside)}</sub>"

    def above(self, inside: str) -> str:
        """Return an exponent."""
        return f"<sup>{_close(inside)}</sup>"


def _close(inside: str) -> str:
    return inside.replace("\N{NO-BREAK SPACE}", "")


def caption_html(caption: Caption) -> str:
    """Return a caption whose numbers are filled in."""
    parts = []
    for piece in caption.pieces:
        match piece:
            case Words():
                text = escape(piece.text)
                parts.append(f"<b>{text}</b>" if piece.strong else text)
            case Math():
                parts.append(written(piece.root, Html()).strip("\N{NO-BREAK SPACE}"))
    return "".join(parts)
