"""What a step is made of: the gradient at its beginning, and the memory that carried it on."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence
from gdsim.core.analysis.memory_weights import memory_factors
from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import number
from gdsim.core.formulas.symbols import of_name
from gdsim.core.formulas.syntax import Name
from gdsim.core.language.texts import said
from gdsim.core.rules.update_rule import NEW

# The most updates that are taken apart for one finding.
MOST_UPDATES = 50


def parts_of_step(evidence: Evidence, update: int) -> tuple[Array, Array] | None:
    """Return the parts of a step that came from the old memory and the new gradient; None if not known."""
    rule = evidence.run.optimizer.update_rule
    letter = rule.velocity or rule.average
    memory = evidence.gathering(letter, update)
    if memory is None or rule.other_terms is not None:
        return None
    lines = evidence.lines(update)
    new = lines.value(Name(letter + NEW))[0]
    # The factor that made the step of the memory, which may differ between parameters.
    by = np.divide(evidence.moves[update - 1], new, out=np.zeros_like(new), where=new != 0.0)
    old = float(memory.keep[0]) * lines.value(Name(letter))[0]
    return by * old, by * float(memory.take[0]) * evidence.record.gradient[update]


def memory_named(evidence: Evidence, first: int, last: int, numbers: dict[str, float]) -> str:
    """Return words for the memory that a rule steps along, with what it keeps from one update to another."""
    rule = evidence.run.optimizer.update_rule
    letter = rule.velocity or rule.average
    memories = [evidence.gathering(letter, update) for update in (first, last)]
    (keep, value), (_, at_last) = (
        memory_factors(memory, evidence.run.optimizer, letter)[0] for memory in memories if memory
    )
    numbers[keep or said("share kept")] = value
    kept = (
        number(value)
        if value == at_last
        else said("{value} to {at_last}", value=number(value), at_last=number(at_last))
    )
    kept = f"{keep} = {kept}" if keep else kept
    if rule.velocity:
        return said("the velocity, which keeps {kept} of the step before,", kept=kept)
    text = of_name(letter).text
    if memories[0] and memories[0].is_average:
        return said("the average {text}, which keeps {kept} of its old value,", text=text, kept=kept)
    return said("the memory {text}, which keeps {kept} of its old value,", text=text, kept=kept)
