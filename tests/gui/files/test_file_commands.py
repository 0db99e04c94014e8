"""Every command about files, by menu and by key; and no work is lost without a question."""

import errno
import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QApplication, QLineEdit

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import SUFFIXES, load_scene, scene_text
from gdsim.core.files.scene_file import SceneFile, save_scene, stamp_of
from gdsim.core.lessons.files import bundled_lessons, load_lesson
from gdsim.core.model.experiment import new_experiment
from gdsim.gui.files import document_saver
from gdsim.gui.files.dialogs import SaveDecision
from gdsim.gui.files.drop import dropped_of
from gdsim.gui.points.import_dialog import ImportDialog
from tests.core.files.disks import read_only
from tests.every import WHOLE, every
from tests.gui.main_windows import show_painted
from tests.gui.windows import drop_on, plot_of

CTRL = Qt.KeyboardModifier.ControlModifier
KEYS = {
    "new": (Qt.Key.Key_N, CTRL),
    "open": (Qt.Key.Key_O, CTRL),
    "save": (Qt.Key.Key_S, CTRL),
    "save_as": (Qt.Key.Key_S, CTRL | Qt.KeyboardModifier.ShiftModifier),
}


# The keys go through the entries of the menu.
@pytest.fixture(params=["menu", "key"] if WHOLE else ["key"])
def command(request, qtbot):
    """Return a function that gives a command, by the menu and by its keys."""

    def give(window, name):
        if request.param == "menu":
            window.commands[name].trigger()
        else:
            show_painted(qtbot, window)
            qtbot.keyClick(QApplication.focusWidget() or window, *KEYS[name])

    return give


@pytest.fixture
def other(tmp_path):
    """Return a file with another document."""
    path = tmp_path / "my other scene ä½\U0001d6fe.json"
    path.write_text(scene_text(replace(new_experiment(), title="Other")), encoding="utf-8")
    return path


def edit(window, y=0.3):
    experiment = window.session.experiment
    edited = replace(experiment, points=experiment.points.replaced(0, [0.5], y))
    window.session.edit(edited, "Move point")
    return edited


def dirty(window):
    return window.isWindowModified()


def saved_as(window, person, settle, path):
    person.files.append(path)
    window.commands["save_as"].trigger()
    settle(window)
    person.asked.clear()
    return path


# ------------------------------------------------------------------------------------- commands


def test_a_save_is_told_and_its_folder_offered(window, person, settle, tmp_path):
    path = saved_as(window, person, settle, tmp_path / "mine.gdsim")
    assert path.exists()
    assert window.notice.text() == "Saved as mine.gdsim."
    assert window.notice.folder.isVisible()
    edit(window)
    window.commands["save"].trigger()
    settle(window)
    assert (window.notice.text(), window.notice.isVisible()) == ("Saved as mine.gdsim.", True)


def test_a_new_document_gets_the_ending_that_opens_by_a_double_click(window, person):
    window.commands["save_as"].trigger()
    assert person.suggestions[-1].suffix == ".gdsim"


def test_a_new_document(window, command, person):
    command(window, "new")
    assert window.session.experiment == new_experiment()
    assert window.windowTitle() == "Untitled[*] – gdsim"
    assert (person.asked, dirty(window)) == ([], False)


def test_a_file_is_opened(window, command, person, settle, other):
    person.files.append(other)
    command(window, "open")
    settle(window)
    assert window.session.experiment.title == "Other"
    assert window.windowTitle() == f"{other.name}[*] – gdsim"
    assert window.header.scenes.currentIndex() == -1
    assert (person.asked, dirty(window)) == (["open"], False)


def test_saving_a_bundled_scene_asks_for_a_name(window, command, person, settle, tmp_path):
    edited = edit(window)
    path = tmp_path / "mine ä.json"
    person.files.append(path)
    command(window, "save")
    settle(window)
    assert person.asked == ["save"]
    assert person.suggestions[0].name == "The-first-neuron.gdsim"
    assert load_scene(path) == edited
    assert (window.windowTitle(), dirty(window)) == ("mine ä.json[*] – gdsim", False)
    again = edit(window, 0.4)
    command(window, "save")
    settle(window)
    assert load_scene(path) == again
    assert person.asked == ["save"]


