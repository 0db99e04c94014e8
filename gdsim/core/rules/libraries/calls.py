"""Reading and writing lines of programs that make an optimizer or a scheduler. Their text is never run."""

import ast
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeGuard

from gdsim.core.formulas.numerals import integer_text
from gdsim.core.language.texts import SaidError, said
from gdsim.core.rules.libraries.arguments import REQUIRED, Argument, SettingArgument
from gdsim.core.rules.libraries.library_rule import LibraryRule
from gdsim.core.rules.libraries.library_schedule import (
    FirstRateArgument,
    LibrarySchedule,
    LibraryScheduleKind,
    SchedulerInterval,
)
from gdsim.core.rules.libraries.lookup import LIBRARIES, library_rules, library_schedules
from gdsim.core.rules.libraries.pasted_program import (
    dotted,
    names_changed,
    parsed,
    statements,
    with_values_of_names,
)
from gdsim.core.rules.libraries.surrounding_program import (
    OTHERWISE,
    lets_gradients_add_up,
    line_of_change,
    scheduler_steps,
)
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.schedules import Schedule, ScheduleState
from gdsim.core.settings import POSITIVE, InvalidValue, as_in_file, quoted

_AT_FIRST = ScheduleState(0, 0, 0)
_MOST_LETTERS, _QUOTED = 20_000, 60
_MOST_LINES = 2  # An optimizer and its schedule
# Short or alternative beginnings of names, and the usual ones.
_ALIASES = {
    "lr_scheduler.": "torch.optim.lr_scheduler.",
    "optim.": "torch.optim.",
    "tf.keras.": "keras.",
    "tensorflow.keras.": "keras.",
}
# No argument of a scheduler says how often it steps, so a comment after the line that makes it does.
_STEPS = "# scheduler.step() after every"
_EVERY = re.compile(rf"{re.escape(_STEPS)} (epoch|update)\b")
# What is called under these names is an optimizer or a schedule, even if it is not known here.
_OPTIMIZERS = ("torch.optim.", "keras.optimizers.")
_SCHEDULE_OF_OPTAX = re.compile(r"optax\.\w+(_schedules?|_decay)")
_SCHEDULE_NAME = re.compile("schedule|_decay")
_EXAMPLE = "torch.optim.SGD(params, lr=0.5)"
# Functions that an optimizer may be an argument of: model.compile(…), TrainState.create(…), nnx.Optimizer(…).
_TAKING_OPTIMIZERS = ("compile", "create", "Optimizer")
# The names of the first arguments of PyTorch's calls.
_FIRST_ARGUMENTS = {"torch.optim.lr_scheduler.": "optimizer", "torch.optim.": "params"}


class CallFault(SaidError):  # noqa: N818 - reads as what it says
    """A text that makes no known optimizer or schedule; the message is a sentence for the user."""


class CallResult(NamedTuple):
    """What a line makes: an optimizer, which may have a schedule, or a schedule alone."""

    optimizer: Optimizer | None
    schedule: Schedule | None = None
    rate: float | None = None  # The initial rate, if a schedule alone gives one


class _PastedLine(NamedTuple):
    name: str  # The name of the result; empty for none
    call: ast.Call


def read_call(text: str) -> CallResult:
    """Read a line such as ``torch.optim.SGD(params, lr=0.5)``, also after ``name =``.

    A line that makes the schedule may follow, with the comment of `scheduler_line`, or come first if the
    optimizer has the schedule's name as its rate. A program may surround these lines. Raises `CallFault` if
    the call is wrong or makes no known optimizer or schedule, or if another line of the program changes it.
    """
    (first, *more), rest = _lines_in(text)
    every = _step_frequency(text, rest, first, *more)
    if not more:
        return _made_by(first.call, every)
    second = more[0].call
    _check_scheduled(first, second)
    if isinstance(_entry(first.call), LibrarySchedule) and _uses_name(second, first.name):
        return _made_by(second, every, first)
    one, other = _made_by(first.call, every), _made_by(second, every)
    if one.optimizer and other.optimizer:
        raise _too_many(2)
    # A schedule with an initial rate would be an argument of the optimizer.
    if one.optimizer and not one.schedule and other.schedule and not other.optimizer and other.rate is None:
        return CallResult(one.optimizer, other.schedule)
    raise CallFault(
        "Two lines make either an optimizer and then its schedule, or a schedule and then an optimizer that "
        "names it."
    )


