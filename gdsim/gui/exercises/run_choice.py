"""The choice of the run that an exercise is about."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdsim.core.model.run_words import full_settings
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.layouts import fill_layout, labelled
from gdsim.gui.plain_text import hint_label
from gdsim.gui.style.text_size import FontScaler
from gdsim.session.session import Session

_RUN_WIDTH = 210


class RunChoice(QWidget):
    """A combo box of all runs, with the settings of the selected one beside it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.combo = ComboBox(
            self.tr("run"), self.tr("The exercise is about this run, the one selected in the window.")
        )
        FontScaler(self.combo, QWidget.setFixedWidth, _RUN_WIDTH)
        self.combo.activated.connect(session.select)
        self._settings = hint_label()
        fill_layout(QHBoxLayout(self), *labelled(self.combo), (self._settings, 1))

    def follow(self) -> None:
        runs, selected = self._session.experiment.runs, self._session.selected
        hidden = self.tr("{0} (hidden)")
        names = [hidden.format(run.shown_name) if run.hidden else run.shown_name for run in runs]
        self.combo.clear()
        self.combo.addItems(names or [self.tr("There is no run")])
        self.combo.setCurrentIndex(selected if runs else 0)
        self.combo.setEnabled(bool(runs))
        self._settings.setText(full_settings(runs[selected]) if runs else "")
