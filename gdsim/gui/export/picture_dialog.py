"""A picture is taken: what of, how large, into which kind of file."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gdsim.gui.export.picture import PictureFormat
from gdsim.gui.export.picture_spec import PicturePart, PictureSpec
from gdsim.gui.export.picture_spec_form import ShotForm, choice
from gdsim.gui.export.preview import Preview
from gdsim.gui.export.words import form_name
from gdsim.gui.forms.dialog import buttons, side_column
from gdsim.gui.plain_text import PlainLabel


class PictureDialog(QDialog):
    """Shows a preview; stays open when the picture goes into the clipboard.

    Parameters
    ----------
    spec : PictureSpec
        What was wanted last.
    form : Form
    draw : callable
        Returns the picture of a spec.

    Signals
    -------
    save_requested(PictureSpec, PictureFormat)
    copy_requested(PictureSpec)
    """

    save_requested = Signal(object, object)
    copy_requested = Signal(object)

    def __init__(
        self,
        spec: PictureSpec,
        form: PictureFormat,
        draw: Callable[[PictureSpec], QImage],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Export a picture"))
        self._draw = draw
        self._window_size = (0, 0)
        self.spec_form = ShotForm()
        self.form = choice(self.tr("Kind of file"), [(form_name(one), one) for one in PictureFormat])
        self.size_label = PlainLabel()
        self.size_label.setObjectName("hint")
        self.size_label.setWordWrap(True)
        self.preview = Preview(self._drawn)
        self.copy = QPushButton(self.tr("Copy"))
        self.save = QPushButton(self.tr("Save…"))
        self._arrange()
        self.spec_form.set_value(spec)
        self.form.setCurrentIndex(self.form.findData(form))
        self.spec_form.value_changed.connect(self._on_change)
        self.form.currentIndexChanged.connect(self._on_change)
        self.copy.clicked.connect(lambda: self.copy_requested.emit(self.spec_form.value()))
        self.save.clicked.connect(self._on_save)
        self.resize(940, 520)
        self._show_size()
        self.preview.draw_now()

    def _arrange(self) -> None:
        self.spec_form.add_row(self.tr("file"), self.form)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.preview, 1)
        row.addWidget(side_column(self.spec_form, self.size_label))
        last = buttons(self, self.save)
        self.copy.setAutoDefault(False)
        self.copy.setToolTip(self.tr("Put the picture into the clipboard, as pixels"))
        last.insertWidget(0, self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 14)
        layout.setSpacing(12)
        layout.addLayout(row, 1)
        layout.addLayout(last)

    def _drawn(self) -> QImage:
        spec = self.spec_form.value()
        # At a scale of 1: more pixels would not be seen.
        image = self._draw(PictureSpec(**{**vars(spec), "scale": 1}))
        self._window_size = (image.width(), image.height())
        self._show_size()
        return image

    def _on_change(self) -> None:
        self._show_size()
        self.preview.draw_soon()

    def _show_size(self) -> None:
        spec, form = self.spec_form.value(), PictureFormat(self.form.currentData())
        whole = spec.part is PicturePart.WINDOW
        possible = not whole or form is PictureFormat.PNG
        self.save.setEnabled(possible)
        self.spec_form.scale.setEnabled(form is PictureFormat.PNG)
        width, height = self._window_size if whole else (spec.width, spec.height)
        if not possible:
            text = self.tr("The whole window can be saved as a PNG only.")
        elif form is PictureFormat.PNG:
            text = self.tr("{0} × {1} pixels").format(width * spec.scale, height * spec.scale)
        else:
            text = self.tr("Drawn as lines: it can be shown in any size. The coloured areas are images.")
        self.size_label.setText(text)

    def _on_save(self) -> None:
        self.save_requested.emit(self.spec_form.value(), PictureFormat(self.form.currentData()))
