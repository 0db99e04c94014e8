"""A scene is passed on as a link, a code or a QR code, and comes back by every way there is."""

import json
import subprocess
import sys
import zlib
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QApplication, QDialog, QLabel

from gdsim.core.files.bundled import BUNDLED_SCENES, bundled_scenes, find_scene
from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.link import PICTURE_KEY, bare_code, link_of, read_link
from gdsim.core.files.scene import load_scene, scene_text
from gdsim.core.model.edits import add_run
from gdsim.core.model.experiment import new_experiment
from gdsim.core.model.objective import NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.own_rule import own_rule
from gdsim.gui.export.picture_spec import PictureFormat, PictureSpec
from gdsim.gui.files.dialogs import SaveDecision
from gdsim.gui.files.drop import dropped_of
from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.forms.typed_formulas import TypedLines
from gdsim.gui.share.arrival import ArrivalDialog, LinkDialog
from gdsim.gui.share.commands import error_sentence
from gdsim.gui.share.picture_reader import scene_of_file, scene_of_picture
from gdsim.gui.share.qr import qr_image, qr_modules, read_qr
from gdsim.gui.share.share_dialog import ShareDialog, shared_link
from gdsim.gui.style.stylesheet import stylesheet
from gdsim.gui.style.theme import LIGHT
from tests.every import every
from tests.gui.answered import answer_file_dialogs
from tests.gui.windows import drop_on, expose

VALLEY = load_scene(find_scene("valley"))


@pytest.fixture
def valley_link():
    return link_of(VALLEY)


def open_dialog(window, qtbot, kind):
    """Wait for a dialog of a kind, and return it."""

    def shown():
        return [one for one in window.findChildren(kind) if one.isVisible()]

    qtbot.waitUntil(lambda: len(shown()) == 1)
    return shown()[0]


def words_in(dialog):
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def pixels_of(image):
    buffer = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(buffer.constBits(), np.uint8).reshape(buffer.height(), buffer.bytesPerLine())
    return rows[:, : buffer.width()].copy()


def many_points(count):
    return replace(VALLEY, points=PointSet([index / 7 for index in range(count)], [0.5] * count))


# ------------------------------------------------------------------------------------- QR codes


@every("name", BUNDLED_SCENES)
def test_the_qr_code_of_a_scene_is_read_by_another_library(name):
    link = link_of(load_scene(bundled_scenes()[name]))
    assert read_qr(pixels_of(qr_image(qr_modules(link), 3))) == [link]


def test_a_qr_code_is_read_that_is_small_turned_and_in_a_larger_picture(valley_link):
    code = Image.fromarray(pixels_of(qr_image(qr_modules(valley_link), 6)))
    photo = Image.new("L", (900, 700), 190)
    photo.paste(code.rotate(11, expand=True, fillcolor=190), (300, 120))
    assert read_qr(np.asarray(photo)) == [valley_link]


def test_too_long_a_link_has_no_qr_code():
    assert qr_modules("gdsim:1," + "a" * 1260) is not None
    assert qr_modules("gdsim:1," + "a" * 1300) is None  # a code, but not for a projector
    assert qr_modules("gdsim:1," + "a" * 5000) is None


# ------------------------------------------------------------------------------------- the dialog


def test_share_shows_the_link_the_code_and_a_qr_code(window, qtbot):
    window.commands["share"].trigger()
    dialog = open_dialog(window, qtbot, ShareDialog)
    link = link_of(window.session.experiment)
    assert dialog.link_text.toPlainText() == link
    assert dialog.code_text.toPlainText() == bare_code(link)
    assert read_qr(pixels_of(dialog.grab().toImage())) == [link]
    clipboard = QApplication.clipboard()
    dialog.copy_link.click()
    assert clipboard.text() == link
    assert dialog.done_words.text() == f"Copied the link, {len(link)} characters."
    dialog.copy_code.click()
    assert clipboard.text() == bare_code(link)
    dialog.copy_qr.click()
    assert read_qr(pixels_of(clipboard.image())) == [link]
    dialog.close()


