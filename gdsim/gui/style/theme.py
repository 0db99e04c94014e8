"""Themes: the colours of the window, and the style in which each run is drawn."""

from collections.abc import Sequence
from typing import NamedTuple

from gdsim.core.model.run import Run
from gdsim.core.model.run_style import ON_DARK, ON_LIGHT, RunColours, dash_of, in_turn, run_colour, styles_of


class Theme(NamedTuple):
    """The colours of the window, as ``"#rrggbb"``.

    Text is ``text`` or ``muted``; ``faint`` is for the borders of controls and for disabled text.
    ``border`` and ``grid`` are for purely decorative lines.

    ``run_colours`` belong to the first rules of the catalogue, in order; ``spare_colours`` are for all other
    rules, and for further runs of the same rule.
    """

    name: str
    page: str
    card: str
    border: str
    text: str
    muted: str
    faint: str
    accent: str
    on_accent: str
    accent_soft: str
    fault: str
    fault_soft: str
    caution: str
    settled: str
    grid: str
    halo: str
    gradient: str
    memory: str
    correction: str
    run_colours: tuple[str, ...]
    spare_colours: tuple[str, ...]

    @property
    def is_dark(self) -> bool:
        return self.name == "dark"


LIGHT = Theme(
    name="light",
    page="#f4f6f9",
    card="#ffffff",
    border="#dfe3ea",
    text="#171c26",
    muted="#5b6472",
    faint="#788190",
    accent="#2463eb",
    on_accent="#ffffff",
    accent_soft="#e8effd",
    fault="#b42318",
    fault_soft="#fdeceb",
    caution="#935f00",
    settled="#0a7a5a",
    grid="#e6e9ef",
    halo="#ffffff",
    gradient="#e0007a",
    memory="#0077b6",
    correction="#6b3fd4",
    run_colours=ON_LIGHT.own,
    spare_colours=ON_LIGHT.spare,
)
DARK = Theme(
    name="dark",
    page="#12151b",
    card="#1b2029",
    border="#2e3643",
    text="#eef1f6",
    muted="#a4adbb",
    faint="#828c9b",
    accent="#4c82f4",
    on_accent="#0d1526",
    accent_soft="#24324f",
    fault="#ff8a80",
    fault_soft="#43231f",
    caution="#ffbc2f",
    settled="#21cb9e",
    grid="#2a313d",
    halo="#11141a",
    gradient="#ff5cae",
    memory="#3fd0f5",
    correction="#b79cff",
    run_colours=ON_DARK.own,
    spare_colours=ON_DARK.spare,
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK)}

# pyqtgraph symbols of the first rules of the catalogue, in order.
_MARKERS = ("o", "s", "d", "t", "p", "star")
# Symbols of all other rules, and of further runs of the same rule.
_SPARE_MARKERS = ("t1", "h", "t3", "t2")


class RunStyle(NamedTuple):
    """How a run is drawn, in all panes.

    Attributes
    ----------
    colour : str
        ``"#rrggbb"``.
    dash : tuple of float
        Lengths of dashes and gaps in units of the pen width; empty for a solid line.
    marker : str
        The name of a pyqtgraph symbol.
    """

    colour: str
    dash: tuple[float, ...]
    marker: str


class Look(NamedTuple):
    """A theme, and the style of every run in the experiment.

    Attributes
    ----------
    theme : Theme
    styles : tuple of RunStyle
    pixel_ratio : float
        Device pixels per logical pixel. Plots use cosmetic pens, whose width Qt measures in device pixels.
    ui_scale : float
        Scale of text, lines and markers; larger than 1 in projector mode.
    concealed : frozenset of str
        What the current stop of a lesson hides: any of ``"minimum"``, ``"future"``, ``"marks"``.
    """

    theme: Theme
    styles: tuple[RunStyle, ...] = ()
    pixel_ratio: float = 1.0
    ui_scale: float = 1.0
    concealed: frozenset[str] = frozenset()

    @property
    def pen(self) -> float:
        """The factor by which to widen the cosmetic pens of plots."""
        return self.pixel_ratio * self.ui_scale

    def has_places_of(self, other: "Look") -> bool:
        """Return whether ``other`` draws everything in the same places: only theme and styles differ."""
        is_alike = self._replace(theme=other.theme, styles=other.styles) == other
        return is_alike and len(self.styles) == len(other.styles)


def offered_colours(theme: Theme) -> tuple[str, ...]:
    """Return the colours that are offered for a run."""
    return _colours(theme).offered


def run_styles(runs: Sequence[Run], theme: Theme) -> tuple[RunStyle, ...]:
    """Return the style of each run; see `styles_of`."""
    colours = _colours(theme)
    return tuple(
        RunStyle(run_colour(run, place, colours), dash_of(place), in_turn(_MARKERS, _SPARE_MARKERS, place))
        for run, place in zip(runs, styles_of(runs), strict=True)
    )


def _colours(theme: Theme) -> RunColours:
    return RunColours(theme.run_colours, theme.spare_colours)
