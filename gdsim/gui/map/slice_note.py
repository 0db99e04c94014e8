"""The note below a map of a slice: the slice's position, and the distances of runs from it."""

from PySide6.QtCore import QSize

from gdsim.core.formulas.numerals import number
from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.paint.words import slice_words
from gdsim.session.frame import Frame

_LEAST = 120


class SliceNote(ElidedLabel):
    """A line of text that is visible only while a slice is drawn."""

    def __init__(self) -> None:
        super().__init__(or_nothing=True, name="hint")  # a cut-off number would describe another slice
        self.hide()

    def minimumSizeHint(self) -> QSize:
        """Return a fixed width, so that changing numbers do not change the layout of the map."""
        return QSize(_LEAST, super().minimumSizeHint().height())

    def show_frame(self, frame: Frame) -> None:
        words = self._words(frame) if not frame.plane.is_all else ""
        if words != self.whole():
            self.set_whole(words, short=slice_words(frame.plane) if words else "")
        self.setVisible(bool(words))

    def _words(self, frame: Frame) -> str:
        """Say where the slice is, and which visible runs are beside it, the selected run first."""
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
        words = self.tr("off the slice (hollow marks) by: {runs}; {slice}; paths are projected onto it")
        return words.format(slice=where, runs=", ".join(away))
