"""The box that turns the sound of a flight on, and plays it."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox

from gdsim.core.exercises.flight import Flight
from gdsim.core.exercises.flight_sound import tone_of, wav_of
from gdsim.gui.exercises.flight.player import SoundPlayer
from gdsim.gui.forms.tips import set_tip


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
