"""The base of the dialogs for pictures and clips: a preview with settings beside it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, QSizeF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gdsim.core.settings import between, whole
from gdsim.gui.accessible import Graphic, read_as
from gdsim.gui.export.cameras import Shot
from gdsim.gui.export.picture_spec import (
    HIGHEST,
    LETTER_SIZES,
    LOWEST,
    NARROWEST,
    SCALES,
    WIDEST,
    PicturePart,
    PictureSpec,
)
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.dialog import ScreenDialog, dialog_buttons, side_column
from gdsim.gui.forms.file_work import reason_of
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout, label_for
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.plain_text import hint_label
from gdsim.gui.style.theme import THEMES

_PREVIEW_DELAY_MS = 120


class ExportDialog(ScreenDialog):
    """A dialog that previews a picture at a scale of 1, and says in ``hint`` what will be saved.

    ``make_shot`` returns the shot of a spec, with a given parent.
    """

    def __init__(
        self,
        make_shot: Callable[[PictureSpec, QObject], Shot],
        spec_form: "SpecForm",
        parent: QWidget | None,
        title: str,
    ) -> None:
        super().__init__(parent, title, once=True)
        self._make_shot = make_shot
        self._shot: Shot | None = None  # while the preview is drawn
        self.spec_form = spec_form
        self.hint = hint_label()
        self.preview = PicturePreview()
        self.save = QPushButton(self.tr("Save…"))
        row = fill_layout(QHBoxLayout(), (self.preview, 1), side_column(self.spec_form, self.hint), gap=16)
        self.last_line = dialog_buttons(self, self.save)
        fill_layout(QVBoxLayout(self.content), (row, 1), gap=12, margins=DIALOG_MARGINS)
        self.set_foot(self.last_line)
        self._delay = QTimer(self, singleShot=True, interval=_PREVIEW_DELAY_MS)
        self._delay.timeout.connect(self.draw_preview)
        self.spec_form.value_changed.connect(self._delay.start)
        self.finished.connect(self._end_shot)

    def spec(self) -> PictureSpec:
        return self.spec_form.value()

    def draw_preview(self) -> None:
        self._end_shot()
        self._shot = self._make_shot(replace(self.spec(), scale=1), self)
        self._shot.delayed.connect(self._on_delayed)
        self._shot.taken.connect(self._show_preview)
        self._shot.failed.connect(self._on_preview_failed)
        self._shot.take()

    @Slot()
    def _on_delayed(self) -> None:
        self.hint.setText(self.tr("The picture is being drawn…"))

    @Slot(QImage)
    def _show_preview(self, image: QImage) -> None:
        self._shot = None
        self.preview.show_image(image)
        self.show_hint()

    @Slot(object)
    def _on_preview_failed(self, fault: Exception) -> None:
        self._shot = None
        self.preview.show_image(QImage())
        self.hint.setText(self.tr("The picture cannot be drawn: {0}.").format(reason_of(fault)))

    def _end_shot(self) -> None:
        if self._shot is not None:
            self._shot.close()
            self._shot = None

    def show_hint(self) -> None:
        raise NotImplementedError


@read_as(Graphic)
class PicturePreview(QWidget):
    """A picture at its own size, or scaled down to the widget if it is larger."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Preview"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(280, 200)
        self.image = QImage()

    def sizeHint(self) -> QSize:
        return QSize(560, 400)

    def picture_in_words(self) -> str:
        if self.image.isNull():  # still being drawn, or failed
            return ""
        size = self.image.size()
        return self.tr("The picture, {0} × {1} pixels large, as it will be saved at a scale of 1.").format(
            size.width(), size.height()
        )

    def show_image(self, image: QImage) -> None:
        self.image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = QSizeF(self.image.size())
        if size.width() > self.width() or size.height() > self.height():
            size.scale(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        corner = QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2)
        place = QRectF(corner, size)
        painter.drawImage(place, self.image)
        painter.setPen(self.palette().mid().color())
        painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))


