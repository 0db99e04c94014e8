"""Names of documents, and sentences about files that could not be read or written."""

from pathlib import Path

from gdsim.core.files.checked_json import FileFault
from gdsim.core.formulas.numerals import with_true_minuses
from gdsim.core.language.texts import translated
from gdsim.core.settings import elided, shown_name
from gdsim.gui.forms.file_work import reason_of
from gdsim.gui.translation import tr


def document_name(path: Path | None, title: str) -> str:
    """Return the name of a document: that of its file, or else its title."""
    return shown_name(path) if path else elided(translated(title.strip())) or tr("Untitled")


def not_opened(path: Path, error: Exception) -> str:
    """Return the sentence for a file that could not be read."""
    text = str(error).removeprefix(f"{shown_name(path)}: ")
    if not isinstance(error, FileFault):
        text = tr("cannot be opened: {reason}").format(reason=str(error) or type(error).__name__)
    return f"{shown_name(path)}: {with_true_minuses(text)}".rstrip(".") + "."


def not_saved(path: Path, error: Exception, *, was_saved: bool) -> str:
    """Return the sentence for a file that could not be written.

    With ``was_saved``, the sentence adds that the version saved before is unharmed.
    """
    words = (
        tr("{name} could not be saved: {reason}. What was saved before is unharmed.")
        if was_saved
        else tr("{name} could not be saved: {reason}.")
    )
    return words.format(name=shown_name(path), reason=reason_of(error))
