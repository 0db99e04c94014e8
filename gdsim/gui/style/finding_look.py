"""The colour of each kind of finding, the same everywhere."""

from gdsim.core.analysis.diagnosis import FindingKind

# Names of the theme's colours; other kinds are muted.
_ROLES = {
    FindingKind.DIVERGENCE: "fault",
    FindingKind.FALSE_VALLEY: "fault",
    FindingKind.OVERSHOOT: "fault",
    FindingKind.ROUNDING: "fault",
    FindingKind.BEYOND_LIMIT: "fault",
    FindingKind.LIMIT_CAME: "fault",
    FindingKind.UPHILL: "fault",
    FindingKind.U_TURN: "accent",
    FindingKind.HOVERING: "accent",
    FindingKind.DECAYED_RATE: "accent",
    FindingKind.CONVERGENCE: "settled",
}


def role_of(kind: FindingKind) -> str:
    """Return the name of the theme's colour for a kind of finding."""
    return _ROLES.get(kind, "muted")
