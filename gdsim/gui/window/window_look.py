"""What is open and drawn in a window that is recorded without anybody at it."""

from dataclasses import dataclass

from gdsim.core.analysis.series import CurveKind


@dataclass(frozen=True)
class WindowLook:
    """What a picture of the window shows of an experiment."""

    size: tuple[int, int] = (1440, 900)  # width and height of the window in pixels
    theme: str = "light"  # name of the theme
    curve: CurveKind | None = None  # which kind of curves is open; None for a cut of the scene, or the loss
    page: str = "settings"  # which page of the selected run is open: one of `gdsim.core.lessons.view.PAGES`
    run: int | None = None  # which run is selected, by its place; None for the one that is
    arrows: bool = True  # whether the arrows of the step are drawn
    opengl: bool = True  # whether OpenGL may draw the surface
