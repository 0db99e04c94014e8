"""The card of a run's code."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolTip

from gdsim.core.files.script.run_program import program_of
from gdsim.core.formulas.numerals import MINUS
from gdsim.core.model.batching import MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.step.code_card import CodeCard
from gdsim.gui.style.theme import DARK, LIGHT
from gdsim.session.frame import Frame
from tests.core.strategies import rule_variants
from tests.every import every, in_turn
from tests.gui.frames import frame_at
from tests.gui.windows import in_window, show_in

POINTS = PointSet([1.3, 2.4, -0.5], [0.15, 0.9, 0.4])
Role = Qt.ItemDataRole


def experiment(rule, **settings):
    run = Run(rule, start=(0.0, 6.0), epochs=60, **settings)
    return Experiment(POINTS, PointSet.empty(), (run,))


@pytest.fixture
def card(qtbot):
    return in_window(qtbot, CodeCard(), width=318, height=520)


@pytest.fixture
def shown(card):
    """Show a step of an experiment's run and return its frame."""

    def show(of, step=24, part=""):
        frame = replace(frame_at(of, step), part=part)
        card.show_frame(frame)
        QApplication.processEvents()
        return frame

    return show


def lines(card):
    model = card.view.model()
    return [model.index(row).data() for row in range(model.rowCount())]


def margin(card):
    """Return what stands at the margin, by the stripped lines of code."""
    model = card.view.model()
    return {line.strip(): texts for line, texts in zip(lines(card), model.margin, strict=True) if texts}


def row_of(card, line):
    return [one.strip() for one in lines(card)].index(line)


def place_of(card, line):
    return card.view.visualRect(card.view.model().index(row_of(card, line)))


def ground(card, line):
    """Return the colours at the left edge of a line, and behind its margin."""
    card.view.scrollTo(card.view.model().index(row_of(card, line)))
    QApplication.processEvents()
    image, place = card.view.viewport().grab().toImage(), place_of(card, line)
    ratio = image.devicePixelRatio()
    return tuple(
        image.pixelColor(int(x * ratio), int(place.center().y() * ratio)).name()
        for x in (1, place.right() - 2)
    )


@every(("rule", "batching"), in_turn(rule_variants(), [MINI_BATCH(size=2), STOCHASTIC(shuffle=True)]))
def test_the_code_of_every_rule_stands_there_with_its_numbers(card, shown, rule, batching):
    of = experiment(rule, batching=batching)
    frame = shown(of)
    assert "\n".join(lines(card)) in program_of(of, of.runs[0])
    assert "step 24 → 25" in [label.text() for label in card.findChildren(QLabel)]
    columns = frame.current.whole
    numbers = {line.partition(" = ")[0]: texts for line, texts in margin(card).items() if " = " in line}
    for name, value in (("w", columns.p[25, 0]), ("b", columns.p[25, 1])):
        (text,) = numbers[name]
        assert float(text.replace(MINUS, "-")) == pytest.approx(value, rel=1e-3)
    for place, letter in enumerate(rule.update_rule.letters):
        (text,) = numbers[f"{letter}_w"]
        assert float(text.replace(MINUS, "-")) == pytest.approx(columns.state[place, 25, 0], rel=1e-3)


def test_the_lines_of_the_part_are_lit(card, shown):
    of = experiment(RULES["momentum"]())
    shown(of, part="memory")
    lit = ("v_w = gamma * prev_v_w + eta * dw", "prev_v_b = v_b")
    for theme in (LIGHT, DARK):
        show_in(theme, card)
        assert {ground(card, line) for line in lit} == {(theme.accent, theme.accent_soft)}
        assert ground(card, "w = w - v_w")[0] not in (theme.accent, theme.accent_soft)
    shown(of, part="update")
    assert ground(card, "w = w - v_w") == (DARK.accent, DARK.accent_soft)
    assert ground(card, lit[0])[1] != DARK.accent_soft
    shown(of)
    assert ground(card, "w = w - v_w")[1] != DARK.accent_soft


