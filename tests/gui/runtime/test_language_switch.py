"""Another language while the program runs: another window, and nothing lost."""

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QWidget,
)

from gdsim.cli import main
from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.library_code import library_code
from gdsim.core.files.link import link_of
from gdsim.core.files.record_csv import writing_record
from gdsim.core.files.scene import load_scene, scene_text
from gdsim.core.files.script.run_program import program_of
from gdsim.core.files.script.writing import script_of
from gdsim.core.handin.sheet import TaskSheet
from gdsim.core.language.texts import choose_language, translated
from gdsim.core.language.translations import Language, languages
from gdsim.core.lessons.files import load_lesson
from gdsim.core.page.writing import page_of
from gdsim.core.progress import run_to_end
from gdsim.core.resources import resource
from gdsim.gui.export.clip import ClipFormat, ClipPlan
from gdsim.gui.export.picture_spec import PictureSpec
from gdsim.gui.forms.tips import native_keys
from gdsim.gui.language import language_at_start, speak, speak_at_start
from gdsim.gui.preferences import Preferences
from gdsim.gui.runs.run_cells import RUN
from gdsim.gui.runtime.language_switch import LanguageSwitch
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.playback import Playhead
from gdsim.session.session import Session


@pytest.fixture
def switch(qtbot, tmp_path, in_english, undressed, monkeypatch):
    monkeypatch.setattr("gdsim.gui.runtime.language_switch.drafts_folder", lambda: tmp_path / "drafts")
    app, settings = QApplication.instance(), QSettings(str(tmp_path / "kept.ini"), QSettings.Format.IniFormat)
    session = Session(load_scene(find_scene("valley")))
    windows = []

    def make(surface):
        windows.append(MainWindow(app, session, surface, settings))
        windows[-1].setUpdatesEnabled(False)  # they are not looked at
        return windows[-1]

    first = make(SurfaceView(allowed=False))
    first.files.begin(tmp_path / "drafts")
    first.show()
    session.begin()
    switch = LanguageSwitch(app, session, first, settings, lambda old: make(old.cards.surface.twin()))
    qtbot.waitUntil(first.is_settled, timeout=20_000)
    yield switch
    switch.window.files.close_at_once()
    switch.window.deleteLater()


