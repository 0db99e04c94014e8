"""The names of keys in what is said: on a Mac the key ⌘ does what Ctrl does elsewhere, for Qt as well."""

import re
import sys

# Keys that Qt may call otherwise than the guide and the keyboards of a language do, and what tells them from
# other words of its catalogue.
KEYS, KEYS_CONTEXT = ("Up", "Down", "Left", "Right", "PgUp", "PgDown"), "key"
_WITH_OTHERS = re.compile(r"\b(?:Ctrl|Strg)\+((?:Shift|Umschalt|Alt)\+)?")
_ALONE = re.compile(r"\b(?:Ctrl|Strg|Control(?= key))\b")
# As macOS writes them, and in its order.
_BEFORE = {"": "⌘", "Shift+": "⇧⌘", "Umschalt+": "⇧⌘", "Alt+": "⌥⌘"}


def is_mac() -> bool:
    return sys.platform == "darwin"


def hiding_keys() -> str:
    """Return the keys that hide a run: ⌘H hides the program on a Mac, whose key ⌃ is Meta to Qt."""
    return "Meta+H" if is_mac() else "Ctrl+H"


def full_screen_keys() -> tuple[str, ...]:
    """Return the keys of the whole screen, those to tell first: F11 shows the desktop on a Mac."""
    return ("Meta+Ctrl+F", "F11") if is_mac() else ("F11",)


def in_own_keys(text: str) -> str:
    """Return a text, written in the keys of Windows and Linux, in those of this system."""
    if is_mac():
        named = _WITH_OTHERS.sub(lambda found: _BEFORE[found[1] or ""], text)
        named = re.sub(r"(?<!⇧)⌘H\b", "⌃H", _ALONE.sub("⌘", named))
        text = re.sub(r"\bF11\b", "⌃⌘F", named)
    return text