class SpecForm(QWidget):
    value_changed = Signal()

    def __init__(self, scales: Sequence[int] = SCALES) -> None:
        super().__init__()
        self.part = ComboBox(
            self.tr("What"),
            choices=[
                (self.tr("Surface and contours"), PicturePart.MAPS),
                (self.tr("Error surface"), PicturePart.SURFACE),
                (self.tr("Contours"), PicturePart.CONTOURS),
                (self.tr("Curves"), PicturePart.CURVES),
                (self.tr("Neuron"), PicturePart.NEURON),
                (self.tr("Whole window"), PicturePart.WINDOW),
            ],
        )
        size_help = self.tr("In pixels, at a scale of 1.")
        self.width_field = spec_number_field(self.tr("Width"), size_help, NARROWEST, WIDEST)
        self.height_field = spec_number_field(self.tr("Height"), size_help, LOWEST, HIGHEST)
        self.scale = ComboBox(
            self.tr("Scale"),
            self.tr("How many pixels are drawn for one; everything is redrawn, so nothing is blurred."),
            [(f"{scale}×", scale) for scale in scales],
        )
        names = (self.tr("As in the window"), self.tr("Large, for a slide"), self.tr("Very large"))
        self.letters = ComboBox(self.tr("Text and lines"), choices=zip(names, LETTER_SIZES, strict=True))
        theme_names = {"light": self.tr("Light"), "dark": self.tr("Dark")}
        self.theme = ComboBox(self.tr("Theme"), choices=[(theme_names[name], name) for name in THEMES])
        self.runs = QCheckBox(self.tr("With the runs"))
        self.legend = QCheckBox(self.tr("With the names of the runs and the step"))
        self._rows = QFormLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setVerticalSpacing(6)
        self._rows.setLabelAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.add_rows(self.part, self.width_field, self.height_field, self.scale, self.letters, self.theme)
        self._rows.addRow(self.runs)
        self._rows.addRow(self.legend)
        for combo in (self.part, self.scale, self.letters, self.theme):
            combo.currentIndexChanged.connect(self._on_change)
        for field in (self.width_field, self.height_field):
            field.committed.connect(self._on_change)
        for box in (self.runs, self.legend):
            box.toggled.connect(self._on_change)

    def add_rows(self, *fields: QWidget) -> None:
        for field in fields:
            self._rows.addRow(label_for(field), field)

    def value(self) -> PictureSpec:
        return PictureSpec(
            part=PicturePart(self.part.currentData()),
            width=self.width_field.value(),
            height=self.height_field.value(),
            scale=self.scale.currentData(),
            letters=self.letters.currentData(),
            theme=self.theme.currentData(),
            runs=self.runs.isChecked(),
            legend=self.legend.isChecked(),
        )

    def set_value(self, spec: PictureSpec) -> None:
        self.blockSignals(True)
        for combo, value in (
            (self.part, spec.part),
            (self.scale, spec.scale),
            (self.letters, spec.letters),
            (self.theme, spec.theme),
        ):
            combo.choose(value)
        self.width_field.set_value(spec.width)
        self.height_field.set_value(spec.height)
        self.runs.setChecked(spec.runs)
        self.legend.setChecked(spec.legend)
        self.blockSignals(False)
        self._enable_fields()

    def _on_change(self) -> None:
        self._enable_fields()
        self.value_changed.emit()

    def _enable_fields(self) -> None:
        """Disable the fields that have no effect: the window keeps its own size, theme and runs."""
        is_panes = self.part.currentData() != PicturePart.WINDOW
        for field in (self.width_field, self.height_field, self.letters, self.theme, self.runs):
            field.setEnabled(is_panes)
        self.legend.setEnabled(is_panes and self.runs.isChecked())


def spec_number_field(
    name: str, help_: str, low: float, high: float, kind: type[int | float] = int
) -> NumberField:
    domain = whole(low, high) if kind is int else between(low, high)
    field = NumberField(name, help_, domain, kind(low))
    field.gives_back = False  # after Enter the keyboard focus stays in the dialog
    return field
