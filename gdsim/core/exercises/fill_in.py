"""Filling in a step: the results of a rule's lines for one update, to be worked out and typed."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.shown_numbers import digits_to_tell, measured
from gdsim.core.analysis.update import MOST_SHOWN, Update, gradient_terms
from gdsim.core.analysis.worked import (
    bias_has_own_slope,
    gradient_in_numbers,
    penalty_symbol,
    shared_texts,
    update_in_letters,
)
from gdsim.core.arrays import Array
from gdsim.core.exercises.check.gradients import RunGradients
from gdsim.core.exercises.check.mistakes import mistakes
from gdsim.core.exercises.check.wrong_rules import wrong_rules
from gdsim.core.formulas.evaluate import evaluate, evaluate_arrays
from gdsim.core.formulas.numerals import as_programs_read, last_place, precise, read_number
from gdsim.core.formulas.printing import PLAIN_TEXT
from gdsim.core.formulas.program import is_direction, is_gradient, is_norm
from gdsim.core.formulas.symbols import letter_of, symbol_text
from gdsim.core.formulas.syntax import Formula, Node, names_in
from gdsim.core.language.texts import localised, said, to_say
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.objective import LECTURE, SLOPE, FunctionObjective, NeuronObjective
from gdsim.core.model.point_loss import point_loss
from gdsim.core.rules.rule import symbols
from gdsim.core.rules.update_rule import T, W

# With more terms the gradient is given, and with more points no mistakes in the table are looked for.
MOST_TERMS, _MOST_POINTS = MOST_SHOWN, 200
# Tolerance factor, because a float is not exactly what its decimals say.
_JUST_OVER = 1.01
# A result may have one digit fewer than the numbers shown.
_COARSER = 10.0
# A number whose rounding error is more than this share of it has one digit, and fits too many mistakes.
_VAGUE = 0.055
_MOST_DECIMALS = 17
# The exponent of the largest floats.
_LARGEST_EXPONENT = 308


class WrongResult(NamedTuple):
    sentence: str
    value: float


@dataclass(frozen=True, eq=False)
class Blank:
    """The result of one line for one parameter, to be filled in."""

    parameter: str  # ``"w"``, ``"w1"`` or ``"b"``
    target: str  # The name of the line in the rule's program
    letters: str  # The whole line in the lecture's letters
    value: float
    text: str  # The value as it is shown once it is known
    # How far off a result may be because the numbers it follows from are rounded: those shown, and the
    # student's own results of earlier lines.
    room: float
    wrong: tuple[WrongResult, ...]  # The results of known mistakes, the likeliest first

    @property
    def room_for_others(self) -> float:
        """How far off this result may be when a later result is computed from it."""
        return self.room + _half(_unit(self.text))

    @property
    def key(self) -> tuple[str, str]:
        """The parameter and the line, unique within a sheet."""
        return self.parameter, self.target

    @property
    def name(self) -> str:
        """The left side of the line, and the parameter."""
        left = self.letters.partition(" = ")[0]
        return said("{letter} of {parameter}", letter=left, parameter=letter_of(self.parameter))


class PointGiven(NamedTuple):
    """A point of the update, with the neuron's output where the gradient is taken."""

    number: int  # The row in the table, counted from 1
    x: str  # The first input, since no other weight is asked for
    y: str
    f: str


@dataclass(frozen=True, eq=False)
class StepSheet:
    """One update with blanks for its results, of the first weight and of the bias."""

    update: Update
    digits: int
    shared: tuple[tuple[str, str], ...]  # Symbols and texts of rates and settings
    # For each parameter its name, then the symbols and texts of its numbers before the update.
    before: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    points: tuple[PointGiven, ...]  # The points of the gradient, if it is asked for
    blanks: tuple[Blank, ...]  # By line, then by parameter

    def has_own_line(self, blank: Blank) -> bool:
        """Return whether this is the gradient of the bias, and has another formula than a weight's."""
        node = self.update.rule.program.by_target[blank.target]
        return blank.parameter == "b" and is_gradient(node) and bias_has_own_slope(self.update.objective)

    def numbers(self, blank: Blank, known: Collection[tuple[str, str]]) -> str:
        """Return the right side of a blank's line with numbers; results not yet known stay letters.

        Empty for a gradient that is a sum over points, or taken at a place not yet known. ``known`` has the
        keys of the blanks that are filled in.
        """
        update = self.update
        node = update.rule.program.by_target[blank.target]
        hidden = {one.key for one in self.blanks}.difference(known)
        if is_gradient(node):
            place = update.rule.gradients[blank.target]
            if any(target == place for _, target in hidden):
                return ""
            return gradient_in_numbers(update, blank.target, blank.parameter, self.digits, PLAIN_TEXT)
        index = _names(update).index(blank.parameter)
        texts = _texts(update, index, self.digits, blank.target)
        letters = symbols(update.run.optimizer, blank.parameter)
        asked = {
            target
            for parameter, target in hidden
            if parameter == blank.parameter or target in update.rule.shared
        }
        texts |= {name: symbol_text(letters[name]) for name in asked}
        return PLAIN_TEXT.numbers(node, texts)


