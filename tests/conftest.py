"""What holds for every test: nothing is left behind, nothing of the user's is touched, nothing fails unseen.

A test that has nothing to do with Qt does not load it.
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

# To load modules makes no garbage: see also `pytest_collection_finish`.
gc.disable()

keep_bytecode()

# A shell that runs the tests in the background has them ignore Ctrl-C, and all programs that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

CI = os.environ.get("CI", "").lower() not in ("", "0", "false")

# No deadline: the first call of anything is slow. A failing example is told without a search for what in it
# does not matter, which can outlast `faulthandler_timeout`. In CI the same examples every time.
_PHASES = tuple(phase for phase in Phase if phase is not Phase.explain)
settings.register_profile("local", deadline=None, max_examples=60 if WHOLE else 20, phases=_PHASES)
settings.register_profile(
    "ci", settings.get_profile("local"), derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if CI else "local")


# Before NumPy is loaded: its threads wait for each other in loops, which takes from other tests that run.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Before Qt is loaded: tests that run at the same time have a display each. Without displays of their own they
# need none, and put no windows before whoever runs them.
if displays := os.environ.get("GDSIM_TEST_DISPLAYS", "").split():
    os.environ["DISPLAY"] = displays[int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % len(displays)]
elif os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
    # A screen as large as that of a virtual display: the one that Qt makes up has no room for the window.
    os.environ["QT_QPA_PLATFORM"] = offscreen(Path(__file__).with_name("screen.json"))


_HOMES = itertools.count()

# Of a test: that it failed.
FAILED = pytest.StashKey[bool]()


def _loaded(name: str) -> ModuleType | None:
    """Return a module of PySide6 if somebody has loaded it."""
    return sys.modules.get(f"PySide6.{name}")


@pytest.fixture(autouse=True)
def _settings_in_tmp(request, tmp_path_factory):
    """Lead QSettings, and where unsaved work is kept, into the test's own folder.

    Most tests write nothing: for one that asks for no folder it is only named, as making one costs a lot.
    What the test patches is as before when the fixtures of this file end: they have patches of their own.
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
        # For programs that the test starts, and for Qt if only the test loads it.
        patch.setenv("XDG_CONFIG_HOME", folder)
        yield


@pytest.fixture
def _patience():
    """Wait for work that was cancelled to come to its end, however slow this machine is."""
    with pytest.MonkeyPatch.context() as patch:
        if tasks := sys.modules.get("gdsim.session.tasks"):
            patch.setattr(tasks, "LAST_SECONDS", 60.0)
        yield


@pytest.fixture(autouse=True)
def _nothing_left_behind(request, _patience):
    """Fail a test that leaves a window or a running thread."""
    windows_before, threads_before = windows(), _native_threads()
    yield
    delete_later_now()
    # pytest itself holds on to the values of fixtures; all others are torn down by now.
    request.node.funcargs.clear()
    left_windows = new_windows(windows_before)
    threads = running_threads() if _new_native_threads(threads_before) else []
    left = [f"a running thread, {thread!r}" for thread in threads]
    left += [f"a window, {window!r}" for window in left_windows]
    # Tidied up, so that the tests after this one are not blamed or disturbed.
    for thread in threads:
        thread.quit()
        thread.wait(5000)
    # Not deleted: Qt would take with them what Python still holds, which ends the process.
    for window in left_windows:
        window.close()
        window.hide()
    delete_later_now()
    take_theme_off()
    collect_due()
    if left:
        pytest.fail(f"the test left behind {' and '.join(left)}", pytrace=False)


def new_windows(before):
    """Return the windows that are left and were not there before, but for what only waits to be collected.

    While tests share a window, those that nobody sees may be parts of it: they are looked for at its end.
    """
    if _left(before):
        # Not left behind is what only a cycle of references keeps, or what Python keeps of the error that was
        # reported last: it is gone after this.
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
    """Return the top-level widgets, without those that Qt makes and keeps for itself."""
    widgets = _loaded("QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return []
    return [
        widget
        for widget in widgets.QApplication.topLevelWidgets()
        if widget.parent() is None and not widget.inherits("QTipLabel")
    ]


def _is_shared(widget):
    """Tell whether a window is one of `tests.gui.shared_window`."""
    return bool(widget.property("shared"))


def take_theme_off():
    """Show the application without a theme again, now that no window has to be painted anew."""
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
        return set(os.listdir("/proc/self/task"))  # noqa: PTH208 - twice for each test, and a Path takes longer
    except FileNotFoundError:
        return None


def _new_native_threads(before):
    """Tell whether there may be threads that were not there before."""
    now = _native_threads()
    return now is None or before is None or bool(now - before)


def delete_later_now():
    """Carry out what deleteLater() has put off."""
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
    """Never look again at what is there before the first test: many tests end with a collection.

    Garbage is collected after a test; `gdsim.gui.runtime.boot` says why Python may not do so by itself.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Fail a test during which pyqtgraph could not draw an item: it prints that and goes on.

    This looks at what pytest has captured, so `capfd` and `capsys` stay free for the tests.
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
    """Return the application's class, after what must be set before there is an application."""
    from PySide6.QtCore import QCoreApplication, Qt
    from PySide6.QtGui import QSurfaceFormat
    from PySide6.QtWidgets import QApplication

    form = QSurfaceFormat()
    form.setDepthBufferSize(24)
    form.setSamples(4)
    QSurfaceFormat.setDefaultFormat(form)
    # Without it a second or re-parented OpenGL view draws nothing.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    return QApplication


@pytest.fixture(scope="session")
def opengl(qapp):
    """Ask for OpenGL, be it in software: without it a test is skipped, but in CI it has to be there."""
    from gdsim.gui.surface.opengl import load_driver

    support = load_driver()
    if not support.available:
        (pytest.fail if CI else pytest.skip)("there is no OpenGL here")
    return support
