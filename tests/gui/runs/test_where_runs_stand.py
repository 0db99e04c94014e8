"""Where the runs stand, in their list."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QStyleOptionViewItem

from gdsim.core.formulas.numerals import read_number
from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.runs.run_cells import EYE, LOSS, RUN, STEP, B, W
from gdsim.gui.runs.run_list import RunList
from gdsim.session.frame import Frame
from tests.core.records import computed
from tests.gui.frames import frame_at, look_of, scene
from tests.gui.windows import cut_off_texts, focus, in_window
from tests.work import calls_of

EMPTY = Frame(0, 0, False, (), 0)


def diverging():
    """Two runs, one of which leaves the range of the computer's numbers."""
    wild = Run(RULES["momentum"](eta=1.7e308, gamma=0.99), start=(0.1, 0.2), epochs=300)
    return Experiment(PointSet([1.0, 2.0], [0.1, 0.9]), PointSet.empty(), (Run(epochs=300), wild))


@pytest.fixture(scope="module")
def neuron():
    experiment = scene("first-neuron")
    return experiment, computed(experiment)


@pytest.fixture
def card(qtbot, neuron):
    card = in_window(qtbot, RunList(), width=360, height=300)
    card.set_look(look_of(neuron[0]))
    return card


def show(card, frame):
    card.set_runs([view.run for view in frame.views], frame.selected)
    card.show_frame(frame)


def cells(card, row):
    model = card.view.model()
    return [model.index(row, column).data() or "" for column in (RUN, STEP, W, B, LOSS)]


def notes(card):
    return [label.text() for label in card.findChildren(QLabel) if label.isVisible()]


def test_another_start_alone_writes_no_cell_of_the_runs_anew(card, neuron):
    runs = neuron[0].runs
    card.set_runs(runs, 0)
    written = []
    card.view.model().itemChanged.connect(written.append)
    moved = [replace(runs[0], start=(1.5, 0.5)), *runs[1:]]
    card.set_runs(moved, 0)
    # A screen reader is told the start.
    (name,) = written
    assert "start w 1.5, b 0.5" in name.data(Qt.ItemDataRole.AccessibleTextRole)
    assert card.view.runs == tuple(moved)
    card.set_runs([replace(runs[0], name="Mine"), *runs[1:]], 0)
    assert cells(card, 0)[0] == "Mine"


def test_the_state_of_every_run_is_written(card, neuron):
    frame = frame_at(neuron[0], 74, neuron[1])
    show(card, frame)
    for row, view in enumerate(frame.views):
        name, _, *numbers = cells(card, row)
        assert name == view.run.name
        assert [read_number(text) for text in numbers] == pytest.approx([*view.p, view.loss], rel=5e-3)
        name, step, *numbers = (card.view.precise_text(row, column) for column in (RUN, STEP, W, B, LOSS))
        assert (name, step) == (view.run.name, "74")
        assert [read_number(text) for text in numbers] == [*view.p, view.loss]


def test_the_end_of_a_long_name_is_seen(card, neuron):
    run = neuron[0].runs[0]
    names = ["Gradient descent from far away 2", "Gradient descent from far away 3", "Another one"]
    card.set_runs([replace(run, name=name) for name in names], 2)
    view = card.view
    icon = view.iconSize().width() + 10
    pictures = [
        view.viewport().grab(view.visualRect(view.model().index(row, RUN)).adjusted(icon, 0, 0, 0)).toImage()
        for row in range(2)
    ]
    assert pictures[0].size() == pictures[1].size()
    assert pictures[0] != pictures[1]


def test_the_selected_run_is_in_view_until_a_person_scrolls(qtbot, card):
    experiment = Experiment(
        PointSet([0.5, 2.5], [0.2, 0.9]), PointSet.empty(), tuple(Run(epochs=5) for _ in range(12))
    )
    record = computed(experiment)
    view = card.view

    def shows(row):
        return view.viewport().rect().contains(view.visualRect(view.model().index(row, 0)).center())

    show(card, replace(frame_at(experiment, 1, record), selected=11))
    qtbot.waitUntil(lambda: shows(11))
    assert not shows(0)
    show(card, replace(frame_at(experiment, 1, record), selected=0))
    qtbot.waitUntil(lambda: shows(0))
    view.scrollToBottom()
    show(card, replace(frame_at(experiment, 2, record), selected=0))
    assert shows(11)


def test_the_selected_run_is_said_in_one_sentence(card, neuron):
    frame = replace(frame_at(neuron[0], 74, neuron[1]), selected=1)
    show(card, frame)
    w, b = frame.views[1].p
    sentence = f"Momentum, step 74 of 1,000: w {w:.3g}, b {b:.3g}, loss {frame.views[1].loss:.3g}"
    assert card.accessibleName() == sentence.replace("-", "−")


