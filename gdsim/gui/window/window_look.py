"""How a window that nobody sits at is looked at: what is open and drawn in it."""

from dataclasses import dataclass

from gdsim.core.analysis.series import CurveKind


@dataclass(frozen=True)
class WindowLook:
    """What a picture of the window shows of an experiment.

    Attributes
    ----------
    size : tuple of int
        Width and height of the window in pixels.
    theme : str
        Name of the theme.
    curve : Kind
        Which kind of curves is open.
    page : str
        Which page of the selected run is open: one of `gdsim.core.lessons.lesson.PAGES`.
    arrows : bool
        Whether the arrows of the step are drawn.
    opengl : bool
        Whether OpenGL may draw the surface.
    """

    size: tuple[int, int] = (1440, 900)
    theme: str = "light"
    curve: CurveKind = CurveKind.LOSS
    page: str = "settings"
    arrows: bool = True
    opengl: bool = True
