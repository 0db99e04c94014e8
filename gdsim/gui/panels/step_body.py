"""A step written out: its rates, its parts one under the other, and the loss."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from gdsim.core.formula import PARTS
from gdsim.core.rule_picture import picture_name
from gdsim.core.update import Update
from gdsim.core.worked import WorkedStep, worked
from gdsim.gui.panels.step_gradient import GradientSection
from gdsim.gui.panels.step_heading import StepHeading
from gdsim.gui.panels.step_notes import loss_lines, rate_lines
from gdsim.gui.panels.step_rows import Row, RowLayout, rate_row, rows_of
from gdsim.gui.panels.step_section import LEFT, RIGHT, Picture, StepSection
from gdsim.gui.panels.step_text import StepText
from gdsim.gui.theme import Look

# Kept free for the scroll bar, so that lines do not break otherwise when it comes and goes.
_SCROLL_BAR = 10
_MOST_RATES = 2


class StepBody(QScrollArea):
    """Shows one worked step, as wide as it is; what is too high is scrolled.

    Signals
    -------
    part_requested(str)
        A part was clicked; empty when it was lit already.
    """

    part_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[object, ...] = ()
        self._update: Update | None = None
        self._lit = ""
        self._heading = StepHeading()
        self._rates, self._loss = StepText(), StepText()
        self._rate_layouts = [RowLayout(gap=1) for _ in range(_MOST_RATES)]
        self.gradient = GradientSection(*_words("gradient"))
        self._sections = {
            part: self.gradient if part == "gradient" else StepSection(*_words(part)) for part in PARTS
        }
        for part, section in self._sections.items():
            section.requested.connect(partial(self._request, part))
            section.explain = partial(self._full_rows, part)
        # After the layout has made room for what was just written.
        self._reveal = QTimer(self)
        self._reveal.setSingleShot(True)
        self._reveal.setInterval(0)
        self._reveal.timeout.connect(self._bring_into_view)
        self._rates.explain = self._full_rates
        self._loss.explain = self._full_loss
        self._arrange()

    def set_look(self, look: Look) -> None:
        """Draw in the colours of a theme."""
        for text in (self._rates, self._loss):
            text.set_theme(look.theme)
        for section in self._sections.values():
            section.set_theme(look.theme)
        self._shown = ()

    @property
    def columns(self) -> int:
        """How many letters fit side by side."""
        return self._rates.columns(self.width() - _SCROLL_BAR - LEFT - RIGHT)

    def show_step(self, step: WorkedStep, look: Look, selected: int) -> None:
        """Write a step out."""
        columns, update = self.columns, step.update
        kind = (update.run.optimizer, len(update.before), step.digits, columns)
        if kind != self._shown:
            self._shown = kind
            self._forget_widths()
        self._update = update
        self._heading.show_run(
            update.run.name, look.styles[selected] if selected < len(look.styles) else None
        )
        self._rates.set_lines(rate_lines(step.rates, self._rate_layouts, columns))
        lines, pictures = step.parameters[0].lines, _pictures(step)
        for part, section in self._sections.items():
            places = [place for place, line in enumerate(lines) if line.part == part]
            rows = [(pictures[place], rows_of(step.parameters, place)) for place in places]
            section.show_lines(rows, columns)
            section.setVisible(bool(places))
        self.gradient.show_update(update, step.digits, columns)
        self._loss.set_lines(loss_lines(step, columns))

    def set_lit(self, part: str) -> None:
        """Let a part stand out; none of them for an empty text."""
        if part == self._lit:
            return
        self._lit = part
        for name, section in self._sections.items():
            section.set_lit(name == part)
        self._reveal.start()

    def _bring_into_view(self) -> None:
        section = self._sections.get(self._lit)
        if section is not None and section.isVisible():
            self.ensureWidgetVisible(section, 0, 4)
            self.ensureWidgetVisible(section.chip, 0, 4)  # its top, where it is higher than there is room

    def _forget_widths(self) -> None:
        for layout in self._rate_layouts:
            layout.forget()
        for section in self._sections.values():
            section.forget_widths()

    def _request(self, part: str) -> None:
        self.part_requested.emit("" if part == self._lit else part)

    def _full_rows(self, part: str, line: int) -> str:
        """Return one line of a part with all digits, for a tooltip."""
        if self._update is None:
            return ""
        step = worked(self._update, None)
        places = [place for place, each in enumerate(step.parameters[0].lines) if each.part == part]
        return _in_full(rows_of(step.parameters, places[line]))

    def _full_rates(self) -> str:
        if self._update is None:
            return ""
        return _in_full([rate_row(rate) for rate in worked(self._update, None).rates])

    def _full_loss(self) -> str:
        if self._update is None:
            return ""
        step = worked(self._update, None)
        return f"L: {step.loss_before} → {step.loss_after}"

    def _arrange(self) -> None:
        body = QWidget()
        body.setObjectName("columnBody")
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(_inset(self._heading))
        layout.addWidget(_inset(self._rates))
        for section in self._sections.values():
            layout.addWidget(section)
        layout.addWidget(_inset(self._loss))
        layout.addStretch(1)
        self.setWidget(body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)


def _words(part: str) -> tuple[str, str]:
    """Return the name of a part, and a sentence on it."""
    tr = partial(QCoreApplication.translate, "StepBody")
    return {
        "look": (tr("look ahead"), tr("Where the rule looks before it leaps: where the carried step leads.")),
        "gradient": (tr("gradient"), tr("The slope of the loss, summed over the points of this update.")),
        "memory": (tr("memory"), tr("What the rule remembers from step to step.")),
        "update": (tr("update"), tr("The step itself.")),
    }[part]


def _pictures(step: WorkedStep) -> list[Picture]:
    """Return where the pictures of a step's lines are; the gradient's are not the rule's own."""
    rule, place, found = step.update.run.optimizer, 0, []
    name, looks = picture_name(rule), any(line.part == "look" for line in rule.work())
    for line in step.parameters[0].lines:
        if line.part == "gradient":
            found.append(Picture("gradient-look" if looks else "gradient", 0, line.symbols))
        else:
            found.append(Picture(name, place, line.symbols))
            place += 1
    return found


def _in_full(rows: Sequence[Row]) -> str:
    texts = (" = ".join(filter(None, (row.numbers, row.result))) for row in rows)
    lines = (f"{row.label}  {text}" for row, text in zip(rows, texts, strict=True))
    return "\n".join(lines)


def _inset(widget: QWidget) -> QWidget:
    """Return a widget that begins where the lines of the sections do."""
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(LEFT, 0, RIGHT, 0)
    layout.addWidget(widget)
    return holder
