"""The functions that the code of runs calls."""

import symtable
from collections.abc import Iterable, Mapping
from functools import lru_cache

from gdsim.core.engine.loop_shape import adds_by_numpy
from gdsim.core.files.script.objective_functions import ObjectiveSize, objective_functions
from gdsim.core.files.script.search_functions import searching
from gdsim.core.formulas.guards import GUARDS
from gdsim.core.formulas.program import NORM
from gdsim.core.model.batching import epochs_shuffled_together
from gdsim.core.model.objective import FunctionObjective


def script_functions(subject: ObjectiveSize, *, searched: bool, guarded: bool) -> dict[str, str]:
    """Return all functions that the code of runs may call: sources by name, in the order of the script.

    ``searched`` says whether a search finds the step length; for ``guarded`` see `objective_functions`.
    """
    objective, dimension, points, *_ = subject
    arrays = adds_by_numpy(points, objective)
    is_function, several = isinstance(objective, FunctionObjective), dimension > 1
    return {
        "exp": _EXP,
        "sign": _SIGN,
        NORM: _NORM.format(numbers="(*w, b)" if several else "(w, b)"),
        **GUARDS,
        **objective_functions(subject, guarded=guarded),
        **(searching(dimension, arrays=arrays) if searched else {}),
        "shuffled_rows": _SHUFFLED_ROWS.format(together=epochs_shuffled_together(points)),
        "shuffled": _SHUFFLED.format(
            together=epochs_shuffled_together(points), arrays=_SHUFFLED_ARRAYS if arrays else ""
        ),
        "mini_batches": _MINI_BATCHES,
        "show": _SHOW.format(
            loss=_LOSS_IF_ANY if is_function else "loss = error(w, b)",
            spread=_SPREAD if several else "",
            weights="*w" if several else "w",
        ),
    }


def needed_functions(known: Mapping[str, str], texts: Iterable[str]) -> set[str]:
    """Return the names of the known functions that texts of a script call, directly or indirectly."""
    found: set[str] = set()
    new = set().union(*map(global_names, texts)) & known.keys()
    while new:
        found |= new
        new = set().union(*(global_names(known[one]) for one in new)) & known.keys() - found
    return found


@lru_cache(maxsize=256)
def global_names(text: str) -> frozenset[str]:
    """Return the global names that a text of a script uses.

    Cached because scripts have most of their functions in common.
    """
    tables, names = [symtable.symtable(text, "<script>", "exec")], set[str]()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        names.update(one.get_name() for one in table.get_symbols() if one.is_global())
    return frozenset(names)


_EXP = '''\
def exp(x):
    """e^x, infinite where it is too large for the computer."""
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf'''

_SIGN = '''\
def sign(x):
    """-1, 0 or 1: the sign of x."""
    return math.copysign(1, x) if abs(x) > 0 else x + 0.0'''

_NORM = '''\
def norm(w, b):
    """The root of the sum of squares over all parameters."""
    total = 0.0
    for number in {numbers}:
        total += number * number
    return math.sqrt(total)'''

_SHUFFLED_ROWS = '''\
@lru_cache(maxsize=1)
def shuffled_rows(seed, block):
    """The order of the points in {together} epochs, shuffled as gdsim does with this seed."""
    # One generator shuffles the rows of a table, each of them an epoch.
    rng = np.random.Generator(np.random.PCG64([seed, block]))
    return rng.permuted(np.tile(np.arange(len(Y)), ({together}, 1)), axis=1)'''

_SHUFFLED = '''\
def shuffled(X, Y, seed, epoch):
    """The points in the order in which gdsim takes them in an epoch."""
    order = shuffled_rows(seed, epoch // {together})[epoch % {together}]
{arrays}    return [X[n] for n in order], [Y[n] for n in order]'''

_SHUFFLED_ARRAYS = """\
    if isinstance(Y, np.ndarray):
        return X[order], Y[order]
"""

_MINI_BATCHES = '''\
def mini_batches(X, Y, size):
    """Cut the points into mini-batches; the last one may be smaller."""
    for first in range(0, len(Y), size):
        yield X[first : first + size], Y[first : first + size]'''

_SHOW = '''\
def show(w, b, *memory):
    """Keep a step: w, b, the loss, and what the rule remembers; end where one is too large."""
    {loss}
{spread}    numbers = [{weights}, b, loss, *memory]
    if steps and not all(math.isfinite(number) for number in numbers):
        raise OverflowError
    steps.append(numbers)'''

# The memory of the weights is in lists.
_SPREAD = """\
    pairs = zip(memory[::2], memory[1::2])
    memory = [number for weights, bias in pairs for number in [*weights, bias]]
"""

# A function of w and b may be undefined in places.
_LOSS_IF_ANY = """\
try:
        loss = float(error(w, b))
    except (ArithmeticError, TypeError, ValueError):
        loss = math.nan"""
