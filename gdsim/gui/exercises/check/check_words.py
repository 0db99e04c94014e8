"""What is said of own work, and which of its rows are right."""

from PySide6.QtCore import QCoreApplication

from gdsim.core.exercises.check.answer_sheet import AnswerSheet
from gdsim.core.exercises.check.checking import Checked
from gdsim.core.exercises.check.verdict import sentences

# A step over more points takes a while.
_MANY = 50_000


def _tr(text: str) -> str:
    return QCoreApplication.translate("CheckDialog", text)


def waiting_words(sheet: AnswerSheet, *, has_run: bool) -> str:
    """Return what to do when nothing can be checked; empty when something can."""
    if not has_run:
        return _tr("There is no run to check against. Add one in the window first.")
    if len(sheet.unfinished) < len(sheet.lines):
        return ""
    sentence = _tr(
        "Type the values of a few steps, paste rows from a spreadsheet or a notebook, or open a CSV file "
        "(columns: {columns}). Each step is compared with the true one as soon as its row is full."
    )
    return sentence.format(columns=", ".join((_tr("step"), *sheet.names)))


def work_words(points: int) -> str:
    """Return what is being done."""
    if points <= _MANY:
        return _tr("checking")
    return _tr("checking over {n} points, which takes a while").format(n=f"{points:,}")


def verdict_words(checked: Checked, sheet: AnswerSheet, remarks: tuple[str, ...]) -> str:
    """Return what there is to say, a sentence in each line.

    Parameters
    ----------
    checked : Checked
    sheet : AnswerSheet
    remarks : tuple of str
        How the table was read.
    """
    lines = list(sentences(checked.verdict, sheet.names))
    if checked.beyond:
        words = _tr("{n} rows after step {last} are not checked: the run ends before them.")
        lines.append(words.format(n=checked.beyond, last=checked.verdict.submission.steps[-1]))
    if sheet.unfinished:
        lines.append(_tr("Rows that lack a value are not checked."))
    return "\n".join(line.strip() for line in (*lines, *remarks))


def right_rows(checked: Checked, sheet: AnswerSheet) -> frozenset[int]:
    """Return the rows that are right: those before the first wrong one."""
    wrong, last = checked.wrong_step, int(checked.verdict.submission.steps[-1])
    until = last + 1 if wrong is None else wrong
    whole = ((row, line[0]) for row, line in enumerate(sheet.lines) if None not in line)
    return frozenset(row for row, step in whole if step and step.value < until)
