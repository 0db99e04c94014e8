"""The numbers given for a step: rates, the parameters and memory before it, and the points."""

from gdsim.core.analysis.update import Update
from gdsim.core.exercises.fill_in import StepSheet
from gdsim.core.formulas.numerals import with_power
from gdsim.core.model.neuron import written_inputs
from gdsim.core.rules.update_rule import W
from gdsim.gui.exercises.exercise import show_named
from gdsim.gui.exercises.side_panel import SidePanel
from gdsim.gui.forms.dialog import heading
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.plain_text import sentence_label
from gdsim.gui.step.step_rows import Segment, StyledLine, split_line
from gdsim.gui.step.step_text import StepText

_WIDTH, _FEWEST_LETTERS = 330, 24


class GivenNumbers(SidePanel):
    def __init__(self) -> None:
        super().__init__(_WIDTH)
        self._given, self._points = StepText(), StepText()
        self._points_title, self._points_hint = heading(self.tr("The points")), sentence_label("hint")
        self._given.setAccessibleName(self.tr("What is given"))
        self._points.setAccessibleName(self.tr("The points of this update"))
        texts = (heading(self.tr("Given")), self._given, self._points_title, self._points, self._points_hint)
        fill_layout(self.lines, *texts, None, gap=6)

    def show_sheet(self, sheet: StepSheet) -> None:
        columns = max(self._given.columns(self._given.width()), _FEWEST_LETTERS)
        lines: list[StyledLine] = [_assigned(pair) for pair in sheet.shared]
        for _, pairs in sheet.before:
            lines.append(())
            lines += [_assigned(pair) for pair in pairs]
        self._given.set_lines([short for line in lines for short in split_line(line, columns, 4)])
        self._points.set_lines(
            [short for line in _point_lines(sheet) for short in split_line(line, columns, 4)]
        )
        for widget in (self._points_title, self._points, self._points_hint):
            widget.setVisible(bool(sheet.points))
        show_named(self._points_hint, self._about_f(sheet.update))

    def _about_f(self, update: Update) -> str:
        if update.rule.gradients[update.rule.last_gradient] == W:
            return self.tr("f is the output of the neuron with this step's w and b. For b, x is 1.")
        return self.tr("f is the output of the neuron at the look-ahead place. For b, x is 1.")


def _assigned(pair: tuple[str, str]) -> StyledLine:
    letters, text = pair
    return (Segment(f"{letters} = ", "label"), Segment(with_power(text), "strong"))


def _point_lines(sheet: StepSheet) -> list[StyledLine]:
    rows = [
        ("i", written_inputs(sheet.update.points.dimension)[0], "y", "f"),
        *((str(one.number), *map(with_power, (one.x, one.y, one.f))) for one in sheet.points),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    texts = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return [(Segment(text, "label" if place == 0 else ""),) for place, text in enumerate(texts)]
