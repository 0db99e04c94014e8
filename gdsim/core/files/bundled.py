"""The scenes that come with gdsim."""

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from gdsim.core.model.experiment import Experiment
from gdsim.core.resources import resource

# In the order of the lecture.
LECTURE_SCENES = (
    "first-neuron",
    "guess-work",
    "another-start",
    "valley",
    "nesterov",
    "stochastic",
    "mini-batch",
    "batch-rates",
    "big-rate",
    "rates",
    "finer-rates",
    "annealing",
    "validation",
    "momentum-schedule",
    "four-inputs",
    "sparse",
    "adagrad-stuck",
    "no-root",
    "bias-correction",
    "adam-forgets",
)
OTHER_SCENES = ("what-if", "newton-uphill", "ragged-edge", "fair-race")  # further experiments with its rules
# Scenes of rules beyond the lecture; the last one defines its own rule.
FURTHER_SCENES = (
    "amsgrad",
    "amsgrad-paper",
    "adam-relatives",
    "first-steps",
    "weight-decay",
    "overfitting",
    "lion",
    "large-inputs",
    "qhm",
    "schedule-free",
    "sam",
    "lookahead",
    "cautious",
    "own-rule",
)
# Scenes of other losses and neurons, and of functions of w and b in their place.
LANDSCAPE_SCENES = ("cross-entropy", "dead-relu", "rosenbrock", "himmelblau")
BUNDLED_SCENES = LECTURE_SCENES + OTHER_SCENES + FURTHER_SCENES + LANDSCAPE_SCENES


def bundled_scenes() -> dict[str, Path]:
    """Return the paths of the bundled scenes by name, in the order of the lecture."""
    folder = resource("scenes")
    return {name: folder / f"{name}.json" for name in BUNDLED_SCENES}


@lru_cache(maxsize=1)
def bundled_titles() -> dict[str, str]:
    """Return the titles of the bundled scenes by name.

    The window needs the titles when it starts, so only they are read: no scene is checked or built.
    """
    texts = {name: path.read_text(encoding="utf-8") for name, path in bundled_scenes().items()}
    return {name: json.loads(text)["title"] for name, text in texts.items()}


def as_own(experiment: Experiment) -> Experiment:
    """Drop the title and sentence of a bundled scene from an experiment that is now about something else."""
    return replace(without_sentence(experiment), title="") if _is_bundled(experiment) else experiment


def without_sentence(experiment: Experiment) -> Experiment:
    """Drop the sentence of a bundled scene from an experiment whose points have changed."""
    return replace(experiment, about="") if _is_bundled(experiment) else experiment


def _is_bundled(experiment: Experiment) -> bool:
    return experiment.title in bundled_titles().values()


def find_scene(name: str) -> Path:
    """Return the path of the bundled scene with this name or title, or else ``name`` as a path."""
    scenes = bundled_scenes()
    names = {title.casefold(): scene for scene, title in bundled_titles().items()}
    return scenes.get(name) or scenes.get(names.get(name.casefold(), ""), Path(name))
