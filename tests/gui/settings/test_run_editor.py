"""Everything about one run, both ways."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QWidget

from gdsim.core.analysis.worked import rule_in_letters
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.fields import CheckedField
from gdsim.gui.forms.sliders import ScaleSlider
from gdsim.gui.plain_text import capitalized
from gdsim.gui.settings.run_editor import RunEditor
from tests.core.strategies import rule_variants, variant_id
from tests.every import every
from tests.gui.windows import cut_off_texts, fault_shown, focus, in_window
from tests.work import calls_of

FULL = Run(
    RULES["nesterov"](eta=0.25, gamma=0.75),
    MINI_BATCH(size=3, shuffle=True),
    SCHEDULES["step"](factor=0.5, every=7),
    MOMENTUM_SCHEDULES["sutskever"](gamma_max=0.95),
    start=(0.0, 6.0),
    epochs=120,
    seed=11,
    name="Mine",
    colour="#123456",
    hidden=True,
)


def on(dimension=1, *, validation=False, count=2):
    """Return an experiment on some points."""
    points = PointSet(np.arange(count * dimension).reshape(count, dimension), np.zeros(count))
    return Experiment(points, points if validation else PointSet.empty(dimension), ())


@pytest.fixture
def editor(qtbot):
    return in_window(qtbot, RunEditor(), width=300, height=680)


def said_by(editor):
    said = []
    editor.run_changed.connect(lambda *change: said.append(change))
    return said


def combo(editor, name):
    return next(one for one in editor.findChildren(ComboBox) if one.accessibleName() == name)


def choose(editor, name, title):
    box = combo(editor, name)
    box.setCurrentIndex(box.findText(capitalized(title)))
    box.activated.emit(box.currentIndex())


def field(editor, name):
    return next(
        one for one in editor.findChildren(CheckedField) if one.accessibleName() == name and one.isVisible()
    )


def enter(qtbot, editor, name, text):
    line = field(editor, name)
    focus(qtbot, line)
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def is_shown(editor, name):
    return any(one.isVisible() and one.accessibleName() == name for one in editor.findChildren(QWidget))


def test_a_run_is_shown_without_an_echo(editor):
    said = said_by(editor)
    editor.set_run(FULL, on(validation=True))
    assert said == []
    assert combo(editor, "algorithm").currentText() == "Nesterov"
    assert combo(editor, "update on").currentText() == capitalized(MINI_BATCH.title)
    assert combo(editor, "schedule").currentText() == capitalized(SCHEDULES["step"].title)
    assert combo(editor, "γ schedule").currentText() == capitalized(MOMENTUM_SCHEDULES["sutskever"].title)
    texts = {
        name: field(editor, name).text()
        for name in (
            *("learning rate", "momentum", "batch size", "factor", "every", "cap"),
            *("start weight w", "start bias b", "epochs", "seed"),
        )
    }
    assert list(texts.values()) == ["0.25", "0.75", "3", "0.5", "7", "0.95", "0", "6", "120", "11"]


@every(
    ("name", "text", "field_of_run", "value", "undo", "merge"),
    [
        ("learning rate", "0.5", "optimizer", RULES["nesterov"](eta=0.5, gamma=0.75), "Change η", "eta"),
        ("momentum", "0,5", "optimizer", RULES["nesterov"](eta=0.25, gamma=0.5), "Change γ", "gamma"),
        ("batch size", "4", "batching", MINI_BATCH(size=4, shuffle=True), "Change B", "size"),
        ("every", "9", "schedule", SCHEDULES["step"](factor=0.5, every=9), "Change every", "every"),
        (
            "cap",
            "0.9",
            "momentum_schedule",
            MOMENTUM_SCHEDULES["sutskever"](gamma_max=0.9),
            "Change γₘₐₓ",
            "gamma_max",
        ),
        ("start weight w", "-1.5", "start", (-1.5, 6.0), "Change start", "start"),
        ("start bias b", "2e1", "start", (0.0, 20.0), "Change start", "start"),
        ("epochs", "77", "epochs", 77, "Change epochs", "epochs"),
        ("seed", "3", "seed", 3, "Change seed", "seed"),
    ],
)
def test_one_typed_setting_is_one_change(editor, qtbot, name, text, field_of_run, value, undo, merge):
    editor.set_run(FULL, on(validation=True))
    said = said_by(editor)
    with qtbot.waitSignal(editor.edit_finished):
        enter(qtbot, editor, name, text)
    assert said == [(replace(FULL, **{field_of_run: value}), undo, merge)]


def test_a_switch_is_a_change(editor, qtbot):
    editor.set_run(FULL, on(validation=True))
    said = said_by(editor)
    box = next(box for box in editor.findChildren(QCheckBox) if box.isVisible())
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert said == [(replace(FULL, batching=MINI_BATCH(size=3, shuffle=False)), "Change shuffle", "shuffle")]
    assert not is_shown(editor, "seed")


def test_a_drag_of_a_slider_is_many_changes_under_one_key(editor, qtbot):
    editor.set_run(Run(), on())
    said = said_by(editor)
    slider = next(one for one in editor.findChildren(ScaleSlider) if one.isVisible())
    middle = slider.height() // 2
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(20, middle))
    for x in (30, 40, 50, 60):
        qtbot.mouseMove(slider, QPoint(x, middle))
    with qtbot.waitSignal(editor.edit_finished):
        qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(60, middle))
    assert len(said) > 3
    assert {merge for _, _, merge in said} == {"eta"}
    assert editor.run() == said[-1][0]


def test_a_rule_is_changed_with_what_was_set(editor):
    editor.set_run(FULL, on(validation=True))
    said = said_by(editor)
    choose(editor, "algorithm", "Momentum")
    assert said == [
        (replace(FULL, optimizer=RULES["momentum"](eta=0.25, gamma=0.75)), "Change algorithm", "")
    ]


def test_a_rule_without_momentum_has_no_momentum_schedule(editor):
    editor.set_run(FULL, on(validation=True))
    assert is_shown(editor, "γ schedule")
    said = said_by(editor)
    choose(editor, "algorithm", "Adam")
    run = said[0][0]
    assert (run.optimizer, run.momentum_schedule) == (RULES["adam"](eta=0.25), Run().momentum_schedule)
    assert not is_shown(editor, "γ schedule")
    choose(editor, "algorithm", "Momentum")
    assert is_shown(editor, "γ schedule")
    assert combo(editor, "γ schedule").currentText() == "Constant"


def test_the_seed_is_seen_only_where_points_are_shuffled(editor):
    for batching, seen in ((BATCH(), False), (STOCHASTIC(), False), (STOCHASTIC(shuffle=True), True)):
        editor.set_run(Run(batching=batching), on())
        assert is_shown(editor, "seed") is seen


def test_what_depends_on_the_number_of_points_is_of_those_that_the_run_is_computed_over(editor):
    parent = Run(batching=MINI_BATCH(size=4))
    run = Run(fork=Fork(parent, 8), batching=BATCH())
    for count, steps in ((4, "1 step"), (8, "2 steps")):
        editor.set_run(replace(run, batching=MINI_BATCH(size=4)), on(count=count))
        assert f"N = {count} points" in combo(editor, "update on").toolTip()
        assert f"⌈N / B⌉ = {steps.split()[0]} steps on B = 4 points" in combo(editor, "update on").toolTip()
        editor.set_run(run, on(count=count))
        begins = [one for one in editor.findChildren(QLabel) if "A new pass over the points" in one.text()]
        assert bool(begins) is (count == 8)


def test_a_schedule_that_watches_validation_is_refused_without_such_points(editor):
    run = Run(schedule=SCHEDULES["exponential"](k=0.25))
    editor.set_run(run, on())
    said = said_by(editor)
    choose(editor, "schedule", SCHEDULES["validation"].title)
    assert said == []
    assert combo(editor, "schedule").currentText() == capitalized(SCHEDULES["exponential"].title)
    sentence = "This schedule needs validation points: select some of the points"
    assert fault_shown(combo(editor, "schedule")).startswith(sentence)
    assert editor.run() == run
    editor.set_run(run, on(validation=True))
    choose(editor, "schedule", SCHEDULES["validation"].title)
    assert said[0][0].schedule == SCHEDULES["validation"]()


def test_a_refusal_names_the_setting_as_the_form_does(editor):
    editor.set_run(Run(batching=STOCHASTIC()), on())
    choose(editor, "step length", SEARCHES["exact"].title)
    begins = "“update on” must be all points for the search exact: "
    assert fault_shown(combo(editor, "step length")).startswith(begins)


@pytest.mark.parametrize("typed", ["-1", "0", "two", ""])
def test_a_wrong_rate_changes_nothing(editor, qtbot, typed):
    editor.set_run(FULL, on(validation=True))
    said = said_by(editor)
    line = field(editor, "learning rate")
    focus(qtbot, line)
    line.selectAll()
    qtbot.keyClicks(line, typed) if typed else qtbot.keyClick(line, Qt.Key.Key_Delete)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert said == []
    assert fault_shown(line).startswith("Learning rate must be a positive number, not ")


@pytest.mark.parametrize("dimension", [1, 2, 6])
def test_every_weight_has_a_field(editor, qtbot, dimension):
    start = tuple(float(place) for place in range(dimension + 1))
    editor.set_run(Run(start=start), on(dimension))
    names = ["start weight w"] if dimension == 1 else [f"start weight w{i}" for i in "₁₂₃₄₅₆"[:dimension]]
    assert [field(editor, name).text() for name in names] == [str(place) for place in range(dimension)]
    # A click alone reads the map.
    assert all("click with the Control key" in field(editor, name).toolTip() for name in names)
    said = said_by(editor)
    enter(qtbot, editor, names[-1], "9.5")
    assert said[0][0].start == (*start[: dimension - 1], 9.5, start[-1])


def test_while_a_start_is_dragged_its_fields_alone_are_set(editor):
    def moved(w):
        editor.set_run(replace(FULL, start=(w, 6.0)), on())

    editor.set_run(FULL, on())
    another = calls_of(lambda: editor.set_run(replace(FULL, epochs=121), on()))
    editor.set_run(FULL, on())
    assert calls_of(lambda: moved(1.5)) < 0.6 * another
    assert field(editor, "start weight w").text() == "1.5"
    assert editor.run() == replace(FULL, start=(1.5, 6.0))


def test_many_weights_share_one_field(editor, qtbot):
    editor.set_run(Run(start=(1.0,) * 9), on(8))
    said = said_by(editor)
    enter(qtbot, editor, "weights", "1 2 3 4 5 6 7 8")
    enter(qtbot, editor, "start bias b", "9")
    assert said[-1][0].start == (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0)
    enter(qtbot, editor, "weights", "1 2 3")
    assert fault_shown(field(editor, "weights")).startswith("Weights must have 8 numbers")


def test_many_weights_of_a_nudge_are_told_from_those_of_the_start(editor):
    start = (1.0,) * 9
    editor.set_run(Run(start=start, fork=Fork(Run(start=start), 0)), on(8))
    assert is_shown(editor, "nudge of w")
    assert not is_shown(editor, "weights")


def test_the_dimension_may_change_to_and_fro(editor):
    for dimension in (1, 3, 8, 1):
        start = (0.5,) * (dimension + 1)
        editor.set_run(Run(start=start), on(dimension))
        assert editor.run().start == start
    assert field(editor, "start weight w").text() == "0.5"


@every("optimizer", rule_variants(), ids=variant_id)
def test_the_rule_is_said_in_words_and_in_the_lines_that_are_computed(editor, optimizer):
    editor.set_run(Run(optimizer), on())
    texts = [label.text() for label in editor.findChildren(QLabel) if label.isVisible()]
    assert optimizer.definition.summary in texts
    assert "\n".join(rule_in_letters(optimizer)) in texts
    assert rule_in_letters(optimizer)[-1].startswith("wₜ₊₁ = ")


def test_a_switch_changes_the_lines(editor, qtbot):
    editor.set_run(Run(RULES["adam"]()), on())
    box = next(box for box in editor.findChildren(QCheckBox) if box.isVisible())
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    lines = editor.findChild(QLabel, "formula").text().splitlines()
    assert lines == list(rule_in_letters(RULES["adam"](bias_correction=False)))


def test_the_formulas_can_be_selected(editor):
    formula = editor.findChild(QLabel, "formula")
    assert formula.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse


def test_the_largest_form_fits_beside_the_state(qtbot):
    editor = in_window(qtbot, RunEditor(), width=300, height=680)
    largest = Run(RULES["adam"](), MINI_BATCH(size=2, shuffle=True), SCHEDULES["step"]())
    editor.set_run(largest, on(validation=True))
    QApplication.processEvents()
    assert editor.sizeHint().height() <= 540
    assert editor.minimumSizeHint().width() <= 270
    assert cut_off_texts(editor) == []


def test_every_control_has_a_name(editor):
    editor.set_run(replace(FULL, start=(0.0, 0.0, 0.0)), on(2, validation=True))
    controls = [
        child
        for child in editor.findChildren(QWidget)
        if child.isVisible()
        and child.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not child.inherits("QListView")
    ]
    assert len(controls) > 15
    assert [child for child in controls if not child.accessibleName()] == []


def test_tab_leads_through_the_form_from_top_to_bottom(editor, qtbot):
    editor.set_run(Run(RULES["gd"]()), on())
    focus(qtbot, combo(editor, "algorithm"))
    places = []
    for _ in range(9):
        widget = editor.window().focusWidget()
        places.append((widget.mapTo(editor, QPoint()).y(), widget.mapTo(editor, QPoint()).x()))
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    rows = [y for y, _ in places]
    assert all(later >= earlier - 8 for earlier, later in pairwise(rows))


def test_more_steps_than_there_is_room_for_are_said_beforehand(editor):
    def said():
        return [label.text() for label in editor.findChildren(QLabel) if label.isVisible()]

    sentence = "That is 10,000,000 steps. There is room for about 2,380,000; the run will stop there."
    editor.set_room(10_000_000, 10_000_000)
    assert not any("room" in text for text in said())
    editor.set_room(10_000_000, 2_380_952)
    assert sentence in said()
