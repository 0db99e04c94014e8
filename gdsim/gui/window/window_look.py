"""What is open and drawn in a window that is recorded without a user."""

from dataclasses import dataclass

from gdsim.core.analysis.series import CurveKind


@dataclass(frozen=True)
class WindowLook:
    """What a picture of the window shows of an experiment."""

    size: tuple[int, int] = (1440, 900)  # width and height of the window in pixels
    theme: str = "light"  # name of the theme
    curve: CurveKind | None = None  # which kind of curves is open; None for the scene's cut, else the loss
    page: str = "settings"  # which page of the selected run is open: one of `gdsim.core.lessons.view.PAGES`
    run: int | None = None  # the index of the selected run; None to leave the selection as it is
    arrows: bool = True  # whether the arrows of the step are drawn
    opengl: bool = True  # whether OpenGL may draw the surface
