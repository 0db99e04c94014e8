"""Fixtures and hooks for every test: none may leave anything behind, touch the user's files, or fail unseen.

They load Qt only on request, so that a test that has nothing to do with Qt runs without it.
"""

import gc
import itertools
import os
import signal
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, Phase, settings

from gdsim.core.process import collect_due
from tests.bytecode import keep_bytecode
from tests.every import WHOLE
from tests.screens import offscreen
from tests.shards import files_of_shard, read_shard
from tests.threads import running_threads

# Loading modules makes no garbage; see also `pytest_collection_finish`.
gc.disable()

keep_bytecode()

# A shell that runs the tests in the background makes them, and all programs that they start, ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

CI = os.environ.get("CI", "").lower() not in ("", "0", "false")

# No deadline, because the first call of anything is slow. No explanation of a failing example, because the
# search for the parts that do not matter can outlast `faulthandler_timeout`. CI tries the same examples every
# time.
_PHASES = tuple(phase for phase in Phase if phase is not Phase.explain)
settings.register_profile("local", deadline=None, max_examples=60 if WHOLE else 12, phases=_PHASES)
settings.register_profile(
    "ci", settings.get_profile("local"), derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if CI else "local")


# Set before NumPy is loaded, because its threads wait for each other in busy loops, which slows other tests.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Set before Qt is loaded. Tests that run in parallel have a display each. Without such displays the tests run
# offscreen, so that their windows do not disturb the developer.
if displays := os.environ.get("GDSIM_TEST_DISPLAYS", "").split():
    os.environ["DISPLAY"] = displays[int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % len(displays)]
elif os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
    # Describes a screen as large as that of a virtual display, because Qt's own is too small for the window.
    os.environ["QT_QPA_PLATFORM"] = offscreen(Path(__file__).with_name("screen.json"))


_HOMES = itertools.count()

# How long a thread may take to end by itself after a test.
_MOMENT_MS = 1000
# Set in the stash of a test that has failed.
FAILED = pytest.StashKey[bool]()


def _loaded(name: str) -> ModuleType | None:
    """Return a module of PySide6 if it has been loaded, else None."""
    return sys.modules.get(f"PySide6.{name}")


@pytest.fixture(autouse=True)
def _settings_in_tmp(request, tmp_path_factory):
    """Redirect QSettings, and the folder for unsaved work, into the test's own folder.

    Most tests write nothing, and creating a folder is slow, so it is only named if a test requests none.
    The fixtures of this file do not use `monkeypatch`, so that the test's patches are undone before they end.
    """
    if "tmp_path" in request.fixturenames:
        home = request.getfixturevalue("tmp_path")
    else:
        home = tmp_path_factory.getbasetemp() / f"home-{next(_HOMES)}"
    folder = str(home / "settings")
    if core := _loaded("QtCore"):
        q = core.QSettings
        q.setDefaultFormat(q.Format.IniFormat)
        for form in (q.Format.IniFormat, q.Format.NativeFormat):
            for scope in (q.Scope.UserScope, q.Scope.SystemScope):
                q.setPath(form, scope, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(home / "data"))
        # For programs that the test starts, and for Qt if it is loaded during the test.
        patch.setenv("XDG_CONFIG_HOME", folder)
        yield


@pytest.fixture
def _patience():
    """Wait for cancelled work to end, however slow this machine is."""
    with pytest.MonkeyPatch.context() as patch:
        if tasks := sys.modules.get("gdsim.session.tasks"):
            patch.setattr(tasks, "LAST_SECONDS", 60.0)
        yield


@pytest.fixture(autouse=True)
def _nothing_left_behind(request, _patience):
    """Fail a test that leaves a window or a running thread behind."""
    windows_before, threads_before = windows(), _native_threads()
    yield
    delete_later_now()
    # All other fixtures are torn down by now, but pytest still holds their values.
    if request.node.funcargs:  # None after an interrupt
        request.node.funcargs.clear()
    left_windows = new_windows(windows_before)
    # A worker with nothing left to do may still wait for the window to paint, see `TaskQueue`.
    new = running_threads() if _new_native_threads(threads_before) else []
    threads = [thread for thread in new if not thread.wait(_MOMENT_MS)]
    left = [f"a running thread, {thread!r}" for thread in threads]
    left += [f"a window, {window!r}" for window in left_windows]
    # Tidy up, so that later tests are not blamed or disturbed.
    for thread in threads:
        thread.quit()
        thread.wait(5000)
    # Not deleted, because Qt would also delete objects that Python still holds, which crashes the process.
    for window in left_windows:
        window.close()
        window.hide()
    delete_later_now()
    take_theme_off()
    collect_due()
    if left:
        pytest.fail(f"the test left behind {' and '.join(left)}", pytrace=False)


