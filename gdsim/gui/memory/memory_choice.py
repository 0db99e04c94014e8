"""The choice of the memory that is shown, and how: a row of small switches that depends on the rule."""

from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdsim.core.analysis.memory_lessons import has_correction, has_root_lesson
from gdsim.core.formulas.symbols import of_name
from gdsim.core.model.neuron import written_names
from gdsim.core.model.run import Fork, Run
from gdsim.core.rules.rule import Optimizer
from gdsim.gui.forms.buttons import SnugButton
from gdsim.gui.forms.flow import Flow
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.one_of import OneOf
from gdsim.gui.forms.tips import set_tip

WEIGHTS, CORRECTION, ROOT = "weights", "correction", "root"
_CHIP_MARGIN = 17


class MemoryChoice(QWidget):
    """Three groups of switches; a group with nothing to choose is hidden.

    A choice is remembered while runs without it are shown.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Optimizer, Fork | None, int] | None = None  # a rule, and the number of parameters
        self._views: tuple[str, ...] = (WEIGHTS,)
        self._letters: tuple[str, ...] = ()
        self._memories = _SwitchGroup({}, self.tr("Show the memory {0}"))
        kinds = {WEIGHTS: self.tr("Weights"), CORRECTION: self.tr("Correction"), ROOT: self.tr("Root")}
        self._kinds = _SwitchGroup(kinds, self.tr("Show {0}"))
        self._parameters = _SwitchGroup(
            {"w": "w", "b": "b"}, self.tr("Show the average of the gradients of {0}")
        )
        flow = Flow(self, gap=8)  # in two lines if a rule has many memories
        for group in (self._memories, self._kinds, self._parameters):
            flow.addWidget(group)
            group.changed.connect(self._on_changed)
        self.hide()

    @property
    def view(self) -> str:
        """``"weights"``, ``"correction"`` or ``"root"``."""
        return self._kinds.chosen if self._kinds.chosen in self._views else WEIGHTS

    @property
    def letter(self) -> str:
        """The memory of the rule that is shown; empty if it has none."""
        chosen = self._memories.chosen
        return chosen if chosen in self._letters else next(iter(self._letters), "")

    @property
    def parameter(self) -> int:
        """The parameter whose curves are shown: 0 for the first weight, -1 for the bias."""
        return 0 if self._parameters.chosen == "w" else -1

    def show_run(self, run: Run) -> None:
        shown = run.optimizer, run.fork, len(run.start)
        if shown == self._shown:
            return
        self._shown = shown
        self._letters = run.optimizer.update_rule.letters
        self._memories.add({letter: of_name(letter).text for letter in self._letters})
        views = [WEIGHTS]
        if any(has_correction(run, letter) for letter in self._letters):
            views.append(CORRECTION)
        if has_root_lesson(run):
            views.append(ROOT)
        self._views = tuple(views)
        self._parameters.name("w", written_names(len(run.start) - 1)[0])
        self._offer()

    @property
    def other_letter(self) -> str:
        """The letter that is shown; empty if it is the first of its rule."""
        return self.letter if self.letter in self._letters[1:] else ""

    def show_letter(self, letter: str) -> None:
        """Show the memory with this letter, or the first of a rule that has no such memory."""
        if letter != self._memories.chosen:
            self._memories.chosen = letter
            self._on_changed()

    def _on_changed(self) -> None:
        self._offer()
        self.changed.emit()

    def _offer(self) -> None:
        self._memories.offer(self._letters if len(self._letters) > 1 else ())
        self._kinds.offer(self._views if len(self._views) > 1 else (), self.view)
        self._parameters.offer(("w", "b") if self.view == CORRECTION else ())
        self.setVisible(len(self._letters) > 1 or len(self._views) > 1)


class _SwitchGroup(QWidget):
    changed = Signal()

    def __init__(self, names: Mapping[str, str], sentence: str) -> None:
        super().__init__()
        self.chosen = next(iter(names), "")
        self._sentence = sentence
        self._keys: list[str] = []
        self._buttons = OneOf(self)
        self._row = fill_layout(QHBoxLayout(self), gap=3)
        self.add(names)
        self._buttons.clicked.connect(self._on_clicked)

    def add(self, names: Mapping[str, str]) -> None:
        for key, name in names.items():
            if key in self._keys:
                continue
            button = SnugButton(_CHIP_MARGIN)
            button.setObjectName("chip")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._buttons.add(button)
            self._keys.append(key)
            self._row.addWidget(button)
            self.name(key, name)

    def name(self, key: str, name: str) -> None:
        button = self._buttons.button(self._keys.index(key))
        if button.text() != name:
            button.setText(name)
            set_tip(button, f"{self._sentence.format(name)}.")
            button.setAccessibleName(name)

    def offer(self, keys: tuple[str, ...], shown: str = "") -> None:
        """Show only the switches of these keys; ``shown`` is on, even if the user chose another one."""
        for index, key in enumerate(self._keys):
            self._buttons.button(index).setVisible(key in keys)
        offered = [self._buttons.button(self._keys.index(key)) for key in keys]
        for button in offered:  # moves them into this order
            self._row.addWidget(button)
        for button, following in pairwise(offered):
            QWidget.setTabOrder(button, following)
        on = shown or self.chosen
        if keys:
            self._buttons.turn_on(self._keys.index(on if on in keys else keys[0]))
        self.setVisible(bool(keys))

    def _on_clicked(self, index: int) -> None:
        self.chosen = self._keys[index]
        self.changed.emit()
