"""The rest of a pasted program: what in it changes the optimizer, and how often its scheduler steps."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator

from gdsim.core.rules.libraries.pasted_program import dotted, names_changed

# The blocks around a node, outermost first, each with its field. Conditions may be there as text.
_Place = tuple[tuple[ast.AST | str, str], ...]
_Step = tuple[ast.Call, _Place]
OTHERWISE = "otherwise"
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_BLOCKS = (*_LOOPS, *_FUNCTIONS, ast.If, ast.Try, ast.Match)
_GROUPS, _GRADIENT = "param_groups", "grad"
# Calls that change gradients or rates, whatever their arguments.
_CHANGING_CALLS = re.compile(
    "clip_grad|clip_by_(global_)?norm|LearningRateScheduler|ReduceLROnPlateau|^set_value$"
)
# Keyword arguments of trainers that change gradients.
_CLIPPING = re.compile("clip_?grad|grad(ient)?_?clip|max_grad_norm")
# Calls whose names say that they change the rate of an optimizer that is an argument.
_CHANGES_RATE = re.compile(r"schedul|warm_?up|learning_?rate|anneal|(^|_)lr_|lr$|^setattr$", re.IGNORECASE)
# Calls that only read the rate.
_READS_RATE = re.compile(
    "^(get|print|log|show|current)_?(current_|last_)?(lr|learning_rate)s?$", re.IGNORECASE
)
# Methods that change the optimizer, or the part of it, on which they are called.
_CHANGING_METHODS = re.compile("add_param_group|load_state_dict|^assign|^register_|^set_|^clear$")
_HARMLESS_METHODS = {"zero_", "detach_", "requires_grad_"}  # In-place methods that are harmless on gradients


def line_of_change(rest: Collection[ast.stmt], names: Collection[str]) -> int:
    """Return the number of the first line that changes what the optimizer with these names does, or 0."""
    return min(_lines_of_change(rest, _with_other_names(rest, _last_parts(names))), default=0)


def _lines_of_change(rest: Collection[ast.stmt], names: set[str]) -> Iterator[int]:
    groups = {_GROUPS, *_names_of_groups(rest)}
    for node, _ in _nodes_with_places(rest):
        match node:
            # Setting gradients to None, as zero_grad() does, is no change.
            case ast.Assign(value=ast.Constant(None)) | ast.keyword(value=ast.Constant(None)):
                continue
            case ast.Assign(targets=targets, value=value):
                changes = any(_changes_optimizer(one, names, groups) for one in targets) or (
                    any(_GRADIENT in name.lower() for name in names_changed(node)) and _clips(value)
                )
            case ast.AugAssign(target=target):
                changes = _changes_optimizer(target, names, groups)
            case ast.Call():
                changes = _call_changes_optimizer(node, names, groups)
            case ast.keyword(arg=str(name)):
                changes = bool(_CLIPPING.search(name))
            case _:
                continue
        if changes:
            yield node.lineno


def _with_other_names(rest: Collection[ast.stmt], names: set[str]) -> set[str]:
    """Return the names of an optimizer, and those that assignments and arguments of functions give it."""
    renamed: dict[str, list[str]] = {}
    for new, old in _renamings(rest):
        renamed.setdefault(dotted(old).rpartition(".")[2], []).append(new)
    found, waiting = set[str](), [*names]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += renamed.get(name, [])
    return found


def _renamings(rest: Collection[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that values are assigned to, or that the program's own functions have for arguments."""
    nodes = [node for node, _ in _nodes_with_places(rest)]
    functions = dict(_functions_with_parameters(nodes))
    for node in nodes:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from _assigned(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target, value):
                yield from _assigned(target, value)
            case ast.Call(args=given, keywords=keywords):
                parameters = functions.get(_dotted_parts(node)[-1], [])
                yield from zip(parameters, given, strict=False)
                yield from ((one.arg, one.value) for one in keywords if one.arg in parameters)


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match target, value:
        case (ast.Tuple(targets) | ast.List(targets), ast.Tuple(values) | ast.List(values)):
            for one, other in zip(targets, values, strict=False):
                yield from _assigned(one, other)
        case _:
            yield from ((name, value) for name in _last_parts([dotted(target)]))


