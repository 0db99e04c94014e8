"""Which memories a fork may carry over from its parent's rule to a rule of its own."""

from functools import lru_cache

from gdsim.core.rules.update_rule import UpdateRule


@lru_cache(maxsize=256)
def carried_letters(old: UpdateRule, new: UpdateRule) -> tuple[str, ...]:
    """Return the memories of the new rule that may start from what the old rule remembered.

    These are the letters that both rules have with the same meaning: both are the velocity or neither is, and
    both are never negative or neither is, so that no average continues as an average of squares. Memories
    with a bias correction are carried over together or not at all, because the correction counts the updates
    since their start.
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
    """Return whether the update number t goes on from the old rule, rather than starting again."""
    return set(new.hats or new.letters).issubset(carried_letters(old, new))
