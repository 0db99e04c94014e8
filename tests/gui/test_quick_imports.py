import subprocess
import sys

# Each name is counted before it is asked for.
ASK = """
import gdsim.gui
import pyqtgraph
import PySide6.QtCore, PySide6.QtGui, PySide6.QtWidgets
for name in ("QtCore", "QtGui", "QtWidgets"):
    theirs, qt = getattr(pyqtgraph.Qt, name), getattr(PySide6, name)
    names = dir(qt)
    print(name, len(names), sum(one in vars(theirs) for one in names), end=" ")
    print(all(getattr(theirs, one) is getattr(qt, one) for one in names if one[0] == "Q"), end=" ")
    print(hasattr(theirs, "QNothing"))
"""


def test_pyqtgraph_has_all_of_qts_names_and_asks_only_for_those_that_it_needs():
    asked = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    answers = [line.split() for line in asked.stdout.splitlines()]
    assert [answer[0] for answer in answers] == ["QtCore", "QtGui", "QtWidgets"], asked.stderr
    for _, known, needed, same, unknown in answers:
        assert int(known) > 100
        assert int(needed) < int(known) / 3
        assert (same, unknown) == ("True", "False")


def test_the_names_of_qt_can_be_listed_after_that():
    code = "import PySide6.QtWidgets as qt, gdsim.gui; print('QCalendarWidget' in dir(qt))"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "True", asked.stderr


UNUSED = """
import sys
import gdsim.gui
print(*(name for name in sys.modules if name.partition(".")[0] in ("pyqtgraph", "multiprocessing", "pydoc")))
from pyqtgraph import imageview, multiprocess, parametertree
from pyqtgraph.GraphicsScene import exportDialog
print(imageview.ImageView.__name__, multiprocess.Process.__name__, parametertree.Parameter.__name__)
"""


def test_the_parts_of_pyqtgraph_that_are_not_used_are_not_loaded_but_can_be_loaded_later():
    asked = subprocess.run([sys.executable, "-c", UNUSED], capture_output=True, text=True, check=False)
    assert asked.returncode == 0, asked.stderr
    loaded, later = (line.split() for line in asked.stdout.splitlines())
    assert "pyqtgraph.widgets.PlotWidget" in loaded
    unused = ("imageview", "multiprocess", "parametertree", "widgets.SpinBox", "graphicsItems.ROI")
    assert not {"multiprocessing", "pydoc", *(f"pyqtgraph.{name}" for name in unused)} & set(loaded)
    assert later == ["ImageView", "Process", "Parameter"]
