"""What the cards show of an experiment, of its surface, and of the current step."""

from collections.abc import Mapping

from PySide6.QtGui import QAction

from gdsim.core.analysis.batch_view import highlighted_rows
from gdsim.core.engine.trajectory import steps_with_room
from gdsim.core.formulas import numerals
from gdsim.core.language.texts import counted, translated
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.map_overlays import MapOverlays
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.objective_words import reach_of, unreachable_targets
from gdsim.core.model.run import Run, lecture_start
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.objective.words import loss_hint
from gdsim.gui.paint.words import slice_words
from gdsim.gui.translation import tr
from gdsim.gui.window.workspace import Workspace
from gdsim.session.frame import Frame
from gdsim.session.playback import Playhead

_COMMANDS_FOR_A_RUN = (
    "duplicate_run",
    "what_if",
    "compare_run",
    "hide_run",
    "remove_run",
    "copy_torch",
    "copy_keras",
    "copy_optax",
    "edit_rule",
)


def show_experiment(cards: Workspace, old: Experiment | None, new: Experiment) -> None:
    """Show what differs from ``old``, except the runs; everything if it is None."""
    if old is None or old.objective != new.objective:
        cards.show_objective(new.objective)
    if old is None or _data(old) != _data(new):
        _show_data(cards, new)
    if old is None or old.view_range != new.view_range:
        cards.contours.show_view_range(new.view_range)
        cards.view_range_button.set_value(new.view_range)
    if old is None or old.drawn != new.drawn:
        _show_drawn(cards, new.drawn)
    cards.view_range_button.set_switches(log_height=new.log_height)
    cards.slice_button.show_slice(new.slice, new.points.dimension, new.view_range)
    if old is None or old.rules != new.rules:
        cards.runs.set_own_rules(new.rules)
        cards.editor.set_own_rules(new.rules)


def _show_drawn(cards: Workspace, drawn: MapOverlays) -> None:
    cards.view_range_button.set_switches(lens=drawn.lens, field=drawn.field)
    cards.curves.show_cut(drawn.cut)
    for pane in cards.maps:
        pane.set_drawn(drawn)


def _data(experiment: Experiment) -> tuple[object, ...]:
    return experiment.points, experiment.validation, experiment.objective


def _show_data(cards: Workspace, experiment: Experiment) -> None:
    """Show the points and the neuron that learns from them, or the function in their place."""
    objective = experiment.objective
    if isinstance(objective, FunctionObjective):
        cards.function.show_function(objective, experiment.points)
        return
    cards.table.set_points(experiment.points, experiment.validation, objective)
    cards.fit.show_points(experiment.points, experiment.validation, objective)
    beyond, hint = unreachable_targets(experiment.points.y, objective), _points_hint(experiment)
    if beyond:
        hint += tr("; y {0}").format(translated(reach_of(objective).words))
    cards.points_card.set_hint(hint)
    cards.points_card.explain(beyond)


def _points_hint(experiment: Experiment) -> str:
    training, held_out = len(experiment.points), len(experiment.validation)
    if held_out:  # short as in the table, so that the numbers fit in a small window
        return tr("{n} train, {m} val").format(
            n=numerals.integer_text(training), m=numerals.integer_text(held_out)
        )
    return counted(training, "{n} point", "{n} points")


def show_selected(
    cards: Workspace, experiment: Experiment, run: Run | None, commands: Mapping[str, QAction]
) -> None:
    """Show the settings of the selected run, and enable the commands that need one."""
    cards.editor.setEnabled(run is not None)
    cards.transport.set_has_runs(run is not None)
    if run:
        cards.editor.set_room(experiment.total_steps(run), steps_with_room(experiment, run))
    # If no run is selected, the editor shows a new one.
    cards.editor.set_run(run or Run(start=lecture_start(experiment.points.dimension)), experiment)
    for name in _COMMANDS_FOR_A_RUN:
        commands[name].setEnabled(run is not None)


def show_surface(cards: Workspace, surface: LossSurface, experiment: Experiment) -> None:
    """Update the hints, titles and buttons for a surface, and the curves that are measured on it."""
    plane = surface.plane
    cards.legend.show_surface(surface)
    cards.curves.show_loss(surface)
    cards.exact.show_surface(surface)
    cards.surface_card.set_hint(loss_hint(experiment.objective) if plane.is_all else slice_words(plane))
    title = tr("Error surface  L({0}, {1})").format(*plane.names)
    cards.surface_card.title.set_whole(title)
    cards.view_range_button.set_names(plane.names)
    cards.slice_button.show_plane(plane)


def show_current_step(cards: Workspace, frame: Frame, playhead: Playhead) -> None:
    """Show the current step in the table of points and the transport."""
    current = frame.current
    cards.table.show_fit(current.p if current and current.begun else None)
    cards.table.show_highlighted(highlighted_rows(frame.update) if frame.update else None)
    epoch = 0
    if current:
        epoch = current.epoch if current.begun or frame.by_epoch else current.epoch_at(frame.cursor)
    cards.transport.show_playhead(playhead, frame.by_epoch, epoch)
