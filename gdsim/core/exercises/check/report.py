"""The findings of a check, in sentences."""

import math

from gdsim.core.exercises.check.answer_sheet import MOST_BY_HAND
from gdsim.core.exercises.check.checked import CheckedSheet
from gdsim.core.exercises.check.judgement import Judgement
from gdsim.core.exercises.check.reading import ValuesRead
from gdsim.core.formulas.numerals import exact, with_true_minus
from gdsim.core.formulas.symbols import letter_of
from gdsim.core.language.texts import counted, localised, said

_MOST_EXPLANATIONS = 4


def report(checked: CheckedSheet, given: ValuesRead) -> tuple[str, ...]:
    """Return everything to say about the values and how they were read, one sentence a line."""
    lines = [*sentences(checked.judgement, given.sheet.names)]
    if checked.beyond:
        lines.append(
            counted(
                checked.beyond,
                "{n} row after step {last} is not checked: the run ends before it.",
                "{n} rows after step {last} are not checked: the run ends before them.",
                last=int(checked.judgement.submission.steps[-1]),
            )
        )
    if given.sheet.unfinished:
        lines.append(said("Rows that lack a value are not checked."))
    return (*lines, *given.remarks)


def sentences(judgement: Judgement, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the verdict on a submission, the most important sentence first; d + 1 parameter ``names``."""
    rows = len(judgement.submission.steps)
    told = judgement.loose if judgement.wrong is None else judgement.wrong
    if told is None:
        right = counted(
            rows,
            "The one row is right, to the decimals given.",
            "All {n} rows are right, to the decimals given.",
        )
        return (right, *_remarks(judgement))
    step = int(judgement.submission.steps[told])
    given, expected = (
        ", ".join(f"{letter_of(name)} = {text}" for name, text in zip(names, texts, strict=True))
        for texts in given_and_expected(judgement, told)
    )
    if judgement.wrong is None:
        return (
            said(
                "Step {step} is at {expected}, not at {given}; rounding at every step may lead there. More "
                "digits would show whether it does.",
                step=step,
                expected=expected,
                given=given,
            ),
        )
    if step == 0:
        start = said("The run starts at {expected}, not at {given}.", expected=expected, given=given)
        return (start, *filter(None, [judgement.reading]))
    where = said(
        "Step {step} is the first that differs: it should be {expected}, not {given}.",
        step=step,
        expected=expected,
        given=given,
    )
    if judgement.wrong:
        where += " " + said("What it should be follows from your own values in the rows before.")
    return (where, *_reasons(judgement))


def _remarks(judgement: Judgement) -> tuple[str, ...]:
    """Return what cannot be told about right work because it has few decimals."""
    if judgement.is_coarse:
        return (said("With so few decimals no mistake can be pinned down; give more digits."),)
    if judgement.hidden:
        lead = said("With so few decimals these mistakes would not show; more digits would reveal them:")
        return (lead, *(mistake.sentence for mistake in judgement.hidden))
    return ()


def _reasons(judgement: Judgement) -> tuple[str, ...]:
    if judgement.reading:
        return (judgement.reading,)
    if judgement.mistakes:
        is_one = len(judgement.mistakes) == 1
        lead = said("This explains it:") if is_one else said("One of these explains it:")
        return (
            lead,
            *(
                " ".join(mistake.sentence for mistake in explanation)
                for explanation in judgement.mistakes[:_MOST_EXPLANATIONS]
            ),
        )
    if judgement.isolated:
        return (said("Every later step follows from your values, so this one is an arithmetic mistake."),)
    return (said("None of the usual mistakes explains it. Compare your step with the page “This step”."),)


def given_and_expected(judgement: Judgement, row: int) -> tuple[list[str], list[str]]:
    """Return the values of a row, and the expected values with as many decimals."""
    submission = judgement.submission
    given, expected = (
        [*map(_text, values[row].tolist(), submission.precision[row].tolist())]
        for values in (submission.p, judgement.expected)
    )
    return given, expected


def _text(value: float, precision: float) -> str:
    """Return a value with the decimals of the submission; in full if these are more than a hand writes."""
    decimals = round(-math.log10(2.0 * precision))
    if decimals > MOST_BY_HAND or not math.isfinite(value):
        return exact(value)
    near = round(value, decimals) + 0.0  # turns -0.0 into 0.0
    return localised(with_true_minus(f"{near:.{max(decimals, 0)}f}"))
