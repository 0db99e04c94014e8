"""What lets one see why settings work, part by part: each part has all that a part has.

The parts are the curvature at the run, maps, what if, the fair race, the choice of the step, the gradient
field and the cut. Each can be taken back, is kept in a file, goes into a table and a picture, has a page of
the guide, works by keys, is said in words, comes in a scene and is at a stop of a lesson. That maps and races
do so is tested in `tests/gui/exercises`.
"""

import csv
from dataclasses import replace
from functools import cache

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.bundled import BUNDLED_SCENES
from gdsim.core.files.scene import parse_scene, scene_text
from gdsim.core.lessons.files import BUNDLED_LESSONS as LESSONS
from gdsim.core.lessons.files import check_lesson
from gdsim.core.resources import resource
from gdsim.core.rules.searches import FIXED
from gdsim.gui import accessible
from gdsim.gui.export.picture_spec import PicturePart, PictureSpec
from gdsim.gui.help.help_commands import page_for
from gdsim.gui.settings.what_if import WhatIfDialog
from tests.core.records import scene
from tests.every import every
from tests.gui.aloud import told
from tests.gui.answered import answer_file_dialogs
from tests.gui.shared_window import shared

ROLE = Qt.ItemDataRole.AccessibleTextRole
PARTS = ("curvature", "maps", "what if", "race", "step", "field", "cut")
VIEWS = ("curvature", "field", "cut")
IN_WINDOW = ("curvature", "what if", "step", "field", "cut")
PAGES = ("limit", "what-if", "choosing-the-step", "contours", "slices")


@pytest.fixture
def valley(qtbot):
    """Return the window of gradient descent and momentum in the valley, at step 40, and its session."""
    accessible.install()
    experiment = replace(scene("valley"), runs=scene("valley").runs[:2])
    window, session = shared(qtbot, experiment, painted=False)
    session.select(0)
    session.play(lambda head: head.seek(40))
    window.show_now()
    return window, session


def turn_on(window, part):
    """Turn a way of looking on, or off again, as a person does."""
    if part == "curvature":
        window.commands["lens"].trigger()
    elif part == "field":
        window.commands["field"].trigger()
    else:
        curves = window.cards.curves
        curves.choose(CurveKind.LOSS if curves.kind is CurveKind.CUT else CurveKind.CUT)


def dialog_of(qtbot):
    qtbot.waitUntil(lambda: any(type(one) is WhatIfDialog for one in QApplication.topLevelWidgets()))
    return next(one for one in QApplication.topLevelWidgets() if type(one) is WhatIfDialog)


def search_of(window):
    """Return the list of step lengths in the settings."""
    return window.cards.editor.make().kinds["search"].combo


def edit(window, session, qtbot, part):
    """Make the edit of a part that is one."""
    if part in VIEWS:
        turn_on(window, part)
    elif part == "what if":
        window.commands["what_if"].trigger()
        dialog_of(qtbot).make.click()
    else:
        session.select(0)  # Others of these edits have selected another run
        window.view.open_page("settings")
        window.show_now()
        combo = search_of(window)
        combo.setCurrentIndex(next(at for at in range(combo.count()) if "Armijo" in combo.itemText(at)))
        combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(window.is_settled, timeout=20_000)


@every("part", IN_WINDOW)
def test_an_edit_is_kept_in_the_scene_and_taken_back(part, valley, qtbot):
    window, session = valley
    before = session.experiment
    edit(window, session, qtbot, part)
    after = session.experiment
    assert after != before
    assert parse_scene(scene_text(after)) == after
    kept = {
        "curvature": after.drawn.lens,
        "field": after.drawn.field,
        "cut": after.drawn.cut is not None,
        "what if": len(after.runs) == 3 and after.runs[1].fork is not None,
        "step": after.runs[0].search.definition != FIXED,
    }
    assert kept[part]
    window.commands["undo"].trigger()
    assert session.experiment == before
    window.commands["redo"].trigger()
    assert session.experiment == after
    window.commands["undo"].trigger()
    qtbot.waitUntil(window.is_settled, timeout=20_000)


def rows_of(path, qtbot):
    qtbot.waitUntil(path.is_file, timeout=20_000)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@every("part", ["what if", "step", "field", "cut"])
def test_it_goes_into_a_table(part, valley, qtbot, tmp_path, late_patch):
    window, session = valley
    path = tmp_path / f"{part}.csv"
    if part in ("what if", "step"):
        edit(window, session, qtbot, part)
    answer_file_dialogs(late_patch, path)
    commands = window.export.made
    {"field": commands.field, "cut": commands.cut}.get(part, commands.record)()
    qtbot.waitUntil(lambda: not commands.work.is_busy)
    rows = rows_of(path, qtbot)
    columns = {
        "what if": {"run", "step"},
        "step": {"gradients", "losses", "solves"},
        "field": {"gradient_w"},
        "cut": {"along", "try"},
    }
    assert len(rows) > 10
    assert columns[part] <= set(rows[0])
    while session.experiment.runs != scene("valley").runs[:2]:
        window.commands["undo"].trigger()
    qtbot.waitUntil(window.is_settled, timeout=20_000)


