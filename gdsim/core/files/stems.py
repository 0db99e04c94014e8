"""File names made from what a user typed that are valid on every operating system."""

import re
import unicodedata

_LONGEST = 60
# Names of devices on Windows, whatever the suffix.
_DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)[\d¹²³]|conin\$|conout\$", re.IGNORECASE)


def file_stem(text: str, instead: str) -> str:
    """Return a file stem with the letters and digits of a text, or ``instead`` if it has none."""
    whole = unicodedata.normalize("NFC", text)
    words = "".join(letter if _is_kept(letter) else " " for letter in whole)
    stem = "-".join(words.split()).strip("-.")[:_LONGEST].strip("-.") or instead
    return f"_{stem}" if _DEVICE.fullmatch(stem.partition(".")[0]) else stem


def _is_kept(letter: str) -> bool:
    # Combining marks are kept, because many scripts write vowels with them.
    return letter.isalnum() or letter in "_.-" or unicodedata.category(letter).startswith("M")


class Stems:
    """A generator of file stems for one folder that are distinct on every operating system."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def another(self, text: str, instead: str) -> str:
        """Return `file_stem`, with a number appended if that stem is taken."""
        plain = stem = file_stem(text, instead)
        while _key(stem) in self._taken:
            self._taken[_key(plain)] += 1
            stem = f"{plain}-{self._taken[_key(plain)]}"
        self._taken[_key(stem)] = 1
        return stem


def _key(stem: str) -> str:
    """Return a key that is equal for names that some file system considers the same.

    File systems may ignore case, and may treat the composed and the decomposed form of é alike.
    """
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", stem).casefold())
