"""The card of a step."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolTip

from gdsim.core.analysis.update import update_of
from gdsim.core.analysis.worked import worked
from gdsim.core.analysis.worked_text import as_latex, as_markdown, as_text
from gdsim.core.formulas.numerals import STEP_DIGITS
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.paint import formula_picture
from gdsim.gui.paint.formula_picture import FormulaPicture
from gdsim.gui.step.step_card import StepCard
from gdsim.gui.step.step_section import Chip, GradientSection, StepSection
from gdsim.gui.step.step_text import StepText
from gdsim.gui.style.theme import DARK, LIGHT
from gdsim.session.frame import Frame
from tests.core.records import computed
from tests.core.strategies import rule_variants, variant_id
from tests.every import every
from tests.gui.frames import frame_at, look_of
from tests.gui.windows import cut_off_texts, focus, in_window, show_in
from tests.work import calls_of

EMPTY = Frame(0, 0, False, (), 0)
POINTS = PointSet([1.3, 2.4], [0.15, 0.9])


def experiment(*runs, points=POINTS):
    return Experiment(points, PointSet.empty(points.dimension), runs)


def valley(rule, **settings):
    return experiment(Run(rule, start=(0.0, 6.0), epochs=100, **settings))


@pytest.fixture
def card(qtbot):
    card = in_window(qtbot, StepCard(), width=318, height=520)
    card.set_look(look_of(valley(RULES["momentum"]())))
    return card


@pytest.fixture
def shown(card):
    """Show a step of an experiment's first run and return its frame."""

    def show(experiment, step=74, part=""):
        card.set_look(look_of(experiment))
        frame = replace(frame_at(experiment, step), part=part)
        card.show_frame(frame)
        QApplication.processEvents()
        return frame

    return show


def test_each_slope_of_a_function_is_shown_in_letters(card, shown):
    run = Run(RULES["gd"](), start=(-2.0, -2.0), epochs=100)
    bowl = FunctionObjective("(w**2 + 4*b**2)/2")
    shown(replace(experiment(run), objective=bowl), step=1)
    names = [picture.accessibleName() for picture in visible(card, FormulaPicture)]
    # Its points are slopes that are added.
    assert names == ["∇wₜ = wₜ + 1/n·Σᵢ xᵢ", "∇bₜ = 4·bₜ + 1/n·Σᵢ yᵢ", "wₜ₊₁ = wₜ − η·∇wₜ"]
    assert [text.toPlainText().split()[0] for text in visible(card, StepText)[1:3]] == ["w", "b"]


def visible(card, kind):
    """Return what is seen of a kind, from top to bottom."""
    seen = [child for child in card.findChildren(kind) if child.isVisible()]
    return sorted(seen, key=lambda child: child.mapTo(card, QPoint()).y())


def text_of(card):
    return "\n".join(text.toPlainText() for text in visible(card, StepText))


def chips(card):
    return {chip.text(): chip for chip in visible(card, Chip)}


@every("rule", rule_variants(), ids=variant_id)
def test_every_rule_is_shown_with_its_numbers(card, shown, rule):
    frame = shown(valley(rule))
    words = text_of(card).replace("\n", "").replace(" ", "")
    step = worked(frame.update, 4)
    for parameter in step.parameters:
        for line in parameter.lines:
            assert line.numbers.replace(" ", "") in words
            assert line.result in words
    assert f"{step.loss_before}→{step.loss_after}" in words
    pictures = [picture.accessibleName() for picture in visible(card, FormulaPicture)]
    assert pictures == [line.symbols for line in step.parameters[0].lines]
    assert "step 74 → 75" in [label.text() for label in visible(card, QLabel)]
    assert cut_off_texts(card) == []


@every(("digits", "rule"), product(STEP_DIGITS, [RULES["nesterov"](), RULES["adam"]()]))
def test_nothing_is_cut_off(card, shown, qtbot, rule, digits):
    shown(valley(rule))
    card.findChild(GradientSection).opener.setChecked(True)
    card.set_digits(digits)

    def all_of_it_is_seen(text):
        bottom = text.blockBoundingGeometry(text.document().lastBlock()).bottom()
        wide_enough = text.sizeHint().width() <= text.viewport().width()
        high_enough = text.verticalScrollBar().maximum() == 0 and bottom <= text.viewport().height()
        return wide_enough and high_enough

    qtbot.waitUntil(lambda: all(map(all_of_it_is_seen, visible(card, StepText))))


