"""The findings of a run, those at the present step first."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from gdsim.core.analysis.diagnosis import Finding, FindingKind
from gdsim.core.formulas.numerals import count_or_number
from gdsim.core.model.run import RunClock
from gdsim.gui.style.finding_look import finding_role
from gdsim.gui.style.theme import LIGHT
from gdsim.gui.why.why_card import WhyCard
from gdsim.gui.why.why_list import WhyModel, finding_measures
from gdsim.session.frame import Frame
from tests.core.records import computed, diagnose
from tests.gui.frames import frame_at, frame_of_rule, scene
from tests.gui.windows import focus, in_window
from tests.work import calls_of

EMPTY = Frame(0, 0, False, (), 0)
FINDINGS = (
    Finding(FindingKind.PLATEAU, 0, 9, "Point 1 is saturated.", {"f": 0.25}),
    Finding(FindingKind.OVERSHOOT, 5, 6, "The loss rose.", {"loss before": 0.1, "highest loss": 0.2}),
    Finding(FindingKind.U_TURN, 20, 22, "It turned.", {"turns": 1.0}),
)


@pytest.fixture(scope="module")
def valley():
    experiment = scene("valley")
    return experiment, computed(experiment)


@pytest.fixture
def card(qtbot, valley):
    return in_window(qtbot, WhyCard(), width=320, height=400)


def at(card, valley, step, **changes):
    frame = replace(frame_at(valley[0], step, valley[1]), selected=1, **changes)
    card.show_frame(frame)
    return frame


def rows(card):
    return [row.heading or row.finding.kind for row in card.view.model().rows]


def test_the_model_keeps_qts_contract(qtmodeltester):
    model = WhyModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    for findings, step in (
        (FINDINGS, 0),
        (FINDINGS, 5),
        (FINDINGS, 6),
        (FINDINGS * 7, 6),
        ((), 6),
        (FINDINGS, 50),
    ):
        model.show_findings(findings)
        model.show_step(step)
        qtmodeltester.check(model)
    del tester


def test_what_is_about_the_step_comes_first(card, valley):
    card.show_findings(FINDINGS)
    at(card, valley, 5)
    assert rows(card) == [
        "At step 5",
        FindingKind.PLATEAU,
        FindingKind.OVERSHOOT,
        "At other steps",
        FindingKind.U_TURN,
    ]
    at(card, valley, 21)
    assert rows(card) == [
        "At step 21",
        FindingKind.U_TURN,
        "At other steps",
        FindingKind.PLATEAU,
        FindingKind.OVERSHOOT,
    ]
    at(card, valley, 15)
    assert rows(card) == ["At step 15: nothing to report", "At other steps", *(one.kind for one in FINDINGS)]


def test_a_row_reads_as_a_sentence_and_tells_its_numbers_in_full(card, valley):
    at(card, valley, 5)
    card.show_findings(FINDINGS)
    index = card.view.model().index(2)
    assert index.data() == "Overshoot, steps 5 to 6: The loss rose."
    assert "loss\u00a0before:\u00a00.1" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert card.view.model().index(0).data() == "At step 5"


def test_a_count_is_written_in_full_and_a_measure_to_a_few_digits():
    finding = Finding(FindingKind.U_TURN, 1, 2, "", {"turns": 1718, "height": 1718.2})
    assert finding_measures(finding, count_or_number).split("\u00a0") == [
        "turns:",
        "1,718   height:",
        "1,720",
    ]


def test_nothing_is_said_in_words(card, valley, qtbot):
    assert "Looking" in card.view.accessibleDescription()
    at(card, valley, 0)
    card.show_findings(())
    assert "Nothing to report" in card.view.accessibleDescription()
    for rule, has_limit in (("gd", True), ("lion", False), ("momentum", True)):
        card.show_frame(frame_of_rule(rule))
        assert ("page Limit" in card.view.accessibleDescription()) is has_limit
    card.show_findings(FINDINGS)
    assert card.view.accessibleDescription() == ""
    card.show_findings(None)
    card.show_frame(EMPTY)
    assert card.view.accessibleDescription() == "There is no run. Add one under Runs."
    card.show_frame(replace(EMPTY, is_waiting=True))
    assert card.view.accessibleDescription() == "The first step is not computed yet."
    assert rows(card) == []


def test_a_click_goes_to_where_a_finding_begins(card, valley, qtbot):
    at(card, valley, 5)
    card.show_findings(FINDINGS)
    QApplication.processEvents()
    place = card.view.visualRect(card.view.model().index(4)).center()
    with qtbot.waitSignal(card.seek_requested) as caught:
        qtbot.mouseClick(card.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert caught.args == [20]
    heading = card.view.visualRect(card.view.model().index(0)).center()
    with qtbot.assertNotEmitted(card.seek_requested):
        qtbot.mouseClick(card.view.viewport(), Qt.MouseButton.LeftButton, pos=heading)


def test_arrows_and_enter_do_the_same_and_keep_the_choice(card, valley, qtbot):
    at(card, valley, 5)
    card.show_findings(FINDINGS)
    focus(qtbot, card)
    card.view.setCurrentIndex(card.view.model().index(1))
    qtbot.keyClick(card.view, Qt.Key.Key_Down)
    qtbot.keyClick(card.view, Qt.Key.Key_Down)  # over the heading
    with qtbot.waitSignal(card.seek_requested) as caught:
        qtbot.keyClick(card.view, Qt.Key.Key_Return)
    assert caught.args == [20]
    at(card, valley, 20)
    assert card.view.model().rows[card.view.currentIndex().row()].finding is FINDINGS[2]


def test_of_many_of_a_kind_the_first_few_are_listed_and_the_others_are_one_line(card, valley, qtbot):
    turns = tuple(Finding(FindingKind.U_TURN, step, step + 2, "It turned.") for step in range(20, 1330, 10))
    at(card, valley, 5)
    card.show_findings((*FINDINGS[:2], *turns))
    QApplication.processEvents()
    model = card.view.model()
    assert rows(card)[3:] == ["At other steps", *[FindingKind.U_TURN] * 4]
    assert [row.finding for row in model.rows[4:7]] == list(turns[:3])
    line = model.index(7)
    assert (
        line.data() == "U-turn, steps 50 to 1,322: 128 more like this. Click or press Enter to list them all."
    )
    with qtbot.assertNotEmitted(card.seek_requested):
        qtbot.mouseClick(
            card.view.viewport(), Qt.MouseButton.LeftButton, pos=card.view.visualRect(line).center()
        )
    assert [row.finding for row in model.rows[4:]] == list(turns)
    assert model.rows[card.view.currentIndex().row()].finding is turns[3]
    with qtbot.waitSignal(card.seek_requested) as caught:
        qtbot.keyClick(card.view, Qt.Key.Key_Return)
    assert caught.args == [50]
    at(card, valley, 52)  # all of them stay listed
    assert len(model.rows) == 135
    # Six are all listed, and other findings are shortened again.
    card.show_findings(turns[:6])
    assert not any(row.is_rest for row in model.rows)
    card.show_findings(turns)
    assert sum(row.is_rest for row in model.rows) == 1


@pytest.mark.parametrize(
    ("span", "per_epoch", "epoch0", "epoch"),
    [
        ((20, 22), 2, 0, 10),
        ((5, 8), 4, 0, 2),
        ((5, 6), 4, 0, 1),
        # What if, from step 40 and epoch 40 on three steps make an epoch: step 46 ends the 42nd.
        ((45, 46), 3, -80, 42),
    ],
)
def test_by_epoch_it_goes_to_an_epoch(card, valley, qtbot, span, per_epoch, epoch0, epoch):
    frame = frame_at(valley[0], 0, valley[1])
    views = tuple(replace(view, clock=RunClock(per_epoch=per_epoch, epoch0=epoch0)) for view in frame.views)
    card.show_frame(replace(frame, by_epoch=True, views=views))
    card.show_findings((replace(FINDINGS[0], first=span[0], last=span[1]),))
    with qtbot.waitSignal(card.seek_requested) as caught:
        card.view.chosen.emit(next(i for i, row in enumerate(card.view.model().rows) if row.finding))
    assert caught.args == [epoch]


@pytest.mark.parametrize(("times", "has_room"), [(9, True), (90, False)])
def test_what_is_about_another_step_is_short_where_not_all_has_room(card, valley, qtbot, times, has_room):
    long = replace(FINDINGS[2], sentence="It turned round, and round. " * times + "Yes.")
    at(card, valley, 5)
    card.show_findings((long,))
    QApplication.processEvents()
    row = card.view.model().row_of(0)

    def height():
        return card.view.visualRect(card.view.model().index(row)).height()

    before, line = height(), card.view.fontMetrics().lineSpacing()
    assert (before > 5 * line) == has_room
    card.view.setCurrentIndex(card.view.model().index(row))
    least = before if has_room else before + 10 * line
    qtbot.waitUntil(lambda: height() > least)  # the view lays out its rows after a while
    assert card.view.model().row_of(-1) == -1


@pytest.mark.parametrize("width", [200, 300, 640])
def test_a_sentence_has_room_for_all_of_its_lines(qtbot, valley, width):
    card = in_window(qtbot, WhyCard(), width=width, height=700)
    run, record = valley[0].runs[1], valley[1][1]
    card.show_findings(diagnose(valley[0], run, record.until(record.last_step)))
    at(card, valley, 33)
    QApplication.processEvents()
    assert card.view.horizontalScrollBar().maximum() == 0
    for row in range(card.view.model().rowCount()):
        box = card.view.visualRect(card.view.model().index(row))
        assert box.width() <= card.view.viewport().width()
        assert box.height() > 15


def test_every_kind_has_a_colour():
    assert all(hasattr(LIGHT, finding_role(kind)) for kind in FindingKind)


def test_a_frame_costs_little(card, valley):
    run, record = valley[0].runs[1], valley[1][1]
    card.show_findings(diagnose(valley[0], run, record.until(record.last_step)))
    frames = [replace(frame_at(valley[0], step, valley[1]), selected=1) for step in range(100)]

    def show(frame):
        card.show_frame(frame)
        QApplication.processEvents()

    costs = sorted(calls_of(show, frame) for frame in frames)
    assert costs[50] < 1200  # to paint all rows takes 1,800
