"""How wide the columns of the table of runs are."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView

from gdsim.core.language.words import translated
from gdsim.gui.runs.run_cells import EYE, LOSS, RATE, RUN, STEP, B, W
from gdsim.gui.style.text_size import scale_of

# The line before a name, what Qt leaves beside a text, the space between columns, and the eye.
LINE, PADDING, _MARGIN, _EYE = 18, 7, 5, 22
_AROUND_HEAD = 10  # The padding of a header, and a little
_SAMPLE = LINE + 12
# A name for which there is always room, and one for which there is, with a number, wherever there can be.
_SHORT_NAME = "Momentum"
_USUAL_NAME, _USUAL_RATE, _USUAL_NUMBER = "Gradient descent", "0.001", "−0.970"
_LARGEST_SHARE = 0.4  # Of the width, for a longer name
_LOSS_SHARE = 1.1  # Of what a column of numbers has when all are alike


def column_widths(table: QTableView, name: str, digits: int, weights: int, head: str) -> dict[int, int]:
    """Return the width of each column; 0 for one that there is no room for, or no need.

    ``name`` is the longest one; the steps have so many ``digits``, 0 where ``head``, above the names, says
    the step of all runs.
    """
    width_of = table.fontMetrics().horizontalAdvance
    header, across = table.horizontalHeader(), Qt.Orientation.Horizontal
    named = header.fontMetrics().horizontalAdvance(str(table.model().headerData(STEP, across)))
    step = max(named + _AROUND_HEAD, width_of("0" * digits) + PADDING) if digits else 0
    rate = width_of(_USUAL_RATE) + PADDING
    eye = round(_EYE * scale_of(table))
    rest = table.viewport().width() - step - rate - eye
    # Shorter numbers rather than a cut-off name, as far as the numbers can still be read.
    least = width_of(_USUAL_NUMBER) + PADDING
    named, usual = (_SAMPLE + width_of(one) + _MARGIN for one in (name, f"{translated(_USUAL_NAME)} 2"))
    # Several weights stand beside whole names, and all of them, or not at all.
    several = weights * width_of(f"{_USUAL_NUMBER}, ") if weights > 1 else 0
    shortest = min(named, usual) if several else _SAMPLE + width_of(_SHORT_NAME)
    numbers = 1 if several else 2  # columns of one number, beside the loss
    if rest - shortest - several < int((numbers + _LOSS_SHARE) * least):
        numbers = several = 0  # of the numbers there is room for the loss alone
    rest -= several
    shares = numbers + _LOSS_SHARE
    usual = min(usual, rest - int(shares * least))
    run = min(named, max(usual, int(_LARGEST_SHARE * rest)))
    if head:
        run = max(run, width_of(head) + _MARGIN)
    run = max(_SAMPLE, min(run, rest - int(shares * least)))
    # The loss becomes small, and then has an exponent.
    number = max(least, int((rest - run) / shares))
    loss = rest - run - numbers * number
    w, b = (several or number, number) if numbers else (0, 0)
    return {RUN: run, RATE: rate, STEP: step, W: w, B: b, LOSS: loss, EYE: eye}


def least_width(table: QTableView) -> int:
    """Return a width in which the loss can be read."""
    width_of = table.fontMetrics().horizontalAdvance
    loss = _LOSS_SHARE * (width_of(_USUAL_NUMBER) + PADDING)
    rate = width_of(_USUAL_RATE) + PADDING + round(_EYE * scale_of(table))
    return _SAMPLE + width_of(_SHORT_NAME) + rate + math.ceil(loss)
