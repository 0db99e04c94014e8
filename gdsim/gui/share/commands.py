"""The commands that share a scene as a link, and that open such links."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QMainWindow

from gdsim.core.files.atomic import save_bytes
from gdsim.core.files.link import PICTURE_KEY, has_link, read_link
from gdsim.core.formulas.numerals import with_true_minuses
from gdsim.core.model.experiment import Experiment, Typed
from gdsim.core.settings import shown_name
from gdsim.gui.clipboard import ClipboardContent, copied, copied_image
from gdsim.gui.forms.file_dialog import ask_to_save
from gdsim.gui.forms.file_work import FileWork, reason_of
from gdsim.gui.notices import Notices
from gdsim.gui.paint.drawing import png_bytes
from gdsim.gui.plain_text import as_sentence
from gdsim.gui.preferences import Preferences
from gdsim.gui.share.arrival import ArrivalDialog, LinkDialog
from gdsim.gui.share.picture_reader import scene_of_file, scene_of_picture
from gdsim.gui.share.registration import register_links
from gdsim.gui.share.share_dialog import ShareDialog, SharedLink, shared_link
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue

# Calls a function that replaces the document, once the document is saved or may be discarded.
Leave = Callable[[Callable[[], object]], object]
# Records that the user has seen these formulas.
Remember = Callable[[Iterable[Typed]], object]


class ShareCommands(Notices):
    """Shows the link of the document, and opens received links."""

    def __init__(
        self, window: QMainWindow, session: Session, leave: Leave, remember: Remember, settings: Preferences
    ) -> None:
        super().__init__(window)
        self._window = window
        self._remember = remember
        self._session = session
        self._leave = leave
        self._settings = settings
        self._tasks = TaskQueue(self)  # each link replaces the one before
        self._registering = TaskQueue(self)
        self._work = FileWork(window, self)
        self._asking: LinkDialog | None = None
        self._arrived: ArrivalDialog | None = None

    # ------------------------------------------------------------------------------ sharing

    def share(self) -> None:
        make = partial(shared_link, self._session.experiment)
        self._tasks.replace(make, self._show, lambda fault: self.refused.emit(error_sentence(fault)))

    def _show(self, what: SharedLink) -> None:
        dialog = ShareDialog(what, self._window)
        dialog.picture_requested.connect(partial(self._ask_picture, dialog))
        dialog.open()

    def _ask_picture(self, dialog: ShareDialog, image: QImage) -> None:
        image.setText(PICTURE_KEY, dialog.what.link)
        title = self.tr("Save the QR code")

        def save(path: Path) -> None:
            self._settings.keep("export/folder", str(path.parent))
            self._work.write(title, lambda: save_bytes(png_bytes(image), path), path)

        default = (self._settings.folder("export/folder") or Path()) / "gdsim-qr.png"
        ask_to_save(dialog, title, "PNG (*.png)", default, save)

    def register(self) -> None:
        def failed(fault: Exception) -> None:
            self.refused.emit(str(fault))

        done = self.tr("Links that begin with gdsim: now open in this copy of the program.")
        self._registering.submit(register_links, lambda _: self.told.emit(done, None), failed)

    # ------------------------------------------------------------------------------ opening

    def ask(self) -> None:
        """Ask for a link, proposing one from the clipboard."""
        text = copied().text
        self._asking = dialog = LinkDialog(text if has_link(text) else "", self._window)
        dialog.given.connect(self.open_text)
        dialog.finished.connect(partial(self._forget, dialog))
        dialog.open()

    def paste(self, content: ClipboardContent) -> None:
        """Open the link in the text of the clipboard, or else in its picture."""
        if content.nothing:
            self.refused.emit(content.nothing)
        elif content.has_image and not has_link(content.text):
            image = copied_image()
            self._read(lambda: scene_of_picture(png_bytes(image)), self.tr("The picture on the clipboard"))
        else:
            self.open_text(content.text)

    def open_text(self, text: str) -> None:
        """Show the scene whose link is in a text, and open it if the user agrees."""
        self._read(partial(read_link, text))

    def open_picture(self, path: Path) -> None:
        """Show the scene whose link is in a picture, and open it if the user agrees."""
        self._read(partial(scene_of_file, path), shown_name(path))

    def _read(self, work: Callable[[], Experiment], name: str = "") -> None:
        """Read a scene in a worker thread, and show it; ``name`` is that of the file or picture."""

        def failed(fault: Exception) -> None:
            said = error_sentence(fault, name)
            if self._asking is not None:
                self._asking.say(said)
            else:
                self.refused.emit(said)

        self._tasks.replace(work, self._show_scene, failed)

    def _show_scene(self, scene: Experiment) -> None:
        for before in (self._asking, self._arrived):
            if before is not None:
                before.reject()
        dialog = self._arrived = ArrivalDialog(scene, self._window)
        dialog.agreed.connect(self._open_scene)
        dialog.finished.connect(partial(self._forget, dialog))
        dialog.open()

    def _open_scene(self, scene: Experiment) -> None:
        self._remember(scene.typed)  # the dialog has shown these formulas
        self._leave(lambda: self._session.open(scene))

    def _forget(self, dialog: QDialog, _code: int) -> None:
        if dialog is self._asking:
            self._asking = None
        if dialog is self._arrived:
            self._arrived = None


def error_sentence(fault: Exception, name: str = "") -> str:
    """Return an error as a sentence, after the name of the file or picture, if there is one."""
    text = with_true_minuses(reason_of(fault))
    return f"{name}: {text.rstrip('.')}." if name else as_sentence(text)
