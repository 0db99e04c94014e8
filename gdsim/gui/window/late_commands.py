"""Commands whose code is loaded when one of them is first used, so that the window starts sooner."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtWidgets import QWidget

from gdsim.gui.notices import Notices
from gdsim.gui.preferences import Preferences

if TYPE_CHECKING:
    from gdsim.core.surface.surface import LossSurface
    from gdsim.gui.export.commands import ExportCommands
    from gdsim.gui.export.exercise_export import ExportBeside
    from gdsim.gui.objective.commands import FormulaCommands
    from gdsim.gui.points.commands import DataCommands
    from gdsim.gui.share.commands import ShareCommands
    from gdsim.gui.window.main_window import MainWindow

N = TypeVar("N", bound=Notices)


class LateCommands:
    """A set of commands that is made on first use."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    @cached_property
    def made(self) -> Any:  # noqa: ANN401 - whatever `make` loads
        return self._make()

    def command(self, name: str) -> Callable[[], object]:
        """Return a function that makes the commands if necessary and calls one of their methods."""

        def call() -> object:
            return getattr(self.made, name)()

        return call


# ruff: noqa: PLC0415 - each of these functions loads its package


def _with_notices(commands: N, window: "MainWindow") -> N:
    """Have the window show what commands say, and return the commands."""
    commands.refused.connect(window.notice.say)
    commands.told.connect(window.notice.confirm)
    return commands


def export_commands(window: "MainWindow", settings: Preferences) -> "ExportCommands":
    from gdsim.gui.export.commands import ExportCommands
    from gdsim.gui.export.offscreen_panes import PictureSubject
    from gdsim.gui.window.window_camera import WindowCamera

    def subject(surface: "LossSurface") -> PictureSubject:
        cards, experiment = window.cards, window.session.experiment
        arrows, map_choice = cards.legend.value(), cards.view_range_button.choice()
        return PictureSubject(experiment, surface, arrows, cards.surface, cards.curves, map_choice)

    def window_camera(scale: int) -> WindowCamera:
        window.notice.take_back()  # a notice is not to be in the picture
        return WindowCamera(window, scale)

    return _with_notices(ExportCommands(window, window.session, subject, window_camera, settings), window)


def export_beside(window: QWidget) -> "ExportBeside":
    from gdsim.gui.export.exercise_export import ExportBeside

    return ExportBeside(window)


def data_commands(window: "MainWindow") -> "DataCommands":
    from gdsim.gui.points.commands import DataCommands

    return _with_notices(DataCommands(window, window.session, window.user_actions), window)


def share_commands(window: "MainWindow", settings: Preferences) -> "ShareCommands":
    from gdsim.gui.share.commands import ShareCommands

    leave, remember = window.files.leave, window.known_rules.remember
    return _with_notices(ShareCommands(window, window.session, leave, remember, settings), window)


def formula_commands(window: "MainWindow") -> "FormulaCommands":
    from gdsim.gui.objective.commands import FormulaCommands

    return FormulaCommands(window, window.session, window.user_actions, window.known_rules)
