"""What a document keeps of the windows beside the main one. Few documents keep anything."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gdsim.core.model.kept_windows import KeptMap, KeptRace


class Kept(NamedTuple):
    """The map and the race that a document opens these windows with."""

    map: "KeptMap | None" = None
    race: "KeptRace | None" = None


NOTHING_KEPT = Kept()
