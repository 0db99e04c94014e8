"""A student at work: name, tasks, the answer file; and a lecturer who makes a sheet and grades it."""

import json
import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QLabel

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.files.scene_file import SceneFile
from gdsim.core.formulas.numerals import percent
from gdsim.core.handin.answer_file import ANSWER_FILE_ENDING, codes_in, read_answers, write_answers
from gdsim.core.handin.answers import LONGEST_FIELD, new_hand_in
from gdsim.core.handin.grading import grading
from gdsim.core.handin.judging import judged, questions_of
from gdsim.core.handin.sheet import TaskSheet
from gdsim.core.lessons.caption import Caption
from gdsim.core.lessons.files import check_lesson, load_lesson
from gdsim.core.lessons.lesson import Lesson, Stop
from gdsim.core.lessons.task import TASKS
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import own_rule
from gdsim.core.rules.schedules import SCHEDULES
from gdsim.core.surface.surface import MOST_TERMS
from gdsim.gui.handin.hand_in import Drafts
from gdsim.gui.handin.hand_out import hand_out_html, prepared, write_hand_out
from gdsim.gui.handin.task_dialog import TaskDialog
from gdsim.gui.handin.task_forms import ReachForm
from gdsim.gui.handin.words import task_words
from gdsim.gui.language import speak
from gdsim.gui.lessons.paper import print_html
from gdsim.gui.preferences import Preferences
from tests.core.handin.students import WORDS, handed_in, right_fields, sheet
from tests.every import every
from tests.gui.answered import answer_file_dialogs
from tests.gui.lessons.test_lessons_in_the_window import opened
from tests.gui.main_windows import opened_for_menus
from tests.gui.windows import focus

pytestmark = pytest.mark.usefixtures("all_undressed")

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def at_sheet(qtbot):
    """Return a window at the first stop of the bundled sheet."""
    window, _ = opened(qtbot)
    window.commands["first_sheet"].trigger()
    qtbot.waitUntil(lambda: window.lessons.lesson is not None)
    return window


@pytest.fixture
def student(at_sheet, qtbot, tmp_path):
    """Return a window in which Ada hands in, and her file."""
    path = tmp_path / f"ada{ANSWER_FILE_ENDING}"
    at_sheet.lessons.hand_in.begin("Ada Lovelace", path)
    qtbot.waitUntil(lambda: at_sheet.lessons.hand_in.hand_in is not None)
    return at_sheet, path


def sentences(form):
    return [label.text() for label in form.findChildren(QLabel)]


def task_of(window, qtbot, number):
    """Go to a task, and return its window once the form is complete."""
    lessons = window.lessons
    lessons.guide.go(lessons.guide.lesson.tasks[number - 1])
    lessons.guide.open_again()
    task = lessons.hand_in.task
    qtbot.waitUntil(lambda: not task.tasks.is_busy)
    return task


def keep(task, qtbot):
    qtbot.mouseClick(task.keep, LEFT)
    qtbot.waitUntil(lambda: task.state.text().startswith("Kept in"))


def test_a_task_says_how_near_an_answer_must_come():
    said = {stop.task.id: (stop, task_words(stop)) for stop in load_lesson("first-sheet").stops if stop.task}
    stop, words = said["find_rate"]
    assert f"at least {percent(1.0 - stop.task['within'])} of its fall" in words
    assert words.endswith("at the best rate of the ladder and of the finer ones around it.")
    once = task_words(replace(stop, task=stop.task.replace(steps=1)))
    assert " gets low within 1 step: it must fall by at least " in once
    reach = replace(stop, task=TASKS["reach"](loss=0.12367, evaluations=1))
    assert task_words(reach).startswith("Reach a loss of 0.12367 from the start of ")
    assert "with at most 1 evaluation of the gradient" in task_words(reach)
    assert task_words(reach).endswith(" counts as an evaluation, too.")
    stop, words = said["check_work"]
    assert words.endswith(", with at least 5 decimals.")
    assert task_words(replace(stop, task=stop.task.replace(decimals=1))).endswith("with at least 1 decimal.")
    stop, words = said["explain"]
    assert words.startswith("Answer the question of the stop in at least")
    assert task_words(replace(stop, question=Caption())).startswith("Answer in your own words")
    stop, words = said["predict"]
    assert f"off by {percent(stop.task['within'])} of the way from step {stop.step}" in words


