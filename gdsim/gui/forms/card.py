"""Cards: the titled panels of the window, and panels with several pages."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from gdsim.gui.forms.buttons import ICON_SIZE
from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.one_of import OneOf, TabButton, TabLines
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.stylesheet import set_mark
from gdsim.gui.style.text_size import scale_of

_GAP = 8  # between a title and the hint or controls at its right
_AROUND_ICON = 11  # the part of an icon button's height that does not grow with the font
_PADDING = 1  # of the style sheet, included in the margins given here


class _CardHeader(QWidget):
    """A title with a hint at its right, which is shown in full or not at all.

    The title is shortened if that makes room for the hint, or if the title alone does not fit.
    """

    def __init__(self, title: ElidedLabel, hint: ElidedLabel) -> None:
        super().__init__()
        self._title, self._hint = title, hint
        for label in (title, hint):
            label.setParent(self)
        hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        title, hint = self._title.sizeHint(), self._hint.sizeHint()
        gap = _GAP if self._hint.whole() else 0
        # As high as with icon buttons beside the title, so that the titles of all cards line up.
        least = round(ICON_SIZE.height() * scale_of(self)) + _AROUND_ICON
        return QSize(title.width() + gap + hint.width(), max(title.height(), hint.height(), least))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._title.minimumSizeHint().width(), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:  # text or font of a label has changed
            self.updateGeometry()
            self._arrange()
        return done

    def _arrange(self) -> None:
        hint = self._hint.sizeHint().width() if self._hint.whole() else 0
        if self._title.minimumSizeHint().width() + _GAP + hint > self.width():
            hint = 0
        title = self.width() - (hint + _GAP if hint else 0)
        self._title.setGeometry(QRect(0, 0, title, self.height()))
        self._hint.setGeometry(QRect(self.width() - hint, 0, hint, self.height()))


class Card(QFrame):
    """A panel with a title, a hint or controls at the title's right, and a body below.

    If two spaces divide the title into two parts, the second part is dropped where it does not fit. The hint
    is shown only where all of it fits.
    """

    title_double_clicked = Signal()

    def __init__(self, title: str, *body: QWidget) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName(title)
        self.title = ElidedLabel(title, short=title.partition("  ")[0], name="cardTitle")
        self.hint = ElidedLabel(or_nothing=True, name="hint")
        self._head = _CardHeader(self.title, self.hint)
        self.header = fill_layout(QHBoxLayout(), (self._head, 1), gap=_GAP)  # add controls here
        self._layout = fill_layout(QVBoxLayout(self), self.header, gap=6)
        self.set_margins(8, 10)
        self._cover: PlainLabel | None = None
        self._covered: list[QWidget] = []
        self.set_body(*body)

    def remove_header(self) -> None:
        self._head.hide()
        self._layout.removeItem(self.header)

    def set_margins(self, top: int, bottom: int) -> None:
        self._layout.setContentsMargins(*(margin - _PADDING for margin in (10, top, 10, bottom)))

    def set_title(self, title: str) -> None:
        self.title.set_whole(title, short=title.partition("  ")[0])
        self.setAccessibleName(title)

    def set_hint(self, hint: str) -> None:
        self.hint.set_whole(hint)

    def explain(self, sentence: str) -> None:
        """Explain the card in the tooltip of its title, because one over the body would hide the contents."""
        self.title.explain(sentence)
        self.setAccessibleDescription(sentence)

    def set_pointed_at(self, pointed_at: bool) -> None:
        """Put a noticeable frame around the card, or remove it."""
        set_mark(self, "pointedAt", on=pointed_at)

    def set_covered(self, words: str) -> None:
        """Show a sentence in place of everything below the title; an empty one restores the contents."""
        if self._cover is None and words:
            self._cover = PlainLabel(name="hint")
            self._cover.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._cover.setWordWrap(True)
            self._cover.hide()
            self._layout.addWidget(self._cover, 1)
        if self._cover is None or self.is_covered == bool(words):
            return
        self._cover.setText(words)
        if words:
            items = (self._layout.itemAt(index) for index in range(self._layout.count()))
            bodies = (item.widget() for item in items if item is not None)
            self._covered = [one for one in bodies if one and one is not self._cover and not one.isHidden()]
        for body in self._covered:
            body.setHidden(bool(words))
        self._cover.setVisible(bool(words))

    @property
    def is_covered(self) -> bool:
        return self._cover is not None and not self._cover.isHidden()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Emit `title_double_clicked` for the title, not for the body."""
        on_title = not self._head.isHidden() and event.position().y() <= self.header.geometry().bottom()
        if on_title and event.button() == Qt.MouseButton.LeftButton:
            self.title_double_clicked.emit()
        else:
            super().mouseDoubleClickEvent(event)

    def set_body(self, *widgets: QWidget) -> None:
        """Stack the widgets below the title; the first one stretches."""
        for index, widget in enumerate(widgets):
            self._layout.addWidget(widget, 1 if index == 0 else 0)


class TabbedCard(Card):
    """A card with pages that are chosen by tabs."""

    page_changed = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__("")
        self._head.hide()
        self.setAccessibleName(name)
        self._buttons = OneOf(self)
        self.tabs = TabLines(name)
        self._pages = QStackedWidget()
        self._layout.addWidget(self.tabs)
        self._layout.addWidget(self._pages, 1)
        self._buttons.clicked.connect(self.show_page)

    def add_page(self, title: str, words: str, page: QWidget) -> None:
        button = TabButton(title)
        set_tip(button, words)
        self._buttons.add(button)
        button.setChecked(self._pages.addWidget(page) == 0)
        self.tabs.add(button)

    def show_tabs(self, shown: bool, title: str) -> None:
        self.tabs.setVisible(shown)
        self.title.set_whole(title)
        self._head.setHidden(shown)

    def tab(self, index: int) -> QWidget:
        return self._buttons.button(index)

    def show_page(self, index: int) -> None:
        self._buttons.turn_on(index)
        self._pages.setCurrentIndex(index)
        self.page_changed.emit(index)

    @property
    def page(self) -> int:
        return self._pages.currentIndex()
