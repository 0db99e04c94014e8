"""The sound of a flight is played by a program of the system: here by scripts in its place."""

import io
import os
import sys
import tempfile
import wave
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QProcess, Qt
from PySide6.QtWidgets import QLabel

from gdsim.core.exercises.flight.sound import tone_of, wav_of
from gdsim.core.model.experiment import new_experiment
from gdsim.gui import accessible
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.flight import sound_box
from gdsim.gui.exercises.flight.instrument_flight import InstrumentFlight
from gdsim.session.session import Session
from tests.every import every
from tests.gui.aloud import Role, told

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no shell")

# Keeps what it is to play, under the number of its process, and ends.
KEEPS = 'cp "$1" "$0.copy"; mv "$0.copy" "$0.$$.wav"'
# The same, but it plays for ever.
PLAYS_ON = f"{KEEPS}; exec sleep 1000"
FAILS = 'echo "no device" >&2; exit 1'


@pytest.fixture
def bin_folder(tmp_path, monkeypatch):
    """The only folder with programs; sounds are kept beside it until they were played."""
    for name, folder in (("PATH", "bin"), ("TMPDIR", "tmp")):
        (tmp_path / folder).mkdir()
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path / "bin"


@pytest.fixture
def fly(qtbot):
    """Open the exercise."""
    accessible.install()
    session = Session(new_experiment())

    def opened():
        made = InstrumentFlight(session, UserActions(session))
        qtbot.addWidget(made, before_close_func=lambda one: (one.end(), session.close()))
        with qtbot.waitActive(made):
            made.show_up()
        return made

    return opened


def install(folder, name, script, shell="/bin/sh"):
    file = folder / name
    file.write_text(f"#!{shell}\nPATH=/bin:/usr/bin\n{script}\n")
    file.chmod(0o755)


def played(folder, name="paplay"):
    """Return the sounds that a script was given, by the number of its process."""
    return {int(file.suffixes[-2][1:]): file.read_bytes() for file in folder.glob(f"{name}.*.wav")}


def runs(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for_sounds(qtbot, folder, number, name="paplay"):
    qtbot.waitUntil(lambda: len(played(folder, name)) == number, timeout=20_000)
    return played(folder, name)


def test_each_step_is_heard_once_sound_is_wanted(bin_folder, fly, qtbot, tmp_path):
    install(bin_folder, "paplay", KEEPS)
    exercise = fly()
    ended = []
    exercise.sound.player.findChild(QProcess).finished.connect(lambda code, _status: ended.append(code))
    exercise.make_step()
    exercise.make_step()
    assert exercise.sound.player.findChild(QProcess).state() is QProcess.ProcessState.NotRunning
    assert not list((tmp_path / "tmp").iterdir())
    wanted = []
    for act in (
        exercise.sound.click,
        lambda: qtbot.keyClick(exercise.frame, Qt.Key.Key_Return),
        lambda: exercise.set_up({"level": 3, "seed": 8}),
    ):
        act()
        wanted.append(wav_of(tone_of(exercise.flights[0])))
        qtbot.waitUntil(lambda: len(ended) == len(wanted), timeout=20_000)
    assert sorted(played(bin_folder).values()) == sorted(wanted)
    with wave.open(io.BytesIO(wanted[1])) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 22_050)
    assert exercise.frame.hasFocus()
    exercise.sound.click()
    exercise.make_step()
    assert exercise.sound.player.findChild(QProcess).state() is QProcess.ProcessState.NotRunning
    assert exercise.note == ""
    exercise.end()
    assert not list((tmp_path / "tmp").iterdir())


def test_a_tone_ends_the_one_before_and_closing_ends_the_last(bin_folder, fly, qtbot, tmp_path):
    install(bin_folder, "paplay", PLAYS_ON)
    exercise = fly()
    exercise.sound.click()
    (first,) = wait_for_sounds(qtbot, bin_folder, 1)
    assert runs(first)
    exercise.make_step()
    (second,) = wait_for_sounds(qtbot, bin_folder, 2).keys() - {first}
    assert not runs(first)
    assert runs(second)
    exercise.sound.click()
    assert not runs(second)
    exercise.sound.click()
    (third,) = wait_for_sounds(qtbot, bin_folder, 3).keys() - {first, second}
    exercise.close()
    exercise.end()
    assert not runs(third)
    assert not list((tmp_path / "tmp").iterdir())
    assert exercise.note == ""


