"""A rule of one's own in the window: typed, followed, changed, undone; and asked about from elsewhere."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu, QPushButton

from gdsim.cli import main
from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.link import link_of
from gdsim.core.files.scene import load_scene, scene_text
from gdsim.core.lessons.files import load_lesson
from gdsim.core.lessons.view import PAGES
from gdsim.core.model.edits import add_run
from gdsim.core.model.experiment import new_experiment
from gdsim.core.model.run import Run
from gdsim.core.model.run_style import with_styles
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import own_rule
from gdsim.gui.forms.typed_formulas import TypedLines
from gdsim.gui.runtime.app import begin_document
from gdsim.gui.share.arrival import ArrivalDialog
from gdsim.gui.style.theme import THEMES
from tests.core.records import columns_of
from tests.every import in_turn
from tests.gui.files.test_file_commands import drop
from tests.gui.main_windows import opened_for_menus, question
from tests.gui.share.test_share import open_dialog

HEAVY = own_rule("Heavy", "v_t = gamma*v + eta*g\nw_next = w - boost*v_t")


@pytest.fixture
def opened(qtbot, settings):
    """Return a function that opens the window on an experiment, which is not yet computed."""
    return lambda experiment: opened_for_menus(qtbot, experiment, settings)


@pytest.fixture
def elsewhere(tmp_path):
    """Return the file of a scene with a typed rule, from somebody else."""
    path = tmp_path / "elsewhere.gdsim"
    path.write_text(scene_text(add_run(new_experiment(), HEAVY, Run(epochs=50))), encoding="utf-8")
    return path


def type_rule(window, qtbot, title, lines, command="own_rule"):
    window.commands[command].trigger()
    dialog = window.formulas.made.dialog
    dialog.title.setText(title)
    dialog.lines.replace_all(lines)
    dialog.check_now()
    qtbot.waitUntil(lambda: not dialog.pause_timer.isActive() and not dialog.tasks.is_busy)
    qtbot.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.is_settled)


# --------------------------------------------------------------------------------- in the window


def test_a_typed_rule_is_followed_by_a_new_run_and_undone_at_once(window, qtbot):
    session, before = window.session, window.session.experiment
    type_rule(window, qtbot, "Heavy", HEAVY.lines)
    assert session.experiment.rules == (HEAVY,)
    assert session.selected_run.optimizer == HEAVY()
    assert session.selected_run.name == "Heavy"
    record = session.frame().current.whole
    np.testing.assert_array_equal(record.p, columns_of(session.selected_run, before.points).p)
    window.commands["undo"].trigger()
    assert session.experiment == before
    window.commands["redo"].trigger()
    assert session.experiment.rules == (HEAVY,)


def test_menus_and_choosers_list_the_rules_of_the_document(window, qtbot):
    type_rule(window, qtbot, "Heavy", HEAVY.lines)
    type_rule(window, qtbot, "Light", "w_next = w - eta*g/2")
    (group,) = (
        one for one in window.cards.runs.findChildren(QMenu) if one.title() == "Rules of this document"
    )
    assert [action.text() for action in group.actions()] == ["Heavy", "Light"]
    assert group.menuAction().isVisible()
    combo = window.cards.editor.make().kinds["optimizer"].combo
    texts = [combo.itemText(index) for index in range(combo.count())]
    assert texts[-3:] == ["", "Heavy", "Light"]  # below a line
    assert combo.currentText() == "Light"
    group.actions()[0].trigger()
    assert window.session.selected_run.name == "Heavy 2"
    combo.setCurrentIndex(combo.findData("adam"))
    combo.activated.emit(combo.currentIndex())
    assert window.session.selected_run.optimizer.id == "adam"
    window.session.open(new_experiment())
    assert not group.menuAction().isVisible()
    assert combo.findText("Heavy") < 0


def test_a_rule_is_edited_and_its_runs_follow(window, qtbot):
    type_rule(window, qtbot, "Heavy", HEAVY.lines)
    editor = window.cards.editor
    button = next(one for one in editor.findChildren(QPushButton) if one.text() == "Edit the lines…")
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.formulas.made.dialog.lines.toPlainText() == HEAVY.lines
    window.formulas.made.dialog.reject()
    type_rule(window, qtbot, "Heavier", "v_t = gamma*v + eta*g\nw_next = w - 2*v_t", "edit_rule")
    (rule,) = window.session.experiment.rules
    assert (rule.title, rule.id) == ("Heavier", "heavy")
    assert window.session.selected_run.optimizer == rule()
    assert window.session.selected_run.name == "Heavier"
    window.session.select(0)
    assert not button.isVisible()


def test_a_rule_of_the_program_is_the_beginning_of_one_s_own(window, qtbot):
    window.commands["edit_rule"].trigger()
    dialog = window.formulas.made.dialog
    qtbot.waitUntil(lambda: not dialog.pause_timer.isActive() and not dialog.tasks.is_busy)
    assert dialog.lines.toPlainText() == RULES["gd"].lines
    qtbot.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    assert [one.title for one in window.session.experiment.rules] == ["My Gradient descent"]
    assert [run.optimizer.id for run in window.session.experiment.runs] == ["gd", "my-gradient-descent"]


def test_a_removed_rule_takes_its_runs_and_undo_brings_all_back(window, qtbot):
    type_rule(window, qtbot, "Heavy", HEAVY.lines)
    window.commands["duplicate_run"].trigger()
    now = window.session.experiment
    window.commands["edit_rule"].trigger()
    qtbot.mouseClick(window.formulas.made.dialog.remove, Qt.MouseButton.LeftButton)
    assert window.session.experiment.rules == ()
    assert [run.name for run in window.session.experiment.runs] == ["Gradient descent"]
    window.commands["undo"].trigger()
    assert window.session.experiment == now


def test_every_pane_shows_it(window, qtbot):
    window.setUpdatesEnabled(True)
    type_rule(window, qtbot, "Heavy", HEAVY.lines)
    session, cards = window.session, window.cards
    session.play(lambda head: head.seek(20))
    for kind, (page, theme) in in_turn(CurveKind, list(in_turn(range(len(PAGES)), THEMES))):
        window.appearance.set_theme(theme)
        cards.run_card.show_page(page)
        cards.curves.choose(kind)
        window.show_now()
    for name in ("check_work", "predict", "find_rate"):
        window.exercises.open(name)
        assert window.exercises.opened[name].isVisible()
    window.commands["copy_torch"].trigger()
    assert "PyTorch has no form of Heavy, whose lines were typed here" in window.notice.text()


# ------------------------------------------------------------------------------- from elsewhere


def test_a_scene_from_elsewhere_shows_its_lines_before_it_is_opened(window, qtbot, elsewhere):
    before = window.session.experiment
    window.files.open(elsewhere)
    qtbot.waitUntil(lambda: question(window) is not None)
    asked = question(window)
    lines = asked.findChild(TypedLines).toPlainText()
    assert lines.startswith(f"{HEAVY.lines}\n\neta = 1, gamma = 0.9, boost = 0.5")
    assert window.session.experiment == before
    asked.reject()
    assert window.session.experiment == before
    window.files.open(elsewhere)
    qtbot.waitUntil(lambda: question(window) is not None)
    qtbot.mouseClick(question(window).take, Qt.MouseButton.LeftButton)
    assert window.session.experiment.rules == (HEAVY,)
    assert window.session.document.file.path == elsewhere


def test_one_is_asked_once_for_each_content(opened, qtbot, elsewhere):
    window = opened(new_experiment())
    window.known_rules.remember([HEAVY])
    window.files.open(elsewhere)
    qtbot.waitUntil(lambda: window.session.experiment.rules == (HEAVY,))
    again = opened(new_experiment())  # another start
    assert again.known_rules.unknown([HEAVY]) == []
    changed = replace(HEAVY, lines=f"{HEAVY.lines}*2")
    assert again.known_rules.unknown([HEAVY, changed]) == [changed]


def test_what_was_typed_here_is_known(window, qtbot):
    type_rule(window, qtbot, "Heavy", HEAVY.lines)
    assert window.known_rules.unknown([HEAVY]) == []


def test_bundled_scenes_do_not_ask(window, qtbot):
    window.files.open_bundled("own-rule")
    assert question(window) is None
    assert [rule.title for rule in window.session.experiment.rules] == ["Braked momentum"]
    assert window.known_rules.unknown(load_scene(bundled_scenes()["own-rule"]).rules) == []


def test_a_dropped_scene_asks_too(window, qtbot, elsewhere):
    assert drop(window, elsewhere)
    qtbot.waitUntil(lambda: question(window) is not None)


@pytest.mark.parametrize("agrees", [True, False])
def test_a_scene_of_the_command_line_is_not_computed_before_one_agrees(opened, qtbot, elsewhere, agrees):
    window = opened(load_scene(elsewhere))
    begin_document(window, elsewhere)
    asked = question(window)
    assert asked is not None
    QApplication.processEvents()
    assert window.session.frame().length == 0
    asked.accept() if agrees else asked.reject()
    qtbot.waitUntil(window.is_settled)
    assert window.session.experiment.rules == ((HEAVY,) if agrees else ())
    assert window.session.frame().length > 0


def test_a_link_that_comes_takes_the_place_of_a_scene_that_is_asked_about(opened, qtbot, elsewhere):
    window = opened(load_scene(elsewhere))
    begin_document(window, elsewhere)
    assert question(window) is not None
    valley = load_scene(bundled_scenes()["valley"])
    window.take_over(link_of(valley))
    open_dialog(window, qtbot, ArrivalDialog).open_scene.click()
    assert question(window) is None
    qtbot.waitUntil(window.is_settled)
    assert window.session.experiment == with_styles(valley)
    assert window.session.frame().length > 0


def test_a_bundled_scene_of_the_command_line_begins_at_once(opened, qtbot):
    window = opened(load_scene(bundled_scenes()["own-rule"]))
    begin_document(window, None)
    assert question(window) is None
    qtbot.waitUntil(window.is_settled)


def test_a_lesson_from_elsewhere_asks_before_its_first_stop(window, qtbot, elsewhere, tmp_path):
    scene = json.loads(elsewhere.read_text(encoding="utf-8"))
    stop = {"title": "Heavy", "scene": scene, "caption": "Look."}
    path = tmp_path / "lesson.json"
    path.write_text(
        json.dumps({"gdsim-lesson": 1, "title": "T", "about": "a", "stops": [stop]}), encoding="utf-8"
    )
    lesson = load_lesson(str(path))
    assert lesson.typed == (HEAVY,)
    window.lessons.begin(lesson)
    assert window.session.experiment.rules == ()
    question(window).accept()
    assert window.session.experiment.rules == (HEAVY,)


def test_the_command_line_computes_it_with_a_note(elsewhere, capsys):
    assert main(["run", str(elsewhere)]) == 0
    said = capsys.readouterr()
    assert said.err == "note: Heavy is a rule of this scene, not of gdsim\n"
    assert "heavy" in said.out
    assert main(["run", "own-rule"]) == 0
    assert capsys.readouterr().err == ""
