"""Pictures, clips and numbers are taken away through the window's own commands."""

import threading
from dataclasses import replace

import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QPushButton

from gdsim.cli import main
from gdsim.gui.export import cameras
from gdsim.gui.export.cameras import PanesCamera
from gdsim.gui.export.clip import ClipFormat, ClipPlan
from gdsim.gui.export.clip_dialog import ClipDialog
from gdsim.gui.export.clip_job import ClipJob
from gdsim.gui.export.picture_dialog import PictureDialog
from gdsim.gui.export.picture_spec import PictureFormat, PicturePart, PictureSpec
from gdsim.gui.forms import file_work
from gdsim.gui.forms.file_work import ProgressDialog, left_text, time_text
from gdsim.session.tasks import TaskQueue
from tests.every import WHOLE
from tests.gui.answered import answer_file_dialogs
from tests.gui.frames import scene
from tests.gui.trails import note_trails

pytestmark = pytest.mark.usefixtures("all_undressed")
SMALL = PictureSpec(width=400, height=300)


@pytest.fixture
def commands(desk):
    return desk.export.made


@pytest.fixture
def said(commands):
    sentences = []
    commands.refused.connect(sentences.append)
    return sentences


@pytest.fixture
def asked(monkeypatch):
    """Answer the question for a file name."""

    def answer(path):
        answer_file_dialogs(monkeypatch, path)

    return answer


def opened(desk, kind):
    return next(one for one in desk.findChildren(kind) if one.isVisible())


def done(qtbot, commands):
    qtbot.waitUntil(lambda: not commands.work.is_busy, timeout=30_000)


def test_a_large_picture_of_the_window_changes_nothing_in_it(qtbot, own_desk, tmp_path):
    commands = own_desk.export.made
    qtbot.waitUntil(lambda: not own_desk.cards.surface.movement.moving)
    before = own_desk.grab().toImage()
    commands.save_picture(
        PictureSpec(part=PicturePart.WINDOW, scale=2), PictureFormat.PNG, tmp_path / "a.png"
    )
    done(qtbot, commands)
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (2 * own_desk.width(), 2 * own_desk.height())
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 1000
    assert own_desk.notice.text() == "Saved as a.png."
    own_desk.notice.take_back()
    assert own_desk.grab().toImage() == before


# Lines are drawn for an SVG as for a PDF.
@pytest.mark.parametrize("form", PictureFormat if WHOLE else [PictureFormat.PNG, PictureFormat.SVG])
def test_a_picture_by_its_dialog(qtbot, desk, commands, asked, tmp_path, form):
    asked(tmp_path / f"out.{form}")
    desk.commands["export_picture"].trigger()
    dialog = opened(desk, PictureDialog)
    dialog.file_format.setCurrentIndex(dialog.file_format.findData(form))
    assert not dialog.preview.image.isNull()
    dialog.spec_form.set_value(SMALL)
    dialog.save.click()
    done(qtbot, commands)
    data = (tmp_path / f"out.{form}").read_bytes()
    assert data.startswith(
        {PictureFormat.PNG: b"\x89PNG", PictureFormat.SVG: b"<?xml", PictureFormat.PDF: b"%PDF"}[form]
    )
    qtbot.waitUntil(lambda: not any(one.isVisible() for one in desk.findChildren(QDialog)))


def test_while_a_picture_takes_long_it_is_said_that_it_is_drawn(qtbot, desk, commands, monkeypatch):
    commands.picture()
    dialog = opened(desk, PictureDialog)
    usual, words = dialog.hint.text(), "The picture is being drawn…"
    monkeypatch.setattr(cameras, "DIALOG_DELAY_MS", 0)
    with monkeypatch.context() as patch:
        patch.setattr(PanesCamera, "take", lambda _camera, _step: None)
        dialog.draw_preview()
        qtbot.waitUntil(lambda: dialog.hint.text() == words)
    qtbot.waitUntil(lambda: dialog.hint.text() == usual)
    dialog.reject()
    told = []
    commands.told.connect(lambda sentence, _path: told.append(sentence))
    with monkeypatch.context() as patch:
        patch.setattr(PanesCamera, "take", lambda _camera, _step: None)
        commands.copy()
        qtbot.waitUntil(lambda: told == [words])
    qtbot.waitUntil(lambda: told[-1].startswith("Copied a picture"))


