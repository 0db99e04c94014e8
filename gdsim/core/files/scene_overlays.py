"""The keys "lens", "field" and "cut" of a scene file, and of a stop of a lesson."""

from collections.abc import Callable
from typing import Any

from gdsim.core.files.checked_json import JsonNode
from gdsim.core.model.map_overlays import CUT_ANGLE, NOTHING_DRAWN, CutDirection, CutWay, MapOverlays


def _cut(node: JsonNode) -> CutDirection | None:
    """Read the direction of a cut: a word such as ``"step"``, or an angle such as 45; null means no cut."""
    if node.value is None:
        return None
    if isinstance(node.value, str):
        return node.choice(CutWay)
    return int(node.checked(CUT_ANGLE))


# In the order in which they are written. The keys are also the names of the fields of `MapOverlays`.
DRAWN_READERS: dict[str, Callable[[JsonNode], Any]] = {
    "lens": JsonNode.switch,
    "field": JsonNode.switch,
    "cut": _cut,
}


def drawn_tree(drawn: MapOverlays, usual: MapOverlays = NOTHING_DRAWN) -> dict[str, Any]:
    """Return the keys whose values differ from those of ``usual``."""
    trees = {key: getattr(drawn, key) for key in DRAWN_READERS}
    return {key: tree for key, tree in trees.items() if tree != getattr(usual, key)}