def test_a_name_is_asked_for_and_the_data_are_those_of_the_name(at_sheet, qtbot, tmp_path, late_patch):
    window = at_sheet
    lessons = window.lessons
    assert lessons.bar.reveal.text() == "Open the task"
    plain = window.session.experiment.points
    qtbot.mouseClick(lessons.bar.reveal, LEFT)
    dialog = lessons.hand_in.dialog
    assert dialog.isVisible()
    assert not dialog.begin.isEnabled()
    qtbot.keyClicks(dialog.name, "Ada Lovelace")
    assert dialog.path.name == f"Ada-Lovelace{ANSWER_FILE_ENDING}"
    answer_file_dialogs(late_patch, tmp_path / "mine")
    qtbot.mouseClick(dialog.choose, LEFT)
    qtbot.mouseClick(dialog.begin, LEFT)
    # The task that was asked for opens, with her points in the window behind it.
    qtbot.waitUntil(lambda: lessons.hand_in.task is not None)
    assert lessons.hand_in.task.windowTitle() == "Task 1 of 7: Two steps by hand"
    own = sheet().own_task(1, "Ada Lovelace")
    assert window.session.experiment.points == own.stop.experiment.points != plain
    numbers = f"{own.stop.experiment.runs[0].start[0]:g}".replace("-", "\N{MINUS SIGN}")
    qtbot.waitUntil(lambda: numbers in lessons.bar.card.accessibleDescription())
    assert read_answers(tmp_path / f"mine{ANSWER_FILE_ENDING}").hand_in == new_hand_in(
        sheet(), "Ada Lovelace"
    )


def test_name_and_folder_are_proposed_the_next_time(qtbot, tmp_path):
    settings = QSettings(str(tmp_path / "kept.ini"), QSettings.Format.IniFormat)
    window = opened_for_menus(qtbot, load_scene(find_scene("first-neuron")), settings)
    window.commands["first_sheet"].trigger()
    qtbot.waitUntil(lambda: window.lessons.lesson is not None)
    hand_in, folder = window.lessons.hand_in, tmp_path / "answers"
    folder.mkdir()
    hand_in.begin("Ada Lovelace", folder / f"mine{ANSWER_FILE_ENDING}")
    qtbot.waitUntil(lambda: hand_in.hand_in is not None)
    hand_in.ask()
    assert hand_in.dialog.name.text() == "Ada Lovelace"
    assert hand_in.dialog.path == folder / f"Ada-Lovelace{ANSWER_FILE_ENDING}"


def test_the_window_says_which_sheet_is_open(student):
    window, lessons = student[0], student[0].lessons
    title = lessons.lesson.title
    for number in (1, 2):
        lessons.guide.go(lessons.guide.lesson.tasks[number - 1])
        shown = window.header.scenes
        assert (shown.currentText() or shown.placeholderText()) == title
        assert window.windowTitle().startswith(title)
    lessons.end()
    assert window.header.scenes.currentText() == "The first neuron"
    assert window.windowTitle().startswith("The first neuron")


def test_a_file_that_is_there_and_holds_no_answers_is_told_of_by_its_name(at_sheet, qtbot, tmp_path):
    hand_in, told = at_sheet.lessons.hand_in, []
    at_sheet.lessons.refused.connect(told.append)
    for name, text, words in (
        ("a", "{}", "a.gdsim-answer has no answers in it."),
        ("b", "{", "b.gdsim-answer is not JSON: "),
        ("c", '{"gdsim-answer": 1}', "c.gdsim-answer has a mistake in it: name is missing."),
    ):
        path = tmp_path / f"{name}{ANSWER_FILE_ENDING}"
        path.write_text(text)
        with qtbot.waitSignal(at_sheet.lessons.refused):
            hand_in.begin("Ada", path)
        assert told[-1].startswith(words)
        assert path.read_text() == text


def fill_rows(task, qtbot):
    values = iter(right_fields(task.own))
    model = task.form.model
    for row in range(2):
        for column in (1, 2):
            index = model.index(row, column)
            task.form.table.setCurrentIndex(index)
            task.form.table.edit(index)
            editor = task.form.table.indexWidget(index) or task.form.table.focusWidget()
            qtbot.keyClicks(editor, next(values))
            qtbot.keyClick(editor, Qt.Key.Key_Return)


def fill_step(task, qtbot):
    qtbot.waitUntil(lambda: task.form.rows.rows != () and task.form.rows.rows[0].field.hasFocus())
    for row, text in zip(task.form.rows.rows, right_fields(task.own), strict=True):
        row.field.setFocus()
        qtbot.keyClicks(row.field, text)
        qtbot.keyClick(row.field, Qt.Key.Key_Return)
        assert row.words.text() == ""  # it is not told whether that is right


def fill_place(task, qtbot):
    w, b = map(float, right_fields(task.own))
    qtbot.waitUntil(lambda: task.form.page.mark is not None)
    task.form.page.map.picked.emit(w, b)