def test_the_qr_code_fills_the_screen_until_a_key_is_pressed(window, qtbot):
    window.commands["share"].trigger()
    dialog = open_dialog(window, qtbot, ShareDialog)
    dialog.show_large.click()
    large = dialog.large
    with qtbot.waitExposed(large):
        pass
    assert large.isFullScreen()
    assert read_qr(pixels_of(large.grab().toImage())) == [dialog.what.link]
    qtbot.keyClick(large, Qt.Key.Key_Space)
    assert dialog.isVisible()
    dialog.close()


def test_a_saved_qr_code_opens_as_a_scene(window, qtbot, monkeypatch, tmp_path):
    path = tmp_path / "code.png"
    answer_file_dialogs(monkeypatch, path.with_suffix(""))
    window.commands["share"].trigger()
    dialog = open_dialog(window, qtbot, ShareDialog)
    with qtbot.waitSignal(window.share.made.told):
        dialog.save_qr.click()
    dialog.close()
    assert scene_of_file(path) == window.session.experiment
    assert read_qr(np.asarray(Image.open(path).convert("L"))) == [link_of(window.session.experiment)]


def test_a_long_link_is_shown_without_a_qr_code(qtbot):
    dialog = ShareDialog(shared_link(many_points(600)))
    qtbot.addWidget(dialog)
    dialog.show()
    assert "too many for a QR code" in words_in(dialog)
    assert not dialog.copy_qr.isVisible()
    assert read_link(dialog.link_text.toPlainText()) == many_points(600)


def test_too_large_a_scene_has_no_link(window, qtbot):
    window.session.edit(replace(many_points(6000), runs=(Run(epochs=2),)), "many")
    window.commands["share"].trigger()
    qtbot.waitUntil(window.notice.isVisible)
    assert window.notice.text() == (
        "The scene is too large for a link: it has too many points; a file can hold it."
    )
    assert window.findChildren(ShareDialog) == []


# ------------------------------------------------------------------------------------- what comes


def accept(window, qtbot):
    dialog = open_dialog(window, qtbot, ArrivalDialog)
    dialog.open_scene.click()