def _functions_with_parameters(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, list[str]]]:
    """Yield the names by which functions are called, each with the names of the parameters of a call."""
    for node in nodes:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, _parameters(node)
            case ast.ClassDef(name=name, body=body):
                for one in body:
                    if isinstance(one, ast.FunctionDef) and one.name == "__init__":
                        yield name, _parameters(one)


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def _clips(value: ast.expr) -> bool:
    calls = (one for one in ast.walk(value) if isinstance(one, ast.Call))
    return any("clip" in _dotted_parts(one)[-1] for one in calls)


def lets_gradients_add_up(rest: Iterable[ast.stmt]) -> bool:
    """Return whether gradients are computed and steps are made, but gradients are never cleared."""
    nodes = [node for node, _ in _nodes_with_places(rest)]
    called = {_dotted_parts(node)[-1] for node in nodes if isinstance(node, ast.Call)}
    touched = any(isinstance(node, ast.Attribute) and node.attr == _GRADIENT for node in nodes)
    return {"backward", "step"} <= called and "zero_grad" not in called and not touched


def scheduler_steps(rest: Collection[ast.stmt], optimizer: str, scheduler: str) -> str:
    """Return after what a program calls ``scheduler.step()``: every "epoch", every "update", or `OTHERWISE`.

    The result is "" if nothing in the program makes steps.
    """
    optimizers, schedulers = _last_parts([optimizer]), _last_parts([scheduler])
    calls, updates, others = list[_Step](), list[_Step](), 0
    for one, at in _nodes_with_places(rest):
        match one:
            case ast.Call(func=ast.Attribute(value=owner, attr="step")):
                if _is_named(owner, schedulers):
                    calls.append((one, _comparable(at, schedulers)))
                elif _is_named(owner, optimizers) or _is_given(one, optimizers):
                    updates.append((one, _comparable(at, schedulers)))
                else:
                    others += 1
            case ast.Constant(value="interval"):  # for Lightning, which then calls step() itself
                others += 1
    if not calls:
        return OTHERWISE if updates or others else ""
    if any(one.args or one.keywords for one, _ in calls):
        return OTHERWISE
    return _common_frequency(_frequency(one, updates) for one in calls)


def _common_frequency(found: Iterator[str]) -> str:
    first = next(found)
    return first if all(one == first for one in found) else OTHERWISE


def _last_parts(names: Iterable[str]) -> set[str]:
    """Return the names without ``self.`` and the like, which not all functions of a program write."""
    return {name.rpartition(".")[2] for name in names} - {""}


def _is_named(node: ast.AST, names: Collection[str]) -> bool:
    return dotted(node).rpartition(".")[2] in names


def _comparable(place: _Place, schedulers: Collection[str]) -> _Place:
    """Return a place in which equal conditions are the same text, without tests for the scheduler."""
    return tuple(
        (_condition_text(block) or block, part)
        for block, part in place
        if not (part == "body" and _tests_for(block, schedulers))
    )


def _condition_text(block: ast.AST | str) -> str:
    """Return a condition such as ``phase == "train"``, which holds again further on; else an empty text."""
    match block:
        case ast.If(test=ast.Name() | ast.Compare(ast.Name(), [_], [ast.Constant(str())]) as test):
            return ast.dump(test)
    return ""


def _tests_for(block: ast.AST | str, names: Collection[str]) -> bool:
    """Return whether a condition is that there is an object of this name, which is taken to hold."""
    match block:
        case ast.If(test=ast.Compare(asked, [ast.IsNot()], [ast.Constant(value=None)]) | asked):
            return _is_named(asked, names)
    return False


def _frequency(call: _Step, updates: Collection[_Step]) -> str:
    """Return after what one call of ``scheduler.step()`` comes; see `scheduler_steps`."""
    if updates:
        return _common_frequency(_frequency_by_update(call, one) for one in updates)
    loops = _loops_around(call[1])
    return OTHERWISE if _conditions_around(call[1]) or not loops else "update" if loops[1:] else "epoch"


def _frequency_by_update(call: _Step, update: _Step) -> str:
    (node, place), (updating, where) = call, update
    loops, around = _loops_around(place), _loops_around(where)
    is_near = _function_around(place) is _function_around(where)
    if is_near and (node.lineno, node.col_offset) < (updating.lineno, updating.col_offset):
        return OTHERWISE  # the scheduler steps first, which skips the initial rate
    if place == where:
        return "update"
    if not loops or any(one not in where for one in _conditions_around(place)):
        return OTHERWISE
    if is_near:
        return "epoch" if loops != around and loops == around[: len(loops)] else OTHERWISE
    # The function of the update contains the loop over the batches of an epoch, or is called in it.
    return "epoch" if around or not loops[1:] else "update"


