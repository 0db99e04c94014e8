"""Which trails are created, and how long they live, because their pictures are large."""

import weakref

from gdsim.gui.paint.trail import Trail


def note_trails(monkeypatch):
    """Return a list to which a weak reference to each new trail of a map or surface is added."""
    made, begin = [], Trail.__init__

    def note(trail, *arguments):
        begin(trail, *arguments)
        made.append(weakref.ref(trail))

    monkeypatch.setattr(Trail, "__init__", note)
    return made
