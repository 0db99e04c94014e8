"""The settings of rules that the user typed: what the user may choose for them, and their defaults."""

from collections.abc import Mapping

from gdsim.core.formulas.symbols import letter_of
from gdsim.core.language.texts import kept_by_language, localised, to_say
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.update_rule import ETA, GAMMA
from gdsim.core.settings import (
    BELOW_ONE,
    COUNT,
    NOT_NEGATIVE,
    NUMBER,
    POSITIVE,
    SWITCH,
    UP_TO_ONE,
    Domain,
    InvalidValue,
    Setting,
    Value,
)

# What is said of a setting but η.
_AS_USED = to_say("The lines of the rule show how it is used.")
# A slider is logarithmic if its ends differ by at least this factor.
_LOGARITHMIC = 100.0
# The domains that a setting may have, by their names in files.
VALUES: dict[str, Domain] = {
    "number": NUMBER,
    "positive": POSITIVE,
    "not-negative": NOT_NEGATIVE,
    "below-one": BELOW_ONE,
    "up-to-one": UP_TO_ONE,
    "count": COUNT,
    "switch": SWITCH,
}
# The ends of the slider and the default of a setting that is not in the catalogue.
_SLIDER_ENDS: dict[Domain, tuple[float, float]] = {POSITIVE: (1e-3, 10.0), COUNT: (1.0, 50.0)}
_DEFAULTS: dict[Domain, Value] = {POSITIVE: 1.0, COUNT: 5, SWITCH: True}


@kept_by_language
def usual_settings() -> Mapping[str, tuple[Setting, ...]]:
    """Return the settings of the catalogue by name, one for each domain; the lecture's come first.

    What they are in the lines of the catalogue need not be true of typed lines, so it is not said.
    """
    known: dict[str, tuple[Setting, ...]] = {}
    for rule in RULES.values():
        for setting in rule.settings:
            one = setting if setting.name == ETA else setting._replace(doc=_AS_USED)
            if one.domain not in (other.domain for other in known.get(one.name, ())):
                known[one.name] = (*known.get(one.name, ()), one)
    return known


def usual_setting(name: str, domain: Domain | None = None) -> Setting:
    """Return the usual setting of a name: that of the catalogue if there is one."""
    known = usual_settings().get(name, ())
    if known and domain is None:
        return known[0]
    same = next((one for one in known if one.domain == domain), None)
    if same:
        return same
    domain = domain or NUMBER
    low, high = _SLIDER_ENDS.get(domain, (0.0, 1.0))
    symbol = "" if domain == SWITCH else known[0].symbol if known else letter_of(name)
    return Setting(
        name,
        symbol,
        name.replace("_", " "),
        _AS_USED,
        _DEFAULTS.get(domain, 0.5),
        domain,
        low,
        high,
        log=_is_logarithmic(domain, low, high),
    )


def fixed_values(name: str) -> Domain | None:
    """Return the domain that a setting must have because schedules change it; None for other settings."""
    return {ETA: POSITIVE, GAMMA: BELOW_ONE}.get(name)


def made_setting(name: str, domain: Domain, default: Value, low: float, high: float) -> Setting:
    """Return a setting as the user defines it; raises `InvalidValue` for what is not possible."""
    fixed = fixed_values(name)
    if fixed and domain != fixed:
        raise InvalidValue(
            "values", "of {name} must be {fixed}: schedules change it", name=name, fixed=values_of(fixed)
        )
    usual = usual_setting(name, domain)
    default = domain.check(default, "default")
    if domain == SWITCH:
        return usual._replace(default=default)
    low, high = float(domain.check(low, "low")), float(domain.check(high, "high"))
    if not low < high:
        raise InvalidValue(
            "high",
            "must be above low, which is {low}, not {high}",
            low=localised(f"{low:g}"),
            high=localised(f"{high:g}"),
        )
    return usual._replace(
        default=default, low=low, high=high, log=_is_logarithmic(domain, low, high), argument=""
    )


def values_of(domain: Domain) -> str:
    """Return the name of a domain in files; "number" for a domain without a name."""
    return next((key for key, one in VALUES.items() if one == domain), "number")


def _is_logarithmic(domain: Domain, low: float, high: float) -> bool:
    return domain == POSITIVE and low > 0.0 and high >= _LOGARITHMIC * low