def fill_quiz(task, qtbot):
    for question in questions_of(task.own):
        card = task.form.view.cards[question.answer]
        qtbot.mouseClick(card.button, LEFT)
        assert card.button.accessibleDescription() == "Your answer"
        if task.form.next.isEnabled():
            qtbot.mouseClick(task.form.next, LEFT)


def fill_rate(task, qtbot):
    qtbot.keyClicks(task.form.rate, "1,0")


def fill_run(task, qtbot):
    session = task.session
    run = session.selected_run

    task.user_actions.change_selected(replace(run, optimizer=RULES["adam"](eta=1.0), name=""), "", "")
    qtbot.mouseClick(task.form.take, LEFT)
    assert task.form.taken.text().startswith("Your run: Adam, η 1, ")


def fill_words(task, qtbot):
    qtbot.keyClicks(task.form.text, WORDS)
    assert task.form.count.text() == "35 of at least 30 words"
    task.form.text.setPlainText("word " * 1000)
    assert task.form.count.text() == "Only the first 4,000 letters are handed in."
    task.form.text.setPlainText(WORDS)


FILL = (fill_rows, fill_step, fill_place, fill_quiz, fill_rate, fill_run, fill_words)


def test_each_task_is_done_left_gone_on_with_and_graded_as_right(student, qtbot, tmp_path):
    window, path = student
    covering = set()
    for number in range(1, 8):
        task = task_of(window, qtbot, number)
        window.view.open_page("step")
        if "hidden while an exercise asks for them" in window.cards.step.page.accessibleDescription():
            covering.add(task.own.task.id)
        do(window, qtbot, task, path)
    assert covering == {"check_work", "fill_in", "predict"}
    (grade,) = run_to_end(grading(tmp_path, [sheet()]))
    assert grade.remarks == ()
    for number, task in enumerate(grade.tasks, start=1):
        assert task.judged.share == (None if number == 7 else 1.0), task.judged.sentences


def do(window, qtbot, task, path):
    """Fill in a task that has not been opened, work on it in every way, and keep the answer."""
    number = task.own.number
    assert task.state.text() == "Nothing is kept yet."
    empty = task.form.fields()
    task.keep.click()  # which leaves the keys where they are
    assert task.state.text() == "There is nothing to keep yet."
    if number == 1:
        qtbot.mouseClick(task.code, LEFT)
        assert task.state.text() == "Nothing is kept yet."  # a code would have no answer in it
    FILL[number - 1](task, qtbot)
    assert task.state.text() == "Changed, and not kept yet."
    draft = task.draft
    assert any(draft)
    task.close()  # as going to another task does
    task = task_of(window, qtbot, number)
    assert task.form.fields() == draft
    assert task.state.text() == "Changed, and not kept yet."
    assert read_answers(path).hand_in.answer(number) is None
    keep(task, qtbot)
    assert task.draft is None
    verb = "has" if number == 1 else "have"
    assert task.state.text() == f"Kept in ada{ANSWER_FILE_ENDING}: {number} of 7 tasks {verb} an answer."
    kept = read_answers(path).hand_in.answer(number).fields
    assert kept == draft
    if number == 1:
        change_what_was_kept(window, qtbot, task, path)
    # A file of another edition of the lesson, or made by hand, may have too few fields or too many.
    task = window.lessons.hand_in.task
    for fields in ((), kept[:-1], (*kept, "1", "2")):
        task.form.set_fields(empty)
        task.form.set_fields(fields)
        assert len(task.form.fields()) == len(kept)
    assert task.form.fields() in (kept, empty)  # whole again, or refused as a whole
    task.form.set_fields(kept)
    task.close()


def change_what_was_kept(window, qtbot, task, path):
    """Open the first task again, in which what was kept is there."""
    kept = task.form.fields()
    again = task_of(window, qtbot, 1)
    assert again is not task
    assert again.draft is None
    assert again.form.fields() == kept
    assert again.state.text() == "This is the answer that was kept."
    keep(again, qtbot)
    answer = read_answers(path).hand_in.answer(1)
    assert (answer.count, [one.fields for one in answer.tries]) == (2, [kept, kept])
    # All answers are copied as a code.
    qtbot.mouseClick(again.code, LEFT)
    code = QGuiApplication.clipboard().text()
    (received,) = codes_in(code)
    assert received.hand_in.answer(1).fields == kept
    assert again.state.text() == f"All kept answers were copied, as a code of {len(code)} letters."


class Stopwatch:
    """Stands in for QElapsedTimer: 2.5 seconds go by from one look to the next."""

    def start(self):
        self._seconds = 0.0

    restart = start

    def elapsed(self):
        self._seconds += 2.5
        return int(1000 * self._seconds)