def test_a_preview_for_which_there_is_no_memory_is_told_and_the_next_one_comes(desk, commands, monkeypatch):
    def full(_camera, _step):
        raise MemoryError

    commands.picture()
    dialog = opened(desk, PictureDialog)
    with monkeypatch.context() as patch:
        patch.setattr(PanesCamera, "take", full)
        dialog.draw_preview()
    assert dialog.hint.text() == "The picture cannot be drawn: there is not enough memory."
    assert dialog.preview.image.isNull()
    assert dialog.preview.picture_in_words() == ""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    dialog.draw_preview()
    assert not dialog.preview.image.isNull()
    assert "1200 × 640" in dialog.hint.text()
    assert "1200 × 640" in dialog.preview.picture_in_words()
    dialog.reject()


def test_a_file_is_first_called_as_the_scene_is(desk, monkeypatch):
    suggested = []
    monkeypatch.setattr(
        "gdsim.gui.export.commands.ask_to_save", lambda *asked: suggested.append(asked[3].name)
    )
    desk.commands["export_record"].trigger()
    assert suggested == ["The-valley.csv"]


def test_the_dialog_tells_the_size_and_what_is_not_possible(desk, commands):
    commands.picture()
    dialog = opened(desk, PictureDialog)
    assert dialog.hint.text() == "1200 × 640 pixels"
    dialog.spec_form.scale.setCurrentIndex(2)
    assert dialog.hint.text() == "3600 × 1920 pixels"
    dialog.spec_form.part.setCurrentIndex(dialog.spec_form.part.findData(PicturePart.WINDOW))
    assert not dialog.spec_form.width_field.isEnabled()
    dialog.file_format.setCurrentIndex(dialog.file_format.findData(PictureFormat.SVG))
    assert not dialog.save.isEnabled()
    assert "PNG only" in dialog.hint.text()
    dialog.close()


def test_a_size_that_cannot_be_is_refused_where_it_is_typed(qtbot, desk, commands):
    commands.picture()
    dialog = opened(desk, PictureDialog)
    field = dialog.spec_form.width_field
    field.selectAll()
    qtbot.keyClicks(field, "5")
    assert "320" in field.fault()
    qtbot.keyClick(field, "\r")
    assert dialog.spec_form.value().width == 1200
    dialog.close()


def test_a_picture_that_cannot_be_written_is_refused_in_a_sentence(qtbot, commands, said, tmp_path):
    commands.save_picture(SMALL, PictureFormat.PNG, tmp_path / "none" / "a.png")
    done(qtbot, commands)
    assert said == ["a.png cannot be written: its folder is no longer there."]


def test_what_takes_a_second_is_written_beside_the_window(qtbot, commands, asked, tmp_path, monkeypatch):
    """Both the packing of pixels and a script with a million points."""
    threads = []

    def note(*_):
        threads.append(threading.current_thread())
        return b""

    monkeypatch.setattr("gdsim.gui.export.commands.png_bytes", note)
    monkeypatch.setattr("gdsim.gui.export.commands.write_script", note)
    commands.save_picture(SMALL, PictureFormat.PNG, tmp_path / "a.png")
    done(qtbot, commands)
    asked(tmp_path / "a.py")
    commands.script()
    done(qtbot, commands)
    assert len(threads) == 2
    assert threading.main_thread() not in threads


