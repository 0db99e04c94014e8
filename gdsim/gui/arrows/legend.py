"""The legend of the arrows: a switch for each kind, and the choice of their lengths."""

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QStyleOptionToolButton, QToolButton

from gdsim.core.analysis.arrow_lengths import DrawnArrows, Lengths
from gdsim.core.analysis.arrows import ArrowKind, kinds_of
from gdsim.core.analysis.batch_view import highlighted_rows
from gdsim.core.arrays import Array
from gdsim.core.model.search_checks import has_tries
from gdsim.core.model.view_range import LECTURE_VIEW_RANGE
from gdsim.core.rules.update_rule import UpdateRule
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.choice import ArrowChoice, Layer, drawing_of, pulls_of
from gdsim.gui.arrows.paint import ArrowShape, ArrowStyle, arrow_style, layer_style, paint_shapes
from gdsim.gui.arrows.words import (
    arrow_meaning,
    arrow_name,
    layer_meaning,
    layer_name,
    lengths_name,
    scale_words,
)
from gdsim.gui.forms.buttons import SnugButton, give_menu
from gdsim.gui.forms.flow import Flowing
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.paint.drawing import blank_picture, circle
from gdsim.gui.style.theme import LIGHT, Look, Theme
from gdsim.session.frame import Frame

# The width of a switch that its sample and its name leave free, in pixels.
_SWITCH_MARGIN = 14
_TEXT_MARGIN = 10
# Two lines are reserved, so that the map keeps its size while runs of different rules are selected.
_LINES = 2
SAMPLE_SIZE = QSize(24, 12)
# The device pixel ratio of the samples, so that they are sharp on high-density screens.
_PIXEL_RATIO = 2.0
_SAMPLE_OFF = 0.3
# The shaft and the head of a sample, as a share of those of the arrow.
_SAMPLE_SCALE = 0.65
_DOT = 4.0


# Cached because each change of the theme asks for all samples, and painting one takes half a millisecond.
@lru_cache(maxsize=64)
def arrow_sample(kind: ArrowKind, theme: Theme, *, hollow: bool = False) -> QIcon:
    """Return an icon of a small arrow, which is faint on a switch that is off."""
    style = arrow_style(kind, theme)
    if hollow:
        style = style.hollowed()
    if kind is not ArrowKind.RATES:
        style = style._replace(width=_SAMPLE_SCALE * style.width, head=_SAMPLE_SCALE * style.head)
    line = (
        _ellipse(SAMPLE_SIZE.width() / 2 - 2, SAMPLE_SIZE.height() / 2 - 1)
        if kind is ArrowKind.RATES
        else _line()
    )
    return _icon(line, style, theme)


@lru_cache(maxsize=16)
def layer_sample(layer: Layer, theme: Theme) -> QIcon:
    line = _ellipse(_DOT, _DOT) if layer is Layer.TRIES else _line()
    return _icon(line, layer_style(layer, theme), theme)


def _icon(line: Array, style: ArrowStyle, theme: Theme) -> QIcon:
    icon = QIcon()
    for state, opacity in ((QIcon.State.On, 1.0), (QIcon.State.Off, _SAMPLE_OFF)):
        picture = blank_picture(*SAMPLE_SIZE.toTuple(), _PIXEL_RATIO, None)
        painter = QPainter(picture)
        paint_shapes(painter, [ArrowShape(line, style._replace(opacity=opacity, halo=0.0))], theme)
        painter.end()
        icon.addPixmap(QPixmap.fromImage(picture), QIcon.Mode.Normal, state)
    return icon


def _ellipse(across: float, up: float) -> Array:
    middle = np.array(SAMPLE_SIZE.toTuple()) / 2.0
    return middle + (across, up) * circle(32)


def _line() -> Array:
    width, middle = SAMPLE_SIZE.width(), SAMPLE_SIZE.height() / 2.0
    return np.array([[3.0, middle], [width - 1.0, middle]])


class _LengthsButton(SnugButton):
    """A button that is as wide as its widest text so far, with its text at the left."""

    def __init__(self) -> None:
        super().__init__(_TEXT_MARGIN)
        self.setObjectName("legend")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def initStyleOption(self, option: QStyleOptionToolButton) -> None:
        super().initStyleOption(option)
        option.rect.setWidth(self.fontMetrics().horizontalAdvance(self.text()) + _TEXT_MARGIN)


