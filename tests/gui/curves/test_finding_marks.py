"""Findings on the timeline."""

from gdsim.core.analysis.diagnosis import Finding, FindingKind
from gdsim.gui.curves.finding_marks import marks_of
from gdsim.gui.curves.timeline import Mark


def test_every_finding_is_a_mark():
    findings = (
        Finding(FindingKind.PLATEAU, 0, 9, "Flat.", {"f": 0.1}),
        Finding(FindingKind.DIVERGENCE, 12, 14, "Gone.", {"step": 1e300}),
    )
    assert marks_of(findings) == (
        Mark(0, 9, "Plateau", "muted", "Flat."),
        Mark(12, 14, "Divergence", "fault", "Gone."),
    )
    assert marks_of(()) == ()
