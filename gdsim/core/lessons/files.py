"""Lesson files: the bundled ones, and reading and checking any of them."""

from dataclasses import replace
from pathlib import Path

from gdsim.core.files.checked_json import FileFault, JsonNode, parse_json, read_text
from gdsim.core.language.texts import kept_by_language, said, translated
from gdsim.core.lessons.caption import CaptionFault, numbers_in_caption
from gdsim.core.lessons.lesson import Lesson, Stop
from gdsim.core.lessons.quantities import Measurements
from gdsim.core.lessons.stop_reader import StopReader, read_title
from gdsim.core.lessons.stop_scene import Scenes
from gdsim.core.resources import resource
from gdsim.core.settings import as_in_file, shown_name

# In the order of a course.
BUNDLED_LESSONS = ("lecture", "why-settings", "landscapes", "first-sheet")
LESSON_VERSION = 1
_MOST_STOPS = 500


class LessonFault(FileFault):
    """A faulty lesson file; the message is the first fault and the number of further ones.

    Each fault names the file, the stop and the key. Stops and items of lists are counted from 1.
    """

    def __init__(self, faults: tuple[str, ...]) -> None:
        more = len(faults) - 1
        super().__init__(faults[0] + (" " + said("(and {more} more)", more=more) if more else ""))
        self.faults = faults


class SceneGiven(FileFault):
    """A scene file where a lesson was expected."""


def bundled_lessons() -> dict[str, Path]:
    """Return the paths of the bundled lessons by name."""
    return {name: resource("lessons", f"{name}.json") for name in BUNDLED_LESSONS}


def load_lesson(name: str) -> Lesson:
    """Read a bundled lesson, or a lesson file; raises `LessonFault`, or `SceneGiven` if it is a scene."""
    return _bundled_lesson(name) if name in BUNDLED_LESSONS else _LessonReading(name).lesson()


@kept_by_language
def _bundled_lesson(name: str) -> Lesson:
    return _LessonReading(name).lesson()


def check_lesson(name: str) -> Lesson:
    """Read a lesson and compute all numbers in its captions; raises `LessonFault` with all faults."""
    reading = _LessonReading(name)
    reading.compute_numbers()
    return reading.lesson()


def caption_numbers(stop: Stop) -> dict[str, tuple[str, ...]]:
    """Return the numbers in the captions of a stop, as they are written, by the key of the caption.

    Raises `CaptionFault`, which begins with the key, if a number cannot be computed.
    """
    numbers, faults = _computed(stop)
    if faults:
        raise CaptionFault(faults[0])
    return numbers


def _computed(stop: Stop) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Return the numbers in the captions of a stop, and the faults of captions that cannot be computed."""
    measurements = Measurements(
        stop.experiment, stop.place.last, by_epoch=stop.place.by_epoch, selected=stop.selected
    )
    numbers, faults = {}, []
    for key, caption in stop.captions.items():
        try:
            numbers[key] = numbers_in_caption(caption, measurements.value)
        except CaptionFault as fault:
            faults.append(f"{key} {fault}")
    return numbers, faults


def _check_version(root: JsonNode) -> None:
    """Raise unless this is a lesson of our version; comes first, because other versions have other keys."""
    if "gdsim" in root.value and "gdsim-lesson" not in root.value:
        raise SceneGiven("is a scene, not a lesson; File > Open opens it")
    root.member("gdsim-lesson").check_version(LESSON_VERSION)


class _LessonReading:
    """A lesson file as far as it can be read, and its faults."""

    def __init__(self, name: str) -> None:
        self._path = bundled_lessons().get(name, Path(name))
        self._is_bundled = name in BUNDLED_LESSONS
        self._name = name
        self._title = self._about = self._source_title = ""
        self._stops: list[Stop | None] = []
        self._faults: list[tuple[int, str]] = []  # the number of a stop, 0 for the lesson, and the message
        self._is_scene = False
        try:
            folder = None if self._is_bundled else self._path.parent
            self._read(parse_json(read_text(self._path, "lesson")), Scenes(folder))
        except FileFault as fault:
            self._faults.append((0, str(fault)))
            self._is_scene = isinstance(fault, SceneGiven)

    def _read(self, root: JsonNode, scenes: Scenes) -> None:
        if not isinstance(root.value, dict):
            raise FileFault("a lesson must be an object, not {value}", value=as_in_file(root.value))
        root = JsonNode(root.value, "", first=1)
        _check_version(root)
        members = root.keys("gdsim-lesson", "title", "about", "stops", needed=["title", "stops"])
        try:
            self._source_title = read_title(members["title"])
            self._title = translated(self._source_title)
            self._about = translated(members.read("about", JsonNode.text, usual=""))
        except FileFault as fault:
            self._faults.append((0, str(fault)))
        nodes = list(members["stops"].items())
        if not 1 <= len(nodes) <= _MOST_STOPS:
            raise members["stops"].fault(
                "must be from 1 to {most_stops} stops, not {nodes}", most_stops=_MOST_STOPS, nodes=len(nodes)
            )
        for number, node in enumerate(nodes, start=1):
            reader = StopReader(JsonNode(node.value, said("stop {number}:", number=number), first=1), scenes)
            self._stops.append(reader.stop())
            self._faults += [(number, str(fault)) for fault in reader.faults]

    def compute_numbers(self) -> None:
        """Compute the numbers of all captions, and add those that cannot be computed to the faults."""
        for number, stop in enumerate(self._stops, start=1):
            faults = _computed(stop)[1] if stop is not None else []
            self._faults += [
                (number, said("stop {number}: {fault}", number=number, fault=fault)) for fault in faults
            ]

    def lesson(self) -> Lesson:
        if self._faults:
            ordered = sorted(self._faults, key=lambda fault: fault[0])
            faults = tuple(f"{shown_name(self._path)}: {words}" for _, words in ordered)
            raise SceneGiven(faults[0]) if self._is_scene else LessonFault(faults)
        stops = [stop for stop in self._stops if stop is not None]
        key = self._name if self._is_bundled else str(self._path.absolute())
        return Lesson(key, self._title, self._about, _in_chapters(stops), self._source_title)


def _in_chapters(stops: list[Stop]) -> tuple[Stop, ...]:
    """Return the stops; one without a chapter belongs to the chapter of the stop before it."""
    chapter, placed = "", []
    for stop in stops:
        chapter = stop.chapter or chapter
        placed.append(replace(stop, chapter=chapter))
    return tuple(placed)