def test_the_part_is_scrolled_to(card, shown):
    card.window().resize(318, 200)
    of = experiment(RULES["adam"]())
    for part, line in (
        ("update", "b = b - eta / math.sqrt(v_b_hat + eps) * m_b_hat"),
        ("gradient", "dw += grad_w(w, b, x, y)"),
    ):
        shown(of, part=part)
        assert card.view.viewport().rect().contains(place_of(card, line))


def test_the_line_that_ends_the_loop_of_the_part_is_seen_as_well(card, shown, qtbot):
    shown(experiment(RULES["gd"](), batching=MINI_BATCH(size=2)), part="update")
    reset, first = "dw, db = 0.0, 0.0  # reset gradients", "def do_mini_batch_gradient_descent():"
    for height, at_the_top in ((290, False), (600, True), (290, False)):
        card.window().resize(318, height)
        inside = card.view.viewport().rect
        qtbot.waitUntil(lambda inside=inside: inside().contains(place_of(card, reset)))
        qtbot.waitUntil(
            lambda inside=inside, seen=at_the_top: inside().contains(place_of(card, first)) is seen
        )


def test_while_only_numbers_change_nothing_is_laid_out_and_the_code_is_not_painted(
    card, shown, monkeypatch, qtbot
):
    of = experiment(RULES["momentum"]())
    shown(of, 3)
    laid_out, alone = [], []
    monkeypatch.setattr(card.view.painted, "lay_out", lambda *_: laid_out.append(1))
    paint = type(card.view.painted).paint

    def watched(self, *arguments):
        alone.append(self.paints_margin_only)
        paint(self, *arguments)

    monkeypatch.setattr(type(card.view.painted), "paint", watched)

    def is_margin_alone():
        # What making the window left to be painted may come with the first of the steps.
        shown(of, 3)
        alone.clear()
        for step in (4, 5, 6):
            before = margin(card)
            shown(of, step)
            assert margin(card) != before
        return alone and all(alone)

    qtbot.waitUntil(is_margin_alone)
    assert not laid_out


@pytest.mark.parametrize("part", ["", "memory"])
def test_the_margin_alone_is_painted_as_everything_is(card, shown, part):
    of = experiment(RULES["momentum"](), batching=STOCHASTIC())
    card.view.setFocus()
    for step in (3, 4, 17, 30):
        shown(of, step, part=part)
    painted = card.view.viewport().grab().toImage()
    card.view.viewport().update()
    assert card.view.viewport().grab().toImage() == painted


def test_a_hidden_card_does_nothing_and_catches_up(card, shown):
    of = experiment(RULES["gd"]())
    shown(of, 3)
    before = margin(card)
    card.hide()
    shown(of, 20)
    assert margin(card) == before
    card.show()
    assert margin(card) != before


