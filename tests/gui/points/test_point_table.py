"""The table of points: typed, pasted, copied, sorted, removed; quick with a million rows."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QStyleOptionViewItem

from gdsim.core.formulas.numerals import read_number
from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.model.objective import NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.gui.forms.bubble import FaultBubble
from gdsim.gui.forms.fields import CheckedField
from gdsim.gui.forms.number_delegate import NUMBER_ROLE
from gdsim.gui.points.point_model import HIGHLIGHTED_ROLE, PointModel
from gdsim.gui.points.point_table import PointTable
from tests.core.handin.students import sheet
from tests.every import every
from tests.gui.windows import cut_off_texts, double_click, entry, fault_shown, focus, in_window, pixels_of
from tests.work import calls_of

Key, Left = Qt.Key, Qt.MouseButton.LeftButton
TWO = PointSet([1.3, 2.4], [0.15, 0.9])
NONE = PointSet.empty()
HELD_OUT = PointSet([1.5], [0.5])
P = np.array([2.5, -4.6])


@pytest.fixture
def table(qtbot):
    table = in_window(qtbot, PointTable(), width=290, height=300)
    table.set_points(TWO, NONE)
    table.show_fit(P)
    return table


def said_by(table):
    said = []
    for name in (
        *("point_moved", "paste_requested", "rows_removed", "point_added"),
        *("role_changed", "sort_requested", "refused"),
    ):
        getattr(table, name).connect(lambda *values, name=name: said.append((name, *values)))
    return said


def cell(table, row, column, role=Qt.ItemDataRole.DisplayRole):
    return table.view.model().index(row, column).data(role)


def edit(qtbot, table, row, column, text, end=Key.Key_Return):
    """Type into a cell as a person would: go there, type over it, press Enter."""
    focus(qtbot, table.view)
    table.view.setCurrentIndex(table.view.model().index(row, column))
    qtbot.keyClick(table.view, Key.Key_F2)
    field = table.view.findChild(CheckedField)
    field.selectAll()
    qtbot.keyClicks(field, text) if text else qtbot.keyClick(field, Key.Key_Delete)
    if end is not None:
        qtbot.keyClick(field, end)
    return field


def select(table, *rows):
    selection = table.view.selectionModel()
    selection.clear()
    for row in rows:
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        selection.select(table.view.model().index(row, 0), flags)


def headers(table):
    model = table.view.model()
    return [model.headerData(i, Qt.Orientation.Horizontal) for i in range(model.columnCount())]


# ----------------------------------------------------------------------------------------- shown


def test_the_model_keeps_qts_contract(qtbot, qtmodeltester):
    model = PointModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    wide = PointSet(np.ones((4, 3)), np.zeros(4))
    for points, validation, p in (
        (NONE, NONE, None),
        (TWO, NONE, P),
        (TWO, HELD_OUT, P),
        (wide, PointSet.empty(3), None),
        (wide, PointSet.empty(3), np.ones(4)),
        (HELD_OUT, TWO, P),
    ):
        model.set_points(points, validation)
        model.show_fit(p)
        qtmodeltester.check(model)
    del tester


def test_a_point_is_shown_with_fit_and_error(table):
    assert headers(table) == ["x", "y", "f(x)", "error", "role"]
    assert [cell(table, 0, column) for column in range(5)] == [
        "1.3",
        "0.15",
        "0.20587",
        "0.0558704",
        "train",
    ]
    precise = cell(table, 0, 2, Qt.ItemDataRole.ToolTipRole)
    f = 1.0 / (1.0 + np.exp(-(2.5 * 1.3 - 4.6)))
    assert float(precise) == pytest.approx(f, rel=1e-15)
    assert float(cell(table, 0, 3, Qt.ItemDataRole.ToolTipRole)) == pytest.approx(f - 0.15, rel=1e-14)


def test_without_a_run_there_is_no_fit(table):
    table.show_fit(None)
    assert [cell(table, 0, column) for column in range(4)] == ["1.3", "0.15", None, None]


def test_the_fit_of_another_neuron_is_not_shown(table):
    table.show_fit(np.array([1.0, 2.0, 3.0]))
    assert cell(table, 0, 2) is None


def test_huge_parameters_overflow_to_the_limit(table):
    table.show_fit(np.array([1e200, 1e308]))
    assert cell(table, 0, 2) == "1"
    table.show_fit(np.array([-1e200, -1e308]))
    assert cell(table, 0, 2) == "0"


def test_the_role_is_seen_only_when_there_are_two(table):
    assert table.view.isColumnHidden(4)
    table.set_points(TWO, HELD_OUT)
    assert not table.view.isColumnHidden(4)
    assert [cell(table, row, 4) for row in range(3)] == ["train", "train", "val"]


def test_points_of_more_inputs_have_more_columns(table):
    table.set_points(PointSet([[1, 2, 3]], [0.5]), PointSet.empty(3))
    assert headers(table) == ["x₁", "x₂", "x₃", "y", "f(x)", "error", "role"]
    table.show_fit(np.array([1.0, 0.0, -1.0, 2.0]))
    assert cell(table, 0, 4) == "0.5"
    table.set_points(TWO, NONE)
    assert headers(table) == ["x", "y", "f(x)", "error", "role"]


def test_showing_tells_nothing(table):
    said = said_by(table)
    table.set_points(TWO.replaced(0, [7.0], 0.0), HELD_OUT)
    table.show_fit(P * 2)
    assert said == []
    assert cell(table, 0, 0) == "7"


def test_selection_and_place_survive_a_change_of_numbers(table):
    select(table, 1)
    flag = QItemSelectionModel.SelectionFlag.NoUpdate
    table.view.selectionModel().setCurrentIndex(table.view.model().index(1, 1), flag)
    table.set_points(TWO.replaced(1, [9.0], 0.0), NONE)
    assert table.selected_rows() == (1,)
    table.set_points(TWO.extended(HELD_OUT), NONE)
    assert table.view.currentIndex().row() == 1


def test_no_number_is_cut_off(qtbot):
    table = in_window(qtbot, PointTable(), width=290, height=260)
    table.set_points(PointSet([-1.23456789e-12, -1e100], [-0.123456789, -9.87654321e-99]), HELD_OUT)
    table.show_fit(P)
    QApplication.processEvents()
    delegate, view = table.view.itemDelegate(), table.view
    for row in range(2):
        for column in range(4):
            index = view.model().index(row, column)
            option = _option(view, index)
            delegate.initStyleOption(option, index)
            assert option.fontMetrics.horizontalAdvance(option.text) <= view.columnWidth(column) - 4
    assert cut_off_texts(table) == []


def _option(view, index):
    option = QStyleOptionViewItem()
    view.initViewItemOption(option)
    option.rect = view.visualRect(index)
    return option


# ----------------------------------------------------------------------------------------- typed


@pytest.mark.parametrize(
    ("row", "column", "text", "moved"),
    [
        (0, 0, "1.5", (0, (1.5,), 0.15)),
        (0, 1, "0,25", (0, (1.3,), 0.25)),
        (1, 1, "-1e-3", (1, (2.4,), -0.001)),
        (2, 0, "7", (2, (7.0,), 0.5)),
    ],
)
def test_a_typed_number_moves_the_point(table, qtbot, row, column, text, moved):
    table.set_points(TWO, HELD_OUT)
    said = said_by(table)
    edit(qtbot, table, row, column, text)
    qtbot.waitUntil(lambda: bool(said))
    assert said == [("point_moved", *moved, "")]


@pytest.mark.parametrize("next_", [Key.Key_7, Key.Key_Escape, Key.Key_Return, Key.Key_Tab])
def test_keys_that_follow_enter_at_once_leave_the_cell_alone(table, qtbot, next_):
    said = said_by(table)
    field = edit(qtbot, table, 0, 0, "5")
    qtbot.keyClick(field, next_)
    QApplication.processEvents()
    assert said == [("point_moved", 0, (5.0,), 0.15, "")]


def test_a_digit_begins_to_type_over_the_cell(table, qtbot):
    said = said_by(table)
    focus(qtbot, table.view)
    table.view.setCurrentIndex(table.view.model().index(0, 0))
    qtbot.keyClick(table.view, "4")
    field = table.view.findChild(CheckedField)
    assert field.text() == "4"
    qtbot.keyClicks(field, ".5")
    qtbot.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: bool(said))
    assert said == [("point_moved", 0, (4.5,), 0.15, "")]


def test_a_number_is_edited_in_full(table, qtbot):
    table.set_points(PointSet([0.1 + 0.2], [1 / 3]), NONE)
    focus(qtbot, table.view)
    table.view.edit(table.view.model().index(0, 1))
    assert table.view.findChild(CheckedField).text() == "0.3333333333333333"


def test_the_same_number_again_moves_nothing(table, qtbot):
    said = said_by(table)
    edit(qtbot, table, 0, 0, "1.30")
    QApplication.processEvents()
    assert said == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("abc", 'x must be a number, not "abc".'),
        ("nan", 'x must be a number, not "nan".'),
        ("1e101", "x must be a number from −1e100 to 1e100, not 1e101."),
        ("", 'x must be a number, not "".'),
    ],
)
def test_what_is_no_number_is_refused_and_the_field_stays(table, qtbot, typed, sentence):
    said = said_by(table)
    field = edit(qtbot, table, 0, 0, typed)
    QApplication.processEvents()
    assert said == []
    assert field.isVisible()
    assert field.property("fault") is True
    assert fault_shown(field) == sentence
    qtbot.keyClick(field, Key.Key_Escape)
    assert cell(table, 0, 0) == "1.3"
    assert table.view.findChild(CheckedField) is None or not field.isVisible()
    bubble = table.window().findChild(FaultBubble)
    assert not bubble.isVisible()


@pytest.mark.parametrize("end", [Key.Key_Return, Key.Key_Tab], ids=["return", "tab"])
@every(("rows", "row"), [(2, 0), (2, 1), (8, 0), (8, 7), (60, 0), (60, 30), (60, 59)])
def test_a_refusal_covers_neither_its_cell_nor_a_button(qtbot, rows, row, end):
    table = in_window(qtbot, PointTable(), width=290, height=260)
    x = np.arange(float(rows))
    table.set_points(PointSet(x, x / rows), NONE)
    table.view.scrollTo(table.view.model().index(row, 1))
    edit(qtbot, table, row, 1, "one half", end=end)
    window = table.window()
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(FaultBubble)))
    bubble = window.findChild(FaultBubble)
    assert window.rect().contains(bubble.geometry())
    for one in (*table.findChildren(QPushButton), *table.findChildren(CheckedField)):
        place = one.rect().translated(one.mapTo(window, QPoint()))
        assert not place.intersects(bubble.geometry()), one.text()


def test_leaving_with_a_wrong_text_keeps_the_old_number(table, qtbot):
    said = said_by(table)
    edit(qtbot, table, 0, 0, "abc", end=None)
    focus(qtbot, table.window().findChild(type(table.window().focusWidget()), "other") or table.view)
    QApplication.processEvents()
    assert [name for name, *_ in said] == []
    assert cell(table, 0, 0) == "1.3"


def test_leaving_with_a_number_accepts_it(table, qtbot):
    said = said_by(table)
    edit(qtbot, table, 0, 0, "8", end=None)
    focus(qtbot, table.view)
    qtbot.waitUntil(lambda: bool(said))
    assert said == [("point_moved", 0, (8.0,), 0.15, "")]


def test_tab_goes_on_to_the_next_number(table, qtbot):
    said = said_by(table)
    edit(qtbot, table, 0, 0, "8", end=Key.Key_Tab)
    qtbot.waitUntil(lambda: bool(said))
    assert said == [("point_moved", 0, (8.0,), 0.15, "")]
    qtbot.waitUntil(lambda: table.view.currentIndex().column() == 1)
    assert table.view.state() == table.view.State.EditingState


@pytest.mark.parametrize(
    ("row", "key", "there"),
    [(0, Key.Key_Tab, (1, 0)), (1, Key.Key_Backtab, (1, 0)), (1, Key.Key_Tab, (1, 1))],
)
def test_tab_goes_from_y_to_the_next_point_and_rests_at_the_last(table, qtbot, row, key, there):
    view = table.view
    edit(qtbot, table, row, 1, "0.5", end=key)
    is_last = there == (1, 1)
    qtbot.waitUntil(lambda: (view.state() == view.State.EditingState) is not is_last)
    assert (view.currentIndex().row(), view.currentIndex().column()) == there
    qtbot.waitUntil(lambda: view.hasFocus() is is_last)


def test_the_keys_that_select_everything_select_all_points(table, qtbot):
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Key.Key_A, Qt.KeyboardModifier.ControlModifier, "a")
    event.ignore()
    QApplication.sendEvent(table.view, event)
    assert event.isAccepted()  # otherwise they are the window's, and hide the arrows
    qtbot.keyClick(table.view, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert table.selected_rows() == tuple(range(table.view.model().rowCount()))


def test_fit_and_error_cannot_be_typed(table):
    for column in (2, 3, 4):
        index = table.view.model().index(0, column)
        assert not index.flags() & Qt.ItemFlag.ItemIsEditable
        assert not table.view.model().setData(index, "1")


def test_a_program_that_sets_a_text_is_refused_with_a_sentence(table):
    said = said_by(table)
    assert not table.view.model().setData(table.view.model().index(0, 1), "abc")
    assert said == [("refused", 'y must be a number, not "abc".')]


# --------------------------------------------------------------------------------- the clipboard


def test_rows_are_copied_in_full(table, qtbot):
    table.set_points(PointSet([1 / 3, 2.0], [0.1, 1e-9]), HELD_OUT)
    select(table, 0, 2)
    focus(qtbot, table.view)
    qtbot.keyClick(table.view, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "0.3333333333333333\t0.1\n1.5\t0.5\n"


def test_more_rows_than_the_clipboard_takes_are_refused(table, qtbot):
    many = PointSet(np.zeros(50_001), np.zeros(50_001))
    table.set_points(many, NONE)
    QGuiApplication.clipboard().setText("something else")
    said = said_by(table)
    table.view.selectAll()
    entry(table.menu(), "Copy rows").trigger()
    sentence = "50,001 points are too many for the clipboard; export them as a file."
    assert said == [("refused", sentence)]
    assert fault_shown(table.view) == sentence
    assert QGuiApplication.clipboard().text() == "something else"


@pytest.mark.parametrize("how", ["keys", "menu"])
def test_a_paste_is_asked_for(table, qtbot, how):
    said = said_by(table)
    if how == "keys":
        focus(qtbot, table.view)
        qtbot.keyClick(table.view, Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    else:
        entry(table.menu(), "Paste rows").trigger()
    assert said == [("paste_requested", -1)]


def test_a_paste_begins_at_the_first_selected_row(table):
    said = said_by(table)
    table.view.selectRow(1)
    entry(table.menu(), "Paste rows").trigger()
    assert said == [("paste_requested", 1)]


def test_a_refusal_is_shown_at_the_table(table):
    said = said_by(table)
    table.refuse("No.")
    assert said == [("refused", "No.")]
    assert fault_shown(table.view) == "No."


# ------------------------------------------------------------------------ add, remove, role, sort


def press(qtbot, table, name):
    button = next(one for one in table.findChildren(QPushButton) if one.accessibleName() == name)
    qtbot.mouseClick(button, Left)


def test_an_added_point_is_edited_at_once(table, qtbot):
    table.point_added.connect(lambda: table.set_points(TWO.extended(HELD_OUT), NONE))
    press(qtbot, table, "Add a point")
    assert table.view.currentIndex().row() == 2
    assert table.view.findChild(CheckedField).text() == "1.5"


def test_points_from_elsewhere_are_not_edited(table, qtbot):
    press(qtbot, table, "Add a point")  # nobody adds one
    table.set_points(TWO.extended(HELD_OUT), NONE)
    assert table.view.findChild(CheckedField) is None


def test_selected_rows_are_removed(table, qtbot):
    table.set_points(TWO, HELD_OUT)
    said = said_by(table)
    select(table, 2, 0)
    focus(qtbot, table.view)
    qtbot.keyClick(table.view, Key.Key_Delete)
    press(qtbot, table, "Remove points")
    assert said == [("rows_removed", (0, 2))] * 2


def test_without_a_selection_nothing_is_removed(table, qtbot):
    said = said_by(table)
    table.view.selectionModel().clear()
    press(qtbot, table, "Remove points")
    assert said == []


def test_rows_change_their_role_through_the_menu(table):
    table.set_points(TWO, HELD_OUT)
    said = said_by(table)
    select(table, 0)
    menu = table.menu()
    assert entry(menu, "Make validation points").isEnabled()
    assert not entry(menu, "Make training points").isEnabled()
    entry(menu, "Make validation points").trigger()
    select(table, 0, 2)
    menu = table.menu()
    assert entry(menu, "Make training points").isEnabled()
    entry(menu, "Make training points").trigger()
    assert said == [("role_changed", (0,), True), ("role_changed", (0, 2), False)]


def test_a_double_click_on_the_role_changes_it(table, qtbot):
    table.set_points(TWO, HELD_OUT)
    said = said_by(table)
    place = table.view.visualRect(table.view.model().index(2, 4)).center()
    qtbot.mouseClick(table.view.viewport(), Left, pos=place)
    double_click(qtbot, table.view.viewport(), place)
    assert said == [("role_changed", (2,), False)]


def test_a_click_on_a_header_sorts_and_turns_round_what_is_sorted(table, qtbot):
    said = said_by(table)
    header = table.view.horizontalHeader()
    for x, held_out, descending in (
        ((2.4, 1.3), (1.0, 2.0), False),
        ((1.3, 2.4), (2.0, 1.0), False),
        ((1.3, 2.4), (1.0, 1.0), True),
    ):
        table.set_points(PointSet(x, [0.9, 0.15]), PointSet(held_out, [0.1, 0.2]))
        for column in (0, 1, 2, 3):
            place = QPoint(header.sectionViewportPosition(column) + 10, header.height() // 2)
            qtbot.mouseClick(header.viewport(), Left, pos=place)
        assert said == [("sort_requested", 0, descending), ("sort_requested", 1, False)]
        said.clear()


def test_the_menu_sorts_too(table):
    said = said_by(table)
    entry(table.menu(), "Sort by y").trigger()
    assert said == [("sort_requested", 1, True)]


@pytest.mark.parametrize("how", ["button", "context"])
def test_the_menu_opens(table, qtbot, how):
    if how == "button":
        press(qtbot, table, "Rows")
    else:
        table.view.customContextMenuRequested.emit(QPoint(10, 10))
    menus = [menu for menu in table.findChildren(QMenu) if menu.isVisible()]
    assert len(menus) == 1
    menus[0].close()


def test_space_is_left_to_the_player(table, qtbot):
    event = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ")
    table.view.setCurrentIndex(table.view.model().index(0, 0))
    table.view.keyPressEvent(event)
    assert not event.isAccepted()
    assert table.view.findChild(CheckedField) is None


# ------------------------------------------------------------------------------------ many points


def test_a_million_points_are_shown_and_scrolled_at_once(table, qtbot):
    rng = np.random.default_rng(0)
    many = PointSet(rng.normal(size=1_000_000), rng.random(1_000_000))
    moved = many.replaced(999_999, [7.0], 0.5)

    def work(action, *values):
        def seen():
            action(*values)
            table.view.viewport().repaint()

        return calls_of(seen)

    # No more than for the rows on the screen.
    for action, *values in (
        (table.set_points, many, NONE),
        (table.view.scrollToBottom,),
        (table.show_fit, P * 1.1),
        (table.set_points, moved, NONE),
    ):
        assert work(action, *values) < 30_000, action
    assert cell(table, 999_999, 0) == "7"
    table.view.selectAll()
    assert calls_of(table.selected_rows) < 100
    table.view.selectionModel().clear()


def test_a_frame_costs_little(table, qtbot):
    table.set_points(PointSet(np.arange(8.0), np.linspace(0, 1, 8)), NONE)
    table.view.viewport().repaint()
    assert calls_of(table.show_fit, P + 0.01) < 150


def test_no_column_is_missing_with_other_inputs(table):
    table.set_points(PointSet([[1.0, 2.0], [3.0, 4.0]], [0.1, 0.9]), PointSet.empty(2))
    assert [table.view.isColumnHidden(column) for column in range(6)] == [False] * 5 + [True]
    table.set_points(TWO, HELD_OUT)
    assert not any(table.view.isColumnHidden(column) for column in range(5))


def test_small_errors_keep_their_digits(qtbot):
    table = in_window(qtbot, PointTable(), width=276, height=260)
    table.set_points(TWO, NONE)
    table.show_fit(np.array([1e-9, 0.0]))
    f = table.view.model().index(0, 2).data(NUMBER_ROLE)
    table.set_points(TWO.replaced(0, [0.5], f - 8.4611e-6), NONE)
    index = table.view.model().index(0, 3)
    option = _option(table.view, index)
    table.view.itemDelegate().initStyleOption(option, index)
    assert option.text == "+8.461e−6"


def painted_texts(table, column):
    delegate, texts = table.view.itemDelegate(), []
    for row in range(table.view.model().rowCount()):
        index = table.view.model().index(row, column)
        option = _option(table.view, index)
        delegate.initStyleOption(option, index)
        assert option.fontMetrics.horizontalAdvance(option.text) <= table.view.columnWidth(column) - 4
        texts.append(option.text)
    return texts


@pytest.mark.parametrize("dimension", [1, 4])
def test_of_the_smallest_and_largest_numbers_a_digit_is_seen(qtbot, dimension):
    table = in_window(qtbot, PointTable(), width=276, height=260)
    tiny, huge = [1e-90] * dimension, [-1e99] * dimension
    for x, text in (([tiny, [2.0] * dimension], "1e−90"), ([huge, tiny], "−1e99")):
        table.set_points(PointSet(x, [0.2, 0.9]), NONE)
        table.show_fit(np.zeros(dimension + 1))
        for column in range(dimension + 3):
            shown = painted_texts(table, column)
            assert "…" not in shown
            assert column >= dimension or shown[0] == text


@every("width", [230, 270, 290, 340])
def test_what_is_computed_has_equally_many_decimals(qtbot, width):
    table = in_window(qtbot, PointTable(), width=width, height=260)
    table.set_points(PointSet([0.0, 1.4, 2.0], [0.1, 0.0, 0.9]), NONE)
    table.show_fit(np.array([-2.0, -2.088]))
    for column in (2, 3):
        texts = painted_texts(table, column)
        assert len({len(text.partition(".")[2]) for text in texts if "e" not in text}) == 1
        # Where so many would show too little of a number, it has an exponent.
        for row, text in enumerate(texts):
            number = table.view.model().index(row, column).data(NUMBER_ROLE)
            assert read_number(text) == pytest.approx(number, rel=0.05)
    # A sign that no number of a column has takes no decimal.
    assert len(painted_texts(table, 2)[0].partition(".")[2]) >= (5 if width >= 290 else 3)


def test_columns_of_large_and_of_signed_answers_are_aligned_too(qtbot):
    table = in_window(qtbot, PointTable(), width=290, height=260)
    linear = NeuronObjective(activation="identity")
    table.set_points(PointSet([0.0, 5.0, -7.5, 1.0], [0.1, 0.2, 0.9, 0.0]), NONE, linear)
    table.show_fit(np.array([2.0, 0.1]))
    for column in (2, 3):
        texts = [text for text in painted_texts(table, column) if text.strip("\u2007\u2008\u2060") != "0"]
        assert {len(text.partition(".")[2]) for text in texts} in ({3}, {4})
        assert len(texts) == (4 if column == 2 else 3)  # an error that is exactly 0 has no decimals
    ends = [right_end_of_ink(table, row, 2) for row in range(4)]
    assert max(ends) - min(ends) <= 1.0


# ----------------------------------------------------------------------------------- highlighted


def highlighted(table):
    model = table.view.model()
    return [row for row in range(model.rowCount()) if model.index(row, 0).data(HIGHLIGHTED_ROLE)]


def changes_of(table):
    seen = []
    table.view.model().dataChanged.connect(lambda first, last, roles: seen.append((first.row(), last.row())))
    return seen


def test_rows_that_feed_the_update_are_highlighted(table):
    changes = changes_of(table)
    table.show_highlighted(np.array([1]))
    assert highlighted(table) == [1]
    assert changes == [(1, 1)]
    described = Qt.ItemDataRole.AccessibleDescriptionRole
    assert cell(table, 1, 0, described) == "used in this update"
    assert cell(table, 0, 0, described) is None
    table.show_highlighted(None)
    assert highlighted(table) == []


def test_highlighted_rows_are_painted_on_another_ground(table, qtbot):
    def ground(row):
        image = table.view.viewport().grab().toImage()
        box = table.view.visualRect(table.view.model().index(row, 0))
        return image.pixelColor(box.left() + 8, box.top() + 3)

    select(table)
    plain = ground(1)
    table.show_highlighted(np.array([1]))
    assert ground(1) != plain
    assert ground(0) == plain


def test_only_rows_on_the_screen_are_said_to_have_changed(table):
    table.set_points(PointSet(np.arange(1000.0), np.full(1000, 0.5)), NONE)
    changes = changes_of(table)
    table.show_highlighted(np.arange(500, 900))
    assert changes == []
    table.show_highlighted(np.arange(2, 900))
    assert len(changes) == 1
    assert changes[0][1] < 20
    table.view.scrollToBottom()
    assert table.view.model().index(899, 0).data(HIGHLIGHTED_ROLE)


def going(table):
    """Return the entry of a new menu that goes to the highlighted rows."""
    return next(one for one in table.menu().actions() if one.text() == "Go to the rows of this update")


def test_the_table_scrolls_to_highlighted_rows_only_when_it_is_asked_to(table):
    table.set_points(PointSet(np.arange(1000.0), np.full(1000, 0.5)), NONE)
    table.show_highlighted(np.array([600]))
    QApplication.processEvents()
    assert 600 not in table.view.seen_rows()
    going(table).trigger()
    assert 600 in table.view.seen_rows()
    table.show_highlighted(None)
    assert not going(table).isEnabled()


def test_highlighting_many_rows_of_a_million_costs_no_more_than_one(table):
    n = 1_000_000
    table.set_points(PointSet(np.arange(float(n)), np.full(n, 0.5)), NONE)
    half = np.random.default_rng(0).permutation(n)[: n // 2]
    assert calls_of(table.show_highlighted, half) < 300
    table.view.viewport().grab()


def right_end_of_ink(table, row, column):
    """Return how far what is written in a cell ends from its right."""
    place = table.view.visualRect(table.view.model().index(row, column))
    pixels = pixels_of(table.view.viewport())[
        place.top() + 2 : place.bottom() - 2, place.left() : place.right()
    ]
    inked = np.flatnonzero((np.abs(pixels - pixels[0, 0]).max(axis=-1) > 60).any(axis=0))
    return pixels.shape[1] - int(inked[-1])


def test_commas_of_typed_numbers_stand_below_each_other(table):
    with speaking(read_language("de")):
        table.set_points(PointSet([3.5, 0.35, -2.0, 1.25], [0.5, 0.5, 0.1, 0.3]), NONE)
        ends = [right_end_of_ink(table, row, 0) for row in range(4)]
        assert cell(table, 1, 0) == "0,35"
    assert ends[2] > ends[0] > ends[1] + 3
    assert ends[3] == pytest.approx(ends[1], abs=1.0)


def test_points_of_typed_numbers_stand_below_each_other(table):
    digit = table.view.fontMetrics().horizontalAdvance("0" * 10) / 10.0
    point = table.view.fontMetrics().horizontalAdvance(".")
    table.set_points(PointSet([3.5, 0.35, -2.0, 1.25], [0.5, 0.5, 0.1, 0.3]), NONE)
    ends = [right_end_of_ink(table, row, 0) for row in range(4)]
    assert ends[0] - ends[1] == pytest.approx(digit, abs=1.5)
    assert ends[2] - ends[1] == pytest.approx(2.0 * digit + point, abs=2.5)
    assert ends[3] == pytest.approx(ends[1], abs=1.0)
    # Nothing is added where all are alike, nor to what is read or copied.
    assert len({right_end_of_ink(table, row, 1) for row in range(3)}) == 1
    assert [cell(table, row, 0) for row in range(4)] == ["3.5", "0.35", "−2", "1.25"]
    # Numbers keep their digits where there is no room for blanks.
    table.view.horizontalHeader().resizeSection(0, table.view.fontMetrics().horizontalAdvance("0.35") + 12)
    for row, text in enumerate(("3.5", "0.35", "−2", "1.25")):
        option = QStyleOptionViewItem()
        index = table.view.model().index(row, 0)
        option.rect, option.font = table.view.visualRect(index), table.view.font()
        table.view.itemDelegate().initStyleOption(option, index)
        assert option.text.strip("\u2007\u2008\u2060") == text


def test_the_points_of_a_task_are_shown_with_all_their_digits_in_a_small_window(qtbot):
    """A student takes them from there: what is left out may make a right step a wrong one."""
    table = in_window(qtbot, PointTable(), width=270, height=260)
    for name in map(str, range(30)):
        for own in sheet().for_name(name):
            points = own.stop.experiment.points
            table.set_points(points, NONE)
            for column, values in enumerate((points.x[:, 0], points.y)):
                shown = [text.strip("\u2007\u2008\u2060") for text in painted_texts(table, column)]
                assert list(map(float, shown)) == values.tolist()