def by_paste(window, qtbot, text):
    QApplication.clipboard().setText(text)
    qtbot.keyClick(window.body, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def by_paste_into_the_table(window, qtbot, text):
    QApplication.clipboard().setText(text)
    window.cards.table.view.setFocus()
    qtbot.keyClick(window.cards.table.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def by_command(window, qtbot, text):
    QApplication.clipboard().setText(text)
    window.commands["open_link"].trigger()
    dialog = open_dialog(window, qtbot, LinkDialog)
    assert dialog.text.toPlainText() == text
    dialog.open_link.click()


def by_drop(window, _qtbot, text):
    mime = QMimeData()
    mime.setText(text)
    assert drop_on(window, mime)


def by_dropped_address(window, _qtbot, text):
    mime = QMimeData()
    mime.setUrls([QUrl(text)])
    assert drop_on(window, mime)


def by_hand_over(window, _qtbot, text):
    window.take_over(text)


WAYS = (by_paste, by_paste_into_the_table, by_command, by_drop, by_dropped_address, by_hand_over)


@every("give", WAYS, ids=lambda give: give.__name__)
def test_a_link_is_shown_and_then_opened(window, qtbot, person, give, valley_link):
    before = load_scene(find_scene("first-neuron"))
    window.session.open(before)
    give(window, qtbot, valley_link)
    dialog = open_dialog(window, qtbot, ArrivalDialog)
    assert window.session.experiment == before
    shown = words_in(dialog)
    assert "The valley" in shown
    assert "2 points, 1 input" in shown
    assert "Momentum, η 1, γ 0.9" in shown
    dialog.open_scene.click()
    assert window.session.experiment == VALLEY
    assert person.asked == []
    assert window.session.document.file is None


def test_the_lines_of_a_rule_are_in_sight(qtbot):
    dialog = ArrivalDialog(load_scene(find_scene("own-rule")))
    dialog.setStyleSheet(stylesheet(LIGHT))
    expose(qtbot, dialog)
    lines = dialog.findChild(TypedLines)
    assert lines.document().blockCount() == 5
    assert lines.verticalScrollBar().maximum() == 0


def test_what_came_may_be_refused(window, qtbot, valley_link):
    before = window.session.experiment
    window.open_link(valley_link)
    open_dialog(window, qtbot, ArrivalDialog).reject()
    assert window.session.experiment == before


@pytest.mark.parametrize("answer", [SaveDecision.DISCARD, SaveDecision.CANCEL])
def test_work_that_is_not_saved_is_asked_about(window, qtbot, person, valley_link, answer):
    edited = replace(window.session.experiment, title="mine")
    window.session.edit(edited, "Rename")
    person.answers.append(answer)
    window.open_link(valley_link)
    accept(window, qtbot)
    assert len(person.asked) == 1
    assert window.session.experiment == (VALLEY if answer is SaveDecision.DISCARD else edited)


@pytest.mark.parametrize("command", ["generate_points", "neuron_and_loss", "own_rule", "share"])
def test_a_dialog_about_the_scene_before_goes_with_it(window, qtbot, valley_link, command):
    window.commands[command].trigger()
    dialog = open_dialog(window, qtbot, ScreenDialog)
    window.take_over(valley_link)
    arrived = open_dialog(window, qtbot, ArrivalDialog)
    assert dialog.isVisible()
    arrived.open_scene.click()
    assert not any(one.isVisible() for one in window.findChildren(ScreenDialog))
    assert window.session.experiment.title == "The valley"


def test_of_two_links_the_last_one_is_shown(window, qtbot, valley_link):
    window.open_link(valley_link)
    open_dialog(window, qtbot, ArrivalDialog)
    window.open_link(link_of(new_experiment()))
    qtbot.waitUntil(lambda: "without a title" in words_in(open_dialog(window, qtbot, ArrivalDialog)))
    accept(window, qtbot)
    assert window.session.experiment == new_experiment()


def test_why_a_link_does_not_open_is_said(window, qtbot):
    window.open_link("gdsim:1,")
    qtbot.waitUntil(window.notice.isVisible)
    assert window.notice.text() == "The link is incomplete: its code is missing; please copy all of it."


def test_a_paste_of_something_else_says_so(window, qtbot):
    by_paste(window, qtbot, "just words")
    qtbot.waitUntil(window.notice.isVisible)
    assert window.notice.text() == "This text contains no gdsim link."


@every("text", ["x\ty\n3,0\t0\n-1\t4\n", "3.0, 0\n-1, 4", "3 0\n−1 4", "3. 0.\n-1. 4."])
def test_rows_of_numbers_are_points_wherever_they_are_pasted(window, qtbot, text):
    count = len(window.session.experiment.points)
    by_paste(window, qtbot, text)
    points = window.session.experiment.points
    assert points.x[count:, 0].tolist() == [3, -1]
    assert points.y[count:].tolist() == [0, 4]
    assert window.notice.text() == "Added 2 points at the end."


def test_it_is_said_when_pasted_points_take_the_place_of_a_function(window, qtbot):
    window.session.open(load_scene(find_scene("himmelblau")))
    by_paste(window, qtbot, "0.5 0.2\n-1.5 0.4")
    assert isinstance(window.session.experiment.objective, NeuronObjective)
    assert window.notice.text() == "A neuron over 2 points has replaced the function."


def test_a_paste_of_very_many_digits_is_answered(window, qtbot):
    by_paste(window, qtbot, "1" * 1_000_000)  # without an end where a pattern tries all ways to part them
    qtbot.waitUntil(window.notice.isVisible)


def test_the_field_for_a_link_says_why_it_does_not_open_until_it_is_changed(window, qtbot):
    QApplication.clipboard().setText("just words")
    window.commands["open_link"].trigger()
    dialog = open_dialog(window, qtbot, LinkDialog)
    assert dialog.text.toPlainText() == ""
    dialog.text.setPlainText("gdsim:2,abc")
    dialog.open_link.click()
    qtbot.waitUntil(lambda: "newer gdsim" in dialog.fault.text())
    dialog.text.setPlainText(link_of(VALLEY))
    assert dialog.fault.text() == ""
    dialog.open_link.click()
    accept(window, qtbot)
    assert window.session.experiment == VALLEY


def test_markup_from_a_link_is_shown_as_it_is(qtbot):
    scene = replace(VALLEY, title="<b>bold</b>", about='<img src="/etc/passwd">')
    dialog = ArrivalDialog(scene)
    qtbot.addWidget(dialog)
    assert "<b>bold</b>" in words_in(dialog)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in dialog.findChildren(QLabel))


@every("name", BUNDLED_SCENES)
def test_typed_formulas_are_shown_whole_before_they_are_computed(qtbot, name):
    scene = load_scene(bundled_scenes()[name])
    dialog = ArrivalDialog(scene)
    qtbot.addWidget(dialog)
    shown = [one.toPlainText() for one in dialog.findChildren(TypedLines)]
    rules = [one["lines"] for one in json.loads(scene_text(scene)).get("rules", [])]
    function = json.loads(scene_text(scene)).get("function")
    assert [text.partition("\n\n")[0].splitlines() for text in shown] == [
        *rules,
        *([[function]] if function else []),
    ]
    if name == "own-rule":
        assert shown[0].endswith("eta = 5, gamma = 0.9")
        assert "Braked momentum" in words_in(dialog)
    assert ("2 points" in words_in(dialog)) == (not function and len(scene.points) == 2)


def test_a_long_formula_is_shown_to_its_end(qtbot):
    lines = "v_t = gamma*v + eta*g\nw_next = w - v_t" + " - 0*v_t" * 20
    rule = own_rule("Long", lines)
    dialog = ArrivalDialog(add_run(VALLEY, rule, Run()))
    qtbot.addWidget(dialog)
    assert dialog.findChild(TypedLines).toPlainText().startswith(rule.lines)


def test_a_link_survives_markdown_that_is_laid_out(valley_link):
    document = QTextDocument()
    document.setMarkdown(f"*See* {valley_link} and **so on**")
    assert read_link(document.toPlainText()) == VALLEY


# ------------------------------------------------------------------------------------- pictures


def picture_bytes(mode="RGB", form="PNG", **options):
    buffer = BytesIO()
    Image.new(mode, (40, 30)).save(buffer, form, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "MPO", "WEBP", "GIF", "BMP"])
