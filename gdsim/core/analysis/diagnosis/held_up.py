"""Where a run is held up: the loss hardly changes, and most of it lies with saturated points."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence
from gdsim.core.analysis.diagnosis.spans import Span, spans
from gdsim.core.arrays import Flags

# Hardly: in one pass over the data the loss changes by less than this part. One pass, since as many single
# points move the parameters about as far as one step over all of them.
_HARDLY = 0.01
# Most of the loss lies with saturated points.
MOST = 0.5


def held_up(evidence: Evidence) -> list[Span]:
    """Return the stretches on which the run is under way, and held up."""
    look = evidence.look
    flags = (look.stuck_share >= MOST) & (_is_flat(evidence) & evidence.under_way)[look.rows]
    every = int(look.rows[1]) if len(look.rows) > 1 else 1
    found = spans(flags, gap=max(1, evidence.per_epoch // every))
    return [Span(int(look.rows[one.first]), int(look.rows[one.last])) for one in found]


def _is_flat(evidence: Evidence) -> Flags:
    """Return for each row whether the loss hardly changes over the pass that begins there."""
    loss = evidence.record.loss
    ahead = min(evidence.per_epoch, evidence.last)
    flat = np.abs(loss[ahead:] - loss[:-ahead]) <= _HARDLY * loss[:-ahead]
    # The last rows have no whole pass ahead of them: the last whole one speaks for them.
    whole: Flags = np.concatenate([flat, np.full(ahead, flat[-1])])
    return whole
