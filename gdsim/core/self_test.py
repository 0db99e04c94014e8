"""The part of the self-test that needs no window: bundled files, and runs with known numbers.

The known numbers come from plain loops that share no code with the engine; ``packaging/known_runs.py`` makes
them.
"""

import contextlib
import runpy
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.ensemble import Ensemble
from gdsim.core.engine.runs import first_steps
from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.checked_json import FileFault, parse_json, read_text
from gdsim.core.files.link import link_of, read_link
from gdsim.core.files.scene import load_scene, read_experiment
from gdsim.core.files.script.writing import write_script
from gdsim.core.handin.answer_file import answer_file_name, write_answers
from gdsim.core.handin.answers import new_hand_in
from gdsim.core.handin.grading import grading
from gdsim.core.handin.sheet import TaskSheet
from gdsim.core.language.translations import CATALOGUE_PARTS, ENGLISH, languages, read_language
from gdsim.core.lessons.files import load_lesson
from gdsim.core.model.batching import BATCHINGS
from gdsim.core.model.experiment import Experiment, new_experiment
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.page.writing import page_of
from gdsim.core.progress import run_to_end
from gdsim.core.resources import resource
from gdsim.core.rules.catalogue import RULES
from gdsim.core.settings import COUNT

# Other math libraries round exp() differently in the last place; 50 steps amplify that a little.
TOLERANCE = 1e-9
_COMPARED_STEPS = 60
_SHEET, _SCENE = "first-sheet", "valley"
_OLD_LINK = "gdsim:1,B7e6I1zHwoC4C5w0"  # the scene of a new document

# The name of a check, and a function that returns its finding or raises `CheckFailed`.
Check: TypeAlias = tuple[str, Callable[[], str]]


class CheckFailed(Exception):  # noqa: N818 - a finding, not an error of the program
    """Why a check failed, as a sentence."""


class CheckResult(NamedTuple):
    name: str
    passed: bool
    detail: str

    @property
    def line(self) -> str:
        return f"{'ok' if self.passed else 'FAILED':<7} {self.name}: {self.detail}"


class KnownRuns(NamedTuple):
    """Runs over points with one input, and w, b and the loss of each run after certain steps."""

    experiment: Experiment
    steps: tuple[int, ...]
    rows: Array  # (runs, steps, 3)


def carry_out(checks: Iterable[Check]) -> Iterator[CheckResult]:
    """Yield the result of each check. A failing check stops no other; an error of the iterable stops all."""
    try:
        for name, check in checks:
            yield _outcome(name, check)
    except Exception as error:  # noqa: BLE001 - any error is a finding
        yield CheckResult("further checks", passed=False, detail=_error_text(error))


def _outcome(name: str, check: Callable[[], str]) -> CheckResult:
    try:
        return CheckResult(name, passed=True, detail=check())
    except Exception as error:  # noqa: BLE001
        return CheckResult(name, passed=False, detail=_error_text(error))


def _error_text(error: Exception) -> str:
    text = str(error) if isinstance(error, CheckFailed) else f"{type(error).__name__}: {error}"
    return " ".join(text.split())


def checks() -> Iterator[Check]:
    yield "scenes", _scenes
    yield "links", _links
    yield "rules in loops and on arrays", _loops_and_arrays
    yield "known numbers", _known_numbers
    yield "languages", _languages
    yield "hand-in", _hand_in
    yield "page", _page
    with contextlib.suppress(FileFault):  # reported by "known numbers" above
        known = known_runs()
        for index, run in enumerate(known.experiment.runs):
            yield f"numbers of {run.name}", partial(_known_run, known, index)
    for name in bundled_scenes():
        yield f"script of {name}", partial(_script, name)


def known_runs() -> KnownRuns:
    """Return the runs whose numbers are known; raises `FileFault` if the file is missing or broken."""
    members = parse_json(read_text(resource("self-test", "known-runs.json"))).keys("scene", "steps", "rows")
    steps = tuple(int(step.checked(COUNT)) for step in members["steps"].items())
    rows = np.array(
        [
            [[number.number() for number in row.items()] for row in run.items()]
            for run in members["rows"].items()
        ],
        float,
    )
    return KnownRuns(read_experiment(members["scene"]), steps, rows)


def computed(experiment: Experiment, run: Run, steps: int) -> Array:
    """Return w, b and loss from the start up to ``steps``, or the end of the run: (steps + 1, 3) array."""
    record = run_to_end(first_steps(experiment, run, steps)).whole
    return np.column_stack([record.p, record.loss])


def compare(measured: Array, expected: Array, tolerance: float) -> str:
    """Return by how much two arrays of rows differ, as a phrase.

    Raises `CheckFailed` if a number differs by more than ``tolerance`` times the largest value of its column.
    """
    if measured.shape != expected.shape:
        raise CheckFailed(f"there are {len(measured)} rows of numbers, not {len(expected)}")
    scale = np.abs(expected).max(axis=0, initial=1e-300)
    worst = float(np.max(np.abs(measured - expected) / scale, initial=0.0))
    if not worst <= tolerance:  # also true for NaN
        raise CheckFailed(f"the numbers differ by {worst:.1e}, more than {tolerance:.0e}")
    return f"{measured.size} numbers, within {worst:.0e}"