def test_saving_as_makes_another_file(window, command, person, settle, tmp_path):
    first = saved_as(window, person, settle, tmp_path / "first.json")
    before = first.read_bytes()
    edited = edit(window)
    person.files.append(tmp_path / "second.json")
    command(window, "save_as")
    settle(window)
    assert first.read_bytes() == before
    assert load_scene(tmp_path / "second.json") == edited
    assert person.suggestions[-1] == first
    assert window.windowTitle() == "second.json[*] – gdsim"


def test_nobody_has_to_choose_a_file(window, command, person, settle):
    for name in ("open", "save", "save_as"):
        command(window, name)
        settle(window)
    assert person.asked == ["open", "save", "save"]
    assert window.windowTitle() == "The first neuron[*] – gdsim"


def test_reverting_goes_back_to_the_file_or_the_scene(window, person, settle, tmp_path):
    before = window.session.experiment
    assert not window.commands["revert"].isEnabled()
    for path in (None, tmp_path / "mine.json"):
        if path:
            saved_as(window, person, settle, path)
        for answer, kept in ((SaveDecision.CANCEL, True), (SaveDecision.DISCARD, False)):
            edited = edit(window)
            assert window.commands["revert"].isEnabled()
            person.answers.append(answer)
            window.commands["revert"].trigger()
            settle(window)
            assert window.session.experiment == (edited if kept else before)
        assert (dirty(window), window.commands["revert"].isEnabled()) == (False, False)


def test_the_mark_follows_edit_undo_redo_and_save(window, person, settle, tmp_path):
    document = window.session.document
    assert not dirty(window)
    edit(window)
    assert dirty(window)
    document.undo()
    assert not dirty(window)
    document.redo()
    assert dirty(window)
    saved_as(window, person, settle, tmp_path / "a.json")
    assert not dirty(window)
    document.undo()
    assert dirty(window)


def test_the_menu_names_what_undo_and_redo_do(window):
    undo, redo = window.commands["undo"], window.commands["redo"]
    assert (undo.text(), undo.isEnabled(), redo.text(), redo.isEnabled()) == ("&Undo", False, "&Redo", False)
    edit(window)
    assert (undo.text(), undo.isEnabled(), redo.isEnabled()) == ("&Undo Move point", True, False)
    window.user_actions.hide_selected()
    assert undo.text() == "&Undo Hide run"
    undo.trigger()
    assert (undo.text(), redo.text()) == ("&Undo Move point", "&Redo Hide run")
    assert redo.isEnabled()


@pytest.mark.parametrize("name", ["undo", "redo"])
def test_undo_and_redo_take_a_refusal_back(window, name):
    window.user_actions.add_point()
    if name == "redo":
        window.session.document.undo()
    window.user_actions.remove_points(range(len(window.session.experiment.points)))
    assert window.notice.isVisible()
    window.commands[name].trigger()
    assert not window.notice.isVisible()


def test_a_mark_in_a_name_is_no_mark(window, person, settle, tmp_path):
    if os.name == "nt":
        pytest.skip("there are no such names")
    saved_as(window, person, settle, tmp_path / "odd[*].json")
    edit(window)
    assert window.windowTitle() == "odd[*][*].json[*] – gdsim"


# ------------------------------------------------------------------------------ before work is lost


def drop(place, *urls):
    """Drop files on a widget; return whether they were taken."""
    mime = QMimeData()
    mime.setUrls([url if isinstance(url, QUrl) else QUrl.fromLocalFile(str(url)) for url in urls])
    mime.setText("\n".join(map(str, urls)))  # file managers say it in plain text, too
    return drop_on(place, mime)


def _open(window, person, other):
    person.files.append(other)
    window.commands["open"].trigger()


