"""What follows from the lines of a rule: its memory, where it evaluates gradients, its rates and parts."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from gdsim.core.formulas.algebra import (
    Term,
    factors_of_product,
    product_of_factors,
    sum_of_terms,
    terms_of_sum,
)
from gdsim.core.formulas.program import GRADIENT_AT, Program, check_target, is_direction, is_gradient, is_norm
from gdsim.core.formulas.syntax import (
    Call,
    Formula,
    FormulaError,
    Name,
    Negative,
    Node,
    is_number,
    names_in,
    substituted,
)
from gdsim.core.language.texts import said
from gdsim.core.rules.intervals import Interval, intervals_of
from gdsim.core.rules.signs import MirroredRun
from gdsim.core.settings import Setting

# The parameter before and after the update, the gradient, the two rates, and the update number from 1.
W, W_NEXT, G, ETA, GAMMA, T = "w", "w_next", "g", "eta", "gamma", "t"
NEW, CORRECTED = "_t", "_hat"
# The parts of an update. A repeated part has a number at the end, as in "gradient2".
LINE_PARTS = ("look", "gradient", "intermediate", "memory", "update")
LOOK, GRADIENT, INTERMEDIATE, MEMORY, UPDATE = LINE_PARTS


@dataclass(frozen=True, eq=False)
class UpdateRule:
    """The lines of a rule with its switches set, in the order in which they are computed.

    ``v_t`` is the new value of the memory ``v``, and ``v_hat`` its bias-corrected value. If no line computes
    ``g``, it is the gradient at ``w``.
    """

    program: Program
    settings: tuple[Setting, ...]

    @classmethod
    def of(cls, program: Program, settings: tuple[Setting, ...]) -> "UpdateRule":
        """Return the rule of some lines.

        Raises `FormulaError` if a name is unknown, or both given and computed; if a start belongs to no
        memory or uses more than w and settings; if a norm is of a value that all parameters share, or is the
        new value of w or of a memory; if no line computes ``w_next``, or none uses a gradient.
        """
        if G in program.free:
            asked = Formula(G, Call(GRADIENT_AT, (Name(W),)))
            program = Program((asked, *program.lines), program.starts)
        made = cls(program, settings)
        made._check_targets()
        made._check_starts()
        made._check_given()
        made._check_norms()
        if W_NEXT not in program.by_target:
            raise FormulaError("no line computes {name}", name=W_NEXT)
        if not made.gradients:
            raise FormulaError("no line uses the gradient g")
        return made

    def _check_targets(self) -> None:
        given = {W, T, ETA, GAMMA, *(one.name for one in self.settings)}
        for name in self.letters:
            check_target(name, given, name + NEW)
        for name in self.program.by_target:
            check_target(name, given.union(self.letters))

    def _check_starts(self) -> None:
        for start in self.program.starts:
            if start.target not in self.letters:
                words = said(
                    "{target}_0 would be the start of a memory, but no line computes {target}{new}",
                    target=start.target,
                    new=NEW,
                )
                raise FormulaError(words, about=f"{start.target}_0")
            others = names_in(start.node) - {W, *self.numbers}
            if others:
                words = said(
                    "{target}_0 may depend only on w and settings, not on {others}",
                    target=start.target,
                    others=min(others),
                )
                raise FormulaError(words, about=min(others))

    def _check_given(self) -> None:
        unknown = self.program.free - {W, T, *self.letters, *self.numbers}
        if not unknown:
            return
        name = min(unknown)
        raise FormulaError("{name} is neither a setting nor computed by a line", name=name, about=name)

    def _check_norms(self) -> None:
        for name, of in self.norms.items():
            if of in self.shared:
                raise FormulaError(
                    "{of} is the same for all parameters: norm needs a name that differs between them",
                    of=of,
                    about=name,
                )
            if self.replaces(name):
                raise FormulaError(
                    "norm gives one number for all parameters, but {name} needs one for each",
                    name=name,
                    about=name,
                )

    # ------------------------------------------------------------------------------------ structure

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The names of the settings that are numbers."""
        return tuple(one.name for one in self.settings if not one.is_switch)

    @cached_property
    def constants(self) -> tuple[str, ...]:
        """The names of the numbers that no schedule changes: all except η and γ."""
        return tuple(name for name in self.numbers if name not in (ETA, GAMMA))

    @cached_property
    def starts(self) -> Mapping[str, Node]:
        """The formulas of the starts of memories that do not start at 0, by letter."""
        return {line.target: line.node for line in self.program.starts if not is_number(line.node, 0)}

    @cached_property
    def letters(self) -> tuple[str, ...]:
        """The memories in the order of their lines: ``v`` for a line that computes ``v_t``."""
        targets = (line.target for line in self.program.lines)
        return tuple(name.removesuffix(NEW) for name in targets if name.endswith(NEW))

    def replaces(self, target: str) -> str:
        """Return the name that a new value replaces: v for ``v_t``, w for ``w_next``; otherwise empty."""
        if target == W_NEXT:
            return W
        return target.removesuffix(NEW) if target.endswith(NEW) else ""

    @cached_property
    def kept_apart(self) -> Mapping[str, str]:
        """The new values whose old values are still used by later lines, with the names of the old ones."""
        lines = self.program.lines
        return {
            line.target: self.replaces(line.target)
            for place, line in enumerate(lines)
            if any(self.replaces(line.target) in names_in(later.node) for later in lines[place + 1 :])
        }

    @cached_property
    def shared(self) -> frozenset[str]:
        """The names with one value for all parameters: rates, settings, t, norms, and lines of only these."""
        known = {ETA, GAMMA, T, *self.numbers}
        for line in self.program.lines:
            own = is_gradient(line.node) or self.replaces(line.target)
            if is_norm(line.node) or (names_in(line.node) <= known and not own):
                known.add(line.target)
        return frozenset(known)

    @cached_property
    def hats(self) -> Mapping[str, str]:
        """The names of bias-corrected values, by letter of the memory."""
        return {z: z + CORRECTED for z in self.letters if z + CORRECTED in self.program.by_target}

    @cached_property
    def gradients(self) -> Mapping[str, str]:
        """The places at which gradients are evaluated, by name of the gradient."""
        return self._arguments_of(is_gradient)

    @cached_property
    def norms(self) -> Mapping[str, str]:
        """The names whose norm over all parameters is taken, by name of the norm."""
        return self._arguments_of(is_norm)

    @cached_property
    def directions(self) -> Mapping[str, str]:
        """The gradients that second-order directions are computed from, by name of the recorded direction."""
        return self._arguments_of(is_direction)

    def _arguments_of(self, asks: Callable[[Node], bool]) -> Mapping[str, str]:
        return {line.target: min(names_in(line.node)) for line in self.program.lines if asks(line.node)}

    @property
    def last_gradient(self) -> str:
        """The name of the gradient that is evaluated last, which is the one that is recorded."""
        return tuple(self.gradients)[-1]

    @property
    def looks_ahead(self) -> bool:
        """Whether a gradient is evaluated elsewhere than at w."""
        return any(place != W for place in self.gradients.values())

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The part that each line belongs to."""
        parts: list[str] = []
        often = Counter[str]()
        for kind, lines in groupby(map(self._kind, self.program.lines)):
            often[kind] += 1
            part = kind if often[kind] == 1 else f"{kind}{often[kind]}"
            parts += [part for _ in lines]
        return tuple(parts)

    def _kind(self, line: Formula) -> str:
        if is_gradient(line.node):
            return GRADIENT
        if line.target == W_NEXT:
            return UPDATE
        if self.replaces(line.target) or line.target in self.hats.values():
            return MEMORY
        asked = any(line.target in self.program.depends(place) for place in self.gradients.values())
        return LOOK if asked else INTERMEDIATE

    # ----------------------------------------------------------------------------- the step it makes

    @cached_property
    def step(self) -> tuple[Node, Node | None]:
        """The rate and the direction: ``w_next = w - rate*direction``, apart from `other_terms`.

        The direction is the only factor that changes its sign when all gradients do. If there is no such
        factor, the rate is η and the direction is None. A velocity, which includes the rate, is itself the
        direction.
        """
        if self.velocity:
            return Name(ETA), self.subtracted_velocity
        if len(self._gradient_terms) != 1 or self._gradient_terms[0].sign != "-":
            return Name(ETA), None
        ((_, node),) = self._gradient_terms
        factors = factors_of_product(node)
        odd = [one for one in factors if self._mirrored.changes_sign(one)]
        if len(odd) != 1 or odd[0] == node:
            return Name(ETA), None
        factors.remove(odd[0])
        return product_of_factors(factors), odd[0]

    @property
    def rate(self) -> Node:
        return self.step[0]

    @property
    def direction(self) -> Node | None:
        return self.step[1]

    @cached_property
    def other_terms(self) -> Node | None:
        """The sum of the terms of a step that do not depend on gradients, such as weight decay.

        None if there are none, or if they cannot be separated from the rest: ``max(0, w - eta*g)`` is a
        single term.
        """
        others = [term for term in self._terms if not self.follows_gradient(term.node)]
        whole = Term("+", Name(W))
        if whole in others:
            others.remove(whole)
        elif any(W in names_in(self.inlined(term.node)) for term in self._gradient_terms):
            return None
        else:  # w_next does not contain w as a whole
            others.append(whole.negated)
        return sum_of_terms(others) if others else None

    @property
    def is_plain_descent(self) -> bool:
        """Whether a step is −η times the gradient at w, and nothing else."""
        plain = self.step == (Name(ETA), Name(self.last_gradient))
        return plain and not self.looks_ahead and self.other_terms is None

    def inlined(self, node: Node, kept: Collection[str] = ()) -> Node:
        """Return a formula with lines inlined, except gradients, norms, directions and the ``kept`` names."""
        stay = {*kept, *self.gradients, *self.norms, *self.directions}
        while True:
            names = names_in(node).intersection(self.program.by_target).difference(stay)
            if not names:
                return node
            node = substituted(node, {name: self.program.by_target[name] for name in names})

    @cached_property
    def _terms(self) -> list[Term]:
        """The terms of w_next, in terms of memories, gradients and what all parameters share."""
        remembered = (letter + NEW for letter in self.letters)
        kept = {*remembered, *self.hats.values(), *self.shared}
        return terms_of_sum(self.inlined(self.program.by_target[W_NEXT], kept))

    @cached_property
    def rate_follows_gradients(self) -> bool:
        """Whether the rate depends on gradients, of this update or remembered ones."""
        return self.follows_gradient(self.rate)

    @cached_property
    def has_own_rates(self) -> bool:
        """Whether each parameter has a rate of its own."""
        return self.rate_follows_gradients and not names_in(self.rate) <= self.shared

    @cached_property
    def has_recorded_rate(self) -> bool:
        """Whether the record, with only the last gradient of each update, suffices to compute the rate."""
        kept = (letter + NEW for letter in self.letters)
        names = self._names_through_norms(self.inlined(self.rate, {W_NEXT, *kept}))
        return names.isdisjoint(self.gradients.keys() - {self.last_gradient})

    def _names_through_norms(self, node: Node) -> frozenset[str]:
        """Return the names in a formula, with those that its norms depend on."""
        norms = names_in(node).intersection(self.norms)
        return names_in(node).union(*(self.program.depends(name) for name in norms))

    @property
    def velocity(self) -> str:
        """The memory that is the step itself, as in ``w_next = w - v_t``; empty when there is none."""
        return self._velocity[0]

    @property
    def velocity_sign(self) -> float:
        """The sign of the velocity in a step: -1, or 1 as in ``w_next = w + v_t``."""
        return self._velocity[1]

    @property
    def subtracted_velocity(self) -> Node:
        """The velocity, negated if it is added to w."""
        velocity = Name(self.velocity + NEW)
        return velocity if self.velocity_sign < 0.0 else Negative(velocity)

    @cached_property
    def _velocity(self) -> tuple[str, float]:
        signed = {term.node: term.sign for term in self._terms}
        for letter in self.letters:
            step = Name(letter + NEW)
            if (
                len(self._terms) == 2  # noqa: PLR2004 - w and the step
                and signed.keys() == {Name(W), step}
                and signed[Name(W)] == "+"
                and self._mirrored.changes_sign(step)
            ):
                return letter, -1.0 if signed[step] == "-" else 1.0
        return "", -1.0

    @cached_property
    def average(self) -> str:
        """The memory that is the direction, without a hat; empty for a velocity or any other direction."""
        match self.direction:
            case Name(name=name) if not self.velocity:
                letter = name.removesuffix(NEW).removesuffix(CORRECTED)
                return letter if letter in self.letters else ""
        return ""

    @cached_property
    def scales(self) -> tuple[str, ...]:
        """The memories that the rate depends on."""
        behind = self.program.behind(self.rate)
        return tuple(z for z in self.letters if z + NEW in behind)

    @cached_property
    def intervals(self) -> Mapping[str, Interval]:
        return intervals_of(self.program, self.letters, self.settings)

    @cached_property
    def never_negative(self) -> frozenset[str]:
        """The memories, with and without hats, that are never negative."""
        remembered = (*self.letters, *self.hats.values())
        return frozenset(name for name in remembered if self.intervals[name].low >= 0.0)

    def follows_gradient(self, node: Node) -> bool:
        """Return whether a formula depends on gradients of this update or, by memories, of earlier ones."""
        return not self.program.behind(node).isdisjoint((*self.gradients, *self.letters))

    @cached_property
    def _gradient_terms(self) -> list[Term]:
        return [term for term in self._terms if self.follows_gradient(term.node)]

    @cached_property
    def _mirrored(self) -> MirroredRun:
        # A setting of 0 would hide what it does.
        usual = {one.name: float(one.default) or 0.1 for one in self.settings if not one.is_switch}
        return MirroredRun(self.program, {ETA: 0.1, GAMMA: 0.9} | usual)
