"""Checking somebody's own work: which step is the first wrong one, and which slip explains it."""

from gdsim.core.marking.attempt import Attempt
from gdsim.core.marking.catalog import SLIPS
from gdsim.core.marking.slip import Slip
from gdsim.core.marking.verdict import Verdict, mark

__all__ = ["SLIPS", "Attempt", "Slip", "Verdict", "mark"]