def test_it_is_kept_for_how_long_a_task_was_open(student, qtbot, late_patch):
    late_patch.setattr("gdsim.gui.handin.task_window.QElapsedTimer", Stopwatch)
    window, path = student
    task = task_of(window, qtbot, 7)
    fill_words(task, qtbot)
    keep(task, qtbot)
    keep(task, qtbot)
    answer = read_answers(path).hand_in.answer(7)
    assert [one.seconds for one in answer.tries] == [2, 4]


def test_what_is_not_kept_outlives_the_window(student, qtbot):
    window, _ = student
    task = task_of(window, qtbot, 7)
    fill_words(task, qtbot)
    hand_in, data = window.lessons.hand_in, task.own.data
    window.files.close_at_once()
    assert hand_in._drafts.of(data) == (WORDS,)


def test_drafts_last_to_the_next_start(tmp_path):
    def drafts():
        return Drafts(Preferences(QSettings(str(tmp_path / "kept.ini"), QSettings.Format.IniFormat)))

    drafts().put("a", ("1,5", "Grüße\n"))
    drafts().put("b", ("2",))
    assert drafts().of("a") == ("1,5", "Grüße\n")
    drafts().put("a", None)
    assert drafts().of("a") is None
    drafts().put("b", ("x" * 4000,) * 20)  # more than settings are for
    assert drafts().of("b") is None
    for place in range(25):
        drafts().put(str(place), ("1",))
    assert drafts().of("24")
    assert not drafts().of("4")


@every("text", ["", "{", "[]", '{"a": 1}', '{"a": [1]}', "[" * 9999, '{"a": ["x"]}'])
def test_drafts_in_settings_may_be_anything(text):
    class Kept:
        def text(self, _key):
            return text

    assert Drafts(Kept()).of("a") == (("x",) if "x" in text else None)


def test_a_file_is_gone_on_with_and_that_of_somebody_else_refused(at_sheet, qtbot, tmp_path):
    window, hand_in = at_sheet, at_sheet.lessons.hand_in
    path = tmp_path / f"x{ANSWER_FILE_ENDING}"
    write_answers(path, handed_in("Ada", numbers=(5,)))
    hand_in.begin("Bob", path)
    qtbot.waitUntil(lambda: "has the answers of Ada; choose another file." in window.notice.text())
    assert hand_in.hand_in is None
    hand_in.begin(" ADA", path)
    qtbot.waitUntil(lambda: hand_in.hand_in is not None)
    assert task_of(window, qtbot, 5).form.rate.text() == "2"
    write_answers(path, replace(handed_in("Ada", numbers=(5,)), sheet="another"))
    hand_in.begin("Ada", path)
    qtbot.waitUntil(lambda: "belongs to another lesson; choose another file." in window.notice.text())
    path.write_text("{")
    hand_in.begin("Ada", path)
    qtbot.waitUntil(lambda: "is not JSON" in window.notice.text())
    hand_in.begin("Ada", tmp_path / "no" / f"x{ANSWER_FILE_ENDING}")
    qtbot.waitUntil(lambda: "cannot be written" in window.notice.text())


def test_answers_that_cannot_be_written_at_once_are_told_of_and_stay(student, announced, qtbot):
    window, path = student
    task = task_of(window, qtbot, 5)
    qtbot.keyClicks(task.form.rate, "2")
    path.unlink()
    path.mkdir()
    qtbot.mouseClick(task.keep, LEFT)
    qtbot.waitUntil(lambda: "cannot be written" in task.state.text())
    assert " ".join(announced()).count(task.state.text()) == 1
    path.rmdir()
    keep(task, qtbot)
    assert announced()[-1] == task.state.text()
    assert read_answers(path).hand_in.answer(5).fields == ("2",)
    # More than a file may hold is not kept.
    task.form.rate.setText("1" * (LONGEST_FIELD + 1))
    qtbot.mouseClick(task.keep, LEFT)
    qtbot.waitUntil(lambda: read_answers(path).hand_in.answer(5).fields == ("1" * LONGEST_FIELD,))
    # An answer is written though the window closes before its turn.
    task.form.rate.setText("3")
    hand_in = window.lessons.hand_in
    hand_in.tasks.submit(partial(Event().wait, 0.1))
    qtbot.mouseClick(task.keep, LEFT)
    assert read_answers(path).hand_in.answer(5).fields != ("3",)
    hand_in.close()
    assert read_answers(path).hand_in.answer(5).fields == ("3",)


def test_a_task_is_not_kept_for_somebody_else(student, qtbot, tmp_path):
    window, _ = student
    task = task_of(window, qtbot, 5)
    window.lessons.guide.go_back()
    task = window.lessons.hand_in.open(window.lessons.guide.lesson.tasks[4])
    with qtbot.waitSignal(task.finished):
        window.lessons.hand_in.begin("Bob", tmp_path / f"bob{ANSWER_FILE_ENDING}")


