"""The contour map of a scene with the paths of its runs, as SVG."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gdsim.api.arguments import as_given, path_of, whole_number
from gdsim.api.html_tables import html_text
from gdsim.core.analysis.curvature.curvature import Curvature, curvature_at, half_axes
from gdsim.core.arrays import Array
from gdsim.core.files.atomic import replacing_text
from gdsim.core.formulas.nice_ticks import nice_ticks, tick_texts
from gdsim.core.formulas.numerals import number
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.plane import Axes, in_plane
from gdsim.core.model.run_style import ON_DARK, ON_LIGHT, RunColours, dash_of, run_colour, styles_of
from gdsim.core.settings import one_line
from gdsim.core.surface.contour_tones import ToneColours, contour_tones
from gdsim.core.surface.contours import regions_above
from gdsim.core.surface.cut import direction_of_cut, ends_of_cut
from gdsim.core.surface.field import field_arrows
from gdsim.core.surface.map_view import MapView, equal_axes
from gdsim.core.surface.sampling import sampled_for
from gdsim.core.surface.surface import LossSurface, LowestKind

# The default width, and the default height without the names of the runs below the map.
_WIDTH_OF_ALL, _HEIGHT_OF_MAP = 640, 480
_SMALLEST, _LARGEST = 240, 8000
# In pixels: the margins around the map, the height of a line of the legend, the greatest width of a letter,
# and the length of a sample line with its gap.
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 14.0, 34.0, 46.0
_LINE, _LETTER, _SAMPLE = 20.0, 7.0, 40.0
_WIDTH, _HALO, _DOT = 2.2, 4.4, 4.8
# One dot is drawn per cell of this size, because closer dots would merge, and at most this many dots.
_DOT_CELL, _MOST_DOTS = 14.0, 1000
# Places are clipped this many map sizes outside the map, far enough that lines leave it at the right angle.
_BEYOND = 20.0
_LONGEST_NAME = 40
_DIGITS = 6
# Viridis in equal steps, from the lowest loss to the highest.
_LOSS_COLOURS = (
    "#440154", "#481769", "#472a7a", "#433d84", "#3d4e8a", "#355e8d", "#2e6d8e", "#297b8e", "#23898e",
    "#1f978b", "#21a585", "#2eb37c", "#46c06f", "#65cb5e", "#89d548", "#b0dd2f", "#d8e219", "#fde725",
)  # fmt: skip


class _FigureColours(NamedTuple):
    """The colours of everything but the loss, in one theme."""

    ground: str
    text: str
    frame: str
    halo: str
    runs: RunColours
    is_dark: bool


_LOOKS = {
    "light": _FigureColours("#ffffff", "#171c26", "#788190", "#ffffff", ON_LIGHT, is_dark=False),
    "dark": _FigureColours("#1b2029", "#eef1f6", "#828c9b", "#11141a", ON_DARK, is_dark=True),
}


@dataclass(frozen=True, repr=False)
class Figure:
    """A picture, which a notebook shows as the value of a cell."""

    svg: str
    told: str  # A description in words

    def save(self, path: str | Path) -> None:
        """Write the picture to an SVG file.

        Raises `OSError` if the file cannot be written, and `ValueError` if its name does not end in ``.svg``.
        """
        file = path_of(path)
        if file.suffix.lower() != ".svg":
            raise ValueError(f"a figure is an SVG, and its name must end in .svg: {one_line(str(path), 200)}")
        with replacing_text(file) as out:
            out.write(self.svg)

    def __repr__(self) -> str:
        return f"<figure: {self.told}>"

    def _repr_svg_(self) -> str:
        return self.svg


class Ball(NamedTuple):
    """The position of the run at which the curvature and the cut are drawn."""

    place: Array  # (d + 1,)
    step: Array  # (d + 1,): the next step of the run, or its last


class _PlacedName(NamedTuple):
    run: int
    name: str
    x: float
    row: int


class FigureDrawing:
    """The drawing of the loss and the paths (n, 2) of runs.

    Raises `ValueError` for an unknown theme or an invalid size.
    """

    def __init__(
        self, experiment: Experiment, paths: Mapping[int, Array], ball: Ball | None, surface: LossSurface,
        theme: str, size: tuple[int, int] | None,
    ) -> None:  # fmt: skip
        if theme not in [*_LOOKS]:  # a list, because the theme may be an unhashable object
            raise ValueError(f"theme must be one of {', '.join(_LOOKS)}, not {as_given(theme)}")
        width, height = (_WIDTH_OF_ALL, None) if size is None else _sides(size)
        self._experiment, self._paths, self._ball, self._look = experiment, paths, ball, _LOOKS[theme]
        self._whole_width = width
        self._names_of_runs = list(self._placed_names())
        legend = (self._names_of_runs[-1].row + 1) * _LINE if self._names_of_runs else 0.0
        if height is None:
            height = _HEIGHT_OF_MAP + round(legend)
        elif height - legend < _SMALLEST:
            least = f"height must be {_SMALLEST + legend:.0f} or more for a map and the names of its runs"
            raise ValueError(f"size: the {least}, not {height}")
        self._whole_height = height
        self._width, self._height = width - _LEFT - _RIGHT, height - legend - _TOP - _BOTTOM
        aspect = self._width / self._height
        self._surface = sampled_for(surface, MapView(aspect))
        self._seen = equal_axes(surface.view_range, aspect)
        self._styles = styles_of(experiment.runs)
        self._names = surface.plane.names

    def figure(self) -> Figure:
        title = one_line(self._experiment.title, 90) or f"The loss over {' and '.join(self._names)}"
        told = self._told(title)
        width, height = self._whole_width, self._whole_height
        place = f'width="{width}" height="{height}"'
        box = f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13"'
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {place} {box}>',
            f"<title>{html_text(title)}</title>",
            f"<desc>{html_text(told)}</desc>",
            f'<rect width="100%" height="100%" fill="{self._look.ground}"/>',
            self._words(_LEFT, 22, title, 'font-size="15"'),
            # A nested svg clips its content. A clipPath would need an id, which other figures may use, too.
            f'<svg x="{_LEFT:.0f}" y="{_TOP:.0f}" width="{self._width:.0f}" height="{self._height:.0f}">',
            *self._ground(),
            *self._overlays(),
            *self._runs(),
            "</svg>",
            *self._axes(),
            *self._legend(),
            "</svg>",
        ]
        return Figure("\n".join(lines) + "\n", told)

    def _told(self, title: str) -> str:
        across, up = self._names
        ends = [
            f"{one_line(self._experiment.runs[index].name, _LONGEST_NAME)} ends at "
            f"{across} = {number(path[-1, 0], _DIGITS)}, {up} = {number(path[-1, 1], _DIGITS)}"
            for index, path in self._paths.items()
        ]
        return f"{title}: contours of the loss over {across} and {up}. {'; '.join(ends)}".strip()

    # ------------------------------------------------------------------------------ the map

    def _places(self, values: Array) -> Array:
        """Return the positions of (k, 2) values of w and b, in pixels from the map's upper left corner."""
        seen, (w, b) = self._seen, self._seen.extent
        x = (values[:, 0] - seen.w_min) / w * self._width
        y = (seen.b_max - values[:, 1]) / b * self._height
        beyond = np.array([self._width, self._height]) * _BEYOND
        return np.clip(np.column_stack([x, y]), -beyond, beyond)

    def _ground(self) -> Iterator[str]:
        surface, ground = self._surface, self._surface.ground
        levels = [contour.level for contour in ground.contours]
        ends = np.array([float(ground.loss.min()), *levels, float(ground.loss.max())])
        colours = [_loss_colour(one) for one in surface.shade.fraction((ends[:-1] + ends[1:]) / 2.0).tolist()]
        yield f'<rect width="100%" height="100%" fill="{colours[0]}"/>'
        regions = regions_above(levels, ground.w, ground.b, ground.loss)
        channels = np.array([_channels(one) for one in colours], np.uint8)
        lines = map(_written, contour_tones(channels[:-1], channels[1:], dark=self._look.is_dark))
        for rings, colour, line in zip(regions, colours[1:], lines, strict=True):
            outline = "".join(f"{_polyline(self._places(ring)[:-1])}Z" for ring in rings)
            yield f'<path d="{outline}" fill="{colour}" stroke="{line}" fill-rule="evenodd"/>'
        low = surface.lowest
        if low.kind is LowestKind.MINIMUM:
            ((x, y),) = self._places(np.array([[low.w, low.b]])).tolist()
            cross = f"M{x - 6:.1f} {y:.1f}h12M{x:.1f} {y - 6:.1f}v12"
            yield f'<path d="{cross}" stroke="#ffffff" stroke-width="2"><title>minimum</title></path>'

    def _overlays(self) -> Iterator[str]:
        """Draw the overlays that the scene asks for: the gradient field, the cut, the curvature."""
        drawn, ball, axes = self._experiment.drawn, self._ball, self._experiment.slice.axes
        (w, b), size = self._seen.extent, (self._width, self._height)
        scale = size[0] / w, -size[1] / b
        if drawn.field:
            shift = -self._seen.w_min * scale[0], -self._seen.b_max * scale[1]
            lines = field_arrows(self._surface, scale, shift, (0.0, 0.0), size).tolist()
            outline = "".join(f"M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" for x0, y0, x1, y1 in lines)
            yield from self._with_halo(outline, "gradient field", width=1.2)
        if drawn.cut is not None and ball is not None:
            place, step = in_plane(ball.place, axes), in_plane(ball.step, axes)
            through = float(place[0]), float(place[1])
            direction = direction_of_cut(drawn.cut, self._surface, through, step)
            ends = ends_of_cut(self._surface, *through, direction)
            if ends is not None:
                yield from self._with_halo(_polyline(self._places(ends)), "cut", dash="5 4")
        if drawn.lens and ball is not None:
            yield from self._lens(curvature_at(self._experiment.training, ball.place), axes, scale)

    def _lens(self, curvature: Curvature, axes: Axes, scale: tuple[float, float]) -> Iterator[str]:
        """Draw the axes of the curvature and their ellipse, dashed for negative curvature."""
        if not curvature.is_finite:
            return
        plane = curvature.in_plane(axes)
        half = half_axes(plane, scale)
        if half is None:
            return
        (middle,), values = self._places(plane.place[np.newaxis]), plane.axes[0].tolist()
        turn = np.linspace(0.0, 2.0 * np.pi, 73)
        ellipse = middle + np.outer(np.cos(turn), half[0]) + np.outer(np.sin(turn), half[1])
        name = f"curvature, λ = {number(values[0], _DIGITS)} and {number(values[1], _DIGITS)}"
        yield from self._with_halo(_polyline(ellipse), name, dash="4 3" if values[0] < 0.0 else "")
        for axis, value in zip(half, values, strict=True):
            line = _polyline(np.stack([middle - axis, middle + axis]))
            dash = "4 3" if value < 0.0 else ""
            yield from self._with_halo(line, f"λ = {number(value, _DIGITS)}", dash=dash)

    def _with_halo(self, outline: str, name: str, *, width: float = 2.0, dash: str = "") -> Iterator[str]:
        """Draw lines with a halo, because the loss behind them may be as dark or as light as they are."""
        halo = f'stroke="{self._look.halo}" stroke-opacity="0.75" stroke-width="{width + 2.0}"'
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        yield f'<path d="{outline}" fill="none" {halo}/>'
        yield f'<path d="{outline}" fill="none" stroke="{self._look.text}" stroke-width="{width}"{dashes}>'
        yield f"<title>{html_text(name)}</title></path>"

    def _runs(self) -> Iterator[str]:
        halo = f'stroke="{self._look.halo}" stroke-opacity="0.75" stroke-width="{_HALO}"'
        drawn = {index: self._places(path) for index, path in self._paths.items()}
        lines = {index: _path(places) for index, places in drawn.items()}
        for outline in lines.values():
            yield f'<path d="{outline}" fill="none" stroke-linejoin="round" {halo}/>'
        for index, places in drawn.items():
            colour = self._colour(index)
            dots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in _dots(places).tolist())
            yield f'<g stroke="{colour}" fill="none" stroke-linejoin="round">'
            yield f"<title>{html_text(one_line(self._experiment.runs[index].name))}</title>"
            yield f'<path d="{lines[index]}" stroke-width="{_WIDTH}"{self._dash(index)}/>'
            yield f'<path d="{dots}" stroke-width="{_DOT}" stroke-linecap="round"/>'
            (x0, y0), (x1, y1) = places[0].tolist(), places[-1].tolist()
            yield f'<circle cx="{x0:.1f}" cy="{y0:.1f}" r="5.5" fill="{self._look.halo}" stroke-width="2"/>'
            end = f'r="5.5" fill="{colour}" stroke="{self._look.halo}" stroke-width="1.5"'
            yield f'<circle cx="{x1:.1f}" cy="{y1:.1f}" {end}/>'
            yield "</g>"

    def _colour(self, index: int) -> str:
        return run_colour(self._experiment.runs[index], self._styles[index], self._look.runs)

    def _dash(self, index: int) -> str:
        pattern = " ".join(f"{length * _WIDTH:.1f}" for length in dash_of(self._styles[index]))
        return f' stroke-dasharray="{pattern}"' if pattern else ""

    # ------------------------------------------------------------------------------ around the map

    def _axes(self) -> Iterator[str]:
        seen, bottom = self._seen, _TOP + self._height
        frame = f'fill="none" stroke="{self._look.frame}"'
        yield (
            f'<rect x="{_LEFT:.0f}" y="{_TOP:.0f}" width="{self._width:.0f}" '
            f'height="{self._height:.0f}" {frame}/>'
        )
        across, up = self._names
        middle = 'text-anchor="middle"'
        for value, words in _ticks(seen.w_min, seen.w_max, int(self._width / 60)):
            x = _LEFT + (value - seen.w_min) / seen.extent[0] * self._width
            yield f'<path d="M{x:.1f} {bottom:.1f}v4" {frame}/>'
            yield self._words(x, bottom + 17, words, middle)
        for value, words in _ticks(seen.b_min, seen.b_max, int(self._height / 40)):
            y = _TOP + (seen.b_max - value) / seen.extent[1] * self._height
            yield f'<path d="M{_LEFT:.1f} {y:.1f}h-4" {frame}/>'
            yield self._words(_LEFT - 7, y + 4.5, words, 'text-anchor="end"')
        yield self._words(_LEFT + self._width / 2, bottom + 35, across, middle)
        yield self._words(12, _TOP + self._height / 2, up, middle)

    def _placed_names(self) -> Iterator[_PlacedName]:
        x, row = _LEFT, 0
        for index in self._paths:
            name = one_line(self._experiment.runs[index].name, _LONGEST_NAME)
            width = _SAMPLE + 14.0 + _LETTER * len(name)
            if x > _LEFT and x + width > self._whole_width - _RIGHT:
                x, row = _LEFT, row + 1
            yield _PlacedName(index, name, x, row)
            x += width

    def _legend(self) -> Iterator[str]:
        for index, name, x, row in self._names_of_runs:
            y = _TOP + self._height + _BOTTOM + (row + 0.5) * _LINE
            stroke = f'stroke="{self._colour(index)}" stroke-width="{_WIDTH}"{self._dash(index)}'
            yield f'<path d="M{x:.1f} {y - 4:.1f}h{_SAMPLE - 8:.0f}" {stroke}/>'
            yield self._words(x + _SAMPLE, y, name)

    def _words(self, x: float, y: float, words: str, more: str = "") -> str:
        return f'<text x="{x:.1f}" y="{y:.1f}" fill="{self._look.text}" {more}>{html_text(words)}</text>'


