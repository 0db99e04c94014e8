"""Commands whose code is loaded when one of them is first given: the window's start does not wait for it."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtWidgets import QWidget

from gdsim.gui.preferences import Preferences

if TYPE_CHECKING:
    from gdsim.core.surface.surface import LossSurface
    from gdsim.gui.export.beside import ExportBeside
    from gdsim.gui.export.commands import ExportCommands
    from gdsim.gui.objective.commands import FormulaCommands
    from gdsim.gui.points.commands import DataCommands
    from gdsim.gui.share.commands import ShareCommands
    from gdsim.gui.window.main_window import MainWindow

T = TypeVar("T", "ExportCommands", "DataCommands", "ShareCommands")


class LateCommands:
    """Stands for commands, and hands everything on to them."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    @cached_property
    def made(self) -> Any:  # noqa: ANN401 - whatever `make` loads
        return self._make()

    def command(self, name: str) -> Callable[[], object]:
        """Return what calls a method of the commands, and loads them before the first time."""

        def give() -> object:
            return getattr(self.made, name)()

        return give

    def close(self) -> None:
        if "made" in self.__dict__:
            self.made.close()


# ruff: noqa: PLC0415 - each of these loads its package


def _heard(commands: T, window: "MainWindow") -> T:
    """Return commands whose sentences the window shows."""
    commands.refused.connect(window.notice.say)
    commands.told.connect(window.notice.confirm)
    return commands


def export_commands(window: "MainWindow", settings: Preferences) -> "ExportCommands":
    from gdsim.gui.export.commands import ExportCommands
    from gdsim.gui.export.offscreen_panes import Subject
    from gdsim.gui.window.window_camera import WindowCamera

    def subject(surface: "LossSurface") -> Subject:
        cards, experiment = window.cards, window.session.experiment
        arrows, map_choice = cards.legend.value(), cards.view_range_button.choice()
        return Subject(experiment, surface, arrows, cards.surface, cards.curves, map_choice)

    def window_camera(scale: int) -> WindowCamera:
        window.notice.take_back()  # what it says for some seconds is no part of its picture
        return WindowCamera(window, scale)

    return _heard(ExportCommands(window, window.session, subject, window_camera, settings), window)


def export_beside(window: QWidget) -> "ExportBeside":
    from gdsim.gui.export.beside import ExportBeside

    return ExportBeside(window)


def data_commands(window: "MainWindow") -> "DataCommands":
    from gdsim.gui.points.commands import DataCommands

    return _heard(DataCommands(window, window.session, window.user_actions), window)


def share_commands(window: "MainWindow", settings: Preferences) -> "ShareCommands":
    from gdsim.gui.share.commands import ShareCommands

    leave, remember = window.files.leave, window.known_rules.remember
    return _heard(ShareCommands(window, window.session, leave, remember, settings), window)


def formula_commands(window: "MainWindow") -> "FormulaCommands":
    from gdsim.gui.objective.commands import FormulaCommands

    return FormulaCommands(window, window.session, window.user_actions, window.known_rules)
