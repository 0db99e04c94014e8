"""The pages on the selected run that are not there at first: step, code, why it goes so, memory, limit."""

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.gui.forms.layouts import filled
from gdsim.gui.panes import Pane
from gdsim.gui.style.theme import Look
from gdsim.session.frame import Frame

if TYPE_CHECKING:
    from gdsim.core.analysis.diagnosis import Finding
    from gdsim.core.files.script.code_line import CodeLine
    from gdsim.gui.memory.memory_pane import MemoryPane
    from gdsim.gui.step.code_card import CodeCard
    from gdsim.gui.step.limit_pane import LimitPane
    from gdsim.gui.step.step_card import StepCard
    from gdsim.gui.why.why_card import WhyCard

PageT = TypeVar("PageT", bound=Pane)


class LatePage(QWidget, Generic[PageT]):
    """Stands for a page. A `Pane` that keeps the latest of what it is told for as long as it is not seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page: PageT | None = None  # as long as nobody has seen it
        self._kept: dict[str, Callable[[PageT], object]] = {}
        self._room = filled(QVBoxLayout(self))

    @abstractmethod
    def _make(self) -> PageT:
        """Return the page itself, a widget; import it no earlier."""

    def set_look(self, look: Look) -> None:
        self._tell("look", lambda page: page.set_look(look))

    def show_frame(self, frame: Frame) -> None:
        self._tell("frame", lambda page: page.show_frame(frame))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        page = self.page = self.page or self._placed()
        kept, self._kept = self._kept, {}
        for tell in kept.values():
            tell(page)

    def _tell(self, what: str, tell: Callable[[PageT], object]) -> None:
        """Tell the page something that replaces what it was told under the same name."""
        if self.page is not None and self.isVisible():
            tell(self.page)
        else:
            self._kept[what] = tell

    def _placed(self) -> PageT:
        page = self._make()
        # A protocol has no bases; all pages are widgets.
        widget = cast("QWidget", page)
        self._room.addWidget(widget)
        self.setFocusProxy(widget)
        widget.show()  # now, not when the layout is next worked out
        return page


class StepPage(LatePage["StepCard"]):
    """Stands for a `StepCard`."""

    part_requested = Signal(str)  # a part of the update was clicked; empty when it was highlighted already
    told = Signal(str)  # what was copied
    _digits: int | None = 4

    @property
    def digits(self) -> int | None:
        """Significant digits of the numbers; None for all of them."""
        return self._digits if self.page is None else self.page.digits

    def set_digits(self, digits: int | None) -> None:
        """Write the numbers to other digits; None for all of them."""
        self._digits = digits
        self._tell("digits", lambda page: page.set_digits(digits))

    def set_covered(self, covered: bool) -> None:
        """Show the numbers, or say that an exercise asks for them."""
        self._tell("covered", lambda page: page.set_covered(covered=covered))

    def _make(self) -> "StepCard":
        from gdsim.gui.step.step_card import StepCard  # noqa: PLC0415 - see `LatePage`

        page = StepCard()
        page.part_requested.connect(self.part_requested)
        page.told.connect(self.told)
        return page


class CodePage(LatePage["CodeCard"]):
    """Stands for a `CodeCard`."""

    part_requested = Signal(str)  # a line of this part was chosen; empty when it was highlighted already
    program_requested = Signal()  # the whole program is to be copied
    told = Signal(str)  # what was copied
    lines_changed = Signal(object)  # the lines that are seen; none while it is hidden

    def compare(self, others: "tuple[CodeLine, ...]") -> None:
        """Mark the lines that code beside it has not; none for no code."""
        self._tell("compared", lambda page: page.compare(others))

    def set_covered(self, covered: bool) -> None:
        """Show the code with its numbers, or say that an exercise asks for them."""
        self._tell("covered", lambda page: page.set_covered(covered=covered))

    def _make(self) -> "CodeCard":
        from gdsim.gui.step.code_card import CodeCard  # noqa: PLC0415

        page = CodeCard()
        page.part_requested.connect(self.part_requested)
        page.program_requested.connect(self.program_requested)
        page.told.connect(self.told)
        page.lines_changed.connect(self.lines_changed)
        return page


class WhyPage(LatePage["WhyCard"]):
    """Stands for a `WhyCard`."""

    # A finding was chosen: where it begins, in steps or epochs, as the frame counts them.
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


class LimitPage(LatePage["LimitPane"]):
    """Stands for a `LimitPane`."""

    def _make(self) -> "LimitPane":
        from gdsim.gui.step.limit_pane import LimitPane  # noqa: PLC0415

        return LimitPane()