def test_each_parameter_of_several_has_its_rows(card, shown):
    points = PointSet(np.random.default_rng(3).normal(size=(9, 4)), np.linspace(0, 1, 9))
    shown(experiment(Run(RULES["momentum"](), start=(0.1, 0.2, 0.3, 0.4, 0.5), epochs=9), points=points), 3)
    for section in visible(card, StepSection):
        (text,) = [each for each in visible(section, StepText) if each.toPlainText()]
        labels = [line.split()[0] for line in text.toPlainText().splitlines() if line[0] != " "]
        assert labels == ["w₁", "w₂", "w₃", "w₄", "b"]


def test_the_parts_are_those_of_the_rule(card, shown):
    shown(valley(RULES["momentum"]()))
    assert list(chips(card)) == ["Gradient", "Memory", "Update"]
    shown(valley(RULES["nesterov"]()))
    assert list(chips(card)) == ["Look ahead", "Gradient", "Memory", "Update"]
    shown(valley(RULES["gd"]()))
    assert list(chips(card)) == ["Gradient", "Update"]


def test_a_part_is_asked_for_by_its_name(card, shown, qtbot):
    asked = []
    card.part_requested.connect(asked.append)
    shown(valley(RULES["momentum"]()))
    shown(valley(RULES["nesterov"]()))
    qtbot.mouseClick(chips(card)["Look ahead"], Qt.MouseButton.LeftButton)
    assert asked == ["look"]
    assert not chips(card)["Look ahead"].isChecked()  # until the card is told
    shown(valley(RULES["nesterov"]()), part="look")
    assert chips(card)["Look ahead"].isChecked()
    chips(card)["Look ahead"].click()
    assert asked == ["look", ""]
    chips(card)["Update"].click()
    assert asked == ["look", "", "update"]


def test_the_highlighted_part_stands_on_a_ground_with_a_bar(card, shown):
    def ground(part):
        shown(valley(RULES["momentum"]()), part=part)
        (section,) = [one for one in visible(card, StepSection) if one.chip.text() == "Memory"]
        picture = section.grab().toImage()
        middle = picture.height() // 2
        right = picture.pixelColor(picture.width() - 3, middle)
        return picture.pixelColor(1, middle).name(), right.name()

    assert ground("memory") == (LIGHT.accent, LIGHT.accent_soft)
    assert LIGHT.accent not in ground("update")
    assert LIGHT.accent_soft not in ground("")


def test_a_highlighted_part_is_brought_into_view(card, shown, qtbot):
    card.window().resize(318, 240)
    for part, name in (("update", "Update"), ("memory", "Memory"), ("gradient", "Gradient")):
        shown(valley(RULES["adam"]()), part=part)
        chip = chips(card)[name]
        qtbot.waitUntil(lambda chip=chip: card.rect().contains(chip.mapTo(card, chip.rect().center())))


def test_the_gradient_opens_to_its_terms(card, shown, qtbot):
    frame = shown(valley(RULES["momentum"]()))
    section = card.findChild(GradientSection)
    assert section.opener.text() == "2 terms"
    assert not section.terms.isVisible()
    qtbot.mouseClick(section.opener, Qt.MouseButton.LeftButton)
    assert section.terms.isVisible()
    last = section.terms.toPlainText().splitlines()[-1].split()
    step = worked(frame.update, 4)
    assert last == ["sum", *(parameter.lines[0].result for parameter in step.parameters)]
    before = section.terms.toPlainText()
    shown(valley(RULES["momentum"]()), 20)
    assert section.terms.toPlainText() != before
    qtbot.mouseClick(section.opener, Qt.MouseButton.LeftButton)
    assert not section.terms.isVisible()


def test_one_term_is_one_term(card, shown):
    shown(valley(RULES["momentum"](), batching=STOCHASTIC()))
    assert card.findChild(GradientSection).opener.text() == "1 term"
    assert "over all 2 points; the update used 1" in " ".join(text_of(card).split())