def new_windows(before):
    """Return the windows that were not there before, except those that only await garbage collection.

    While tests share a window, hidden windows may belong to it, and are checked only when it is closed.
    """
    if _left(before):
        # A window is not left behind if only a reference cycle holds it, or the last reported error, which
        # Python keeps.
        for name in ("last_exc", "last_type", "last_value", "last_traceback"):
            vars(sys).pop(name, None)
        gc.collect()
        delete_later_now()
    return _left(before)


def _left(before):
    now = windows()
    if any(map(_is_shared, now)):
        now = [widget for widget in now if widget.isVisible() and not _is_shared(widget)]
    return _new(now, before)


def windows():
    """Return the top-level widgets, without those that Qt creates and keeps for itself."""
    widgets = _loaded("QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return []
    return [
        widget
        for widget in widgets.QApplication.topLevelWidgets()
        if widget.parent() is None and not widget.inherits("QTipLabel")
    ]


def _is_shared(widget):
    """Return whether a window belongs to `tests.gui.shared_window`."""
    return bool(widget.property("shared"))


def take_theme_off():
    """Remove the application's theme, unless a shared window would have to be repainted."""
    widgets = _loaded("QtWidgets")
    app = widgets.QApplication.instance() if widgets else None
    if app is not None and app.styleSheet() and not any(map(_is_shared, app.topLevelWidgets())):
        app.setStyleSheet("")
        app.setPalette(app.style().standardPalette())


def _new(now, before):
    """Return what is in ``now`` and was not in ``before``; widgets are compared by identity."""
    return [thing for thing in now if not any(thing is old for old in before)]


def _native_threads():
    """Return the ids of the process's threads, or None where the system does not list them."""
    try:
        return set(os.listdir("/proc/self/task"))  # noqa: PTH208 - called twice for each test, and Path is slower
    except FileNotFoundError:
        return None


def _new_native_threads(before):
    """Return whether there may be threads that were not there before."""
    now = _native_threads()
    return now is None or before is None or bool(now - before)


def delete_later_now():
    """Carry out pending calls of deleteLater()."""
    core = _loaded("QtCore")
    if core is not None and core.QCoreApplication.instance() is not None:
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)


def pytest_addoption(parser):
    parser.addoption("--shard", type=read_shard, metavar="K/N", help="run the K-th of N parts of the tests")


def pytest_collection_modifyitems(config, items):
    if shard := config.getoption("shard"):
        files = files_of_shard((item.path for item in items), *shard)
        config.hook.pytest_deselected(items=[item for item in items if item.path not in files])
        items[:] = [item for item in items if item.path in files]


def pytest_collection_finish():
    """Exclude all that exists before the first test from garbage collection, with which many tests end.

    Garbage is collected after a test; `gdsim.gui.runtime.boot` says why Python may not collect it on its own.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Fail a test during which pyqtgraph could not draw an item, because it only prints that and goes on.

    This looks at the output that pytest has captured, so that `capfd` and `capsys` stay free for the tests.
    """
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    captured = [text for title, text in report.sections if title.endswith(report.when)]
    if report.passed and any("Error while drawing item" in text for text in captured):
        report.outcome, item.stash[FAILED] = "failed", True
        report.longrepr = f"an item could not be drawn; see what was captured:\n\n{''.join(captured)}"
    return report


@pytest.fixture(scope="session")
def qapp_cls():
    """Return the application's class, after setting what must be set before there is an application."""
    from PySide6.QtCore import QCoreApplication, Qt
    from PySide6.QtGui import QSurfaceFormat
    from PySide6.QtWidgets import QApplication

    form = QSurfaceFormat()
    form.setDepthBufferSize(24)
    form.setSamples(4)
    QSurfaceFormat.setDefaultFormat(form)
    # Without shared contexts, a second or re-parented OpenGL view draws nothing.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    return QApplication


@pytest.fixture(scope="session")
def opengl(qapp):
    """Require OpenGL, if only in software: without it a test is skipped, or fails in CI."""
    from gdsim.gui.surface.opengl import load_driver

    support = load_driver()
    if not support.available:
        (pytest.fail if CI else pytest.skip)("there is no OpenGL here")
    return support
