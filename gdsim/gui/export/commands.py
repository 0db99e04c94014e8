"""The commands that export pictures, clips, records, scripts and pages."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from gdsim.core.analysis.curvature.limit_csv import writing_limits
from gdsim.core.analysis.surface_csv import writing_cut, writing_field
from gdsim.core.files.record_csv import writing_record
from gdsim.core.files.script.writing import write_script
from gdsim.core.files.stems import file_stem
from gdsim.core.language.texts import chosen_language
from gdsim.core.model.edits import usual_cut
from gdsim.core.model.experiment import Experiment
from gdsim.core.page.writing import writing_page
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.curves.cut_plot import CutPlot
from gdsim.gui.export.cameras import FrameCamera, LinesCamera, PanesCamera, Shot
from gdsim.gui.export.clip import ClipFormat, ClipPlan
from gdsim.gui.export.clip_dialog import ClipDialog
from gdsim.gui.export.clip_job import ClipWork
from gdsim.gui.export.offscreen_panes import PictureSubject
from gdsim.gui.export.picture import with_link
from gdsim.gui.export.picture_dialog import PictureDialog
from gdsim.gui.export.picture_spec import PictureFormat, PicturePart, PictureSpec
from gdsim.gui.forms.file_dialog import ask_to_save
from gdsim.gui.forms.file_work import reason_of
from gdsim.gui.notices import Notices
from gdsim.gui.paint.drawing import png_bytes
from gdsim.gui.preferences import Preferences
from gdsim.gui.style.shown_theme import shown_theme
from gdsim.session.frame import Frame
from gdsim.session.session import Session

Work: TypeAlias = Callable[[Path], object]  # writes a file, in a worker thread


class ExportCommands(Notices):
    """Opens the export dialogs, and writes the files.

    ``subject`` returns what pictures of an error surface show; ``window_camera`` returns a camera that takes
    pictures of the whole window at a scale.
    """

    def __init__(
        self,
        window: QWidget,
        session: Session,
        subject: Callable[[LossSurface], PictureSubject],
        window_camera: Callable[[int], FrameCamera],
        settings: Preferences,
    ) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._subject_on, self._window_camera = subject, window_camera
        self._settings = settings
        self.work = ClipWork(window, self)
        session.document.changed.connect(self._on_changed)

    # ---------------------------------------------------------------------------------- pictures

    def picture(self) -> None:
        if not self._can_draw():
            return
        dialog = PictureDialog(
            _spec(self._settings.text("export/picture")),
            self._settings.option(
                "export/picture_form", {one.value: one for one in PictureFormat}, PictureFormat.PNG
            ),
            self.shot,
            self._window,
        )
        dialog.save_requested.connect(partial(self._ask_picture, dialog))
        dialog.copy_requested.connect(self._copy_picture)
        dialog.open()

    def copy(self) -> None:
        """Copy a picture to the clipboard, with the spec that was used last."""
        if self._can_draw():
            self._copy_picture(_spec(self._settings.text("export/picture")))

    def shot(self, spec: PictureSpec, parent: QObject) -> Shot:
        """Return the shot of the current step."""
        frame = self._session.frame()
        return Shot(self._camera(spec, lambda _: frame), frame.cursor, parent)

    def _camera(self, spec: PictureSpec, frame_at: Callable[[int], Frame]) -> FrameCamera:
        if spec.part is PicturePart.WINDOW:
            return self._window_camera(spec.scale)
        return PanesCamera(frame_at, self._subject(), spec)

    def save_picture(self, spec: PictureSpec, file_format: PictureFormat, path: Path) -> None:
        """Draw a picture of the current step, and encode and write it in a worker thread."""
        title = self.tr("Export a picture")
        if file_format is PictureFormat.PNG or spec.part is PicturePart.WINDOW:
            encode = partial(_png_with_link, experiment=self._session.experiment)
            self.work.write_picture(title, self.shot(spec, self), encode, path)
        else:
            camera = LinesCamera(self._session.frame(), self._subject(), spec, file_format)
            self.work.write_picture(title, Shot(camera, 0, self), lambda _: camera.encode(), path)

    @Slot(object)
    def _copy_picture(self, spec: PictureSpec) -> None:
        self._settings.keep("export/picture", spec.to_text())
        shot = self.shot(spec, self)
        shot.delayed.connect(self._on_delayed)
        shot.taken.connect(self._on_copied)
        shot.failed.connect(self._on_copy_failed)
        shot.take()

    @Slot()
    def _on_delayed(self) -> None:
        self.told.emit(self.tr("The picture is being drawn…"), None)

    @Slot(QImage)
    def _on_copied(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        copied = self.tr("Copied a picture of {0} × {1} pixels.").format(image.width(), image.height())
        self.told.emit(copied, None)

    @Slot(object)
    def _on_copy_failed(self, fault: Exception) -> None:
        self.refused.emit(self.tr("The picture cannot be copied: {0}.").format(reason_of(fault)))

    def _ask_picture(self, dialog: PictureDialog, spec: PictureSpec, file_format: PictureFormat) -> None:
        self._settings.keep("export/picture", spec.to_text())
        self._settings.keep("export/picture_form", file_format.value)

        def save(path: Path) -> None:
            dialog.accept()
            self.save_picture(spec, file_format, path)

        self._ask_file(self.tr("Export a picture"), file_format.value, save, dialog)

    # ------------------------------------------------------------------------------------- clips

    def animation(self) -> None:
        if not self._can_draw():
            return
        dialog = ClipDialog(
            _spec(self._settings.text("export/clip")),
            self._settings.option("export/clip_form", {one.value: one for one in ClipFormat}, ClipFormat.GIF),
            self._session.playhead.length,
            self.shot,
            self._window,
        )
        dialog.save_requested.connect(partial(self._ask_clip, dialog))
        dialog.open()

    def _ask_clip(
        self, dialog: ClipDialog, spec: PictureSpec, plan: ClipPlan, file_format: ClipFormat
    ) -> None:
        self._settings.keep("export/clip", spec.to_text())
        self._settings.keep("export/clip_form", file_format.value)

        def save(path: Path) -> None:
            dialog.accept()
            self.save_clip(spec, plan, file_format, path)

        self._ask_file(self.tr("Export an animation"), file_format.value, save, dialog)

    def save_clip(self, spec: PictureSpec, plan: ClipPlan, file_format: ClipFormat, path: Path) -> None:
        camera = self._camera(spec, self._session.frame_at)
        self.work.write_clip(self.tr("Export an animation"), camera, plan, file_format, path)

    @Slot()
    def _on_changed(self) -> None:
        """Cancel a clip, because its next pictures would show another scene."""
        self.work.break_off(self.tr("{name} was not written: the scene has changed in the meantime."))

    # ----------------------------------------------------------------------------------- numbers

    def record(self) -> None:
        """Write every step of every run as a CSV file."""
        title = self.tr("Export the record")
        self._ask_work(title, "csv", lambda: partial(writing_record, experiment=self._session.experiment))

    def limits(self) -> None:
        """Write the learning rate times the curvature at every computed step of every run as a CSV file."""

        def work() -> Work:
            records = [(view.run, view.whole) for view in self._session.frame().views]
            return partial(writing_limits, data=self._session.experiment.training, records=records)

        self._ask_work(self.tr("Export the limits"), "csv", work)

    def cut(self) -> None:
        """Write the loss along the cut of the curves, with the tries of a line search, as a CSV file."""
        if not self._can_draw():
            return
        plot, names = self._updated_cut_plot(), self._subject().surface.plane.names
        cut = plot.cut()
        if cut is None:
            self.refused.emit(self.tr("There is no run to cut the surface at."))
            return
        work = partial(writing_cut, names=names, cut=cut, found=plot.found())
        self._ask_work(self.tr("Export the cut"), "csv", lambda: work)

    def _updated_cut_plot(self) -> CutPlot:
        """Return the plot of the cut, brought up to date because it gets no updates while it is hidden."""
        subject = self._subject()
        plot = subject.curves.cut
        if subject.experiment.drawn.cut is None:
            plot.set_direction(usual_cut(self._session.selected_run))
        plot.show_surface(subject.surface)
        plot.show_frame(self._session.frame())
        return plot

    def field(self) -> None:
        """Write the gradient at points all over the map as a CSV file."""
        if self._can_draw():
            surface = self._subject().surface
            work = partial(writing_field, names=surface.plane.names, surface=surface)
            self._ask_work(self.tr("Export the gradient field"), "csv", lambda: work)

    def script(self) -> None:
        """Write a Python script that prints the same numbers; many points go to files beside it."""
        title = self.tr("Export a Python script")
        self._ask_work(title, "py", lambda: partial(write_script, self._session.experiment))

    def page(self) -> None:
        """Write all runs, with their steps worked out, as one HTML file."""

        def work() -> Work:
            experiment, selected = self._session.experiment, self._session.selected
            return partial(writing_page, experiment=experiment, selected=selected, language=chosen_language())

        self._ask_work(self.tr("Export a page"), "html", work)

    # ------------------------------------------------------------------------------------- asking

    def _can_draw(self) -> bool:
        if self._session.surface is None:
            self.refused.emit(self.tr("The error surface is still being computed; try again in a moment."))
        return self._session.surface is not None

    def _subject(self) -> PictureSubject:
        surface = self._session.surface
        assert surface is not None  # noqa: S101 - checked by `_can_draw`
        return self._subject_on(surface)

    def _ask_file(
        self, title: str, ending: str, write: Callable[[Path], object], over: QWidget | None = None
    ) -> None:
        """Ask for a file, in a dialog over ``over`` or the window, and write it."""

        def take(path: Path) -> None:
            self._settings.keep("export/folder", str(path.parent))
            write(path)

        document = self._session.document
        stem = document.file.path.stem if document.file else file_stem(document.experiment.title, "gdsim")
        default = (self._settings.folder("export/folder") or Path()) / f"{stem}.{ending}"
        ask_to_save(over or self._window, title, f"{ending.upper()} (*.{ending})", default, take)

    def _ask_work(self, title: str, ending: str, work: Callable[[], Work]) -> None:
        """Ask for a file and write it; ``work`` is called once the file is chosen."""
        self._ask_file(title, ending, lambda path: self.work.write(title, partial(work(), path), path))


def _spec(kept: str) -> PictureSpec:
    """Return the spec that was used last, or the default spec in the window's theme."""
    return PictureSpec.from_text(kept) if kept else PictureSpec(theme=shown_theme().name)


def _png_with_link(image: QImage, experiment: Experiment) -> bytes:
    return png_bytes(with_link(image, experiment))
