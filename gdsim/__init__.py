"""gdsim, the flight simulator of gradient descent.

Programs and notebooks use the names that `gdsim.api` documents; they are loaded on first use.

The package has layers; imports go right, never left, and ``gui`` and ``api`` know nothing of each other::

    __main__ > cli > gui | api > session > core

``core``     pure functions over frozen values: the neuron, the rules, the engine, the surface.
             Imports numpy and contourpy, and knows nothing of Qt, threads or wall-clock time.
``session``  the state of an open document: undo, the worker thread, playback. QtCore only.
``gui``      widgets and plots. Shows values and emits the user's actions; computes nothing.
``api``      scenes, runs and figures for programs and notebooks, over ``core`` alone.
``cli``      the command line; imports ``gui`` only when a window is asked for.

An edit makes a new `Experiment`. The difference between the old value and the new one decides
what is computed again. The worker yields chunks of steps; playback only moves an index over the steps.
"""

__version__ = "0.1.0"

# The names for programs and notebooks, and the module of `gdsim.api` that defines each.
_EXPORTS = {
    "Figure": "figure",
    "NoSuchRun": "scene",
    "RunRecord": "record",
    "Scene": "scene",
    "Step": "results",
    "Surface": "results",
    "Verdict": "results",
    "open_scene": "scene",
    "scenes": "scene",
}
__all__ = [*_EXPORTS]  # noqa: PLE0604 - the names are strings

TYPE_CHECKING = False  # importing `typing` for it would take longer than this whole module
if TYPE_CHECKING:
    from gdsim.api.figure import Figure as Figure
    from gdsim.api.record import RunRecord as RunRecord
    from gdsim.api.results import Step as Step
    from gdsim.api.results import Surface as Surface
    from gdsim.api.results import Verdict as Verdict
    from gdsim.api.scene import NoSuchRun as NoSuchRun
    from gdsim.api.scene import Scene as Scene
    from gdsim.api.scene import open_scene as open_scene
    from gdsim.api.scene import scenes as scenes


def __getattr__(name: str) -> object:
    """Import a name of `gdsim.api` on first use, so that the command line does not wait for it."""
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib  # noqa: PLC0415

    return getattr(importlib.import_module(f"gdsim.api.{_EXPORTS[name]}"), name)


def __dir__() -> list[str]:
    """Include the names that are not loaded yet."""
    return sorted({*globals(), *_EXPORTS})
