"""Where Python keeps what it has compiled of the tests and of the program."""

import os
import sys
from pathlib import Path


def keep_bytecode() -> None:
    """Have this process and those that it starts keep it: the tests start Python a hundred times.

    Where it is not to lie beside the sources, it lies in the environment.
    """
    if sys.dont_write_bytecode:
        sys.dont_write_bytecode = False
        sys.pycache_prefix = sys.pycache_prefix or str(Path(sys.prefix, "bytecode"))
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
