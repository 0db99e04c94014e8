"""The functions that scripts have in common: the neuron, sums over points, batches, and what is printed."""

import symtable
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from gdsim.core.engine.loop_shape import adds_by_numpy
from gdsim.core.engine.trajectory import StopReason
from gdsim.core.files.script.objective import of_function, of_neuron
from gdsim.core.files.script.searching import reason_words, searching
from gdsim.core.formulas.guards import GUARDS
from gdsim.core.formulas.program import NORM
from gdsim.core.model.batching import epochs_shuffled_together
from gdsim.core.model.objective import LECTURE, FunctionObjective, Objective


def functions(
    dimension: int,
    points: int,
    objective: Objective = LECTURE,
    *,
    arrays: bool,
    all_points: str = "",
) -> dict[str, str]:
    """Return the functions that scripts may need: texts by their names, in their order.

    Those whose names begin with ``array_`` take NumPy's arrays, and add up in its order; the others take
    lists, and add up in the order of the points. Each computes as the engine does, down to the last bit.
    ``arrays`` says whether the script has its points as arrays; ``all_points`` what all of them are called
    where a step is looked for.
    """
    known = {
        ENDED: _ENDED,
        "exp": _EXP,
        "sign": _SIGN,
        NORM: _NORM.format(numbers="(w, b)" if dimension == 1 else "(*w, b)"),
        **GUARDS,
        **(
            of_function(objective, guarded=bool(all_points))
            if isinstance(objective, FunctionObjective)
            else of_neuron(objective, dimension, points)
        ),
    }
    if all_points:
        known |= searching(dimension, arrays=adds_by_numpy(points, objective), points=all_points)
    return known | {
        "batches": _BATCHES.format(_LISTS_OF_ARRAYS if arrays else _LISTS),
        "array_batches": _ARRAY_BATCHES,
        "shuffled_rows": _SHUFFLED_ROWS.format(together=epochs_shuffled_together(points)),
        "orders": _ORDERS,
    }


def needed(known: Mapping[str, str], texts: Iterable[str]) -> set[str]:
    """Return which of the known functions some texts of a script call, and those call in turn."""
    found: set[str] = set()
    new = set().union(*map(looked_up, texts)) & known.keys()
    while new:
        found |= new
        new = set().union(*(looked_up(known[one]) for one in new)) & known.keys() - found
    return found


@lru_cache(maxsize=256)
def looked_up(text: str) -> frozenset[str]:
    """Return the names that a text of a script looks up in the whole script.

    Scripts have most of their functions in common, and each is gone through once.
    """
    tables, names = [symtable.symtable(text, "<script>", "exec")], set[str]()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        names.update(one.get_name() for one in table.get_symbols() if one.is_global())
    return frozenset(names)


