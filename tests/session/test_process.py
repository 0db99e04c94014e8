"""What only shows in a process as a whole: its end, its references, its interpreter lock."""

import sys

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from tests.every import every
from tests.gui.forked import forked

BEGINNING = """
import sys
from dataclasses import replace
import numpy as np
from PySide6.QtCore import QCoreApplication, QTimer
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.run import Run
from gdsim.core.model.points import PointSet
from gdsim.session.session import Session

app = QCoreApplication([])
points = PointSet(np.linspace(-1.0, 1.0, int(sys.argv[1])), np.linspace(0.0, 1.0, int(sys.argv[1])))
runs = tuple(Run(epochs=10_000_000, seed=seed, name=str(seed)) for seed in range(3))
session = Session(Experiment(points=points, validation=PointSet.empty(), runs=runs))
"""
ENDINGS = {
    "in the middle of it": """
session.frame_changed.connect(lambda frame: frame.length > 50 and app.quit())
session.begin()
session.play(lambda head: head.play())
app.exec()
session.close()
session.close()
""",
    "at once": "session.begin(); session.close()",
    "never begun nor closed": "",
    "from inside a signal": """
def end(_):
    session.close()
    app.quit()
session.surface_changed.connect(end)
session.begin()
app.exec()
""",
}


def run(ending, points):
    """Return exit code, output and complaints of a program that ends so."""
    done = forked(BEGINNING + ending, str(points))
    return done.returncode, done.stdout, done.stderr


@every("ending", ENDINGS.values(), ids=ENDINGS)
def test_the_process_ends_in_silence(ending):
    assert run(ending, points=2) == (0, "", "")


def test_the_process_ends_in_the_middle_of_a_large_surface():
    ending = "session.begin(); QTimer.singleShot(30, app.quit); app.exec(); session.close()"
    assert run(ending, points=300_000) == (0, "", "")


class _Sender(QObject):
    told = Signal(object)


def test_signals_cost_no_references():
    """Canary: a release of the binding dropped a reference to True on every signal, and so ended Python."""
    sender = _Sender()
    sender.told.connect(lambda _: None)
    before = sys.getrefcount(True)
    for _ in range(100):
        sender.told.emit(True)
    assert abs(sys.getrefcount(True) - before) < 50


def test_the_window_keeps_breathing_while_the_worker_computes(make_session, qtbot, long_experiment):
    session = make_session(long_experiment)
    beats = []
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: beats.append(session.is_settled))
    session.begin()
    timer.start(16)
    # With the interpreter lock held from chunk to chunk, so many beats would not come while one waits.
    qtbot.waitUntil(lambda: len(beats) > 30)
    timer.stop()
    assert not any(beats)