def _too_many(there: int) -> CallFault:
    return CallFault(
        "{there} lines make optimizers or schedules; paste one optimizer, and its schedule.", there=there
    )


def _step_frequency(text: str, rest: list[ast.stmt], *lines: _PastedLine) -> dict[str, object]:
    """Return how often a PyTorch scheduler steps, as an argument, from the program or from a comment."""
    *optimizer, last = lines
    entry = _entry(last.call)
    if not isinstance(entry, LibrarySchedule) or not any(
        isinstance(one, SchedulerInterval) for one in entry.declared
    ):
        return {}
    given = [one.name for one in optimizer] or list(map(dotted, last.call.args[:1]))
    often = scheduler_steps(rest, "".join(given), last.name)
    if often == OTHERWISE:
        raise CallFault(
            "{name}.step() must be called without a number, just after either every update or every epoch; "
            "paste the optimizer and its schedule alone.",
            name=last.name or "scheduler",
        )
    said_behind = _EVERY.search(text)
    often = often or (said_behind[1] if said_behind else "")
    return {SchedulerInterval.name: often} if often else {}


def _uses_name(call: ast.Call, name: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(call))


def _check_scheduled(optimizer: _PastedLine, scheduler: ast.Call) -> None:
    """Reject a PyTorch scheduler that is given another optimizer."""
    given = [*scheduler.args[:1], *(one.value for one in scheduler.keywords if one.arg == "optimizer")]
    match given:
        case [ast.Name(id=other)] if optimizer.name and other != optimizer.name and _is_scheduler(scheduler):
            raise CallFault(
                "The scheduler belongs to {other}, but the optimizer is {name}.",
                other=quoted(other, _QUOTED),
                name=quoted(optimizer.name, _QUOTED),
            )


def _is_scheduler(call: ast.Call) -> bool:
    return _full_name(call).startswith("torch.optim.lr_scheduler.")


def _made_by(call: ast.Call, every: Mapping[str, object], before: _PastedLine | None = None) -> CallResult:
    """Return what a call makes; ``before`` is the line of a schedule whose name the call may use as rate."""
    entry = _entry(call)
    try:
        if isinstance(entry, LibrarySchedule):
            own = _literals(entry.id, entry.declared, call)
            schedule, rate = entry.given({**every, **own}), entry.first_rate(own)
            return CallResult(
                None, schedule, None if rate is None else float(POSITIVE.check(rate[1], rate[0]))
            )
        return _optimizer(entry, call, before)
    except InvalidValue as refusal:
        raise CallFault(f"{entry.id}: {refusal}.") from refusal


def _lines_in(text: str) -> tuple[list[_PastedLine], list[ast.stmt]]:
    """Return the lines that make an optimizer or a schedule, and the other statements of a program."""
    if len(text) > _MOST_LETTERS:
        raise CallFault(
            "The text is longer than {most} letters; paste the optimizer and its schedule alone.",
            most=integer_text(_MOST_LETTERS),
        )
    try:
        source, program = parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CallFault("{text} is not a line of Python.", text=quoted(text.strip(), _QUOTED)) from error
    _replace_names_for_keras(program)
    rows = source.splitlines()
    all_ = list(statements(program.body))
    # Statements that make the model, the loss and so on do not matter.
    meant = [(block, one) for block, one in all_ if any(map(_is_maker_call, ast.walk(one)))]
    if not meant and len(all_) != 1:
        raise CallFault("There is no line that makes an optimizer, such as {example}.", example=_EXAMPLE)
    lines = [_read_line(one, rows) for _, one in meant or all_]
    if len(lines) > _MOST_LINES:
        raise _too_many(len(lines))
    for block, one in meant or all_:
        block.remove(one)
    _check_unchanged(lines, program, rows)
    with_values_of_names((one.call for one in lines), program)
    return lines, program.body