def test_the_window_is_another_one_and_shows_the_same(switch, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr("gdsim.gui.files.autosave.AUTOSAVE_PAUSE_MS", 10)
    old, session = switch.window, switch.window.session
    session.select(1)
    session.play(lambda head: head.seek(24))
    old.user_actions.add_point()
    qtbot.waitUntil(old.is_settled, timeout=20_000)
    session.play(lambda head: head.seek(24))
    old.cards.surface.view_from(30.0, 20.0)
    experiment, undo = session.experiment, session.document.history.undo_name
    table = old.cards.runs.text()
    assert "0." in table
    with qtbot.waitSignal(switch.replaced):
        old.choose_language("de")
    new = switch.window
    qtbot.waitUntil(new.is_settled, timeout=20_000)
    assert new is not old
    assert new.commands["quit"].text() == "Been&den"
    assert session.experiment is experiment
    assert session.document.history.undo_name == undo
    assert (session.selected, session.playhead.cursor) == (1, 24)
    assert new.cards.surface.camera.place[:2] == (30.0, 20.0)
    assert new.cards.runs.text().splitlines()[1:] == table.splitlines()[1:]  # below its head
    qtbot.waitUntil(lambda: any((tmp_path / "drafts").glob("[!.]*.json")))  # in case of a crash
    settings = Preferences(QSettings(str(tmp_path / "kept.ini"), QSettings.Format.IniFormat))
    assert language_at_start(settings, {}) == "de"
    assert language_at_start(settings, {"GDSIM_LANGUAGE": "en"}) == "en"
    assert language_at_start(settings, {"GDSIM_LANGUAGE": "tlh"}) == "de"
    new.user_actions.undo()
    assert len(session.experiment.points) == len(experiment.points) - 1
    with qtbot.waitSignal(session.frame_changed, check_params_cb=lambda frame: frame.cursor > 26):
        session.play(Playhead.play)
    session.play(Playhead.pause)
    assert new.cards.transport.play.isEnabled()


def test_a_clip_that_is_being_written_leaves_no_file(switch, qtbot, tmp_path):
    folder, spec = tmp_path / "clips", PictureSpec(width=400, height=300)
    folder.mkdir()
    plan = ClipPlan(0, 100, 1.0)
    switch.window.export.made.save_clip(spec, plan, ClipFormat.APNG, folder / "a.apng")
    qtbot.waitUntil(lambda: list(folder.iterdir()) != [])
    with qtbot.waitSignal(switch.replaced):
        switch.window.choose_language("de")
    assert list(folder.iterdir()) == []


def test_a_lesson_outlasts_two_languages_in_a_row(switch, qtbot):
    """The second one comes before the lesson is read in the first one."""
    lessons = switch.window.lessons
    lessons.open("lecture", 3)
    qtbot.waitUntil(lambda: lessons.lesson is not None, timeout=20_000)
    for code in ("de", "en"):
        with qtbot.waitSignal(switch.replaced):
            switch.window.choose_language(code)
    lessons = switch.window.lessons
    qtbot.waitUntil(lambda: lessons.lesson is not None, timeout=20_000)
    assert lessons.guide.index == 3
    lessons.next_stop()
    assert lessons.guide.stage + lessons.guide.index > 3


def test_a_lesson_whose_file_has_faults_by_now_stays_as_it_was(switch, qtbot, tmp_path):
    path = tmp_path / "mine.json"
    text = resource("lessons", "first-sheet.json").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    lessons = switch.window.lessons
    lessons.open(str(path), 1)
    qtbot.waitUntil(lambda: lessons.lesson is not None, timeout=20_000)
    path.write_text("{", encoding="utf-8")
    with qtbot.waitSignal(switch.replaced):
        switch.window.choose_language("de")
    lessons, bar = switch.window.lessons, switch.window.lessons.bar
    qtbot.waitUntil(bar.faults.isVisible, timeout=20_000)
    assert bar.faults.text() == "1 Fehler in der Datei"
    assert (lessons.guide.index, bar.title.whole()) == (1, lessons.lesson.stops[1].title)
    path.write_text(text, encoding="utf-8")
    qtbot.waitUntil(lambda: not bar.faults.isVisible())


def test_a_second_scene_stands_beside_the_first_still_and_after_a_lesson_the_view_is_as_before(switch, qtbot):
    window = switch.window
    window.view.open_page("memory")
    window.view.look_at(CurveKind.PARAMETERS, "memory", arrows=False)
    window.view.toggle_planes()
    before = window.view.current_view()
    window.lessons.open("lecture", 3)
    qtbot.waitUntil(lambda: window.lessons.lesson is not None, timeout=20_000)
    stops = window.lessons.lesson.stops
    window.lessons.guide.go(next(place for place, stop in enumerate(stops) if stop.beside is not None))
    shown = window.maximised.stage
    assert shown
    window.view.open_page("step")
    at_stop = window.view.current_view()
    with qtbot.waitSignal(switch.replaced):
        window.choose_language("de")
    window = switch.window
    qtbot.waitUntil(lambda: window.lessons.lesson is not None, timeout=20_000)
    assert window.view.current_view() == at_stop
    assert window.maximised.stage == shown
    assert window.stage.beside.isVisible()
    window.lessons.guide.close()
    assert window.view.current_view()._replace(part=before.part, sight=before.sight) == before


def test_a_student_goes_on_with_the_same_answers(switch, qtbot, tmp_path):
    lessons = switch.window.lessons
    lessons.open("first-sheet", 0)
    qtbot.waitUntil(lambda: lessons.lesson is not None, timeout=20_000)
    lessons.hand_in.begin("Ada", tmp_path / "ada.gdsim-answer")
    qtbot.waitUntil(lambda: lessons.hand_in.hand_in is not None)
    shown = lessons.lesson.stops[0].experiment
    with qtbot.waitSignal(switch.replaced):
        switch.window.choose_language("de")
    lessons = switch.window.lessons
    qtbot.waitUntil(lambda: lessons.lesson is not None, timeout=20_000)
    assert lessons.hand_in.hand_in.name == "Ada"
    assert lessons.lesson.stops[0].experiment == shown
    lessons.guide.go(lessons.lesson.tasks[4])
    lessons.guide.open_again()
    assert lessons.hand_in.task.own.data == TaskSheet(load_lesson("first-sheet")).own_task(5, "Ada").data


def test_runs_are_shown_by_the_translated_names_of_their_rules(switch, qtbot):
    with qtbot.waitSignal(switch.replaced):
        switch.window.choose_language("de")
    window = switch.window
    window.user_actions.add_run("gd")
    qtbot.waitUntil(window.is_settled, timeout=20_000)
    experiment = window.session.experiment
    assert [run.name for run in experiment.runs] == [
        "Gradient descent", "Momentum", "Nesterov", "Gradient descent 2"
    ]  # fmt: skip
    table = window.cards.runs.view
    assert table.model().index(0, RUN).data() == "Gradientenabstieg"
    assert table.model().index(3, RUN).data() == "Gradientenabstieg 2"
    table.rename(3)
    field = table.findChild(QLineEdit, "cell")
    assert field.text() == "Gradientenabstieg 2"
    field.setText("Gradientenabstieg 7")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.session.experiment.runs[3].name == "Gradient descent 7"
    assert "Gradient descent" in window.cards.runs.text()  # what is copied is the same in every language
    for widget in window.findChildren(QWidget):
        texts = [widget.text()] if isinstance(widget, QLabel | QAbstractButton) else []
        if isinstance(widget, QComboBox):
            texts += [widget.itemText(place) for place in range(widget.count())]
        texts += [widget.accessibleName(), widget.accessibleDescription()]
        assert not [text for text in texts if "Gradient descent" in text], widget


def test_exercises_go_on_where_they_were(switch, qtbot):
    old = switch.window.exercises
    quiz, rates = old.open("quiz"), old.open("find_rate")
    qtbot.waitUntil(lambda: quiz.question is not None, timeout=20_000)
    quiz.answer(quiz.question.answer)
    asked, score = quiz.question, quiz.score
    assert score.right == 1
    rates.steps.selectAll()
    qtbot.keyClicks(rates.steps, "37")
    qtbot.keyClick(rates.steps, Qt.Key.Key_Return)
    old.open("predict").close()
    with qtbot.waitSignal(switch.replaced):
        switch.window.choose_language("de")
    new = switch.window.exercises
    assert set(new.opened) == {"quiz", "find_rate"}
    quiz, rates = new.opened["quiz"], new.opened["find_rate"]
    assert quiz.isVisible()
    assert quiz.question is asked
    assert quiz.score == score
    assert rates.steps.value() == 37
    assert "Höhenlinien" in quiz.windowTitle()
    assert "ist richtig" in quiz.verdict.text()


def test_qt_speaks_the_language_too(qtbot, in_english):
    speak(QApplication.instance(), "de")
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    assert [button.text() for button in box.buttons()] == ["Abbrechen"]


def test_keys_have_their_names_whatever_else_a_word_means(qtbot, in_english):
    speak(QApplication.instance(), "de")
    assert translated("Right") == "Richtig"  # as an answer is
    assert native_keys(QKeySequence("Ctrl+Shift+Right")) == "Strg+Umschalt+→"


def test_at_first_it_is_that_of_the_system(monkeypatch):
    monkeypatch.setattr("gdsim.gui.language.QLocale.system", lambda: _Locale("de_AT"))
    assert language_at_start(Preferences(None), {}) == "de"
    monkeypatch.setattr("gdsim.gui.language.QLocale.system", lambda: _Locale("tlh_QO"))
    assert language_at_start(Preferences(None), {}) == "en"


class _Locale:
    def __init__(self, name):
        self._name = name

    def name(self):
        return self._name


@pytest.mark.parametrize("code", sorted(languages().keys() - {"en"}))
def test_files_are_the_same_in_every_language(code, in_english, tmp_path):
    experiment = load_scene(find_scene("mini-batch"))

    def written():
        run_to_end(writing_record(tmp_path / "record.csv", experiment))
        return (
            (tmp_path / "record.csv").read_bytes(),
            scene_text(experiment),
            link_of(experiment),
            script_of(experiment),
            program_of(experiment, experiment.runs[0]),
            library_code(experiment.runs[0], "torch", 2),
            run_to_end(page_of(experiment)),
        )

    before = written()
    speak(QApplication.instance(), code)
    assert written() == before


def test_the_command_line_speaks_english(monkeypatch, capsys):
    monkeypatch.delenv("GDSIM_LANGUAGE", raising=False)
    assert main(["step", "valley", "--run", "Momentum", "--step", "3"]) == 0
    told = capsys.readouterr().out
    done = subprocess.run(
        [sys.executable, "-m", "gdsim", "step", "valley", "--run", "Momentum", "--step", "3"],
        env=os.environ
        | {"GDSIM_LANGUAGE": "de", "LANG": "de_DE.UTF-8", "PYTHONPATH": ".", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert done.stdout == told
    choose_language(Language())


@pytest.fixture
def unreadable(monkeypatch):
    def refuse(code):
        if code != "en":
            raise ValueError(f"{code}/core.po: is not a line of a PO file: <b>")
        return Language()

    for module in ("gdsim.gui.language", "gdsim.gui.runtime.language_switch"):
        monkeypatch.setattr(f"{module}.read_language", refuse)


def test_a_start_in_a_language_that_cannot_be_read_is_one_in_english(qapp, in_english, unreadable):
    words = speak_at_start(qapp, Preferences(None), {"GDSIM_LANGUAGE": "de"})
    assert words == "The language cannot be read. de/core.po: is not a line of a PO file: <b>"
    assert translated("Right") == "Right"
    assert speak_at_start(qapp, Preferences(None), {"GDSIM_LANGUAGE": "en"}) == ""


def test_a_language_that_cannot_be_read_is_not_changed_to(switch, qtbot, unreadable):
    window = switch.window
    switch.speak("de")
    assert switch.window is window
    assert window.notice.text() == "The language cannot be read. de/core.po: is not a line of a PO file: <b>"
