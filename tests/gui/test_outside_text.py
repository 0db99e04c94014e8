"""Text from a file, a path or a person is never read as HTML, which would open the files that it names."""

import ast
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPoint, QSettings, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QTextDocument
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QDialog,
    QGraphicsView,
    QLabel,
    QMenu,
    QToolTip,
    QWidget,
)
from shiboken6 import isValid

import gdsim.gui
from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.scene import load_scene
from gdsim.core.files.table.reader import reading_table_file
from gdsim.core.lessons.files import load_lesson
from gdsim.core.lessons.view import PAGES
from gdsim.core.model.objective import LECTURE
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.files.dialogs import FileDialogs, SaveDecision
from gdsim.gui.files.recent import RecentFiles, RecentMenu
from gdsim.gui.forms.file_work import ProgressDialog
from gdsim.gui.forms.tips import plain, tip
from gdsim.gui.plain_text import PlainLabel, PlainMessageBox
from gdsim.gui.points.import_dialog import ImportDialog, TableSource
from gdsim.gui.preferences import Preferences
from gdsim.session.tasks import TaskQueue
from tests.every import every, in_turn
from tests.gui.pseudo import is_pseudo, spoken_pseudo
from tests.gui.shared_window import shared
from tests.gui.test_translation import DIALOGS, NAMES, left_out, shown_texts
from tests.gui.windows import cut_off_texts, expose

BOLD = "<b>x</b>"
# So many rows and columns of a table are looked at.
FEW = 40


@pytest.fixture
def hostile(tmp_path):
    """Return a text that opens a file when it is read as HTML."""
    probe = tmp_path / "probe.png"
    probe.write_bytes(b"")
    return f'<img src="{probe.as_uri()}">{BOLD}'


# ------------------------------------------------------------------------- looking at everything


def is_html(text):
    """Return whether Qt would read a text as HTML, and something in it that nobody here has written."""
    return isinstance(text, str) and GuiQt.mightBeRichText(text) and (BOLD in text or "<img" in text)


def size(model):
    # The number of columns of a list is private.
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())
    return min(FEW, model.rowCount(QModelIndex())), min(FEW, columns)


def cells(model):
    rows, columns = size(model)
    return [model.index(row, column) for row in range(rows) for column in range(columns)]


def tooltips_of(widget):
    """Return the tooltips that a widget has: its own, and those of its cells, headers, entries, items."""
    yield widget.toolTip()
    role = Qt.ItemDataRole.ToolTipRole
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        model = widget.model()
        yield from (index.data(role) for index in cells(model))
        for way, count in zip((Qt.Orientation.Vertical, Qt.Orientation.Horizontal), size(model), strict=True):
            yield from (model.headerData(section, way, role) for section in range(count))
    if isinstance(widget, QMenu) and widget.toolTipsVisible():
        yield from (action.toolTip() for action in widget.actions())
    if isinstance(widget, QGraphicsView):
        yield from (item.toolTip() for item in widget.scene().items())


def tooltips_shown(widget):
    """Return the tooltips that come up where the mouse rests on a widget."""
    target = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
    places = [target.rect().center()]
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        places += [widget.visualRect(index).center() for index in cells(widget.model())[:12]]
    for place in places:
        QToolTip.showText(QPoint(), "")
        QApplication.sendEvent(target, QHelpEvent(QEvent.Type.ToolTip, place, target.mapToGlobal(place)))
        yield QToolTip.text()
    QToolTip.showText(QPoint(), "")


def read_as_html(root):
    """Return all texts below a widget that Qt would read as HTML, with the widgets that have them."""
    for widget in (root, *root.findChildren(QWidget)):
        if not isValid(widget):  # a tooltip that was shown a moment ago
            continue
        tips = [*tooltips_of(widget), *(tooltips_shown(widget) if widget.isVisible() else ())]
        yield from ((widget, text) for text in tips if is_html(text))
        if isinstance(widget, QLabel) and widget.textFormat() != Qt.TextFormat.PlainText:
            ours = widget.textFormat() == Qt.TextFormat.RichText
            if is_html(widget.text()) or (ours and BOLD in widget.text()):
                yield widget, widget.text()


def test_what_is_not_guarded_is_found(qtbot, hostile):
    window = QWidget()
    PlainLabel(hostile, window).setToolTip(tip(hostile, hostile))
    QLabel(tip(hostile), window)
    assert [*read_as_html(window)] == []
    QLabel(hostile, window)
    assert len([*read_as_html(window)]) == 1
    window.setToolTip(hostile)
    assert len([*read_as_html(window)]) == 2
    expose(qtbot, window)
    # Labels that have none of their own show the window's.
    assert len([*read_as_html(window)]) == 5


