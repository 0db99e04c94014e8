"""What commands that compute share: opening the scene, and keeping it from being overwritten."""

import os
import sys

from gdsim.cli.command import LONGEST_PATH, STANDARD_OUTPUT, UsageError
from gdsim.core.files.sources import file_of, is_bundled, open_source
from gdsim.core.model.experiment import Experiment
from gdsim.core.settings import elided, printable


def open_scene(name: str) -> Experiment:
    """Return a scene; a note names the rules that it brings along."""
    experiment = open_source(name)
    if not is_bundled(name) and sys.stderr is not None:
        for rule in experiment.rules:
            print(f"note: {printable(rule.title)} is a rule of this scene, not of gdsim", file=sys.stderr)
    return experiment


def keep_apart(scene: str, *targets: str | None) -> None:
    """Raise a `UsageError` if the scene, or one target twice, would be overwritten."""
    own, seen = os.path.realpath(file_of(scene)), set()
    for name in targets:
        if name is None or name == STANDARD_OUTPUT:
            continue
        place = os.path.realpath(name)
        if place == own:
            raise UsageError(f"{elided(name, LONGEST_PATH)}: cannot be written: it is the scene itself")
        if place in seen:
            raise UsageError(f"{elided(name, LONGEST_PATH)}: cannot be written: it is given twice")
        seen.add(place)