def test_very_many_terms_wait_until_the_steps_stand_still(card, shown, qtbot):
    rng = np.random.default_rng(1)
    many = PointSet(rng.normal(size=30_000), rng.uniform(size=30_000))
    shown(experiment(Run(epochs=2), points=many), 0)
    section = card.findChild(GradientSection)
    section.opener.setChecked(True)
    assert "29,992 more terms" in section.terms.toPlainText()
    shown(experiment(Run(epochs=2), points=many), 1)
    assert section.terms.toPlainText() == "shown when playback pauses"
    qtbot.waitUntil(lambda: "29,992 more terms" in section.terms.toPlainText())


def test_the_whole_way_can_be_gone_by_keyboard(card, shown, qtbot):
    shown(valley(RULES["momentum"]()))
    for control in (
        card.digits_box,
        card.copy,
        *chips(card).values(),
        card.findChild(GradientSection).opener,
    ):
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert control.accessibleName()
    focus(qtbot, card.findChild(GradientSection).opener)
    qtbot.keyClick(card.findChild(GradientSection).opener, Qt.Key.Key_Space)
    assert card.findChild(GradientSection).terms.isVisible()
    assert all(text.focusPolicy() == Qt.FocusPolicy.ClickFocus for text in card.findChildren(StepText))


def test_it_is_not_promised_that_a_direction_can_be_worked_through_by_hand(card):
    assert "only a direction d depends on more numbers than are shown" in card.digits_box.toolTip()


def test_digits_are_chosen(card, shown):
    frame = shown(valley(RULES["momentum"]()))
    card.digits_box.setCurrentIndex(STEP_DIGITS.index(None))
    card.digits_box.activated.emit(STEP_DIGITS.index(None))
    assert card.digits is None
    assert repr(float(frame.update.after[0])) in text_of(card)
    card.set_digits(7)
    assert card.digits is None
    card.set_digits(3)
    assert card.digits_box.currentText() == "3 digits"
    assert f"{frame.update.after[0]:.2f}" in text_of(card)


@pytest.mark.parametrize(
    ("name", "write"), [("Plain text", as_text), ("Markdown", as_markdown), ("LaTeX", as_latex)]
)
def test_a_step_is_copied(card, qtbot, shown, name, write):
    frame = shown(valley(RULES["momentum"]()))
    (action,) = [action for action in card.copy.menu().actions() if action.text() == name]
    with qtbot.waitSignal(card.told) as told:
        action.trigger()
    assert told.args == ["Copied the step."]
    assert QGuiApplication.clipboard().text() == write(worked(frame.update, None))
    card.copy.all_digits.trigger()
    action.trigger()
    assert QGuiApplication.clipboard().text() == write(worked(frame.update, 4))


@pytest.mark.parametrize(
    ("name", "write"), [("Plain text", as_text), ("Markdown", as_markdown), ("LaTeX", as_latex)]
)
def test_terms_are_copied_with_the_step_while_they_are_open(card, shown, name, write):
    frame = shown(valley(RULES["momentum"]()))
    (action,) = [action for action in card.copy.menu().actions() if action.text() == name]
    step = write(worked(frame.update, None))
    opener = card.findChild(GradientSection).opener
    opener.click()
    action.trigger()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(step)
    for number in frame.update.gradient.tolist():
        assert copied.removeprefix(step).replace("−", "-").count(repr(number)) == 1
    opener.click()
    action.trigger()
    assert QGuiApplication.clipboard().text() == step


def test_numbers_can_be_selected(card, shown):
    shown(valley(RULES["momentum"]()))
    text = visible(card, StepText)[2]
    text.selectAll()
    text.copy()
    assert QGuiApplication.clipboard().text() == text.toPlainText()
    assert text.isReadOnly()


def test_all_digits_are_in_the_tooltip(card, shown, qtbot):
    frame = shown(valley(RULES["momentum"]()))
    for text, number in zip(visible(card, StepText)[:3], (0.9, *frame.update.gradient), strict=False):
        place = QPoint(5, 5)
        event = QHelpEvent(QHelpEvent.Type.ToolTip, place, text.viewport().mapToGlobal(place))
        QApplication.sendEvent(text.viewport(), event)
        assert repr(abs(float(number))) in QToolTip.text()
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_the_step_is_said_in_words(card, shown):
    frame = shown(valley(RULES["momentum"]()))
    assert card.accessibleDescription().startswith("Momentum, step 74 to 75. Learning rate 1, constant.")
    assert f"{frame.update.loss_after:.4g}" in card.accessibleDescription()


