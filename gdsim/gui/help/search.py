"""Searching the user guide: which pages have some words, and where."""

import re
from collections.abc import Callable
from typing import NamedTuple

from gdsim.core.language.pages import page_in_language
from gdsim.core.language.words import kept_by_language
from gdsim.core.resources import resource
from gdsim.gui.help.conventions_page import CONVENTIONS_PAGE, conventions_page
from gdsim.gui.help.rules_page import RULES_PAGE, rules_page

# Pages that are made from what the program computes.
MADE: dict[str, Callable[[], str]] = {RULES_PAGE: rules_page, CONVENTIONS_PAGE: conventions_page}
# Letters of an excerpt before and after the first word that was found.
_BEFORE, _AFTER = 40, 90
# The signs of Markdown that the pages use: pictures, links, and marks of words and lines.
_PICTURE, _LINK = re.compile(r"!\[[^\]]*\]\([^)]*\)"), re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARK = re.compile(r"\*+|`|^#+ |^- |^\d+\. |^\|[-|]*", re.MULTILINE)


class Page(NamedTuple):
    """A page of the guide as plain text."""

    name: str
    title: str
    text: str


class Hit(NamedTuple):
    """A page with the words that were looked for."""

    name: str
    title: str
    excerpt: str


@kept_by_language
def pages() -> tuple[Page, ...]:
    """Return all pages, by their titles."""
    sources = {
        path.stem: page_in_language(path.read_text(encoding="utf-8"))
        for path in resource("help").glob("*.md")
    }
    sources |= {name: made() for name, made in MADE.items()}
    read = (_page(name, source) for name, source in sources.items())
    return tuple(sorted(read, key=lambda page: page.title.casefold()))


def found(words: str) -> tuple[Hit, ...]:
    """Return the pages that have all the words, those with one of them in their title first."""
    wanted = words.casefold().split()
    hits = [page for page in pages() if wanted and all(word in _whole(page) for word in wanted)]
    hits.sort(key=lambda page: not any(word in page.title.casefold() for word in wanted))
    return tuple(Hit(page.name, page.title, _excerpt(page.text, wanted)) for page in hits)


def _page(name: str, source: str) -> Page:
    plain = _MARK.sub("", _LINK.sub(r"\1", _PICTURE.sub("", source)))
    title, _, text = plain.partition("\n")
    return Page(name, title, " ".join(text.split()))


def _whole(page: Page) -> str:
    return f"{page.title} {page.text}".casefold()


def _excerpt(text: str, wanted: list[str]) -> str:
    """Return some of a text around the first of the words; its beginning where it has none."""
    places = [place for place in (text.casefold().find(word) for word in wanted) if place >= 0]
    place = min(places, default=0)
    first, last = max(0, place - _BEFORE), place + _AFTER
    # Whole words only.
    first = text.find(" ", first) + 1 if first else 0
    last = text.rfind(" ", 0, last) if last < len(text) else len(text)
    return f"{'… ' * bool(first)}{text[first:last]}{' …' * (last < len(text))}"