def test_a_picture_that_is_stopped_is_not_written(qtbot, commands, tmp_path, monkeypatch):
    begun, may_end = threading.Event(), threading.Event()
    cancel = TaskQueue.cancel

    def slow(_):
        begun.set()
        may_end.wait(10)
        return b"late"

    monkeypatch.setattr("gdsim.gui.export.commands.png_bytes", slow)
    commands.save_picture(SMALL, PictureFormat.PNG, tmp_path / "a.png")
    qtbot.waitUntil(begun.is_set)
    # To stop is to cancel, and then to wait for the end.
    monkeypatch.setattr(TaskQueue, "cancel", lambda tasks: (cancel(tasks), may_end.set()))
    commands.work.close()
    assert list(tmp_path.iterdir()) == []


def test_the_ending_is_added_and_a_file_that_nobody_was_asked_about_is_kept(
    qtbot, desk, commands, asked, tmp_path
):
    folder = tmp_path / "mine"
    folder.mkdir()
    asked(folder / "numbers")
    commands.script()
    done(qtbot, commands)
    assert [path.name for path in folder.iterdir()] == ["numbers.py"]
    (folder / "numbers.py").write_text("mine")
    commands.script()
    assert (folder / "numbers.py").read_text() == "mine"
    assert opened(desk, QMessageBox).text() == "numbers.py already exists. Replace it?"


@pytest.mark.parametrize(
    "part", [PicturePart.CURVES, PicturePart.WINDOW, *([PicturePart.MAPS] if WHOLE else [])]
)
def test_a_clip(qtbot, painted_desk, commands, said, tmp_path, part):
    desk = painted_desk
    out = tmp_path / "clip.gif"
    desk.session.play(lambda head: head.seek(17))
    commands.save_clip(replace(SMALL, part=part), ClipPlan(0, 4, 20.0), ClipFormat.GIF, out)
    done(qtbot, commands)
    with Image.open(out) as clip:
        assert clip.n_frames == 5
        assert clip.size == ((desk.width(), desk.height()) if part is PicturePart.WINDOW else (400, 300))
        first = clip.convert("RGB").tobytes()
        clip.seek(4)
        assert clip.convert("RGB").tobytes() != first
    # The window stands where it stood.
    assert desk.session.playhead.cursor == 17
    assert said == []


def test_a_clip_paints_each_picture_once_and_keeps_none(qtbot, desk, commands, tmp_path, monkeypatch):
    made = note_trails(monkeypatch)
    runs, pictures = len(desk.session.experiment.runs), 6
    plan = ClipPlan(0, pictures, 10.0, 10.0)
    commands.save_clip(replace(SMALL, scale=2), plan, ClipFormat.GIF, tmp_path / "a.gif")
    done(qtbot, commands)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    # What goes only with the garbage collector is kept for long: here until the test is over.
    alive = [trail for trail in made if trail() is not None]
    # On the map and on the surface; at first once more, until the panes have their places.
    assert 2 * runs <= len(made) <= 4 * runs
    assert len(alive) <= 2 * runs


def test_a_clip_by_its_dialog(qtbot, desk, commands, asked, tmp_path):
    asked(tmp_path / "clip.webp")
    commands.animation()
    dialog = opened(desk, ClipDialog)
    assert (dialog.first.value(), dialog.last.value()) == (0, 100)
    dialog.file_format.setCurrentIndex(dialog.file_format.findData(ClipFormat.WEBP))
    dialog.spec_form.set_value(SMALL)
    dialog.last.set_value(3)
    dialog.speed.set_value(20.0)
    dialog.save.click()
    done(qtbot, commands)
    with Image.open(tmp_path / "clip.webp") as clip:
        assert clip.n_frames == 4


