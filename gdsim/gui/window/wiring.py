"""Which request of which widget asks for what."""

from gdsim.gui.actions import Intents
from gdsim.gui.playback.transport import connect_transport
from gdsim.gui.window.workspace import Workspace
from gdsim.session.session import Session


def connect_cards(cards: Workspace, wishes: Intents, session: Session) -> None:
    """Send what people do in the cards to the intents.

    Parameters
    ----------
    cards : Workspace
    wishes : Intents
    session : Session
        For what needs no answer: a selection, the end of a gesture.
    """
    _connect_points(cards, wishes)
    _connect_maps(cards, wishes)
    _connect_runs(cards, wishes, session)
    connect_transport(cards.transport, wishes, session)
    cards.curves.seek_requested.connect(wishes.seek)
    cards.why.seek_requested.connect(wishes.seek)
    cards.step.part_requested.connect(session.light)
    cards.exact.requested.connect(session.sample_exactly)
    cards.exact.stop_requested.connect(session.stop_exact)
    for ended in (
        cards.contours.gesture_finished,
        cards.fit.gesture_finished,
        cards.editor.edit_finished,
    ):
        ended.connect(session.document.seal)


def _connect_points(cards: Workspace, wishes: Intents) -> None:
    table, fit = cards.table, cards.fit
    table.point_moved.connect(wishes.move_point)
    table.rows_removed.connect(wishes.remove_points)
    table.point_added.connect(wishes.add_point)
    table.role_changed.connect(wishes.set_role)
    table.sort_requested.connect(wishes.sort_points)
    table.refused.connect(wishes.refused)
    fit.point_moved.connect(wishes.drag_point)
    fit.point_added.connect(wishes.add_point_at)


def _connect_maps(cards: Workspace, wishes: Intents) -> None:
    contours = cards.contours
    contours.start_picked.connect(wishes.pick_start)
    contours.start_dragged.connect(wishes.drag_start)
    contours.start_shifted.connect(wishes.shift_start)
    contours.window_requested.connect(wishes.drag_window)
    cards.window_button.value_changed.connect(wishes.set_window)
    cards.fit_window.clicked.connect(wishes.fit_window)


def _connect_runs(cards: Workspace, wishes: Intents, session: Session) -> None:
    runs = cards.runs
    runs.selected.connect(session.select)
    runs.add_requested.connect(wishes.add_run)
    runs.duplicate_requested.connect(wishes.duplicate_run)
    runs.remove_requested.connect(wishes.remove_run)
    runs.run_changed.connect(wishes.replace_run)
    cards.editor.run_changed.connect(wishes.change_selected)
