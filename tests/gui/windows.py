"""Windows for the tests of single widgets."""

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget

from gdsim.gui.forms.bubble import FaultBubble
from gdsim.gui.paint.still_plot import PlotView
from gdsim.gui.paint.wrapped_text import WordsBox
from gdsim.gui.style.shown_theme import remember_theme
from gdsim.gui.style.stylesheet import stylesheet
from gdsim.gui.style.theme import LIGHT


def in_window(qtbot, widget, width=320, height=240, theme=LIGHT):
    """Show a widget as the window would, with another field below it, and give it the focus."""
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
    """Have a widget that is seen painted in another theme."""
    remember_theme(theme)
    for one in (widget, *widget.findChildren(QWidget)):
        QApplication.sendEvent(one, QEvent(QEvent.Type.PaletteChange))


def expose(qtbot, widget):
    """Show a widget, wait until it is there, and close it after the test."""
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()


def focus(qtbot, widget):
    """Give a widget the focus. Without a window manager, a window that closes may take it along."""

    def has_it():
        widget.window().activateWindow()
        widget.setFocus()
        return widget.hasFocus() or (widget.focusProxy() or widget).hasFocus() or not widget.focusPolicy()

    qtbot.waitUntil(has_it)


def leave(qtbot, widget):
    """Put the focus somewhere else."""
    focus(qtbot, widget.window().findChild(QLineEdit, "other"))


def entry(menu, text):
    return next(action for action in menu.actions() if action.text() == text)


def settled(qtbot, exercise):
    """Wait until an exercise has nothing more to compute."""
    qtbot.waitUntil(lambda: not exercise.calm.isActive() and not exercise.tasks.is_busy, timeout=20_000)


def plot_of(pane):
    """Return the only plot of a pane."""
    (plot,) = pane.findChildren(PlotView)
    return plot


def units_of(pane):
    """Return how many pixels a unit of w has on the map of a pane, and a unit of b."""
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
    """Return the items of a kind on a plot, in the order in which they came there."""
    return [one for one in plot.getViewBox().childGroup.childItems() if type(one) is kind]


def settle(plot):
    """Have a plot laid out and painted, until nothing of it changes any more."""
    changes = [1]
    plot.scene().changed.connect(changes.append)
    while changes:
        changes.clear()
        QApplication.processEvents()
    plot.scene().changed.disconnect(changes.append)
    plot.grab()


def cut_off_texts(widget):
    """Return the texts of visible labels and buttons that have less room than they need."""
    for _ in range(10):  # until all is laid out: widgets within widgets are so one after the other
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
    """Return what a widget, a pixmap or an image shows as red, green and blue: shape (height, width, 3)."""
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
    """Return where pixels have a colour, or nearly: shape (height, width)."""
    return np.abs(pixels - rgb_of(colour)).max(axis=-1) <= within


def near(shown, colour, within=12):
    """Return how many pixels have a colour, but for some rounding."""
    return int(like(pixels_of(shown), colour, within).sum())


def has_near(found, pixel, within=5):
    """Return whether anything was found around a pixel."""
    x, y = np.rint(pixel).astype(int)
    return found[y - within : y + within + 1, x - within : x + within + 1].any()


def where(plot, x, y):
    """Return the pixel of a place on a plot."""
    return plot.mapFromScene(plot.getViewBox().mapViewToScene(QPointF(x, y)))


def drag(qtbot, plot, start, end, parts=(0.3, 0.6, 1.0)):
    """Drag the mouse over a plot with its left button, from one pixel to another."""
    viewport, left = plot.viewport(), Qt.MouseButton.LeftButton
    qtbot.mousePress(viewport, left, pos=start)
    for part in parts:
        qtbot.mouseMove(viewport, start + (end - start) * part)
        QApplication.processEvents()
    qtbot.mouseRelease(viewport, left, pos=end)


def double_click(qtbot, widget, place=None):
    """Click twice in quick succession. Qt's `mouseDClick` leaves the button pressed, for all windows."""
    place = widget.rect().center() if place is None else place
    qtbot.mouseDClick(widget, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=place)


def wheel(widget, place, notches=1):
    event = QWheelEvent(
        QPointF(place), widget.mapToGlobal(QPointF(place)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def fault_shown(owner):
    """Return the sentence that is shown about a widget, or an empty string."""
    bubbles = owner.window().findChildren(FaultBubble)
    return next((bubble.text() for bubble in bubbles if bubble.owner is owner), "")


def marked(dialog):
    """Return what is underlined in the lines of a dialog."""
    return [one.cursor.selectedText() for one in dialog.lines.extraSelections()]


def paragraphs(pane):
    """Return what a pane says, a paragraph in each line."""
    return "\n".join(box.words for box in pane.findChildren(WordsBox) if box.words)


def tab_stops(qtbot, dialog, last):
    """Return the controls of a dialog that Tab reaches, from behind the ``last`` one until it comes round."""
    last.setFocus()
    qtbot.keyClick(last, Qt.Key.Key_Tab)
    found = []
    while dialog.focusWidget() not in found:
        found.append(dialog.focusWidget())
        qtbot.keyClick(found[-1], Qt.Key.Key_Tab)
    assert dialog.focusWidget() is found[0]
    return found
