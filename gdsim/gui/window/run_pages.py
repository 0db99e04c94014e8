"""Widgets that are made on first sight: the pages of the selected run, and the card of a function."""

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.gui.files.drop import leave_drops
from gdsim.gui.forms.layouts import fill_layout
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
    """A stand-in for a widget that is made when it is first shown.

    While it is hidden, it keeps the latest of each kind of update for the widget. A subclass declares the
    signals of the widget that it re-emits.
    """

    def __init__(self) -> None:
        super().__init__()
        self.page: WidgetT | None = None  # None until it is made
        self._kept: dict[str, Callable[[WidgetT], object]] = {}
        self._room = fill_layout(QVBoxLayout(self))

    @abstractmethod
    def _make(self) -> WidgetT:
        """Return a new widget, whose module is imported only here."""

    def make(self) -> WidgetT:
        """Return the widget, made if necessary, after all kept updates."""
        page = self.page = self.page or self._placed()
        kept, self._kept = self._kept, {}
        for update in kept.values():
            update(page)
        return page

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.make()

    def _update(self, name: str, update: Callable[[WidgetT], object]) -> None:
        """Update the page, now or later; an update replaces a kept one of the same name."""
        if self.page is not None and self.isVisible():
            update(self.page)
        else:
            self._kept[name] = update

    def _placed(self) -> WidgetT:
        page = self._make()
        # Panes are a protocol, which cannot inherit from QWidget, but all of them are widgets.
        widget = cast("QWidget", page)
        for name in (name for name, member in vars(type(self)).items() if isinstance(member, Signal)):
            getattr(widget, name).connect(getattr(self, name))
        leave_drops(widget)
        self._room.addWidget(widget)
        self.setFocusProxy(widget)
        widget.show()  # now, not with the next layout
        return page


class LatePage(LateWidget[PageT]):
    def show_frame(self, frame: Frame) -> None:
        self._update("frame", lambda page: page.show_frame(frame))


class SettingsPage(LateWidget["RunEditor"]):
    run_changed = Signal(object, str, str)  # see `RunEditor`
    edit_finished = Signal()
    lines_requested = Signal()

    def set_run(self, run: "Run", experiment: "Experiment") -> None:
        self._update("run", lambda page: page.set_run(run, experiment))

    def set_own_rules(self, rules: "Iterable[Rule]") -> None:
        self._update("rules", lambda page: page.set_own_rules(rules))

    def set_room(self, wanted: int, room: int) -> None:
        self._update("room", lambda page: page.set_room(wanted, room))

    def _make(self) -> "RunEditor":
        from gdsim.gui.settings.run_editor import RunEditor  # noqa: PLC0415 - see `LateWidget`

        return RunEditor()


class StepPage(LatePage["StepCard"]):
    part_requested = Signal(str)  # the clicked part of the update; empty if it was highlighted already
    told = Signal(str)  # a sentence: what was copied
    _digits: int | None = 4

    @property
    def digits(self) -> int | None:
        return self._digits if self.page is None else self.page.digits

    def set_look(self, look: Look) -> None:
        self._update("look", lambda page: page.set_look(look))

    def set_digits(self, digits: int | None) -> None:
        self._digits = digits
        self._update("digits", lambda page: page.set_digits(digits))

    def set_covered(self, covered: bool) -> None:
        self._update("covered", lambda page: page.set_covered(covered=covered))

    def _make(self) -> "StepCard":
        from gdsim.gui.step.step_card import StepCard  # noqa: PLC0415 - see `LatePage`

        return StepCard()


class CodePage(LatePage["CodeCard"]):
    part_requested = Signal(str)  # the part of the chosen line; empty if it was highlighted already
    program_requested = Signal()  # the user wants to copy the whole program
    told = Signal(str)  # a sentence: what was copied
    lines_changed = Signal(object)  # the visible lines; none while the page is hidden

    def compare(self, others: "tuple[CodeLine, ...]") -> None:
        self._update("compared", lambda page: page.compare(others))

    def set_covered(self, covered: bool) -> None:
        self._update("covered", lambda page: page.set_covered(covered=covered))

    def _make(self) -> "CodeCard":
        from gdsim.gui.step.code_card import CodeCard  # noqa: PLC0415

        return CodeCard()


class WhyPage(LatePage["WhyCard"]):
    # Where a chosen finding begins, in steps or epochs as the frame counts them.
    seek_requested = Signal(int)

    def show_findings(self, findings: "tuple[Finding, ...] | None") -> None:
        self._update("findings", lambda page: page.show_findings(findings))

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
        self._update("letter", lambda page: page.choice.show_letter(letter))

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
        self._update("function", lambda pane: pane.show_function(objective, slopes))

    def _make(self) -> "FunctionPane":
        from gdsim.gui.objective.function_card import FunctionPane  # noqa: PLC0415

        return FunctionPane()
