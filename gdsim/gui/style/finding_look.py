"""The colour of each kind of finding."""

from gdsim.core.analysis.diagnosis import FindingKind

# Names of colours of the theme; all other kinds are muted.
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


def finding_role(kind: FindingKind) -> str:
    return _ROLES.get(kind, "muted")
