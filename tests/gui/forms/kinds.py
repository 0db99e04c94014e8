"""Every kind of thing that has a form."""

from gdsim.core.model.batching import BATCHINGS
from gdsim.core.model.generators import GENERATORS
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES

CATALOGUES = {
    "rules": RULES,
    "batchings": BATCHINGS,
    "schedules": SCHEDULES,
    "momentum": MOMENTUM_SCHEDULES,
    "generators": GENERATORS,
}
KINDS = {f"{name}-{kind.id}": kind for name, catalogue in CATALOGUES.items() for kind in catalogue.values()}