def test_a_run_from_another_start_is_not_taken(student, qtbot):
    window, _ = student
    task = task_of(window, qtbot, 6)
    window.user_actions.pick_start(1.0, 1.0)
    qtbot.mouseClick(task.form.take, LEFT)
    assert any(text.startswith("The run starts at (1, 1)") for text in sentences(task.form))
    assert task.form.fields() == ("",)


def test_of_typed_rules_that_of_the_lesson_is_taken_and_no_other(qtbot):
    scene = load_scene(find_scene("own-rule"))
    (rule,), runs = scene.rules, scene.runs
    selected = next(place for place, run in enumerate(runs) if run.optimizer.definition == rule)
    stop = Stop("One", scene, selected=selected, task=TASKS["reach"](loss=10.0))
    own = TaskSheet(Lesson("key", "Title", "", (stop,))).own_task(1, "Ada")
    other = own_rule(rule.title, f"{rule.lines}\nunused = w", rule.settings, rule.id)
    for optimizer, share in ((own.run.optimizer, 1.0), (other(), 0.0)):
        session = SimpleNamespace(selected_run=replace(own.run, optimizer=optimizer))
        form = ReachForm(own, None, session)
        qtbot.addWidget(form)
        form.take.click()
        assert judged(own, form.fields()).share == share
        assert any("A rule of your own" in text for text in sentences(form)) == (share == 0.0)


def test_after_a_sheet_the_document_is_the_one_from_before_it(student, qtbot):
    window, _ = student
    session, guide = window.session, window.lessons.guide
    window.commands["end_lesson"].trigger()
    own = load_scene(find_scene("valley"))
    file = SceneFile(Path("mine.json"), None)
    session.open(own, file)
    session.select(1)
    for edited in (False, True):
        window.lessons.begin(load_lesson("first-sheet"))
        guide.go(guide.lesson.tasks[1])
        assert session.experiment.points != own.points
        if edited:  # what a task has one try is of no use after it
            window.user_actions.duplicate_run(0)
        window.commands["end_lesson"].trigger()
        assert guide.lesson is None
        document = session.document
        assert (document.experiment, document.file, document.is_modified) == (own, file, False)
        assert session.selected == 1
    # What somebody opened meanwhile is not put away.
    window.lessons.begin(load_lesson("first-sheet"))
    session.open(load_scene(find_scene("rates")))
    window.commands["end_lesson"].trigger()
    assert session.experiment.title == "A ladder of rates"
    # The scene of a lesson without tasks is there to go on with.
    window.lessons.begin(load_lesson("lecture"))
    guide.go(5)
    shown = session.experiment
    window.commands["end_lesson"].trigger()
    assert session.experiment is shown


def test_values_are_typed_one_after_the_other_with_tab_between_them(student, qtbot, qapp):
    task = task_of(student[0], qtbot, 1)
    table, model = task.form.table, task.form.model
    assert model.rowCount() == task.own.task["steps"] == 2
    focus(qtbot, table)
    typed = ("-1,56", "-1,67", "-1,55", "-1,66")
    for text in typed:
        for letter in text:  # the first one opens the field, which gets the others
            qtbot.keyClicks(QApplication.focusWidget(), letter)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert task.form.fields() == tuple(text.replace(",", ".") for text in typed)
    assert table.currentIndex() == model.index(1, 2)
    step = model.index(0, 0)
    table.setCurrentIndex(step)
    qtbot.keyClicks(table, "7")
    qtbot.keyClick(table, Qt.Key.Key_Return)  # Qt complains of what it does not open
    assert step.data() == "1"
    speak(qapp, "de")
    try:
        assert [model.index(row, 1).data() for row in range(2)] == ["−1,56", "−1,55"]
    finally:
        speak(qapp, "en")


def test_a_rate_is_checked_while_it_is_typed_and_that_of_the_window_is_as_the_language_writes_it(
    student, qtbot, qapp
):
    window, _ = student
    task = task_of(window, qtbot, 5)
    form = task.form
    for text, words in (
        ("abc", "The rate must be a number"),
        ("0,5", ""),
        ("-1", "The rate must be a positive number"),
    ):
        form.rate.clear()
        qtbot.keyClicks(form.rate, text)
        assert form.fault.text().startswith(words)
        assert form.fault.isVisible() == bool(words) == bool(form.fault.text())
    run = window.session.selected_run
    window.user_actions.change_selected(replace(run, optimizer=RULES["momentum"](eta=0.25)), "", "")
    speak(qapp, "de")
    try:
        qtbot.mouseClick(task.form.take, LEFT)
        assert task.form.rate.text() == "0,25"
    finally:
        speak(qapp, "en")
    assert task.form.fields() == ("0,25",)