def _replace_names_for_keras(program: ast.Module) -> None:
    """Put calls in the place of names of optimizers, as in ``model.compile("adam")``."""
    for node in ast.walk(program):
        if isinstance(node, ast.Call) and _compiles_model(dotted(node.func)):
            node.args[:1] = map(_called_by_name, node.args[:1])
            for keyword in node.keywords:
                if keyword.arg == "optimizer":
                    keyword.value = _called_by_name(keyword.value)


def _compiles_model(called: str) -> bool:
    return called.endswith(".compile") and called not in ("re.compile", "regex.compile")


def _called_by_name(value: ast.expr) -> ast.expr:
    known = {id_.rpartition(".")[2].lower(): id_ for id_ in library_rules("keras")}
    match value:
        case ast.Constant(value=str(name)) if name.lower() in known:
            made = ast.Call(ast.Name(known[name.lower()], ast.Load()), [], [])
            return ast.copy_location(made, value)
    return value


def _read_line(statement: ast.stmt, rows: Sequence[str]) -> _PastedLine:
    """Return the call of a statement and the name of its result; raises `CallFault` if it has no call."""
    match statement:
        case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=value):
            name = dotted(target)
        case ast.Expr(value=value) | ast.Return(value=value):
            name = ""
        case _:
            value, name = None, ""
    if isinstance(value, ast.Call):
        return _PastedLine(name, _call_of_maker(value))
    first = next((one for one in ast.walk(statement) if _is_maker_call(one)), statement)
    row = quoted(rows[first.lineno - 1].strip(), _QUOTED)
    if isinstance(statement, ast.For | ast.AsyncFor | ast.While | ast.If | ast.Try | ast.Match):
        raise CallFault(
            "{text} is in a loop or under a condition; paste the optimizer and its schedule alone.",
            text=row,
        )
    raise CallFault(
        "{text} is not one line that makes an optimizer, such as {example}.", text=row, example=_EXAMPLE
    )


def _call_of_maker(call: ast.Call) -> ast.Call:
    """Return the argument of ``model.compile()`` and the like that makes something, or the call itself."""
    if dotted(call.func).rpartition(".")[2] in _TAKING_OPTIMIZERS:
        for one in (*call.args, *(keyword.value for keyword in call.keywords)):
            if _is_maker_call(one):
                return one
    return call


def _check_unchanged(lines: Collection[_PastedLine], rest: ast.Module, rows: Sequence[str]) -> None:
    """Raise `CallFault` if the rest of a program changes what the lines make."""
    names = {one.name for one in lines if one.name}
    if changed := (names | {_full_name(one.call) for one in lines}) & names_changed(rest):
        raise CallFault(
            "{name} is changed in another line; paste the optimizer and its schedule alone.",
            name=quoted(min(changed), _QUOTED),
        )
    if line := line_of_change(rest.body, names):
        raise CallFault(
            "{line} changes what the optimizer does; paste the optimizer and its schedule alone.",
            line=quoted(rows[line - 1].strip(), _QUOTED),
        )
    if lets_gradients_add_up(rest.body):
        raise CallFault(
            "zero_grad() is never called, so gradients add up; paste the optimizer and its schedule alone."
        )


def _is_maker_call(node: ast.AST) -> TypeGuard[ast.Call]:
    """Return whether a node is a call that makes an optimizer or a schedule."""
    if not isinstance(node, ast.Call):
        return False
    name = _full_name(node)
    library = name.partition(".")[0]
    if library not in LIBRARIES:
        return name in _own_names_of_rules()
    return (
        name.startswith(_OPTIMIZERS)
        or _SCHEDULE_OF_OPTAX.fullmatch(name) is not None
        or name in {**library_rules(library), **library_schedules(library)}
    )


