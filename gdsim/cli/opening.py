"""Helpers for commands that compute: opening the scene, and keeping it from being overwritten."""

import contextlib
import os
from pathlib import Path

from gdsim.api.scene import NoSuchRun, Scene
from gdsim.cli.command import LONGEST_PATH, STANDARD_OUTPUT, Parser, UsageError, as_usage_error, print_error
from gdsim.core.files.sources import is_bundled, open_source, scene_path
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.gallery import known_function
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.settings import elided, one_line, printable


def open_scene(name: str) -> Experiment:
    """Return a scene; notes on standard error name the rules and the function that it defines itself."""
    experiment = open_source(name)
    if not is_bundled(name):
        for rule in experiment.rules:
            print_error(f"note: {printable(rule.title)} is a rule of this scene, not of gdsim")
        function = experiment.objective
        if isinstance(function, FunctionObjective) and known_function(function) is None:
            text = one_line(function.formula, 200)
            print_error(f"note: the loss is a function of this scene: {text}")
    return experiment


def index_of_run(scene: Scene, run: str, parser: Parser) -> int:
    """Return the index of the named run."""
    with as_usage_error(parser.prog, NoSuchRun):
        return scene.place_of(run)


def check_targets(scene: str, *targets: str | None) -> None:
    """Raise `UsageError` if a target is the scene itself or is given twice."""
    own, seen = file_identity(scene_path(scene)), set[object]()
    for name in targets:
        if name is None or name == STANDARD_OUTPUT:
            continue
        file = file_identity(name)
        if file == own:
            raise UsageError(f"{elided(name, LONGEST_PATH)}: cannot be written: it is the scene itself")
        if file in seen:
            raise UsageError(f"{elided(name, LONGEST_PATH)}: cannot be written: it is given twice")
        seen.add(file)


def file_identity(path: str | Path) -> object:
    """Return a key that is equal for all names of a file, such as links or, on some systems, other case."""
    try:
        status = Path(path).stat()
    except (OSError, ValueError):  # there is no such file
        with contextlib.suppress(OSError):
            return os.path.realpath(path)
        return str(path)  # the current folder does not exist any more either
    return status.st_dev, status.st_ino
