"""An answer as its student gave it, with what each of its fields stands for."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from gdsim.core.handin.answers import Fields
from gdsim.core.handin.judging import sheet_of
from gdsim.core.handin.run_claims import reach_run
from gdsim.core.handin.sheet import OwnTask
from gdsim.core.language.words import said
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.run_words import full_settings


def answer_lines(own: OwnTask, fields: Fields) -> list[str]:
    """Return what was filled in, a line for each thing asked for, without those left empty."""
    try:
        return list(_NAMED[own.task.id](own, fields))
    except (ValueError, ArithmeticError):  # fields that this program did not make
        return [text for text in fields if text.strip()]


def _rows(own: OwnTask, fields: Fields) -> Iterator[str]:
    names = parameter_names(own.stop.experiment.points.dimension)
    for row in range(0, len(fields), len(names)):
        values = _named(names, fields[row : row + len(names)])
        if values:
            yield said("Step {step}: {values}", step=row // len(names) + 1, values=values)


def _results(own: OwnTask, fields: Fields) -> Iterator[str]:
    for blank, text in zip(sheet_of(own).blanks, fields, strict=True):
        letter = blank.letters.partition(" = ")[0]
        left = said("{letter} of {parameter}", letter=letter, parameter=blank.parameter)
        if text.strip():
            yield f"{left} = {text}"


def _place(own: OwnTask, fields: Fields) -> Iterator[str]:
    experiment = own.stop.experiment
    yield _named(experiment.slice.plane(experiment.runs[own.stop.selected].start).names, fields)


def _questions(_own: OwnTask, fields: Fields) -> Iterator[str]:
    for place, text in enumerate(fields, 1):
        if text.strip():
            yield said("Question {place}: {letter}", place=place, letter=text)


_NAMED: dict[str, Callable[[OwnTask, Fields], Iterable[str]]] = {
    "predict": _place,
    "quiz": _questions,
    "check_work": _rows,
    "find_rate": lambda _own, fields: (_named(("η",), fields),),
    "reach": lambda own, fields: (full_settings(reach_run(fields[0], own.stop.experiment)),),
    "fill_in": _results,
    "explain": lambda _own, fields: fields,
}


def _named(names: Sequence[str], texts: Fields) -> str:
    return ", ".join(f"{name} = {text}" for name, text in zip(names, texts, strict=True) if text.strip())
