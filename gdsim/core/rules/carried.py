"""Which memories a run may go on with when its rule is another from some step on."""

from functools import lru_cache

from gdsim.core.rules.update_rule import UpdateRule


@lru_cache(maxsize=256)
def carried_letters(old: UpdateRule, new: UpdateRule) -> tuple[str, ...]:
    """Return the letters of the new rule's memory that may go on with what the old rule remembered.

    Those that both have, for the same thing: a velocity, which is a step, is no average, and what may be
    negative is none of squares. Those that are corrected for their start go on together, or none of them:
    the correction counts the updates since then.
    """
    alike = {
        letter
        for letter in set(new.letters).intersection(old.letters)
        if (letter == old.velocity) == (letter == new.velocity)
        and (letter in old.never_negative) == (letter in new.never_negative)
    }
    if not alike.issuperset(new.hats):
        alike -= set(new.hats)
    return tuple(letter for letter in new.letters if letter in alike)


def counts_on(old: UpdateRule, new: UpdateRule) -> bool:
    """Return whether the new rule goes on counting its updates, t, where the old one is left."""
    return set(new.hats or new.letters).issubset(carried_letters(old, new))