# ---------------------------------------------------------------------------- tips and labels


@pytest.mark.parametrize("text", ["x", BOLD, "a\n<b>c", "<a> & b", '<img src="x">', "x < y", "R & D"])
def test_a_tooltip_shows_a_text_as_it_is(text):
    for made in (plain(text), tip(text)):
        document = QTextDocument()
        document.setHtml(made)
        assert (document.toPlainText() if GuiQt.mightBeRichText(made) else made) == text


def test_a_tooltip_has_a_heading_and_nothing_for_no_words():
    assert tip("a\nb", BOLD) == "<qt><b>&lt;b&gt;x&lt;/b&gt;</b><br>a<br>b</qt>"
    assert tip("") == plain("") == ""


def test_messages_show_a_text_as_it_is(qtbot, hostile):
    box = PlainMessageBox()
    box.setText(hostile)
    box.setInformativeText(hostile)
    progress = ProgressDialog("Export", hostile, box)
    qtbot.addWidget(box)
    for one, text in ((box, hostile), (progress, f"Writing {hostile}")):
        assert text in [label.text() for label in one.findChildren(QLabel)]
        assert [*read_as_html(one)] == []


# -------------------------------------------------------------------------------- in the window


@pytest.fixture
def spoken():
    """Speak a language that nobody speaks."""
    with spoken_pseudo():
        yield


@pytest.fixture
def window(qtbot, hostile, tmp_path):
    """The window on a scene from a file that has such a text wherever there is one."""
    runs = [{"name": f"{hostile} {n}", "algorithm": rule, "epochs": 20} for n, rule in enumerate(RULES)]
    scene = {"gdsim": 1, "title": hostile, "about": hostile, "points": {"x": [1, 2], "y": [0, 1]}}
    path = tmp_path / "scene.json"
    path.write_text(json.dumps(scene | {"runs": runs}), encoding="utf-8")
    window, session = shared(qtbot, load_scene(path), painted=False)
    run = session.experiment.runs[0]
    renamed = replace(session.experiment, runs=(replace(run, epochs=30), *session.experiment.runs[1:]))
    session.edit(renamed, f"Rename {hostile}")
    qtbot.waitUntil(window.is_settled)
    window.show_now()
    return window


def test_the_window_reads_no_name_as_html(window):
    assert [*read_as_html(window)] == []
    for kind, page in in_turn(CurveKind, range(len(PAGES))):
        window.cards.run_card.show_page(page)
        window.cards.curves.choose(kind)
        window.show_now()
        assert [*read_as_html(window.cards.run_card), *read_as_html(window.cards.curves)] == []
    # The value of a curve stands beside the name as it is.
    names = [run.name for run in window.session.experiment.runs]
    window.cards.curves.choose(CurveKind.LOSS)
    window.cards.curves.over_time.plot.hovered.emit(3.0)
    shown = window.cards.curves.over_time.plot.readout.names
    assert {name.textFormat() for name in shown} == {Qt.TextFormat.PlainText}
    assert all(any(name.startswith(text.text().rstrip("…")) for name in names) for text in shown)


@every("name", DIALOGS)
def test_every_dialog_reads_no_name_as_html_is_translated_and_has_room(spoken, window, qtbot, name):
    """All in one, as it is the opening of them that takes the time."""
    QGuiApplication.clipboard().setText(f"0\t-2\t{BOLD}\n1\t{BOLD}\t1\n")
    window.commands[name].trigger()
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(QDialog)))
    dialog = next(one for one in window.findChildren(QDialog) if one.isVisible())
    if name == "check_work":
        qtbot.mouseClick(dialog.paste_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not dialog.tasks.is_busy)
    assert [*read_as_html(dialog)] == []
    assert is_pseudo(dialog.windowTitle())
    assert left_out(shown_texts(dialog), NAMES) == []
    qtbot.waitUntil(lambda: cut_off_texts(dialog) == [])
    dialog.close()
    qtbot.waitUntil(lambda: not any(one.isVisible() for one in window.findChildren(QDialog)))


def test_no_lesson_is_read_as_html(window, qtbot, late_patch, hostile, tmp_path):
    stop = {
        "title": hostile, "chapter": hostile, "scene": "scene.json", "select": f"{hostile} 1",
        "caption": [hostile, f"*{hostile}*"], "look": hostile,
    }  # fmt: skip
    path = tmp_path / "lesson.json"
    lesson = {"gdsim-lesson": 1, "title": hostile, "about": hostile, "stops": [stop, stop]}
    path.write_text(json.dumps(lesson), encoding="utf-8")
    late_patch.setattr(FileDialogs, "ask", lambda *given: given[-1][SaveDecision.DISCARD]())
    window.lessons.begin(load_lesson(str(path)))
    bar = window.lessons.bar
    qtbot.waitUntil(lambda: BOLD in bar.card.accessibleDescription())
    assert [*read_as_html(window)] == []


