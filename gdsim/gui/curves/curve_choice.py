"""The choice among the many curves of the runs, and the style of each curve."""

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from gdsim.core.analysis.series import SHARE_OF_LIMIT, SIZE, CurveKind, Series, series_of
from gdsim.core.formulas.numerals import listed
from gdsim.core.formulas.symbols import HAT, letter_of
from gdsim.gui.style.stylesheet import mixed_colour
from gdsim.gui.style.theme import Look, RunStyle
from gdsim.gui.translation import tr
from gdsim.session.frame import Frame, RunView

# Tell apart the curves of one run, which share its colour.
_DASHES: tuple[tuple[float, ...], ...] = ((), (5.0, 2.0), (1.4, 1.8), (6.0, 1.8, 1.4, 1.8), (9.0, 3.0))
# How far the last of these curves may fade from the run's colour towards grey.
_PALEST = 0.6


class CurveGroup(NamedTuple):
    """A group of curves of one kind, as a menu offers it."""

    text: str  # for a menu
    letters: tuple[str, ...]  # of the series
    parameter: str | None  # of the series; None for all parameters
    of_selected: bool  # whether only the selected run's curves are drawn, or those of all visible runs

    def takes(self, series: Series) -> bool:
        """Return whether a series is drawn. A series shared by all parameters belongs to each of them."""
        named = self.parameter is None or series.parameter in (self.parameter, "")
        return named and series.letter in self.letters


class CurveLine(NamedTuple):
    run: int  # its index
    place: int  # of the series among those of its kind
    series: Series
    style: RunStyle
    label: str  # rich text at the end of the curve; empty where the run's style identifies it
    name: str  # rich text for the list of values


def choices_of(frame: Frame, kind: CurveKind) -> tuple[CurveGroup, ...]:
    """Return the choices for a kind of curves; the first is the default."""
    current = frame.current
    if kind is CurveKind.LOSS or current is None:
        return (CurveGroup("", ("L",), "", of_selected=False),)
    if kind is CurveKind.LIMIT:
        return (CurveGroup("", (SHARE_OF_LIMIT.letter,), "", of_selected=False),)
    own = _series(kind, current)
    among_all = (own, *(_series(kind, view) for _, view in frame.shown[::-1]))
    single = dict.fromkeys(series for one in among_all for series in one if series.parameter)
    return (
        *_groups(kind, own),
        *(CurveGroup(_text_of(one), (one.letter,), one.parameter, of_selected=False) for one in single),
    )


def _text_of(series: Series) -> str:
    name = series.name
    if "_" in name:
        name = tr("{0} of {1}").format(_spelled(series.letter), letter_of(series.parameter))
    return tr("{0}, all runs").format(name)


def _spelled(letter: str) -> str:
    """Spell out a hat for a menu, whose font may misplace it."""
    return tr("{0} hat").format(letter.removesuffix(HAT)) if letter.endswith(HAT) else letter


def _groups(kind: CurveKind, own: tuple[Series, ...]) -> tuple[CurveGroup, ...]:
    letters = tuple(dict.fromkeys(series.letter for series in own))
    match kind:
        case CurveKind.GRADIENT:
            return (
                CurveGroup(tr("size"), (SIZE.letter,), "", of_selected=False),
                CurveGroup(tr("components"), ("∇",), None, of_selected=True),
            )
        case CurveKind.MEMORY:
            # A letter with and without a hat are drawn together, because their values are of one size.
            bare = [letter for letter in letters if not letter.endswith(HAT)]
            grouped = [tuple(one for one in letters if one.removesuffix(HAT) == letter) for letter in bare]
            grouped = grouped or [()]
            return tuple(
                CurveGroup(listed(map(_spelled, some)) or tr("nothing"), some, None, of_selected=True)
                for some in grouped
            )
    parameters = [letter_of(series.parameter) for series in own]
    return (
        CurveGroup(_parameter_names(parameters) if own else tr("nothing"), letters, None, of_selected=True),
    )


def _parameter_names(parameters: list[str]) -> str:
    if parameters == [""]:
        return tr("all parameters")
    weights = parameters[0] if len(parameters) == 2 else f"{parameters[0]}–{parameters[-2]}"
    return listed([weights, parameters[-1]])


def lines_of(frame: Frame, kind: CurveKind, choice: CurveGroup, look: Look) -> tuple[CurveLine, ...]:
    """Return the curves of a choice, with those of the selected run last so that they lie on top."""
    current = frame.current
    if choice.of_selected:
        if current is None or current.run.hidden:
            return ()
        return _lines_of_one(frame.selected, current, kind, choice, look)
    return tuple(
        CurveLine(index, place, series, look.styles[index], "", escape(view.run.shown_name))
        for index, view in frame.shown
        for place, series in enumerate(_series(kind, view))
        if choice.takes(series)
    )


def _lines_of_one(
    index: int, view: RunView, kind: CurveKind, choice: CurveGroup, look: Look
) -> tuple[CurveLine, ...]:
    taken = [(place, one) for place, one in enumerate(_series(kind, view)) if choice.takes(one)]
    parameters = tuple(dict.fromkeys(one.parameter for _, one in taken))
    styles = _tones(look.styles[index], look.theme.faint, parameters, choice.letters)
    return tuple(
        CurveLine(index, place, one, styles[one.parameter, one.letter], series_label(one), series_label(one))
        for place, one in taken
    )


def _tones(
    style: RunStyle, grey: str, parameters: Iterable[str], letters: Iterable[str]
) -> dict[tuple[str, str], RunStyle]:
    """Return a style for each parameter and letter; each is paler than the last, with other dashes."""
    parameters, letters = tuple(parameters), tuple(letters)
    made = {}
    for row, parameter in enumerate(parameters):
        colour = mixed_colour(style.colour, grey, _PALEST * row / max(1, len(parameters) - 1))
        for column, letter in enumerate(letters):
            dash = _DASHES[(column if len(letters) > 1 else row) % len(_DASHES)]
            made[parameter, letter] = RunStyle(colour, dash, style.marker)
    return made


def series_label(series: Series) -> str:
    parameter = letter_of(series.parameter)
    if series.letter in ("", "∇"):
        return series.letter + parameter
    return f"{series.letter}<sub>{parameter}</sub>" if parameter else series.letter


def _series(kind: CurveKind, view: RunView) -> tuple[Series, ...]:
    return series_of(kind, view.run.optimizer, len(view.run.start) - 1)
