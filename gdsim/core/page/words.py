"""The words of a page: English sentences in its program and its frame, and their translations."""

import json
import re

from gdsim.core.language.words import chosen_language, translated

# In the program it is ``said("step {place} of {last}", …)``, in the frame ``{{say Error surface}}``.
_IN_PROGRAM = re.compile(r'\bsaid\(\s*("(?:[^"\\]|\\.)*")')
_IN_FRAME = re.compile(r"\{\{say (.*?)\}\}")
SAY = "say "


def sentences_of_program(script: str) -> list[str]:
    """Return the sentences that the program of a page says."""
    return [json.loads(text) for text in _IN_PROGRAM.findall(script)]


def sentences_of_frame(frame: str) -> list[str]:
    """Return the sentences that stand in the HTML of a page, with the tags in them."""
    return _IN_FRAME.findall(frame)


def words_for(script: str) -> dict[str, str | dict[str, str]]:
    """Return how the program of a page says things in the chosen language."""
    language = chosen_language()
    known = {text: language.find(text) for text in sentences_of_program(script)}
    return {
        "sign": language.decimal_sign,
        "thousands": ",".translate(dict(language.signs)),
        "words": {text: found for text, found in known.items() if found is not None and found != text},
    }


def in_frame(sentence: str) -> str:
    """Return a sentence of the frame in the chosen language as HTML, which may stand in an attribute."""
    return translated(sentence).replace('"', "&quot;")
