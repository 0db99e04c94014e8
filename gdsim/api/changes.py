"""Changing scenes and runs by the keys of scene files."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsim.api.arguments import as_given, number_array
from gdsim.core.files.checked_json import FileFault, JsonNode
from gdsim.core.files.scene import OBJECTIVE_KEYS, read_experiment, scene_text
from gdsim.core.files.scene_runs import RUN_KEYS, changed_tree, place_tree, read_run
from gdsim.core.model import edits
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run, lecture_start
from gdsim.core.settings import quoted

_KINDS = ("regime", "schedule", "momentum_schedule", "search")


def point_set(x: npt.ArrayLike, y: npt.ArrayLike) -> PointSet:
    """Return points from arrays; raises `ValueError` if their shapes do not fit."""
    inputs, targets = number_array(x, "x"), number_array(y, "y")
    if inputs.ndim not in (1, 2) or targets.ndim != 1:
        wanted = "x must have the shape (N,) or (N, d), and y (N,)"
        raise ValueError(f"{wanted}, not {inputs.shape} and {targets.shape}")
    return PointSet(inputs, targets)


def changed_scene(experiment: Experiment, changes: Mapping[str, object]) -> Experiment:
    """Return a scene with other values for keys of its file; raises `FileFault`, which names the key."""
    tree: dict[str, Any] = json.loads(scene_text(experiment))
    if not changes.keys().isdisjoint(OBJECTIVE_KEYS):  # a function and a neuron exclude each other
        removed = ("neuron", "loss") if "function" in changes else ("function",)
        tree = {key: value for key, value in tree.items() if key not in removed}
    return read_experiment(JsonNode(tree | {key: _plain(value) for key, value in changes.items()}, ""))


def changed_run(experiment: Experiment, run: Run, changes: Mapping[str, object]) -> Run:
    """Return a run with other values for keys of a run in a scene file, or for settings of its rule.

    With another rule, the other settings are that rule's defaults. Raises `FileFault`, which names the key.
    """
    tree = changed_tree(run, changes.get("algorithm", run.optimizer.id))
    if "hyperparameters" not in tree and run.name == run.optimizer.title:
        del tree["name"]
    if "fork" in changes:
        tree.pop("start", None)
    return _read(experiment, tree, changes, run.name)


def new_run(experiment: Experiment, changes: Mapping[str, object]) -> Run:
    """Return a run with a unique name; its default start and number of epochs are those of the first run."""
    like = experiment.runs[0] if experiment.runs else None
    start = like.start if like else lecture_start(experiment.points.dimension)
    tree: dict[str, Any] = {} if "fork" in changes else {"start": place_tree(start)}
    if like:
        tree["epochs"] = like.epochs
    run = _read(experiment, tree, changes, str(changes.get("name", "new run")))
    return replace(run, name=edits.free_name(experiment, run.name))


def _read(experiment: Experiment, tree: dict[str, Any], changes: Mapping[str, object], name: str) -> Run:
    own = {key: _plain(value) for key, value in changes.items() if key in RUN_KEYS}
    for key in _KINDS:
        if isinstance(own.get(key), str):
            own[key] = {"kind": own[key]}
    if "start" in own and not isinstance(own["start"], dict):
        own["start"] = place_tree(_start(own["start"], experiment.points.dimension, name))
    settings = {key: _plain(value) for key, value in changes.items() if key not in RUN_KEYS}
    tree = tree | own
    given = tree.get("hyperparameters", {})
    if settings and isinstance(given, dict):  # anything else is refused when it is read
        tree["hyperparameters"] = {**given, **settings}

    def parent(node: JsonNode) -> Run:
        named = [one for one in experiment.runs if one.name == node.value]
        if len(named) != 1:
            raise node.fault(f"must be the name of one run, not {quoted(node.value)}")
        return named[0]

    root = JsonNode(tree, f"{quoted(name)}:")
    return read_run(root, experiment.points.dimension, experiment.rules, parent)


def _start(start: object, dimension: int, name: str) -> list[object]:
    """Return a start given as a list of numbers; raises `FileFault` if its length is wrong."""
    names = parameter_names(dimension)
    if not isinstance(start, list) or len(start) != len(names):
        wanted = f"{len(names)} numbers, {', '.join(names)}"
        raise FileFault(f"{quoted(name)}: start must be {wanted}, not {as_given(start)}")
    return start


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON may hold
    """Return a value as JSON would represent it, without NumPy types and tuples."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    return value
