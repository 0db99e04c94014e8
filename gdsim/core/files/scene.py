"""Scene files: an Experiment as JSON, version 1, checked key by key.

Everything but ``gdsim``, ``points`` and ``runs[].algorithm`` has a default. Unknown keys are
refused, since a misspelt key that is silently ignored gives wrong numbers.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from gdsim.core.arrays import Array
from gdsim.core.files.checked_json import FileFault, parse, read_text
from gdsim.core.files.scene_reader import VERSION, read_experiment
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.resources import resource
from gdsim.core.settings import Configured, Definition, printable

# In the order of the lecture. Explicit, as the catalog of rules is.
BUNDLED = (
    "first-neuron",
    "guess-work",
    "another-start",
    "valley",
    "nesterov",
    "stochastic",
    "mini-batch",
    "big-rate",
    "rates",
    "finer-rates",
    "annealing",
    "momentum-schedule",
    "sparse",
    "no-root",
    "bias-correction",
)
_PIECE_ROWS = 4096


def bundled_scenes() -> dict[str, Path]:
    """Return the scenes that come with gdsim, by name, in the order of the lecture."""
    folder = resource("scenes")
    return {name: folder / f"{name}.json" for name in BUNDLED}


@lru_cache(maxsize=1)
def bundled_titles() -> dict[str, str]:
    """Return the titles of the scenes that come with gdsim, by name.

    The window wants them at its start, and reads none of the rest.
    """
    texts = {name: path.read_text(encoding="utf-8") for name, path in bundled_scenes().items()}
    return {name: json.loads(text)["title"] for name, text in texts.items()}


def as_own(experiment: Experiment) -> Experiment:
    """Return an experiment without the title and sentence of a bundled scene, which tell of its points."""
    if experiment.title in bundled_titles().values():
        return replace(experiment, title="", about="")
    return experiment


def find_scene(name: str) -> Path:
    """Return the file of a bundled scene, or ``name`` as a path."""
    return bundled_scenes().get(name, Path(name))


def load_scene(path: Path) -> Experiment:
    """Read a scene file.

    Raises
    ------
    FileFault
        With one line that names the file, the key and what is wrong.
    """
    try:
        return parse_scene(read_text(path))
    except FileFault as error:
        raise FileFault(f"{printable(path.name or str(path))}: {error}") from None


def parse_scene(text: str) -> Experiment:
    """Return the experiment that a scene's text describes.

    Raises
    ------
    FileFault
        With one line that names the key and what is wrong.
    """
    return read_experiment(parse(text))


def scene_text(experiment: Experiment) -> str:
    """Return the scene file of an experiment; reading it gives an equal experiment."""
    return "".join(scene_pieces(experiment))


def scene_pieces(experiment: Experiment) -> Iterator[str]:
    """Yield the scene file of an experiment in pieces, each of which is made in a few milliseconds."""
    window = experiment.window
    yield f'{{"gdsim": {VERSION},\n "title": {_json(experiment.title)},\n "about": {_json(experiment.about)}'
    for key, points in (("points", experiment.points), ("validation", experiment.validation)):
        yield f',\n "{key}": {{"x": '
        yield from _list_pieces(points.x[:, 0] if points.dimension == 1 else points.x)
        yield ', "y": '
        yield from _list_pieces(points.y)
        yield "}"
    ends = {"w": [window.w_min, window.w_max], "b": [window.b_min, window.b_max]}
    yield f',\n "window": {_json(ends)},\n "runs": ['
    for index, run in enumerate(experiment.runs):
        yield f"{',' if index else ''}\n  {_json(_run_tree(run))}"
    yield "]}\n"


def _list_pieces(array: Array) -> Iterator[str]:
    yield "["
    for row in range(0, len(array), _PIECE_ROWS):
        piece = _json(array[row : row + _PIECE_ROWS].tolist())
        yield f"{', ' if row else ''}{piece[1:-1]}"
    yield "]"


def _json(tree: object) -> str:
    return json.dumps(tree, ensure_ascii=False)


def _run_tree(run: Run) -> dict[str, object]:
    w = list(run.start[:-1])
    tree = {
        "name": run.name,
        "algorithm": run.optimizer.id,
        "hyperparameters": dict(run.optimizer.items()),
        "regime": _kind_tree(run.batching),
        "seed": run.seed,
        "schedule": _kind_tree(run.schedule),
        "start": {"w": w[0] if len(w) == 1 else w, "b": run.start[-1]},
        "epochs": run.epochs,
    }
    if run.optimizer.has_momentum:
        tree["momentum_schedule"] = _kind_tree(run.momentum_schedule)
    if run.colour:
        tree["colour"] = run.colour
    if run.hidden:
        tree["hidden"] = True
    return tree


def _kind_tree(value: Configured[Definition]) -> dict[str, object]:
    return {"kind": value.id, **dict(value.items())}
