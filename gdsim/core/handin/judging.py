"""Judging answers: every claim is recomputed, and a known mistake is named.

This module also defines the fields of an answer to each kind of task.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from gdsim.core.analysis.update import update_of
from gdsim.core.exercises.check.answer_sheet import AnswerRow, AnswerSheet, Cell, Written, decimals_of
from gdsim.core.exercises.check.judgement import Judgement, judging_sheet
from gdsim.core.exercises.check.report import sentences
from gdsim.core.exercises.fill_in import ResultMark, StepSheet, judge_result, step_sheet
from gdsim.core.exercises.quiz.making import make_question
from gdsim.core.exercises.quiz.question import ANSWER_LETTERS, Question, explanation, verdict
from gdsim.core.exercises.rate_ladder import first_columns
from gdsim.core.formulas.numerals import NotANumber
from gdsim.core.formulas.symbols import letter_of
from gdsim.core.handin.answers import AnswerJudgement, Fields, chosen_answers, faulty, no_answer, number_of
from gdsim.core.handin.run_claims import judge_place, judge_rate, judge_reached, reach_run
from gdsim.core.handin.sheet import OwnTask
from gdsim.core.language.texts import counted, said
from gdsim.core.model.neuron import parameter_names, written_names
from gdsim.core.model.run_words import full_settings
from gdsim.core.progress import run_to_end

_LONGEST_CELL = 60


def judged(own: OwnTask, fields: Fields) -> AnswerJudgement:
    """Judge an answer to a task, with any text in its fields."""
    if not any(text.strip() for text in fields):
        return no_answer()
    # The judge of a filled-in step counts the fields itself, because it computes the step anyway.
    wanted = len(fields) if own.task.id == "fill_in" else field_count(own)
    return (
        _CLAIMS[own.task.id].judge(own, fields)
        if len(fields) == wanted
        else _wrong_field_count(fields, wanted)
    )


def field_count(own: OwnTask) -> int:
    return _CLAIMS[own.task.id].field_count(own)


def answer_lines(own: OwnTask, fields: Fields) -> list[str]:
    """Return the filled-in values, one line for each item of the task that is not empty."""
    try:
        return list(_CLAIMS[own.task.id].lines(own, fields))
    except (ValueError, ArithmeticError):  # the fields may not be those of the task
        return [text for text in fields if text.strip()]


def _wrong_field_count(fields: Fields, wanted: int) -> AnswerJudgement:
    return faulty(
        counted(
            len(fields),
            "The answer has {n} field, and the task has {wanted}.",
            "The answer has {n} fields, and the task has {wanted}.",
            wanted=wanted,
        )
    )


def _named_values(names: Sequence[str], texts: Fields) -> str:
    return ", ".join(f"{name} = {text}" for name, text in zip(names, texts, strict=True) if text.strip())


# ---------------------------------------------------------------------------- contour quiz


def questions_of(own: OwnTask) -> Iterator[Question]:
    """Yield the questions of a student lazily, because making each of them takes a moment."""
    level = int(own.task["level"])
    return (make_question(own.seed, place, level) for place in range(int(own.task["questions"])))


def _judge_quiz(own: OwnTask, fields: Fields) -> AnswerJudgement:
    right, told = 0, []
    for place, (question, chosen) in enumerate(
        zip(questions_of(own), chosen_answers(fields), strict=True), 1
    ):
        if chosen is None:
            told.append(
                said(
                    "Question {place} has no answer; the right one is {letter}.",
                    place=place,
                    letter=ANSWER_LETTERS[question.answer],
                )
            )
            continue
        right += chosen == question.answer
        why = "" if chosen == question.answer else f" {explanation(question, chosen)}"
        told.append(
            said(
                "Question {place}: {question}{why}", place=place, question=verdict(question, chosen), why=why
            )
        )
    wrong = len(fields) - right
    mistake = counted(
        wrong,
        "{n} of {count} questions is not right.",
        "{n} of {count} questions are not right.",
        count=len(fields),
    )
    return AnswerJudgement(right / len(fields), tuple(told), mistake if wrong else "")


def _letter_lines(_own: OwnTask, fields: Fields) -> Iterator[str]:
    for place, text in enumerate(fields, 1):
        if text.strip():
            yield said("Question {place}: {letter}", place=place, letter=text)


# ------------------------------------------------------------- values of the first steps


def answer_rows(own: OwnTask, fields: Fields) -> AnswerSheet:
    """Return the values of the first steps as a sheet; raises `NotANumber`, which names the step."""
    names = parameter_names(own.stop.experiment.points.dimension)
    lines: list[AnswerRow] = []
    for step in range(1, int(own.task["steps"]) + 1):
        texts = fields[(step - 1) * len(names) : step * len(names)]
        cells: list[Cell] = []
        for name, text in zip(names, texts, strict=True):
            try:
                cells.append(Written(number_of(text), decimals_of(text)) if text.strip() else None)
            except NotANumber as fault:
                raise NotANumber(
                    "At step {step} {name} {fault}", step=step, name=letter_of(name), fault=fault
                ) from None
        lines.append((Written(float(step)), *cells))
    return AnswerSheet(names, tuple(lines))


def _judge_rows(own: OwnTask, fields: Fields) -> AnswerJudgement:
    try:
        sheet = answer_rows(own, fields)
    except NotANumber as fault:
        return faulty(f"{fault}.")
    steps, (lacking, short) = len(sheet.lines), _not_counting(own, sheet)
    counting = [line for step, line in enumerate(sheet.lines, 1) if step not in (*lacking, *short)]
    told = list(left_out(own, sheet))
    if not counting:
        return AnswerJudgement(0.0, tuple(told), told[-1])
    sheet = AnswerSheet(sheet.names, tuple(counting))
    _, result = run_to_end(judging_sheet(own.stop.experiment, own.run, sheet))
    told = [*sentences(result, sheet.names), *told]
    right = _right_steps(result)
    mistake = _mistake_in(result) or (told[-1] if len(right) < steps else "")
    return AnswerJudgement(len(right) / steps, tuple(told), mistake)


def _not_counting(own: OwnTask, sheet: AnswerSheet) -> tuple[list[int], list[int]]:
    """Return the numbers of the steps that lack values, and of those with too few decimals."""
    lacking = [step for step, line in enumerate(sheet.lines, 1) if None in line]
    short = [
        step
        for step, line in enumerate(sheet.lines, 1)
        if step not in lacking and min(cell.decimals for cell in line[1:] if cell) < int(own.task["decimals"])
    ]
    return lacking, short


def left_out(own: OwnTask, sheet: AnswerSheet) -> Iterator[str]:
    """Yield sentences on which steps of a sheet do not count, and why."""
    lacking, short = _not_counting(own, sheet)
    if lacking:
        yield said("Some values of {lacking} are missing.", lacking=_steps_named(lacking))
    if short:
        yield counted(
            int(own.task["decimals"]),
            "The values of {short} have fewer than {n} decimal and do not count.",
            "The values of {short} have fewer than {n} decimals and do not count.",
            short=_steps_named(short),
        )


def _steps_named(steps: list[int]) -> str:
    return counted(len(steps), "step {steps}", "steps {steps}", steps=", ".join(map(str, steps)))


def _right_steps(result: Judgement) -> set[int]:
    """Return the right steps: those before the first wrong step, and those after it if it is isolated."""
    steps = result.submission.steps.tolist()
    if result.wrong is None:
        return set(steps)
    return set(steps[: result.wrong]) | set(steps[result.wrong + 1 :] if result.isolated else ())


def _mistake_in(result: Judgement) -> str:
    if result.wrong is None:
        return ""
    if result.reading:
        return result.reading
    if result.mistakes:
        return " ".join(one.sentence for one in result.mistakes[0])
    if result.isolated:
        return said(
            "An arithmetic mistake at step {steps}.", steps=int(result.submission.steps[result.wrong])
        )
    return said("None of the usual mistakes explains it.")


def _row_lines(own: OwnTask, fields: Fields) -> Iterator[str]:
    names = written_names(own.stop.experiment.points.dimension)
    for row in range(0, len(fields), len(names)):
        values = _named_values(names, fields[row : row + len(names)])
        if values:
            yield said("Step {step}: {values}", step=row // len(names) + 1, values=values)


# --------------------------------------------------------------------------- filling in a step


def sheet_of(own: OwnTask) -> StepSheet:
    """Return the next step of the run, with its results left blank."""
    experiment, after = own.stop.experiment, own.here + 1
    record, _ = run_to_end(first_columns(experiment, own.run, after))
    update = update_of(experiment, own.run, record, after)
    return step_sheet(update, int(own.task["digits"]))


def _judge_step(own: OwnTask, fields: Fields) -> AnswerJudgement:
    blanks = sheet_of(own).blanks
    if len(blanks) != len(fields):
        return _wrong_field_count(fields, len(blanks))
    right, told, mistake = 0, [], ""
    for blank, text in zip(blanks, fields, strict=True):
        left, given = blank.name, text.strip()[:_LONGEST_CELL]
        if not given:
            told.append(said("{left} is missing; it should be {text}.", left=left, text=blank.text))
            continue
        try:
            result = judge_result(blank, given)
        except NotANumber as fault:
            told.append(f"{left} {fault}.")
            mistake = mistake or told[-1]
            continue
        right += result.mark is ResultMark.RIGHT
        if result.mark is ResultMark.COARSE:
            told.append(
                said(
                    "{left} is right as far as it goes, but has too few digits: it should be {text}.",
                    left=left,
                    text=blank.text,
                )
            )
        elif result.mark is ResultMark.WRONG:
            mistake = mistake or result.hint
            words = said("{left} should be {text}, not {given}.", left=left, text=blank.text, given=given)
            told.append(f"{words} {result.hint}".rstrip())
    total = len(blanks)
    summary = counted(
        right,
        "{n} of {total} results is right.",
        "{n} of {total} results are right.",
        total=total,
    )
    return AnswerJudgement(right / total, (summary, *told), mistake or ("" if right == total else summary))


def _result_lines(own: OwnTask, fields: Fields) -> Iterator[str]:
    for blank, text in zip(sheet_of(own).blanks, fields, strict=True):
        if text.strip():
            yield f"{blank.name} = {text}"


# -------------------------------------------------------------------- answers in words


def word_count(text: str) -> int:
    """Return the number of words in a text that contain a letter or digit."""
    return sum(any(letter.isalnum() for letter in word) for word in text.split())


def _judge_words(own: OwnTask, fields: Fields) -> AnswerJudgement:
    least, there = int(own.task["words"]), word_count(fields[0])
    told = said("A person will read it.")
    if there >= least:
        return AnswerJudgement(None, (told,))
    short = counted(
        there,
        "There is {n} word; at least {least} were asked for.",
        "There are {n} words; at least {least} were asked for.",
        least=least,
    )
    return AnswerJudgement(None, (short, told), short)


# -------------------------------------------------------------------------------- kinds of task


class _Claim(NamedTuple):
    """How answers to a kind of task are judged, how many fields they have, and how the fields are shown."""

    judge: Callable[[OwnTask, Fields], AnswerJudgement]
    field_count: Callable[[OwnTask], int] = lambda _own: 1
    lines: Callable[[OwnTask, Fields], Iterable[str]] = lambda _own, fields: fields


_CLAIMS = {
    "predict": _Claim(
        judge_place,
        lambda _own: 2,
        lambda own, fields: [_named_values(own.stop.experiment.slice.plane(own.run.start).names, fields)],
    ),
    "quiz": _Claim(_judge_quiz, lambda own: int(own.task["questions"]), _letter_lines),
    "check_work": _Claim(
        _judge_rows,
        lambda own: int(own.task["steps"]) * (own.stop.experiment.points.dimension + 1),
        _row_lines,
    ),
    "find_rate": _Claim(judge_rate, lines=lambda _own, fields: [_named_values(("η",), fields)]),
    "reach": _Claim(
        judge_reached, lines=lambda own, fields: [full_settings(reach_run(fields[0], own.stop.experiment))]
    ),
    "fill_in": _Claim(_judge_step, lambda own: len(sheet_of(own).blanks), _result_lines),
    "explain": _Claim(_judge_words),
}