def test_the_qr_code_in_a_picture_of_any_kind_is_read(valley_link, form):
    buffer = BytesIO()
    Image.fromarray(pixels_of(qr_image(qr_modules(valley_link), 5))).save(buffer, form)
    assert scene_of_picture(buffer.getvalue()) == VALLEY


def test_an_exported_picture_opens_as_its_scene(window, qtbot, tmp_path):
    window.session.begin()
    qtbot.waitUntil(lambda: window.session.surface is not None)
    for form in (PictureFormat.PNG, PictureFormat.SVG):
        path = tmp_path / f"picture.{form.value}"
        with qtbot.waitSignal(window.export.made.told):
            window.export.made.save_picture(PictureSpec(), form, path)
        assert scene_of_file(path) == window.session.experiment
    assert QImage(str(tmp_path / "picture.png")).text(PICTURE_KEY) == link_of(window.session.experiment)


@pytest.mark.parametrize("way", ["drop", "open"])
def test_a_picture_is_opened(window, qtbot, tmp_path, valley_link, way):
    path = tmp_path / "picture.png"
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.setText(PICTURE_KEY, valley_link)
    image.save(str(path))
    if way == "drop":
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        assert dropped_of(mime).path == path
        assert drop_on(window, mime)
    else:
        window.files.open(path)
    accept(window, qtbot)
    assert window.session.experiment == VALLEY