def _function_around(place: _Place) -> ast.AST | str | None:
    return next((one for one, _ in reversed(place) if isinstance(one, _FUNCTIONS)), None)


def _inside_innermost(place: _Place, kinds: tuple[type[ast.AST], ...]) -> _Place:
    """Return the blocks of a place that lie inside its innermost block of some kinds."""
    last = max((i for i, (one, _) in enumerate(place) if isinstance(one, kinds)), default=-1)
    return place[last + 1 :]


def _loops_around(place: _Place) -> _Place:
    return tuple(one for one in _inside_innermost(place, _FUNCTIONS) if isinstance(one[0], _LOOPS))


def _conditions_around(place: _Place) -> _Place:
    return _inside_innermost(place, (*_FUNCTIONS, *_LOOPS))


def _nodes_with_places(rest: Iterable[ast.AST]) -> Iterator[tuple[ast.AST, _Place]]:
    waiting: list[tuple[ast.AST, _Place]] = [(one, ()) for one in rest]
    while waiting:
        node, place = waiting.pop()
        yield node, place
        for name, value in ast.iter_fields(node):
            inside = (*place, (node, name)) if isinstance(node, _BLOCKS) else place
            children = value if isinstance(value, list) else [value]
            waiting += [(one, inside) for one in children if isinstance(one, ast.AST)]


def _dotted_parts(node: ast.AST) -> list[str]:
    """Return the names in a chain of attributes, subscripts and calls: a, b and c of ``a.b[0].c()``."""
    parts = list[str]()
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
        node = node.func if isinstance(node, ast.Call) else node.value
    name = node.id if isinstance(node, ast.Name) else ""
    return [*name.split("."), *reversed(parts)]


def _is_given(call: ast.Call, names: Collection[str]) -> bool:
    return any(_is_named(one, names) for one in (*call.args, *(one.value for one in call.keywords)))


def _names_of_groups(rest: Iterable[ast.stmt]) -> Iterator[str]:
    """Yield the names that a program gives to parameter groups of an optimizer."""
    for node, _ in _nodes_with_places(rest):
        match node:
            case ast.For(target=target, iter=value) | ast.Assign(targets=[target], value=value):
                if any(isinstance(one, ast.Attribute) and one.attr == _GROUPS for one in ast.walk(value)):
                    names = (one for one in ast.walk(target) if isinstance(one, ast.Name))
                    # The target may be an item of something else, such as a list of rates.
                    yield from (one.id for one in names if isinstance(one.ctx, ast.Store))


def _changes_optimizer(target: ast.expr, names: set[str], groups: set[str]) -> bool:
    """Return whether a target is part of the optimizer, also as that of a model, or of a gradient."""
    chain = _dotted_parts(target)
    return isinstance(target, ast.Attribute | ast.Subscript) and (
        not groups.isdisjoint(chain)
        or not names.isdisjoint(chain[:-1])
        or _GRADIENT in chain
        or _is_of_model(chain)
    )


def _is_of_model(chain: list[str]) -> bool:
    return "optimizer" in chain[1:-1]


def _call_changes_optimizer(call: ast.Call, names: set[str], groups: set[str]) -> bool:
    """Return whether a call changes gradients, a rate, or the optimizer."""
    *owner, called = _dotted_parts(call)
    on_gradient = _GRADIENT in owner and called.endswith("_") and called not in _HARMLESS_METHODS
    if _CHANGING_CALLS.search(called) or on_gradient:
        return True
    is_of_rates = _CHANGES_RATE.search(called) and not _READS_RATE.search(called)
    if _is_given(call, names) and (is_of_rates or owner[:1] in (["optax"], ["keras"])):
        return True  # such as optax.MultiSteps(optimizer, 4)
    of_group = not groups.isdisjoint(owner)
    changing = bool(_CHANGING_METHODS.search(called)) or (of_group and called == "update")
    return changing and (of_group or not names.isdisjoint(owner) or _is_of_model([*owner, called]))
