"""What is not there at first: pages on the selected run, and the card of a function in place of points."""

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.gui.files.drop import leave_drops
from gdsim.gui.forms.layouts import filled
from gdsim.gui.panes import Pane
from gdsim.gui.style.theme import Look
from gdsim.session.frame import Frame

if TYPE_CHECKING:
    from gdsim.core.analysis.diagnosis import Finding
    from gdsim.core.files.script.code_line import CodeLine
    from gdsim.core.model.experiment import Experiment
    from gdsim.core.model.objective import FunctionObjective
    from gdsim.core.model.points import PointSet
    from gdsim.core.model.run import Run
    from gdsim.core.rules.rule import Rule
    from gdsim.gui.memory.memory_pane import MemoryPane
    from gdsim.gui.objective.function_card import FunctionPane
    from gdsim.gui.settings.run_editor import RunEditor
    from gdsim.gui.step.code_card import CodeCard
    from gdsim.gui.step.limit_pane import LimitPane
    from gdsim.gui.step.step_card import StepCard
    from gdsim.gui.why.why_card import WhyCard

WidgetT = TypeVar("WidgetT")
PageT = TypeVar("PageT", bound=Pane)


class LateWidget(QWidget, Generic[WidgetT]):
    """Stands for a widget, and keeps the latest of what it is told for as long as it is not seen.

    The signals that it has are those of the widget, and are passed on.
    """

    def __init__(self) -> None:
        super().__init__()
        self.page: WidgetT | None = None  # as long as nobody has seen it
        self._kept: dict[str, Callable[[WidgetT], object]] = {}
        self._room = filled(QVBoxLayout(self))

    @abstractmethod
    def _make(self) -> WidgetT:
        """Return the widget itself; import it no earlier."""

    def make(self) -> WidgetT:
        """Return the widget; it is made if it is not there yet, and told all that was kept."""
        page = self.page = self.page or self._placed()
        kept, self._kept = self._kept, {}
        for tell in kept.values():
            tell(page)
        return page

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.make()

    def _tell(self, what: str, tell: Callable[[WidgetT], object]) -> None:
        """Tell the page something that replaces what it was told under the same name."""
        if self.page is not None and self.isVisible():
            tell(self.page)
        else:
            self._kept[what] = tell

    def _placed(self) -> WidgetT:
        page = self._make()
        # A protocol, which panes are, has no bases; all of them are widgets.
        widget = cast("QWidget", page)
        for name in (name for name, one in vars(type(self)).items() if isinstance(one, Signal)):
            getattr(widget, name).connect(getattr(self, name))
        leave_drops(widget)
        self._room.addWidget(widget)
        self.setFocusProxy(widget)
        widget.show()  # now, not when the layout is next worked out
        return page


class LatePage(LateWidget[PageT]):
    def show_frame(self, frame: Frame) -> None:
        self._tell("frame", lambda page: page.show_frame(frame))


class SettingsPage(LateWidget["RunEditor"]):
    run_changed = Signal(object, str, str)  # see `RunEditor`
    edit_finished = Signal()
    lines_requested = Signal()

    def set_run(self, run: "Run", experiment: "Experiment") -> None:
        self._tell("run", lambda page: page.set_run(run, experiment))

    def set_own_rules(self, rules: "Iterable[Rule]") -> None:
        self._tell("rules", lambda page: page.set_own_rules(rules))

    def set_room(self, wanted: int, room: int) -> None:
        self._tell("room", lambda page: page.set_room(wanted, room))

    def _make(self) -> "RunEditor":
        from gdsim.gui.settings.run_editor import RunEditor  # noqa: PLC0415 - see `LateWidget`

        return RunEditor()


class StepPage(LatePage["StepCard"]):
    part_requested = Signal(str)  # a part of the update was clicked; empty when it was highlighted already
    told = Signal(str)  # what was copied
    _digits: int | None = 4

    @property
    def digits(self) -> int | None:
        return self._digits if self.page is None else self.page.digits

    def set_look(self, look: Look) -> None:
        self._tell("look", lambda page: page.set_look(look))

    def set_digits(self, digits: int | None) -> None:
        self._digits = digits
        self._tell("digits", lambda page: page.set_digits(digits))

    def set_covered(self, covered: bool) -> None:
        self._tell("covered", lambda page: page.set_covered(covered=covered))

    def _make(self) -> "StepCard":
        from gdsim.gui.step.step_card import StepCard  # noqa: PLC0415 - see `LatePage`

        return StepCard()


class CodePage(LatePage["CodeCard"]):
    part_requested = Signal(str)  # a line of this part was chosen; empty when it was highlighted already
    program_requested = Signal()  # the whole program is to be copied
    told = Signal(str)  # what was copied
    lines_changed = Signal(object)  # the lines that are seen; none while it is hidden

    def compare(self, others: "tuple[CodeLine, ...]") -> None:
        self._tell("compared", lambda page: page.compare(others))

    def set_covered(self, covered: bool) -> None:
        self._tell("covered", lambda page: page.set_covered(covered=covered))

    def _make(self) -> "CodeCard":
        from gdsim.gui.step.code_card import CodeCard  # noqa: PLC0415

        return CodeCard()


class WhyPage(LatePage["WhyCard"]):
    # A finding was chosen: where it begins, in steps or epochs, as the frame counts them.
    seek_requested = Signal(int)

    def show_findings(self, findings: "tuple[Finding, ...] | None") -> None:
        self._tell("findings", lambda page: page.show_findings(findings))

    def _make(self) -> "WhyCard":
        from gdsim.gui.why.why_card import WhyCard  # noqa: PLC0415

        return WhyCard()


class MemoryPage(LatePage["MemoryPane"]):
    _letter = ""

    @property
    def letter(self) -> str:
        return self._letter if self.page is None else self.page.choice.other_letter

    def show_letter(self, letter: str) -> None:
        self._letter = letter
        self._tell("letter", lambda page: page.choice.show_letter(letter))

    def _make(self) -> "MemoryPane":
        from gdsim.gui.memory.memory_pane import MemoryPane  # noqa: PLC0415

        return MemoryPane()


class LimitPage(LatePage["LimitPane"]):
    def _make(self) -> "LimitPane":
        from gdsim.gui.step.limit_pane import LimitPane  # noqa: PLC0415

        return LimitPane()


class FunctionCard(LateWidget["FunctionPane"]):
    function_requested = Signal()
    neuron_requested = Signal()

    def show_function(self, objective: "FunctionObjective", slopes: "PointSet") -> None:
        self._tell("function", lambda pane: pane.show_function(objective, slopes))

    def _make(self) -> "FunctionPane":
        from gdsim.gui.objective.function_card import FunctionPane  # noqa: PLC0415

        return FunctionPane()
