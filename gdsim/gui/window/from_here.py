"""The question whether a setting changed during playback applies from the current step or from the start."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdsim.core.formulas import numerals
from gdsim.gui.actions import RecomputeFrom, UserActions
from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.forms.layouts import fill_layout, window_button
from gdsim.gui.preferences import Preferences
from gdsim.gui.window.bare_parts import BareParts

_KEY = "changes_while_playing"
_SHOWN_MS = 15_000
_MAX_WIDTH = 760


class FromHereBar(QWidget):
    """A sentence and two buttons, over a bare part of the page.

    The bar hides itself after a while, and the change stays as made: from the start. A choice is remembered.
    """

    def __init__(self, over: BareParts, user_actions: UserActions, settings: Preferences) -> None:
        super().__init__(over.page)
        self._over = over
        self._user_actions, self._settings = user_actions, settings
        choices = {choice.value: choice for choice in RecomputeFrom}
        user_actions.changes = settings.option(_KEY, choices, RecomputeFrom.ASK)
        user_actions.changed_from_start.connect(self.offer)
        self.setObjectName("restoreBar")
        self.setAccessibleName(self.tr("A change while playing"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._timer = QTimer(self, singleShot=True, interval=_SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def offer(self, name: str, step: int) -> None:
        if self.layout() is None:  # the first offer; most windows make none
            self._fill()
        words = self.tr("“{name}” was recomputed from its start.").format(name=name)
        self._text.set_whole(words)
        self.setAccessibleDescription(words)
        self.here.setText(self.tr("From step {0} on").format(numerals.integer_text(step)))
        self.ensurePolished()
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def _fill(self) -> None:
        self._text = ElidedLabel()
        self.here = window_button(
            "",
            self.tr(
                "Put the change into a new run that branches off there, and do the same with later changes."
            ),
            self._choose_here,
            is_primary=True,
        )
        self.start = window_button(
            self.tr("From the start"),
            self.tr(
                "Keep it like this, and do the same with later changes. The choice is in the menu Playback."
            ),
            partial(self._choose, RecomputeFrom.FROM_START),
        )
        fill_layout(QHBoxLayout(self), (self._text, 1), self.here, self.start, margins=(14, 4, 8, 4))
        self._over.laid_out.connect(self._place)

    @Slot()
    def _place(self) -> None:
        hint = self.sizeHint()
        wanted = hint.width() + self.fontMetrics().horizontalAdvance(self._text.whole())
        width = max(self.minimumSizeHint().width(), min(_MAX_WIDTH, wanted, self._over.width))
        self.resize(width, hint.height())
        self.move(self._over.place_for(self.size()))

    @Slot()
    def hide_when_past(self) -> None:
        """Hide the bar once the change was undone, or something else has changed."""
        if not self._user_actions.can_leave_there:
            self.hide()

    @property
    def is_here(self) -> bool:
        """Whether changes during playback apply from the current step."""
        return self._user_actions.changes is RecomputeFrom.FROM_HERE

    def toggle(self) -> None:
        self._choose(RecomputeFrom.FROM_START if self.is_here else RecomputeFrom.FROM_HERE)

    def _choose_here(self) -> None:
        self._choose(RecomputeFrom.FROM_HERE)
        self._user_actions.change_from_there()

    def _choose(self, changes: RecomputeFrom) -> None:
        self.hide()
        self._user_actions.changes = changes
        self._settings.keep(_KEY, changes.value)
