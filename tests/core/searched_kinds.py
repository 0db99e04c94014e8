"""Every direction with every search that goes with it."""

from gdsim.core.model.search_checks import takes_search
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES

DIRECTIONS = {"gd": RULES["gd"]} | SECOND_ORDER_RULES
KINDS = [
    (rule, search)
    for rule, definition in DIRECTIONS.items()
    for search in (SEARCHES if takes_search(definition()) else ["fixed"])
    if (rule, search) != ("gd", "fixed")
]
