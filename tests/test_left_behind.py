"""A test that fails and leaves a window is told of, and the tests after it are run."""

import gc
from threading import Event

from PySide6.QtCore import QThread

from tests.gui.forked import forked
from tests.threads import running_threads

_TESTS = """
from tests.gui.frames import scene
from tests.gui.main_windows import opened_for_menus


def test_fails(qtbot):
    window = opened_for_menus(qtbot, scene("first-neuron"))
    qtbot._request.node.qt_widgets.clear()  # so that nobody closes it
    window.commands["quiz"].trigger()
    assert window.exercises.opened["quiz"].isVisible()
    raise ValueError


def test_after(qapp):
    assert qapp is not None
"""


def test_a_window_that_is_left_open_does_not_end_the_process(tmp_path):
    (tmp_path / "test_leaves.py").write_text(_TESTS)
    code = "import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"
    ran = forked(code, *["-q", "-n", "0", "-p", "tests.conftest", "-p", "no:cacheprovider"], str(tmp_path))
    assert ran.stdout.splitlines()[-1].startswith("1 failed, 1 passed, 1 error"), ran.stdout + ran.stderr
    assert "the test left behind a window" in ran.stdout


def test_a_thread_that_runs_is_found_also_when_the_garbage_collector_knows_it_no_more():
    class Waiting(QThread):
        def run(self):
            ended.wait()

    ended, thread = Event(), Waiting()
    gc.freeze()
    thread.start()
    try:
        assert running_threads() == [thread]
    finally:
        ended.set()
        thread.wait()
    assert running_threads() == []
