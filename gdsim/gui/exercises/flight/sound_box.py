"""The check box for the sound of a flight, played with the means of the operating system.

Qt Multimedia would make the bundle much larger.
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

# In the order in which they are tried. macOS has the first; paplay works with both usual servers of Linux.
_PLAYERS = ("afplay", "paplay", "pw-play", "aplay")
# Far more time than a process needs to start or to be killed.
_PATIENCE_MS = 500


class SoundPlayer(QObject):
    """Player of one sound at a time, without blocking the GUI thread for its length."""

    failed = Signal()  # no player could play the sound

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._players: list[str] = []  # the players left to try; empty before the first sound
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
        """Return whether the system can play a sound."""
        return sys.platform == "win32" or bool(_found())

    def play(self, sound: bytes) -> None:
        """Play a WAV file, stopping the one before."""
        self.stop()
        try:
            self._file.write_bytes(sound)
        except OSError:  # the disk is full
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
        """Stop the sound and delete the temporary folder."""
        self.stop()
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def _file(self) -> Path:
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="gdsim-", ignore_cleanup_errors=True)
        return Path(self._folder.name, "tone.wav")

    def _start(self) -> None:
        """Play the file with the first player that starts."""
        while self._players:
            self._process.start(self._players[0], [str(self._file)])
            if self._process.waitForStarted(_PATIENCE_MS):
                return
            del self._players[0]
        self.failed.emit()

    @Slot(int, QProcess.ExitStatus)
    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        """Try the next player if this one failed, because it has no device or no server."""
        if code or status is not QProcess.ExitStatus.NormalExit:
            del self._players[0]
            self._start()


def _found() -> list[str]:
    """Return the paths of the installed players, in the order in which they are tried."""
    return [path for path in map(shutil.which, _PLAYERS) if path]


def _plays_on_windows(file: str | None) -> bool:
    """Let Windows play a file, or stop for None; return whether it could."""
    if sys.platform == "win32":
        import winsound  # noqa: PLC0415 - only on Windows

        with contextlib.suppress(RuntimeError):
            winsound.PlaySound(file, winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)
            return True
    return False


class SoundBox(QCheckBox):
    """Check box that turns the sound on and off, and plays it."""

    failed = Signal(str)  # why no sound can be played; the box is unchecked then

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
        """Play the current readings of a flight, if the box is checked."""
        if self.isChecked():
            self.player.play(wav_of(tone_of(flight)))

    @Slot()
    def _on_failed(self) -> None:
        self.setChecked(False)
        self.failed.emit(self.tr("No sound can be played here, perhaps because no loudspeaker is connected."))
