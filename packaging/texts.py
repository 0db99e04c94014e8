"""Collection of every text that needs a translation, from the code and from the program's data files."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from gdsim.core.analysis.diagnosis.evidence import FindingKind
from gdsim.core.files.scene import load_scene
from gdsim.core.language.key_names import KEYS, KEYS_CONTEXT
from gdsim.core.language.pages import paragraphs
from gdsim.core.language.po import PoEntry
from gdsim.core.language.translations import CATALOGUE_PARTS
from gdsim.core.lessons.files import load_lesson
from gdsim.core.lessons.task import TASKS
from gdsim.core.model.batching import BATCHINGS
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.gallery import GALLERY
from gdsim.core.model.generators import DRAW, GENERATORS
from gdsim.core.model.objective import ACTIVATIONS, LOSSES
from gdsim.core.model.run import NAME_OF_RUN
from gdsim.core.page.words import sentences_of_frame, sentences_of_program
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.libraries.arguments import Argument, ListArgument, MapArgument
from gdsim.core.rules.libraries.library_rule import LibraryRule
from gdsim.core.rules.libraries.library_schedule import LibrarySchedule
from gdsim.core.rules.libraries.lookup import LIBRARIES, library_rules, library_schedules
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.core.settings import Setting

ROOT = Path(__file__).resolve().parent.parent
# The folders of code whose texts go into each part of a catalogue.
FOLDERS = {
    "window": ("gdsim/gui",),
    "core": ("gdsim/core", "gdsim/session"),
}
# The keys of a lesson's stop that contain texts.
_STOP_KEYS = ("title", "chapter", "caption", "look", "question", "answer", "notes")


# Callables that take a sentence as `said` does, or a text composed elsewhere, and the position of that
# argument.
_FAULTS = {
    **dict.fromkeys(
        ("Domain", "SaidError", "fault", "wrong", "FileFault", "NoLink", "LessonGiven", "SceneGiven"), 0
    ),
    **dict.fromkeys(("CaptionFault", "ExpressionFault", "FormulaError", "MathFault", "TableFault"), 0),
    **dict.fromkeys(("CallFault", "NoForm", "NotANumber", "PointsError", "UnclearNumber"), 0),
    "InvalidValue": 1,
    "fault_at": 3,
}
# A file without any of these names has no texts, and need not be parsed.
_TEXT_CALLS = re.compile(rf"\b(?:tr|said|to_say|counted|{'|'.join(_FAULTS)})\b")


class NotPlain(Exception):  # noqa: N818 - reads as what it says
    """Raised for a text that is not a string literal, and so cannot be collected; the message says where."""


@dataclass
class _Reader(ast.NodeVisitor):
    place: str
    found: list[PoEntry]

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name == "tr":
            self._take(*self._plain(node, 0, 2))
        elif name in ("said", "to_say") and isinstance(node.func, ast.Name):
            self._take(*self._plain(node, 0, 1))
        elif name in _FAULTS and any(map(_is_text, node.args[(place := _FAULTS[name]) : place + 1])):
            self._take(*self._plain(node, place, place + 1))
        elif name == "counted" and isinstance(node.func, ast.Name):
            one, many = self._plain(node, 1, 3)
            self.found.append(PoEntry(one, many, places=[self.place]))

    def _plain(self, node: ast.Call, first: int, last: int) -> list[str]:
        texts = node.args[first:last]
        if not texts or not all(map(_is_text, texts)):
            raise NotPlain(f"{self.place}:{node.lineno}: {ast.unparse(node)}")
        return [str(text.value) for text in texts if isinstance(text, ast.Constant)]

    def _take(self, text: str, context: str = "") -> None:
        if text:
            self.found.append(PoEntry(text, context=context, places=[self.place]))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def texts_of_code(folder: str) -> Iterator[PoEntry]:
    """Yield the texts in the code of a folder, file by file; raise `NotPlain` for one that is no literal."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if not _TEXT_CALLS.search(source):
            continue
        reader = _Reader(path.relative_to(ROOT).as_posix(), [])
        reader.visit(ast.parse(source))
        yield from reader.found


def texts_of_catalogues() -> Iterator[PoEntry]:
    """Yield the names and sentences of the entries in the core's catalogues, such as rules and schedules."""
    catalogues = (RULES, SECOND_ORDER_RULES, SEARCHES, SCHEDULES, MOMENTUM_SCHEDULES, BATCHINGS, TASKS)
    kinds = chain(*(catalogue.values() for catalogue in catalogues), (DRAW, *GENERATORS.values()))
    for kind in kinds:
        place = f"catalogue/{kind.id}"
        yield from _each(place, kind.title, kind.summary, getattr(kind, "details", ""))
        yield from _of_settings(place, kind.settings)
    yield from _each("catalogue/objective", *(activation.title for activation in ACTIVATIONS.values()))
    yield from _each("catalogue/objective", *(loss.title for loss in LOSSES.values()))
    for function in GALLERY.values():
        yield from _each(f"catalogue/{function.id}", function.title, function.about)
    yield from _each("catalogue/findings", *(kind.value for kind in FindingKind))