def test_a_line_is_clicked_or_chosen_to_highlight_its_part(card, shown, qtbot):
    of = experiment(RULES["nesterov"]())
    shown(of)
    place = place_of(card, "look_w = w - gamma * prev_v_w")
    with qtbot.waitSignal(card.part_requested) as asked:
        qtbot.mouseClick(card.view.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    assert asked.args == ["look"]
    shown(of, part="look")
    with qtbot.waitSignal(card.part_requested) as asked:
        qtbot.keyClick(card.view, Qt.Key.Key_Return)
    assert asked.args == [""]  # it is highlighted already
    for _ in range(20):
        if card.view.currentIndex().data().strip() != "w = w - v_w":
            qtbot.keyClick(card.view, Qt.Key.Key_Down)
    with qtbot.waitSignal(card.part_requested) as asked:
        qtbot.keyClick(card.view, Qt.Key.Key_Return)
    assert asked.args == ["update"]
    with qtbot.assertNotEmitted(card.part_requested):
        place = place_of(card, "for i in range(max_epochs):")
        qtbot.mouseClick(card.view.viewport(), Qt.MouseButton.LeftButton, pos=place.center())


def test_lines_are_read_with_their_numbers(card, shown):
    frame = shown(experiment(RULES["gd"](), batching=STOCHASTIC()), 4)
    model = card.view.model()
    read = model.index(row_of(card, "w = w - eta * dw")).data(Role.AccessibleTextRole)
    assert read == f"w = w - eta * dw. w = {margin(card)['w = w - eta * dw'][0]}"
    read = model.index(row_of(card, "for x, y in zip(X, Y):")).data(Role.AccessibleTextRole)
    assert read == "for x, y in zip(X, Y):. x = 2.4, y = 0.9"
    tip = model.index(row_of(card, "w = w - eta * dw")).data(Role.ToolTipRole)
    assert repr(abs(float(frame.current.whole.p[5, 0]))) in tip
    assert card.view.accessibleName() == "The code of the run"


def test_the_tooltip_has_all_digits(card, shown):
    shown(experiment(RULES["gd"]()))
    at = place_of(card, "b = b - eta * db").center()
    viewport = card.view.viewport()
    QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, at, viewport.mapToGlobal(at)))
    assert "b = " in QToolTip.text()
    QToolTip.hideText()


def test_what_is_shown_is_copied(card, shown, qtbot):
    shown(experiment(RULES["gd"]()))
    menu = card.findChild(QPushButton).menu()
    with qtbot.waitSignal(card.program_requested):
        menu.actions()[0].trigger()
    menu.actions()[1].trigger()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("def do_gradient_descent():\n    w, b, eta, max_epochs = 0.0, 6.0, 1.0, 60\n")
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(card.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == text


@pytest.mark.parametrize("width", [240, 318, 900])
def test_no_line_is_cut_off(card, shown, width):
    card.window().resize(width, 520)
    for batching in (MINI_BATCH(size=2), STOCHASTIC(shuffle=True)):
        shown(experiment(RULES["adam"](), batching=batching))
        room = card.view.viewport().width()
        for row in card.view.painted.rows:
            for line in range(row.layout.lineCount()):
                part = row.layout.lineAt(line)
                assert row.left + part.x() + part.naturalTextWidth() <= room


def test_numbers_fit_the_margin(card, shown):
    many = PointSet(np.random.default_rng(0).normal(size=(60, 2)), np.linspace(0, 1, 60))
    run = Run(RULES["momentum"](), start=(0.0, 1.0, 2.0), epochs=9)
    for of in (
        Experiment(many, PointSet.empty(2), (run,)),
        experiment(RULES["gd"](), batching=STOCHASTIC()),
    ):
        shown(of, 3)
        letter = card.view.fontMetrics().horizontalAdvance("0")
        texts = [text for texts in card.view.model().margin for text in texts]
        assert max(map(len, texts)) * letter <= card.view.painted.margin_width - 6
    assert texts[1:3] == ["x 1.3", "y 0.15"]


def test_there_is_room_for_larger_letters(card, shown):
    shown(experiment(RULES["gd"]()))
    before = place_of(card, "dw += grad_w(w, b, x, y)").height()
    card.view.setStyleSheet("QListView { font-size: 22px; }")
    QApplication.processEvents()
    assert place_of(card, "dw += grad_w(w, b, x, y)").height() > 1.6 * before


def test_without_a_step_it_says_why(card):
    card.show_frame(Frame(0, 0, False, (), 0))
    words = [label.text() for label in card.findChildren(QLabel) if label.isVisible()]
    assert "There is no run. Add one under Runs." in words
    assert not card.copy.isEnabled()


def test_another_run_has_other_code(card, shown):
    shown(experiment(RULES["gd"]()))
    first = lines(card)
    shown(experiment(RULES["rmsprop"]()))
    assert first[0] == "def do_gradient_descent():"
    assert lines(card)[0] == "def do_rmsprop():"
    assert np.all([len(texts) <= 1 for texts in margin(card).values()])
