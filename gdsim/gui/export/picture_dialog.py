"""The dialog for a picture: what it shows, its size, and its file format."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gdsim.gui.export.cameras import Shot
from gdsim.gui.export.export_dialog import ExportDialog, SpecForm
from gdsim.gui.export.picture_spec import PictureFormat, PicturePart, PictureSpec
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.layouts import plain_button
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import tr


class PictureDialog(ExportDialog):
    """The dialog for a picture, which stays open when the picture is copied."""

    save_requested = Signal(object, object)  # PictureSpec, PictureFormat
    copy_requested = Signal(object)  # PictureSpec

    def __init__(
        self,
        spec: PictureSpec,
        file_format: PictureFormat,
        make_shot: Callable[[PictureSpec, QObject], Shot],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(make_shot, SpecForm(), parent, tr("Export a picture"))
        self.file_format = ComboBox(
            self.tr("Kind of file"),
            choices=[
                (self.tr("PNG, pixels"), PictureFormat.PNG),
                (self.tr("SVG, lines and text"), PictureFormat.SVG),
                (self.tr("PDF, lines and text"), PictureFormat.PDF),
            ],
        )
        self.spec_form.add_rows(self.file_format)
        self.copy = plain_button(
            self.tr("Copy"),
            self.tr("Copy the picture to the clipboard, as pixels"),
            lambda: self.copy_requested.emit(self.spec()),
        )
        self.last_line.insertWidget(0, self.copy)
        self.spec_form.set_value(spec)
        self.file_format.choose(file_format)
        self.spec_form.value_changed.connect(self.show_hint)
        self.file_format.currentIndexChanged.connect(self.show_hint)
        self.save.clicked.connect(lambda: self.save_requested.emit(self.spec(), self._format()))
        resize_window(self, 940, 520)
        self.draw_preview()

    def _format(self) -> PictureFormat:
        return PictureFormat(self.file_format.currentData())

    def show_hint(self) -> None:
        spec, is_png = self.spec(), self._format() is PictureFormat.PNG
        is_window = spec.part is PicturePart.WINDOW
        self.save.setEnabled(is_png or not is_window)
        self.spec_form.scale.setEnabled(is_png)
        if is_png:
            size = self.preview.image.size().toTuple() if is_window else (spec.width, spec.height)
            text = self.tr("{0} × {1} pixels").format(*(spec.scale * length for length in size))
        elif is_window:
            text = self.tr("The whole window can be saved as a PNG only.")
        else:
            text = self.tr("Lines and text stay sharp at any size; the coloured areas are images.")
        self.hint.setText(text)
