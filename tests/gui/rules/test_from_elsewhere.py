"""Every way by which typed formulas come into the window shows them before they are computed."""

from itertools import cycle

import pytest
from PySide6.QtWidgets import QApplication

from gdsim.core.files.link import link_of
from gdsim.core.files.scene import scene_text
from gdsim.core.files.scene_file import Draft, write_draft
from gdsim.core.model.edits import add_run
from gdsim.core.model.experiment import new_experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.objective_edits import use_function
from gdsim.core.model.run import Run
from gdsim.gui.clipboard import copied
from gdsim.gui.forms.typed_formulas import TypedLines
from gdsim.gui.share.arrival import ArrivalDialog
from tests.every import WHOLE
from tests.gui.files.test_file_commands import drop
from tests.gui.main_windows import question
from tests.gui.rules.test_own_rules import HEAVY
from tests.gui.share.test_share import open_dialog

pytestmark = pytest.mark.usefixtures("all_undressed")

TYPED = {
    "rule": (add_run(new_experiment(), HEAVY, Run(epochs=20)), "boost*v_t"),
    "function": (use_function(new_experiment(), FunctionObjective("w**4 + b**2 + 7")), "w**4 + b**2 + 7"),
}


@pytest.fixture(params=TYPED)
def typed(request):
    return TYPED[request.param]


def by_way(*ways):
    """Let each of the ways bring one of what was typed, or both in a whole run."""
    whole = [(typed, way) for way in ways for typed in TYPED]
    cases = whole if WHOLE else list(zip(cycle(TYPED), ways, strict=False))
    return pytest.mark.parametrize(("typed", "give"), cases, indirect=["typed"])


@pytest.fixture
def documents(window):
    """Return a list of the documents that the window has opened."""
    documents = []

    def note(_old, new):
        documents.append(new)

    window.session.experiment_changed.connect(note)
    yield documents
    window.session.experiment_changed.disconnect(note)


def by_opening(window, path):
    window.files.open(path)


def by_dropping(window, path):
    assert drop(window, path)


def by_recent_files(window, path):
    window.files.recent.add(path)
    window.files.open_recent(path)


@by_way(by_opening, by_dropping, by_recent_files)
def test_a_file_asks(window, qtbot, tmp_path, typed, give, documents):
    experiment, line = typed
    path = tmp_path / "elsewhere.gdsim"
    path.write_text(scene_text(experiment), encoding="utf-8")
    give(window, path)
    qtbot.waitUntil(lambda: question(window) is not None)
    assert line in question(window).findChild(TypedLines).toPlainText()
    assert documents == []
    question(window).accept()
    qtbot.waitUntil(lambda: documents == [experiment])


def by_paste(window, link):
    QApplication.clipboard().setText(link)
    window.share.made.paste(copied())


def by_a_second_start(window, link):
    window.take_over(link)


def by_a_click(window, link):
    window.open_link(link)


@by_way(by_paste, by_a_second_start, by_a_click)
def test_a_link_shows_them_and_does_not_ask_twice(
    window,
    qtbot,
    tmp_path,
    typed,
    give,
    documents,
):
    experiment, line = typed
    give(window, link_of(experiment))
    dialog = open_dialog(window, qtbot, ArrivalDialog)
    assert line in dialog.findChild(TypedLines).toPlainText()
    assert documents == []
    dialog.reject()
    assert window.known_rules.unknown(experiment.typed) == list(experiment.typed)
    give(window, link_of(experiment))
    open_dialog(window, qtbot, ArrivalDialog).open_scene.click()
    assert documents == [experiment]
    assert question(window) is None
    assert window.known_rules.unknown(experiment.typed) == []


def test_unsaved_work_of_another_start_asks(
    window,
    qtbot,
    tmp_path,
    typed,
    documents,
):
    experiment, line = typed
    write_draft(tmp_path / "draft-1.json", Draft(experiment, None))
    window.files.begin(tmp_path)
    qtbot.waitUntil(window.files.bar.isVisible)
    window.files.bar.restore_requested.emit()
    assert line in question(window).findChild(TypedLines).toPlainText()
    assert documents == []
    question(window).reject()
    assert documents == []
    assert window.files.bar.isVisible()
    window.files.bar.restore_requested.emit()
    question(window).accept()
    assert documents == [experiment]
    assert not window.files.bar.isVisible()


def test_unsaved_work_of_known_formulas_does_not_ask(window, qtbot, tmp_path, documents):
    experiment, _ = TYPED["function"]
    window.known_rules.remember(experiment.typed)
    write_draft(tmp_path / "draft-1.json", Draft(experiment, None))
    window.files.begin(tmp_path)
    qtbot.waitUntil(window.files.bar.isVisible)
    window.files.bar.restore_requested.emit()
    assert question(window) is None
    assert documents == [experiment]
