"""Mistakes in a memory line: it forgets, sums what it should average, or has a wrong factor."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from gdsim.core.formulas.algebra import (
    ONE,
    Term,
    factors_of_product,
    product_of_factors,
    sum_of_terms,
    terms_of_sum,
)
from gdsim.core.formulas.evaluate import evaluate
from gdsim.core.formulas.syntax import Binary, Name, Node, Number, names_in
from gdsim.core.language.texts import to_say
from gdsim.core.rules.update_rule import ETA, NEW, UpdateRule, W


@dataclass(frozen=True)
class MemoryLine:
    """A memory line taken apart as ``z_t = keep*z + share*gathered``; a missing factor is 1."""

    letter: str
    keep: Node
    sign: str
    share: Node
    gathered: Node

    @property
    def old(self) -> Node:
        """The kept part of the old memory."""
        return product_of_factors([self.keep, Name(self.letter)])

    @property
    def new(self) -> Node:
        """The part that this step adds to the memory."""
        return product_of_factors([self.share, self.gathered])

    @property
    def without_old(self) -> Node:
        """The right side without the old memory."""
        return sum_of_terms([Term(self.sign, self.new)])

    @property
    def gathered_alone(self) -> Node:
        """The right side without the old memory and without factors."""
        return sum_of_terms([Term(self.sign, self.gathered)])

    @property
    def rest(self) -> Node:
        """1 minus `keep`: the share that an average would have."""
        return Binary("-", ONE, self.keep)

    @property
    def is_average(self) -> bool:
        """Whether `keep` and `share` add up to 1 for any settings; tested with one set of numbers."""
        if ONE in (self.keep, self.share):
            return False
        names = sorted(names_in(self.keep) | names_in(self.share))
        numbers = {name: 0.3 + 0.01 * place for place, name in enumerate(names)}
        return math.isclose(evaluate(Binary("+", self.keep, self.share), numbers), 1.0)

    @property
    def is_sum(self) -> bool:
        """Whether both factors are 1."""
        return self.keep == self.share == ONE

    def node(self, keep: Node | None = None, share: Node | None = None) -> Node:
        """Return the right side, with the given factors in place of its own."""
        changed = replace(self, keep=keep or self.keep, share=share or self.share)
        return Binary(self.sign, changed.old, changed.new)


# Each mistake gives the wrong right side of a memory line, or None if it would be no mistake there, or the
# same as another one.
IN_MEMORY_LINE: tuple[tuple[str, Callable[[MemoryLine], Node | None]], ...] = (
    (to_say("{z} forgets the step before: {old} is missing from {line}."), lambda one: one.without_old),
    (
        to_say("{z} was computed as a plain sum; it should be a running average: {line}."),
        lambda one: one.node(ONE, ONE) if one.is_average else None,
    ),
    (
        to_say("{z} was computed as a running average, {wrong}; it should be a plain sum: {line}."),
        lambda one: one.node(Number(0.9), Number(0.1)) if one.is_sum else None,
    ),
    (
        to_say("{z} was taken as {gathered} alone; it should be a running average: {line}."),
        lambda one: one.gathered_alone if one.is_average else None,
    ),
    (
        to_say("All of the old {z} was kept; it should be multiplied by {keep}."),
        lambda one: one.node(keep=ONE) if one.keep != ONE else None,
    ),
    (
        to_say("All of {gathered} was added; it should be multiplied by {share}."),
        lambda one: one.node(share=ONE) if one.share not in (ONE, Name(ETA)) else None,
    ),
    (
        to_say(
            "{keep} and {share} are swapped: {keep} multiplies the old {z}, and {share} multiplies "
            "{gathered}."
        ),
        lambda one: one.node(one.share, one.keep) if ONE not in (one.keep, one.share) else None,
    ),
    (
        to_say("{keep} multiplies {new}; it should multiply the old {z}: {line}."),
        lambda one: (
            None
            if one.keep == ONE or one.is_average
            else one.node(ONE, product_of_factors([one.keep, one.share]))
        ),
    ),
    (
        to_say("{new} was multiplied by {rest}, as in an average; {z} is not an average."),
        lambda one: (
            None
            if one.keep == ONE or one.is_average
            else one.node(share=product_of_factors([one.rest, one.share]))
        ),
    ),
)


def is_computed(rule: UpdateRule, node: Node) -> bool:
    """Return whether a formula differs from parameter to parameter, because it uses w or the gradient."""
    return rule.follows_gradient(node) or W in rule.program.behind(node)


def memory_line(rule: UpdateRule, z: str) -> MemoryLine | None:
    """Return the parts of the line that computes the new z; None if it does not have this form."""
    terms = terms_of_sum(rule.program.by_target[z + NEW])
    old = [term for term in terms if z in names_in(term.node)]
    new = [term for term in terms if term not in old]
    factors = factors_of_product(old[0].node) if len(old) == 1 and old[0].sign == "+" else []
    if Name(z) not in factors or not any(is_computed(rule, term.node) for term in new):
        return None
    factors.remove(Name(z))
    keep = product_of_factors(factors)
    if len(new) > 1:
        return MemoryLine(z, keep, "+", ONE, sum_of_terms(new))
    ((sign, node),) = new
    shares = [one for one in factors_of_product(node) if not is_computed(rule, one)]
    gathered = [one for one in factors_of_product(node) if is_computed(rule, one)]
    return MemoryLine(z, keep, sign, product_of_factors(shares), product_of_factors(gathered))
