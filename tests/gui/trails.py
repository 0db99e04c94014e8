"""Which trails are painted, and how long they stay: their pictures are large."""

import weakref

from gdsim.gui.map import map_runs
from gdsim.gui.paint.trail import Trail
from gdsim.gui.surface import trails


def note_trails(monkeypatch):
    """Return a list that fills with weak references to all trails that are made, on maps and surfaces."""
    made = []

    def note(*arguments, **settings):
        trail = Trail(*arguments, **settings)
        made.append(weakref.ref(trail))
        return trail

    for room in (map_runs, trails):
        monkeypatch.setattr(room, "Trail", note)
    return made