def test_one_step_for_all_is_said_once(card, neuron):
    experiment = replace(neuron[0], runs=(Run(epochs=5), Run(batching=STOCHASTIC(), epochs=5)))
    show(card, frame_at(neuron[0], 74, neuron[1]))
    assert card.view.model().headerData(0, Qt.Orientation.Horizontal) == "at step 74"
    assert card.view.isColumnHidden(STEP)
    show(card, frame_at(experiment, 8))
    assert card.view.model().headerData(0, Qt.Orientation.Horizontal) == "run"
    assert not card.view.isColumnHidden(STEP)
    assert [cells(card, row)[1] for row in range(2)] == ["5", "8"]
    header = card.view.horizontalHeader()
    padding = 8
    assert header.sectionSize(STEP) >= header.fontMetrics().horizontalAdvance("step") + padding


def test_the_step_of_a_long_run_is_not_cut(card, neuron):
    experiment = replace(neuron[0], runs=(Run(epochs=5), Run(epochs=100_000)))
    show(card, frame_at(experiment, 100_000))
    assert [cells(card, row)[1] for row in range(2)] == ["5", "100000"]
    needed = card.view.sizeHintForIndex(card.view.model().index(1, STEP)).width()
    assert card.view.columnWidth(STEP) >= needed


def test_columns_are_as_wide_before_anything_is_computed_as_later(card, neuron):
    card.set_runs(neuron[0].runs, 0)
    card.show_frame(EMPTY)
    header = card.view.horizontalHeader()
    assert card.view.isColumnHidden(STEP)
    before = [header.sectionSize(column) for column in (RUN, W, B, LOSS)]
    show(card, frame_at(neuron[0], 0, neuron[1]))
    assert [header.sectionSize(column) for column in (RUN, W, B, LOSS)] == before


def test_a_hidden_run_has_no_numbers(card, neuron):
    experiment, records = neuron
    hidden = replace(experiment.runs[0], hidden=True)
    show(card, frame_at(experiment, 5, records))
    show(card, frame_at(replace(experiment, runs=(hidden, *experiment.runs[1:])), 5, records))
    assert cells(card, 0) == ["Gradient descent", "", "", "", ""]
    assert all(cells(card, 1)[2:])
    assert "Gradient descent" not in card.text()


def test_a_run_that_is_shown_again_has_its_numbers_again(card, neuron):
    experiment, records = neuron
    hidden = replace(experiment, runs=tuple(replace(run, hidden=True) for run in experiment.runs))
    frame = frame_at(experiment, 3, records)
    show(card, frame)
    before = [cells(card, row) for row in range(3)]
    show(card, replace(frame_at(hidden, 3, records), selected=1))
    assert [cells(card, row)[1:] for row in range(3)] == [[""] * 4] * 3
    show(card, frame)
    assert [cells(card, row) for row in range(3)] == before


def test_the_end_of_the_selected_run_is_said(card, neuron):
    show(card, frame_at(neuron[0], 999, neuron[1]))
    assert notes(card) == []
    show(card, frame_at(neuron[0], 1000, neuron[1]))
    assert notes(card) == ["Gradient descent: Finished after 1,000 steps."]
    show(card, frame_at(neuron[0], 10, neuron[1]))
    assert notes(card) == []


def test_a_diverged_run_is_named_from_its_last_step_on(card):
    experiment = diverging()
    records = computed(experiment)
    last = records[1].last_step
    show(card, frame_at(experiment, last - 1, records))
    assert notes(card) == []
    show(card, frame_at(experiment, last, records))
    assert len(notes(card)) == 1
    assert notes(card)[0].startswith(f"Momentum: Diverged at step {records[1].stop.step}: ")


def test_many_faults_are_counted(card):
    wild = diverging().runs[1]
    experiment = replace(diverging(), runs=tuple(replace(wild, name=f"Run {i}") for i in range(6)))
    show(card, frame_at(experiment, 300))
    lines = notes(card)[0].split("\n")
    assert len(lines) == 4
    assert lines[-1] == "and 3 more runs"
    experiment = replace(experiment, runs=experiment.runs[:4])
    show(card, frame_at(experiment, 300))
    assert notes(card)[0].split("\n")[-1] == "and 1 more run"


