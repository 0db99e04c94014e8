"""Lesson files: where they are, and reading one with every number of its captions tried."""

from pathlib import Path

from gdsim.core.files.checked_json import FileFault, parse, read_text
from gdsim.core.lessons.caption import CaptionFault, numbers_of
from gdsim.core.lessons.lesson import Lesson, Stop
from gdsim.core.lessons.quantities import Measurements
from gdsim.core.lessons.reader import read_lesson
from gdsim.core.resources import resource
from gdsim.core.settings import printable

# Explicit, as the catalog of scenes is.
BUNDLED = ("lecture",)


def bundled_lessons() -> dict[str, Path]:
    """Return the lessons that come with gdsim, by name."""
    return {name: resource("lessons", f"{name}.json") for name in BUNDLED}


def load_lesson(name: str) -> Lesson:
    """Read a bundled lesson, or a lesson file.

    Raises
    ------
    FileFault
        With one line that names the file, the stop, the key and what is wrong.
    """
    path = bundled_lessons().get(name, Path(name))
    key = name if name in BUNDLED else str(path.absolute())
    name_shown = printable(path.name or str(path))
    if not _is_there(path):
        raise FileFault(f"{name_shown}: no such lesson or file")
    try:
        return read_lesson(parse(read_text(path)), key, None if name in BUNDLED else path.parent)
    except FileFault as fault:
        raise FileFault(f"{name_shown}: {fault}") from None


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # too long for a name, or in a folder that may not be read
        return False


def check_lesson(name: str) -> Lesson:
    """Read a lesson and compute every number of its captions.

    Raises
    ------
    FileFault
        With one line that names the file, the stop, the key and what is wrong.
    """
    lesson = load_lesson(name)
    for index, stop in enumerate(lesson.stops):
        try:
            caption_numbers(stop)
        except CaptionFault as fault:
            raise FileFault(f"{printable(Path(name).name)}: stops[{index}].{fault}") from None
    return lesson


def caption_numbers(stop: Stop) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the numbers of a stop's caption and of what to look at, as they are written.

    Raises
    ------
    CaptionFault
        If one cannot be computed; it begins with the key.
    """
    measurements = Measurements(stop.experiment, stop.place.last, by_epoch=stop.place.by_epoch)
    found = []
    for key, caption in (("caption", stop.caption), ("look", stop.look)):
        try:
            found.append(numbers_of(caption, measurements.value))
        except CaptionFault as fault:
            raise CaptionFault(f"{key}: {fault}") from None
    return found[0], found[1]
