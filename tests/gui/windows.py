"""Windows for the tests of single widgets."""

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget

from gdsim.gui.forms.bubble import FaultBubble
from gdsim.gui.paint.still_plot import PlotView
from gdsim.gui.paint.wrapped_text import WordsBox
from gdsim.gui.style.shown_theme import remember_theme
from gdsim.gui.style.stylesheet import stylesheet
from gdsim.gui.style.theme import LIGHT


def in_window(qtbot, widget, width=320, height=240, theme=LIGHT):
    """Show a widget in a window with the style sheet and another field, and give the widget the focus."""
    remember_theme(theme)
    window = QWidget()
    window.setStyleSheet(stylesheet(theme))
    other = QLineEdit()
    other.setObjectName("other")
    layout = QVBoxLayout(window)
    layout.addWidget(widget)
    layout.addWidget(other)
    window.resize(width, height)
    expose(qtbot, window)
    widget.keeps_alive = window  # qtbot holds windows by weak references
    focus(qtbot, widget)
    return widget


def show_in(theme, widget):
    """Change the theme, and send a PaletteChange event to a widget and all of its children."""
    remember_theme(theme)
    for receiver in (widget, *widget.findChildren(QWidget)):
        QApplication.sendEvent(receiver, QEvent(QEvent.Type.PaletteChange))


def expose(qtbot, widget):
    """Show a widget, wait until it is exposed, and close it after the test."""
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()


def focus(qtbot, widget):
    """Give a widget the focus, repeatedly, as without a window manager a closing window may take it away."""

    def has_focus():
        widget.window().activateWindow()
        widget.setFocus()
        return widget.hasFocus() or (widget.focusProxy() or widget).hasFocus() or not widget.focusPolicy()

    qtbot.waitUntil(has_focus)


def leave(qtbot, widget):
    """Give the focus to the other field of the window that `in_window` has made."""
    focus(qtbot, widget.window().findChild(QLineEdit, "other"))


def entry(menu, text):
    return next(action for action in menu.actions() if action.text() == text)


def settled(qtbot, exercise):
    """Wait until an exercise has nothing left to compute."""
    qtbot.waitUntil(
        lambda: not exercise.pause_timer.isActive() and not exercise.tasks.is_busy, timeout=20_000
    )


def plot_of(pane):
    """Return the only plot of a pane."""
    (plot,) = pane.findChildren(PlotView)
    return plot


def units_of(pane):
    """Return the pixels per unit of w, and per unit of b, on the map of a pane."""
    box = plot_of(pane).getViewBox()
    (w_low, w_high), (b_low, b_high) = box.viewRange()
    return box.width() / (w_high - w_low), box.height() / (b_high - b_low)


def is_to_scale(pane):
    w, b = units_of(pane)
    return abs(w / b - 1.0) < 1e-6


def item_of(plot, kind):
    """Return the only item of a kind on a plot."""
    (item,) = items_of(plot, kind)
    return item


def items_of(plot, kind):
    """Return the items of a kind on a plot, in the order in which they were added."""
    return [item for item in plot.getViewBox().childGroup.childItems() if type(item) is kind]


def settle(plot):
    """Run the event loop until nothing in a plot changes any more, then paint the plot."""
    changes = [1]
    plot.scene().changed.connect(changes.append)
    while changes:
        changes.clear()
        QApplication.processEvents()
    plot.scene().changed.disconnect(changes.append)
    plot.grab()


def cut_off_texts(widget):
    """Return the texts of visible labels and buttons that do not have the room that they need."""
    for _ in range(10):  # because nested widgets are laid out one level after the other
        QApplication.processEvents()
        texts = [
            child.text()
            for kind in (QLabel, QAbstractButton)
            for child in widget.findChildren(kind)
            if child.isVisible() and child.text() and not _fits(child)
        ]
        if not texts:
            break
    return texts


def _fits(child):
    if getattr(child, "wordWrap", bool)():
        return child.height() >= child.heightForWidth(child.width())
    hint = child.minimumSizeHint()
    return child.width() >= hint.width() and child.height() >= hint.height()


def pixels_of(shown):
    """Return the RGB values of a widget, a pixmap or an image: shape (height, width, 3)."""
    if isinstance(shown, QWidget):
        QApplication.processEvents()
        shown = shown.grab()
    image = (shown if isinstance(shown, QImage) else shown.toImage()).convertToFormat(
        QImage.Format.Format_RGB32
    )
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return pixels[..., 2::-1].astype(int)


def rgb_of(colour):
    return np.array(QColor(colour).getRgb()[:3])


def like(pixels, colour, within=30):
    """Return which pixels have a colour within a tolerance: shape (height, width)."""
    return np.abs(pixels - rgb_of(colour)).max(axis=-1) <= within


def near(shown, colour, within=12):
    """Return how many pixels have a colour within a tolerance."""
    return int(like(pixels_of(shown), colour, within).sum())


def has_near(mask, pixel, within=5):
    """Return whether a mask is true anywhere in a square around a pixel."""
    x, y = np.rint(pixel).astype(int)
    return mask[y - within : y + within + 1, x - within : x + within + 1].any()


def where(plot, x, y):
    """Return the pixel at which a plot shows the point (x, y)."""
    return plot.mapFromScene(plot.getViewBox().mapViewToScene(QPointF(x, y)))


def drag(qtbot, plot, start, end, parts=(0.3, 0.6, 1.0)):
    """Drag the mouse over a plot with the left button, from one pixel to another."""
    viewport, left = plot.viewport(), Qt.MouseButton.LeftButton
    qtbot.mousePress(viewport, left, pos=start)
    for part in parts:
        qtbot.mouseMove(viewport, start + (end - start) * part)
        QApplication.processEvents()
    qtbot.mouseRelease(viewport, left, pos=end)


def double_click(qtbot, widget, place=None):
    """Double-click a widget. `mouseDClick` alone would leave the button pressed, for all windows."""
    place = widget.rect().center() if place is None else place
    qtbot.mouseDClick(widget, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=place)


def wheel(widget, place, notches=1):
    event = QWheelEvent(
        QPointF(place), widget.mapToGlobal(QPointF(place)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def drop_on(widget, mime):
    """Drop something on a widget, as the window system does; return whether it was taken."""
    place, action = QPointF(widget.rect().center()), Qt.DropAction.CopyAction
    given = action, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for event in (QDragEnterEvent(place.toPoint(), *given), QDropEvent(place, *given)):
        QApplication.sendEvent(widget, event)
        if not event.isAccepted():
            return False
    return True


def fault_shown(owner):
    """Return the sentence in the bubble of a widget, or an empty string if there is none."""
    bubbles = owner.window().findChildren(FaultBubble)
    return next((bubble.text() for bubble in bubbles if bubble.owner is owner), "")


def marked(dialog):
    """Return the underlined texts in the lines of a dialog."""
    return [selection.cursor.selectedText() for selection in dialog.lines.extraSelections()]


def paragraphs(pane):
    """Return the text of a pane, with one paragraph in each line."""
    return "\n".join(box.words for box in pane.findChildren(WordsBox) if box.words)


def tab_stops(qtbot, dialog, last):
    """Return the controls of a dialog in Tab order, from the one after ``last`` until the order repeats."""
    last.setFocus()
    qtbot.keyClick(last, Qt.Key.Key_Tab)
    found = []
    while dialog.focusWidget() not in found:
        found.append(dialog.focusWidget())
        qtbot.keyClick(found[-1], Qt.Key.Key_Tab)
    assert dialog.focusWidget() is found[0]
    return found