def _sides(size: tuple[int, int]) -> tuple[int, int]:
    """Return the requested width and height; raises `ValueError` if they are invalid."""
    try:
        width, height = (whole_number(side, "size") for side in size)
    except (TypeError, ValueError):
        width = height = 0
    if not all(_SMALLEST <= side <= _LARGEST for side in (width, height)):
        wanted = f"from {_SMALLEST} to {_LARGEST} pixels, for width and height"
        raise ValueError(f"size must be {wanted}, not {as_given(size)}")
    return width, height


def _ticks(low: float, high: float, most: int) -> Iterator[tuple[float, str]]:
    ticks = nice_ticks(low, high, max(2, most))
    return zip(ticks.tolist(), tick_texts(ticks), strict=True)


def _loss_colour(fraction: float) -> str:
    scale = np.array([_channels(one) for one in _LOSS_COLOURS])
    at = np.linspace(0.0, 1.0, len(scale))
    return _written(np.rint([np.interp(fraction, at, part) for part in scale.T]).astype(np.uint8))


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _written(channels: ToneColours) -> str:
    return "#" + "".join(f"{one:02x}" for one in channels.tolist())


def _polyline(places: Array) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places.tolist())


def _path(places: Array) -> str:
    """Return an SVG path through places, without segments that repeat others to within half a pixel."""
    cells = np.rint(2.0 * places).astype(np.int64)
    moved = np.flatnonzero(np.r_[True, (np.diff(cells, axis=0) != 0).any(axis=1)])
    cells, places = cells[moved], places[moved]
    pairs = np.stack([cells[:-1], cells[1:]], axis=1)
    swapped = (pairs[:, 0] > pairs[:, 1])[:, 0] | (
        (pairs[:, 0, 0] == pairs[:, 1, 0]) & (pairs[:, 0, 1] > pairs[:, 1, 1])
    )
    pairs[swapped] = pairs[swapped][:, ::-1]
    is_new = np.zeros(len(pairs), dtype=np.bool_)
    is_new[np.unique(pairs.reshape(-1, 4), axis=0, return_index=True)[1]] = True
    pieces, begun = [f"M{places[0, 0]:.1f} {places[0, 1]:.1f}"], True
    for place, fresh in enumerate(is_new.tolist(), 1):
        x, y = places[place].tolist()
        if fresh and not begun:
            before = places[place - 1].tolist()
            pieces.append(f"M{before[0]:.1f} {before[1]:.1f}")
        if fresh:
            pieces.append(f"L{x:.1f} {y:.1f}")
        begun = fresh
    return "".join(pieces)


def _dots(places: Array) -> Array:
    """Return the first place in each cell of a grid, in the order of the steps."""
    cells = np.floor(places / _DOT_CELL).astype(np.int64)
    first = np.sort(np.unique(cells, axis=0, return_index=True)[1])
    return places[first[:_MOST_DOTS]]
