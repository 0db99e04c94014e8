"""The catalogues of all definitions that have a form."""

from collections.abc import Mapping

from gdsim.core.model.batching import BATCHINGS
from gdsim.core.model.generators import GENERATORS
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.core.settings import Definition

CATALOGUES: dict[str, Mapping[str, Definition]] = {
    "rules": RULES,
    "batchings": BATCHINGS,
    "schedules": SCHEDULES,
    "momentum": MOMENTUM_SCHEDULES,
    "generators": GENERATORS,
}
KINDS = {f"{name}-{kind.id}": kind for name, catalogue in CATALOGUES.items() for kind in catalogue.values()}
