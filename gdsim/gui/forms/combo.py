"""A combo box that fits into any width and leaves the mouse wheel to the page."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPaintEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import PlainLabel

_FEW_LETTERS = 6
# Pixels that Qt's size hint lacks for the arrow, with a style sheet and a large font.
_SPARE = 4
_POPUP_MARGIN = 36
# More visible entries than Qt's ten, which would look like the whole list.
_MOST_VISIBLE = 28


class ComboBox(QComboBox):
    """A combo box that elides a long text; its popup shows entries in full.

    ``help_`` explains the choice, see `set_help`; ``choices`` are pairs of a text and its data.
    """

    def __init__(
        self,
        name: str,
        help_: str = "",
        choices: Iterable[tuple[str, object]] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._spare = 0
        self._name: QLabel | None = None  # the hidden label of `_name_aloud`
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_FEW_LETTERS)
        self.setMaxVisibleItems(_MOST_VISIBLE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._help = help_
        self.view().setTextElideMode(Qt.TextElideMode.ElideNone)
        # Before the style sheet is applied, the popup would choose arrows instead of a scroll bar.
        self.view().setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.currentTextChanged.connect(self._explain)
        self.offer(choices)
        self._explain()

    def offer(self, choices: Iterable[tuple[str, object]]) -> None:
        self.clear()
        for text, data in choices:
            self.addItem(text, data)

    def choose(self, data: object) -> None:
        """Select the choice with this data, or the first choice if there is none."""
        self.setCurrentIndex(max(0, self.findData(data)))

    def fit_entries(self) -> None:
        self._spare = _SPARE
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMinimumContentsLength(0)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(self._spare, 0)

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint() + QSize(self._spare, 0)

    def set_help(self, sentence: str) -> None:
        """Set the sentence of the tooltip, which also names the current choice, as the box may elide it."""
        self._help = sentence
        self._explain()

    def _explain(self) -> None:
        if self._help:
            set_tip(self, self._help, self.currentText())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._name_aloud()

    def _name_aloud(self) -> None:
        """Add a hidden label with the name if there is no label.

        On Linux Qt reports the current choice as the name of a combo box; screen readers then read its label.
        """
        parent = self.parentWidget()
        if parent is None:
            return
        beside = parent.findChildren(QLabel, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if all(label.buddy() is not self for label in beside):
            self._name = PlainLabel(self.accessibleName(), parent)
            self._name.setBuddy(self)
            self._name.hide()
            self.destroyed.connect(self._name.deleteLater)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ParentChange and self._name is not None:
            self._name.deleteLater()  # it is beside the box no more
            self._name = None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        if self.currentIndex() < 0:
            option.currentText = self.placeholderText()
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width()
        text = option.currentText
        if self.fontMetrics().horizontalAdvance(text) > room - 2:
            option.currentText = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room - 2)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def showPopup(self) -> None:
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(self.itemText(i)) for i in range(self.count())), default=0)
        self.view().setMinimumWidth(max(self.width(), widest + _POPUP_MARGIN))
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the choice only if the box has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
