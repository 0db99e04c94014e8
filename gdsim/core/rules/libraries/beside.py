"""What else a program does with its optimizer and scheduler: what changes them, and how often they step."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator

_Place = tuple[tuple[ast.AST, str], ...]  # The blocks that something stands in, from the outside
_Step = tuple[ast.Call, _Place]
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_BLOCKS = (*_LOOPS, *_FUNCTIONS, ast.If, ast.Try, ast.Match)
_GROUPS, _GRADIENT = "param_groups", "grad"
# Calls that change gradients or rates, whatever they are given.
_STEERING = re.compile("clip_grad|clip_by_(global_)?norm|LearningRateScheduler|ReduceLROnPlateau|^set_value$")
# Calls that change the rate of an optimizer that they are given, as their names say.
_OF_RATES = re.compile(r"schedul|warm_?up|learning_?rate|anneal|(^|_)lr_|lr$|^setattr$", re.IGNORECASE)
# Calls that only look at the rate.
_LOOKING = re.compile("^(get|print|log|show|current)_?(current_|last_)?(lr|learning_rate)s?$", re.IGNORECASE)
# Methods that change the optimizer, or the part of it, that they are called of.
_CHANGING = re.compile("add_param_group|load_state_dict|^assign|^register_|^set_|^clear$")
_KEEPING = {"zero_", "detach_", "requires_grad_"}  # Of gradients


def line_of_change(rest: Collection[ast.stmt], names: Collection[str]) -> int:
    """Return which line changes what the optimizer of these names does; 0 for none."""
    groups = {_GROUPS, *_names_of_groups(rest)}
    for node, _ in _placed(rest):
        match node:
            case ast.Assign(value=ast.Constant(value=None)):  # as zero_grad() sets gradients
                continue
            case ast.Assign(targets=targets):
                changes = any(_stores(one, groups) for one in targets)
            case ast.AugAssign(target=target):
                changes = _stores(target, groups)
            case ast.Call():
                changes = _steers(node, names, groups)
            case _:
                continue
        if changes:
            return node.lineno
    return 0


def lets_gradients_add_up(rest: Iterable[ast.stmt]) -> bool:
    """Return whether gradients are computed for steps that are taken, and never set to zero."""
    nodes = [node for node, _ in _placed(rest)]
    called = {_chain(node)[-1] for node in nodes if isinstance(node, ast.Call)}
    touched = any(isinstance(node, ast.Attribute) and node.attr == _GRADIENT for node in nodes)
    return {"backward", "step"} <= called and "zero_grad" not in called and not touched


def scheduler_steps(rest: Iterable[ast.stmt], optimizer: str, scheduler: str) -> set[str]:
    """Return what each call of ``scheduler.step()`` follows: "epoch", "update", or "" for something else.

    The set is empty for a program in which nothing takes a step.
    """
    steps = [
        (one, at) for one, at in _placed(rest) if isinstance(one, ast.Call) and _chain(one)[-1] == "step"
    ]
    calls = [(one, _unguarded(at, scheduler)) for one, at in steps if _chain(one)[:-1] == [scheduler]]
    updates = [
        (one, at) for one, at in steps if _chain(one)[:-1] == [optimizer] or _is_given(one, {optimizer})
    ]
    if not calls:
        return {""} if steps else set()
    return {"" if one.args or one.keywords else _after((one, at), updates) for one, at in calls}


def _unguarded(place: _Place, name: str) -> _Place:
    """Return a place without the conditions that a variable be not None: they hold."""
    return tuple((one, part) for one, part in place if not (part == "body" and _asks_for(one, name)))


def _asks_for(block: ast.AST, name: str) -> bool:
    match block:
        case ast.If(test=ast.Name(id=asked)):
            return asked == name
        case ast.If(test=ast.Compare(ast.Name(id=asked), [ast.IsNot()], [ast.Constant(value=None)])):
            return asked == name
    return False


def _after(call: _Step, updates: Collection[_Step]) -> str:
    """Return what one call of ``scheduler.step()`` follows; "" where two updates tell different things."""
    found = {_after_one(call, one) for one in updates}
    if not updates:
        loops = _loops(call[1])
        found = {"" if _conditions(call[1]) or not loops else "update" if loops[1:] else "epoch"}
    return found.pop() if len(found) == 1 else ""


def _after_one(call: _Step, update: _Step) -> str:
    (node, place), (updating, where) = call, update
    loops, around = _loops(place), _loops(where)
    is_near = _function(place) is _function(where)
    if is_near and (node.lineno, node.col_offset) < (updating.lineno, updating.col_offset):
        return ""  # The first rate is left out
    if place == where:
        return "update"
    if not loops or any(one not in where for one in _conditions(place)):
        return ""
    if is_near:
        return "epoch" if loops != around and loops == around[: len(loops)] else ""
    # The function has the loop of an epoch in it, or is called in one.
    return "epoch" if around or not loops[1:] else "update"


def _function(place: _Place) -> ast.AST | None:
    return next((one for one, _ in reversed(place) if isinstance(one, _FUNCTIONS)), None)


def _within(place: _Place, kinds: tuple[type[ast.AST], ...]) -> _Place:
    """Return the blocks of a place that are within the innermost one of some kinds."""
    last = max((i for i, (one, _) in enumerate(place) if isinstance(one, kinds)), default=-1)
    return place[last + 1 :]


def _loops(place: _Place) -> _Place:
    return tuple(one for one in _within(place, _FUNCTIONS) if isinstance(one[0], _LOOPS))


def _conditions(place: _Place) -> _Place:
    return _within(place, (*_FUNCTIONS, *_LOOPS))


def _placed(rest: Iterable[ast.AST]) -> Iterator[tuple[ast.AST, _Place]]:
    """Yield all nodes with the blocks that they stand in."""
    waiting: list[tuple[ast.AST, _Place]] = [(one, ()) for one in rest]
    while waiting:
        node, place = waiting.pop()
        yield node, place
        for name, value in ast.iter_fields(node):
            inside = (*place, (node, name)) if isinstance(node, _BLOCKS) else place
            children = value if isinstance(value, list) else [value]
            waiting += [(one, inside) for one in children if isinstance(one, ast.AST)]


def _chain(node: ast.AST) -> list[str]:
    """Return the names from that of a variable to that of the attribute of it that a node is, or calls."""
    parts = list[str]()
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
        node = node.func if isinstance(node, ast.Call) else node.value
    name = node.id if isinstance(node, ast.Name) else ""
    return [*name.split("."), *reversed(parts)]


def _is_given(call: ast.Call, names: Collection[str]) -> bool:
    given = [*call.args, *(one.value for one in call.keywords)]
    return any(isinstance(one, ast.Name) and one.id in names for one in given)


def _names_of_groups(rest: Iterable[ast.stmt]) -> Iterator[str]:
    """Yield the names that a program gives to the groups of parameters of an optimizer."""
    for node, _ in _placed(rest):
        match node:
            case ast.For(target=target, iter=value) | ast.Assign(targets=[target], value=value):
                if any(isinstance(one, ast.Attribute) and one.attr == _GROUPS for one in ast.walk(value)):
                    names = (one for one in ast.walk(target) if isinstance(one, ast.Name))
                    # The target may be a place in something else, such as a list of rates.
                    yield from (one.id for one in names if isinstance(one.ctx, ast.Store))


def _stores(target: ast.expr, groups: set[str]) -> bool:
    """Return whether it is part of a group of parameters, a gradient, or the optimizer of a model."""
    chain = _chain(target)
    return isinstance(target, ast.Attribute | ast.Subscript) and (
        not groups.isdisjoint(chain) or _GRADIENT in chain or _is_of_model(chain)
    )


def _is_of_model(chain: list[str]) -> bool:
    return "optimizer" in chain[1:-1]


def _steers(call: ast.Call, names: Collection[str], groups: set[str]) -> bool:
    """Return whether a call changes gradients, a rate, or the optimizer."""
    *owner, called = _chain(call)
    if _STEERING.search(called) or (_GRADIENT in owner and called.endswith("_") and called not in _KEEPING):
        return True
    is_of_rates = _OF_RATES.search(called) and not _LOOKING.search(called)
    if _is_given(call, names) and (is_of_rates or owner[:1] in (["optax"], ["keras"])):
        return True  # As MultiSteps(optimizer, 4) does
    of_group = not groups.isdisjoint(owner)
    changing = bool(_CHANGING.search(called)) or (of_group and called == "update")
    return changing and (of_group or owner[:1] in [[one] for one in names] or _is_of_model([*owner, called]))
