"""The source of guards: functions that return infinity or NaN where Python's own would raise.

Formulas are computed with guards where the plain functions raise, and exported scripts contain them.
"""

from collections.abc import Mapping

_LOGARITHM = '''\
def {name}(x):
    """{what}, also where x is 0 or negative."""
    if x == 0:
        return -math.inf
    return math.nan if x < 0 else math.{function}(x)'''
_OF_FINITE = '''\
def {name}(x):
    """{what}, also where x is not finite."""
    return {result} if math.isfinite(x) else {other}'''
GUARDS: Mapping[str, str] = {
    "divide": '''\
def divide(x, y):
    """x / y, where y may be 0."""
    return x / y if y else x * math.copysign(math.inf, y)''',
    "power": '''\
def power(x, y):
    """x to the power y, also where it is too large or no number."""
    try:
        return math.pow(x, y)
    except OverflowError:
        size = math.inf
    except ValueError:  # 0 to a negative power, or a root of a negative number
        size = math.nan if x else math.inf
    return math.copysign(size, x) if y % 2 == 1 else size''',
    "square_root": '''\
def square_root(x):
    """√x, no number where x is negative."""
    return math.nan if x < 0 else math.sqrt(x)''',
    "ln": _LOGARITHM.format(name="ln", what="The natural logarithm of x", function="log"),
    "ln_of_more": '''\
def ln_of_more(x):
    """The natural logarithm of 1 + x, also where x is -1 or less."""
    return math.log1p(x) if x > -1 else -math.inf if x == -1 else math.nan''',
    "binary_log": _LOGARITHM.format(name="binary_log", what="The logarithm of x to base 2", function="log2"),
    "remainder": '''\
def remainder(x, y):
    """What is left of x after whole multiples of y, which may be 0."""
    return x % y if y else math.nan''',
    "whole": _OF_FINITE.format(name="whole", what="x rounded down", result="float(math.floor(x))", other="x"),
    "sine": _OF_FINITE.format(name="sine", what="The sine of x", result="math.sin(x)", other="math.nan"),
    "cosine": _OF_FINITE.format(
        name="cosine", what="The cosine of x", result="math.cos(x)", other="math.nan"
    ),
}
# The guard of each function.
GUARDED_BY: Mapping[str, str] = {
    "sqrt": "square_root",
    "log": "ln",
    "log1p": "ln_of_more",
    "log2": "binary_log",
    "mod": "remainder",
    "floor": "whole",
    "sin": "sine",
    "cos": "cosine",
}
