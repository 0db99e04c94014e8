"""Which trails are created, and how long they live, because their pictures are large."""

import weakref

from gdsim.gui.map import map_runs
from gdsim.gui.paint.trail import Trail
from gdsim.gui.surface import trails


def note_trails(monkeypatch):
    """Return a list to which a weak reference to each new trail of a map or surface is added."""
    made = []

    def note(*arguments, **settings):
        trail = Trail(*arguments, **settings)
        made.append(weakref.ref(trail))
        return trail

    for module in (map_runs, trails):
        monkeypatch.setattr(module, "Trail", note)
    return made
