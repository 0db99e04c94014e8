"""Many small cases in one test: a test of its own costs milliseconds, as much as hundreds of them."""

import inspect
import os
from functools import wraps
from itertools import combinations, cycle, product
from random import Random

import pytest

# Whether random scenes are taken in their whole number, which takes minutes: see CONTRIBUTING.md.
WHOLE = os.environ.get("GDSIM_TEST_WHOLE", "") not in ("", "0")


def every(names, values, ids=None):
    """Parametrise a test as `pytest.mark.parametrize` does, but carry out all cases in one test.

    All that fail are told, each with its values. The cases share the fixtures of the test.
    """
    names = [names] if isinstance(names, str) else list(names)
    cases = [value if len(names) > 1 else (value,) for value in values]
    if ids is None or callable(ids):
        ids = ["-".join(str((ids or repr)(one)) for one in case) for case in cases]
    labels = list(ids)

    def decorated(test):
        signature = inspect.signature(test)
        left = [parameter for name, parameter in signature.parameters.items() if name not in names]

        @wraps(test)
        def of_every_case(**fixtures):
            assert cases, "there is no case"
            failed = []
            for label, case in zip(labels, cases, strict=True):
                try:
                    test(**fixtures, **dict(zip(names, case, strict=True)))
                except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - what else is no assertion, too
                    error.add_note(f"This is of {', '.join(names)} = {label}")
                    failed.append(error)
            if failed:
                raise BaseExceptionGroup(f"{len(failed)} of {len(cases)} cases fail", failed)

        of_every_case.__signature__ = signature.replace(parameters=left)
        return of_every_case

    return decorated


def in_turn(many, few):
    """Return each of the many with one of the few, which take turns; where all are asked for, with each."""
    return list(product(many, few)) if WHOLE else list(zip(many, cycle(few), strict=False))


def some_of(things, first, step):
    """Return one of so many things, from the first on; of fewer things one; where all are asked for, all."""
    things = tuple(things)
    return things if WHOLE else things[first % min(step, len(things)) :: step]


def pairs_of(*factors):
    """Return some of the product of the factors: in them still every two values meet."""
    return covering(product(*map(list, factors)))


def covering(cases):
    """Return some of the cases, the same each time: in them still every two values meet that meet in any."""
    cases = list(cases)
    met, kept = set(), []
    for place in Random(0).sample(range(len(cases)), len(cases)):
        values = [(number, id(value)) for number, value in enumerate(cases[place])]
        new = set(combinations(values, 2)) - met
        if new:
            met |= new
            kept.append(place)
    return [cases[place] for place in sorted(kept)]