def test_without_ffmpeg_the_dialog_says_so(desk, commands, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    commands.animation()
    dialog = opened(desk, ClipDialog)
    dialog.file_format.setCurrentIndex(dialog.file_format.findData(ClipFormat.MP4))
    assert "needs ffmpeg" in dialog.hint.text()
    assert not dialog.save.isEnabled()
    dialog.file_format.setCurrentIndex(dialog.file_format.findData(ClipFormat.GIF))
    assert dialog.hint.text() == "1200 × 640 pixels; 101 pictures, 11.5 s"
    dialog.last.set_value(0)
    dialog.show_hint()
    assert dialog.hint.text() == "1200 × 640 pixels; 1 picture, 1.5 s"
    assert dialog.save.isEnabled()
    dialog.close()


@pytest.mark.parametrize("way", ["button", "escape", "closing the window"])
def test_a_clip_is_stopped(qtbot, desk, commands, said, tmp_path, late_patch, way):
    late_patch.setattr(file_work, "DIALOG_DELAY_MS", 0)
    commands.save_clip(SMALL, ClipPlan(0, 100, 1.0), ClipFormat.APNG, tmp_path / "a.apng")
    qtbot.waitUntil(lambda: any(one.isVisible() for one in desk.findChildren(ProgressDialog)))
    assert commands.work.is_busy
    progress = opened(desk, ProgressDialog)
    if way == "button":
        progress.findChild(QPushButton).click()
    elif way == "escape":
        qtbot.keyClick(progress, "\x1b")
    else:
        desk.close()
    assert not commands.work.is_busy
    assert list(tmp_path.iterdir()) == []
    assert said == []


@pytest.mark.parametrize("part", [PicturePart.MAPS, PicturePart.WINDOW])
def test_a_clip_ends_where_another_scene_comes(qtbot, desk, commands, said, tmp_path, part):
    """As when a link that came meanwhile is opened: the rest would be of that scene."""
    session = desk.session
    session.play(lambda head: head.seek(17))
    spec = replace(SMALL, part=part)
    commands.save_clip(spec, ClipPlan(0, 100, 1.0), ClipFormat.APNG, tmp_path / "a.apng")
    with qtbot.waitSignal(commands.work.findChild(ClipJob).progressed):
        pass
    session.open(scene("himmelblau"))
    assert not commands.work.is_busy
    assert list(tmp_path.iterdir()) == []
    assert said == ["a.apng was not written: the scene has changed in the meantime."]
    assert session.playhead.position == 0.0


def test_the_record_is_that_of_the_command_line(qtbot, desk, commands, tmp_path, asked):
    asked(tmp_path / "a.csv")
    desk.commands["export_record"].trigger()
    done(qtbot, commands)
    assert main(["run", "valley", "--csv", str(tmp_path / "b.csv")]) == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_choices_are_remembered(own_desk):
    commands = own_desk.export.made
    spec = PictureSpec(part=PicturePart.CURVES, width=777, legend=False)
    commands.picture()
    dialog = opened(own_desk, PictureDialog)
    dialog.spec_form.set_value(spec)
    dialog.copy.click()
    dialog.close()
    commands.picture()
    assert opened(own_desk, PictureDialog).spec_form.value() == spec


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (7.46, "7.5 s"), (59.6, "60 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_times_in_words(seconds, text):
    assert time_text(seconds) == text
    assert left_text(seconds) == f"{text} left"


def test_an_export_is_told_with_its_file_and_a_picture_in_the_clipboard(
    qtbot, desk, commands, asked, tmp_path
):
    told = []
    commands.told.connect(lambda sentence, path: told.append((sentence, path)))
    asked(tmp_path / "record.csv")
    commands.record()
    done(qtbot, commands)
    plan = ClipPlan(0, 2, 10.0, 10.0)
    commands.save_clip(SMALL, plan, ClipFormat.GIF, tmp_path / "clip.gif")
    done(qtbot, commands)
    commands.copy()
    assert told[:2] == [
        ("Saved as record.csv.", tmp_path / "record.csv"),
        ("Saved as clip.gif.", tmp_path / "clip.gif"),
    ]
    assert told[2][0].startswith("Copied a picture of ")
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (1200, 640)
    assert all((tmp_path / name).exists() for name in ("record.csv", "clip.gif"))
