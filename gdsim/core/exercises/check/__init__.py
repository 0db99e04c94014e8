"""Checking somebody's own work: which step is the first wrong one, and which slip explains it."""

from gdsim.core.exercises.check.attempt import Attempt
from gdsim.core.exercises.check.catalog import SLIPS
from gdsim.core.exercises.check.slip import Slip
from gdsim.core.exercises.check.verdict import Verdict, mark

__all__ = ["SLIPS", "Attempt", "Slip", "Verdict", "mark"]
