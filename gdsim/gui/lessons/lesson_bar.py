"""The bar of a lesson: what a stop says, where it stands among the others, and the way to the next one."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gdsim.core.lessons.caption import plain_text
from gdsim.core.lessons.lesson import Lesson, Stop
from gdsim.gui.forms.icon_button import IconButton
from gdsim.gui.forms.tips import tip
from gdsim.gui.lessons.caption_view import CaptionView
from gdsim.gui.lessons.formula_box import FormulaBox
from gdsim.gui.lessons.render_stop import Said
from gdsim.gui.paint.elided_label import ElidedLabel
from gdsim.gui.style.theme import LIGHT, Theme
from gdsim.gui.window.card import Card

# The same at every stop, so that nothing below it moves while one walks.
_HEIGHT = 110
_MARGIN = 10
# Around the words of the button with the list.
_PLACE_PADDING = 22


class LessonBar(QWidget):
    """A card across the window. Hidden until a lesson is shown.

    Signals
    -------
    next_requested(), previous_requested(), return_requested(), end_requested()
    stop_chosen(int)
        Index of a stop in the list.
    """

    next_requested = Signal()
    previous_requested = Signal()
    return_requested = Signal()
    end_requested = Signal()
    stop_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._height = _HEIGHT
        self._lesson: Lesson | None = None
        self._entries: list[QAction] = []
        self._place = QToolButton()
        self._place.setObjectName("lessonPlace")
        self._place.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._place.setToolTip(tip(self.tr("All stops of the lesson")))
        self._place.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._menu = QMenu(self)
        self._place.setMenu(self._menu)
        self._title = ElidedLabel()
        self._title.setObjectName("lessonTitle")
        self._chapter = ElidedLabel()
        self._chapter.setObjectName("hint")
        # The title comes first: where there is no room for both, the chapter gives way.
        self._chapter.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._chapter.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._caption = CaptionView()
        self._formulas = FormulaBox()
        self._make_buttons()
        self._card = Card("")
        self._card.drop_header()
        self._card.setAccessibleName(self.tr("Lesson"))
        self._card.set_body(self._arranged())
        self._card.set_margins(10, 6, 10, 6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 8, _MARGIN, 0)
        layout.addWidget(self._card)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._card.setFixedHeight(_HEIGHT)
        self.hide()

    def _make_buttons(self) -> None:
        entries = (
            (
                "reset-view",
                self.tr("Return to the stop"),
                self.tr("Everything as the stop shows it (F5)"),
                "return",
            ),
            ("chevron-left", self.tr("Previous stop"), self.tr("One stop back (Page Up)"), "previous"),
            ("chevron-right", self.tr("Next stop"), self.tr("One stop on (Page Down)"), "next"),
            ("chevron-up", self.tr("Fold the lesson"), self.tr("Show the title alone, or all of it"), "fold"),
            ("close", self.tr("End the lesson"), self.tr("The window stays as it is (Shift+F5)"), "end"),
        )
        self._buttons = {key: IconButton(icon, name, words) for icon, name, words, key in entries}
        for key in ("previous", "next"):
            self._buttons[key].setObjectName("lessonPlace")
        self._buttons["return"].clicked.connect(self.return_requested)
        self._buttons["previous"].clicked.connect(self.previous_requested)
        self._buttons["next"].clicked.connect(self.next_requested)
        self._buttons["fold"].clicked.connect(lambda: self.set_folded(not self.folded))
        self._buttons["end"].clicked.connect(self.end_requested)

    def _arranged(self) -> QWidget:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._place)
        head.addSpacing(6)
        head.addWidget(self._title)
        head.addWidget(self._chapter, 1)
        head.addSpacing(8)
        for key in ("return", "previous", "next"):
            head.addWidget(self._buttons[key])
        for key in ("fold", "end"):
            head.addWidget(self._buttons[key])
        text = QVBoxLayout()
        text.setSpacing(3)
        text.addLayout(head)
        text.addWidget(self._caption, 1)
        body = QWidget()
        layout = QHBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(18)
        layout.addLayout(text, 1)
        layout.addWidget(self._formulas)
        return body

    # ------------------------------------------------------------------ what it is told

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of a theme."""
        self._theme = theme
        for button in self._buttons.values():
            button.set_theme(theme)
        self._formulas.set_theme(theme)
        self._caption.set_theme(theme)

    def set_larger(self, larger: float) -> None:
        """Leave room for letters so many times as large as usual."""
        self._height = round(_HEIGHT * larger)
        self._caption.set_larger(larger)
        self._formulas.set_larger(larger)
        self.set_folded(self.folded)

    def show_lesson(self, lesson: Lesson) -> None:
        """Show a lesson."""
        self._lesson = lesson
        self._card.setAccessibleName(lesson.title)
        stops = lesson.stops
        widest = self.tr("{n} of {count}").format(n=len(stops), count=len(stops))
        self._place.setMinimumWidth(self._place.fontMetrics().horizontalAdvance(widest) + _PLACE_PADDING)
        self._list_stops(stops)
        self.show()

    def _list_stops(self, stops: Sequence[Stop]) -> None:
        """Fill the list: a menu for each chapter, or one for all where there are no chapters."""
        self._menu.clear()
        for old in self._menu.findChildren(QMenu):  # taken out of the list, they would still be kept
            old.deleteLater()
        self._entries = []
        menu, chapter = self._menu, ""
        for index, stop in enumerate(stops):
            if stop.chapter != chapter:
                chapter = stop.chapter
                menu = self._menu.addMenu(chapter.replace("&", "&&"))
            action = menu.addAction(f"{index + 1}   {stop.title.replace('&', '&&')}")
            action.setCheckable(True)
            action.triggered.connect(partial(self._choose, index))
            self._entries.append(action)

    def _choose(self, index: int, _checked: bool = False) -> None:
        self.stop_chosen.emit(index)

    def show_stop(self, index: int) -> None:
        """Show which stop it is; what it says may follow."""
        assert self._lesson is not None  # noqa: S101 - there is a stop
        stop, count = self._lesson.stops[index], len(self._lesson.stops)
        self._place.setText(self.tr("{n} of {count}").format(n=index + 1, count=count))
        self._place.setAccessibleName(self.tr("Stop {n} of {count}").format(n=index + 1, count=count))
        self._title.set_whole(stop.title)
        self._chapter.set_whole(stop.chapter)
        self._buttons["previous"].setEnabled(index > 0)
        self._buttons["next"].setEnabled(index + 1 < count)
        for number, action in enumerate(self._entries):
            action.setChecked(number == index)

    def show_said(self, said: Said | None) -> None:
        """Show what the stop says; nothing while it is not known."""
        self._caption.show_said(said)
        self._card.setAccessibleDescription(
            f"{self._title.whole()}. {plain_text(said.caption)} {plain_text(said.look)}" if said else ""
        )

    def show_formulas(self, pictures: tuple[bytes, ...], texts: tuple[str, ...]) -> None:
        """Show the formulas of the stop; no pictures while they are not made."""
        self._formulas.show_formulas(pictures, texts)

    @property
    def folded(self) -> bool:
        """Whether only the title is shown."""
        return self._caption.isHidden()

    def set_folded(self, folded: bool) -> None:
        """Show the title alone, or all of it."""
        self._caption.setHidden(folded)
        self._formulas.set_folded(folded)
        if folded:
            self._card.setMinimumHeight(0)
            self._card.setMaximumHeight(self._card.sizeHint().height())
        else:
            self._card.setFixedHeight(self._height)
        self._buttons["fold"].set_icon("chevron-down" if folded else "chevron-up")
