"""Tables as HTML for notebooks, with all of their contents escaped."""

import html
from collections.abc import Iterable, Sequence

from gdsim.core.settings import printable


def html_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], align: str = "right") -> str:
    """Return a table with a caption; the first cell of each row is its header."""
    lines = ["<table>", f"<caption>{html_text(caption)}</caption>", f"<tr>{''.join(map(_head, head))}</tr>"]
    for first, *others in rows:
        cells = "".join(f'<td style="text-align: {align}">{html_text(one)}</td>' for one in others)
        lines.append(f'<tr><th scope="row">{html_text(first)}</th>{cells}</tr>')
    return "\n".join([*lines, "</table>"])


def html_text(words: str) -> str:
    """Escape a text for HTML and XML, including characters that these may not contain."""
    return html.escape(printable(words))


def _head(words: str) -> str:
    return f'<th scope="col">{html_text(words)}</th>'