def test_without_a_step_the_card_says_why(card, shown):
    def message():
        return [label.text() for label in visible(card, QLabel) if label.text()]

    card.show_frame(EMPTY)
    assert message() == ["There is no run. Add one under Runs."]
    assert card.accessibleDescription() == message()[0]
    assert not card.copy.isEnabled()
    card.show_frame(replace(EMPTY, is_waiting=True))
    assert message() == ["The first step is not computed yet."]
    frame = frame_at(valley(RULES["momentum"]()), 0)
    card.show_frame(replace(frame, update=None))
    assert message()[0].startswith("There is no step to show. ")
    card.show_frame(frame)
    assert "step 0 → 1" in message()
    assert card.copy.isEnabled()


def test_the_name_of_a_run_is_no_markup(card, shown):
    shown(experiment(Run(RULES["momentum"](), name="<b>bold</b> & co", start=(0.0, 6.0), epochs=100)))
    assert "<b>bold</b> & co" in [label.text() for label in visible(card, QLabel)]


def test_an_unseen_card_does_nothing_and_catches_up(card, shown, monkeypatch):
    shown(valley(RULES["momentum"]()))
    card.hide()
    calls = []
    monkeypatch.setattr("gdsim.gui.step.step_card.worked", lambda *args: calls.append(args) or worked(*args))
    frame = frame_at(valley(RULES["nesterov"]()), 3)
    card.show_frame(frame)
    assert calls == []
    card.show()
    assert len(calls) == 1
    assert "Look ahead" in chips(card)
    card.show_frame(frame)
    assert len(calls) == 1


def test_another_width_breaks_the_lines_anew(card, shown, qtbot):
    shown(valley(RULES["adam"]()))
    before = text_of(card).count("\n")
    card.window().resize(700, 520)
    qtbot.waitUntil(lambda: text_of(card).count("\n") < before)
    card.window().resize(318, 520)
    qtbot.waitUntil(lambda: text_of(card).count("\n") == before)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_pictures_wear_the_theme(card, theme):
    show_in(theme, card)
    card.show_frame(frame_at(valley(RULES["adagrad"]()), 3))
    ink = QColor(theme.text)
    for picture in visible(card, FormulaPicture):
        image = picture.grab().toImage()
        colours = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
        assert any(abs(one.lightness() - ink.lightness()) < 30 for one in colours)


def test_a_rule_without_a_picture_is_shown_in_letters(card, shown, monkeypatch):
    monkeypatch.setattr(formula_picture, "picture_file_name", lambda _latex: "no-such-picture.svg")
    monkeypatch.setattr(formula_picture, "typeset_svg", lambda _latex: b"")
    shown(valley(RULES["nesterov"]()))
    pictures = visible(card, FormulaPicture)
    assert pictures[0].accessibleName() == "wₗₒₒₖ = wₜ − γ·vₜ₋₁"
    assert pictures[0].sizeHint().width() > 40


@pytest.mark.parametrize("rule", [RULES["momentum"](), RULES["adam"]()], ids=variant_id)
@pytest.mark.parametrize("opened", [False, True])
def test_a_frame_costs_little(card, rule, opened):
    runs = valley(rule)
    record = computed(runs)
    card.set_look(look_of(runs))
    card.show_frame(frame_at(runs, 0, record))
    card.findChild(GradientSection).opener.setChecked(opened)
    costs = [calls_of(card.show_frame, frame_at(runs, step, record)) for step in range(1, 30)]
    assert min(costs) < 6000


def test_an_update_further_on_is_another_update(card):
    """The card compares updates by identity: one that is made again is shown again."""
    runs = valley(RULES["momentum"]())
    frame = frame_at(runs, 10)
    card.show_frame(frame)
    view = frame.views[0]
    card.show_frame(replace(frame, update=update_of(runs, view.run, view.whole, 40)))
    assert "step 39 → 40" in [label.text() for label in visible(card, QLabel)]