def texts_of_libraries() -> Iterator[PoEntry]:
    """Yield the sentences about the libraries' optimizers, schedules and arguments; their names stay."""
    kinds: list[LibraryRule | LibrarySchedule] = []
    for library in LIBRARIES:
        kinds += [*library_rules(library).values(), *library_schedules(library).values()]
    for kind in kinds:
        place = f"catalogue/{kind.id}"
        yield from _each(place, kind.summary)
        for argument in kind.declared:
            yield from _of_settings(place, _settings_of(argument))


def _settings_of(argument: Argument) -> tuple[Setting, ...]:
    """Return the settings that describe an argument; for a list or mapping, those of any one item."""
    match argument:
        case ListArgument():
            return (argument.item,)
        case MapArgument():
            return argument.key, argument.item
    return argument.settings


def _of_settings(place: str, settings: Iterable[Setting]) -> Iterator[PoEntry]:
    for setting in settings:
        symbol = setting.symbol if setting.symbol.isascii() and setting.symbol[2:].isalpha() else ""
        label = "" if setting.label == setting.argument else setting.label
        yield from _each(place, label, setting.doc, symbol, setting.domain.words)


def _each(place: str, *texts: str) -> Iterator[PoEntry]:
    yield from (PoEntry(text, places=[place]) for text in texts if text and not text.isdigit())


def texts_of_scenes() -> Iterator[PoEntry]:
    for path in sorted((ROOT / "resources/scenes").glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        yield from _each(f"scenes/{path.stem}", data["title"], data.get("about", ""))
        yield from _names_of_runs(f"scenes/{path.stem}", load_scene(path))
    for path in sorted((ROOT / "resources/lessons").glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        yield from _each(f"lessons/{path.stem}", data["title"], data.get("about", ""))
        for number, stop in enumerate(data["stops"], 1):
            said = [stop.get(key, "") for key in _STOP_KEYS] + [stop.get("beside", {}).get("title", "")]
            if isinstance(own := stop.get("scene"), dict):
                said += [own["title"], own.get("about", "")]
            texts = (text if isinstance(text, str) else " ".join(text) for text in said)
            yield from _each(f"lessons/{path.stem}/{number}", *texts)
        for stop in load_lesson(path.stem).stops:
            yield from _names_of_runs(f"lessons/{path.stem}", stop.experiment)
            if stop.beside:
                yield from _names_of_runs(f"lessons/{path.stem}", stop.beside.experiment)


def _names_of_runs(place: str, experiment: Experiment) -> Iterator[PoEntry]:
    """Yield the names that do not come from a rule, in a context of their own."""
    for run in experiment.runs:
        if not run.is_named_by_rule:
            yield PoEntry(run.name, context=NAME_OF_RUN, places=[place])


def texts_of_help() -> Iterator[PoEntry]:
    from gdsim.gui.help.conventions_page import HEAD_SECTION, LOSS_SECTION  # the only page with texts in code

    for path in sorted((ROOT / "resources/help").glob("*.md")):
        yield from _each(f"help/{path.stem}", *paragraphs(path.read_text(encoding="utf-8")))
    yield from _each("help/conventions", *paragraphs(HEAD_SECTION), *paragraphs(LOSS_SECTION))


def texts_of_page() -> Iterator[PoEntry]:
    """Yield the texts in the HTML and in the JavaScript of an exported page."""
    for path in sorted((ROOT / "resources/page").iterdir()):
        read = {".js": sentences_of_program, ".html": sentences_of_frame}.get(path.suffix)
        if read is not None:
            found = read(path.read_text(encoding="utf-8"))
            yield from _each(path.relative_to(ROOT).as_posix(), *found)


def texts_of(part: str) -> Iterator[PoEntry]:
    if part == "scenes":
        yield from texts_of_scenes()
    elif part == "help":
        yield from texts_of_help()
    else:
        for folder in FOLDERS[part]:
            yield from texts_of_code(folder)
        if part == "window":
            yield from (PoEntry(key, context=KEYS_CONTEXT, places=["keys"]) for key in KEYS)
        if part == "core":
            yield from texts_of_catalogues()
            yield from texts_of_libraries()
            yield from texts_of_page()


def all_texts() -> dict[str, dict[tuple[str, str], PoEntry]]:
    """Return the entries of each part by key; a text in several parts belongs to the first of them."""
    parts: dict[str, dict[tuple[str, str], PoEntry]] = {}
    known: dict[tuple[str, str], PoEntry] = {}
    for part in CATALOGUE_PARTS:
        parts[part] = {}
        for entry in texts_of(part):
            first = known.setdefault(entry.key, entry)
            if first is entry:
                parts[part][entry.key] = entry
            else:
                first.places += [place for place in entry.places if place not in first.places]
                first.plural = first.plural or entry.plural
    return parts
