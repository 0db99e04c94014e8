"""Which picture shows a rule."""

from gdsim.core.rules.optimizers.base import Optimizer
from gdsim.core.settings import SWITCH, params


def picture_name(rule: Optimizer) -> str:
    """Return the name of a rule's picture: its id, and what is switched off: ``"adagrad-no-root"``."""
    off = (
        setting.name
        for setting in params(type(rule))
        if setting.domain is SWITCH and not getattr(rule, setting.name)
    )
    return "-no-".join((rule.id, *(name.replace("_", "-") for name in off)))
