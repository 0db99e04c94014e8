"""A pseudo-language, accented and a third longer than English, in which untranslated texts stand out.

It translates the texts of the German catalogue, which the tests of `packaging/language.py` compare with all
texts that are found in the program. A text that is not found stays plain.
"""

import re
from contextlib import contextmanager
from functools import cache

from PySide6.QtWidgets import QApplication

from gdsim.core.language.po import read_entries
from gdsim.core.language.texts import choose_language
from gdsim.core.language.translations import CATALOGUE_PARTS, Language
from gdsim.core.resources import resource
from gdsim.gui.language import CatalogueTranslator

_ACCENTED = str.maketrans("aeiouyncAEIOUYNC", "áéíóúýñçÁÉÍÓÚÝÑÇ")
# What is not translated: fields of str.format and numbers of captions, formulas, links, pictures, code, tags
# and entities, file name patterns.
_KEPT = re.compile(
    r"(\{\{[^{}]*\}\}|\{[^{}]*\}|\$[^$]*\$|!?\[[^\]]*\]\([^)]*\)|`[^`]*`|<[^<>]*>|&\w+;|\(\*\.[^)]*\))"
)
_LONGER = 0.3
# The tildes get spaces in between, because an endless word could not be wrapped.
_LONGEST_WORD = 9


def pseudo(text):
    """Translate a text into the pseudo-language."""
    parts = _KEPT.split(text)
    accented = "".join(part if index % 2 else part.translate(_ACCENTED) for index, part in enumerate(parts))
    letters = sum(character.isalpha() for part in parts[::2] for character in part)
    # Lengthen the text with tildes, before the punctuation at its end.
    body = accented.rstrip(" .:…")
    more = round(_LONGER * letters)
    tail = "".join("~" if place % _LONGEST_WORD or place == more else " " for place in range(1, more + 1))
    return body + tail + accented[len(body) :]


def is_pseudo(text):
    """Return whether a text is in the pseudo-language."""
    return any(letter in text for letter in "áéíóúýñçÁÉÍÓÚÝÑÇ~")


@cache
def pseudo_language():
    """Return the pseudo-language, with every text of the German catalogue."""
    files = [
        resource("languages", "de", f"{part}.po").read_text(encoding="utf-8") for part in CATALOGUE_PARTS
    ]
    entries = [entry for file in files for entry in read_entries(file) if entry.text]
    texts = {
        entry.key: tuple(map(pseudo, (entry.text, entry.plural) if entry.plural else (entry.text,)))
        for entry in entries
    }
    return Language("xx", "Pseudo", texts=texts)


@contextmanager
def spoken_pseudo():
    """Switch the program to the pseudo-language during the block."""
    translator = CatalogueTranslator()
    choose_language(pseudo_language())
    QApplication.installTranslator(translator)
    try:
        yield
    finally:
        QApplication.removeTranslator(translator)
        choose_language(Language())
