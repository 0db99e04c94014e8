"""What a document stores about the windows beside the main one. Most documents store nothing."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gdsim.core.model.kept_windows import KeptMap, KeptRace


class KeptWindows(NamedTuple):
    """The map and the race that a document stores for their windows."""

    map: "KeptMap | None" = None
    race: "KeptRace | None" = None


NOTHING_KEPT = KeptWindows()
