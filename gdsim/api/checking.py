"""Judging a user's own values of a run, from a table or from arrays."""

import math
from pathlib import Path

import numpy.typing as npt

from gdsim.api.arguments import number_array
from gdsim.api.results import Verdict
from gdsim.core.exercises.check.answer_sheet import AnswerSheet, Written, decimals_of
from gdsim.core.exercises.check.checked import check_sheet
from gdsim.core.exercises.check.columns import SheetPreview, previewing, usual_column_plan
from gdsim.core.exercises.check.reading import ValuesRead, read_values
from gdsim.core.exercises.check.report import report
from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.table.reader import content_of
from gdsim.core.files.table.table import TableFault
from gdsim.core.formulas.numerals import machine_readable
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import parameter_names
from gdsim.core.progress import run_to_end
from gdsim.core.settings import NUMBER, quoted, shown_name


def verdict_of(experiment: Experiment, index: int, work: str | Path | npt.ArrayLike) -> Verdict:
    """Return the verdict on the text of a table, a file, or rows of parameters beginning at the start.

    Raises `FileFault`, or `ValueError` for rows that cannot be checked.
    """
    given = _given_by(experiment, index, work)
    checked = run_to_end(check_sheet(experiment, index, given.sheet))
    sentences = report(checked, given)
    return Verdict(checked.judgement.is_right, checked.wrong_step, sentences)


def _given_by(experiment: Experiment, index: int, work: str | Path | npt.ArrayLike) -> ValuesRead:
    if isinstance(work, str) and not work.strip():
        raise ValueError("there must be a table, its text, or rows of parameters; the text is empty")
    if isinstance(work, Path) or (isinstance(work, str) and "\n" not in work):
        path = Path(work)
        try:
            return _read(experiment, index, content_of(path))
        except TableFault as fault:
            raise FileFault(fault.of(shown_name(path))) from None
    if isinstance(work, str):
        return _read(experiment, index, work)
    names = parameter_names(experiment.points.dimension)
    rows = number_array(work, "the rows")
    if rows.ndim != 2 or rows.shape[1] != len(names):  # noqa: PLR2004 - rows and columns
        raise ValueError(f"a row must have {len(names)} numbers: {', '.join(names)}")
    lines = tuple((Written(float(step)), *map(_written, row)) for step, row in enumerate(rows.tolist()))
    return ValuesRead(AnswerSheet(names, lines))


def _written(value: float) -> Written:
    if not math.isfinite(value):
        return Written(math.nan)
    return Written(float(NUMBER.check(value)), decimals_of(machine_readable(value)))


def _read(experiment: Experiment, index: int, content: bytes | str) -> ValuesRead:
    """Read a table; if its names are ambiguous, remark which columns were taken, or raise `TableFault`."""
    run, names = experiment.runs[index], parameter_names(experiment.points.dimension)
    preview = run_to_end(previewing(content, run, names))
    if not preview.is_sure and preview.plan.step is None:  # the guess may have taken steps for a parameter
        usual_column_plan(preview.outline, names)
    per_epoch = experiment.updates_per_epoch(run)
    given = run_to_end(read_values(content, run, names, per_epoch, preview.plan))
    if preview.is_sure:
        return given
    return ValuesRead(given.sheet, (_guess_remark(preview, names), *given.remarks))


def _guess_remark(preview: SheetPreview, names: tuple[str, ...]) -> str:
    plan = preview.plan
    wanted = [("step", plan.step), *zip(names, plan.parameters, strict=True)]
    places = [f"{name} from {quoted(preview.name(place))}" for name, place in wanted if place is not None]
    return f"The columns were guessed: {', '.join(places)}."
