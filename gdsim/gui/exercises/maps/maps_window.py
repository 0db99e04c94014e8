"""The window of the maps, which show how a run ends from every start or for all values of two settings."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.maps.map_computation import MapNews
from gdsim.core.exercises.maps.map_csv import writing_maps
from gdsim.core.exercises.maps.outcome import OutcomePlan, plans_of
from gdsim.core.exercises.maps.raggedness import box_counts
from gdsim.core.exercises.maps.ranges import SETTINGS, STARTS, MapRange, fitted_range, kept_axis, kept_range
from gdsim.core.exercises.run_settings import settings_of
from gdsim.core.model.kept_windows import KeptMap
from gdsim.core.model.run import Run
from gdsim.core.settings import Value
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.computing_exercise import Computing
from gdsim.gui.exercises.exercise import CHANGE_PAUSE_MS, say_aloud, show_named
from gdsim.gui.exercises.keep_button import KeepButton
from gdsim.gui.exercises.maps.map_canvas import MapCanvas
from gdsim.gui.exercises.maps.map_colours import PaintedMap, painting_maps
from gdsim.gui.exercises.maps.map_controls import USUAL_STEPS, MapControls
from gdsim.gui.exercises.maps.map_readout import MapReadout
from gdsim.gui.exercises.maps.map_sheet import MapSheet
from gdsim.gui.exercises.maps.map_words import map_summary, meanings, ragged_words
from gdsim.gui.exercises.maps.zoom_film import PACE, ZoomCamera, film_picture, picture_count
from gdsim.gui.exercises.run_choice import RunChoice
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout, plain_button
from gdsim.gui.plain_text import sentence_label
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.style.theme import run_styles
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue

_MOST_MAPS = 4
_SIZE = 256  # pixels along a side of a map
# How long after the last zoom or move the maps are computed; meanwhile the last ones are shown.
_SOON_MS = 60
_SHARP = 2  # resolution of an exported picture relative to the window's


class MapsWindow(Computing):
    """Window with a map of the selected run, and of others beside it on the same scale."""

    help_page = "maps"
    writes_files = True
    remembered = (
        *("_mode", "_ranges", "_beside", "keep.seen"),
        *("controls.steps", "controls.steps.is_typed", "controls.tolerance", "controls.tolerance.is_typed"),
    )

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(session, user_actions, parent)
        self.setWindowTitle(self.tr("Maps"))
        self._mode = STARTS
        self._ranges: dict[int, MapRange] = {}  # by mode
        self.plans: tuple[OutcomePlan, ...] = ()
        self.maps: tuple[PaintedMap, ...] = ()
        self._beside = frozenset[str]()
        self.count_tasks = TaskQueue(self)
        self.runs, self.canvas = RunChoice(session), MapCanvas(self.tr("Maps"))
        self.controls, self.readout = MapControls(session), MapReadout(self)
        self.count = plain_button(
            self.tr("How ragged?"),
            self.tr("Counts the boxes that the edges between the colours go through."),
            self._count,
        )
        edits = self.tr("Keep map"), self.tr("Take out map")
        self.keep = KeepButton[KeptMap](session, user_actions, "map", self.tr("this range"), edits)
        self.film = plain_button(
            self.tr("Film…"),
            self.tr("The zoom from the whole range to this one, as GIF, APNG, WebP or MP4."),
            self._film,
        )
        self.picture = plain_button(
            self.tr("Picture…"), self.tr("The maps with their key, as PNG."), self._picture
        )
        self.table = plain_button(self.tr("Table…"), self.tr("A row for each pixel, as CSV."), self._table)
        self.words = sentence_label()
        self.words.hide()
        self.meanings = sentence_label("hint")
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        parts = (self.runs, self.controls, (self.canvas, 1), self.meanings)
        fill_layout(self.outline, *parts, margins=DIALOG_MARGINS)
        words, close = (self.readout.label, self.words), self.tr("The range stays until the program ends.")
        buttons = (self.count, self.film, self.picture, self.table, self.keep)
        self._set_foot(*words, buttons=buttons, close=close)
        resize_window(self, 1060, 720)

    def _connect(self) -> None:
        self.controls.modes.clicked.connect(self._on_mode)
        self.controls.across.changed.connect(partial(self._on_axis, 0))
        self.controls.up.changed.connect(partial(self._on_axis, 1))
        self.controls.steps.committed.connect(self._on_steps)
        self.controls.tolerance.committed.connect(self.follow)
        self.controls.all.clicked.connect(self._show_all)
        self.controls.beside_chosen.connect(self._on_beside)
        self.canvas.range_changed.connect(self._look)
        self.canvas.cursor_moved.connect(self._read)
        self.canvas.taken.connect(self._take)
        self.canvas.reset_requested.connect(self._show_all)
        self.session.surface_changed.connect(self._on_changed)
        self.pause_timer.timeout.connect(self._begin)

    def set_up(self, settings: Mapping[str, Value]) -> None:
        if "steps" in settings:
            self.controls.steps.set_typed(settings["steps"])
        if "settings" in settings:
            self._mode = SETTINGS if settings["settings"] else STARTS

    # -------------------------------------------------------------------------------------- plans

    @property
    def _range(self) -> MapRange | None:
        """The range of the current mode; None before there was a run."""
        return self._ranges.get(self._mode)

    def follow(self) -> None:
        run, experiment = self.run, self.experiment
        if run is not None and (kept := self.keep.news()) is not None:
            self._show_kept(kept, run)
        self.runs.follow()
        self.controls.modes.turn_on(self._mode)
        if run is None:
            self.plans = self.maps = ()
            self.stop_work()
        else:
            total = experiment.total_steps(replace(run, fork=None))  # on a map it begins at its own start
            self.controls.steps.show_usual(min(total, USUAL_STEPS))
            self.controls.tolerance.follow()
            self._ranges[self._mode] = fitted_range(self._range, experiment, run, self._mode)
            others = [one for place, one in enumerate(experiment.runs) if place != self.session.selected]
            self.controls.show_others(tuple(others), self._beside)
            self._plan()
        self.controls.setEnabled(run is not None)
        self._show()

    def _plan(self, pause_ms: int = CHANGE_PAUSE_MS) -> None:
        """Update the plans, and start computing after a pause if they differ from the current ones."""
        runs = [run for run in (self.run, *self._others()) if run is not None]
        range_ = self._ranges[self._mode]
        settings = tuple(settings_of(self.experiment, runs[0]).values())
        self.controls.across.show_axis(range_.seen[0], settings)
        self.controls.up.show_axis(range_.seen[1], settings)
        steps, below = int(self.controls.steps.value()), float(self.controls.tolerance.value())
        plans = plans_of(self.experiment, runs, range_.seen, steps, below, _SIZE)
        if [plan.subject for plan in plans] != [plan.subject for plan in self.plans]:
            if [plan.kind for plan in plans] != [plan.kind for plan in self.plans]:
                self.maps = ()
            self.tasks.cancel()
            self.pause_timer.start(pause_ms)
        self.plans = plans

    def _others(self) -> list[Run]:
        runs = self.experiment.runs
        others = [
            run
            for place, run in enumerate(runs)
            if run.name in self._beside and place != self.session.selected
        ]
        return others[: _MOST_MAPS - 1]

    # ------------------------------------------------------------------------------ computing

    @Slot()
    def _begin(self) -> None:
        self.pause_timer.stop()
        if not self.plans or not self.isVisible():
            return
        self.tell("")
        work = partial(painting_maps, self.plans)
        self._compute(self.tr("computing the maps"), work, self._on_done, self._on_news)

    def _on_news(self, news: MapNews[PaintedMap]) -> None:
        self.work.show_share(news.share)
        if news.maps:
            self.maps = news.maps
            self._show()

    def _on_done(self, maps: tuple[PaintedMap, ...]) -> None:
        self.maps = maps
        self._show()

    @Slot()
    def stop_work(self) -> None:
        super().stop_work()
        self.count_tasks.cancel()
        self.readout.stop_work()

    def end(self) -> None:
        super().end()
        self.count_tasks.close()
        self.readout.end()

    # ------------------------------------------------------------------------------ showing

    def _show(self) -> None:
        range_ = self._range
        if self.plans and range_ is not None:
            sheet = MapSheet(self.plans, self.maps, self._colours(), self.plans[0].x, self.plans[0].y)
            self.canvas.show_sheet(sheet, range_.whole)
        pairs = zip(self.plans, self.maps, strict=False)
        self.canvas.words = " ".join(map_summary(plan.run.shown_name, painted.map) for plan, painted in pairs)
        has_plans, has_maps = bool(self.plans), bool(self.maps)
        self.canvas.setVisible(has_plans)
        for button in (self.count, self.film, self.picture, self.table):
            button.setEnabled(has_maps)
        self.keep.offer(self._shown() if has_plans else None)
        show_named(self.meanings, self._meanings())
        self._read()

    def show_look(self) -> None:
        self._show()

    def _colours(self) -> list[str]:
        """Return the colours of the runs on the maps."""
        styles = run_styles(self.experiment.runs, self.theme)
        colours = {run.name: style.colour for run, style in zip(self.experiment.runs, styles, strict=True)}
        return [colours[plan.run.name] for plan in self.plans]

    def _meanings(self) -> str:
        if self.run is None:
            return self.tr("There is no run to make a map of. Add one in the window first.")
        steps = [plan.steps for plan in self.plans] or [int(self.controls.steps.value())]
        searched = any(plan.run.is_searched for plan in self.plans)
        forked = any(run.fork for run in (self.run, *self._others()))
        below = float(self.controls.tolerance.value())
        return meanings(steps, below, searched=searched, forked=forked)

    @Slot()
    def _read(self) -> None:
        self.readout.show_place(self.canvas.at, self.canvas.spot, self.plans, self.maps)

    # -------------------------------------------------------------------------- user actions

    @Slot(int)
    def _on_mode(self, mode: int) -> None:
        self._mode = mode
        self.follow()

    def _on_axis(self, place: int, axis: MapAxis) -> None:
        if self._range is not None:
            self._ranges[self._mode] = self._range.with_axis(place, axis)
            self.follow()

    @Slot()
    def _on_steps(self) -> None:
        self.follow()
        if self.plans:  # no run makes more steps than in the window
            self.controls.steps.set_value(max(plan.steps for plan in self.plans))

    def _on_beside(self, name: str) -> None:
        self._beside = self._beside ^ {name}
        self.follow()

    @Slot()
    def _show_all(self) -> None:
        if self._range is not None:
            self._look(*self._range.whole)

    @Slot(object, object)
    def _look(self, x: MapAxis, y: MapAxis) -> None:
        """Show another range; the old image stays until the new map is computed."""
        if self._range is not None and self.run is not None:
            self._ranges[self._mode] = replace(self._range, seen=(x, y))
            self._plan(_SOON_MS)
            self._show()

    @Slot(int, bool)
    def _take(self, index: int, as_new: bool) -> None:
        """Give the map's run the settings under the cursor, or add a new run with them."""
        values = self.readout.values
        if values is None or index >= len(self.plans):
            return
        plan = self.plans[index]
        run = plan.run_with(*values)
        if as_new:
            self.user_actions.add_like(run)
            return
        runs = self.experiment.runs
        place = next((place for place, one in enumerate(runs) if one.name == run.name), None)
        if place is not None and run != runs[place]:
            self.user_actions.replace_run(place, run, self.tr("Take a run from a map"))

    # ----------------------------------------------------------------------------- saved in the document

    def _show_kept(self, kept: KeptMap, run: Run) -> None:
        found = kept_range(kept, self.experiment, run)
        if found is None:
            return
        self._mode, range_ = found
        self._ranges[self._mode] = range_
        self._beside = frozenset(kept.beside)
        self.controls.steps.set_typed(kept.steps)
        self.controls.tolerance.set_typed(kept.solved_below)

    def _shown(self) -> KeptMap:
        """Return what is shown, as saved in a document."""
        range_ = self._ranges[self._mode]
        x, y = (kept_axis(whole, seen) for whole, seen in zip(range_.whole, range_.seen, strict=True))
        steps, below = int(self.controls.steps.value()), float(self.controls.tolerance.value())
        return KeptMap(x, y, steps, below, tuple(run.name for run in self._others()))

    # ------------------------------------------------------------- box counts and export

    @Slot()
    def _count(self) -> None:
        maps = [painted.map for painted in self.maps]
        names = [one.plan.run.shown_name for one in maps]
        self.count_tasks.replace(
            partial(box_counts, [one.classes for one in maps]),
            lambda counts: self.tell(ragged_words(names, counts)),
        )

    @Slot(str)
    def tell(self, sentence: str) -> None:
        say_aloud(self.words, sentence)
        self.words.setVisible(bool(sentence))

    @Slot()
    def _film(self) -> None:
        range_ = self._range
        if range_ is not None:
            draw = partial(film_picture, self.canvas, self._colours(), self.theme)
            count = picture_count(range_.whole[0], range_.seen[0])
            camera = partial(ZoomCamera, self.plans, range_.whole, count, draw)
            self.export.film(self.tr("Export a film of the zoom"), camera, count, PACE)

    @Slot()
    def _picture(self) -> None:
        """Export the maps with their key, at a higher resolution than in the window."""
        canvas = self.canvas
        if canvas.sheet is not None:
            image = canvas.picture(canvas.sheet, canvas.size() * _SHARP, _SHARP * canvas.ui_scale, self.theme)
            self.export.picture(self.tr("Export the maps as a picture"), image)

    @Slot()
    def _table(self) -> None:
        maps = [painted.map for painted in self.maps]
        writing = partial(writing_maps, maps=maps, names=[one.plan.run.name for one in maps])
        self.export.table(self.tr("Export the maps as a table"), writing)
