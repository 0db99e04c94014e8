"""A table is looked at, corrected and taken; a wrong one is refused where it stands."""

from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QListWidget,
    QProgressBar,
    QPushButton,
    QRadioButton,
)

from gdsim.core.files.table.reader import reading_table, reading_table_file
from gdsim.core.files.table.table import RequestedFormat
from gdsim.core.files.table.table_points import SPLIT
from gdsim.core.model.objective import LECTURE
from gdsim.core.model.points import PointSet
from gdsim.gui.forms.form import SettingsForm
from gdsim.gui.points.import_dialog import ImportDialog, TablePreview, TableSource
from gdsim.gui.style.shown_theme import remember_theme
from gdsim.gui.style.stylesheet import stylesheet
from gdsim.gui.style.theme import LIGHT
from tests.gui.windows import cut_off_texts

SPREADSHEET = "Größe;Breite;Sorte;y\n1,5;2;klein;0,5\n2,5;3;groß;1\n"


@pytest.fixture
def shown(qtbot, tasks):
    """Open the dialog on a text, and wait until it is read."""

    def show(text, name="points.csv", dimension=1):
        remember_theme(LIGHT)
        dialog = ImportDialog(TableSource(name, partial(reading_table, text)), dimension, LECTURE, tasks)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        dialog.setStyleSheet(stylesheet(LIGHT))
        qtbot.addWidget(dialog)
        dialog.show()
        settle(qtbot, tasks)
        return dialog

    return show


def settle(qtbot, tasks):
    qtbot.waitUntil(lambda: not tasks.is_busy)


def choose(dialog, name, text):
    """Choose an entry of a box as a person does."""
    combo = next(one for one in dialog.findChildren(QComboBox) if one.accessibleName() == name)
    place = combo.findText(text)
    assert place >= 0
    combo.setCurrentIndex(place)
    combo.activated.emit(place)


def header(dialog):
    model = dialog.findChild(TablePreview).model()
    return [model.headerData(place, Qt.Orientation.Horizontal) for place in range(model.columnCount())]


def taking(dialog):
    return dialog.findChild(QPushButton, "primary")


def share(dialog):
    """Return the form of the share that is set aside."""
    return next(one for one in dialog.findChildren(SettingsForm) if one.value().definition is SPLIT)


def sentences(dialog):
    return [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]


def taken(qtbot, tasks, dialog):
    with qtbot.waitSignal(dialog.points_chosen) as chosen:
        qtbot.mouseClick(taking(dialog), Qt.MouseButton.LeftButton)
    return tuple(chosen.args)


def test_what_was_understood_is_said_and_taken(shown, qtbot, tasks):
    dialog = shown(SPREADSHEET.encode("cp1252"), dimension=2)
    assert sentences(dialog)[0] == (
        "2 rows, 4 columns, separated by semicolons, decimal comma, with a row of names, in Windows-1252. "
        "Sorte contains text and is left out."
    )
    assert header(dialog) == ["Größe\n→ x₁", "Breite\n→ x₂", "Sorte\nleft out", "y\n→ y"]
    assert taken(qtbot, tasks, dialog) == (
        PointSet([[1.5, 2], [2.5, 3]], [0.5, 1.0]), PointSet.empty(2), True,
    )  # fmt: skip
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_other_columns_are_chosen(shown, qtbot, tasks):
    dialog = shown("a,b,c\n1,2,3\n4,5,6\n")
    choose(dialog, "Target y", "a")
    inputs = dialog.findChild(QListWidget)
    assert [inputs.item(place).checkState() for place in range(3)] == [
        Qt.CheckState.Unchecked, Qt.CheckState.Checked, Qt.CheckState.Unchecked,
    ]  # fmt: skip
    inputs.item(2).setCheckState(Qt.CheckState.Checked)
    assert header(dialog) == ["a\n→ y", "b\n→ x₁", "c\n→ x₂"]
    points, _, _ = taken(qtbot, tasks, dialog)
    assert points == PointSet([[2, 3], [5, 6]], [1, 4])


def test_of_two_columns_the_other_one_becomes_x(shown, qtbot, tasks):
    dialog = shown("a,b\n1,2\n4,5\n")
    choose(dialog, "Target y", "a")
    assert taken(qtbot, tasks, dialog)[0] == PointSet([2, 5], [1, 4])


def test_more_inputs_than_can_be_shown_are_not_taken(shown):
    dialog = shown("\n".join(",".join(["1.5"] * 102) for _ in range(2)))
    assert "At most 100 columns can be inputs x, and 101 are ticked; untick some." in sentences(dialog)
    assert not dialog.use.isEnabled()
    dialog.findChild(QListWidget).item(0).setCheckState(Qt.CheckState.Unchecked)
    assert dialog.use.isEnabled()


def test_no_choice_that_makes_no_points_is_taken(shown):
    dialog = shown("a,b\n1,2\n4,5\n")
    inputs = dialog.findChild(QListWidget)
    inputs.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert "Tick at least one column as an input x." in sentences(dialog)
    assert not taking(dialog).isEnabled()
    inputs.item(1).setCheckState(Qt.CheckState.Checked)
    assert any("cannot be both x and y" in one for one in sentences(dialog))
    inputs.item(1).setCheckState(Qt.CheckState.Unchecked)
    inputs.item(0).setCheckState(Qt.CheckState.Checked)
    assert taking(dialog).isEnabled()


