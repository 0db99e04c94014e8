"""The place that is kept for the note on the computation does not depend on what it said last."""

import pytest

from gdsim.gui.playback.transport import ProgressNote


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5])
def test_when_all_is_computed_the_note_takes_the_room_of_its_end(qtbot, share):
    note = ProgressNote()
    qtbot.addWidget(note)
    note.setStyleSheet("QLabel { font-size: 30px; }")
    note.show_progress(1.0)
    room = note.sizeHint()
    note.show_progress(share)
    assert note.sizeHint() != room
    note.show_progress(1.0)
    assert note.sizeHint() == room
    assert note.isHidden()
