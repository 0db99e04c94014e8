"""What the scripts have in common: the neuron, its batches, and how the numbers are printed."""

from gdsim.core.engine.stopping import StopReason

OPENING = '''"""Gradient descent on a sigmoid neuron, exported from gdsim with its numbers.

    python FILE          prints the first and the last steps of every run
    python FILE --csv    prints every step, for a spreadsheet

It needs NumPy, and Python 3.11 or newer.
"""
'''

NO_WARNINGS = """\
# A number too large for the computer is infinite, and ends its run; nobody needs a warning.
np.seterr(all="ignore")"""

F = '''\
def f(w, b, x):
    """The neuron, for every x: f(x) = 1 / (1 + e^-(w·x + b))."""
    return 1 / (1 + np.exp(-(w * x + b)))'''

F_OF_SEVERAL_INPUTS = '''\
def f(w, b, x):
    """The neuron, for every row of x: f(x) = 1 / (1 + e^-(w·x + b))."""
    wx = sum(w[j] * x[:, j] for j in range(len(w)))
    return 1 / (1 + np.exp(-(wx + b)))'''

LOSS = '''\
def loss(w, b, x, y):
    """L(w, b) = ½ Σᵢ (f(xᵢ) - yᵢ)², a sum over the points x, y."""
    return 0.5 * np.sum((f(w, b, x) - y) ** 2)'''

_GRADIENT = '''\
def gradient(w, b, x, y):
    """The slope of the loss in w and in b.

    ∇w = Σᵢ (fᵢ - yᵢ)·fᵢ·(1 - fᵢ)·xᵢ
    ∇b = Σᵢ (fᵢ - yᵢ)·fᵢ·(1 - fᵢ)
    """
    fx = f(w, b, x)
    slope = (fx - y) * fx * (1 - fx)
    # Both sums in one product: b is a weight whose input is always 1.
'''
GRADIENT = f"{_GRADIENT}    return slope @ np.column_stack([x, np.ones(len(y))])"
GRADIENT_OF_SEVERAL_INPUTS = f"""{_GRADIENT}\
    *dw, db = slope @ np.column_stack([x, np.ones(len(y))])
    return np.array(dw), db"""

BATCHES = '''\
def batches(x, y, size):
    """Cut the points into batches of some size; the last one may be smaller."""
    for first in range(0, len(y), size):
        yield x[first : first + size], y[first : first + size]'''

_ORDERS = '''\
def orders(seed):
    """Yield the order of the points in every epoch, shuffled as gdsim does with this seed."""
    for block in count():
        # One generator shuffles {together} epochs at once.
        rng = np.random.Generator(np.random.PCG64([seed, block]))
        yield from rng.permuted(np.tile(np.arange(len(Y)), ({together}, 1)), axis=1)'''

_FLY = '''\
def fly(steps):
    """Return a row [w, b, loss] for every step of a run, and how the run ended."""
    rows = []
    for w, b, *memory in steps:
        row = np.hstack([w, b, loss(w, b, X, Y)])
        # Also what the rule remembers has to stay a number.
        if not np.isfinite(np.hstack([row, *memory])).all():
            end = f"{diverged}"
            return rows, end
        rows.append(row.tolist())
    return rows, f"{finished}"'''

_PRINT_TABLES = '''\
def print_tables(shown=5):
    """Print the first and the last steps of every run."""
{title}    for name, steps in runs():
        rows, end = fly(steps)
        print(f"\\n{{{name}}}")
        print("    step", *(f"{{column:>24}}" for column in COLUMNS))
        for step, row in enumerate(rows):
            if step < shown or step >= len(rows) - shown:
                print(f"{{step:8}}", *(f"{{number!r:>24}}" for number in row))
            elif step == shown:
                print("     ...")
        print(end)'''

_PRINT_CSV = '''\
def print_csv():
    """Print every step of every run."""
    table = csv.writer(sys.stdout, lineterminator="\\n")
    table.writerow(["run", "step", *COLUMNS])
    for name, steps in runs():
        rows, _ = fly(steps)
        table.writerows([name, step, *row] for step, row in enumerate(rows))'''

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


def orders(together: int) -> str:
    """Return the function that shuffles, with the number of epochs that are shuffled at a time."""
    return _ORDERS.format(together=together)


def fly() -> str:
    """Return the function that makes a run, with the program's own sentences for its end."""
    return _FLY.format(
        diverged=StopReason.DIVERGED.value.format(step="{len(rows)}"),
        finished=StopReason.FINISHED.value.format(steps="{len(rows) - 1} step{'s' * (len(rows) != 2)}"),
    )


def printing(*, titled: bool, visible: bool, ascii_only: bool) -> list[str]:
    """Return the blocks that print, and that start the script.

    Parameters
    ----------
    titled : bool
        Whether the script has a title.
    visible : bool
        Whether title and names are made of letters that can be seen; others could steer a terminal, and
        are printed as escapes.
    ascii_only : bool
        Whether every terminal has the letters.
    """
    safe = "" if visible else "!a"
    title = f'    print(f"{{TITLE{safe}}}")\n' if not visible else "    print(TITLE)\n"
    return [
        _PRINT_TABLES.format(title=title if titled else "", name=f"name{safe}"),
        _PRINT_CSV,
        _MAIN.format(any_letter="" if ascii_only else _ANY_LETTER),
    ]
