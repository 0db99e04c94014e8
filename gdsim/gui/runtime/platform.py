"""Which of Qt's platforms the program runs on. Qt ends the process when the one it is told is not there."""

import contextlib
import locale
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

# What Qt says of a platform that it then does without.
_SILENCED = "qt.qpa.xcb=false;qt.qpa.plugin=false;qt.qpa.wayland=false;qt.qpa.services=false"
UNSEEN = "offscreen"
PLATFORM = "QT_QPA_PLATFORM"


def choose_platform() -> None:
    """Give Qt something to fall back to; to be called before there is an application."""
    if sys.platform.startswith("linux"):
        os.environ[PLATFORM] = platforms(os.environ)
        rules = os.environ.get("QT_LOGGING_RULES", "")
        os.environ["QT_LOGGING_RULES"] = f"{rules};{_SILENCED}".strip(";")


def use_plain_capitals() -> None:
    """Keep from PySide what Turkish makes of an i: for ``interval`` it looks for the capital of setInterval.

    To be called before there is an application, which takes the locale of the environment.
    """
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(locale.Error):  # there is no such locale here
        locale.setlocale(locale.LC_CTYPE, "")
    if re.fullmatch(b"I", b"i", re.LOCALE | re.IGNORECASE) is None:
        if whole := os.environ.pop("LC_ALL", ""):
            os.environ["LANG"] = whole
        os.environ["LC_CTYPE"] = "C.UTF-8"


def use_latin_letters() -> None:
    """Let "serif" and "monospace" be families of Latin letters, as formulas and numbers are written in.

    In an Arabic, Hebrew or Japanese locale fontconfig gives others, without serifs. Texts in other scripts
    are drawn all the same, with what has their letters. To be called before there is an application.
    """
    if sys.platform.startswith("linux"):
        os.environ.setdefault("FC_LANG", "en")


def platforms(environment: Mapping[str, str]) -> str:
    """Return the platforms to try, the best first, as Qt reads them."""
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
    """Return whether there is a Wayland display; its library complains aloud when there is none."""
    name = environment.get("WAYLAND_DISPLAY") or "wayland-0"
    return Path(environment.get("XDG_RUNTIME_DIR", "/"), name).is_socket()


def is_asked_for(environment: Mapping[str, str]) -> bool:
    """Return whether somebody wants no window to be seen."""
    return environment.get(PLATFORM, "").partition(":")[0] in {UNSEEN, "minimal", "vnc"}