class ResultMark(Enum):
    RIGHT = to_say("right")
    COARSE = to_say("right as far as it goes, with too few digits")
    WRONG = to_say("wrong")


class ResultJudgement(NamedTuple):
    """A mark, and a sentence on what went wrong, empty if unknown."""

    mark: ResultMark
    hint: str = ""


def judge_result(blank: Blank, text: str) -> ResultJudgement:
    """Judge a result as typed, with a decimal point or comma, to the precision of its digits.

    Raises `NotANumber` if the text is not a number.
    """
    number = float(read_number(text, comma_is_decimal=True))
    if number == blank.value or (math.isnan(number) and math.isnan(blank.value)):
        return ResultJudgement(ResultMark.RIGHT)
    given, shown = _unit(text), _unit(blank.text)
    off = abs(number - blank.value)
    if off <= _half(min(max(given, shown), _COARSER * shown)) + blank.room:
        return ResultJudgement(ResultMark.RIGHT)
    if off <= _half(given) + blank.room:
        return ResultJudgement(ResultMark.COARSE)
    reach = _half(max(given, shown)) + blank.room
    if _half(given) > _VAGUE * abs(number):
        return ResultJudgement(ResultMark.WRONG)
    hint = next((one.sentence for one in blank.wrong if abs(number - one.value) <= reach), "")
    return ResultJudgement(ResultMark.WRONG, hint)


def step_sheet(update: Update, digits: int) -> StepSheet:
    """Return an update as a sheet with blanks; numbers are shown to ``digits`` significant digits."""
    names, bias = _names(update), len(update.before) - 1
    is_summed = not _is_given(update)
    wrong_gradients = tuple(_wrong_gradients(update)) if is_summed else ()
    blanks: list[Blank] = []
    for place, line in enumerate(update.rule.program.lines):
        if _is_asked(update, line, is_summed=is_summed):
            # A result that all parameters share is asked for once.
            indices = (0,) if line.target in update.rule.shared else (0, bias)
            blanks += [_blank(update, index, place, digits, wrong_gradients, blanks) for index in indices]
    return StepSheet(
        update,
        digits,
        tuple(_given_to_all(update, digits)),
        tuple((names[index], tuple(_given(update, index, digits))) for index in (0, bias)),
        tuple(_points(update, digits)) if is_summed and update.has_terms else (),
        tuple(blank for blank in blanks if math.isfinite(blank.value)),
    )


def _is_asked(update: Update, line: Formula, *, is_summed: bool) -> bool:
    """Return whether a line is to be filled in; otherwise its result is given."""
    if is_gradient(line.node):
        return is_summed and line.target == update.rule.last_gradient
    # Norms and directions depend on all parameters, and only two parameters are asked for.
    return not (is_norm(line.node) or is_direction(line.node))


def _is_given(update: Update) -> bool:
    """Return whether the gradient is given because it sums over too many points."""
    return update.has_terms and len(update.rows) > MOST_TERMS


def _names(update: Update) -> tuple[str, ...]:
    return parameter_names(len(update.before) - 1)


# -------------------------------------------------------------------------------- the given numbers


def _texts(update: Update, index: int, digits: int, target: str = "") -> dict[str, str]:
    """Return the texts of a parameter's numbers, with digits enough to show the change that ``target`` makes.

    Without a target, this holds for every line that replaces an old value.
    """
    values, shared = update.values[index], shared_texts(update, digits)
    texts = shared | {name: measured(value, digits) for name, value in values.items() if name not in shared}
    for name in (target,) if target else update.rule.program.by_target:
        old = update.rule.replaces(name)
        if old:
            # The same number of digits for the weight and the bias.
            needed = [
                digits_to_tell(one[old], one[name], digits, blur=0.05)
                for one in (update.values[0], update.values[-1])
            ]
            finest = max(needed, key=lambda one: math.inf if one is None else one)
            texts |= {letter: measured(values[letter], finest) for letter in (old, name)}
    return texts


