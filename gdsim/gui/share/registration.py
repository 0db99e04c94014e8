"""Telling the desktop that this copy of the program opens links: for one that no installer has told of."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths

from gdsim.core.hand_over import SCHEME
from gdsim.core.process import own_command, system_environment
from gdsim.gui.translation import tr

_ENTRY = "io.github.gdsim.gdsim-links.desktop"
_TYPE = f"x-scheme-handler/{SCHEME}"
_TOOL_SECONDS = 10
_PLAIN = re.compile(r"[\w./:@,+-]+")


class NotRegistered(OSError):  # noqa: N818 - reads as what it says
    """Why links do not open in this copy, as a sentence."""


def register_links(platform: str = sys.platform) -> None:
    """Let links open in this copy, for this user alone; raises `NotRegistered` where that cannot be."""
    if platform == "darwin":
        raise NotRegistered(tr("macOS opens links in gdsim.app by itself, once it was started."))
    try:
        if platform == "win32":
            _register_on_windows()
        else:
            _register_on_linux()
    except (OSError, subprocess.SubprocessError) as error:
        words = tr("Links cannot be opened with this copy: {reason}.")
        raise NotRegistered(words.format(reason=getattr(error, "strerror", None) or str(error))) from None


# ------------------------------------------------------------------------------------- Linux


def desktop_entry(command: list[str]) -> str:
    """Return a desktop entry that opens links, and stands in no menu."""
    words = " ".join(quoted(word) for word in (*command, "--open"))
    return (
        "[Desktop Entry]\nType=Application\nName=gdsim\nNoDisplay=true\nTerminal=false\n"
        f"Icon=io.github.gdsim.gdsim\nExec={words} %u\nMimeType={_TYPE};\n"
    )


def quoted(word: str) -> str:
    """Return a word of a command as an Exec line has it.

    It has quotation marks only where it needs them: without a desktop, ``xdg-open`` takes them for part of
    the path. Within them a backslash goes before a backslash, a quotation mark, a grave accent and a
    dollar sign; then, as in every line of the file, each backslash is doubled. A percent sign is doubled too.
    """
    if "\n" in word:
        raise OSError("a line end in its path")
    if _PLAIN.fullmatch(word):
        return word
    inside = "".join(f"\\{letter}" if letter in '\\"`$' else letter for letter in word)
    return '"' + inside.replace("\\", "\\\\").replace("%", "%%") + '"'


def _register_on_linux() -> None:
    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    folder = Path(data, "applications")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _ENTRY).write_text(desktop_entry(own_command()), encoding="utf-8")
    # Desktops without these tools look by themselves, or ask.
    for tool in (["update-desktop-database", "-q", str(folder)], ["xdg-mime", "default", _ENTRY, _TYPE]):
        if shutil.which(tool[0]):
            subprocess.run(  # noqa: S603 - two fixed commands
                tool, check=False, capture_output=True, timeout=_TOOL_SECONDS, env=system_environment()
            )


# ------------------------------------------------------------------------------------- Windows


def registry_values(command: list[str]) -> dict[str, str]:
    """Return what Windows is told of the scheme, by keys in Qt's spelling: a dot is a key's own value."""
    words = " ".join(f'"{word}"' for word in command)
    return {
        ".": "URL:gdsim scene",
        "URL Protocol": "",
        "DefaultIcon/.": f'"{command[0]}",0',
        "shell/open/command/.": f'{words} --open "%1"',
    }


def _register_on_windows() -> None:
    store = QSettings(rf"HKEY_CURRENT_USER\Software\Classes\{SCHEME}", QSettings.Format.NativeFormat)
    for key, value in registry_values(own_command()).items():
        store.setValue(key, value)
    store.sync()
    if store.status() is not QSettings.Status.NoError:
        raise OSError("the registry cannot be written")