def test_a_picture_on_the_clipboard_is_pasted(window, qtbot, valley_link):
    QApplication.clipboard().setImage(qr_image(qr_modules(valley_link)))
    qtbot.keyClick(window.body, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    accept(window, qtbot)
    assert window.session.experiment == VALLEY


def test_a_picture_without_a_link_is_refused_by_its_name(window, qtbot, tmp_path):
    path = tmp_path / "holiday.png"
    path.write_bytes(picture_bytes())
    window.files.open(path)
    qtbot.waitUntil(window.notice.isVisible)
    assert window.notice.text() == (
        "holiday.png: contains neither a gdsim link nor a QR code that can be read."
    )


@pytest.mark.parametrize("data", [b"", b"no picture", picture_bytes()[:60], picture_bytes(form="GIF")[:20]])
def test_a_broken_picture_is_refused(data):
    with pytest.raises(FileFault, match="is not a picture that can be read"):
        scene_of_picture(data)


def test_what_is_called_a_picture_and_is_a_program_is_not_carried_out(monkeypatch):
    ran = []
    monkeypatch.setattr(subprocess, "check_call", lambda command, *_, **__: ran.append(command))
    with pytest.raises(FileFault, match="is not a picture that can be read"):
        scene_of_picture(picture_bytes(form="EPS"))
    assert ran == []


def picture_that_says_its_side_is(pixels):
    header = picture_bytes(mode="1")
    at = header.index(b"IHDR") + 4
    size = pixels.to_bytes(4, "big") * 2
    body = b"IHDR" + size + header[at + 8 : at + 13]
    return header[: at - 4] + body + zlib.crc32(body).to_bytes(4, "big") + header[at + 17 :]


def test_a_picture_of_too_many_pixels_is_not_unpacked():
    with pytest.raises(FileFault, match="is larger than 80 million pixels"):
        scene_of_picture(picture_that_says_its_side_is(20_000))


def test_a_picture_that_is_longer_than_is_looked_through_has_no_code():
    long = BytesIO()
    Image.new("L", (70_000, 1)).save(long, "PNG")
    with pytest.raises(FileFault, match="contains neither a gdsim link nor a QR code"):
        scene_of_picture(long.getvalue())


def test_too_little_memory_for_a_picture_is_said_in_words():
    assert error_sentence(MemoryError(), "holiday.png") == "holiday.png: there is not enough memory."


def test_nothing_is_written_on_the_terminal_of_an_odd_picture(tmp_path):
    odd = BytesIO()
    Image.new("P", (20, 20)).save(odd, "PNG", transparency=bytes(range(200)))
    for name, data in (("odd", odd.getvalue()), ("large", picture_that_says_its_side_is(9_600))):
        (tmp_path / name).write_bytes(data)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from gdsim.gui.share.picture_reader import scene_of_file\n"
        "for name in sys.argv[1:]:\n"
        "    try:\n"
        "        scene_of_file(Path(name))\n"
        "    except ValueError as fault:\n"
        "        print(fault)\n"
    )
    command = [sys.executable, "-c", code, *(str(tmp_path / name) for name in ("odd", "large"))]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    assert ended.stdout.splitlines() == [
        "contains neither a gdsim link nor a QR code that can be read",
        "is larger than 80 million pixels",
    ]


def test_dialogs_are_gone_when_they_are_closed(window, qtbot):
    window.commands["share"].trigger()
    open_dialog(window, qtbot, ShareDialog).close()
    window.commands["open_link"].trigger()
    open_dialog(window, qtbot, LinkDialog).reject()
    qtbot.waitUntil(lambda: window.findChildren(QDialog) == [])