def test_rows_of_a_notebook_are_pasted(student, qtbot):
    window, _ = student
    task = task_of(window, qtbot, 1)
    qtbot.waitUntil(lambda: ">Task</b>" in window.lessons.bar.caption.look.text())
    values = right_fields(task.own)
    start = task.own.stop.experiment.runs[0].start
    rows = [(0, *start), (1, *values[:2]), (2, *values[2:])]
    QGuiApplication.clipboard().setText("step,w,b\n" + "\n".join(",".join(map(str, row)) for row in rows))
    task.form.table.paste_pressed.emit()
    assert task.form.fields() == values
    assert not task.form.missing.isVisible()
    task.form.table.rows_removed.emit([0])
    assert task.form.fields() == ("", "", *values[2:])
    assert task.form.missing.text() == "Some values of step 1 are missing."
    QGuiApplication.clipboard().setText(f"step,w,b\n1,0.12,{values[1]}")
    task.form.table.paste_pressed.emit()
    assert task.form.missing.isVisible()
    assert task.form.missing.text().startswith("The values of step 1 have fewer than 5 decimals")
    QGuiApplication.clipboard().setText("nothing, that\nis a, table")
    task.form.table.paste_pressed.emit()
    assert any(text.startswith("The text has no cell that is a number; ") for text in sentences(task.form))
    before = task.form.fields()
    QGuiApplication.clipboard().setText("step,w,b\n1,0.5,0.25\n" + 2000 * "3,0.5,0.25\n")
    task.form.table.paste_pressed.emit()
    assert any("is longer than 20,000 letters; " in text for text in sentences(task.form))
    assert task.form.fields() == before
    QGuiApplication.clipboard().clear()
    task.form.table.paste_pressed.emit()
    assert "The clipboard is empty." in sentences(task.form)


# ------------------------------------------------------------------------------------- a lecturer


KINDS = ("check_work", "fill_in", "predict", "find_rate", "explain")


def make_task(window, qtbot, kind, title, words):
    window.commands["make_task"].trigger()
    dialog = window.findChild(TaskDialog)
    dialog.title.clear()
    qtbot.keyClicks(dialog.title, title)
    qtbot.keyClicks(dialog.words, words)
    form = dialog.kind
    form.combo.setCurrentIndex(form.combo.findData(kind))
    form.combo.activated.emit(form.combo.currentIndex())
    assert not dialog.fault.isVisible(), dialog.fault.text()
    assert dialog.asked.text()
    qtbot.mouseClick(dialog.take, LEFT)


def test_a_lecturer_makes_a_sheet_of_five_tasks_in_the_window(qtbot, tmp_path, late_patch):
    path = tmp_path / "sheet.json"
    window, session = opened(qtbot, scene="nesterov")
    answer_file_dialogs(late_patch, path)
    session.select(1)
    session.play(lambda head: head.seek(5))
    qtbot.waitUntil(window.is_settled)
    for number, kind in enumerate(KINDS, start=1):
        make_task(window, qtbot, kind, f"Task {kind}", "Look at $w$.")
        words = f"The task was written to sheet.json, as stop {number}."
        qtbot.waitUntil(lambda words=words: window.notice.text() == words)
    lesson = check_lesson(str(path))
    assert [stop.task.id for stop in lesson.stops] == list(KINDS)
    assert {stop.step for stop in lesson.stops} == {5}
    assert {stop.experiment.runs[stop.selected].optimizer.id for stop in lesson.stops} == {"nesterov"}
    # It is handed in, and graded.
    made = TaskSheet(lesson)
    hand_in = new_hand_in(made, "Ada").kept(made.own_task(4, "Ada"), ("1",), 5)
    write_answers(tmp_path / f"ada{ANSWER_FILE_ENDING}", hand_in)
    (grade,) = run_to_end(grading(tmp_path, [TaskSheet(load_lesson(str(path)))]))
    assert grade.tasks[3].judged.share == 1.0


@pytest.fixture
def at_valley(qtbot):
    return opened(qtbot, scene="valley")[0]


