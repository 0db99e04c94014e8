"""Pages of the help, translated paragraph by paragraph, so that an edit outdates that paragraph alone."""

import re

from gdsim.core.language.key_names import in_own_keys
from gdsim.core.language.texts import translated

_BETWEEN = re.compile(r"(\n[ \t]*\n+)")
_WORD = re.compile(r"[^\W\d_]{2}")


def paragraphs(page: str) -> list[str]:
    """Return the paragraphs of a page that may be translated, which excludes indented code."""
    return [part for part in _BETWEEN.split(page.strip("\n")) if has_words(part)]


def has_words(part: str) -> bool:
    """Return whether a part of a page contains words, and is no indented code."""
    return not part.startswith("    ") and _WORD.search(part) is not None


def page_in_language(page: str) -> str:
    """Return a page in the chosen language; paragraphs without a translation stay in English."""
    parts = _BETWEEN.split(page.strip("\n"))
    return "".join(in_own_keys(translated(part)) if has_words(part) else part for part in parts) + "\n"