def _entry(call: ast.Call) -> LibraryRule | LibrarySchedule:
    name = _full_name(call)
    library = name.partition(".")[0]
    if library not in LIBRARIES:
        words = said(
            "{name} names no library; write, for example, {first}, {second} or {third}.",
            name=quoted(name or ast.unparse(call.func), _QUOTED),
            first="torch.optim.SGD",
            second="keras.optimizers.SGD",
            third="optax.sgd",
        )
        raise CallFault(words)
    rules, schedules = library_rules(library), library_schedules(library)
    if name in rules:
        return rules[name]
    if name in schedules:
        return schedules[name]
    raise CallFault(
        "{name} is not known here; the known ones are {known}.",
        name=quoted(name, _QUOTED),
        known=", ".join(schedules if _SCHEDULE_NAME.search(name) else rules),
    )


def _full_name(call: ast.Call) -> str:
    """Return the full name of what is called, starting with the library if it is known; empty for none."""
    name = dotted(call.func)
    for short, whole in _ALIASES.items():
        if name.startswith(short):
            name = whole + name.removeprefix(short)
    return _schedules_by_name().get(name, name)


@cache
def _schedules_by_name() -> Mapping[str, str]:
    """Return the full names of all schedules by their last parts, which no two libraries share."""
    ids = (id_ for library in LIBRARIES for id_ in library_schedules(library))
    return {id_.rpartition(".")[2]: id_ for id_ in ids}


@cache
def _own_names_of_rules() -> Collection[str]:
    return {id_.rpartition(".")[2] for library in LIBRARIES for id_ in library_rules(library)}


def _optimizer(rule: LibraryRule, call: ast.Call, before: _PastedLine | None) -> CallResult:
    nodes = _arguments(rule.id, rule.declared, call)
    rate, schedule = nodes.pop(rule.rate_argument, None), None
    if before and isinstance(rate, ast.Name) and rate.id == before.name:
        rate = before.call
    arguments = {name: _literal(name, node) for name, node in nodes.items()}
    if isinstance(rate, ast.Call):
        entry = _scheduled(rule, rate)
        own = _literals(entry.id, entry.declared, rate)
        schedule, first = entry.given(own), entry.first_rate(own)
        # A schedule without an initial rate computes its rates from its own numbers only.
        arguments[rule.rate_argument] = first[1] if first else schedule.rate(rule().eta, _AT_FIRST)
    elif rate is not None:
        arguments[rule.rate_argument] = _literal(rule.rate_argument, rate)
    return CallResult(rule.given(arguments), schedule)


def _scheduled(rule: LibraryRule, rate: ast.Call) -> LibrarySchedule:
    """Return the schedule whose call is the learning rate of a rule."""
    name, library = rule.rate_argument, rule.id.partition(".")[0]
    try:
        entry = _entry(rate)
    except CallFault:
        raise _not_written_out(name) from None
    # PyTorch's schedulers take the optimizer as an argument, not the other way round.
    if library == "torch" or not entry.id.startswith(f"{library}."):
        raise _not_written_out(name)
    if not isinstance(entry, LibrarySchedule):
        raise InvalidValue(name, "must be a number or a schedule, not {other}", other=entry.id)
    return entry


def _not_written_out(name: str) -> InvalidValue:
    return InvalidValue(name, "must be written out, as a number, true or false, or a list")


def _literals(owner: str, declared: Iterable[Argument], call: ast.Call) -> dict[str, Any]:
    return {name: _literal(name, node) for name, node in _arguments(owner, declared, call).items()}