ENDED = "Ended"
_ENDED = '''\
class Ended(Exception):
    """How a run ended before another one could leave it."""'''

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
    return math.copysign(1, x) if abs(x) > 0 else x'''

_NORM = '''\
def norm(w, b):
    """The root of the sum of squares over all parameters."""
    total = 0.0
    for number in {numbers}:
        total += number * number
    return math.sqrt(total)'''

_BATCHES = '''\
def batches(order, size):
    """Cut the points into batches of some size; the last one may be smaller."""
    for first in range(0, len(order), size):
        rows = order[first : first + size]
        yield {}'''
_LISTS = "[X[i] for i in rows], [Y[i] for i in rows]"
_LISTS_OF_ARRAYS = "X[rows].tolist(), Y[rows].tolist()"

_ARRAY_BATCHES = '''\
def array_batches(order, size):
    """Cut the points into large batches; the last one may be smaller."""
    for first in range(0, len(order), size):
        rows = order[first : first + size]
        yield X[rows], Y[rows]'''

_SHUFFLED_ROWS = '''\
def shuffled_rows(seed, block):
    """The order of the points in {together} epochs, shuffled as gdsim does with this seed."""
    # One generator shuffles the rows of a table, each of them an epoch.
    rng = np.random.Generator(np.random.PCG64([seed, block]))
    return rng.permuted(np.tile(np.arange(len(Y)), ({together}, 1)), axis=1)'''

_ORDERS = '''\
def orders(seed):
    """The order of the points in every epoch, shuffled as gdsim does with this seed."""
    for block in count():
        yield from shuffled_rows(seed, block)'''

_RECORD = '''\
def record(steps{first}):
    """The rows [w, b, loss] of a run, and how it ended."""
    rows = []
    try:
        for w, b, *memory in steps:
            {row}
            # What the rule remembers has to be a number as well.
            if rows and not all(math.isfinite(number) for number in row + memory):
                raise OverflowError
            rows.append(row)
    except (ArithmeticError, TypeError, ValueError):
        end = f"{diverged}"
{stopped}{ended}    else:
        end = f"{finished}"
    return rows, end'''

_ROW = "row = [{w}, b, {loss}(w, b, X, Y)]"
# A function of w and b may have no value where a run begins.
_ROW_OF_FUNCTION = """\
try:
                row = [w, b, float(loss(w, b, X, Y))]
            except (ArithmeticError, TypeError, ValueError):
                row = [w, b, math.nan]"""
_STOPPED = """\
    except Stopped as reason:
        end = f"{sentence}"
"""

_EXCEPT_ENDED = """\
    except Ended as sentence:
        end = str(sentence)
"""

_PRINT_TABLES = '''\
def print_tables(shown=5):
    """Print the first and the last steps of every run."""
{title}    for name, steps{first} in runs():
        rows, end = record(steps{first})
        print(f"\\n{{{name}}}")
        print("    step", *(f"{{column:>24}}" for column in COLUMNS))
        for step, row in enumerate(rows):
            if step < shown or step >= len(rows) - shown:
                print(f"{{{plus}step:8}}", *(f"{{number!r:>24}}" for number in row))
            elif step == shown:
                print("     ...")
        print(end)'''

_PRINT_CSV = '''\
def print_csv():
    """Print every step of every run."""
    table = csv.writer(sys.stdout, lineterminator="\\n")
    table.writerow(["run", "step", *COLUMNS])
    for name, steps{first} in runs():
        rows, _ = record(steps{first})
        table.writerows([name, step, *row] for step, row in enumerate(rows{first}))'''

_MAIN = """\
if __name__ == "__main__":
{any_letter}    if "--csv" in sys.argv[1:]:
        print_csv()
    else:
        print_tables()"""

_ANY_LETTER = """\
    # A name may have letters that a terminal lacks.
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
"""


_FIRST = ", first"


def record(dimension: int, loss: str, *, forked: bool, searched: bool, ended: bool, of_function: bool) -> str:
    """Return the function that makes a run, with the program's own sentences for its end.

    Where runs are ``forked``, it is told at which step a run begins; where steps are ``searched``, a run may
    stop before its end; where one had ``ended`` before another one leaves it, this one has no step. The loss
    of a neuron has a value everywhere, that ``of_function`` may have none.
    """
    first, plus = (_FIRST, "first + ") if forked else ("", "")
    one = "first + len(rows) != 2" if forked else "len(rows) != 2"
    steps = f"{{{plus}len(rows) - 1:,}} step{{'s' * ({one})}}"
    return _RECORD.format(
        first=first,
        row=_ROW_OF_FUNCTION if of_function else _ROW.format(w="w" if dimension == 1 else "*w", loss=loss),
        diverged=StopReason.DIVERGED.value.format(step=f"{{{plus}len(rows):,}}"),
        finished=StopReason.FINISHED.value.format(steps=steps),
        stopped=_STOPPED.format(sentence=stopped_sentence(steps)) if searched else "",
        ended=_EXCEPT_ENDED if ended else "",
    )


def stopped_sentence(steps: str) -> str:
    """Return why a run stopped, with the source of how many ``steps`` that are."""
    sentence = StopReason.NO_STEP.value.replace(reason_words(StopReason.NO_STEP), "{reason}")
    return sentence.replace("{steps}", steps)


def printing(*, titled: bool, visible: bool, ascii_only: bool, forked: bool) -> Iterator[str]:
    """Yield what prints, and what starts the script.

    A title and names that are not all ``visible`` could steer a terminal, and are printed as escapes; letters
    that are not ``ascii_only`` some terminals lack.
    """
    title = "" if not titled else "    print(TITLE)\n" if visible else '    print(f"{TITLE!a}")\n'
    first, plus = (_FIRST, "first + ") if forked else ("", "")
    yield _PRINT_TABLES.format(title=title, name="name" if visible else "name!a", first=first, plus=plus)
    yield _PRINT_CSV.format(first=first)
    yield _MAIN.format(any_letter="" if ascii_only else _ANY_LETTER)
