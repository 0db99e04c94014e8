"""Starting programs of the system from a frozen one."""

import os
import sys
from collections.abc import Mapping

# The frozen program's loader leads every library to the bundle's own, and keeps what was set before.
_SEARCHED, _BEFORE = "LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"


def environment_for_others(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment as a program of the system needs it: with libraries of its own."""
    if not getattr(sys, "frozen", False):
        return dict(environment)
    ours = {_SEARCHED, _BEFORE}
    others = {name: value for name, value in environment.items() if name not in ours}
    before = environment.get(_BEFORE)
    return {**others, _SEARCHED: before} if before else others
