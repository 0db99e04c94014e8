"""A worked step: its rates, its parts one below the other, and the loss."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from gdsim.core.analysis.update import Update
from gdsim.core.analysis.worked import (
    WorkedParameter,
    WorkedStep,
    bias_has_own_slope,
    update_in_letters,
    worked,
)
from gdsim.core.formulas.printing import IN_LATEX
from gdsim.core.formulas.program import is_gradient
from gdsim.core.rules.update_rule import UpdateRule
from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.paint.drawing import SAMPLE_WIDTH, paint_sample
from gdsim.gui.paint.formula_picture import FormulaPictures
from gdsim.gui.step.step_rows import (
    RowLayout,
    StepRow,
    loss_lines,
    part_kind,
    rate_lines,
    rate_rows,
    rows_of_line,
)
from gdsim.gui.step.step_section import LEFT, RIGHT, GradientSection, Picture, StepSection
from gdsim.gui.step.step_text import StepText
from gdsim.gui.style.theme import Look, RunStyle
from gdsim.gui.translation import tr

# The index in the layout below the heading and the rates.
_FIRST_SECTION = 2


class _Sample(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.line: RunStyle | None = None

    def sizeHint(self) -> QSize:
        return QSize(SAMPLE_WIDTH, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.line:
            paint_sample(QPainter(self), QRect(0, 0, self.width(), self.height()), self.line)


class StepHeading(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._sample = _Sample()
        self._name = ElidedLabel()
        fill_layout(QHBoxLayout(self), self._sample, (self._name, 1), gap=7)

    def show_run(self, name: str, line: RunStyle | None) -> None:
        self._name.set_whole(name)
        if line != self._sample.line:
            self._sample.line = line
            self._sample.update()


class StepBody(QScrollArea):
    """Shows one worked step, wrapped to the width and scrolled vertically."""

    part_requested = Signal(str)  # the part that was clicked; empty if it was highlighted already

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[object, ...] = ()
        self._update: Update | None = None
        self._highlighted = ""
        self._heading = StepHeading()
        self._rates, self._loss = StepText(), StepText()
        self._rate_layouts: defaultdict[int, RowLayout] = defaultdict(partial(RowLayout, gap=1))
        self._pictures = FormulaPictures(self)
        self._pictures.typeset.connect(self._on_typeset)
        # The section of the gradient that the step uses can show its terms. Other parts have plain sections.
        self.gradient = GradientSection(*_name_and_tip("gradient"))
        self.gradient.hide()
        self.gradient.setParent(self)  # until a step is shown, because a run may have none
        self.gradient.requested.connect(partial(self._request, self.gradient))
        self._sections: dict[str, StepSection] = {}
        self._other_sections: dict[str, StepSection] = {}
        self._step: tuple[WorkedStep, Look, int] | None = None
        # Waits until the layout has made room for the new text.
        self._reveal = QTimer(self, singleShot=True, interval=0)
        self._reveal.timeout.connect(self._bring_into_view)
        self._rates.explain = self._full_rates
        self._loss.explain = self._full_loss
        self._arrange()

    @property
    def columns(self) -> int:
        """The number of characters that fit into a line."""
        # The room of the scroll bar is always left free, so that lines do not rewrap when it comes and goes.
        bar = self.verticalScrollBar().sizeHint().width()
        return self._rates.columns(self.width() - bar - LEFT - RIGHT)

    def show_step(self, step: WorkedStep, look: Look, selected: int) -> None:
        columns, update = self.columns, step.update
        kind = (update.run.optimizer, len(update.before), step.digits, columns)
        if kind != self._shown:
            self._shown = kind
            self._forget_widths()
        self._update = update
        self._heading.show_run(
            update.run.shown_name, look.styles[selected] if selected < len(look.styles) else None
        )
        self._rates.set_lines(rate_lines(step.rates, self._rate_layouts, columns))
        self._step = step, look, selected
        self._show_sections(update.rule)
        pictures = self._pictures_of(step)
        for part, section in self._sections.items():
            shown = [
                (pictures[of[0].name][place], rows_of_line(of, place)) for place, of in _lines_of(step, part)
            ]
            section.show_lines(shown, columns)
        self.gradient.show_update(update, step.digits, columns)
        self._loss.set_lines(loss_lines(step, columns))

    def _show_sections(self, rule: UpdateRule) -> None:
        parts = tuple(dict.fromkeys(rule.parts))
        if parts == tuple(self._sections):
            return
        used = rule.parts[tuple(rule.program.by_target).index(rule.last_gradient)]
        for section in self._sections.values():
            section.hide()
        self._sections = {part: self.gradient if part == used else self._section(part) for part in parts}
        for place, (part, section) in enumerate(self._sections.items(), start=_FIRST_SECTION):
            section.bind(partial(self._full_rows, part))
            self._lines.insertWidget(place, section)
            section.set_highlighted(part == self._highlighted)
            section.show()

    def _section(self, part: str) -> StepSection:
        if part not in self._other_sections:
            section = self._other_sections[part] = StepSection(*_name_and_tip(part))
            section.requested.connect(partial(self._request, section))
        return self._other_sections[part]

    def _pictures_of(self, step: WorkedStep) -> dict[str, list[Picture]]:
        """Return the pictures of all lines, by parameter: the first weight, and b if its formulas differ."""
        update, parameters = step.update, step.parameters
        of_b = bias_has_own_slope(update.objective)
        found = {}
        for parameter in (parameters[0], parameters[-1]) if of_b else parameters[:1]:
            latex = update_in_letters(update, parameter.name, IN_LATEX)
            texts = (line.symbols for line in parameter.lines)
            found[parameter.name] = [
                Picture(self._pictures.svg(line.replace("&=", "=")), text)
                for line, text in zip(latex, texts, strict=True)
            ]
        return found

    def _on_typeset(self) -> None:
        if self._step is not None:
            self.show_step(*self._step)

    def set_highlighted(self, part: str) -> None:
        """Highlight a part, or none for an empty text."""
        if part == self._highlighted:
            return
        self._highlighted = part
        for name, section in self._sections.items():
            section.set_highlighted(name == part)
        self._reveal.start()

    def _bring_into_view(self) -> None:
        section = self._sections.get(self._highlighted)
        if section is not None and section.isVisible():
            self.ensureWidgetVisible(section, 0, 4)
            self.ensureWidgetVisible(section.chip, 0, 4)  # its top, if it is higher than the view

    def _forget_widths(self) -> None:
        for layout in self._rate_layouts.values():
            layout.forget()
        for section in self._sections.values():
            section.forget_widths()

    def _request(self, section: StepSection) -> None:
        part = next(part for part, one in self._sections.items() if one is section)
        self.part_requested.emit("" if part == self._highlighted else part)

    def _full_rows(self, part: str, line: int) -> str:
        """Return one line of a part with all digits, for its tooltip."""
        if self._update is None:
            return ""
        step = worked(self._update, None)
        place, parameters = _lines_of(step, part)[line]
        return _rows_text(rows_of_line(parameters, place))

    def _full_rates(self) -> str:
        if self._update is None:
            return ""
        rates = worked(self._update, None).rates
        return _rows_text([row for rate in rates for row in rate_rows(rate)])

    def _full_loss(self) -> str:
        if self._update is None:
            return ""
        step = worked(self._update, None)
        return f"L: {step.loss_before} → {step.loss_after}"

    def _arrange(self) -> None:
        body = QWidget()
        body.setObjectName("columnBody")
        shown = (_indented(one) for one in (self._heading, self._rates, self._loss))
        self._lines = fill_layout(QVBoxLayout(body), *shown, None, gap=4)
        self.setWidget(body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)


def _name_and_tip(part: str) -> tuple[str, str]:
    return {
        "look": (tr("Look ahead"), tr("The place where this gradient is taken.")),
        "gradient": (tr("Gradient"), tr("The slope of the loss over the points of this update.")),
        "intermediate": (tr("Intermediate"), tr("A number on the way to the step; it is not remembered.")),
        "memory": (tr("Memory"), tr("What the rule remembers from step to step.")),
        "update": (tr("Update"), tr("The step itself.")),
    }[part_kind(part)]


def _lines_of(step: WorkedStep, part: str) -> list[tuple[int, Sequence[WorkedParameter]]]:
    """Return the indices of a part's lines, each with the parameters that share its formula."""
    rule, together = step.update.rule, [step.parameters]
    separate = [step.parameters[:-1], step.parameters[-1:]]
    of_gradient = separate if bias_has_own_slope(step.update.objective) else together
    return [
        (place, parameters)
        for place, line in enumerate(rule.program.lines)
        if rule.parts[place] == part
        for parameters in (of_gradient if is_gradient(line.node) else together)
    ]


def _rows_text(rows: Sequence[StepRow]) -> str:
    texts = (" = ".join(filter(None, (row.numbers, row.result))) for row in rows)
    lines = (f"{row.label}  {text}" for row, text in zip(rows, texts, strict=True))
    return "\n".join(lines)


def _indented(widget: QWidget) -> QWidget:
    """Return a holder that indents a widget like the lines of the sections."""
    holder = QWidget()
    fill_layout(QVBoxLayout(holder), widget, margins=(LEFT, 0, RIGHT, 0))
    return holder