def _given_to_all(update: Update, digits: int) -> Iterator[tuple[str, str]]:
    texts, letters = shared_texts(update, digits), symbols(update.run.optimizer)
    used = update.rule.program.free
    for name in update.rule.norms:
        yield symbol_text(letters[name]), measured(float(update.at(name)[0]), digits)
    yield from ((symbol_text(letters[name]), text) for name, text in texts.items() if name in used)
    objective = update.objective
    if isinstance(objective, NeuronObjective) and not _is_given(update):
        if objective.l2:
            yield symbol_text(penalty_symbol(update.run.optimizer)), precise(objective.l2)
        if objective.is_penalty_shared:
            yield "n/N", f"{len(update.rows)}/{len(update.points)}"
        if "q" in objective.slope_program.by_target:
            yield "qᵢ", "1 / (1 + e^(−fᵢ))"


def _given(update: Update, index: int, digits: int) -> Iterator[tuple[str, str]]:
    """Yield a parameter's numbers before the update, and each gradient that is not asked for."""
    texts = _texts(update, index, digits)
    letters, rule = symbols(update.run.optimizer, _names(update)[index]), update.rule
    summed = () if _is_given(update) else (rule.last_gradient,)
    gradients = tuple(one for one in rule.gradients if one not in summed)
    for one in (W, *rule.letters, *gradients, *rule.directions):
        yield symbol_text(letters[one]), texts[one]


def _points(update: Update, digits: int) -> Iterator[PointGiven]:
    terms = gradient_terms(update, MOST_TERMS)
    for row, x, y, f in zip(terms.rows.tolist(), terms.x, terms.target, terms.output, strict=True):
        output = output_text(float(f), digits, terms.objective.activation)
        yield PointGiven(row + 1, precise(float(x[0])), precise(float(y)), output)


def output_text(f: float, digits: int, activation: str = LECTURE.activation) -> str:
    """Return the text of an output f with at least ``digits`` significant digits.

    Its distance from the nearest limit of the activation has as many, so that 1 - f is as precise as f.
    """
    limits = {"sigmoid": (0.0, 1.0), "tanh": (0.0, 1.0, -1.0)}.get(activation, (0.0,))
    nearest = min(abs(f - limit) for limit in limits)
    if not 0.0 < nearest < 1.0:
        return precise(f)
    return localised(f"{f:.{min(digits - 1 - math.floor(math.log10(nearest)), _MOST_DECIMALS)}f}")


# --------------------------------------------------------------------------------------- the blanks


def _blank(
    update: Update,
    index: int,
    place: int,
    digits: int,
    wrong_gradients: Iterable[tuple[str, list[float]]],
    before: Iterable[Blank],
) -> Blank:
    """Return the blank for the parameter at ``index`` and the program line at ``place``.

    Its tolerance allows for rounding in the results of the blanks ``before`` it.
    """
    line, values, names = update.rule.program.lines[place], update.values[index], _names(update)
    texts, value = _texts(update, index, digits, line.target), values[line.target]
    if is_gradient(line.node):
        room = _room_of_gradient(update, index, digits, before)
        found = [WrongResult(sentence, gradient[index]) for sentence, gradient in wrong_gradients]
    else:
        rooms = {
            one.target: one.room_for_others
            for one in before
            if one.parameter == names[index] or one.target in update.rule.shared
        }
        room = _room(line.node, values, texts, rooms)
        found = []
    found += _wrong_lines(update, index, line.target)
    found.append(WrongResult(said("The sign is wrong."), -value))
    other = len(names) - 1 if index == 0 else 0
    exchanged = update.values[other][line.target]
    found.append(
        WrongResult(said("This is the result of {names}.", names=letter_of(names[other])), exchanged)
    )
    letters = update_in_letters(update, names[index])[place]
    blank = Blank(names[index], line.target, letters, value, texts[line.target], room, ())
    near = blank.room_for_others  # a wrong result closer than this cannot be told from the right one
    told = (one for one in found if math.isfinite(one.value) and abs(one.value - value) > near)
    return replace(blank, wrong=tuple(told))


def _room(
    node: Node, values: Mapping[str, float], texts: Mapping[str, str], rooms: Mapping[str, float]
) -> float:
    """Return how far off the result of a line may be when it is computed from the numbers as shown.

    ``rooms`` has the tolerances of the numbers that are the student's own results.
    """
    right, room = evaluate(node, values), 0.0
    for name in sorted(names_in(node) & values.keys()):
        text = texts[name]
        half = rooms.get(name, 0.0 if name == T else _rounding(text, values[name]))
        if not half:
            continue
        moved = [evaluate(node, {**values, name: values[name] + by}) - right for by in (half, -half)]
        finite = [abs(one) for one in moved if math.isfinite(one)]
        room += max(finite, default=0.0)
    return room


