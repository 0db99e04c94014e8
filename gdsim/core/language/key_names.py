"""The names of keys in texts: on a Mac, also for Qt, ⌘ does what Ctrl does on other systems."""

import re
import sys

# Keys that Qt may name differently than the guide and the keyboards of a language, and the context that
# distinguishes them from other words of the catalogue.
KEYS, KEYS_CONTEXT = ("Up", "Down", "Left", "Right", "PgUp", "PgDown"), "key"
_WITH_OTHERS = re.compile(r"\b(?:Ctrl|Strg)\+((?:Shift|Umschalt|Alt)\+)?")
_ALONE = re.compile(r"\b(?:Ctrl|Strg|Control(?= key))\b")
# The modifiers as macOS writes and orders them.
_MODIFIERS = {"": "⌘", "Shift+": "⇧⌘", "Umschalt+": "⇧⌘", "Alt+": "⌥⌘"}


def is_mac() -> bool:
    return sys.platform == "darwin"


def hiding_keys() -> str:
    """Return the shortcut that hides a run; ⌃H on a Mac (Meta in Qt), where ⌘H hides the program."""
    return "Meta+H" if is_mac() else "Ctrl+H"


def full_screen_keys() -> tuple[str, ...]:
    """Return the shortcuts for full screen, the one to show first; on a Mac F11 shows the desktop."""
    return ("Meta+Ctrl+F", "F11") if is_mac() else ("F11",)


def in_own_keys(text: str) -> str:
    """Return a text with its keys, which are those of Windows and Linux, renamed for this system."""
    if is_mac():
        named = _WITH_OTHERS.sub(lambda found: _MODIFIERS[found[1] or ""], text)
        named = re.sub(r"(?<!⇧)⌘H\b", "⌃H", _ALONE.sub("⌘", named))
        text = re.sub(r"\bF11\b", "⌃⌘F", named)
    return text