WAYS = {
    "new": lambda window, person, other: window.commands["new"].trigger(),
    "open": _open,
    "header": lambda window, person, other: window.header.scene_chosen.emit("valley"),
    "drop": lambda window, person, other: drop(window, other),
    "recent": lambda window, person, other: window.files.open_recent(other),
    "close": lambda window, person, other: window.close(),
}
# All ask in one place: whether they do, and go on, is looked at in every way, the rest in two.
TWO_WAYS = WAYS if WHOLE else ("open", "close")


@pytest.fixture
def away_by(person, settle, other):
    """Return a function that puts the document away in one of the ways there are."""

    def go(way, window):
        WAYS[way](window, person, other)
        settle(window)

    return go


def _is_away(window, edited):
    return not window.isVisible() or window.session.experiment != edited


@every("way", WAYS)
def test_without_changes_nothing_is_asked(window, person, away_by, way):
    before = load_scene(find_scene("first-neuron"))
    window.session.open(before)
    away_by(way, window)
    assert _is_away(window, before)
    assert set(person.asked) <= {"open"}


@every("way", WAYS)
def test_cancelling_leaves_all_as_it_was(window, person, away_by, way):
    edited = edit(window)
    person.answers.append(SaveDecision.CANCEL)
    away_by(way, window)
    assert not _is_away(window, edited)
    assert person.asked[-1] == "Save the changes to The first neuron?"
    assert dirty(window)
    assert window.session.document.history.undo_name == "Move point"
    assert window.header.scenes.currentText() == "The first neuron"


@every("way", WAYS)
def test_discarding_goes_on(window, person, away_by, way):
    edited = edit(window)
    person.answers.append(SaveDecision.DISCARD)
    away_by(way, window)
    assert _is_away(window, edited)


@every("way", TWO_WAYS)
def test_saving_saves_and_goes_on(window, person, settle, away_by, tmp_path, way):
    path = saved_as(window, person, settle, tmp_path / f"{way}.json")
    edited = edit(window)
    person.answers.append(SaveDecision.SAVE)
    away_by(way, window)
    assert load_scene(path) == edited
    assert _is_away(window, edited)


@every("way", TWO_WAYS)
def test_what_was_typed_is_asked_about_too(window, person, away_by, qtbot, way):
    show_painted(qtbot, window)
    field = next(one for one in window.cards.editor.findChildren(QLineEdit) if one.isVisible())
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.123")
    assert not dirty(window)
    person.answers.append(SaveDecision.CANCEL)
    away_by(way, window)
    assert person.asked[-1] == "Save the changes to The first neuron?"
    assert window.isVisible()
    assert dirty(window)
    window.session.document.undo()


@every("way", TWO_WAYS)
def test_saving_without_a_file_may_still_be_given_up(window, person, away_by, way):
    edited = edit(window)
    person.answers.append(SaveDecision.SAVE)
    away_by(way, window)
    assert person.asked[-1] == "save"
    assert not _is_away(window, edited)


@every("way", TWO_WAYS)
def test_what_cannot_be_saved_stays_open(window, person, settle, away_by, tmp_path, way):
    path = saved_as(window, person, settle, tmp_path / "folder" / "mine.json")
    assert "its folder is no longer there" in window.notice.text()
    (tmp_path / "folder").mkdir()
    saved_as(window, person, settle, path)
    path.unlink()
    path.parent.rmdir()
    edited = edit(window, 0.3 + 0.1 * list(WAYS).index(way))  # otherwise than the time before
    person.answers.append(SaveDecision.SAVE)
    away_by(way, window)
    assert not _is_away(window, edited)
    assert dirty(window)
    assert window.notice.text().startswith("mine.json could not be saved: its folder")
    person.files.clear()  # what would have been opened after that


def test_a_scene_of_the_menu_asks_too(window, person):
    edit(window)
    person.answers.append(SaveDecision.CANCEL)
    menu = next(action.menu() for action in window.menuBar().actions() if action.text() == "&Scene")
    menu.actions()[2].trigger()
    assert person.asked == ["Save the changes to The first neuron?"]


def test_a_window_closes_when_its_saving_ends(window, person, settle, qtbot, tmp_path):
    path = saved_as(window, person, settle, tmp_path / "mine.json")
    edited = edit(window)
    window.commands["save"].trigger()
    window.close()
    assert window.isVisible()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert load_scene(path) == edited
    assert person.asked == []


