"""Mistakes people make in the lines of a rule, derived from the syntax tree of its program."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, combinations

from gdsim.core.exercises.check.memory_line import IN_MEMORY_LINE, is_computed, memory_line
from gdsim.core.formulas.algebra import (
    ONE,
    OPPOSITE,
    Term,
    factors_of_product,
    product_of_factors,
    replaced_everywhere,
    root_of,
    square_of,
    sum_of_terms,
    terms_of_sum,
)
from gdsim.core.formulas.numerals import listed
from gdsim.core.formulas.printing import PLAIN_TEXT
from gdsim.core.formulas.program import GRADIENT_AT, Program
from gdsim.core.formulas.symbols import of_name, symbol_text
from gdsim.core.formulas.syntax import (
    Binary,
    Call,
    Formula,
    Name,
    Node,
    names_in,
    replaced,
    substituted,
    walk,
)
from gdsim.core.language.texts import counted, said, translated
from gdsim.core.rules.rule import Optimizer, symbols
from gdsim.core.rules.update_rule import CORRECTED, ETA, NEW, W_NEXT, T, UpdateRule, W

# A sentence, and the right sides that change, by target.
_Change = tuple[str, Mapping[str, Node]]


class RuleMistakes:
    """Generator of the mistakes in one rule, as its switches are set; some repeat, some change nothing."""

    def __init__(self, optimizer: Optimizer) -> None:
        self._optimizer, self._rule = optimizer, optimizer.update_rule
        self._program, self._right = self._rule.program, self._rule.program.by_target
        self._symbols = symbols(optimizer)
        self._settings = [one for one in self._rule.settings if not one.is_switch and one.name != ETA]
        memory = {z: memory_line(self._rule, z) for z in self._rule.letters}
        self._memory = {z: line for z, line in memory.items() if line}

    def all(self) -> Iterator[tuple[str, UpdateRule]]:
        """Yield each mistake's sentence and wrong rule, the likeliest first."""
        kinds = (
            self._in_memory, self._in_squares, self._in_update, self._in_decays, self._in_direction,
            self._in_roots, self._in_corrections, self._in_powers, self._in_look_ahead, self._in_settings,
            self._in_order,
        )  # fmt: skip
        for sentence, lines in chain(*(kind() for kind in kinds)):
            yield sentence, self._with(self._program.with_lines(lines))
        yield from self._in_starts()
        yield from self._in_switches()

    def _with(self, program: Program) -> UpdateRule:
        return UpdateRule.of(program, self._rule.settings)

    # ------------------------------------------------------------------------------------- in words

    def _text(self, node: Node) -> str:
        return PLAIN_TEXT.letters(node, self._symbols)

    def _line(self, target: str) -> str:
        return PLAIN_TEXT.line(Formula(target, self._right[target]), self._symbols)

    def _texts(self, nodes: Iterable[Node]) -> str:
        return listed(map(self._text, nodes))

    # ---------------------------------------------------------------------------------------- nodes

    def _is_computed(self, node: Node) -> bool:
        return is_computed(self._rule, node)

    def _nodes(self) -> Iterator[tuple[str, Node]]:
        """Yield every node of the program with the target of its line."""
        yield from ((line.target, node) for line in self._program.lines for node in walk(line.node))

    def _put(self, target: str, old: Node, new: Node) -> Mapping[str, Node]:
        """Return the line of a target with one node replaced."""
        return {target: replaced_everywhere(self._right[target], old, new)}

    # ----------------------------------------------------------------------------------- the memory

    def _in_memory(self) -> Iterator[_Change]:
        for z, line in self._memory.items():
            parts = ("old", "new", "keep", "share", "gathered", "rest")
            texts = {part: self._text(getattr(line, part)) for part in parts}
            texts |= {"z": _letter(z), "line": self._line(z + NEW)}
            for sentence, change in IN_MEMORY_LINE:
                wrong = change(line)
                if wrong is not None:
                    yield translated(sentence).format(**texts, wrong=self._text(wrong)), {z + NEW: wrong}
        if len(self._memory) > 1:
            old = self._texts(line.old for line in self._memory.values())
            yield (
                said(
                    "{memory} forget the step before: {old} are missing.",
                    memory=_letters(self._memory),
                    old=old,
                ),
                {z + NEW: line.without_old for z, line in self._memory.items()},
            )

    def _in_squares(self) -> Iterator[_Change]:
        for target, square in self._nodes():
            base, letter = square_of(square), target.removesuffix(NEW)
            if letter in self._rule.letters and base is not None and self._is_computed(base):
                size = Call("abs", (base,))
                parts = {"letter": _letter(letter), "base": self._text(base), "size": self._text(size)}
                parts["square"] = self._text(square)
                words = said("{letter} gathers {base}; it should gather the square {square}.", **parts)
                yield words, self._put(target, square, base)
                words = said(
                    "{letter} gathers the size {size}; it should gather the square {square}.", **parts
                )
                yield words, self._put(target, square, size)

    # ----------------------------------------------------------------------------------- the update

    def _in_update(self) -> Iterator[_Change]:
        terms = terms_of_sum(self._right[W_NEXT])
        carries_w = any(Name(W) in factors_of_product(term.node) for term in terms)
        for place, term in enumerate(terms):
            factors = factors_of_product(term.node)
            if not carries_w and W in names_in(self._rule.inlined(term.node)):
                continue  # nobody gets the sign of w itself wrong
            if Name(W) in factors:
                factors.remove(Name(W))
                changed, factor = Term(term.sign, Name(W)), self._text(product_of_factors(factors))
                words = said("All of w was kept; it should be multiplied by {factor}.", factor=factor)
            else:
                changed = term.negated
                text = self._text(term.node)
                words = (
                    said("{term} was added; it should be subtracted.", term=text)
                    if term.sign == "-"
                    else said("{term} was subtracted; it should be added.", term=text)
                )
            yield words, {W_NEXT: sum_of_terms([*terms[:place], changed, *terms[place + 1 :]])}

    def _in_decays(self) -> Iterator[_Change]:
        """Yield lines without a decay term: one with w in it that is neither w alone nor any gradient."""
        for target, node in self._nodes():
            terms = terms_of_sum(node) if isinstance(node, Binary) and node.sign in OPPOSITE else []
            for term in terms:
                left = self._put(target, node, sum_of_terms([one for one in terms if one is not term]))
                is_decay = (
                    W in names_in(term.node)
                    and term.node != Name(W)
                    and not self._rule.follows_gradient(term.node)
                )
                if is_decay and (target != W_NEXT or W in names_in(left[target])):
                    yield (
                        said(
                            "{node} is missing from {line}.",
                            node=self._text(term.node),
                            line=self._line(target),
                        ),
                        left,
                    )

    def _in_direction(self) -> Iterator[_Change]:
        """Yield steps along the gradient instead of its average, or with direction and scale exchanged."""
        node, never_negative = self._right[W_NEXT], self._rule.never_negative
        names = [(z, z + after) for z in self._rule.letters for after in (NEW, CORRECTED)]
        used = {z: name for z, name in names if name in names_in(node)}
        scales = [name for z, name in used.items() if not never_negative.isdisjoint((z, name))]
        for z, name in used.items():
            line, along = self._memory.get(z), self._text(Name(name))
            if name in scales:
                continue
            if line and line.is_average:
                words = said(
                    "The step goes along {gathered}; it should go along {along}.",
                    gathered=self._text(line.gathered),
                    along=along,
                )
                yield words, {W_NEXT: substituted(node, {name: line.gathered})}
            for scale in scales:
                words = said(
                    "the step goes along {along}, and {name} scales it.",
                    along=along,
                    name=self._text(Name(scale)),
                )
                yield (
                    said(
                        "{along} and {name} are swapped: {words}",
                        along=along,
                        name=self._text(Name(scale)),
                        words=words,
                    ),
                    {W_NEXT: substituted(node, {name: Name(scale), scale: Call("abs", (Name(name),))})},
                )

    # ---------------------------------------------------------------------------- roots and epsilons

    def _in_roots(self) -> Iterator[_Change]:
        for target, node in self._nodes():
            inner, right = root_of(node), self._text(node)
            if inner is not None:
                words = said(
                    "The square root is missing: it should be {right}, not {inner}.",
                    right=right,
                    inner=self._text(inner),
                )
                yield words, self._put(target, node, inner)
            for small, rest in self._small_terms(inner or node):
                bare, below, is_inside = rest, root_of(rest), True
                moved: Node | None = None
                if inner is not None:
                    bare = replaced_everywhere(node, inner, rest)
                    moved, is_inside = Binary("+", bare, small), False
                elif below is not None:
                    moved = replaced_everywhere(rest, below, Binary("+", below, small))
                if moved is not None:
                    parts = {"small": self._text(small), "moved": self._text(moved), "right": right}
                    words = (
                        said("{small} is inside the square root, as {moved}; it should be {right}.", **parts)
                        if is_inside
                        else said(
                            "{small} is outside the square root, as {moved}; it should be {right}.", **parts
                        )
                    )
                    yield words, self._put(target, node, moved)
                yield (
                    said("{node} is missing from {line}.", node=self._text(small), line=right),
                    self._put(target, node, bare),
                )

    def _small_terms(self, node: Node) -> Iterator[tuple[Node, Node]]:
        """Yield each setting added to a computed value, such as epsilon, with the rest of the sum."""
        terms, settings = terms_of_sum(node), {Name(one.name) for one in self._settings}
        for term in terms:
            rest = [one for one in terms if one is not term]
            if term.sign == "+" and term.node in settings and rest and self._is_computed(sum_of_terms(rest)):
                yield term.node, sum_of_terms(rest)

    # ------------------------------------------------------------------------------- corrected values

    def _in_corrections(self) -> Iterator[_Change]:
        hats = self._rule.hats
        for some in (hats, *({z: hat} for z, hat in hats.items())):
            lines = listed(map(self._line, some.values()))
            words = counted(
                len(some),
                "{letters} was not corrected: {lines}.",
                "{letters} were not corrected: {lines}.",
                letters=_letters(some),
                lines=lines,
            )
            yield words, {hat: Name(z + NEW) for z, hat in some.items()}
        if hats:
            lines = listed(map(self._line, hats.values()))
            yield (
                said("The correction was made twice instead of once: {lines}.", lines=lines),
                {hat: self._corrected(z, self._right[hat]) for z, hat in hats.items()},
            )
            texts = self._texts(map(Name, hats.values()))
            words = said(
                "The corrected {texts} were kept as the next {hats}; they should be used for this step only.",
                texts=texts,
                hats=_letters(hats),
            )
            yield (
                words,
                {
                    **{z + NEW: self._corrected(z, self._right[z + NEW]) for z in hats},
                    **{hat: Name(z + NEW) for z, hat in hats.items()},
                },
            )

    def _corrected(self, z: str, node: Node) -> Node:
        """Return the bias correction of z, applied to a node."""
        return substituted(self._right[z + CORRECTED], {z + NEW: node})

    def _in_powers(self) -> Iterator[_Change]:
        nodes = (node for _, node in self._nodes() if isinstance(node, Binary) and node.sign == "**")
        bases = {power: power.left for power in nodes if power.right == Name(T)}
        if bases:
            words = counted(
                len(bases),
                "{values} was not raised to the power t; it should be {powers}.",
                "{values} were not raised to the power t; they should be {powers}.",
                values=self._texts(bases.values()),
                powers=self._texts(bases),
            )
            yield (
                words,
                {
                    target: replaced(node, lambda one: bases.get(one) if isinstance(one, Binary) else None)
                    for target, node in self._right.items()
                },
            )
        yield (
            said("The first update was counted as t = 2; it should be t = 1."),
            {
                target: substituted(node, {T: Binary("+", Name(T), ONE)})
                for target, node in self._right.items()
            },
        )

    # ------------------------------------------------------------------------------------ look-ahead

    def _in_look_ahead(self) -> Iterator[_Change]:
        for gradient, place in self._rule.gradients.items():
            if place == W:
                continue
            right, terms = self._text(self._right[place]), terms_of_sum(self._right[place])
            words = said(
                "The gradient was taken where the run is; it should be taken at the look-ahead place "
                "{place}.",
                place=right,
            )
            yield words, {gradient: Call(GRADIENT_AT, (Name(W),))}
            back = sum_of_terms(term if term.node == Name(W) else term.negated for term in terms)
            words = said(
                "The look-ahead went the wrong way: it should be {right}, not {back}.",
                right=right,
                back=self._text(back),
            )
            yield words, {place: back}
            far = sum_of_terms(Term(term.sign, self._whole(term.node)) for term in terms)
            words = said(
                "The look-ahead went the whole old step: it should be {right}, not {far}.",
                right=right,
                far=self._text(far),
            )
            yield words, {place: far}
            # With w holding the look-ahead place: back from there, a step to w_next, and ahead again.
            ends = substituted(self._right[W_NEXT], {W: back})
            again = {W: ends, **{z: Name(z + NEW) for z in self._rule.letters}}
            words = said(
                "These are the values of PyTorch: it keeps the look-ahead place {right} instead of "
                "w, so the gradient is taken there and the step ends at the next one.",
                right=right,
            )
            yield (
                words,
                {gradient: Call(GRADIENT_AT, (Name(W),)), W_NEXT: substituted(self._right[place], again)},
            )
            words = said("The step was made from the look-ahead place; it should start where the run is.")
            yield words, {W_NEXT: substituted(self._right[W_NEXT], {W: Name(place)})}

    def _whole(self, node: Node) -> Node:
        """Return a product without its settings."""
        return product_of_factors([one for one in factors_of_product(node) if self._is_computed(one)])

    # ------------------------------------------------------------ settings, order, starts, switches

    def _in_settings(self) -> Iterator[_Change]:
        letters = self._rule.letters
        memory = {z + NEW: self._right[z + NEW] for z in letters}
        parts: list[_Change] = [
            (" " + said("in the lines of {letters}", letters=_letters(letters)), memory),
            ("", self._right),
        ]
        if self._rule.hats:
            hats = {hat: self._right[hat] for hat in self._rule.hats.values()}
            parts.append((" " + said("in the correction of {hats}", hats=_letters(self._rule.hats)), hats))
        used = [one for one in self._settings if one.name in self._program.free]
        for one, other in combinations(used, 2):
            if one.domain != other.domain:
                continue
            exchanged: dict[str, Node] = {one.name: Name(other.name), other.name: Name(one.name)}
            belong = ", ".join(self._homes(exchanged, memory))
            right = f": {belong}." if belong else "."
            for where, lines in parts:
                changed = {target: substituted(node, exchanged) for target, node in lines.items()}
                yield (
                    said(
                        "{map} are swapped{where}{right}",
                        map=self._texts(map(Name, exchanged)),
                        where=where,
                        right=right,
                    ),
                    changed,
                )

    def _homes(self, names: Iterable[str], memory: Mapping[str, Node]) -> Iterator[str]:
        """Say in which memory lines each setting belongs."""
        for name in names:
            home = [z for z in self._rule.letters if name in names_in(memory[z + NEW])]
            if home:
                yield said("{text} belongs to {home}", text=self._text(Name(name)), home=_letters(home))

    def _in_order(self) -> Iterator[_Change]:
        for z in self._rule.letters:
            words, line = said("The step was made with the old {z}", z=_letter(z)), self._line(z + NEW)
            yield (
                said("{words}; the new one should be computed first: {line}.", words=words, line=line),
                {target: substituted(node, {z + NEW: Name(z)}) for target, node in self._right.items()},
            )

    def _in_starts(self) -> Iterator[tuple[str, UpdateRule]]:
        for start in self._program.starts:
            rest = tuple(one for one in self._program.starts if one is not start)
            words = said(
                "{target} began at 0; it should begin at {node}.",
                target=_letter(start.target),
                node=self._text(start.node),
            )
            yield words, self._with(replace(self._program, starts=rest))

    def _in_switches(self) -> Iterator[tuple[str, UpdateRule]]:
        labels = {one.name: one.label for one in self._rule.settings}
        for name, is_on in self._optimizer.switches().items():
            label = translated(labels[name])
            if is_on:
                words = said(
                    "These are the values with “{label}” switched off; this run has it on.", label=label
                )
            else:
                words = said(
                    "These are the values with “{label}” switched on; this run has it off.", label=label
                )
            yield words, self._optimizer.replace(**{name: not is_on}).update_rule


def _letter(z: str) -> str:
    return symbol_text(of_name(z))


def _letters(letters: Iterable[str]) -> str:
    return listed(map(_letter, letters))