def _scenes() -> str:
    scenes = {name: load_scene(path) for name, path in bundled_scenes().items()}
    unlisted = {path.stem for path in resource("scenes").glob("*.json")} - set(scenes)
    if unlisted:
        raise CheckFailed(f"not in the catalog: {', '.join(sorted(unlisted))}")
    return f"{len(scenes)} can be read"


def _links() -> str:
    """Check the round trip of every scene through a link, and one link made when the format was fixed."""
    scenes = {name: load_scene(path) for name, path in bundled_scenes().items()}
    wrong = [name for name, scene in scenes.items() if read_link(link_of(scene)) != scene]
    if wrong or read_link(_OLD_LINK) != new_experiment():
        raise CheckFailed(f"another scene comes back: {', '.join(wrong) or 'of an old link'}")
    return f"{len(scenes)} scenes come back"


def _loops_and_arrays() -> str:
    """Compare the plain loop with the array computation, for every rule with every batching."""
    points = PointSet([0.5, 2.5, -1.0], [0.2, 0.9, 0.4])
    for rule in RULES.values():
        for batching in BATCHINGS.values():
            run = Run(rule(), batching(), epochs=_COMPARED_STEPS)
            experiment = Experiment(points, PointSet.empty(), (run,))
            in_loop = computed(experiment, run, _COMPARED_STEPS)
            ensemble = Ensemble(run, Neuron.fitting(points), np.array([run.start]))
            for row in in_loop[1:]:
                ensemble.advance()
                compare(row[np.newaxis, :2], ensemble.p, TOLERANCE)
    return f"{len(RULES)} rules with {len(BATCHINGS)} ways of batching agree"


def _languages() -> str:
    """Check that every language has all of its files, except English, whose texts are in the code."""
    codes = [code for code in languages() if code != ENGLISH]
    if not codes:
        raise CheckFailed("there is none but English")
    counts = []
    for code in codes:
        missing = [
            part for part in CATALOGUE_PARTS if not resource("languages", code, f"{part}.po").is_file()
        ]
        if missing:
            raise CheckFailed(f"{code} has no {', '.join(missing)}")
        counts.append(f"{code} has {len(read_language(code).texts)} texts")
    return ", ".join(counts)


def _hand_in() -> str:
    """Grade two hand-ins with the same steps: those of one student, and a copy handed in by another."""
    sheet = TaskSheet(load_lesson(_SHEET))
    own = next(one for one in sheet.for_name("Ada") if one.task.id == "check_work")
    rows = computed(own.stop.experiment, own.run, int(own.task["steps"]))[1:, :-1]
    right = tuple(repr(value) for value in rows.ravel().tolist())
    with tempfile.TemporaryDirectory() as folder:
        for name, fields in (("Ada", right), ("Bob", right)):  # a copy: Bob's own data differ
            task = sheet.own_task(own.number, name)
            write_answers(
                Path(folder) / answer_file_name(name), new_hand_in(sheet, name).kept(task, fields, 1)
            )
        grades = run_to_end(grading(Path(folder), [sheet]))
    marks = [grade.marks for grade in grades]
    if marks != [own.marks, 0.0]:
        raise CheckFailed(f"the marks are {marks}, not {[own.marks, 0.0]}")
    return f"{len(sheet)} tasks; {own.marks} marks for right steps, none for those of another"


def _page() -> str:
    text = run_to_end(page_of(load_scene(bundled_scenes()[_SCENE])))
    if not text.rstrip().endswith("</html>"):
        raise CheckFailed("it has no end")
    return f"{len(text.encode()) / 1e6:.1f} MB"


def _known_numbers() -> str:
    return f"{len(known_runs().experiment.runs)} runs"


def _known_run(known: KnownRuns, index: int) -> str:
    measured = computed(known.experiment, known.experiment.runs[index], known.steps[-1])
    return compare(measured[list(known.steps)], known.rows[index], TOLERANCE)


def _script(name: str) -> str:
    """Run a scene as an exported script, and compare its steps with the engine's bit for bit."""
    scene = load_scene(bundled_scenes()[name])
    found = []
    with tempfile.TemporaryDirectory() as folder, np.errstate():  # a script changes NumPy's error state
        path = write_script(scene, Path(folder) / "script.py")[0]
        script: dict[str, Any] = runpy.run_path(str(path), run_name="script")
        for own, (_, *run) in zip(scene.runs, script["RUNS"], strict=False):
            rows, _ = script["record"](*run)
            first_rows = np.array(rows[: _COMPARED_STEPS + 1])
            found.append(compare(first_rows, computed(scene, own, _COMPARED_STEPS), tolerance=0.0))
    if len(found) != len(scene.runs):
        raise CheckFailed(f"it makes {len(found)} runs, not {len(scene.runs)}")
    return f"{len(found)} runs, as the engine makes them"
