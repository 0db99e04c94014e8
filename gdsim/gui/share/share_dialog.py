"""The dialog that shows a scene as a link, a bare code and a QR code."""

from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QMouseEvent, QTextOption
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from gdsim.core.arrays import Flags
from gdsim.core.files.link import bare_code, link_of
from gdsim.core.formulas import numerals
from gdsim.core.model.experiment import Experiment
from gdsim.gui.forms.dialog import ScreenDialog, heading
from gdsim.gui.forms.flow import Flow
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout, plain_button
from gdsim.gui.plain_text import PlainLabel, text_label
from gdsim.gui.share.qr import QrView, qr_image, qr_modules
from gdsim.gui.style.text_size import FontScaler, resize_window
from gdsim.gui.translation import tr


class SharedLink(NamedTuple):
    """The link of a scene, and its QR code, or None if the link is too long for one."""

    link: str
    modules: Flags | None

    @property
    def code(self) -> str:
        return bare_code(self.link)


def shared_link(experiment: Experiment) -> SharedLink:
    """Return the link of a scene and its QR code. Raises `FileFault` if the scene is too large."""
    link = link_of(experiment)
    return SharedLink(link, qr_modules(link))


class ShareDialog(ScreenDialog):
    """A dialog with the link, the code and the QR code of a scene; it is deleted when it is closed."""

    picture_requested = Signal(object)  # QImage: the QR code is to be saved

    def __init__(self, what: SharedLink, parent: QWidget | None = None) -> None:
        super().__init__(parent, tr("Share"), once=True)
        self.what = what
        self.done_words = PlainLabel(name="hint")
        self.link_text = _LinkField(self.tr("Link"), what.link)
        self.code_text = _LinkField(self.tr("Code"), what.code)
        self.copy_link = plain_button(
            self.tr("Copy link"),
            self.tr("A click on the link opens the scene where gdsim is installed."),
            self._copy_link,
        )
        self.copy_code = plain_button(
            self.tr("Copy code"),
            self.tr("The link without its beginning, for a program that does not accept such links."),
            self._copy_code,
        )
        self.copy_qr = plain_button(
            self.tr("Copy QR code"), self.tr("Copy the QR code as a picture, for a slide."), self._copy_qr
        )
        self.save_qr = plain_button(
            self.tr("Save QR code…"),
            self.tr("Save the QR code as a PNG, which opens as a scene too."),
            lambda: self.picture_requested.emit(self.picture()),
        )
        self.show_large = plain_button(
            self.tr("Full screen"),
            self.tr("Show the QR code alone, for a projector; any key ends it."),
            self._show_large,
        )
        self.large: LargeQr | None = None
        self._arrange()
        resize_window(self, 860, 460)

    def _arrange(self) -> None:
        hint = text_label(
            self.tr(
                "Send the link or the code by mail or chat, or show the QR code. The whole scene is in it: "
                "nothing is uploaded, and it opens without a network."
            )
        )
        words = fill_layout(QVBoxLayout(), hint, gap=6)
        count = self.tr("Link, {n} characters").format(n=numerals.integer_text(len(self.what.link)))
        for title, text, button in (
            (count, self.link_text, self.copy_link),
            (self.tr("Code"), self.code_text, self.copy_code),
        ):
            words.addSpacing(6)
            words.addWidget(heading(title))
            words.addWidget(text, 1)
            words.addLayout(fill_layout(QHBoxLayout(), button, None))
        row = fill_layout(QHBoxLayout(), (words, 1), (self._qr_side(), 1), gap=18)
        fill_layout(QVBoxLayout(self.content), (row, 1), gap=10, margins=DIALOG_MARGINS)
        close = plain_button(self.tr("Close"), act=self.accept)
        self.set_foot(fill_layout(QHBoxLayout(), (self.done_words, 1), close))
        self.copy_link.setFocus()

    def _qr_side(self) -> QVBoxLayout:
        modules = self.what.modules
        if modules is None:
            too_long = self.tr(
                "The link has {n} characters, too many for a QR code. Send the link or the file, or use "
                "fewer points."
            )
            shown: QWidget = text_label(too_long.format(n=numerals.integer_text(len(self.what.link))))
        else:
            shown = QrView(modules)
        tools = Flow(gap=8)
        for button in (self.copy_qr, self.save_qr, self.show_large):
            button.setVisible(modules is not None)
            tools.addWidget(button)
        return fill_layout(QVBoxLayout(), (shown, 1), fill_layout(QHBoxLayout(), None, tools, None))

    def picture(self) -> QImage:
        assert self.what.modules is not None  # noqa: S101 - otherwise the buttons are hidden
        return qr_image(self.what.modules)

    def _copy_link(self) -> None:
        QGuiApplication.clipboard().setText(self.what.link)
        self.done_words.setText(
            self.tr("Copied the link, {n} characters.").format(n=numerals.integer_text(len(self.what.link)))
        )

    def _copy_code(self) -> None:
        QGuiApplication.clipboard().setText(self.what.code)
        self.done_words.setText(
            self.tr("Copied the code, {n} characters.").format(n=numerals.integer_text(len(self.what.code)))
        )

    def _copy_qr(self) -> None:
        image = self.picture()
        QGuiApplication.clipboard().setImage(image)
        words = self.tr("Copied the QR code as a picture of {n} by {n} pixels.")
        self.done_words.setText(words.format(n=image.width()))

    def _show_large(self) -> None:
        if self.what.modules is not None:
            self.large = LargeQr(self.what.modules, self)
            self.large.showFullScreen()


class LargeQr(QDialog):
    """A QR code on the full screen, until a key or a mouse button is pressed."""

    def __init__(self, modules: Flags, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("QR code"))
        layout = QVBoxLayout(self)
        layout.addWidget(QrView(modules))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.close()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.close()


class _LinkField(QPlainTextEdit):
    """A read-only field for one long word, which wraps anywhere."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.setObjectName("framed")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setAccessibleName(name)
        FontScaler(self, QWidget.setMinimumSize, QSize(240, 52))

    def sizeHint(self) -> QSize:
        return QSize(320, 72)
