"""Loading the program without looking for garbage. Imports nothing that takes time to load."""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def collecting_later() -> Iterator[None]:
    """Do not look for unreachable objects for a while, nor afterwards among those made meanwhile.

    While modules are loaded and a window is put together, next to everything that is made stays. The
    collector would go through all of it again and again, which is a tenth of the time of a start, and
    later once more at every full collection, in the middle of an animation.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()
