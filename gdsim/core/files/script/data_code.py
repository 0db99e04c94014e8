"""The points of a script: in its text, or in a file beside it when they are many."""

from typing import NamedTuple

from gdsim.core.files.script.literals import array, text_literal
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet

# More numbers than fill some screens are no text to read.
MOST_NUMBERS = 2000


class DataFile(NamedTuple):
    """A file that a script reads.

    Attributes
    ----------
    name : str
        Without a folder: it stands beside the script.
    points : PointSet
    """

    name: str
    points: PointSet


class NamedPoints(NamedTuple):
    """Points, and what their file and their arrays are called in a script."""

    kind: str
    suffix: str
    points: PointSet

    @property
    def is_large(self) -> bool:
        """Whether they are too many for the text of a script."""
        return len(self.points) * (self.points.dimension + 1) > MOST_NUMBERS


def used_points(experiment: Experiment) -> list[NamedPoints]:
    """Return the points that the runs of an experiment look at."""
    used = [NamedPoints("points", "", experiment.points)]
    if any(run.schedule.needs_validation for run in experiment.runs):
        used.append(NamedPoints("validation", "_VALIDATION", experiment.validation))
    return used


def data_files(experiment: Experiment, stem: str) -> list[DataFile]:
    """Return the files that the script of an experiment reads, if any.

    Parameters
    ----------
    experiment : Experiment
    stem : str
        The script's own name, without its ending.
    """
    return [
        DataFile(_file_name(stem, part), part.points) for part in used_points(experiment) if part.is_large
    ]


def data_lines(part: NamedPoints, stem: str) -> list[str]:
    """Return the lines that give a script its points."""
    what = "The points" if part.kind == "points" else "Points that only the learning rate looks at"
    x, y = f"X{part.suffix}", f"Y{part.suffix}"
    if not part.is_large:
        inputs = part.points.x[:, 0] if part.points.dimension == 1 else part.points.x
        return [f"# {what}.", *array(x, inputs), *array(y, part.points.y)]
    table, name = part.kind.upper(), text_literal(_file_name(stem, part))
    columns = ":, 0" if part.points.dimension == 1 else ":, :-1"
    return [
        f"# {what}, {_columns(part.points)} in each line of a file beside this script.",
        f"{table} = np.loadtxt(Path(__file__).with_name({name}), ndmin=2)",
        f"{x}, {y} = {table}[{columns}], {table}[:, -1]",
    ]


def _columns(points: PointSet) -> str:
    return "x and y" if points.dimension == 1 else f"x1 to x{points.dimension}, then y"


def _file_name(stem: str, part: NamedPoints) -> str:
    return f"{stem}-{part.kind}.tsv"
