"""A lesson as a printed hand-out: the picture, words and formulas of each stop, and lines to write on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from pathlib import Path

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from gdsim.core.analysis.worked import rule_in_letters
from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.files.atomic import replacing
from gdsim.core.formulas.numerals import rounded, with_power
from gdsim.core.language.texts import counted
from gdsim.core.lessons.lesson import Lesson, Stop
from gdsim.core.lessons.task import WITHOUT_RUN
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import written_inputs, written_names
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run_words import full_settings
from gdsim.core.progress import Progress, part_of
from gdsim.core.surface.sampling import surface_of
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.export.offscreen_panes import PictureSubject
from gdsim.gui.export.picture import spec_image
from gdsim.gui.export.picture_spec import PictureSpec
from gdsim.gui.forms.file_dialog import ask_to_save
from gdsim.gui.forms.file_work import FileWork
from gdsim.gui.handin.words import task_words
from gdsim.gui.lessons.notes import lesson_html, paragraph
from gdsim.gui.lessons.paper import print_html
from gdsim.gui.lessons.render_stop import StopTexts, pictures_of, said_at
from gdsim.gui.notices import Notices
from gdsim.gui.plain_text import in_html
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.translation import tr
from gdsim.session.frame import Frame, RunView

# How many lines there are to write on, for a question and for each kind of task.
_QUESTION_LINES = 4
_TASK_LINES = {
    "predict": 2,
    "quiz": 0,
    "check_work": 0,
    "find_rate": 3,
    "reach": 3,
    "fill_in": 6,
    "explain": 8,
}
# The width of a picture on paper, where the text is 658 wide; the scale at which formulas are drawn.
_PICTURE_WIDTH, _FORMULA_SCALE = 520, 4.0
# The most points in a table; nobody would copy more of them from paper.
_MOST_POINTS, _DIGITS = 12, 6
_PICTURE = PictureSpec(width=900, height=420, scale=2, letters=1.2, theme="light")


@dataclass(frozen=True, eq=False)
class PreparedScene:
    experiment: Experiment
    selected: int
    records: tuple[Trajectory, ...]
    surface: LossSurface


@dataclass(frozen=True, eq=False)
class PreparedStop:
    """A stop with its computed words, formulas and scenes."""

    stop: Stop
    said: StopTexts
    formulas: tuple[QImage | None, ...]  # black on white; None for a formula that cannot be typeset
    # The scene of the stop, then the second scene, if there is one; a picture of each takes their place.
    scenes: tuple[PreparedScene, ...] = ()
    pictures: tuple[QImage, ...] = ()


def prepared(stop: Stop) -> Progress[PreparedStop]:
    """Compute what a stop shows; yield the progress."""
    own = yield from _prepared_scene(stop, stop.experiment, stop.selected)
    beside = stop.beside
    second = [(yield from _prepared_scene(stop, beside.experiment, beside.selected))] if beside else []
    formulas = tuple(map(_formula_image, pictures_of(stop)))
    return PreparedStop(stop, said_at(stop), formulas, (own, *second))


def _prepared_scene(stop: Stop, experiment: Experiment, selected: int) -> Progress[PreparedScene]:
    records: list[Trajectory] = []
    for index, run in enumerate(experiment.runs):
        clock = experiment.clock(run)
        last = clock.end_of(stop.place.last) if stop.place.by_epoch else stop.place.last
        low, high = (place / len(experiment.runs) for place in (index, index + 1))
        work = first_steps(experiment, run, max(0, last - clock.first))
        records.append((yield from part_of(work, low, high)))
    chosen = records[selected] if records else None
    place = chosen.at(chosen.last_step)[0] if chosen else None
    surface = surface_of(experiment, experiment.plane(selected, place))
    return PreparedScene(experiment, selected, tuple(records), surface)


def _frame(stop: Stop, scene: PreparedScene) -> Frame:
    """Return the frame at the end of a stop's range of steps."""
    place = stop.place
    views = tuple(
        RunView.at(scene.experiment, run, record, record.last_step)
        for run, record in zip(scene.experiment.runs, scene.records, strict=True)
    )
    return Frame(
        place.last,
        place.last,
        by_epoch=place.by_epoch,
        views=views,
        selected=scene.selected,
        plane=scene.surface.plane,
    )


class HandOut(FileWork):
    """Writes the hand-out of a lesson. Stops are computed in a worker thread, and drawn in the GUI thread.

    The surface has the camera of ``view``, and the curves are of the kind of ``curves``.
    """

    def __init__(self, window: QWidget, view: SurfaceView, curves: CurvePane, notices: Notices) -> None:
        super().__init__(window, notices)
        self._view, self._curves = view, curves

    def export(self, lesson: Lesson) -> None:
        write_into = partial(self.write_hand_out, lesson)
        default = Path("hand-out.pdf")
        ask_to_save(self._window, self.tr("Export a hand-out"), "PDF (*.pdf)", default, write_into)

    def _subject(self, scene: PreparedScene) -> PictureSubject:
        no_arrows = ArrowChoice(on=False)
        return PictureSubject(scene.experiment, scene.surface, no_arrows, self._view, self._curves)

    def write_hand_out(self, lesson: Lesson, path: Path) -> None:
        """Compute and draw one stop after the other, then write the file."""
        self.begin(self.tr("Export a hand-out"), path)
        self._prepare(lesson, path, ())

    def _prepare(self, lesson: Lesson, path: Path, sheets: tuple[PreparedStop, ...]) -> None:
        if len(sheets) == len(lesson.stops):
            work = partial(write_hand_out, lesson, sheets, path)
            self._tasks.submit(work, self.on_written, self.on_failed)
            return
        self.on_share(len(sheets) / (len(lesson.stops) + 1))
        then = partial(self._draw, lesson, path, sheets)
        self._tasks.submit(partial(prepared, lesson.stops[len(sheets)]), then, self.on_failed)

    def _draw(self, lesson: Lesson, path: Path, sheets: tuple[PreparedStop, ...], one: PreparedStop) -> None:
        pictures = tuple(
            spec_image(self._subject(scene), _frame(one.stop, scene), _PICTURE) for scene in one.scenes
        )
        self._prepare(lesson, path, (*sheets, replace(one, scenes=(), pictures=pictures)))