# ---------------------------------------------------------------------------------------- hostile


def test_edits_during_saving_are_not_taken_for_saved(window, person, settle, tmp_path):
    path = saved_as(window, person, settle, tmp_path / "mine.json")
    first = edit(window)
    window.commands["save"].trigger()
    second = edit(window, 0.6)
    settle(window)
    assert load_scene(path) == first
    assert dirty(window)
    window.commands["save"].trigger()
    window.commands["save"].trigger()
    settle(window)
    assert load_scene(path) == second
    assert (dirty(window), person.asked) == (False, [])


@pytest.fixture
def held_up(monkeypatch):
    """Return an event that a file which is being saved waits for."""
    may_go_on = threading.Event()

    def save(*given):
        may_go_on.wait(20)
        return save_scene(*given)

    monkeypatch.setattr(document_saver, "save_scene", save)
    yield may_go_on
    may_go_on.set()


def test_the_next_stop_of_a_lesson_is_not_taken_for_what_was_saved_at_the_last_one(
    window, person, settle, qtbot, tmp_path, held_up
):
    window.lessons.open("lecture", 3)
    qtbot.waitUntil(lambda: window.lessons.lesson is not None)
    first = window.session.experiment
    person.files.append(tmp_path / "mine.gdsim")
    window.commands["save_as"].trigger()
    window.lessons.guide.go(8)
    shown = window.session.experiment
    assert shown != first
    held_up.set()
    settle(window)
    assert load_scene(tmp_path / "mine.gdsim") == first
    assert window.session.document.file is None
    assert not dirty(window)


def test_a_window_that_goes_takes_note_of_the_file_that_it_still_writes(
    window, person, settle, qtbot, tmp_path, held_up
):
    """A window in another language goes on with the document, and would find a file that has changed."""
    held_up.set()
    path = saved_as(window, person, settle, tmp_path / "mine.gdsim")
    held_up.clear()
    edited = edit(window)
    window.commands["save"].trigger()
    threading.Timer(0.2, held_up.set).start()
    window.hand_over()
    document = window.session.document
    assert load_scene(path) == edited
    assert document.file == SceneFile(path, stamp_of(path))
    assert not document.is_modified


@pytest.mark.parametrize("answer", [SaveDecision.CANCEL, SaveDecision.OVERWRITE, SaveDecision.SAVE_AS])
def test_what_another_program_wrote_is_asked_about(window, person, settle, tmp_path, answer):
    path = saved_as(window, person, settle, tmp_path / "mine.json")
    edited = edit(window)
    path.write_text("somebody else's")
    person.answers.append(answer)
    person.files.append(tmp_path / "mine too.json")
    window.commands["save"].trigger()
    settle(window)
    assert person.asked[0] == "mine.json was changed by another program since it was opened here."
    assert (path.read_text() == "somebody else's") == (answer is not SaveDecision.OVERWRITE)
    assert dirty(window) == (answer is SaveDecision.CANCEL)
    if answer is not SaveDecision.CANCEL:
        assert load_scene(path if answer is SaveDecision.OVERWRITE else tmp_path / "mine too.json") == edited


def test_a_file_that_vanished_is_written_anew(window, person, settle, tmp_path):
    path = saved_as(window, person, settle, tmp_path / "mine.json")
    path.unlink()
    edited = edit(window)
    window.commands["save"].trigger()
    settle(window)
    assert load_scene(path) == edited


def test_a_file_that_became_a_folder_is_said(window, person, settle, tmp_path):
    path = saved_as(window, person, settle, tmp_path / "mine.json")
    path.unlink()
    path.mkdir()
    edit(window)
    person.answers.append(SaveDecision.OVERWRITE)
    window.commands["save"].trigger()
    settle(window)
    assert "it is a folder" in window.notice.text()
    assert dirty(window)
    person.answers.append(SaveDecision.DISCARD)
    window.commands["revert"].trigger()
    settle(window)
    assert window.notice.text() == "mine.json: is a folder, not a scene file."
    assert dirty(window)


