"""The dialog for a clip: what it shows, which steps, how fast, and its file format."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gdsim.core.language.texts import counted
from gdsim.gui.export.cameras import Shot
from gdsim.gui.export.clip import ClipFormat, ClipPlan
from gdsim.gui.export.export_dialog import ExportDialog, SpecForm, spec_number_field
from gdsim.gui.export.mp4 import find_ffmpeg
from gdsim.gui.export.picture_spec import PicturePart, PictureSpec
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.file_work import time_text
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import tr
from gdsim.session.playback import FASTEST, SLOWEST

# Pictures a second. Each picture lasts a whole number of hundredths of a second, as GIF requires.
_RATES = (10, 20, 25, 50)
_SCALES = (1, 2)
_DEFAULT_SECONDS = 10.0


class ClipDialog(ExportDialog):
    """The dialog for a clip, with a preview, the number of pictures and the duration.

    ``length`` is the last step.
    """

    save_requested = Signal(object, object, object)  # PictureSpec, ClipPlan, ClipFormat

    def __init__(
        self,
        spec: PictureSpec,
        file_format: ClipFormat,
        length: int,
        make_shot: Callable[[PictureSpec, QObject], Shot],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(make_shot, SpecForm(_SCALES), parent, tr("Export an animation"))
        self.spec_form.runs.hide()
        self.file_format = ComboBox(
            self.tr("Kind of file"),
            choices=[
                (self.tr("GIF, for everywhere"), ClipFormat.GIF),
                (self.tr("APNG, exact colours"), ClipFormat.APNG),
                (self.tr("WebP, for the web"), ClipFormat.WEBP),
                (self.tr("MP4, for video players"), ClipFormat.MP4),
            ],
        )
        begins = self.tr("Where the clip begins, in steps or epochs as the window counts.")
        ends = self.tr("Where the clip ends, in steps or epochs as the window counts.")
        speed = self.tr("Steps or epochs per second of the clip.")
        self.first = spec_number_field(self.tr("From"), begins, 0, length)
        self.last = spec_number_field(self.tr("To"), ends, 0, length)
        self.speed = spec_number_field(self.tr("Speed"), speed, SLOWEST, FASTEST, float)
        self.rate = ComboBox(self.tr("Pictures per second"), choices=[(str(rate), rate) for rate in _RATES])
        self.spec_form.add_rows(self.first, self.last, self.speed, self.rate, self.file_format)
        self.spec_form.set_value(spec)
        self.file_format.choose(file_format)
        self.last.set_value(length)
        self.speed.set_value(min(FASTEST, max(1.0, length / _DEFAULT_SECONDS)))
        self.rate.choose(_RATES[1])
        self.spec_form.value_changed.connect(self.show_hint)
        for number_field in (self.first, self.last, self.speed):
            number_field.committed.connect(self.show_hint)
        for combo in (self.rate, self.file_format):
            combo.currentIndexChanged.connect(self.show_hint)
        self.save.clicked.connect(
            lambda: self.save_requested.emit(
                self.spec(), self.plan(), ClipFormat(self.file_format.currentData())
            )
        )
        resize_window(self, 940, 560)
        self.draw_preview()

    def spec(self) -> PictureSpec:
        return replace(super().spec(), runs=True)

    def plan(self) -> ClipPlan:
        first, last = sorted((self.first.value(), self.last.value()))
        return ClipPlan(first, last, self.speed.value(), float(self.rate.currentData()))

    def show_hint(self) -> None:
        plan, spec = self.plan(), self.spec()
        is_possible = self.file_format.currentData() != ClipFormat.MP4 or find_ffmpeg() is not None
        self.save.setEnabled(is_possible)
        time = time_text(plan.seconds)
        pictures = counted(plan.count, "{n} picture, {time}", "{n} pictures, {time}", time=time)
        if not is_possible:
            text = self.tr(
                "MP4 needs ffmpeg, which is not installed here; install it or choose another file."
            )
        elif spec.part is PicturePart.WINDOW:
            text = self.tr("The window plays along; {0}").format(pictures)
        else:
            text = self.tr("{0} × {1} pixels; {2}").format(*spec.pixels, pictures)
        self.hint.setText(text)