def _room_of_gradient(update: Update, index: int, digits: int, before: Iterable[Blank]) -> float:
    place = update.rule.gradients[update.rule.last_gradient]
    if isinstance(update.objective, FunctionObjective):
        names = zip(("w", "b"), update.values, strict=True)
        values = {name: one[place] for name, one in names}
        texts = {name: measured(value, digits) for name, value in values.items()}
        written = _half(_unit(measured(float(update.gradient[index]), digits)))
        rooms = {one.parameter: one.room_for_others for one in before if one.target == place}
        return _room(update.objective.lines.by("b" if index else "w"), values, texts, rooms) + written
    terms = gradient_terms(update, MOST_TERMS)
    x = terms.x[:, index] if index < terms.x.shape[1] else np.ones(len(terms.rows))
    activation = terms.objective.activation
    half = np.array([_rounding(output_text(f, digits, activation), f) for f in terms.output.tolist()])
    program, share = (
        terms.objective.slope_program,
        terms.objective.shares(len(terms.rows), len(update.points)),
    )

    def products(f: Array) -> Array:
        # At the kink of a ReLU the output is given exactly.
        values = {"f": f, "y": terms.target, "z": terms.output}
        for line in program.lines[1:]:
            values[line.target] = evaluate_arrays(line.node, values)
        return values[SLOPE] * x / (len(terms.rows) if share.mean else 1.0)

    exact = products(terms.output)
    moved = np.maximum(*(np.abs(products(terms.output + by) - exact) for by in (half, -half)))
    # Each term is rounded to as many digits as well.
    room = float((moved + np.abs(exact) * _half(10.0 ** (1 - digits))).sum())
    if share.l2 and index < len(update.before) - 1:
        weight = update.values[index][place]
        room += share.l2 * _rounding(measured(weight, digits), weight)
    return room


def _rounding(text: str, value: float) -> float:
    """Return the rounding error of a number's text; 0 if the text is exact."""
    return 0.0 if float(as_programs_read(text)) == value else _half(_unit(text))


def _half(unit: float) -> float:
    return 0.5 * _JUST_OVER * unit


def _unit(text: str) -> float:
    """Return the value of one unit in the last digit of a number's text."""
    return 10.0 ** min(last_place(text), _LARGEST_EXPONENT)


# ----------------------------------------------------------------------------------- known mistakes


def _wrong_lines(update: Update, index: int, target: str) -> Iterator[WrongResult]:
    """Yield the results of a line with a mistake in it, computed from the right numbers."""
    values, right = update.values[index], update.rule.program.by_target[target]
    for sentence, rule in wrong_rules(update.run.optimizer):
        node = rule.program.by_target.get(target, right)
        if node == right or not names_in(node) <= values.keys():
            continue
        if is_gradient(node):
            (place,) = names_in(node)
            where = update.before if place == W else update.at(place)
            yield WrongResult(sentence, float(update.gradient_elsewhere(where)[index]))
        else:
            yield WrongResult(sentence, evaluate(node, values))
    if not is_gradient(right):
        letters = symbols(update.run.optimizer)
        for name in sorted(names_in(right).intersection(update.rule.numbers)):
            left_out = evaluate(right, {**values, name: 1.0})
            yield WrongResult(said("{text} was left out.", text=symbol_text(letters[name])), left_out)


def _wrong_gradients(update: Update) -> Iterator[tuple[str, list[float]]]:
    """Yield each mistake in the sum over the points, with the gradient (d + 1,) that it gives."""
    if len(update.points) <= _MOST_POINTS:
        data = point_loss(update.points, update.objective)
        gradients, place = RunGradients(update.run, data), update.gradient_place[np.newaxis]
        for mistake in mistakes(update.run, data):
            if not mistake.is_in_rule:
                computation = mistake.change(gradients.right)
                batch = gradients.batch(computation, update.step - update.clock.epoch0)
                with np.errstate(all="ignore"):
                    gradient = gradients.of(computation, (update.t, 0), batch, place)
                yield mistake.sentence, gradient[0].tolist()
    if not update.has_terms:
        return
    terms = gradient_terms(update, MOST_TERMS)
    if len(terms.rows) > 1:
        for row, product in zip(terms.rows.tolist(), terms.products, strict=True):
            words = said("The term of point {row} is missing from the sum.", row=row + 1)
            yield words, (terms.total - product).tolist()
            yield said("The term of point {row} alone is not the sum.", row=row + 1), product.tolist()
