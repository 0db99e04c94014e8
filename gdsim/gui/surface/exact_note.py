"""The note below an approximate surface: its error, and a button to compute the exact surface."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdsim.core.formulas.numerals import in_percent, integer_text, number
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.forms.layouts import fill_layout, window_button
from gdsim.gui.forms.tips import set_tip


class ExactNote(QWidget):
    """A line of text and a button, shown only for an approximation or while the exact surface is computed."""

    offered = Signal(bool)  # whether the exact surface can be requested or stopped
    requested = Signal()
    stop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._share = 1.0
        self._error = 0.0
        self._sample: tuple[int, int] | None = None
        self.label = ElidedLabel(name="hint")
        self.button = window_button("", act=self.press)
        fill_layout(QHBoxLayout(self), (self.label, 1), self.button, gap=6)
        self._tell()

    def show_surface(self, surface: LossSurface) -> None:
        """Show the error bound of a surface, and hide the note if the surface is exact."""
        self._error, self._sample = surface.error_bound, surface.sample
        self._tell()

    def show_progress(self, share: float) -> None:
        self._share = share
        self._tell()

    def press(self) -> None:
        if self._share < 1.0:
            self.stop_requested.emit()
        elif self._error > 0.0:
            self.requested.emit()

    def _tell(self) -> None:
        works = self._share < 1.0
        is_of_use = works or self._error > 0.0
        self.setVisible(is_of_use)
        self.offered.emit(is_of_use)
        if works:
            said = self.tr("Computing the exact surface: {0}").format(in_percent(int(100 * self._share)))
            text, name = self.tr("Stop"), self.tr("Stop the exact surface")
            sentence = self.tr("Keep the approximation that is shown.")
        else:
            said = self.tr("Within {0} of the exact loss").format(number(self._error, 2))
            if self._sample:
                drawn = self.tr("± {2}, from {0} of {1} points")
                said = drawn.format(*map(integer_text, self._sample), number(self._error, 2))
            text, name = self.tr("Exact"), self.tr("Compute the exact surface")
            sentence = self.tr(
                "Add up the loss of every single point in the background. With a million points this takes "
                "minutes."
            )
        self.label.set_whole(said)
        if text != self.button.text():
            self.button.setText(text)
            self.button.setAccessibleName(name)
            set_tip(self.button, sentence)
