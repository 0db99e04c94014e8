"""Restarting the program in another process, with the document of this one."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.scene import load_scene
from gdsim.core.process import own_command
from gdsim.session.document import Document


class FreshStart(QObject):
    """Closes the window on request without a question, and starts the program again at the end."""

    def __init__(self, document: Document, close: Callable[[], object]) -> None:
        super().__init__()
        self._document = document
        self._close = close
        self._arguments: list[str] | None = None

    @Slot()
    def ask(self) -> None:
        """Close the window once the current event is handled."""
        self._arguments = arguments_for(self._document)
        QTimer.singleShot(0, self._close)

    def carry_out(self) -> bool:
        """Start the new process if it was requested; return whether it was."""
        if self._arguments is None:
            return False
        from PySide6.QtCore import QProcess  # noqa: PLC0415 - nearly all windows end without it

        program, *before = own_command()
        QProcess.startDetached(program, [*before, *self._arguments])
        return True


def arguments_for(document: Document) -> list[str]:
    """Return the arguments with which the program opens a document as it is now."""
    if document.is_modified:
        return ["--restore"]
    if document.file:
        return ["--open", str(document.file.path)]
    scene = document.experiment
    for name, path in bundled_scenes().items():
        if load_scene(path) == scene:
            return [name]
    from gdsim.core.files.link import link_of  # noqa: PLC0415 - after an error only

    try:  # the scene came from a link or a lesson
        return ["--open", link_of(scene)]
    except FileFault:  # the scene is too large for a link
        return []
