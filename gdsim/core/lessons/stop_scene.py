"""The scene of a stop (bundled, in the lesson's folder, or part of the stop) and the stop's changes to it."""

from pathlib import Path, PurePosixPath

from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.checked_json import FileFault, JsonNode
from gdsim.core.files.scene import SUFFIXES, load_scene, read_experiment
from gdsim.core.files.scene_runs import changed_tree, read_run
from gdsim.core.language.texts import said
from gdsim.core.model.edits import replace_run
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.run import Run
from gdsim.core.settings import as_in_file


class Scenes:
    """The scenes of a lesson, each read once: bundled scenes, or files within the lesson's own folder."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._known: dict[str, Experiment] = {}

    def scene(self, node: JsonNode) -> Experiment:
        """Return the scene that a value names or contains."""
        if isinstance(node.value, dict):
            return read_experiment(node)
        name = node.text()
        if name not in self._known:
            path = bundled_scenes().get(name) or self._path_in_folder(node, name)
            try:
                self._known[name] = load_scene(path)
            except FileFault as fault:
                raise node.fault("is {name}, and {fault}", name=as_in_file(name), fault=fault) from None
        return self._known[name]

    def _path_in_folder(self, node: JsonNode, name: str) -> Path:
        if not name.endswith(SUFFIXES):
            known = ", ".join(bundled_scenes())
            raise node.fault(
                "must be a file that ends in .gdsim or .json, or one of {known}, not {name}",
                known=known,
                name=as_in_file(name),
            )
        # Lessons are passed on as folders, so a scene must be in the folder, and no other file may be opened.
        path = PurePosixPath(name)
        if "\\" in name or ":" in name or path.is_absolute() or ".." in path.parts or "\0" in name:
            raise node.fault(
                "must be a path within the lesson's folder, with / and without .., not {name}",
                name=as_in_file(name),
            )
        if self._folder is None:
            raise node.fault("must be the name of a bundled scene, not {name}", name=as_in_file(name))
        found = self._folder.joinpath(*path.parts)
        try:
            inside = found.resolve().is_relative_to(self._folder.resolve())
        except (OSError, RuntimeError):  # a symbolic link that leads back to itself
            inside = False
        if not inside:
            raise node.fault(
                "must not lead out of the lesson's folder, as {name} does", name=as_in_file(name)
            )
        return found


# ------------------------------------------------------------------------ changed runs


def changed_runs(node: JsonNode, scene: Experiment) -> Experiment:
    """Return the scene with changed runs; ``{"Momentum": {"hyperparameters": {"eta": 0.5}}}`` changes one."""
    if not isinstance(node.value, dict):
        raise node.wrong("an object with the names of runs")
    named = scene
    for name, member in node.keys(*node.value).items():
        index = run_of(JsonNode(name, node.path), named)
        run = _changed_run(member, scene.runs[index], scene)
        with node.naming_keys():
            scene = replace_run(scene, index, run)
    return scene


def _changed_run(node: JsonNode, run: Run, scene: Experiment) -> Run:
    if not isinstance(node.value, dict):
        raise node.wrong("an object with settings of the run")
    changes = dict(node.value)
    tree = changed_tree(run, changes.get("algorithm", run.optimizer.id))
    for key in ("hyperparameters", "start", "fork"):
        if isinstance(changes.get(key), dict):
            changes[key] = tree.get(key, {}) | changes[key]
    return read_run(JsonNode(tree | changes, node.path, first=1), scene.points.dimension, scene.rules)


def run_of(node: JsonNode, experiment: Experiment) -> int:
    """Return the index of the run with a name, or with a number counted from 1."""
    names = [run.name for run in experiment.runs]
    number = node.value
    if isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= len(names):
        return number - 1
    if not isinstance(number, str) or names.count(number) != 1:
        known = ", ".join(names) or said("none")
        raise node.fault(
            "must be one of the scene's runs, {known}, not {number}", known=known, number=as_in_file(number)
        )
    return names.index(number)


def runs_of(node: JsonNode, experiment: Experiment) -> frozenset[int]:
    """Return the indices of the runs in a list; see `run_of`."""
    return frozenset(run_of(item, experiment) for item in node.items())
