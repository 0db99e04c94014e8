"""Which run an exercise is about: the selected one."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdsim.core.model.experiment import Run
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.runs.run_text import full_settings

_WIDTH = 210


class RunChoice(QWidget):
    """A box with all runs, and the settings of the one that is chosen.

    Attributes
    ----------
    combo : ComboBox

    Signals
    -------
    chosen(int)
        A person wants another run.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.combo = ComboBox(self.tr("Run"))
        self.combo.set_help(self.tr("The exercise is about this run; it is the selected one of the window."))
        self.combo.setFixedWidth(_WIDTH)
        self.combo.activated.connect(self.chosen)
        self._settings = ElidedLabel()
        self._settings.setObjectName("hint")
        name = PlainLabel(self.tr("run"))
        name.setObjectName("rowLabel")
        name.setBuddy(self.combo)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(name)
        layout.addWidget(self.combo)
        layout.addWidget(self._settings, 1)

    def show_runs(self, runs: tuple[Run, ...], selected: int) -> None:
        """Offer other runs."""
        with QSignalBlocker(self.combo):
            self.combo.clear()
            for run in runs:
                self.combo.addItem(self.tr("{0} (hidden)").format(run.name) if run.hidden else run.name)
            if not runs:
                self.combo.addItem(self.tr("there is no run"))
            self.combo.setCurrentIndex(selected if runs else 0)
        self.combo.setEnabled(bool(runs))
        self._settings.set_whole(full_settings(runs[selected]) if runs else "")
