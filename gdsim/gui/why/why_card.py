"""Why a run does what it does: the findings of the selected run, those at the current step first."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.paint.words import why_nothing
from gdsim.gui.why.why_list import WhyDelegate, WhyModel, WhyView
from gdsim.session.frame import Frame

if TYPE_CHECKING:
    from gdsim.core.analysis.diagnosis import Finding


class WhyCard(QWidget):
    """The body of the card 'Why is it doing that?'."""

    # A finding was chosen: its first step or epoch, whichever the frame counts
    seek_requested = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._model = WhyModel(self)
        self._delegate = WhyDelegate(self)
        self.view = WhyView(self._model, self._delegate, self)
        self.view.chosen.connect(self._on_chosen)
        self.setFocusProxy(self.view)
        fill_layout(QVBoxLayout(self), self.view)
        self._findings: tuple[Finding, ...] | None = None
        self._frame: Frame | None = None
        self._say()

    def show_findings(self, findings: "tuple[Finding, ...] | None") -> None:
        """Show the findings of the selected run; None while they are being computed."""
        if findings == self._findings:
            return
        self._findings = findings
        self._delegate.forget()
        self.view.choose(-1)
        self._model.show_findings(findings or ())
        self._say()

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        if frame.current is not None:
            self.view.show_step(frame.current.number)
        if self._words() != self._said:
            self._say()

    def _say(self) -> None:
        self._said = self._words()
        self.view.say(self._said)

    def _words(self) -> str:
        """Return why there are no findings."""
        current = self._frame.current if self._frame else None
        if self._frame is not None and current is None:
            return why_nothing(self._frame)
        if self._findings is None:
            return self.tr("Looking at the run…")
        words = self.tr("Nothing to report: no plateau, turn or leap was found.")
        if current is not None and current.run.optimizer.definition.limit:
            words += " " + self.tr("If the run is slow, the page Limit says in which direction.")
        return words

    def _on_chosen(self, row: int) -> None:
        finding = self._model.rows[row].finding
        view = self._frame.current if self._frame else None
        if finding is None or view is None or self._frame is None:
            return
        by_epoch = self._frame.by_epoch
        self.seek_requested.emit(view.clock_within(finding.first, finding.last, by_epoch=by_epoch))