def write_hand_out(lesson: Lesson, stops: Sequence[PreparedStop], path: Path) -> None:
    """Write the hand-out as a PDF. Raises `OSError` if the file cannot be written."""
    images: dict[str, QImage] = {}
    for number, one in enumerate(stops, start=1):
        images |= {f"picture-{number}-{place}": image for place, image in enumerate(one.pictures)}
        drawn = enumerate(one.formulas)
        images |= {f"formula-{number}-{place}": image for place, image in drawn if image is not None}
    with replacing(path) as unfinished:
        print_html(hand_out_html(lesson, stops), lesson.title, unfinished, images)


def hand_out_html(lesson: Lesson, stops: Sequence[PreparedStop]) -> str:
    """Return the hand-out as HTML, whose images are named ``picture-N-M`` and ``formula-N-M``."""
    name = escape(tr("Name:"))
    words = ((one.stop, _words(one, number)) for number, one in enumerate(stops, start=1))
    return lesson_html(lesson, f"<p>{name}</p><hr>", words)


def _words(one: PreparedStop, number: int) -> str:
    said, stop = one.said, one.stop
    parts = [paragraph("", said.caption)]
    # At a task this text is no hint of what to look at, but introduces the task, which follows.
    parts.append(paragraph(tr("Look") if stop.task is None else "", said.look))
    parts.append(paragraph(tr("Question"), said.question))
    parts.append(_picture(number, 0))
    if stop.beside is not None:
        parts.append(f"<p>{escape(stop.beside.title or stop.beside.experiment.title)}</p>")
        parts.append(_picture(number, 1))
    parts.append(_points(stop))
    for place, (image, formula) in enumerate(zip(one.formulas, stop.formulas, strict=True)):
        width = round(image.width() / _FORMULA_SCALE) if image else 0
        shown = f'<img src="formula-{number}-{place}" width="{width}">' if image else escape(formula.text)
        parts.append(f"<p>{shown}</p>")
    lines = _QUESTION_LINES if said.question.pieces else 0
    if stop.task is not None:
        head = counted(int(stop.task["marks"]), "Task, {n} mark", "Task, {n} marks")
        asked = in_html(task_words(stop))
        parts.append(f"<p><b>{escape(head)}</b>&nbsp; {asked}</p>")
        lines = _TASK_LINES[stop.task.id]
        if stop.task.id not in WITHOUT_RUN:
            parts.append(_run(stop))
        if stop.task.id == "check_work":
            parts.append(_empty_table(stop))
    parts += ['<p style="margin-top: 14px">&nbsp;</p><hr>'] * lines
    return "".join(parts)


def _picture(number: int, place: int) -> str:
    return f'<p><img src="picture-{number}-{place}" width="{_PICTURE_WIDTH}"></p>'


def _run(stop: Stop) -> str:
    """Return the settings of the run that a task is about and the lines of its rule, as HTML.

    Nothing else on paper shows them.
    """
    run = stop.experiment.runs[stop.selected]
    lines = (full_settings(run), *rule_in_letters(run.optimizer))
    html = f"<p>{'<br>'.join(map(in_html, lines))}</p>"
    if run.needs_validation and (held_out := _table(stop.experiment.validation)):
        html += f"<p>{escape(tr('Validation points'))}</p>{held_out}"
    return html


def _points(stop: Stop) -> str:
    """Return a table of the points of a stop, or nothing if there are many or the loss is a function."""
    experiment = stop.experiment
    return "" if isinstance(experiment.objective, FunctionObjective) else _table(experiment.points)


def _table(points: PointSet) -> str:
    if len(points) > _MOST_POINTS:
        return ""
    columns = [
        *zip(written_inputs(points.dimension), points.x.T.tolist(), strict=True),
        ("y", points.y.tolist()),
    ]
    rows = "".join(
        f"<tr><td><i>{name}</i></td>"
        + "".join(f"<td>{escape(with_power(rounded(value, _DIGITS)))}</td>" for value in values)
        + "</tr>"
        for name, values in columns
    )
    return f'<table border="1" cellspacing="0" cellpadding="4">{rows}</table>'


def _empty_table(stop: Stop) -> str:
    names = written_names(stop.experiment.points.dimension)
    steps = int(stop.task["steps"]) if stop.task else 0
    step = escape(tr("step"))
    share = min(24, 88 // len(names))  # percent of the width; the steps have the rest
    head = "".join(f'<th width="{share}%">{escape(name)}</th>' for name in names)
    empty = "<td>&nbsp;<br>&nbsp;</td>" * len(names)
    rows = "".join(f"<tr><td>{number}</td>{empty}</tr>" for number in range(1, steps + 1))
    style = 'border="1" cellspacing="0" cellpadding="6" width="100%"'
    return f"<table {style}><tr><th>{step}</th>{head}</tr>{rows}</table>"


def _formula_image(svg: bytes) -> QImage | None:
    """Return a formula in black on white, or None if the SVG is empty or not valid."""
    renderer = QSvgRenderer(QByteArray(svg.replace(b"currentColor", b"#000000")))
    if not svg or not renderer.isValid():
        return None
    size = (renderer.viewBoxF().size() * _FORMULA_SCALE).toSize()
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image
