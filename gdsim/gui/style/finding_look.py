"""How the kinds of findings look: one colour for each, everywhere."""

from gdsim.core.analysis.diagnosis import Kind

# Names of the theme's colours: for what goes wrong, for what is worth a look, and for what is just so.
_ROLES = {
    Kind.DIVERGENCE: "fault",
    Kind.FALSE_VALLEY: "fault",
    Kind.OVERSHOOT: "fault",
    Kind.U_TURN: "accent",
    Kind.HOVERING: "accent",
    Kind.DECAYED_RATE: "accent",
}


def role_of(kind: Kind) -> str:
    """Return the name of the theme's colour for a kind of finding."""
    return _ROLES.get(kind, "muted")
