"""The controls of playback: the buttons of a player, the position in the record, and the speed."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QStyleOptionButton, QVBoxLayout, QWidget

from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import in_percent, precise
from gdsim.core.language.texts import counted
from gdsim.gui.forms.buttons import ICON_SIZE, IconButton
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.flow import Flow
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.sliders import JumpSlider, ScaleSlider, SliderScale
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import SteadyLabel
from gdsim.gui.playback.player import PlaybackCommands
from gdsim.gui.style import icons as assets
from gdsim.gui.style.shown_theme import shown_theme
from gdsim.gui.style.text_size import FontScaler
from gdsim.session.playback import FASTEST, SLOWEST, Playhead
from gdsim.session.session import Session

_SPEED_WIDTH = 72
# The number of page steps that cross the whole record.
_PAGE_STEPS = 20
# The progress of work that is done sooner is not shown.
_PATIENCE_MS = 250


class ProgressNote(QWidget):
    """Shows the progress of a computation, and hides when it is done."""

    stop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._text = SteadyLabel()
        self._text.setObjectName("hint")
        self._stop = IconButton("stop", self.tr("Stop computing"), self.tr("Keep the steps made so far."))
        self._stop.clicked.connect(self.stop_requested)
        fill_layout(QHBoxLayout(self), self._text, self._stop, gap=4)
        self.keep_place(kept=True)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self.show)
        self._text.make_room(self._words(0.99))
        self.hide()

    def keep_place(self, *, kept: bool) -> None:
        """Reserve the room in the layout while the note is hidden, or give it up."""
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(kept)
        policy.setHorizontalPolicy(QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)

    def show_progress(self, share: float) -> None:
        if share >= 1.0:
            self._patience.stop()
            self.hide()
            return
        self._text.show_text(self._words(share))
        if self.isHidden() and not self._patience.isActive():
            self._patience.start()

    def _words(self, share: float) -> str:
        return self.tr("computing {0}").format(in_percent(int(100 * share)))


class _PlayButton(QPushButton):
    def __init__(self) -> None:
        super().__init__()
        self._labels = self.tr("Play"), self.tr("Pause")
        self.setObjectName("primary")
        FontScaler(self, QPushButton.setIconSize, ICON_SIZE)
        set_tip(self, self.tr("Play or pause."))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_playing(False)
        self.setIcon(self._current_icon())  # reserves room; `initStyleOption` sets the painted icon

    def show_playing(self, playing: bool) -> None:
        self._is_playing = playing
        words = self._labels[playing]
        self.setText(words)
        self.setAccessibleName(words)

    def _current_icon(self) -> QIcon:
        name = "pause" if self._is_playing else "play"
        return assets.icon(name, shown_theme().on_accent, shown_theme().muted)

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        option.icon = self._current_icon()

    def sizeHint(self) -> QSize:
        """Size for the longer of the two labels, so that the buttons beside it do not move."""
        hint, metrics = super().sizeHint(), self.fontMetrics()
        widest = max(metrics.horizontalAdvance(words) for words in self._labels)
        return QSize(hint.width() + widest - metrics.horizontalAdvance(self.text()), hint.height())


class Transport(QWidget):
    seek_requested = Signal(int)  # a step or an epoch, whichever the clock counts
    speed_changed = Signal(float)  # steps or epochs per second
    by_epoch_toggled = Signal(bool)
    stop_requested = Signal()  # to stop computing

    def __init__(self) -> None:
        super().__init__()
        self._head = Playhead()
        self._room_for: tuple[int, bool, bool] | None = None
        fill_layout(QVBoxLayout(self), self._make_player(), self._make_settings(), gap=6)
        self.show_playhead(Playhead(), False, 0)

    def show_playhead(self, head: Playhead, by_epoch: bool, epoch: int) -> None:
        """Show a playhead that counts steps or epochs, and the epoch of the selected run."""
        if head.playing != self._head.playing:
            self.play.show_playing(head.playing)
        self._show_place(head)
        unit = self.tr("epoch") if by_epoch else self.tr("step")
        if (room_for := (head.length, head.complete, by_epoch)) != self._room_for:
            self._room_for = room_for
            self._place.make_room(self._place_text(unit, head.length, head))
            # There are at most as many epochs as steps.
            self._epoch.make_room(self.tr("epoch {0}").format(numerals.integer_text(head.length)))
        self._place.show_text(self._place_text(unit, head.cursor, head))
        self._epoch.show_text("" if by_epoch else self.tr("epoch {0}").format(numerals.integer_text(epoch)))
        self.clock.setCurrentIndex(int(by_epoch))
        self.speed.show_value(head.speed)
        self._pace.show_text(self._pace_text(head, by_epoch))
        self.live.setChecked(head.live)
        self.loop.setChecked(head.loop)
        self._head = head

    def show_progress(self, share: float) -> None:
        self._progress.show_progress(share)

    def set_has_runs(self, has_runs: bool) -> None:
        for button in (self.first, self.back, self.play, self.forward, self.last, self._scrub):
            button.setEnabled(has_runs)

    def _pace_text(self, head: Playhead, by_epoch: bool) -> str:
        if head.live and not head.complete:
            return self.tr("as computed")
        number, pace = _rounded(head.speed)
        if by_epoch:
            return counted(number, "{pace} epoch/s", "{pace} epochs/s", pace=pace)
        return counted(number, "{pace} step/s", "{pace} steps/s", pace=pace)

    def _pace_words(self, speed: float) -> str:
        number, pace = _rounded(speed)
        if self.clock.currentIndex() == 1:
            return counted(number, "{pace} epoch a second", "{pace} epochs a second", pace=pace)
        return counted(number, "{pace} step a second", "{pace} steps a second", pace=pace)

    def _place_words(self, place: float) -> str:
        by_epoch = self.clock.currentIndex() == 1
        words = self.tr("epoch {0} of {1}") if by_epoch else self.tr("step {0} of {1}")
        return words.format(numerals.integer_text(place), numerals.integer_text(self._scrub.maximum()))

    def _place_text(self, unit: str, place: int, head: Playhead) -> str:
        growing = head.length > 0 and not head.complete
        words = self.tr("{0} {1} / {2} so far") if growing else self.tr("{0} {1} / {2}")
        return words.format(unit, numerals.integer_text(place), numerals.integer_text(head.length))

    def set_compact(self, *, compact: bool) -> None:
        """Hide the settings beside the player, or show them; they have shortcuts, too."""
        for widget in (self.clock, self._epoch, self._speed_line):
            widget.setHidden(compact)
        self._progress.keep_place(kept=not compact)

    def _make_player(self) -> Flow:
        self.first = _button("first", self.tr("First"), self.tr("Go to the start."))
        self.back = _button("back", self.tr("Back"), self.tr("Go one step back."))
        self.play = _PlayButton()
        self.forward = _button("forward", self.tr("Forward"), self.tr("Go one step forward."))
        self.last = _button("last", self.tr("Last"), self.tr("Go to the end."))
        self._scrub = JumpSlider(say=self._place_words)
        self._scrub.setAccessibleName(self.tr("Place on the record"))
        set_tip(self._scrub, self.tr("Drag, or click, to see another step."))
        self._scrub.setMinimumWidth(60)
        self._place = SteadyLabel(Qt.AlignmentFlag.AlignRight)
        self._place.setObjectName("strong")
        self._scrub.valueChanged.connect(self.seek_requested)
        buttons, place = QWidget(), QWidget()
        buttons.setLayout(_line(self.first, self.back, self.play, self.forward, self.last))
        place.setLayout(_line(self._scrub, self._place))
        return _flow(buttons, place)

    def _make_settings(self) -> Flow:
        self.clock = ComboBox(
            self.tr("Clock"),
            self.tr("Compare the runs after the same number of steps, or of passes over the points."),
        )
        self.clock.addItems([self.tr("By step"), self.tr("By epoch")])
        self.clock.fit_entries()
        self.clock.activated.connect(lambda index: self.by_epoch_toggled.emit(index == 1))
        self._epoch = SteadyLabel()
        self._epoch.setObjectName("hint")
        self._progress = ProgressNote()
        self._progress.stop_requested.connect(self.stop_requested)
        self.speed = ScaleSlider(SliderScale(SLOWEST, FASTEST, log=True), say=self._pace_words)
        self.speed.setAccessibleName(self.tr("Speed"))
        set_tip(self.speed, self.tr("How many steps are shown in a second."))
        FontScaler(self.speed, QWidget.setFixedWidth, _SPEED_WIDTH)
        self.speed.picked.connect(self.speed_changed)
        self._pace = SteadyLabel()
        self._pace.setObjectName("hint")
        self._pace.make_room(self._pace_text(Playhead(speed=FASTEST), by_epoch=True))
        self.live = IconButton("live", self.tr("Live"), self.tr("Follow the computation at its own pace."))
        self.loop = IconButton("loop", self.tr("Loop"), self.tr("Begin again at the end."))
        for button in (self.live, self.loop):
            button.setCheckable(True)
        self._speed_line = QWidget()
        self._speed_line.setLayout(_line(self.speed, self._pace, self.live, self.loop))
        return _flow(self.clock, self._epoch, self._progress, self._speed_line)

    def _show_place(self, head: Playhead) -> None:
        if self._scrub.isSliderDown():  # the user is dragging it
            return
        blocked = self._scrub.blockSignals(True)
        if head.length != self._scrub.maximum():
            self._scrub.setMaximum(head.length)
            self._scrub.setPageStep(max(1, head.length // _PAGE_STEPS))
        self._scrub.setValue(head.cursor)
        self._scrub.blockSignals(blocked)


def _button(icon: str, name: str, sentence: str) -> IconButton:
    button = IconButton(icon, name, sentence)
    button.setObjectName("bordered")
    button.setAutoRepeat(icon in ("back", "forward"))
    return button


def _line(*widgets: QWidget) -> QHBoxLayout:
    return fill_layout(QHBoxLayout(), *((one, int(type(one) is JumpSlider)) for one in widgets), gap=6)


def _flow(*widgets: QWidget) -> Flow:
    flow = Flow(gap=6, ends=True)
    for widget in widgets:
        flow.addWidget(widget)
    return flow


def _rounded(speed: float) -> tuple[int, str]:
    """Return the number that chooses the plural form (1 or 2), and the speed in three digits."""
    pace = float(f"{speed:.3g}")
    return 1 if pace == 1.0 else 2, precise(pace)


def connect_transport(transport: Transport, player: PlaybackCommands, session: Session) -> None:
    for button, act in (
        (transport.first, player.first),
        (transport.back, player.back),
        (transport.play, player.toggle),
        (transport.forward, player.forward),
        (transport.last, player.last),
        (transport.live, player.toggle_live),
        (transport.loop, player.toggle_loop),
    ):
        button.clicked.connect(act)
    transport.seek_requested.connect(player.seek)
    transport.speed_changed.connect(player.set_speed)
    transport.stop_requested.connect(session.stop_computing)
    transport.by_epoch_toggled.connect(session.set_by_epoch)
    session.progress_changed.connect(transport.show_progress)
