"""Explaining a single step in sentences with the numbers of its update."""

from collections.abc import Iterator

import numpy as np

from gdsim.core.analysis.arrows import ArrowKind, arrows
from gdsim.core.analysis.memory_weights import Memory, memory_factors, memory_of
from gdsim.core.analysis.update import Update
from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import MINUS, joined_numbers, number
from gdsim.core.formulas.printing import PLAIN_TEXT
from gdsim.core.formulas.symbols import symbol_text
from gdsim.core.formulas.syntax import Formula, Name, Node, names_in
from gdsim.core.language.texts import counted, said
from gdsim.core.rules.rule import symbols
from gdsim.core.rules.update_rule import W_NEXT

# The most points that are named one by one.
_MOST_NAMED = 6


def why_step(update: Update) -> Iterator[str]:
    """Explain what the step is made of, for any rule."""
    rule = update.rule
    yield from _which_points(update)
    if (update.after == update.before).all():
        yield said("The run stays where it is: the step is 0, or so short that rounding hides it.")
        return
    if rule.velocity:
        yield from _carried_and_pulled(update)
    elif rule.direction is None:
        yield _by_the_line(update)
    elif rule.has_own_rates:
        yield from _own_rates(update, rule.direction)
    elif rule.is_plain_descent:
        downhill = said(", straight downhill") if len(update.rows) == len(update.points) else ""
        times = said(
            "{eta} times the gradient {pair}", eta=number(update.eta, 4), pair=_pair(update, update.gradient)
        )
        yield said(
            "The step {step} is −η = −{times}{downhill}.", step=_step(update), times=times, downhill=downhill
        )
    else:
        rate, direction = _letters(update, rule.rate), _letters(update, rule.direction)
        value = number(float(update.value(rule.rate)[0]), 4)
        along = _pair(update, update.value(rule.direction))
        yield said(
            "The run steps against {direction} = {along}, times {rate} = {value}.",
            direction=direction,
            along=along,
            rate=rate,
            value=value,
        )
    if rule.other_terms is not None:
        letters, added = _letters(update, rule.other_terms), _pair(update, update.value(rule.other_terms))
        yield said("Whatever the gradient is, {letters} = {added} is added.", letters=letters, added=added)


def _which_points(update: Update) -> Iterator[str]:
    used = len(update.rows)
    if used == len(update.points):
        return
    names = ", ".join(str(row + 1) for row in update.rows[:_MOST_NAMED].tolist())
    more = " " + said("and others") if used > _MOST_NAMED else ""
    yield counted(
        used,
        "This update uses point {names}{more} only, so its gradient is not that of the surface drawn.",
        "This update uses points {names}{more} only, so its gradient is not that of the surface drawn.",
        names=names,
        more=more,
    )


def _carried_and_pulled(update: Update) -> Iterator[str]:
    """Say how much of the step comes from the old velocity, and how much from the gradient."""
    rule, letter, sign = update.rule, update.rule.velocity, update.rule.velocity_sign
    memory = _memory(update, letter)
    if memory is None or memory.power != 1:
        yield _by_the_line(update)
        return
    kept, taken = (
        f"{one.letter} = {number(one.value, 4)}" if one.letter else number(one.value, 4)
        for one in memory_factors(memory, update.run.optimizer, letter, -sign)
    )
    velocity = update.state_before[rule.letters.index(letter)]
    last, gradient = _pair(update, sign * velocity), _pair(update, update.gradient)
    pulled = said("{taken} times the gradient {gradient}", taken=taken, gradient=gradient)
    parts = {"step": _step(update), "kept": kept, "last": last, "pulled": pulled}
    if update.counted > 1:
        yield said("The step {step} is {kept} of the last step {last}, less {pulled}.", **parts)
    elif velocity.any():
        yield said("The step {step} is {kept} of the velocity at the start {last}, less {pulled}.", **parts)
    else:
        yield said("The velocity is 0 before the step, so the step {step} is minus {pulled}.", **parts)
    lengths = {arrow.kind: float(np.hypot(*arrow.vector)) for arrow in arrows(update) if not arrow.ghost}
    carried, pull = (number(lengths.get(kind, 0.0)) for kind in (ArrowKind.CARRIED, ArrowKind.GRADIENT))
    yield said(
        "The part carried over is {carried} long, the part from the gradient {pull}.",
        carried=carried,
        pull=pull,
    )
    if (update.gradient_place != update.before).any():
        place = rule.gradients[rule.last_gradient]
        line = PLAIN_TEXT.line(Formula(place, rule.program.by_target[place]), symbols(update.run.optimizer))
        yield said(
            "The gradient is taken where the rule looks ahead, {line} = {pair}.",
            line=line,
            pair=_pair(update, update.gradient_place),
        )


def _own_rates(update: Update, direction: Node) -> Iterator[str]:
    rule, along = update.rule, update.value(direction)
    of = said("the gradient")
    if direction != Name(rule.last_gradient):
        memory = _memory(update, rule.average) if rule.average else None
        kind = said("the average of the gradients,") + " " if memory and memory.is_average else ""
        of = f"{kind}{_letters(update, direction)} = {_pair(update, along)}"
    yield said(
        "Each parameter has its own rate, {update}, and goes against {of}.",
        update=_letters(update, rule.rate),
        of=of,
    )
    rates, along = update.drawn(update.value(rule.rate)), update.drawn(along)
    for name, rate, part in zip(update.drawn_names, rates.tolist(), along.tolist(), strict=True):
        change = number(-rate * part)
        sign = "" if change.startswith(MINUS) or change == "0" else "+"
        yield said(
            "{name} changes by {minus}({rate} × {in_brackets}) = {sign}{change}.",
            name=name,
            minus=MINUS,
            rate=number(rate),
            in_brackets=_in_brackets(number(part)),
            sign=sign,
            change=change,
        )
    sizes = np.abs(update.drawn(update.gradient))
    large = int(np.argmax(sizes))
    if rates[large] < rates[1 - large] and number(sizes[large]) != number(sizes[1 - large]):
        yield said(
            "The gradient is {pair}: the steeper direction, {name}, has the smaller rate.",
            pair=_pair(update, update.gradient),
            name=update.drawn_names[large],
        )


def _by_the_line(update: Update) -> str:
    """Say which line makes the step, with the values of the other lines that it uses."""
    rule, known = update.rule, symbols(update.run.optimizer)
    line = Formula(W_NEXT, rule.program.by_target[W_NEXT])
    computed = sorted(names_in(line.node).intersection(rule.program.by_target))
    values = [f"{symbol_text(known[name])} = {_pair(update, update.at(name))}" for name in computed]
    where = said(", where {values}", values=", ".join(values)) if values else ""
    return said(
        "The step {step} follows from the line {line}{where}.",
        step=_step(update),
        line=PLAIN_TEXT.line(line, known),
        where=where,
    )


def _memory(update: Update, letter: str) -> Memory | None:
    rates = np.full(1, update.eta), np.full(1, update.gamma)
    return memory_of(update.run.optimizer, letter, *rates, np.full(1, float(update.counted)))


def _letters(update: Update, node: Node) -> str:
    """Return a formula of the rule in letters, without the name of a parameter."""
    return PLAIN_TEXT.letters(node, symbols(update.run.optimizer))


def _in_brackets(text: str) -> str:
    return f"({text})" if text.startswith(MINUS) else text


def _step(update: Update) -> str:
    return _pair(update, update.after - update.before)


def _pair(update: Update, values: Array) -> str:
    return f"({joined_numbers(map(number, update.drawn(values).tolist()))})"
