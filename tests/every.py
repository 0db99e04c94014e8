"""Many small cases in one test, because a separate test takes milliseconds, as long as hundreds of cases."""

import inspect
import os
from functools import wraps
from itertools import combinations, cycle, product
from random import Random

import pytest

# Whether to try all cases where usually a sample is tried, which takes minutes; see CONTRIBUTING.md.
WHOLE = os.environ.get("GDSIM_TEST_WHOLE", "") not in ("", "0")


def every(names, values, ids=None):
    """Parametrise a test as `pytest.mark.parametrize` does, but run all cases in one test.

    All failing cases are reported, each with its values. The cases share the fixtures of the test.
    """
    names = [names] if isinstance(names, str) else list(names)
    cases = [value if len(names) > 1 else (value,) for value in values]
    if ids is None or callable(ids):
        ids = ["-".join(str((ids or repr)(value)) for value in case) for case in cases]
    labels = list(ids)

    def decorated(test):
        signature = inspect.signature(test)
        fixture_parameters = [
            parameter for name, parameter in signature.parameters.items() if name not in names
        ]

        @wraps(test)
        def test_every_case(**fixtures):
            assert cases, "there is no case"
            failed = []
            for label, case in zip(labels, cases, strict=True):
                try:
                    test(**fixtures, **dict(zip(names, case, strict=True)))
                except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - not only assertions fail
                    error.add_note(f"The case: {', '.join(names)} = {label}")
                    failed.append(error)
            if failed:
                raise BaseExceptionGroup(f"{len(failed)} of {len(cases)} cases fail", failed)

        test_every_case.__signature__ = signature.replace(parameters=fixture_parameters)
        return test_every_case

    return decorated


def in_turn(many, few):
    """Pair each of the many values with one of the few, which take turns; in a whole run, with all."""
    return list(product(many, few)) if WHOLE else list(zip(many, cycle(few), strict=False))


def some_of(things, first, step):
    """Return every ``step``-th thing, starting with ``first``, at least one; in a whole run, all."""
    things = tuple(things)
    return things if WHOLE else things[first % max(1, min(step, len(things))) :: step]


def pairs_of(*factors):
    """Return a part of the product of the factors that contains every pair of their values."""
    return covering(product(*map(list, factors)))


def covering(cases):
    """Return a part of the cases, always the same, that contains every pair of values found in any case."""
    cases = list(cases)
    met, kept = set(), []
    for place in Random(0).sample(range(len(cases)), len(cases)):
        values = [(number, id(value)) for number, value in enumerate(cases[place])]
        new = set(combinations(values, 2)) - met
        if new:
            met |= new
            kept.append(place)
    return [cases[place] for place in sorted(kept)]
