"""Pictures without a person: what they look like follows from the arguments, not from the machine."""

import os
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication

from gdsim.cli import main
from gdsim.gui.runtime.unattended import Recorder
from tests.every import WHOLE
from tests.gui.runtime.test_app import PICTURE, SETTINGS, started, without_display

LOCALE = """
import os, sys
from gdsim.gui.runtime.platform import use_plain_capitals
for variable in ("LC_ALL", "LANG"):
    os.environ[variable] = sys.argv[1]
    use_plain_capitals()
    print(*map(os.environ.get, ("LANG", "LC_ALL", "LC_CTYPE")))
    del os.environ["LC_CTYPE"]
"""

FAMILIES = """
from PySide6.QtGui import QFont, QFontInfo
from gdsim.gui.runtime.boot import boot
from gdsim.gui.style.fonts import MONO, SERIF
app = boot(unseen=True)
print(*(QFontInfo(QFont(one)).family() for one in (SERIF, MONO)), sep=", ")
"""


def in_locale(folder, language):
    """Return an environment in a language, as far as its letters are known here."""
    name = f"{language}.UTF-8"
    letters = folder / "letters"  # all else would take most of the time
    letters.write_text(
        f'LC_CTYPE\ncopy "{language}"\nEND LC_CTYPE\nLC_COLLATE\ncopy "POSIX"\nEND LC_COLLATE\n'
    )
    localedef = shutil.which("localedef") or "localedef"
    made = [localedef, "--force", "--quiet", "-i", str(letters), "-f", "UTF-8", str(folder / name)]
    try:
        subprocess.run(made, check=False, capture_output=True)
    except OSError:
        return {}
    return {"LOCPATH": str(folder), "LC_ALL": name} if (folder / name).is_dir() else {}


@pytest.fixture(scope="module")
def in_turkish(tmp_path_factory):
    """Return an environment in whose language the capital of i is another letter, as far as it is known here.

    PySide found no setInterval for interval, and no window opened.
    """
    return in_locale(tmp_path_factory.mktemp("locales"), "tr_TR")


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("setting", SETTINGS if WHOLE else SETTINGS[-1:], ids=str)
def test_a_picture_is_the_same_without_a_display_for_a_scaled_desktop_and_in_turkish(
    tmp_path, in_turkish, setting
):
    there = without_display() | setting | in_turkish | {"QT_SCALE_FACTOR": "1.5"}
    pictures = []
    for environment in (None, there):
        out = tmp_path / f"{len(pictures)}.png"
        command = ["record", "valley", str(out), "--step", "31", "--theme", "dark"]
        if environment is None:
            assert main(command) == 0
        else:
            ended = started(PICTURE, *command, environment=environment)
            assert (ended.returncode, ended.stderr, ended.stdout) == (0, "", "")
        with Image.open(out) as picture:
            pictures.append(np.asarray(picture.convert("RGB")).astype(int))
    usual, scaled = pictures
    assert scaled.shape == usual.shape == (900, 1440, 3)
    on_the_map = slice(110, 470), slice(780, 1020)
    differs = np.abs(usual - scaled)[on_the_map].max(axis=2) > 20
    assert differs.mean() < 0.01
    assert len(np.unique(scaled[on_the_map].reshape(-1, 3), axis=0)) > 500


def test_all_but_letters_is_as_it_is_in_turkey(in_turkish):
    if not in_turkish:
        pytest.skip("nothing is known of Turkish here")
    others = {key: value for key, value in os.environ.items() if key[:3] != "LC_"}
    name = in_turkish["LC_ALL"]
    ended = started(LOCALE, name, environment=others | {"LOCPATH": in_turkish["LOCPATH"]})
    assert ended.stdout.splitlines() == [f"{name} None C.UTF-8"] * 2


def test_formulas_and_numbers_have_the_same_letters_in_arabia(tmp_path):
    others = {key: value for key, value in os.environ.items() if key[:3] not in {"LC_", "FC_"}}
    here, there = (
        started(FAMILIES, environment=others | more)
        for more in ({"LC_ALL": "C.UTF-8"}, in_locale(tmp_path, "ar_EG"))
    )
    assert here.stdout == there.stdout != ""


def test_a_recording_is_on_no_screen_which_may_be_smaller(qapp, monkeypatch, tmp_path):
    """Windows, macOS and some window managers let no window be larger than the screen."""
    on_screen = []

    def look(_recorder, _out, _step):
        on_screen.extend(one for one in QGuiApplication.topLevelWindows() if one.isVisible())

    monkeypatch.setattr(Recorder, "save_picture", look)
    assert main(["record", "valley", str(tmp_path / "a.png")]) == 0
    assert on_screen == []