def test_without_runs_nothing_is_written_nor_copied(card, qtbot):
    show(card, EMPTY)
    assert card.view.model().rowCount() == 0
    assert card.accessibleName() == "There is no run. Add one under Runs."
    QGuiApplication.clipboard().setText("something else")
    focus(qtbot, card.view)
    qtbot.keyClick(card.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "something else"
    assert not copier(card).isEnabled()


def copier(card):
    return next(button for button in card.findChildren(QPushButton) if button.text() == "Copy")


def test_the_table_is_copied_in_full(card, neuron, qtbot):
    frame = frame_at(neuron[0], 3, neuron[1])
    show(card, frame)
    with qtbot.waitSignal(card.told) as told:
        qtbot.mouseClick(copier(card), Qt.MouseButton.LeftButton)
    assert told.args == [f"Copied the numbers of {len(frame.views)} runs."]
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "run\tstep\tw\tb\tloss"
    name, step, *numbers = lines[2].split("\t")
    assert (name, step) == ("Momentum", "3")
    assert [float(text) for text in numbers] == [*frame.views[1].p, frame.views[1].loss]


def test_a_row_is_copied_in_full(card, neuron, qtbot):
    frame = replace(frame_at(neuron[0], 3, neuron[1]), selected=1)
    show(card, frame)
    focus(qtbot, card.view)
    qtbot.keyClick(card.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    name, rate, step, *numbers = QGuiApplication.clipboard().text().split("\t")
    assert (name, rate, step) == ("Momentum", "1", "3")
    assert [float(number) for number in numbers] == [*frame.views[1].p, frame.views[1].loss]


def of_three_inputs():
    points = PointSet(np.eye(3), [0.1, 0.5, 0.9])
    run = Run(RULES["gd"](), start=(1.0, -2.0, 0.25, 4.0), epochs=2, name="A\ttab")  # as a file may have it
    return frame_at(Experiment(points, PointSet.empty(3), (run,)), 0)


@pytest.mark.parametrize("code", ["en", "de"])
def test_a_row_is_copied_alike_in_every_language(card, qtbot, code):
    with speaking(read_language(code)):
        show(card, of_three_inputs())
        focus(qtbot, card.view)
        qtbot.keyClick(card.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    name, *cells = QGuiApplication.clipboard().text().split("\t")
    assert (name, cells[2:4]) == ("A tab", ["1, -2, 0.25", "4"])


def test_several_weights_share_a_column(card):
    card.resize(700, 300)
    show(card, of_three_inputs())
    assert cells(card, 0)[2] == "1, −2, 0.25"
    assert float(cells(card, 0)[3]) == 4.0
    assert "1, −2, 0.25" in card.view.precise_text(0, W)
    heads, numbers = (line.split("\t") for line in card.text().splitlines())
    assert heads == ["run", "step", "w1", "w2", "w3", "b", "loss"]
    assert numbers[:-1] == ["A tab", "0", "1", "-2", "0.25", "4"]


def test_several_weights_stand_beside_whole_names_or_not_at_all(card):
    frame = frame_at(scene("four-inputs"), 3)
    for width, shown in ((344, False), (420, False), (700, True)):
        card.resize(width, 300)
        show(card, frame)
        assert [card.view.isColumnHidden(one) for one in (W, B, LOSS)] == [not shown, not shown, False]
        for row in range(len(frame.views)):
            for column in (RUN, W) if shown else (RUN,):
                text, there = card.view.model().index(row, column).data(), card.view.columnWidth(column)
                beside = 30 if column == RUN else 0  # the line before a name
                assert card.view.fontMetrics().horizontalAdvance(text) + beside <= there, (width, text)


def test_the_eye_of_a_run_is_as_large_as_its_letters(card, neuron):
    show(card, frame_at(neuron[0], 74, neuron[1]))
    usual = painting(card, 0, EYE)
    card.set_look(look_of(neuron[0])._replace(ui_scale=2.0))
    large = painting(card, 0, EYE)
    assert large.decorationSize == 2 * usual.decorationSize


def test_numbers_fit_into_their_columns(card, neuron, qtbot):
    show(card, frame_at(neuron[0], 74, neuron[1]))
    QApplication.processEvents()
    for row in range(3):
        for column in (W, B, LOSS):
            option = painting(card, row, column)
            digits = option.text.lstrip("−0.").replace(".", "")
            assert len(digits) >= 3, (option.text, option.rect.width())
            assert option.fontMetrics.horizontalAdvance(option.text) <= option.rect.width() - 4
    assert cut_off_texts(card) == []


def at_rest(start):
    """Return a run that stays where it starts, since its only point is fitted there or far away."""
    points = PointSet([0.0], [0.5])
    return Experiment(points, PointSet.empty(), (Run(RULES["gd"](), start=start, epochs=1),))


@pytest.mark.parametrize(("value", "text"), [(-2.0, "−2.0000"), (-0.495, "−0.4950"), (1.25e-7, "1.25e−7")])
def test_a_short_number_in_a_narrow_column_gets_no_exponent_it_does_not_need(card, value, text, qtbot):
    show(card, frame_at(at_rest((value, 0.0)), 0))
    QApplication.processEvents()
    narrow(card, text)
    assert painted(card, 0, W) == text


def test_a_number_that_has_no_room_at_all_is_not_cut_into_another(card, qtbot):
    show(card, frame_at(at_rest((6.63e99, 0.0)), 0))
    QApplication.processEvents()
    narrow(card, "7e99")
    assert painted(card, 0, W) == "7e99"
    narrow(card, "e99")
    assert painted(card, 0, W) == "\u2026"


def narrow(card, text):
    """Make the column of w just so wide that a text fits."""
    card.view.setColumnWidth(W, card.view.fontMetrics().horizontalAdvance(text) + 7)


def test_a_frame_costs_little(card, neuron):
    show(card, frame_at(neuron[0], 0, neuron[1]))
    frames = [frame_at(neuron[0], step, neuron[1]) for step in range(1, 10)]
    assert min(calls_of(card.show_frame, frame) for frame in frames) < 1000


def painting(card, row, column):
    """Return how a cell is painted."""
    index, option = card.view.model().index(row, column), QStyleOptionViewItem()
    card.view.initViewItemOption(option)
    option.rect = card.view.visualRect(index)
    card.view.itemDelegate().initStyleOption(option, index)
    return option


def painted(card, row, column):
    return painting(card, row, column).text


def test_the_usual_names_fit_and_small_losses_keep_their_digits(card, neuron, qtbot):
    show(card, frame_at(neuron[0], 900, neuron[1]))
    QApplication.processEvents()
    name = card.view.fontMetrics().horizontalAdvance("Gradient descent")
    assert card.view.columnWidth(RUN) >= name + 26
    for row in range(3):
        mantissa = painted(card, row, LOSS).partition("e")[0]
        assert len(mantissa.strip("−0.").replace(".", "")) >= 2 or mantissa == "0"


@pytest.fixture(scope="module")
def crowd():
    """Many points, over which the loss is not computed at every step."""
    rng = np.random.default_rng(1)
    run = Run(RULES["gd"](eta=0.01), STOCHASTIC(), epochs=1, name="One")
    experiment = Experiment(PointSet(rng.normal(size=9000), rng.uniform(size=9000)), PointSet.empty(), (run,))
    return experiment, computed(experiment)


def test_a_loss_of_an_earlier_step_is_marked_and_its_step_told(card, crowd):
    experiment, records = crowd
    loss = records[0].until(14).loss
    show(card, frame_at(experiment, 14, records))
    assert np.isnan(loss[14])
    assert cells(card, 0)[-1].endswith("*")
    assert float(cells(card, 0)[-1][:-1]) == pytest.approx(loss[8], rel=1e-3)
    assert "* last loss over all points: One at step 8" in notes(card)
    assert "at step 8" in card.view.precise_text(0, LOSS)
    assert card.accessibleName().endswith("at step 8")
    # A spreadsheet gets no number of another step.
    assert card.text().splitlines()[1].endswith("\t")


def test_a_loss_of_this_step_has_no_mark(card, crowd):
    experiment, records = crowd
    show(card, frame_at(experiment, 16, records))
    assert not cells(card, 0)[-1].endswith("*")
    assert not any("last loss" in note for note in notes(card))
    assert float(card.text().splitlines()[1].split("\t")[-1]) == records[0].until(16).loss[16]


def test_the_widest_name_has_its_room_though_another_has_more_letters(card, neuron):
    experiment, names = neuron[0], ("Mmmmmmm", "it is this", "I")
    named = [replace(run, name=name) for run, name in zip(experiment.runs, names, strict=True)]
    experiment = replace(experiment, runs=tuple(named))
    show(card, frame_at(experiment, 100))
    assert card.view.columnWidth(RUN) >= card.view.fontMetrics().horizontalAdvance("Mmmmmmm") + 26


def test_the_step_above_the_names_is_whole_however_short_these_are(card, neuron):
    experiment, records = neuron
    runs = tuple(replace(run, name=name) for run, name in zip(experiment.runs, "abc", strict=True))
    show(card, frame_at(replace(experiment, runs=runs), 999, records))
    header = card.view.horizontalHeader()
    assert card.view.model().headerData(RUN, Qt.Orientation.Horizontal) == "at step 999"
    assert header.sectionSize(RUN) >= header.fontMetrics().horizontalAdvance("at step 999")
