"""The box that turns the sound of a flight on, and plays it by what the system has for it.

Qt's own part for sounds would make the bundle much larger.
"""

import contextlib
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox

from gdsim.core.exercises.flight.flight import Flight
from gdsim.core.exercises.flight.sound import tone_of, wav_of
from gdsim.core.process import system_environment
from gdsim.gui.forms.tips import set_tip

# In the order in which they are tried. macOS has the first one; paplay reaches both usual servers of Linux.
_PLAYERS = ("afplay", "paplay", "pw-play", "aplay")
# A process that was started or killed has begun or ended long before.
_PATIENCE_MS = 500


class SoundPlayer(QObject):
    """Plays one sound at a time, beside everything else."""

    failed = Signal()  # a sound could not be played, by any player there is

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._players: list[str] = []  # those that are left to try, once one was looked for
        self._folder: TemporaryDirectory[str] | None = None
        self._process = QProcess(self)
        environment = QProcessEnvironment()
        for name, value in system_environment().items():
            environment.insert(name, value)
        self._process.setProcessEnvironment(environment)
        for redirect in (
            self._process.setStandardInputFile,
            self._process.setStandardOutputFile,
            self._process.setStandardErrorFile,
        ):
            redirect(QProcess.nullDevice())
        self._process.finished.connect(self._on_finished)

    @staticmethod
    def is_there() -> bool:
        """Return whether the system has anything that plays a sound."""
        return sys.platform == "win32" or bool(_found())

    def play(self, sound: bytes) -> None:
        """Play a WAV file in place of the one before."""
        self.stop()
        try:
            self._file.write_bytes(sound)
        except OSError:  # there is no room for it
            self.failed.emit()
            return
        if sys.platform != "win32":
            self._players = self._players or _found()
            self._start()
        elif not _plays_on_windows(str(self._file)):
            self.failed.emit()

    def stop(self) -> None:
        if sys.platform == "win32":
            _plays_on_windows(None)
        with QSignalBlocker(self._process):
            self._process.kill()
            self._process.waitForFinished(_PATIENCE_MS)

    def close(self) -> None:
        """Leave nothing behind, before the window is deleted."""
        self.stop()
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def _file(self) -> Path:
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="gdsim-", ignore_cleanup_errors=True)
        return Path(self._folder.name, "tone.wav")

    def _start(self) -> None:
        """Play the file by the first player that starts."""
        while self._players:
            self._process.start(self._players[0], [str(self._file)])
            if self._process.waitForStarted(_PATIENCE_MS):
                return
            del self._players[0]
        self.failed.emit()

    @Slot(int, QProcess.ExitStatus)
    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        """Go on to the next player where this one has no device, or no server to speak to."""
        if code or status is not QProcess.ExitStatus.NormalExit:
            del self._players[0]
            self._start()


def _found() -> list[str]:
    """Return the paths of all players there are, in the order in which they are tried."""
    return [path for path in map(shutil.which, _PLAYERS) if path]


def _plays_on_windows(file: str | None) -> bool:
    """Let Windows play a file in place of the one before, and None nothing; return whether it does."""
    if sys.platform == "win32":
        import winsound  # noqa: PLC0415 - there is none elsewhere

        with contextlib.suppress(RuntimeError):
            winsound.PlaySound(file, winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)
            return True
    return False


class SoundBox(QCheckBox):
    """Lets hear what the instruments read, while it is checked."""

    failed = Signal(str)  # no sound can be played, so that it is checked no more: why

    def __init__(self) -> None:
        super().__init__()
        self.setText(self.tr("&Sound"))
        self.player = SoundPlayer(self)
        self.player.failed.connect(self._on_failed)
        self.clicked.connect(self.player.stop)
        self.setEnabled(self.player.is_there())
        set_tip(
            self,
            self.tr(
                "A tone after each step: high where the loss is high, from the left where w falls on the way "
                "down, with many pulses where it is steep."
            )
            if self.isEnabled()
            else self.tr("This system has no program that plays a sound: install paplay, pw-play or aplay."),
        )

    def play(self, flight: Flight) -> None:
        """Let hear what a pilot's instruments read now."""
        if self.isChecked():
            self.player.play(wav_of(tone_of(flight)))

    @Slot()
    def _on_failed(self) -> None:
        self.setChecked(False)
        self.failed.emit(self.tr("No sound can be played here, perhaps because no loudspeaker is connected."))