@every("name", ["plain", "eta 1.5", "ends.JSON", "two.words.json", "mine.gdsim"])
def test_a_name_gets_the_ending_of_scenes(window, person, settle, tmp_path, name):
    (folder := tmp_path / f"in {name}").mkdir()
    saved_as(window, person, settle, folder / name)
    wanted = name if name.lower().endswith((".json", ".gdsim")) else f"{name}.gdsim"
    assert [path.name for path in folder.iterdir()] == [wanted]
    assert window.windowTitle() == f"{wanted}[*] – gdsim"


@pytest.mark.parametrize(("name", "fits"), [("n" * 249, True), ("ä" * 124, True), ("n" * 300, False)])
def test_very_long_names(window, person, settle, tmp_path, name, fits):
    path = saved_as(window, person, settle, tmp_path / name)
    made = path.with_name(name + ".gdsim")
    if fits:
        assert load_scene(made) == window.session.experiment
        assert len(window.windowTitle()) < 80
    else:
        assert "name too long" in window.notice.text()
        assert len(window.notice.text()) < 200
        assert window.windowTitle() == "The first neuron[*] – gdsim"


BROKEN = {
    "missing": (None, "missing.json: no such scene or file."),
    "foreign": (b'{"name": "left-pad"}', "foreign.json: gdsim is missing"),
    "answers": (b'{"gdsim-answer": 1}', "answers.json: holds answers: open their lesson"),
}


@every("name", BROKEN)
def test_what_cannot_be_opened_is_said_and_nothing_is_asked(window, person, settle, tmp_path, name):
    content, sentence = BROKEN[name]
    path = tmp_path / f"{name}.json"
    if content is not None:
        path.write_bytes(content)
    edit(window)
    edited = window.session.experiment
    window.notice.take_back()
    window.files.open(path)
    settle(window)
    assert window.notice.text().startswith(sentence)
    assert window.notice.text().endswith(".")
    assert window.session.experiment is edited
    assert person.asked == []


def test_a_file_without_permission_is_said(window, settle, other, monkeypatch):
    opened = Path.open

    def refuse(path, *options, **more):
        if path == other:
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, *options, **more)

    monkeypatch.setattr(Path, "open", refuse)
    window.files.open(other)
    settle(window)
    assert window.notice.text() == f"{other.name}: cannot be read: Permission denied."


