"""The keys "lens", "field" and "cut" of a scene file, and of a stop of a lesson."""

from collections.abc import Callable
from typing import Any

from gdsim.core.files.checked_json import Node
from gdsim.core.model.drawn import CUT_ANGLE, NOTHING_DRAWN, CutDirection, CutWay, Drawn


def _cut(node: Node) -> CutDirection | None:
    """Read the direction of a cut: a word such as ``"step"``, or an angle such as 45; null means no cut."""
    if node.value is None:
        return None
    if isinstance(node.value, str):
        return node.choice(CutWay)
    return int(node.checked(CUT_ANGLE))


# In the order in which they are written. The keys are also the names of the fields of `Drawn`.
DRAWN_READERS: dict[str, Callable[[Node], Any]] = {"lens": Node.switch, "field": Node.switch, "cut": _cut}


def drawn_tree(drawn: Drawn, usual: Drawn = NOTHING_DRAWN) -> dict[str, Any]:
    """Return the keys whose values differ from those of ``usual``."""
    trees = {key: getattr(drawn, key) for key in DRAWN_READERS}
    return {key: tree for key, tree in trees.items() if tree != getattr(usual, key)}
