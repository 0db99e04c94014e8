"""Registering this copy of the program as the handler of its links, if no installer has done so."""

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
    """Links cannot open in this copy of the program; the text is a sentence that says why."""


def register_links(platform: str = sys.platform) -> None:
    """Register this copy of the program for the links of the current user.

    Raises `NotRegistered` if that is not possible.
    """
    if platform == "darwin":
        raise NotRegistered(tr("macOS opens links in gdsim.app by itself, once it has been started."))
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
    """Return a desktop entry that opens links and appears in no menu."""
    words = " ".join(quoted_for_exec(word) for word in (*command, "--open"))
    return (
        "[Desktop Entry]\nType=Application\nName=gdsim\nNoDisplay=true\nTerminal=false\n"
        f"Icon=io.github.gdsim.gdsim\nExec={words} %u\nMimeType={_TYPE};\n"
    )


def quoted_for_exec(word: str) -> str:
    """Return a word of a command, quoted for the Exec key of a desktop entry.

    Quotation marks are used only if needed, because without a desktop ``xdg-open`` takes them for part of the
    path. Between them, a backslash escapes backslashes, quotation marks, grave accents and dollar signs; then
    every backslash is doubled, as in any string of the file. Percent signs are doubled as well.
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
    # Desktops without these tools read the folder themselves, or ask the user.
    for tool in (["update-desktop-database", "-q", str(folder)], ["xdg-mime", "default", _ENTRY, _TYPE]):
        if shutil.which(tool[0]):
            subprocess.run(  # noqa: S603 - two fixed commands
                tool, check=False, capture_output=True, timeout=_TOOL_SECONDS, env=system_environment()
            )


# ------------------------------------------------------------------------------------- Windows


def registry_values(command: list[str]) -> dict[str, str]:
    """Return the registry values of the link scheme; in Qt's keys, a dot stands for the default value."""
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
