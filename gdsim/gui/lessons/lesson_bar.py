"""The bar of a lesson: the words of the stop, its number, and the buttons to the other stops."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gdsim.core.language.texts import counted
from gdsim.core.lessons.caption import plain_text
from gdsim.core.lessons.lesson import Lesson, Stop
from gdsim.gui.accessible import announce, one_after_another
from gdsim.gui.forms.buttons import IconButton, give_menu
from gdsim.gui.forms.card import Card
from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.forms.layouts import fill_layout, grid, window_button
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.lessons.caption_view import CaptionView
from gdsim.gui.lessons.formula_box import FormulaBox
from gdsim.gui.lessons.render_stop import StopTexts
from gdsim.gui.style.text_size import FontScaler, scale_of

# The height of the bar, the same at every stop, so that nothing below it moves.
_HEIGHT = 112
_MARGIN = 10
# In a narrower bar, at the normal text size, there is no room for a title beside formulas.
_NARROW = 800


class StopButton(QToolButton):
    """A button with the number of the stop, wide enough for ``longest``, the longest of its texts.

    So the title beside it does not move from stop to stop.
    """

    longest = ""

    def sizeHint(self) -> QSize:
        metrics, flags = self.fontMetrics(), Qt.TextFlag.TextShowMnemonic  # as Qt measures the text
        longest, shown = (metrics.size(flags, text).width() for text in (self.longest, self.text()))
        return super().sizeHint() + QSize(max(0, longest - shown), 0)


class LessonBar(QWidget):
    """A card across the window, hidden until a lesson is shown."""

    next_requested = Signal()
    previous_requested = Signal()
    return_requested = Signal()
    end_requested = Signal()
    stop_chosen = Signal(int)  # index of a stop in the list
    faults_requested = Signal()  # to show the faults in the file of the lesson

    def __init__(self) -> None:
        super().__init__()
        self._stops: tuple[Stop, ...] = ()
        self._index = self._stage = 0
        self._chapter, self._is_changed = "", False
        self._told: tuple[str, ...] = ()  # the title and the captions below it
        self._is_narrow: bool | None = None
        self.entries: list[QAction] = []  # one for each stop, in `menu`
        self.place = StopButton()  # opens `menu`, the list of all stops
        self.place.setObjectName("lessonPlace")
        set_tip(self.place, self.tr("All stops of the lesson"))
        self.place.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.menu = QMenu(self)
        give_menu(self.place, self.menu)
        self.title = ElidedLabel(name="lessonTitle")
        self.chapter = ElidedLabel(or_nothing=True, name="hint")
        # The chapter gives way to the title if there is no room for both.
        self.chapter.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.chapter.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.caption = CaptionView()
        self.formulas = FormulaBox()
        self._head = QWidget()
        self._make_buttons()
        self.card = Card("")
        self.card.remove_header()
        self.card.setAccessibleName(self.tr("Lesson"))
        self.card.set_body(self._arranged())
        self.card.set_margins(6, 6)
        fill_layout(QVBoxLayout(self), self.card, margins=(_MARGIN, 8, _MARGIN, 0))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        FontScaler(self, LessonBar._grow, _HEIGHT)
        self.hide()

    def _make_buttons(self) -> None:
        # Goes to the next stage of the stop, which its text names.
        self.reveal = window_button("", act=self.next_requested, is_primary=True)
        self.reveal.hide()
        self.faults = window_button("", act=self.faults_requested)
        self.faults.setObjectName("lessonFaults")
        self.faults.hide()
        entries = (
            ("reset-view", self.tr("Return to the stop"), self.tr("Show the stop again as it was"), "return"),
            ("chevron-left", self.tr("Previous stop"), self.tr("One stop back"), "previous"),
            ("chevron-right", self.tr("Next stop"), self.tr("One stop forward"), "next"),
            ("chevron-up", self.tr("Fold the lesson"), self.tr("Show the title alone, or all of it"), "fold"),
            ("close", self.tr("End the lesson"), self.tr("The window stays as it is"), "end"),
        )
        self.buttons = {key: IconButton(icon, name, words) for icon, name, words, key in entries}
        for key in ("previous", "next"):
            self.buttons[key].setObjectName("lessonPlace")
        self.buttons["return"].clicked.connect(self.return_requested)
        self.buttons["previous"].clicked.connect(self.previous_requested)
        self.buttons["next"].clicked.connect(self.next_requested)
        self.buttons["fold"].clicked.connect(lambda: self.set_folded(not self.folded))
        self.buttons["end"].clicked.connect(self.end_requested)

    def _arranged(self) -> QWidget:
        # At the left, where no formula and no other button moves them from stop to stop.
        pager = (self.buttons["previous"], self.place, self.buttons["next"])
        others = (self.buttons[key] for key in ("return", "fold", "end"))
        head = fill_layout(QHBoxLayout(self._head), *pager, gap=4)
        head.addSpacing(6)
        head.addWidget(self.title)
        head.addWidget(self.chapter, 1)
        head.addSpacing(8)
        for button in (self.faults, self.reveal, *others):
            head.addWidget(button)
        body = QWidget()
        self._grid = grid(body, 18, 3)
        self._grid.setColumnStretch(0, 1)
        self._grid.setRowStretch(1, 1)
        self._place_parts()
        return body

    def _place_parts(self) -> None:
        """Put the formulas beside title and caption, or beside the caption only if the bar is narrow."""
        is_narrow = self.width() < _NARROW * scale_of(self)
        if is_narrow == self._is_narrow:
            return
        self._is_narrow = is_narrow
        head_columns, formula_rows = (2, 1) if is_narrow else (1, 2)
        self._grid.addWidget(self._head, 0, 0, 1, head_columns)
        self._grid.addWidget(self.caption, 1, 0)
        self._grid.addWidget(self.formulas, 2 - formula_rows, 1, formula_rows, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_parts()

    # ------------------------------------------------------------------ input

    def _grow(self, height: int) -> None:
        self._height = height
        self._place_parts()
        self.set_folded(self.folded)

    def show_lesson(self, lesson: Lesson) -> None:
        self._stops = lesson.stops
        self.card.setAccessibleName(lesson.title)
        self.place.longest = self._place_text(len(lesson.stops))
        self._list_stops()
        self.show()

    def _list_stops(self) -> None:
        """Fill the menu with the stops, with a submenu for each chapter, if there are chapters."""
        self.menu.clear()
        for old in self.menu.findChildren(QMenu):  # `clear` does not delete submenus
            old.deleteLater()
        self.entries = []
        menu, chapter = self.menu, ""
        for index, stop in enumerate(self._stops):
            if stop.chapter != chapter:
                chapter = stop.chapter
                menu = self.menu.addMenu(chapter.replace("&", "&&"))
            action = menu.addAction(f"{index + 1}   {stop.title.replace('&', '&&')}")
            action.setCheckable(True)
            action.triggered.connect(partial(self._choose, index))
            self.entries.append(action)

    def _choose(self, index: int, _checked: bool = False) -> None:
        self.stop_chosen.emit(index)

    def show_stop(self, index: int, stage: int = 0) -> None:
        self._index, self._stage = index, stage
        stop, count = self._stop, len(self._stops)
        self._show_reveal(stop, stage)
        self.place.setText(self._place_text(index + 1))
        self.place.setAccessibleName(self.tr("Stop {n} of {count}").format(n=index + 1, count=count))
        self.title.set_whole(stop.title)
        self._chapter = stop.chapter
        self._show_chapter()
        self.buttons["previous"].setEnabled(index > 0)
        self.buttons["next"].setEnabled(index + 1 < count or stage < stop.last_stage)
        for number, action in enumerate(self.entries):
            action.setChecked(number == index)

    def _place_text(self, number: int) -> str:
        return self.tr("{n} of {count}").format(n=number, count=len(self._stops))

    def show_changed(self, *, changed: bool) -> None:
        """Show the chapter, or instead that the user has ``changed`` the scene behind the stop's numbers."""
        self._is_changed = changed
        self._show_chapter()

    def _show_chapter(self) -> None:
        if self._is_changed:
            self.chapter.set_whole(
                self.tr("You changed the scene: the text is about the stop as it was"),
                self.tr("changed by you"),
            )
        else:
            self.chapter.set_whole(self._chapter, "")

    def _show_reveal(self, stop: Stop, stage: int) -> None:
        words = ""
        if stage + 1 == len(stop.reveals):
            words = self.tr("Show the answer")
        elif stop.is_asking(stage):
            words = self.tr("Show more")
        elif stage < stop.last_stage:
            words = self.tr("Open the exercise") if stop.task is None else self.tr("Open the task")
        self.reveal.setText(words)
        self.reveal.setVisible(bool(words))

    def show_said(self, said: StopTexts | None) -> None:
        shown = said.at(self._stop, self._stage) if said else {}
        self.caption.show_said(shown, is_task=self._stop.task is not None)
        told = (self.title.whole(), *map(plain_text, shown.values())) if said else ()
        # At the same stop, only the parts that are new are announced.
        known = self._told if told[:1] == self._told[:1] else ()
        announce(self.card, one_after_another(one for one in told if one not in known))
        self._told = told
        self.card.setAccessibleDescription(one_after_another(told))

    def show_formulas(self, pictures: tuple[bytes, ...]) -> None:
        texts = tuple(formula.text for formula in self._stop.formulas)
        if "formulas" in self._stop.hidden_at(self._stage):
            pictures, texts = (), ()
        self.formulas.show_formulas(pictures, texts)

    @property
    def _stop(self) -> Stop:
        return self._stops[self._index]

    def show_faults(self, count: int) -> None:
        """Show how many faults the file of the lesson has; hide the button for none."""
        self.faults.setText(counted(count, "{n} fault in the file", "{n} faults in the file"))
        set_tip(
            self.faults,
            self.tr("The lesson is shown as it was before the fault. Click to see what is wrong."),
        )
        self.faults.setVisible(count > 0)

    @property
    def folded(self) -> bool:
        """Whether only the title is shown."""
        return self.caption.isHidden()

    def set_folded(self, folded: bool) -> None:
        self.caption.setHidden(folded)
        self.formulas.set_folded(folded)
        if folded:
            self.card.setMinimumHeight(0)
            self.card.setMaximumHeight(self.card.sizeHint().height())
        else:
            self.card.setFixedHeight(self._height)
        self.buttons["fold"].set_icon("chevron-down" if folded else "chevron-up")
