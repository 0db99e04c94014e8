"""The pictures of the user guide, each with its name, its scene, the actions, and the part of the window."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from guide_studio import WIDE
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from gdsim.core.analysis.series import CurveKind
from gdsim.core.lessons.files import load_lesson
from gdsim.core.model.neuron import Neuron
from gdsim.gui.exercises.check.check_dialog import CheckDialog
from gdsim.gui.exercises.fill_in.fill_in import FillIn
from gdsim.gui.exercises.flight.instrument_flight import InstrumentFlight
from gdsim.gui.exercises.guess_work.guess_work import GuessWork
from gdsim.gui.exercises.maps.maps_window import MapsWindow
from gdsim.gui.exercises.predict.predict import Predict
from gdsim.gui.exercises.quiz.quiz import Quiz
from gdsim.gui.exercises.race.race_window import FairRace
from gdsim.gui.exercises.rates.rate_dialog import RateDialog
from gdsim.gui.exercises.wrong_line.wrong_line import FindWrongLine
from gdsim.gui.export.picture_dialog import PictureDialog
from gdsim.gui.forms.card import Card
from gdsim.gui.handin.hand_in import HandInCommands
from gdsim.gui.handin.task_dialog import TaskDialog
from gdsim.gui.handin.task_window import TaskWindow
from gdsim.gui.help.help_window import page_file
from gdsim.gui.objective.neuron_dialog import NeuronDialog
from gdsim.gui.points.import_dialog import ImportDialog
from gdsim.gui.rules.rule_dialog import RuleDialog
from gdsim.gui.runs.compare import CompareDialog
from gdsim.gui.share.share_dialog import ShareDialog
from gdsim.gui.window.layout import SIDES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from guide_studio import Studio

    Pose = Callable[[Studio], "Taken"]

Part = QWidget | QRect
_JSON = re.compile(r"```json\n(.*?)```", re.DOTALL)
# A CSV file as a spreadsheet writes it where the decimal mark is a comma.
_PLANTS = """plant;light;grown
A;0,5;0,21
B;0,8;0,18
C;1,1;0,35
D;1,4;0,44
E;1,6;0,61
F;1,9;0,70
G;2,2;0,79
H;2,5;0,91
"""


class Taken(NamedTuple):
    """The parts of the window that a picture shows, and those marked in it for the reader."""

    parts: Sequence[Part]
    marks: Sequence[Part] = ()


# A small window with all columns, one whose map and page of the selected run together fit the guide, and
# one for whatever does not depend on its size.
_SMALL, _BESIDE, _MIDDLE = (1280, 720), (1040, 860), (980, 760)


@dataclass(frozen=True)
class GuidePicture:
    scene: str
    size: tuple[int, int]  # of the window; the part that is shown has to fit a page
    pose: Pose  # performs the actions, and returns the parts to show


def _of_cards(
    *cards: str,
    scene: str = "first-neuron",
    size: tuple[int, int] = _SMALL,
    folded: Sequence[str] = (),
    run: str = "",
    chosen: Sequence[str] = (),
    step: int | None = None,
    level: int | None = None,
) -> GuidePicture:
    """Return a picture of some cards, given by their names.

    First columns are ``folded``, then a ``run`` is selected, menu entries are ``chosen``, playback is paused
    at a ``step``, and the row of the cards is given the height ``level``.
    """

    def pose(studio: Studio) -> Taken:
        for side in folded:
            studio.fold(side)
        if run:
            studio.select(run)
        for words in chosen:
            studio.choose(words)
        if step is not None:
            studio.go_to(step)
        if level is not None:
            studio.level(level)
        return Taken([studio.cards.by_name[card] for card in cards])

    return GuidePicture(scene, size, pose)


def _of_dialog(
    words: str, kind: type[QDialog], height: int, scene: str = "first-neuron", run: str = "", step: int = 0
) -> GuidePicture:
    """Return a picture of the dialog that a menu entry opens, with a ``run`` selected, at a ``step``."""

    def pose(studio: Studio) -> Taken:
        if run:
            studio.select(run)
        if step:
            studio.go_to(step)
        return Taken([studio.open(words, kind, height)])

    return GuidePicture(scene, _MIDDLE, pose)


def _of_menu(title: str, *entries: str) -> GuidePicture:
    """Return a picture of a menu, with some entries marked."""

    def pose(studio: Studio) -> Taken:
        bar = studio.window.menuBar()
        menu = next(one.menu() for one in bar.actions() if one.text().replace("&", "") == title)
        assert isinstance(menu, QMenu)
        menu.ensurePolished()
        menu.resize(menu.sizeHint())
        places = {one.text().replace("&", ""): menu.actionGeometry(one) for one in menu.actions()}
        return Taken([menu], [places[words].adjusted(4, 3, -4, -3) for words in entries])

    return GuidePicture("first-neuron", _MIDDLE, pose)


_LEFT = ("left",)
_SLICED = ("Planes at the contour levels", "3D view from the front")
_BY_HAND = ("This step", "Arrows of the step", "Next part of the step")
# By file name, without theme and suffix. The pictures that need more are declared below.
PICTURES = {
    "points": _of_cards("points", scene="stochastic", size=(1280, 800), step=7),
    "neuron": _of_cards("neuron", size=(1280, 820), step=30),
    "surface": _of_cards("surface", size=(1280, 800), folded=_LEFT, step=60),
    "slices": _of_cards("surface", size=(1060, 820), folded=_LEFT, chosen=_SLICED, step=60),
    "contours": _of_cards(
        "contours", size=(1280, 800), folded=_LEFT, run="Momentum", chosen=["Arrows of the step"], step=22
    ),
    "curves": _of_cards("curves", size=(1060, 820), folded=_LEFT, run="Momentum", step=300),
    "playback": _of_cards("playback", size=(1060, 760), folded=_LEFT, step=300),
    "settings": _of_cards("page", size=(1280, 880), run="Momentum", level=510),
    "step": _of_cards("page", run="Momentum", chosen=["This step"], step=22, level=446),
    "why": _of_cards("page", size=(1280, 660), run="Momentum", chosen=["Why"], level=446),
    "memory": _of_cards("page", run="Momentum", chosen=["Memory"], step=22, level=360),
    "limit": _of_cards(
        "page", scene="adam-forgets", run="Adam, η = 1", chosen=["Limit"], step=2400, level=446
    ),
    "first-run": _of_cards("surface", "contours", size=(1060, 740), folded=_LEFT, step=120, level=330),
    "by-hand": _of_cards("contours", "page", size=_BESIDE, folded=_LEFT, chosen=_BY_HAND, level=400),
    "stuck": _of_cards("contours", "page", size=_BESIDE, folded=_LEFT, chosen=["Why"], step=40, level=330),
    "log-height": _of_cards(
        "surface",
        "contours",
        scene="rosenbrock",
        size=(740, 600),
        folded=SIDES,
        chosen=["Logarithmic height of the surface"],
        step=200,
    ),
    "function": _of_cards("contours", scene="himmelblau", size=(1060, 700), folded=("right",), step=30),
    "another-loss": _of_dialog("Neuron and loss…", NeuronDialog, 380, "cross-entropy"),
    "export": _of_dialog("Export picture…", PictureDialog, 400, step=120),
    "share": _of_dialog("Share…", ShareDialog, 400),
    "tasks": _of_dialog("Make a task of what I see…", TaskDialog, 430, run="Momentum", step=10),
    "numbers": _of_menu("File", "Export record as CSV…", "Export Python script…"),
    "save": _of_menu("File", "Open…", "Save", "Revert…"),
    "trouble": _of_menu("Help", "About gdsim"),
}


def _spec(name: str, scene: str = "first-neuron", size: tuple[int, int] = _MIDDLE) -> Callable[[Pose], Pose]:
    """Return a decorator that declares a picture, given its pose."""

    def declare(pose: Pose) -> Pose:
        PICTURES[name] = GuidePicture(scene, size, pose)
        return pose

    return declare


# ------------------------------------------------------------------------------------- the panes


@_spec("runs", size=_SMALL)
def _runs(studio: Studio) -> Taken:
    studio.go_to(30)
    studio.set_height(studio.cards.runs_card, 130)
    return Taken([studio.cards.runs_card])


@_spec("simple", size=(640, 560))
def _simple(studio: Studio) -> Taken:
    studio.choose("Simple window")
    studio.go_to(60)
    return Taken([studio.cards.columns])


@_spec("slopes", size=(1060, 820))
def _slopes(studio: Studio) -> Taken:
    studio.fold("left")
    studio.cards.curves.choose(CurveKind.CUT)
    studio.go_to(60)
    return Taken([studio.cards.by_name["curves"]])


@_spec("libraries", size=(1280, 880))
def _libraries(studio: Studio) -> Taken:
    line = "torch.optim.SGD(params, lr=0.5, momentum=0.9, nesterov=True)"
    QGuiApplication.clipboard().setText(line)
    studio.window.commands["paste_optimizer"].trigger()
    studio.level(530)
    return Taken([studio.cards.run_card])


@_spec("code", size=_SMALL)
def _code(studio: Studio) -> Taken:
    studio.select("Momentum")
    studio.choose("Code")
    studio.go_to(22)
    studio.session.highlight("memory")
    studio.level(446)
    return Taken([studio.cards.run_card])


# ------------------------------------------------------------------------------------- first steps


@_spec("data")
def _data(studio: Studio) -> Taken:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plants.csv"
        path.write_text(_PLANTS, encoding="utf-8")
        studio.window.files.open(path)
        dialog = studio.dialog(ImportDialog)
        studio.wait_until(dialog.use.isEnabled)
    dialog.resize(WIDE, 500)
    return Taken([dialog])


@_spec("compare", size=(1060, 800))
def _compare(studio: Studio) -> Taken:
    studio.fold("left")
    studio.go_to(300)
    playback = studio.cards.by_name["playback"]
    return Taken([studio.cards.curve_card, playback], [studio.cards.transport.clock])


@_spec("start", size=_BESIDE)
def _start(studio: Studio) -> Taken:
    studio.fold("left")
    studio.select("Momentum")
    studio.go_to(40)
    studio.level(520)
    marks: list[Part] = [studio.place_on_map(-2, -2), studio.cards.editor.make()._start]
    return Taken([studio.cards.contour_card, studio.cards.run_card], marks)


@_spec("batches", "mini-batch", _BESIDE)
def _batches(studio: Studio) -> Taken:
    studio.fold("left")
    studio.choose("To the end of the runs")
    studio.choose("Fit the map to the runs")
    studio.level(520)
    return Taken(
        [studio.cards.contour_card, studio.cards.run_card], [studio.cards.editor.make().kinds["batching"]]
    )


@_spec("what-if", "what-if", (1280, 760))
def _what_if(studio: Studio) -> Taken:
    studio.select("Cleared")
    studio.go_to(130)
    studio.set_height(studio.cards.runs_card, 150)
    return Taken([studio.cards.runs_card, studio.cards.run_card], [studio.cards.editor.make()._fork])


@_spec("first-difference", "what-if")
def _first_difference(studio: Studio) -> Taken:
    studio.select("A tenth of η")
    studio.choose("Compare with…")
    dialog = studio.dialog(CompareDialog)
    studio.wait_until(lambda: dialog.found is not None)
    return Taken([dialog])


@_spec("schedules", "annealing", (1060, 800))
def _schedules(studio: Studio) -> Taken:
    studio.fold("left")
    studio.select("Halved every 5 epochs")
    studio.cards.curves.set_kind(CurveKind.RATE)
    studio.choose("To the end of the runs")
    return Taken([studio.cards.curve_card])


# ------------------------------------------------------------------------------------- the windows


@_spec("find-rate")
def _find_rate(studio: Studio) -> Taken:
    dialog = studio.open("Find a rate…", RateDialog, 520)
    dialog.ladder.click()
    studio.wait_until(lambda: len(dialog.trials) == 5 and not dialog.tasks.is_busy)
    return Taken([dialog])


@_spec("maps", "valley")
def _maps(studio: Studio) -> Taken:
    studio.select("Momentum")
    dialog = studio.open("Maps…", MapsWindow, 620)
    dialog.controls.modes.button(1).click()
    dialog.controls.beside_chosen.emit("Nesterov")
    studio.wait_until(
        lambda: len(dialog.maps) == 2 and dialog.maps[1].map.is_finest and not dialog.tasks.is_busy
    )
    return Taken([dialog])


@_spec("race", "valley")
def _race(studio: Studio) -> Taken:
    dialog = studio.open("Fair race…", FairRace, 700)
    dialog.controls.race.click()
    studio.wait_until(lambda: dialog.raced is not None and not dialog.tasks.is_busy)
    return Taken([dialog.profile, dialog.readout])


@_spec("fill-in")
def _fill_in(studio: Studio) -> Taken:
    studio.go_to(7)
    dialog = studio.open("Fill in a step…", FillIn, 400)
    studio.wait_until(lambda: dialog.sheet is not None)
    first, second, *_ = dialog.rows.rows
    for row, value in ((first, first.blank.value), (second, -second.blank.value)):
        row.field.setText(f"{value:.4g}")
        row.field.handed_in.emit()
    return Taken([dialog])


@_spec("own-rule")
def _own_rule(studio: Studio) -> Taken:
    dialog = studio.open("Your own rule…", RuleDialog, 560)
    dialog.title.setText("Momentum with a brake")
    dialog.lines.replace_all("carried = where(g*v > 0, gamma*v, 0)\nv_t = carried + eta*g\nw_next = w - v_t")
    dialog.check_now()
    studio.wait_until(lambda: not dialog.pause_timer.isActive() and not dialog.tasks.is_busy)
    return Taken([dialog])


@_spec("two-losses", "valley", (740, 700))
def _two_losses(studio: Studio) -> Taken:
    studio.choose("Two losses side by side")
    studio.go_to(40)
    beside = studio.window.stage.beside
    assert beside is not None
    return Taken([studio.cards.surface_card, beside])


@_spec("wrong-line")
def _wrong_line(studio: Studio) -> Taken:
    dialog = studio.open("Find the wrong line…", FindWrongLine, 440)
    studio.wait_until(lambda: dialog.question is not None)
    dialog.answer(1)
    return Taken([dialog])


@_spec("flight")
def _flight(studio: Studio) -> Taken:
    dialog = studio.open("Instrument flight…", InstrumentFlight, 540)
    dialog.make_step()
    dialog.frame.nudged.emit(-1, -1, False)  # noqa: FBT003 - as the keys Left and Down do
    return Taken([dialog.pages])


@_spec("check-work")
def _check_work(studio: Studio) -> Taken:
    dialog = studio.open("Check my work…", CheckDialog, 560)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mine.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("step", "w", "b"), *_with_mean(studio, 6)])
        dialog.read_file(path)
        studio.wait_until(lambda: dialog.checked is not None)
    return Taken([dialog])


def _with_mean(studio: Studio, steps: int) -> list[tuple[object, ...]]:
    """Return the values of a student who takes the mean of the gradients instead of their sum."""
    points = studio.session.experiment.points
    neuron, w, b = Neuron.fitting(points), -2.0, -2.0
    rows: list[tuple[object, ...]] = [(0, w, b)]
    for step in range(1, steps + 1):
        dw, db = map(float, neuron.gradient(np.array([w, b])))
        w, b = w - dw / len(points), b - db / len(points)
        rows.append((step, round(w, 5), round(b, 5)))
    return rows


@_spec("guess-work")
def _guess_work(studio: Studio) -> Taken:
    dialog = _guessed(studio)
    dialog.resize(1060, 600)
    return Taken([_card_of(dialog.frame), _card_of(dialog.list), dialog.reveal])


@_spec("guess-race")
def _guess_race(studio: Studio) -> Taken:
    dialog = _guessed(studio)
    dialog.resize(1090, 520)
    dialog.reveal.click()
    race = dialog.race
    assert race is not None
    studio.wait_until(lambda: race.session.is_settled)
    race.session.play(lambda head: head.pause().seek(head.length))
    around = QRect(race.mapTo(dialog, QPoint(0, 0)), race.size()).adjusted(-8, -8, 8, 8)
    return Taken([race, around])


def _card_of(widget: QWidget | None) -> QWidget:
    """Return the card that contains a widget."""
    assert widget is not None
    return widget if isinstance(widget, Card) else _card_of(widget.parentWidget())


def _guessed(studio: Studio) -> GuessWork:
    studio.choose("Guess work…")
    dialog = studio.dialog(GuessWork)
    for w, b in ((-1.0, 0.5), (0.94, -0.94), (1.4, -1.7)):
        dialog._move(w, b)
        dialog.write.click()
    return dialog


@_spec("quiz")
def _quiz(studio: Studio) -> Taken:
    studio.choose("Contour quiz…")
    dialog = studio.dialog(Quiz)
    dialog.seed.setText("3")
    dialog.seed.returnPressed.emit()
    dialog.resize(1000, 520)
    studio.wait_until(lambda: dialog.question is not None)
    assert dialog.question is not None
    dialog.answer(dialog.question.answer)
    # The window without its answers, four letters beside the map, which would make the picture too wide.
    return Taken([dialog.view.subject, QRect(0, 0, 1, 1)])


@_spec("predict")
def _predict(studio: Studio) -> Taken:
    studio.select("Momentum")
    studio.go_to(22)
    dialog = studio.open("Predict, then reveal…", Predict, 460)
    page = dialog.landing
    studio.wait_until(lambda: page.can_ask)
    page._move(0.9, -1.0)
    page.reveal.click()
    return Taken([dialog])


@_spec("exercises")
def _exercises(studio: Studio) -> Taken:
    dialog = studio.open("Predict, then reveal…", Predict, 460)
    dialog.pages.setCurrentIndex(1)
    return Taken([dialog])


# ------------------------------------------------------------------------------------- in class


@_spec("projector", size=(744, 600))
def _projector(studio: Studio) -> Taken:
    studio.go_to(120)
    studio.choose("Projector")
    studio.window.notice.take_back()  # it disappears by itself only after a while
    cards = studio.cards
    return Taken([cards.surface_card, cards.contour_card, cards.by_name["playback"]])


@_spec("lessons", size=(748, 700))
def _lessons(studio: Studio) -> Taken:
    for side in SIDES:
        studio.fold(side)
    studio.window.lessons.begin(load_lesson("lecture"), 12)
    studio.settle()
    return _lesson_card(studio)


@_spec("own-lesson", size=(748, 700))
def _own_lesson(studio: Studio) -> Taken:
    return _lesson_of(studio, _json_on_page("own-lesson"))


@_spec("ask-and-reveal", size=(748, 700))
def _ask_and_reveal(studio: Studio) -> Taken:
    stop = _json_on_page("ask-and-reveal")
    return _lesson_of(studio, f'{{"gdsim-lesson": 1, "title": "A lesson", "stops": [{stop}]}}')


def _lesson_of(studio: Studio, text: str) -> Taken:
    for side in SIDES:
        studio.fold(side)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lesson.json"
        path.write_text(text, encoding="utf-8")
        studio.window.lessons.begin(load_lesson(str(path)))
        studio.settle()
    return _lesson_card(studio)


def _lesson_card(studio: Studio) -> Taken:
    card = studio.window.lessons.bar.findChild(Card)
    assert card is not None
    return Taken([card])


def _json_on_page(page: str) -> str:
    found = _JSON.search(page_file(page).read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


@_spec("hand-in")
def _hand_in(studio: Studio) -> Taken:
    with TemporaryDirectory() as folder:
        hand_in = _handing_in(studio, Path(folder))
        studio.window.lessons.guide.open_again()
        studio.wait_until(lambda: hand_in.task is not None)
        task = studio.dialog(TaskWindow)
        task.resize(WIDE, 330)
        return Taken([task])


def _handing_in(studio: Studio, folder: Path) -> HandInCommands:
    """Open the first sheet of tasks, and begin to hand it in."""
    studio.choose("A sheet of tasks to hand in")
    lessons = studio.window.lessons
    studio.wait_until(lambda: lessons.lesson is not None)
    commands = lessons.hand_in
    assert isinstance(commands, HandInCommands)
    commands.begin("Ada Lovelace", folder / "Ada.gdsim-answer")
    studio.wait_until(lambda: commands.hand_in is not None)
    return commands
