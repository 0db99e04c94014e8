"""The gallery: common test functions of w and b for optimizers, with their known minima."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.view_range import ViewRange
from gdsim.core.settings import by_id

PlanePlace = tuple[float, float]


class GalleryFunction(NamedTuple):
    """A named function of w and b."""

    id: str
    title: str
    text: str  # In the language of formulas
    about: str  # What it demonstrates, as a sentence
    view_range: ViewRange
    start: PlanePlace  # Where a descent is most instructive from
    minima: tuple[PlanePlace, ...] = ()  # The global minima; none if it is unbounded below
    value: float = 0.0  # The value at the minima
    log_height: bool = False  # Whether it spans so many powers of ten that its logarithm shows more

    @property
    def objective(self) -> FunctionObjective:
        return FunctionObjective(self.text)


def _square(side: float) -> ViewRange:
    return ViewRange(-side, side, -side, side)


_FUNCTIONS = (
    GalleryFunction(
        "quadratic",
        "Quadratic, κ = 10",
        "(w**2 + 10*b**2) / 2",
        "A bowl that is ten times as steep along b as along w: change the 10, which is its condition number.",
        _square(10.0),
        (-8.0, 6.0),
        ((0.0, 0.0),),
    ),
    GalleryFunction(
        "booth",
        "Booth",
        "(w + 2*b - 7)**2 + (2*w + b - 5)**2",
        "A bowl at an angle to the axes: no parameter moves straight to its own end.",
        _square(10.0),
        (-8.0, -4.0),
        ((1.0, 3.0),),
    ),
    GalleryFunction(
        "matyas",
        "Matyas",
        "0.26*(w**2 + b**2) - 0.48*w*b",
        "An almost flat trough along the diagonal: crossing it takes few steps, following it very many.",
        _square(10.0),
        (-8.0, 4.0),
        ((0.0, 0.0),),
    ),
    GalleryFunction(
        "rosenbrock",
        "Rosenbrock",
        "(1 - w)**2 + 100*(b - w**2)**2",
        "A bent valley, 2,500 times as steep across as along it: easy to enter, slow to follow.",
        ViewRange(-2.0, 2.0, -1.0, 3.0),
        (-1.2, 1.0),
        ((1.0, 1.0),),
        log_height=True,
    ),
    GalleryFunction(
        "himmelblau",
        "Himmelblau",
        "(w**2 + b - 11)**2 + (w + b**2 - 7)**2",
        "Four minima of the same height: which one a run finds depends on its start and its rule.",
        _square(5.0),
        (0.0, 0.0),
        (
            (3.0, 2.0),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.283185991286170),
            (3.584428340330492, -1.848126526964404),
        ),
    ),
    GalleryFunction(
        "beale",
        "Beale",
        "(1.5 - w + w*b)**2 + (2.25 - w + w*b**2)**2 + (2.625 - w + w*b**3)**2",
        "Flat in the middle and steep at the corners: a rate that fits one does not fit the other.",
        _square(4.5),
        (-2.0, -1.0),
        ((3.0, 0.5),),
        log_height=True,
    ),
    GalleryFunction(
        "goldstein-price",
        "Goldstein-Price",
        "(1 + (w + b + 1)**2*(19 - 14*w + 3*w**2 - 14*b + 6*w*b + 3*b**2))"
        "*(30 + (2*w - 3*b)**2*(18 - 32*w + 12*w**2 + 48*b - 36*w*b + 27*b**2))",
        "Its height goes from 3 to a million, and its gradient with it.",
        _square(2.0),
        (-0.5, -0.4),
        ((0.0, -1.0),),
        3.0,
        log_height=True,
    ),
    GalleryFunction(
        "mccormick",
        "McCormick",
        "sin(w + b) + (w - b)**2 - 1.5*w + 2.5*b + 1",
        "A trough with waves along it.",
        ViewRange(-1.5, 4.0, -3.0, 4.0),
        (3.5, 0.0),
        ((-0.5471975511965976, -1.547197551196597),),
        -1.913222954981037,
    ),
    GalleryFunction(
        "three-hump-camel",
        "Three-hump camel",
        "2*w**2 - 1.05*w**4 + w**6/6 + w*b + b**2",
        "Three pits; the one in the middle is the deepest.",
        _square(2.5),
        (2.3, 1.5),
        ((0.0, 0.0),),
    ),
    GalleryFunction(
        "six-hump-camel",
        "Six-hump camel",
        "(4 - 2.1*w**2 + w**4/3)*w**2 + w*b + (4*b**2 - 4)*b**2",
        "Six pits, two of which are the deepest.",
        ViewRange(-2.0, 2.0, -1.0, 1.0),
        (-1.9, 0.9),
        ((0.08984201368301331, -0.7126564032704135), (-0.08984201368301331, 0.7126564032704135)),
        -1.031628453489877,
    ),
    GalleryFunction(
        "branin",
        "Branin",
        "(b - 5.1*w**2/(4*pi**2) + 5*w/pi - 6)**2 + 10*(1 - 1/(8*pi))*cos(w) + 10",
        "A bent trough with three minima of the same height.",
        ViewRange(-5.0, 10.0, 0.0, 15.0),
        (-4.0, 3.0),
        ((-3.141592653589793, 12.275), (3.141592653589793, 2.275), (9.424777960769379, 2.475)),
        0.39788735772973816,
    ),
    GalleryFunction(
        "styblinski-tang",
        "Styblinski-Tang",
        "(w**4 - 16*w**2 + 5*w)/2 + (b**4 - 16*b**2 + 5*b)/2",
        "Four pits, of which two are equally deep: one start in four is nearest to the deepest.",
        _square(5.0),
        (4.5, 0.5),
        ((-2.903534027771177, -2.903534027771177),),
        -78.33233140754282,
    ),
    GalleryFunction(
        "rastrigin",
        "Rastrigin",
        "20 + w**2 - 10*cos(2*pi*w) + b**2 - 10*cos(2*pi*b)",
        "A bowl with a pit at every whole number: about 121 minima, of which one is the lowest.",
        _square(5.12),
        (3.3, -2.4),
        ((0.0, 0.0),),
    ),
    GalleryFunction(
        "ackley",
        "Ackley",
        "20 - 20*exp(-0.2*sqrt((w**2 + b**2)/2)) + exp(1) - exp((cos(2*pi*w) + cos(2*pi*b))/2)",
        "Pits all over, and a cone in the middle: at its tip there is no gradient.",
        _square(5.0),
        (3.4, -2.6),
        ((0.0, 0.0),),
    ),
    GalleryFunction(
        "levi",
        "Levi 13",
        "sin(3*pi*w)**2 + (w - 1)**2*(1 + sin(3*pi*b)**2) + (b - 1)**2*(1 + sin(2*pi*b)**2)",
        "A bowl with fine waves, in each of which plain descent can end.",
        _square(10.0),
        (-6.0, 7.0),
        ((1.0, 1.0),),
    ),
    GalleryFunction(
        "easom",
        "Easom",
        "-cos(w)*cos(b)*exp(-(w - pi)**2 - (b - pi)**2)",
        "One narrow pit in a plain: a run that starts a little away from it sees no slope at all.",
        _square(10.0),
        (2.0, 2.5),
        ((3.141592653589793, 3.141592653589793),),
        -1.0,
    ),
    GalleryFunction(
        "saddle",
        "Saddle",
        "w**2 - b**2",
        "It falls without end along b; the saddle itself holds a run that starts exactly on its ridge.",
        _square(2.0),
        (-1.8, 0.01),
    ),
    GalleryFunction(
        "monkey-saddle",
        "Monkey saddle",
        "w**3 - 3*w*b**2",
        "Three ways down and three ways up from a place where gradient and curvature are both 0.",
        _square(2.0),
        (1.5, 0.02),
    ),
)
GALLERY: Mapping[str, GalleryFunction] = MappingProxyType(by_id(_FUNCTIONS))


def known_function(objective: FunctionObjective) -> GalleryFunction | None:
    """Return the function of the gallery that equals an objective, however its text is spaced."""
    return next((one for one in _FUNCTIONS if one.objective.lines == objective.lines), None)
