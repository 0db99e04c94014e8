"""A clip is made: what of, which steps, how fast, into which kind of file."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gdsim.gui.export.clip_forms import ClipForm
from gdsim.gui.export.clip_plan import ClipPlan
from gdsim.gui.export.mp4 import find_ffmpeg
from gdsim.gui.export.picture_spec import PicturePart, PictureSpec
from gdsim.gui.export.picture_spec_form import ShotForm, choice, number
from gdsim.gui.export.preview import Preview
from gdsim.gui.export.words import clip_name, no_ffmpeg_text, time_text
from gdsim.gui.forms.dialog import buttons, side_column
from gdsim.gui.plain_text import PlainLabel
from gdsim.session.playback import FASTEST, SLOWEST

# Pictures a second. Each is a whole number of hundredths of a second, as a GIF wants it.
_RATES = (10, 20, 25, 50)
_SCALES = (1, 2)
# A clip takes about so long, unless somebody wants it otherwise.
_USUAL_SECONDS = 10.0


class ClipDialog(QDialog):
    """Shows the last picture of the clip, how many there are, and how long it is.

    Parameters
    ----------
    spec : PictureSpec
        What was wanted last.
    form : ClipForm
    length : int
        The last step there is.
    draw : callable
        Returns the picture of a spec.

    Signals
    -------
    save_requested(PictureSpec, ClipPlan, ClipForm)
    """

    save_requested = Signal(object, object, object)

    def __init__(
        self,
        spec: PictureSpec,
        form: ClipForm,
        length: int,
        draw: Callable[[PictureSpec], QImage],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Export an animation"))
        self.spec_form = ShotForm(_SCALES)
        self.spec_form.runs.hide()
        self.form = choice(self.tr("Kind of file"), [(clip_name(one), one) for one in ClipForm])
        self.first = number(
            self.tr("from"),
            self.tr("Where the clip begins, in steps or epochs as the window counts."),
            0,
            length,
        )
        self.last = number(
            self.tr("to"), self.tr("Where the clip ends, in steps or epochs as the window counts."), 0, length
        )
        self.speed = number(
            self.tr("speed"), self.tr("Steps or epochs in a second of the clip."), SLOWEST, FASTEST, float
        )
        self.rate = choice(self.tr("Pictures a second"), [(str(rate), rate) for rate in _RATES])
        self.words = PlainLabel()
        self.words.setObjectName("hint")
        self.words.setWordWrap(True)
        self.preview = Preview(lambda: draw(self.spec()))
        self.save = QPushButton(self.tr("Save…"))
        self._arrange()
        self.spec_form.set_value(spec)
        self.form.setCurrentIndex(self.form.findData(form))
        self.last.set_value(length)
        self.speed.set_value(min(FASTEST, max(1.0, length / _USUAL_SECONDS)))
        self.rate.setCurrentIndex(self.rate.findData(_RATES[1]))
        self._connect()
        self.resize(940, 560)
        self._show_words()
        self.preview.draw_now()

    def _arrange(self) -> None:
        for name, field in (
            (self.tr("from"), self.first),
            (self.tr("to"), self.last),
            (self.tr("speed"), self.speed),
            (self.tr("pictures a second"), self.rate),
            (self.tr("file"), self.form),
        ):
            self.spec_form.add_row(name, field)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.preview, 1)
        row.addWidget(side_column(self.spec_form, self.words))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 14)
        layout.setSpacing(12)
        layout.addLayout(row, 1)
        layout.addLayout(buttons(self, self.save))

    def _connect(self) -> None:
        self.spec_form.value_changed.connect(self._on_shot)
        for field in (self.first, self.last, self.speed):
            field.committed.connect(self._show_words)
        for combo in (self.rate, self.form):
            combo.currentIndexChanged.connect(self._show_words)
        self.save.clicked.connect(
            lambda: self.save_requested.emit(self.spec(), self.plan(), ClipForm(self.form.currentData()))
        )

    def spec(self) -> PictureSpec:
        """Return what every picture is."""
        return PictureSpec(**{**vars(self.spec_form.value()), "runs": True})

    def plan(self) -> ClipPlan:
        """Return which pictures there are."""
        first, last = sorted((self.first.value(), self.last.value()))
        return ClipPlan(first, last, self.speed.value(), float(self.rate.currentData()))

    def _on_shot(self) -> None:
        self._show_words()
        self.preview.draw_soon()

    def _show_words(self) -> None:
        plan, spec = self.plan(), self.spec()
        missing = self.form.currentData() == ClipForm.MP4 and find_ffmpeg() is None
        self.save.setEnabled(not missing)
        if missing:
            self.words.setText(no_ffmpeg_text())
            return
        words = self.tr("{0:,} pictures, {1}").format(plan.count, time_text(plan.seconds))
        if spec.part is not PicturePart.WINDOW:
            words = self.tr("{0} × {1} pixels; {2}").format(*spec.pixels, words)
        else:
            words = self.tr("The window plays along; {0}").format(words)
        self.words.setText(words)
