"""The sentences of a page, in its program and in the HTML around it, and their translations."""

import json
import re

from gdsim.core.language.texts import chosen_language, translated

# Sentences look like ``said("step {place} of {last}", …)`` in the program, ``{{say Error surface}}`` in HTML.
_IN_PROGRAM = re.compile(r'\bsaid\(\s*("(?:[^"\\]|\\.)*")')
_IN_FRAME = re.compile(r"\{\{say (.*?)\}\}")
SAY = "say "


def sentences_of_program(script: str) -> list[str]:
    """Return the English sentences in the program of a page."""
    return [json.loads(text) for text in _IN_PROGRAM.findall(script)]


def sentences_of_frame(frame: str) -> list[str]:
    """Return the English sentences in the HTML of a page, including tags within them."""
    return _IN_FRAME.findall(frame)


def words_for(script: str) -> dict[str, str | dict[str, str]]:
    """Return what the program of a page needs in the chosen language: signs of numbers and translations."""
    language = chosen_language()
    known = {text: language.find(text) for text in sentences_of_program(script)}
    return {
        "sign": language.decimal_sign,
        "thousands": ",".translate(dict(language.signs)),
        "words": {text: found for text, found in known.items() if found is not None and found != text},
    }


def in_frame(sentence: str) -> str:
    """Return a sentence of the HTML in the chosen language, with its quotes escaped for use in attributes."""
    return translated(sentence).replace('"', "&quot;")
