"""Checking the arguments of calls; a faulty one is refused in a sentence that names it."""

import operator
import os
from pathlib import Path
from reprlib import repr as short_repr
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Array


def as_given(value: object) -> str:
    """Return the representation of an argument, shortened and on one line, for the message of an error."""
    return " ".join(short_repr(value).split())


def number_array(values: npt.ArrayLike, name: str) -> Array:
    """Return values as an array; raises `ValueError` if they are not numbers."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} must be numbers, as many in each row, not {as_given(values)}") from None


def whole_number(value: Any, name: str) -> int:  # noqa: ANN401 - it checks the type itself
    """Return an integer of any type, but no bool; raises `TypeError` for anything else."""
    if not isinstance(value, bool):
        try:
            return operator.index(value)
        except TypeError:
            pass
    raise TypeError(f"{name} must be a whole number, not {as_given(value)}")


def path_of(path: object) -> Path:
    """Return the path of a file; raises `TypeError` or `ValueError` if it is none."""
    name = os.fspath(path) if isinstance(path, os.PathLike) else path
    if not isinstance(name, str):
        raise TypeError(f"path must be the name of a file, not {as_given(path)}")
    if not name or "\0" in name:
        raise ValueError(f"path must be the name of a file, not {as_given(name)}")
    return Path(name)