def test_a_fault_is_shown_in_place_and_can_be_corrected(shown, qtbot, tasks):
    dialog = shown("1,000;2\n3,000;4\n", name="p.csv")
    fault = (
        'p.csv, line 1, column 1 must be written with a decimal point or without the comma, not as "1,000".'
    )
    assert fault in sentences(dialog)
    assert not taking(dialog).isEnabled()
    assert header(dialog) == ["column 1\n", "column 2\n"]
    choose(dialog, "Decimal mark", "Comma: 0,5")
    settle(qtbot, tasks)
    assert fault not in sentences(dialog)
    assert taken(qtbot, tasks, dialog)[0] == PointSet([1, 3], [2, 4])


def leaving_out(dialog):
    return next(one for one in dialog.findChildren(QPushButton) if one.text() == "Leave the column out")


def test_a_column_with_a_fault_that_is_not_needed_is_left_out(shown, qtbot, tasks):
    dialog = shown("x;age;y\n0,5;21;0,2\n2,5;unknown;0,9\n", name="p.csv")
    assert 'p.csv, line 3, column 2 (age) must be a number, not "unknown".' in sentences(dialog)
    leaving_out(dialog).setFocus()
    qtbot.keyClick(leaving_out(dialog), Qt.Key.Key_Return)
    settle(qtbot, tasks)
    assert not isinstance(dialog.focusWidget(), QPushButton)  # another Enter would close the dialog
    assert sentences(dialog)[0].endswith("age contains text and is left out.")
    assert header(dialog) == ["x\n→ x", "age\nleft out", "y\n→ y"]
    assert not leaving_out(dialog).isVisible()
    choose(dialog, "Decimal mark", "Comma: 0,5")
    settle(qtbot, tasks)
    assert taken(qtbot, tasks, dialog)[0] == PointSet([0.5, 2.5], [0.2, 0.9])


def test_of_two_columns_none_can_be_left_out(shown):
    dialog = shown("x;y\n0,5;0,2\n2,5;unknown\n")
    assert not leaving_out(dialog).isVisible()


def test_another_way_of_reading_is_followed(shown, qtbot, tasks):
    dialog = shown("1,5\n2,7\n")
    assert sentences(dialog)[0].endswith("The commas may also be decimal marks; check the columns below.")
    choose(dialog, "First row", "Names of the columns")
    settle(qtbot, tasks)
    assert header(dialog) == ["1\n→ x", "5\n→ y"]
    assert taken(qtbot, tasks, dialog)[0] == PointSet([2], [7])


def test_a_share_is_set_aside(shown, qtbot, tasks):
    dialog = shown("x,y\n" + "".join(f"{row},0\n" for row in range(10)))
    share(dialog).editors["share"].set_value(0.3)
    points, validation, _ = taken(qtbot, tasks, dialog)
    assert (len(points), len(validation)) == (7, 3)


def test_a_column_of_roles_is_obeyed_unless_a_person_says_otherwise(shown, qtbot, tasks):
    text = "x,y,role\n1,0,val\n2,1,train\n"
    dialog = shown(text)
    assert header(dialog) == ["x\n→ x", "y\n→ y", "role\n→ role"]
    assert not share(dialog).isEnabled()
    assert taken(qtbot, tasks, dialog)[:2] == (PointSet([2], [1]), PointSet([1], [0]))
    other = shown(text)
    other.findChild(QCheckBox).click()
    assert share(other).isEnabled()
    assert len(taken(qtbot, tasks, other)[0]) == 2


def test_points_of_other_inputs_can_only_replace(shown):
    dialog = shown("a,b,c\n1,2,3\n", dimension=1)
    _replace, add = dialog.placing.findChildren(QRadioButton)
    assert not add.isEnabled()
    assert "2 inputs" in add.toolTip()
    dialog.findChild(QListWidget).item(0).setCheckState(Qt.CheckState.Unchecked)
    assert add.isEnabled()


def test_y_out_of_reach_is_explained_and_taken(shown, qtbot, tasks):
    dialog = shown("x,y\n1,2\n3,0.5\n")
    assert (
        "1 value of y lies outside 0 to 1. A sigmoid cannot go there, so the loss cannot fall below 0.5."
        in sentences(dialog)
    )
    assert taken(qtbot, tasks, dialog)[0] == PointSet([1, 3], [2, 0.5])


def test_reading_is_shown_and_stops_with_the_dialog(qtbot, tasks):
    closed = []

    def endless(wish):
        try:
            while True:
                yield 0.25
        finally:
            closed.append(wish)

    dialog = ImportDialog(TableSource("p.csv", endless), 1, LECTURE, tasks)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    progress = dialog.findChild(QProgressBar)
    qtbot.waitUntil(lambda: progress.value() == 250)
    assert progress.isVisible()
    assert not taking(dialog).isEnabled()
    dialog.reject()
    qtbot.waitUntil(lambda: closed == [RequestedFormat()])
    assert not tasks.is_busy


def test_many_rows_are_shown_by_their_first_hundred(qtbot, tasks, tmp_path):
    path = tmp_path / "many.csv"
    path.write_text("x,y\n" + "1.25,0.5\n" * 200_000, encoding="utf-8")
    dialog = ImportDialog(TableSource(path.name, partial(reading_table_file, path)), 1, LECTURE, tasks)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    settle(qtbot, tasks)
    assert dialog.findChild(TablePreview).model().rowCount() == 100
    assert sentences(dialog)[0].startswith("200,000 rows,")
    points, _, _ = taken(qtbot, tasks, dialog)
    assert np.array_equal(points.x, np.full((200_000, 1), 1.25))


def test_no_text_is_cut_off_and_everything_has_a_name(shown):
    dialog = shown(SPREADSHEET)
    assert cut_off_texts(dialog) == []
    for box in (*dialog.findChildren(QComboBox), *dialog.findChildren(QListWidget)):
        assert box.accessibleName()
        assert box.toolTip()