def test_a_read_only_folder_is_said(window, person, settle, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    path = saved_as(window, person, settle, folder / "mine.json")
    before = path.read_bytes()
    edit(window)
    with read_only(folder):
        window.commands["save"].trigger()
        settle(window)
    assert window.notice.text().startswith("mine.json could not be saved: ")
    assert window.notice.text().endswith(" permitted. What was saved before is unharmed.") or (
        "ermission denied" in window.notice.text()
    )
    assert path.read_bytes() == before
    assert dirty(window)


def test_of_a_first_save_that_fails_nothing_is_said_of_one_before(
    window, person, settle, tmp_path, monkeypatch
):
    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    edit(window)
    told = []
    for name in ("new.json", "there.json"):
        path = tmp_path / name
        if name == "there.json":
            path.write_text("{}")
        person.files.append(path)
        window.commands["save"].trigger()
        settle(window)
        told.append(window.notice.text())
    assert told == [
        "new.json could not be saved: the disk is full.",
        "there.json could not be saved: the disk is full. What was saved before is unharmed.",
    ]
    assert path.read_text() == "{}"
    assert dirty(window)


def test_after_a_fault_of_the_program_the_window_still_closes(
    window, person, settle, qtbot, tmp_path, monkeypatch
):
    saved_as(window, person, settle, tmp_path / "mine.json")
    edit(window)
    monkeypatch.setattr(document_saver, "save_scene", lambda *_: {}["a key that nobody foresaw"])
    with qtbot.captureExceptions() as faults:
        window.commands["save"].trigger()
        settle(window)
    assert [kind for kind, *_ in faults] == [KeyError]
    assert dirty(window)
    person.answers.append(SaveDecision.DISCARD)
    window.close()
    assert not window.isVisible()


def test_a_new_document_is_not_replaced_by_a_file_asked_for_before(window, settle, other):
    window.files.open(other)
    window.commands["new"].trigger()
    settle(window)
    assert window.windowTitle() == "Untitled[*] – gdsim"


@pytest.mark.parametrize("asked_for", ["scene", "lesson"])
def test_nor_is_a_lesson_that_was_begun_meanwhile(window, settle, other, asked_for):
    asked = []
    window.files.opening.lesson_given.connect(asked.append)
    window.files.open(other if asked_for == "scene" else bundled_lessons()["why-settings"])
    window.lessons.begin(load_lesson("lecture"))
    shown = window.session.experiment
    settle(window)
    assert window.session.experiment == shown
    assert asked == []


def test_of_several_files_the_last_one_is_opened(open_window, settle, tmp_path):
    window = open_window()
    paths = [tmp_path / f"{number}.json" for number in range(5)]
    for path in paths:
        path.write_text(scene_text(replace(new_experiment(), title=path.stem)))
        window.files.open(path)
    settle(window)
    assert window.session.experiment.title == "4"
    assert window.files.recent.paths() == (paths[-1],)


def test_a_document_of_the_command_line_has_its_path(person, open_window, settle, other):
    window = open_window(load_scene(other))
    window.files.set_file(other)
    assert window.windowTitle() == f"{other.name}[*] – gdsim"
    edited = edit(window)
    window.commands["save"].trigger()
    settle(window)
    assert load_scene(other) == edited
    assert person.asked == []


# ------------------------------------------------------------------------------------ what is dropped


def test_a_scene_may_be_dropped_anywhere(window, settle, other):
    field = next(one for one in window.findChildren(QLineEdit) if one.isVisible())
    for place in (window, plot_of(window.cards.fit).viewport(), window.cards.table, field, window.header):
        window.commands["new"].trigger()
        assert drop(place, other)
        settle(window)
        assert window.session.experiment.title == "Other"


def test_what_cannot_be_dropped_is_said(window, tmp_path):
    (tmp_path / "folder").mkdir()
    web = QUrl("https://example.org/scene.json")
    for urls, sentence in (
        ((tmp_path / "a.json", tmp_path / "b.json"), "Please drop one file at a time; there were 2."),
        ((web,), "Only files on this computer can be opened"),
        ((tmp_path / "folder",), "folder is a folder; please drop a scene"),
        ((tmp_path / "words.docx",), "words.docx is not a scene, table or picture; please drop"),
        ((tmp_path / f"{'x' * 300}.docx",), "xxx"),
        ((QUrl("file:///tmp/a%00b.docx"),), r"a\x00b.docx is not a scene, table or picture; please drop"),
    ):
        drop(window, *urls)
        assert window.notice.text().startswith(sentence)


def test_a_lesson_that_is_dropped_or_opened_begins(window, qtbot, tmp_path):
    path = tmp_path / "sheet.json"
    stop = {"title": "One", "scene": "valley", "caption": "Look."}
    path.write_text(json.dumps({"gdsim-lesson": 1, "title": "A sheet", "stops": [stop]}))
    assert drop(window, path)
    qtbot.waitUntil(lambda: window.lessons.lesson is not None)
    assert window.lessons.lesson.title == "A sheet"


def test_text_is_not_dropped(window):
    mime = QMimeData()
    mime.setText("0.5 0.2")
    assert not drop_on(window, mime)


@pytest.mark.parametrize("suffix", ["csv", "TSV", "txt"])
def test_tables_go_to_the_import(window, tmp_path, suffix):
    path = tmp_path / f"rows.{suffix}"
    path.write_text("0.5\t0.2\n")
    drop(window, path)
    preview = window.findChild(ImportDialog)
    assert preview.isVisible()
    preview.reject()


@pytest.mark.parametrize("ending", SUFFIXES)
def test_a_scene_can_be_dropped(tmp_path, ending):
    path = tmp_path / f"mine{ending}"
    path.touch()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    assert dropped_of(mime).path == path