def test_where_no_player_is_the_box_says_why(bin_folder, fly):
    exercise = fly()
    assert not exercise.sound.isEnabled()
    (why,) = (label for label in exercise.findChildren(QLabel) if "plays a sound" in label.text())
    assert why.isVisible()
    assert "install paplay, pw-play or aplay" in exercise.sound.toolTip()
    heard = told(exercise.sound)
    assert (heard.role, heard.name) == (Role.CheckBox, "Sound")
    assert heard.description.startswith("This system has no program that plays a sound")
    exercise.make_step()
    assert exercise.flights[0].steps == 1


def test_the_box_tells_what_will_be_heard(bin_folder, fly):
    install(bin_folder, "aplay", KEEPS)
    exercise = fly()
    assert exercise.sound.isEnabled()
    assert not any("plays a sound" in label.text() for label in exercise.findChildren(QLabel))
    assert not exercise.sound.isChecked()
    assert told(exercise.sound).description.startswith("A tone after each step: high where the loss is high")


@every(
    ("script", "shell"),
    [(FAILS, "/bin/sh"), ("kill -KILL $$", "/bin/sh"), (KEEPS, "/no/such/shell")],
)
def test_where_one_player_fails_the_next_plays_and_it_is_said_once_when_none_does(
    bin_folder, fly, qtbot, announced, script, shell
):
    for file in bin_folder.iterdir():
        file.unlink()
    install(bin_folder, "paplay", script, shell)
    install(bin_folder, "aplay", KEEPS)
    exercise = fly()
    exercise.sound.click()
    (sound,) = wait_for_sounds(qtbot, bin_folder, 1, "aplay").values()
    assert sound == wav_of(tone_of(exercise.flights[0]))
    assert exercise.note == ""
    install(bin_folder, "aplay", script, shell)
    announced()
    exercise.make_step()
    qtbot.waitUntil(lambda: exercise.note != "", timeout=20_000)
    said = "No sound can be played here, perhaps because no loudspeaker is connected."
    assert exercise.note == said
    assert not exercise.sound.isChecked()
    exercise.make_step()
    assert exercise.flights[0].steps == 2
    assert " ".join(announced()).count(said) == 1
    install(bin_folder, "paplay", KEEPS)
    exercise.sound.click()
    assert exercise.note == ""
    wait_for_sounds(qtbot, bin_folder, 1)
    exercise.close()


def test_where_no_file_can_be_written_it_is_said_as_well(bin_folder, fly, tmp_path):
    install(bin_folder, "paplay", KEEPS)
    exercise = fly()
    (tmp_path / "tmp").rmdir()
    exercise.sound.click()
    assert exercise.note.startswith("No sound can be played here")
    assert not exercise.sound.isChecked()


def test_a_player_finds_its_own_libraries_not_those_of_the_bundle(bin_folder, fly, qtbot, monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/gdsim/_internal")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/opt/mine")
    install(bin_folder, "paplay", 'echo "$LD_LIBRARY_PATH" > "$1.txt"; mv "$1.txt" "$0.txt"')
    fly().sound.click()
    told_by_player = bin_folder / "paplay.txt"
    qtbot.waitUntil(told_by_player.exists, timeout=20_000)
    assert told_by_player.read_text() == "/opt/mine\n"


def test_windows_plays_it_by_itself(bin_folder, fly, monkeypatch):
    asked, works = [], [True]

    def play_sound(file, flags):
        asked.append((file and Path(file).read_bytes(), flags))
        if file and not works[0]:
            raise RuntimeError("Failed to play sound")

    numbers = dict(
        zip(("SND_FILENAME", "SND_ASYNC", "SND_NODEFAULT"), (1 << n for n in count()), strict=False)
    )
    monkeypatch.setitem(sys.modules, "winsound", SimpleNamespace(PlaySound=play_sound, **numbers))
    monkeypatch.setattr(sound_box, "sys", SimpleNamespace(platform="win32"))
    exercise = fly()
    assert exercise.sound.isEnabled()
    exercise.sound.click()
    assert asked[-1] == (wav_of(tone_of(exercise.flights[0])), 7)
    exercise.make_step()
    assert [sound and len(sound) for sound, _ in asked[-2:]] == [None, len(asked[-1][0])]
    works[0] = False
    exercise.make_step()
    assert exercise.note.startswith("No sound can be played here")
    exercise.end()
    assert asked[-1][0] is None


def test_another_window_goes_on_with_the_sound(bin_folder, fly):
    install(bin_folder, "paplay", KEEPS)
    exercise = fly()
    exercise.sound.click()
    other = fly()
    assert not other.sound.isChecked()
    other.restore_state(exercise.save_state())
    assert other.sound.isChecked()
