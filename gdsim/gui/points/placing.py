"""The choice whether new points replace the old ones or are added to them."""

from PySide6.QtWidgets import QRadioButton, QVBoxLayout, QWidget

from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.tips import set_tip


class PlacingChoice(QWidget):
    """Two radio buttons. ``dimension`` is the number of inputs of the old points."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self._dimension = dimension
        self._replace = QRadioButton(self.tr("Replace the present points"))
        self._add = QRadioButton(self.tr("Add to the present points"))
        fill_layout(QVBoxLayout(self), self._replace, self._add, gap=4)
        set_tip(self._replace, self.tr("The runs and the view stay. Undo brings the old points back."))
        self._replace.setChecked(True)
        self.fit(dimension)

    @property
    def replaces(self) -> bool:
        return self._replace.isChecked()

    def set_replaces(self, replaces: bool) -> None:
        (self._replace if replaces else self._add).setChecked(True)

    def fit(self, inputs: int) -> None:
        """Allow adding the new points only if they have as many inputs as the old ones."""
        fits = inputs == self._dimension
        self._add.setEnabled(fits)
        if fits:
            set_tip(self._add, self.tr("The new points come after those in the table."))
        else:
            words = self.tr("The new points have {new} inputs, but the present ones have {old}.")
            set_tip(self._add, words.format(new=inputs, old=self._dimension))
            self._replace.setChecked(True)
