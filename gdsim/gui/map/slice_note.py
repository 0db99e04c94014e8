"""What is said below a map of a slice: where it is, and how far from it runs are."""

from PySide6.QtCore import QSize

from gdsim.core.formulas.numerals import number
from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.paint.words import slice_words
from gdsim.session.frame import Frame

_LEAST = 120


class SliceNote(ElidedLabel):
    """A line that is there only where a slice is drawn."""

    def __init__(self) -> None:
        super().__init__(or_nothing=True, name="hint")  # half of a slice's numbers would be another slice
        self.hide()

    def minimumSizeHint(self) -> QSize:
        """Leave the width to the map: the numbers of a slice change, and with them the room they need."""
        return QSize(_LEAST, super().minimumSizeHint().height())

    def show_frame(self, frame: Frame) -> None:
        words = self._words(frame) if not frame.plane.is_all else ""
        if words != self.whole():
            self.set_whole(words, short=slice_words(frame.plane) if words else "")
        self.setVisible(bool(words))

    def _words(self, frame: Frame) -> str:
        """Say which of the visible runs are beside the slice, the selected one first."""
        away = [
            self.tr("{name} {distance}").format(
                name=view.run.shown_name, distance=number(frame.distance(view))
            )
            for _, view in reversed(frame.begun)
            if frame.is_beside(view)
        ]
        where = slice_words(frame.plane)
        if not frame.begun:
            return where
        if not away:
            return self.tr("{slice}; paths are projected onto it").format(slice=where)
        words = self.tr("beside the slice (hollow marks) by: {runs}; {slice}; paths are projected onto it")
        return words.format(slice=where, runs=", ".join(away))
