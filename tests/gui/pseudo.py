"""A language that nobody speaks: accented, a third longer. What is not translated stays plain and is seen."""

import re

from PySide6.QtCore import QTranslator

_ACCENTED = str.maketrans("aeiouyncAEIOUYNC", "áéíóúýñçÁÉÍÓÚÝÑÇ")
# What has to stay: fields of str.format, tags and entities, mnemonics, names of files and keys.
_KEPT = re.compile(r"(\{[^{}]*\}|<[^<>]*>|&\w+;|\(\*\.[^)]*\))")
_LONGER = 0.3


def pseudo(text):
    """Return a text as this language has it."""
    parts = _KEPT.split(text)
    accented = "".join(part if index % 2 else part.translate(_ACCENTED) for index, part in enumerate(parts))
    letters = sum(character.isalpha() for part in parts[::2] for character in part)
    # As many tildes as make it longer, inside the last sentence's end.
    body = accented.rstrip(" .:…")
    return body + "~" * round(_LONGER * letters) + accented[len(body) :]


def is_pseudo(text):
    """Return whether a text went through the translation."""
    return any(letter in text for letter in "áéíóúýñçÁÉÍÓÚÝÑÇ~")


class PseudoTranslator(QTranslator):
    """Translates everything that is asked for."""

    def isEmpty(self):
        """Return that there is something to ask for."""
        return False

    def translate(self, context, source, disambiguation=None, n=-1):
        """Return the text in this language."""
        return pseudo(source) if context.isascii() and source else source
