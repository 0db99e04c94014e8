"""Many small cases in one test: a test of its own costs milliseconds, as much as hundreds of them."""

import inspect
from functools import wraps

import pytest


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
