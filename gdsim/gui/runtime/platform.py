"""Choosing a platform plugin for Qt, which ends the process if it can load none of those requested."""

import contextlib
import locale
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

# The messages of Qt about a platform that it cannot load, before it falls back to the next one.
_SILENCED = "qt.qpa.xcb=false;qt.qpa.plugin=false;qt.qpa.wayland=false;qt.qpa.services=false"
UNSEEN = "offscreen"
PLATFORM = "QT_QPA_PLATFORM"


def choose_platform() -> None:
    """Give Qt platforms to fall back to. Call this before the application is created."""
    if sys.platform.startswith("linux"):
        os.environ[PLATFORM] = platforms(os.environ)
        rules = os.environ.get("QT_LOGGING_RULES", "")
        os.environ["QT_LOGGING_RULES"] = f"{rules};{_SILENCED}".strip(";")


def use_plain_capitals() -> None:
    """Avoid locales in which the capital of i is not I, such as Turkish.

    There PySide would not find setInterval for the keyword ``interval``. Call this before the application is
    created, because the application takes its locale from the environment.
    """
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(locale.Error):  # the locale is not installed
        locale.setlocale(locale.LC_CTYPE, "")
    if re.fullmatch(b"I", b"i", re.LOCALE | re.IGNORECASE) is None:
        if whole := os.environ.pop("LC_ALL", ""):
            os.environ["LANG"] = whole
        os.environ["LC_CTYPE"] = "C.UTF-8"


def use_latin_letters() -> None:
    """Make "serif" and "monospace" stand for Latin font families, which formulas and numbers need.

    In an Arabic, Hebrew or Japanese locale, fontconfig would choose families without serifs. Texts in other
    scripts still get a font that has their letters. Call this before the application is created.
    """
    if sys.platform.startswith("linux"):
        os.environ.setdefault("FC_LANG", "en")


def platforms(environment: Mapping[str, str]) -> str:
    """Return the platforms to try, the best first, in the syntax of ``QT_QPA_PLATFORM``."""
    wanted = environment.get(PLATFORM, "")
    names = wanted.split(";") if wanted else []
    if not wanted and environment.get("WAYLAND_DISPLAY"):
        names.append("wayland")
    if not wanted and environment.get("DISPLAY"):
        names.append("xcb")
    if not _has_wayland(environment):
        names = [name for name in names if not name.startswith("wayland")]
    return ";".join(dict.fromkeys([*names, UNSEEN]))


def _has_wayland(environment: Mapping[str, str]) -> bool:
    """Return whether there is a Wayland display. Without one, its library would print errors."""
    name = environment.get("WAYLAND_DISPLAY") or "wayland-0"
    return Path(environment.get("XDG_RUNTIME_DIR", "/"), name).is_socket()


def is_asked_for(environment: Mapping[str, str]) -> bool:
    """Return whether the environment asks for a platform without a visible window."""
    return environment.get(PLATFORM, "").partition(":")[0] in {UNSEEN, "minimal", "vnc"}
