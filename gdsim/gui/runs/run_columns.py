"""The widths of the columns of the table of runs."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView

from gdsim.core.language.texts import translated
from gdsim.gui.runs.run_cells import EYE, LOSS, RATE, RUN, STEP, B, W
from gdsim.gui.style.text_size import scale_of

# The sample of a line before a name, the padding of a cell, the space between columns, and the eye.
LINE, PADDING, _MARGIN, _EYE = 18, 7, 5, 22
_AROUND_HEAD = 10  # the padding of a header, and a little more
_SAMPLE = LINE + 12
# A name for which there is always room, and one for which, with a number, there is room if possible.
_SHORT_NAME = "Momentum"
_USUAL_NAME, _USUAL_RATE, _USUAL_NUMBER = "Gradient descent", "0.001", "−0.970"
_LARGEST_SHARE = 0.4  # of the width, for a longer name
_LOSS_SHARE = 1.1  # the width of the loss, in widths of the other columns of numbers


def column_widths(table: QTableView, name: str, digits: int, weights: int, head: str) -> dict[int, int]:
    """Return the width of each column in pixels; 0 for a column that is not needed or has no room.

    ``name`` is the widest name, ``digits`` the number of digits of the steps, and ``weights`` the number of
    weights. Without a column of steps, ``digits`` is 0, and ``head`` is the header of names with the step.
    """
    width_of = table.fontMetrics().horizontalAdvance
    header, across = table.horizontalHeader(), Qt.Orientation.Horizontal
    step_head = header.fontMetrics().horizontalAdvance(str(table.model().headerData(STEP, across)))
    step = max(step_head + _AROUND_HEAD, width_of("0" * digits) + PADDING) if digits else 0
    rate = width_of(_USUAL_RATE) + PADDING
    eye = round(_EYE * scale_of(table))
    rest = table.viewport().width() - step - rate - eye
    # Numbers are shortened before names are elided, as far as the numbers can still be read.
    least = width_of(_USUAL_NUMBER) + PADDING
    named, usual = (_SAMPLE + width_of(one) + _MARGIN for one in (name, f"{translated(_USUAL_NAME)} 2"))
    # Several weights are shown only if all of them fit beside whole names.
    several = weights * width_of(f"{_USUAL_NUMBER}, ") if weights > 1 else 0
    shortest = min(named, usual) if several else _SAMPLE + width_of(_SHORT_NAME)
    numbers = 1 if several else 2  # columns of one number, beside the loss
    if rest - shortest - several < int((numbers + _LOSS_SHARE) * least):
        numbers = several = 0  # there is room for the loss only
    rest -= several
    shares = numbers + _LOSS_SHARE
    usual = min(usual, rest - int(shares * least))
    run = min(named, max(usual, int(_LARGEST_SHARE * rest)))
    if head:
        run = max(run, width_of(head) + _MARGIN)
    run = max(_SAMPLE, min(run, rest - int(shares * least)))
    # The loss is wider because it has an exponent when it is small.
    number = max(least, int((rest - run) / shares))
    loss = rest - run - numbers * number
    w, b = (several or number, number) if numbers else (0, 0)
    return {RUN: run, RATE: rate, STEP: step, W: w, B: b, LOSS: loss, EYE: eye}


def least_width(table: QTableView) -> int:
    """Return the least width at which the loss can be read."""
    width_of = table.fontMetrics().horizontalAdvance
    loss = _LOSS_SHARE * (width_of(_USUAL_NUMBER) + PADDING)
    rate = width_of(_USUAL_RATE) + PADDING + round(_EYE * scale_of(table))
    return _SAMPLE + width_of(_SHORT_NAME) + rate + math.ceil(loss)
