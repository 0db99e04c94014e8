"""Which scene a stop names: a bundled one, or a file in the lesson's own folder and nowhere else."""

from pathlib import Path, PurePosixPath

from gdsim.core.files.checked_json import FileFault, Node
from gdsim.core.files.scene import bundled_scenes, load_scene
from gdsim.core.model.experiment import Experiment
from gdsim.core.settings import shown


class SceneSource:
    """Reads the scenes of one lesson, each of them once.

    Parameters
    ----------
    folder : Path or None
        Where the lesson's own scenes may lie; None where there are none.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._read: dict[str, Experiment] = {}

    def scene(self, node: Node) -> Experiment:
        """Return the scene that a value names.

        Raises
        ------
        FileFault
            If there is none, it cannot be read, or it lies outside the lesson's folder.
        """
        name = node.text()
        if name not in self._read:
            path = bundled_scenes().get(name) or self._own(node, name)
            try:
                self._read[name] = load_scene(path)
            except FileFault as fault:
                raise node.fault(f"is {shown(name)}, and {fault}") from None
        return self._read[name]

    def _own(self, node: Node, name: str) -> Path:
        if not name.endswith(".json"):
            known = ", ".join(bundled_scenes())
            raise node.fault(f"must be a file that ends in .json or one of {known}, not {shown(name)}")
        # A lesson is passed on as a folder: what it opens must be in there, and nothing else may be.
        path = PurePosixPath(name)
        if "\\" in name or ":" in name or path.is_absolute() or ".." in path.parts or "\0" in name:
            raise node.fault(
                f"must be a path within the lesson's folder, with / and without .., not {shown(name)}"
            )
        if self._folder is None:
            raise node.fault(f"must be the name of a bundled scene, not {shown(name)}")
        found = self._folder.joinpath(*path.parts)
        try:
            inside = found.resolve().is_relative_to(self._folder.resolve())
        except (OSError, RuntimeError):  # a link that leads to itself
            inside = False
        if not inside:
            raise node.fault(f"must not lead out of the lesson's folder, as {shown(name)} does")
        return found
