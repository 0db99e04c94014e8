"""Names of files that are made of what a person typed, and that every system takes."""

import re
import unicodedata

_LONGEST = 60
# On Windows these are devices, whatever the ending.
_DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)[\d¹²³]|conin\$|conout\$", re.IGNORECASE)


def file_stem(text: str, instead: str) -> str:
    """Return the letters and digits of a text, and little else; ``instead`` where it has none."""
    whole = unicodedata.normalize("NFC", text)
    words = "".join(letter if _is_kept(letter) else " " for letter in whole)
    return no_device("-".join(words.split()).strip("-.")[:_LONGEST].strip("-.") or instead)


def no_device(stem: str) -> str:
    """Return a name with a mark before it if it is that of a device of Windows."""
    return f"_{stem}" if _DEVICE.fullmatch(stem.partition(".")[0]) else stem


def _is_kept(letter: str) -> bool:
    # Without the marks of their vowels names of many scripts could not be read.
    return letter.isalnum() or letter in "_.-" or unicodedata.category(letter).startswith("M")


class Stems:
    """Gives names to the files of one folder, such that no system takes two of them for one."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def another(self, text: str, instead: str) -> str:
        """Return `file_stem`, with a number where that is taken."""
        plain = stem = file_stem(text, instead)
        while _key(stem) in self._taken:
            self._taken[_key(plain)] += 1
            stem = f"{plain}-{self._taken[_key(plain)]}"
        self._taken[_key(stem)] = 1
        return stem


def _key(stem: str) -> str:
    """Return what names have in common that are one where neither capitals nor ways to write é count."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", stem).casefold())