def test_what_was_typed_for_a_task_is_kept_until_it_is_in_a_file(at_valley, qtbot, tmp_path, late_patch):
    window = at_valley

    def typed():
        window.commands["make_task"].trigger()
        (dialog,) = (one for one in window.findChildren(TaskDialog) if one.isVisible())
        return dialog, dialog.title.text(), dialog.words.toPlainText()

    dialog, title, words = typed()
    assert (title, words) == (window.session.experiment.title, "")
    qtbot.keyClicks(dialog.words, "Look at w.")
    dialog.title.selectAll()
    qtbot.keyClicks(dialog.title, "Mine")
    qtbot.keyClick(dialog.words, Qt.Key.Key_Escape)
    dialog, *kept = typed()
    assert kept == ["Mine", "Look at w."]
    dialog.kind.set_value(TASKS["explain"]())
    dialog.kind.value_changed.emit(dialog.kind.value())
    answer_file_dialogs(late_patch, "")  # no file is chosen
    qtbot.mouseClick(dialog.take, LEFT)
    dialog, *kept = typed()
    assert kept == ["Mine", "Look at w."]
    dialog.kind.set_value(TASKS["explain"]())
    dialog.kind.value_changed.emit(dialog.kind.value())
    answer_file_dialogs(late_patch, tmp_path / "sheet.json")
    qtbot.mouseClick(dialog.take, LEFT)
    qtbot.waitUntil(lambda: "as stop 1" in window.notice.text())
    dialog, *kept = typed()
    assert kept == [title, ""]
    dialog.close()


def test_a_task_that_cannot_be_set_is_refused_while_it_is_made(qtbot):
    window, session = opened(qtbot, scene="valley")
    session.play(lambda head: head.seek(100))
    qtbot.waitUntil(window.is_settled)
    window.commands["make_task"].trigger()
    dialog = window.findChild(TaskDialog)
    assert dialog.kind.value().id == "predict"
    assert "asks for step 101" in dialog.fault.text()
    assert not dialog.take.isEnabled()
    dialog.kind.combo.setCurrentIndex(dialog.kind.combo.findData("explain"))
    dialog.kind.combo.activated.emit(dialog.kind.combo.currentIndex())
    assert dialog.take.isEnabled()
    qtbot.keyClicks(dialog.words, "The loss is {lost")
    assert dialog.fault.text().startswith("The words ")
    assert not dialog.take.isEnabled()
    dialog.close()


@every("kind", list(TASKS))
def test_every_kind_of_task_says_what_it_asks(at_valley, kind):
    window = at_valley
    window.commands["make_task"].trigger()
    dialog = window.findChild(TaskDialog)
    dialog.kind.set_value(TASKS[kind]())
    dialog.kind.value_changed.emit(dialog.kind.value())
    assert dialog.asked.text().endswith((".", "?"))
    assert "{" not in dialog.asked.text()
    dialog.close()


def test_the_hand_out_of_a_lesson_has_all_stops(at_sheet, qtbot, tmp_path, late_patch):
    window = at_sheet
    path = tmp_path / "out.pdf"
    texts = []

    def noted(html, title, file, images):
        texts.append((html, images))
        print_html(html, title, file, images)

    late_patch.setattr("gdsim.gui.handin.hand_out.print_html", noted)
    answer_file_dialogs(late_patch, path)
    window.commands["hand_out"].trigger()
    qtbot.waitUntil(path.exists, timeout=30_000)
    ((html, images),) = texts
    for number, stop in enumerate(window.lessons.lesson.stops, start=1):
        assert stop.title in html
        assert images[f"picture-{number}-0"].width() == 1800
    assert "formula-1-0" in images
    assert "0.4158" in html  # a number of a caption
    # What the run is, that steps are to be computed of
    assert "Momentum, η 1, γ 0.9" in html
    assert "start w 0, b 6" in html
    assert "vₜ = γ·vₜ₋₁ + η·∇wₜ<br>" in html
    assert html.count("<hr>") > 20
    qtbot.waitUntil(lambda: "out.pdf" in window.notice.text())
    assert path.read_bytes().startswith(b"%PDF")


def test_a_hand_out_is_in_the_language_of_the_window(qapp):
    speak(qapp, "de")
    try:
        lesson, sheets = load_lesson("first-sheet"), []
        for stop in lesson.stops:
            one = run_to_end(prepared(stop))
            sheets.append(replace(one, pictures=(QImage(),)))
        html = hand_out_html(lesson, sheets)
    finally:
        speak(qapp, "en")
    for words in ("Ein erstes Aufgabenblatt", "Aufgabe, 2 Punkte", "Schritt", "0,4158"):
        assert words in html
    words = {one.lower() for one in re.findall("[A-Za-z]+", re.sub("<[^>]*>", " ", html))}
    assert not words & {"the", "of", "is", "and", "step", "task", "name:", "marks", "look", "answer"}


def check_work_on_paper(scene):
    lesson = load_lesson("first-sheet")
    task = next(one.task for one in lesson.stops if one.task.id == "check_work")
    one = run_to_end(prepared(replace(lesson.stops[0], experiment=scene, selected=0, task=task)))
    return hand_out_html(lesson, [replace(one, pictures=(QImage(),))])


