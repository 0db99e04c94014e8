"""Pages of the help: each paragraph is looked up on its own, so that one that changed is asked for anew."""

import re

from gdsim.core.language.key_names import in_own_keys
from gdsim.core.language.words import translated

_BETWEEN = re.compile(r"(\n[ \t]*\n+)")
_WORD = re.compile(r"[^\W\d_]{2}")


def paragraphs(page: str) -> list[str]:
    """Return the parts of a page that may be translated: all but code, which is indented."""
    return [part for part in _BETWEEN.split(page.strip("\n")) if has_words(part)]


def has_words(part: str) -> bool:
    """Return whether a part of a page is for people to read, and no code, numbers or blank."""
    return not part.startswith("    ") and _WORD.search(part) is not None


def page_in_language(page: str) -> str:
    """Return a page with each of its paragraphs in the chosen language, where it is known."""
    parts = _BETWEEN.split(page.strip("\n"))
    return "".join(in_own_keys(translated(part)) if has_words(part) else part for part in parts) + "\n"
