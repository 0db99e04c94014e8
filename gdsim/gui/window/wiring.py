"""The connections from the signals of the cards to the slots that handle them."""

from collections.abc import Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QWidget

from gdsim.core.lessons.view import PAGES
from gdsim.gui.actions import UserActions
from gdsim.gui.forms.tips import native_keys, show_keys
from gdsim.gui.playback.player import PlaybackCommands
from gdsim.gui.playback.transport import connect_transport
from gdsim.gui.translation import tr
from gdsim.gui.window.header import Header
from gdsim.gui.window.workspace import Workspace
from gdsim.session.session import Session


def connect_cards(
    cards: Workspace, user_actions: UserActions, player: PlaybackCommands, session: Session
) -> None:
    """Connect what the user does in the cards to actions, playback and session."""
    _connect_points(cards, user_actions)
    _connect_maps(cards, user_actions)
    _connect_runs(cards, user_actions, session)
    connect_transport(cards.transport, player, session)
    cards.curves.seek_requested.connect(player.seek)
    cards.why.seek_requested.connect(player.seek)
    for page in (cards.step, cards.code):
        page.part_requested.connect(session.highlight)
    cards.code.program_requested.connect(user_actions.copy_program)
    cards.exact.requested.connect(session.sample_exactly)
    cards.exact.stop_requested.connect(session.surfaces.stop_exact)
    for ended in (
        cards.contours.gesture_finished,
        cards.slice_button.settled,
        cards.fit.gesture_finished,
        cards.editor.edit_finished,
    ):
        ended.connect(session.end_gesture)


def _connect_points(cards: Workspace, user_actions: UserActions) -> None:
    table, fit = cards.table, cards.fit
    table.point_moved.connect(user_actions.move_point)
    table.rows_removed.connect(user_actions.remove_points)
    table.point_added.connect(user_actions.add_point)
    table.role_changed.connect(user_actions.set_role)
    table.sort_requested.connect(user_actions.sort_points)
    table.refused.connect(user_actions.refused)
    fit.point_moved.connect(user_actions.drag_point)
    fit.point_added.connect(user_actions.add_point_at)


def _connect_maps(cards: Workspace, user_actions: UserActions) -> None:
    contours = cards.contours
    contours.start_picked.connect(user_actions.pick_start)
    contours.start_dragged.connect(user_actions.drag_start)
    contours.start_shifted.connect(user_actions.shift_start)
    # A place pointed at on one picture of the surface is marked on the other.
    contours.pointed.connect(cards.surface.point_at)
    cards.surface.pointed.connect(contours.point_at)
    cards.curves.cut_wanted.connect(user_actions.set_cut)
    contours.view_range_requested.connect(user_actions.drag_view_range)
    cards.view_range_button.value_changed.connect(user_actions.set_view_range)
    cards.view_range_button.log_height_toggled.connect(user_actions.toggle_log_height)
    cards.view_range_button.lens_toggled.connect(user_actions.toggle_lens)
    cards.view_range_button.field_toggled.connect(user_actions.toggle_field)
    cards.slice_button.chosen.connect(user_actions.set_slice)
    cards.slice_button.dragged.connect(user_actions.drag_slice)


def _connect_runs(cards: Workspace, user_actions: UserActions, session: Session) -> None:
    runs = cards.runs
    runs.selected.connect(session.select)
    runs.add_requested.connect(user_actions.add_run)
    runs.paste_requested.connect(user_actions.paste_optimizer)
    runs.duplicate_requested.connect(user_actions.duplicate_run)
    runs.remove_requested.connect(user_actions.remove_run)
    runs.run_changed.connect(user_actions.replace_run)
    cards.editor.run_changed.connect(user_actions.change_selected)


def connect_commands(cards: Workspace, header: Header, commands: Mapping[str, QAction]) -> None:
    """Connect buttons to their commands, and show the shortcuts in tooltips."""
    transport = cards.transport
    buttons_by_command: dict[str, QAbstractButton] = {
        **header.buttons,
        "simple": header.more,
        "reset_view": cards.reset_view,
        "top_view": cards.top_view,
        "fit_view_range": cards.fit_view_range,
    }
    for name, button in buttons_by_command.items():
        button.clicked.connect(commands[name].trigger)
    widgets_by_command: dict[str, QWidget] = {
        **buttons_by_command,
        **{f"page_{page}": cards.run_card.tab(index) for index, page in enumerate(PAGES)},
        "arrows": cards.legend.button,
        "first": transport.first,
        "back": transport.back,
        "play": transport.play,
        "forward": transport.forward,
        "last": transport.last,
        "live": transport.live,
        "loop": transport.loop,
    }
    for name, widget in widgets_by_command.items():
        show_keys(widget, commands[name])
    fit = tr("Fit ({0})")
    cards.contours.set_remedy(fit.format(native_keys(commands["fit_view_range"].shortcut())))
