"""The pages on the selected run that are not there at first: the step, why it goes so, its memory."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from gdsim.gui.window.late_page import LatePage

if TYPE_CHECKING:
    from gdsim.core.analysis.diagnosis import Finding
    from gdsim.gui.memory.memory_pane import MemoryPane
    from gdsim.gui.step.step_card import StepCard
    from gdsim.gui.why.why_card import WhyCard


class StepPage(LatePage["StepCard"]):
    """Stands for a `StepCard`.

    Signals
    -------
    part_requested(str)
        A part of the update was clicked; empty when it was lit already.
    """

    part_requested = Signal(str)
    _digits: int | None = 4

    @property
    def digits(self) -> int | None:
        """Significant digits of the numbers; None for all of them."""
        return self._digits if self._page is None else self._page.digits

    def set_digits(self, digits: int | None) -> None:
        """Write the numbers to other digits; None for all of them."""
        self._digits = digits
        self._tell("digits", lambda page: page.set_digits(digits))

    def _make(self) -> "StepCard":
        from gdsim.gui.step.step_card import StepCard  # noqa: PLC0415 - see `LatePage`

        page = StepCard()
        page.part_requested.connect(self.part_requested)
        return page


class WhyPage(LatePage["WhyCard"]):
    """Stands for a `WhyCard`.

    Signals
    -------
    seek_requested(int)
        A finding was chosen: where it begins, in steps or epochs, as the frame counts them.
    """

    seek_requested = Signal(int)

    def show_findings(self, findings: "tuple[Finding, ...] | None") -> None:
        """Show the findings of the selected run; None while nobody has looked yet."""
        self._tell("findings", lambda page: page.show_findings(findings))

    def _make(self) -> "WhyCard":
        from gdsim.gui.why.why_card import WhyCard  # noqa: PLC0415

        page = WhyCard()
        page.seek_requested.connect(self.seek_requested)
        return page


class MemoryPage(LatePage["MemoryPane"]):
    """Stands for a `MemoryPane`."""

    def _make(self) -> "MemoryPane":
        from gdsim.gui.memory.memory_pane import MemoryPane  # noqa: PLC0415

        return MemoryPane()
