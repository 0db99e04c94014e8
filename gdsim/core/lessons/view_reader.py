"""Reading how a stop is looked at."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TypeVar

from gdsim.core.analysis.arrow_lengths import Lengths
from gdsim.core.analysis.arrows import Kind as ArrowKind
from gdsim.core.analysis.series import Kind as CurveKind
from gdsim.core.files.checked_json import Node
from gdsim.core.lessons.view import FROM_TOP, LAYERS, PAGES, PANES, Arrows, Sight, View
from gdsim.core.model.experiment import Run
from gdsim.core.settings import Domain

_AZIMUTH = Domain("an angle from -360 to 360", float, low=-360.0, high=360.0)
_ELEVATION = Domain("an angle from 5 to 90", float, low=5.0, high=90.0)
_DISTANCE = Domain("a number from 0.35 to 2.5", float, low=0.35, high=2.5)

E = TypeVar("E", bound=StrEnum)


def read_view(members: Mapping[str, Node], run: Run | None) -> View:
    """Return how a stop is looked at.

    Parameters
    ----------
    members : mapping
        The stop's keys.
    run : Run or None
        The selected one.

    Raises
    ------
    FileFault
        With the key and what is wrong.
    """
    usual = View()
    return View(
        page=_word(members["page"], PAGES) if "page" in members else usual.page,
        curve=_kind(members["curve"], CurveKind) if "curve" in members else usual.curve,
        log=members["log"].switch() if "log" in members else usual.log,
        arrows=_arrows(members["arrows"]) if "arrows" in members else usual.arrows,
        part=_part(members["part"], run) if "part" in members else usual.part,
        sight=_sight(members["camera"]) if "camera" in members else usual.sight,
        panes=_words(members["point_at"], PANES) if "point_at" in members else usual.panes,
    )


def _word(node: Node, known: Collection[str]) -> str:
    if not isinstance(node.value, str) or node.value not in known:
        raise node.wrong(f"one of {', '.join(known)}")
    return node.value


def _words(node: Node, known: Collection[str]) -> frozenset[str]:
    return frozenset(_word(item, known) for item in node.items())


def _kind(node: Node, kinds: type[E]) -> E:
    return kinds(_word(node, [kind.value for kind in kinds]))


def _part(node: Node, run: Run | None) -> str:
    known = run.optimizer.update_rule.parts if run else ()
    return _word(node, known)


def _arrows(node: Node) -> Arrows:
    if isinstance(node.value, bool):
        return Arrows(on=node.value)
    members = node.keys("kinds", "layers", "lengths")
    return Arrows(
        kinds=frozenset(_kind(item, ArrowKind) for item in members["kinds"].items())
        if "kinds" in members
        else None,
        layers=_words(members["layers"], LAYERS) if "layers" in members else None,
        lengths=_kind(members["lengths"], Lengths) if "lengths" in members else Lengths.FIT,
    )


def _sight(node: Node) -> Sight:
    if isinstance(node.value, str):
        _word(node, ["top"])
        return FROM_TOP
    members = node.keys("azimuth", "elevation", "distance")
    usual = Sight()
    return Sight(
        azimuth=float(members["azimuth"].checked(_AZIMUTH)) if "azimuth" in members else usual.azimuth,
        elevation=float(members["elevation"].checked(_ELEVATION))
        if "elevation" in members
        else usual.elevation,
        distance=float(members["distance"].checked(_DISTANCE)) if "distance" in members else usual.distance,
    )