class ArrowLegend(Flowing):
    """A strip with a switch and a sample for each kind of arrow of the selected rule, and the scale in words.

    It has one line or two. `button`, which belongs in the header of the card, shows and hides all arrows and
    the strip.
    """

    changed = Signal(object)  # ArrowChoice

    def __init__(self) -> None:
        super().__init__(_LINES)
        self.setAccessibleName(self.tr("Arrows of this step"))
        self._choice = ArrowChoice()
        self._theme = LIGHT
        self._rule: UpdateRule | None = None
        self._hollow: frozenset[ArrowKind] = frozenset()  # the kinds that are not drawn to scale
        self._uses_some_points = False  # whether each update uses only some of the points
        self._searches = False  # whether the length of each step is searched
        self._frame: Frame | None = None
        self._view_range = LECTURE_VIEW_RANGE
        self.button = _flat_button(
            "flat", self.tr("Arrows"), self.tr("Show the parts of the next step as arrows.")
        )
        self.button.setAccessibleName(self.tr("Arrows"))
        self.button.setCheckable(True)
        self.button.clicked.connect(self.toggle)
        self._switches = {kind: self._switch(partial(self._toggle_kind, kind)) for kind in ArrowKind}
        self.layers = {layer: self._switch(partial(self._toggle_layer, layer)) for layer in Layer}
        tries = self.layers[Layer.TRIES]
        tries.setText(layer_name(Layer.TRIES))
        tries.setAccessibleName(tries.text())
        self._lengths = _LengthsButton()
        self._lengths.hide()  # until there is a run with arrows
        give_menu(self._lengths, self._menu())
        for button in (*self._switches.values(), *self.layers.values(), self._lengths):
            self.flow.addWidget(button)
        self._show_choice()

    def _switch(self, flip: Callable[[], None]) -> QToolButton:
        button = SnugButton(SAMPLE_SIZE.width() + _SWITCH_MARGIN)
        button.setObjectName("legend")
        button.setCheckable(True)
        button.setIconSize(SAMPLE_SIZE)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # `clicked` passes the checked state, which the choice knows already.
        button.clicked.connect(lambda _checked: flip())
        button.hide()
        return button

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        self._actions: dict[Lengths, QAction] = {}
        for lengths in (Lengths.FIT, Lengths.TRUE, Lengths.SAME):
            action = menu.addAction(lengths_name(lengths))
            action.setCheckable(True)
            action.triggered.connect(partial(self._choose, lengths))
            group.addAction(action)
            self._actions[lengths] = action
        menu.addSeparator()
        self._uphill = menu.addAction(self.tr("Also the gradient itself, which points uphill"))
        self._uphill.setCheckable(True)
        self._uphill.triggered.connect(lambda _checked: self._toggle_kind(ArrowKind.UPHILL))
        return menu

    # ------------------------------------------------------------------ value

    def value(self) -> ArrowChoice:
        return self._choice

    def set_value(self, choice: ArrowChoice) -> None:
        self._choice = choice
        self._show_choice()

    def toggle(self) -> None:
        self._change(self._choice._replace(on=not self._choice.on))

    def _toggle_kind(self, kind: ArrowKind) -> None:
        self._change(self._choice._replace(kinds=self._choice.kinds ^ {kind}))

    def _toggle_layer(self, layer: Layer) -> None:
        self._change(self._choice._replace(layers=self._choice.layers ^ {layer}))

    def _choose(self, lengths: Lengths) -> None:
        self._change(self._choice._replace(lengths=lengths))

    def _change(self, choice: ArrowChoice) -> None:
        changed = choice != self._choice
        self.set_value(choice)
        if changed:
            self.changed.emit(choice)

    # ------------------------------------------------------------------ input

    def set_look(self, look: Look) -> None:
        """Draw the samples in the colours of a theme; with a larger font, reserve only one line."""
        self.flow.set_lines(1 if look.ui_scale > 1.0 else _LINES)
        if look.theme != self._theme:
            self._theme = look.theme
            self._show_kinds()
        self._make_room(shrink=True)

    def show_surface(self, surface: LossSurface) -> None:
        self._view_range = surface.view_range
        self._show_scale()

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        rule = frame.current.run.optimizer.update_rule if frame.current else None
        uses_some_points = frame.update is not None and highlighted_rows(frame.update) is not None
        searches = frame.current is not None and has_tries(frame.current.run.search)
        if (rule, uses_some_points, searches) != (self._rule, self._uses_some_points, self._searches):
            self._rule, self._uses_some_points, self._searches = rule, uses_some_points, searches
            self._show_kinds()
        self._show_scale()

    # ------------------------------------------------------------------ display

    def _show_choice(self) -> None:
        choice = self._choice
        self.button.setChecked(choice.on)
        self._actions[choice.lengths].setChecked(True)
        self._uphill.setChecked(ArrowKind.UPHILL in choice.kinds)
        for kind, button in self._switches.items():
            button.setChecked(kind in choice.kinds)
        self._switches[ArrowKind.UPHILL].setVisible(self._is_offered(ArrowKind.UPHILL))
        for layer, button in self.layers.items():
            button.setChecked(layer in choice.layers)
        # Showing the widget before it has a parent would open it as a window.
        if not choice.on or self.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide):
            self.setVisible(choice.on)
        self._show_scale()

    def _show_kinds(self) -> None:
        kinds = kinds_of(self._rule) if self._rule else ()
        for kind, button in self._switches.items():
            button.setVisible(self._is_offered(kind))
            if self._rule and kind in kinds:
                name = arrow_name(kind, self._rule)
                button.setIcon(arrow_sample(kind, self._theme, hollow=kind in self._hollow))
                button.setText(name)
                button.setAccessibleName(name)
                set_tip(button, arrow_meaning(kind, self._rule), name)
        for layer, button in self.layers.items():
            offered = self._searches if layer is Layer.TRIES else self._uses_some_points
            button.setVisible(bool(kinds) and offered)
            if offered:
                button.setIcon(layer_sample(layer, self._theme))
                set_tip(button, layer_meaning(layer), layer_name(layer))
        self._lengths.setVisible(bool(kinds))
        self._make_room(shrink=True)

    def _is_offered(self, kind: ArrowKind) -> bool:
        """Return whether a kind has a switch; the uphill gradient has one only while it is shown."""
        if self._rule is None or kind not in kinds_of(self._rule):
            return False
        return kind is not ArrowKind.UPHILL or kind in self._choice.kinds

    def _show_scale(self) -> None:
        drawing: DrawnArrows | None = None
        if self._frame is not None:
            drawing = drawing_of(self._frame, self._choice, self._view_range)
            if self._uses_some_points:
                self._show_layer_scale()
        self._show_samples(drawing)
        words = scale_words(self._choice.lengths, drawing)
        if words != self._lengths.text():
            self._lengths.setText(words)
            self._make_room()
            self._lengths.setAccessibleName(self.tr("Lengths of the arrows: {words}").format(words=words))
            tip = self.tr(
                "How long arrows are drawn; hollow arrows do not have their true length. Click to choose."
            )
            if drawing is not None and drawing.at_rounding:
                tip = self.tr("{tip} Longer arrows would show only rounding.").format(tip=tip)
            set_tip(self._lengths, tip, words)

    def _make_room(self, *, shrink: bool = False) -> None:
        """Fix the size for the widest text so far, so that a new text does not cause a new layout.

        With ``shrink``, fix it for the current text.
        """
        least = QSize() if shrink else self._lengths.minimumSize()
        self._lengths.setFixedSize(self._lengths.sizeHint().expandedTo(least))

    def _show_samples(self, drawing: DrawnArrows | None) -> None:
        """Draw hollow samples for the kinds whose arrows are hollow."""
        arrows = drawing.arrows if drawing else ()
        hollow = frozenset(one.kind for one in arrows if drawing and not drawing.is_true(one))
        for kind in hollow ^ self._hollow:
            self._switches[kind].setIcon(arrow_sample(kind, self._theme, hollow=kind in hollow))
        self._hollow = hollow

    def _show_layer_scale(self) -> None:
        pulls = pulls_of(self._frame, self._choice, self._view_range) if self._frame else None
        for layer, button in self.layers.items():
            name = layer_name(layer, pulls[1] if pulls else None)
            if name != button.text():
                button.setText(name)
                button.setAccessibleName(name)


def _flat_button(name: str, text: str, sentence: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setText(text)
    button.setAccessibleName(sentence)
    set_tip(button, sentence)
    # Focus by Tab only, so that a click leaves the focus where it is.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