def test_a_picture_shows_it(valley, qtbot):
    window, session = valley

    def picture(part=PicturePart.CONTOURS):
        session.play(lambda head: head.seek(60))
        window.show_now()
        shot, taken = window.export.made.shot(PictureSpec(part=part), window), []
        shot.taken.connect(taken.append)
        shot.take()
        return bytes(taken[0].constBits())

    curves, pictures = picture(PicturePart.CURVES), [picture()]
    assert pictures == [picture()]
    for part in VIEWS:
        turn_on(window, part)
        pictures.append(picture())
        if part != "cut":
            turn_on(window, part)
    assert picture(PicturePart.CURVES) != curves
    for part in ("what if", "step"):
        edit(window, session, qtbot, part)
        pictures.append(picture())
        window.commands["undo"].trigger()
    assert len(set(pictures)) == len(pictures)
    qtbot.waitUntil(window.is_settled, timeout=20_000)


@every(("part", "page"), list(zip(IN_WINDOW, PAGES, strict=True)))
def test_it_has_a_page_of_the_guide(part, page, valley, qtbot):
    window, _ = valley
    assert resource("help", f"{page}.md").is_file()
    if part == "what if":
        window.commands["what_if"].trigger()
        dialog = dialog_of(qtbot)
        asked = dialog.help_page
        dialog.reject()
    else:
        if part in VIEWS:
            turn_on(window, part)
        else:
            window.view.open_page("settings")
        card = {"curvature": "page", "step": "page", "field": "contours", "cut": "curves"}[part]
        asked = page_for(card, window.cards.by_name)
        if part in VIEWS:
            turn_on(window, part)
    # The pages of the settings and of the curves lead on to it.
    assert asked == page or f"({page}.md)" in resource("help", f"{asked}.md").read_text(encoding="utf-8")


@every(("part", "keys"), [
    ("curvature", "Ctrl+Shift+J"), ("maps", "Ctrl+Shift+M"), ("what if", "Ctrl+B"), ("race", "Ctrl+Shift+K"),
    ("field", "Ctrl+J"),
])  # fmt: skip
def test_keys_reach_it(part, keys, valley):
    window, _ = valley
    name = {"curvature": "lens", "what if": "what_if", "race": "fair_race"}.get(part, part)
    assert window.commands[name].shortcut() == QKeySequence(keys)


def test_keys_choose_the_step_and_the_cut(valley, qtbot):
    window, session = valley
    window.view.open_page("settings")
    search_of(window).setFocus()
    QTest.keyClicks(search_of(window), "strong Wolfe")
    assert session.experiment.runs[0].search.id == "wolfe"
    qtbot.waitUntil(window.is_settled, timeout=20_000)
    (cut,) = (one for one in window.cards.curves.findChildren(QAbstractButton) if one.text() == "Cut")
    cut.setFocus()
    QTest.keyClick(cut, Qt.Key.Key_Return)  # the space bar plays
    assert window.cards.curves.kind is CurveKind.CUT


@every("part", IN_WINDOW)
def test_it_is_said_in_words(part, valley, qtbot):
    window, session = valley
    if part in VIEWS:
        turn_on(window, part)
        pane = window.cards.curves if part == "cut" else window.cards.contours
        words = told(pane).description
        turn_on(window, part)
        assert told(pane).description != words
    else:
        edit(window, session, qtbot, part)
        session.play(lambda head: head.seek(60))
        window.show_now()
        words = told(window.cards.contours).description
        if part == "what if":
            cells = window.cards.runs.view.model()
            texts = (cells.index(1, column).data(ROLE) for column in range(cells.columnCount()))
            words = " ".join(map(str, texts))
        window.commands["undo"].trigger()
    wanted = {
        "curvature": "of the limit of its rule",
        "what if": "at step 40",
        "step": "The direction leads downhill",
        "field": "Arrows all over the map",
        "cut": "L along w",
    }
    assert wanted[part] in words
    qtbot.waitUntil(window.is_settled, timeout=20_000)


@cache
def stops():
    return [stop for lesson in LESSONS for stop in check_lesson(lesson).stops]


def has(part, experiment):
    match part:
        case "curvature":
            return experiment.drawn.lens
        case "field":
            return experiment.drawn.field
        case "cut":
            return experiment.drawn.cut is not None
        case "maps":
            return experiment.kept.map is not None
        case "race":
            return experiment.kept.race is not None
        case "what if":
            return any(run.fork for run in experiment.runs)
    return any(run.search.definition != FIXED for run in experiment.runs)


def shows(part, stop):
    if part in ("maps", "race"):
        names = {"maps": "maps", "race": "fair_race"}
        return stop.exercise is not None and stop.exercise.name == names[part]
    return has(part, stop.experiment)


@every("part", PARTS)
def test_it_comes_in_a_scene_and_at_a_stop(part):
    assert any(has(part, scene(name)) for name in BUNDLED_SCENES)
    assert any(shows(part, stop) for stop in stops())
