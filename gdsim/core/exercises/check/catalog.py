"""All slips that are tried, the likeliest first."""

from gdsim.core.exercises.check import adam_slips, adaptive_slips, data_slips, gradient_slips, momentum_slips
from gdsim.core.exercises.check.slip import Slip

SLIPS: tuple[Slip, ...] = (
    *momentum_slips.SLIPS,
    *adaptive_slips.SLIPS,
    *adam_slips.SLIPS,
    *gradient_slips.SLIPS,
    *data_slips.SLIPS,
)
