"""Findings as marks on the timeline."""

from collections.abc import Iterable

from gdsim.core.analysis.diagnosis import Finding
from gdsim.gui.curves.timeline import Mark
from gdsim.gui.style.finding_look import role_of


def marks_of(findings: Iterable[Finding]) -> tuple[Mark, ...]:
    """Return a mark for each finding."""
    return tuple(
        Mark(one.first, one.last, one.kind.value, role_of(one.kind), one.sentence) for one in findings
    )