def test_no_table_is_read_as_html(qtbot, hostile, tmp_path):
    path = tmp_path / "points.csv"
    quoted = '"' + hostile.replace('"', '""') + '"'
    path.write_text(f"{quoted},{quoted} 2,y\n1,{quoted},2\n3,{quoted},4\n", encoding="utf-8")
    tasks = TaskQueue()
    dialog = ImportDialog(TableSource(hostile, partial(reading_table_file, path)), 1, LECTURE, tasks)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    expose(qtbot, dialog)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    model = dialog.findChild(QAbstractItemView).model()
    assert any(index.data() == hostile for index in cells(model))
    assert [*read_as_html(dialog)] == []
    tasks.close()


@pytest.fixture
def parent(qtbot):
    widget = QWidget()
    expose(qtbot, widget)
    return widget


def test_no_path_is_read_as_html(parent, hostile, tmp_path):
    settings = QSettings(str(tmp_path / "gdsim.ini"), QSettings.Format.IniFormat)
    settings.setValue("recent", [f"/{hostile}", f"/a/{BOLD}"])
    menu = RecentMenu(RecentFiles(Preferences(settings)), parent)
    menu.fill()
    assert [*read_as_html(menu)] == []
    dialogs = FileDialogs(parent)
    dialogs.ask(hostile, hostile, {SaveDecision.SAVE: lambda: None})
    box = parent.findChild(QDialog)
    assert hostile in [label.text() for label in box.findChildren(QLabel)]
    assert [*read_as_html(box)] == []
    box.close()


# ------------------------------------------------------------------------------- the rule itself


def nodes(*names):
    """Return the calls and classes in the window's files that have one of the names, with the places."""
    folder = Path(gdsim.gui.__file__).parent
    texts = ((path, path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.py")))
    return [
        (f"{path.relative_to(folder).as_posix()}:{node.lineno}", node)
        for path, text in texts
        if any(name in text for name in names)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.Call, ast.ClassDef))
    ]


def named(call):
    """Return the last name of what is called: ``tip`` of ``tip(...)``, ``tr`` of ``self.tr(...)``."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def is_safe(node):
    """Return whether a tooltip is a sentence of the program's own, or was made plain."""
    match node:
        case ast.Constant():
            return True
        case ast.IfExp():
            return is_safe(node.body) and is_safe(node.orelse)
        case ast.Call() if named(node) in ("tr", "translate"):
            return all(isinstance(argument, ast.Constant) for argument in node.args)
        case ast.Call() if named(node) == "with_keys":
            return is_safe(node.args[0])
        case ast.Call():
            return named(node) in ("tip", "plain", "toolTip")
    return False


def tooltip_set(call):
    """Return what a call sets or shows as a tooltip; None when it does neither."""
    match named(call):
        case "setToolTip":
            return call.args[-1]
        case "showText":
            return call.args[1]
        case "setItemData" if "ToolTipRole" in ast.unparse(call.args[2]):
            return call.args[1]
    return None


def test_every_tooltip_is_made_plain_where_it_is_set():
    found = nodes("set_tip", "ToolTip", "showText")
    calls = [(place, node) for place, node in found if isinstance(node, ast.Call)]
    assert len([place for place, call in calls if named(call) == "set_tip"]) > 50
    # The others have no widget, so `set_tip` cannot do it.
    others = [(place, call) for place, call in calls if not place.startswith("forms/tips.py")]
    tips = [(place, shown) for place, call in others if (shown := tooltip_set(call)) is not None]
    assert tips
    assert [f"{place}: {ast.unparse(shown)}" for place, shown in tips if not is_safe(shown)] == []


# They guess whether a text is HTML.
GUESSING = {"QLabel", "QMessageBox", "QProgressDialog", "QErrorMessage", "QInputDialog", "QTextEdit"}


def makes(node):
    """Return the names of the classes that are used: called, asked for a dialog, or derived from."""
    if isinstance(node, ast.ClassDef):
        return {getattr(base, "id", "") for base in node.bases}
    if not isinstance(node, ast.Call):
        return set()
    # As in QMessageBox(...), and in QMessageBox.warning(...).
    return {getattr(node.func, "id", ""), getattr(getattr(node.func, "value", None), "id", "")}


def test_labels_and_messages_are_those_that_do_not_guess():
    used = {place for place, node in nodes(*GUESSING) if makes(node) & GUESSING}
    # The editor of lines only underlines: its selections are made by the name of a class that guesses.
    assert {place.partition(":")[0] for place in used} == {"plain_text.py", "rules/lines_editor.py"}, used