def test_the_table_of_a_hand_out_has_room_for_its_steps_beside_many_parameters():
    html = check_work_on_paper(load_scene(find_scene("four-inputs")))
    widths = [int(width) for width in re.findall(r'<th width="(\d+)%">', html)]
    assert len(widths) == 5
    assert sum(widths) <= 90


def test_a_hand_out_has_the_points_by_which_a_rate_is_halved():
    scene = replace(load_scene(find_scene("valley")), validation=PointSet([0.375], [0.625]))
    assert "0.375" not in check_work_on_paper(scene)
    halving = replace(scene.runs[0], schedule=SCHEDULES["validation"]())
    html = check_work_on_paper(replace(scene, runs=(halving,)))
    assert html.index("Validation points") < html.index("0.375") < html.index("0.625")


def test_a_hand_out_draws_the_slice_in_which_the_window_stands():
    """Over very many points, too, of which no other slice is sampled while a picture is drawn."""
    x = np.random.default_rng(1).normal(size=(2 * MOST_TERMS, 2))
    run = Run(RULES["gd"](eta=0.001), start=(-2.0, -4.0, 1.0), epochs=5)
    scene = Experiment(PointSet(x, np.where(x[:, 1] > 0.0, 0.9, 0.1)), PointSet.empty(2), (run,))
    stop = load_lesson("first-sheet").stops[0]
    one = run_to_end(prepared(replace(stop, experiment=scene, selected=0, place=replace(stop.place, last=3))))
    drawn = one.scenes[0]
    place, _ = drawn.records[0].at(3)
    assert drawn.surface.plane.held == (place[1],) != run.start[1:2]


def test_a_hand_out_draws_both_scenes_of_a_stop(at_sheet, qtbot, tmp_path, late_patch):
    stop = next(one for one in load_lesson("lecture").stops if one.beside)
    lesson, path, texts = replace(load_lesson("lecture"), stops=(stop,)), tmp_path / "out.pdf", []
    late_patch.setattr(
        "gdsim.gui.handin.hand_out.print_html",
        lambda html, _title, file, images: (texts.append((html, images)), file.write_bytes(b"%PDF")),
    )
    at_sheet.lessons.hand_in.hand_out.write_hand_out(lesson, path)
    qtbot.waitUntil(path.exists, timeout=30_000)
    ((html, images),) = texts
    first, title, second = map(html.index, ('"picture-1-0"', stop.beside.title, '"picture-1-1"'))
    assert first < title < second
    assert images["picture-1-0"].size() == images["picture-1-1"].size()
    assert images["picture-1-0"] != images["picture-1-1"]


def test_two_stops_of_the_lecture_have_room_on_a_page_of_its_hand_out(qapp, tmp_path):
    path, lecture = tmp_path / "out.pdf", load_lesson("lecture")
    short = type(lecture)(lecture.key, lecture.title, lecture.about, lecture.stops[:3])
    drawn = [run_to_end(prepared(stop)) for stop in short.stops]
    picture = QImage(2400, 1120, QImage.Format.Format_RGB32)
    picture.fill(0)
    write_hand_out(short, [replace(one, pictures=(picture,)) for one in drawn], path)
    # The first has the title of the lecture above it.
    assert len(re.findall(rb"/Type /Page\b", path.read_bytes())) == 2


def test_a_lesson_that_changes_under_the_student_asks_anew(qtbot, tmp_path):
    path = tmp_path / "own.json"
    stop = {"title": "One", "scene": "valley", "caption": "Say why.", "task": {"kind": "explain", "words": 2}}
    path.write_text(json.dumps({"gdsim-lesson": 1, "title": "Own", "stops": [stop]}))
    window, _ = opened(qtbot)
    window.lessons.open(str(path), 0)
    qtbot.waitUntil(lambda: window.lessons.lesson is not None)
    window.lessons.hand_in.begin("Ada", tmp_path / f"ada{ANSWER_FILE_ENDING}")
    qtbot.waitUntil(lambda: window.lessons.hand_in.hand_in is not None)
    path.write_text(
        json.dumps({"gdsim-lesson": 1, "title": "Own", "stops": [stop | {"title": "Other words"}]})
    )
    qtbot.waitUntil(lambda: window.lessons.bar.title.whole() == "Other words")
    assert window.lessons.hand_in.hand_in is not None
    harder = stop | {"title": "Harder", "task": {"kind": "explain", "words": 3}}
    path.write_text(json.dumps({"gdsim-lesson": 1, "title": "Own", "stops": [harder]}))
    qtbot.waitUntil(lambda: window.lessons.bar.title.whole() == "Harder")
    assert window.lessons.hand_in.hand_in is None
