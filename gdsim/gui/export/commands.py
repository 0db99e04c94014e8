"""The commands that take pictures, clips and numbers away."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from gdsim.gui.export.clip_dialog import ClipDialog
from gdsim.gui.export.clip_forms import ClipForm
from gdsim.gui.export.clip_plan import ClipPlan
from gdsim.gui.export.frame_source import Camera, PanesCamera, Showing, WindowCamera
from gdsim.gui.export.long_work import LongWork
from gdsim.gui.export.offscreen_panes import Subject
from gdsim.gui.export.picture import PictureFormat, picture_bytes, png_bytes, spec_image
from gdsim.gui.export.picture_dialog import PictureDialog
from gdsim.gui.export.picture_spec import PicturePart, PictureSpec
from gdsim.gui.export.words import unwritten_text
from gdsim.gui.preferences import Preferences
from gdsim.session.session import Session

if TYPE_CHECKING:
    from gdsim.gui.window.workspace import Workspace


class ExportCommands(QObject):
    """Opens the dialogs, and writes what they ask for.

    Parameters
    ----------
    window : QWidget
    showing : Showing
        The same window, as one that can be told what to show.
    cards : "Workspace"
    session : Session
    settings : Preferences
        Where the choices are remembered; None remembers nothing.

    Signals
    -------
    refused(str)
        Why something was not done, as a sentence.
    """

    refused = Signal(str)

    def __init__(
        self,
        window: QWidget,
        showing: Showing,
        cards: "Workspace",
        session: Session,
        settings: Preferences,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._showing = showing
        self._cards = cards
        self._session = session
        self._settings = settings
        self._theme = "light"
        self.work = LongWork(window)
        self.work.failed.connect(self.refused)

    def set_theme(self, name: str) -> None:
        """Take pictures in the window's theme, until another one is chosen."""
        self._theme = name

    def close(self) -> None:
        """Stop all work."""
        self.work.close()

    # ---------------------------------------------------------------------------------- pictures

    def picture(self) -> None:
        """Ask what a picture is taken of."""
        if not self._can_draw():
            return
        dialog = PictureDialog(
            self._spec("picture"),
            self._settings.option(
                "export/picture_form", {form.value: form for form in PictureFormat}, PictureFormat.PNG
            ),
            self.image_of,
            self._window,
        )
        dialog.save_requested.connect(partial(self._ask_picture, dialog))
        dialog.copy_requested.connect(self._copy_picture_of)
        dialog.open()

    def copy(self) -> None:
        """Put the picture that was wanted last into the clipboard."""
        if self._can_draw():
            self._copy_picture_of(self._spec("picture"))

    def image_of(self, spec: PictureSpec) -> QImage:
        """Return a picture of this moment."""
        if spec.part is not PicturePart.WINDOW:
            return spec_image(self._subject(), self._session.frame(), spec)
        return WindowCamera(self._window, self._showing, self._session, spec.scale).take_now()

    def save_picture(self, spec: PictureSpec, form: PictureFormat, path: Path) -> None:
        """Draw a picture of this moment, and write it beside the window: to pack pixels takes a second."""
        try:
            if form is PictureFormat.PNG or spec.part is PicturePart.WINDOW:
                encode = partial(png_bytes, self.image_of(spec))
            else:
                data = picture_bytes(self._subject(), self._session.frame(), spec, form)
                encode = partial(bytes, data)
        except MemoryError as fault:
            self.refused.emit(unwritten_text(path.name, fault))
            return
        self.work.picture(self.tr("Export a picture"), encode, path)

    @Slot(object)
    def _copy_picture_of(self, spec: PictureSpec) -> None:
        self._keep("picture", spec.to_text())
        QGuiApplication.clipboard().setImage(self.image_of(spec))

    def _ask_picture(self, dialog: PictureDialog, spec: PictureSpec, form: PictureFormat) -> None:
        self._keep("picture", spec.to_text())
        self._keep("picture_form", form.value)
        path = self._ask_file(self.tr("Export a picture"), form.value)
        if path:
            dialog.accept()
            self.save_picture(spec, form, path)

    # ------------------------------------------------------------------------------------- clips

    def animation(self) -> None:
        """Ask what a clip shows."""
        if not self._can_draw():
            return
        dialog = ClipDialog(
            self._spec("clip"),
            self._settings.option("export/clip_form", {form.value: form for form in ClipForm}, ClipForm.GIF),
            self._session.playhead.length,
            self.image_of,
            self._window,
        )
        dialog.save_requested.connect(partial(self._ask_clip, dialog))
        dialog.open()

    def _ask_clip(self, dialog: ClipDialog, spec: PictureSpec, plan: ClipPlan, form: ClipForm) -> None:
        self._keep("clip", spec.to_text())
        self._keep("clip_form", form.value)
        path = self._ask_file(self.tr("Export an animation"), form.value)
        if path:
            dialog.accept()
            self.save_clip(spec, plan, form, path)

    def save_clip(self, spec: PictureSpec, plan: ClipPlan, form: ClipForm, path: Path) -> None:
        """Write a clip, while a dialog shows how far it is."""
        if spec.part is PicturePart.WINDOW:
            camera: Camera = WindowCamera(self._window, self._showing, self._session, spec.scale)
        else:
            camera = PanesCamera(self._session, self._subject(), spec)
        self.work.clip(self.tr("Export an animation"), camera, plan, form, path)

    # ----------------------------------------------------------------------------------- numbers

    def record(self) -> None:
        """Ask for a file, and write every step of every run into it."""
        path = self._ask_file(self.tr("Export the record"), "csv")
        if path:
            self.save_record(path)

    def save_record(self, path: Path) -> None:
        """Write every step of every run, while a dialog shows how far it is."""
        self.work.record(self.tr("Export the record"), self._session.experiment, path)

    def script(self) -> None:
        """Ask for a file, and write a NumPy script that prints the same numbers."""
        path = self._ask_file(self.tr("Export a NumPy script"), "py")
        if path:
            self.save_script(path)

    def save_script(self, path: Path) -> None:
        """Write a NumPy script that prints the same numbers."""
        self.work.script(self.tr("Export a NumPy script"), self._session.experiment, path)

    # ------------------------------------------------------------------------------------- asking

    def _can_draw(self) -> bool:
        if self._session.surface is None:
            self.refused.emit(self.tr("The error surface is still being computed; try again in a moment."))
        return self._session.surface is not None

    def _subject(self) -> Subject:
        surface = self._session.surface
        assert surface is not None  # noqa: S101 - asked before
        cards = self._cards
        return Subject(self._session.experiment, surface, cards.legend.value(), cards.surface, cards.curves)

    def _ask_file(self, title: str, ending: str) -> Path | None:
        """Ask for a file to write; its name gets the ending that it has to have."""
        usual = str((self._settings.folder("export/folder") or Path()) / f"gdsim.{ending}")
        kinds = f"{ending.upper()} (*.{ending})"
        name, _ = QFileDialog.getSaveFileName(self._window, title, usual, kinds)
        if not name:
            return None
        path = Path(name)
        if path.suffix.lower() != f".{ending}":
            path = path.with_name(f"{path.name}.{ending}")
            if path.exists():  # nobody was asked whether this one may go
                self.refused.emit(
                    self.tr("{name} is there already; choose it, or another name.").format(name=path.name)
                )
                return None
        self._keep("folder", str(path.parent))
        return path

    def _spec(self, name: str) -> PictureSpec:
        """Return the spec that was wanted last, or a usual one in the window's theme."""
        kept = self._settings.text(f"export/{name}")
        return PictureSpec.from_text(kept) if kept else PictureSpec(theme=self._theme)

    def _keep(self, name: str, text: str) -> None:
        self._settings.keep(f"export/{name}", text)