def _arguments(owner: str, declared: Iterable[Argument], call: ast.Call) -> dict[str, ast.expr]:
    """Return the arguments of a call by name, without the first argument of PyTorch's calls."""
    positions = [one.name for one in declared if not one.keyword_only]
    given = list(call.args)
    if any(isinstance(one, ast.Starred) for one in given) or any(one.arg is None for one in call.keywords):
        raise InvalidValue("", "must name its arguments; * and ** are not read")
    first = next((word for prefix, word in _FIRST_ARGUMENTS.items() if owner.startswith(prefix)), "")
    if first and given:
        _check_first(first, given[0])
        given = given[1:]
    if len(given) > len(positions):
        raise InvalidValue(
            "",
            "takes {names} by position, but there are {there} values",
            names=", ".join(positions),
            there=len(given),
        )
    values = dict(zip(positions, given, strict=False))
    for keyword in call.keywords:
        if keyword.arg in values:
            raise InvalidValue(keyword.arg, "is given twice")
        if keyword.arg == first:
            _check_first(first, keyword.value)
        elif keyword.arg:
            values[keyword.arg] = keyword.value
    return values


def _check_first(name: str, node: ast.expr) -> None:
    """Reject a first argument that cannot be the parameters or the optimizer, or has parameter groups."""
    if isinstance(node, ast.Constant):
        raise InvalidValue(name, "comes first, not {value}", value=as_in_file(node.value))
    if name == "optimizer" and isinstance(node, ast.Call):
        raise InvalidValue(name, "must be made in a line of its own, before this one")
    if any(isinstance(one, ast.Dict) for one in ast.walk(node)):
        raise InvalidValue(name, "must be in one group: all parameters have the same settings here")


def _literal(name: str, node: ast.expr) -> Any:  # noqa: ANN401 - whatever a literal may be
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        raise _not_written_out(name) from None
    return list(value) if isinstance(value, tuple) else value


# ------------------------------------------------------------------------------------------- writing


def optimizer_call(optimizer: Optimizer, schedule: Schedule | None = None) -> str:
    """Return the line that makes an optimizer of a library, with the schedule as its rate if there is one."""
    rule = optimizer.definition
    assert isinstance(rule, LibraryRule)  # noqa: S101 - only these are written as a line
    return call_text(rule, optimizer.arguments, schedule_call(schedule, optimizer.eta) if schedule else "")


def call_text(rule: LibraryRule, arguments: Mapping[str, object], rate: str) -> str:
    """Return the call with the rate and with the arguments that differ from the library's defaults."""
    written = ["params"] if rule.id.startswith("torch.") else []
    for one in rule.declared:
        if one.name == rule.rate_argument:
            written.append(f"{one.name}={rate or _python(arguments[one.name])}")
        elif one.name in arguments and not _is_default(one, arguments[one.name]):
            written.append(f"{one.name}={_python(arguments[one.name])}")
    return f"{rule.id}({', '.join(written)})"


def schedule_call(schedule: Schedule, rate: float) -> str:
    """Return the line that makes a schedule of a library."""
    kind = schedule.definition
    assert isinstance(kind, LibraryScheduleKind)  # noqa: S101 - only these are written as a line
    arguments = schedule.arguments
    written = ["optimizer"] if kind.id.startswith("torch.") else []
    for one in kind.declared:
        if isinstance(one, FirstRateArgument):
            written.append(f"{one.name}={rate!r}")
        elif (
            one.name in arguments
            and not isinstance(one, SchedulerInterval)
            and not _is_default(one, arguments[one.name])
        ):
            written.append(f"{one.name}={_python(arguments[one.name])}")
    return f"{kind.id}({', '.join(written)})"


def scheduler_line(schedule: Schedule, rate: float) -> str:
    """Return the line that makes a PyTorch scheduler, with a comment that says how often it steps."""
    every = "update" if schedule.arguments.get(SchedulerInterval.name) == "update" else "epoch"
    return f"scheduler = {schedule_call(schedule, rate)}  {_STEPS} {every}"


def _is_default(argument: Argument, value: object) -> bool:
    default = argument.default
    if default is None and isinstance(argument, SettingArgument):
        default = argument.absent
    return default is not REQUIRED and value == (list(default) if isinstance(default, tuple) else default)


def _python(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_python, value))}]"
    if isinstance(value, dict):  # of steps, which are strings in files
        return "{" + ", ".join(f"{step}: {_python(one)}" for step, one in value.items()) + "}"
    return repr(value)
