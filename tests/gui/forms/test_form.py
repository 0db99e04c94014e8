"""Forms made from declarations."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.lessons.task import TASKS
from gdsim.core.model.batching import BATCHINGS, MINI_BATCH, STOCHASTIC
from gdsim.core.model.generators import DRAW
from gdsim.core.rules.catalogue import FURTHER_RULES, LECTURE_RULES, RULES
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.fields import CheckedField
from gdsim.gui.forms.form import KindForm, RowLabel, SettingsForm
from gdsim.gui.forms.sliders import ScaleSlider
from gdsim.gui.language import speak
from gdsim.gui.plain_text import capitalized
from gdsim.gui.points.import_choices import ReadingChoice
from tests.every import every
from tests.gui.forms.kinds import KINDS
from tests.gui.main_windows import opened
from tests.gui.windows import cut_off_texts, fault_shown, focus, in_window

EVERY_KIND = every("kind", KINDS.values(), ids=KINDS)


@pytest.fixture
def rules(qtbot):
    return in_window(qtbot, KindForm("algorithm", "The rule.", RULES), height=300)


def choose(qtbot, form, title):
    """Choose a kind with the keys, as a person would."""
    focus(qtbot, form.combo)
    form.combo.setCurrentIndex(form.combo.findText(capitalized(title)))
    form.combo.activated.emit(form.combo.currentIndex())


def said_by(form):
    said = []
    form.value_changed.connect(said.append)
    form.edit_finished.connect(lambda: said.append("finished"))
    return said


@EVERY_KIND
def test_every_kind_has_a_form_of_its_settings(qtbot, kind):
    form = SettingsForm(kind)
    qtbot.addWidget(form)
    assert form.value() == kind()
    for setting in kind.settings:
        assert setting.label.lower() in form.editors[setting.name].toolTip().lower()
    # A switch has no letter.
    letters = [label.text() for label in form.findChildren(RowLabel)]
    assert [not letter for letter in letters] == [setting.is_switch for setting in kind.settings]


@every("rule", RULES.values(), ids=RULES)
def test_no_two_settings_of_a_rule_have_one_name_for_screen_readers(qtbot, rule):
    form = SettingsForm(rule)
    qtbot.addWidget(form)
    names = [field.accessibleName() for field in form.findChildren(CheckedField)]
    names += [slider.accessibleName() for slider in form.findChildren(ScaleSlider)]
    assert sorted(names) == sorted([*dict.fromkeys(names)] * 2)  # once for the field, once for the slider


def unusual(setting):
    """Return a value other than the default."""
    if setting.is_switch:
        return not setting.default
    return setting.default + 1 if setting.domain.kind is int else setting.default / 4.0


@EVERY_KIND
def test_a_form_shows_what_it_is_told_without_an_echo(qtbot, kind):
    form = SettingsForm(kind)
    qtbot.addWidget(form)
    said = said_by(form)
    value = kind(**{setting.name: unusual(setting) for setting in kind.settings})
    form.set_value(value)
    assert form.value() == value
    assert said == []


def test_a_typed_number_makes_a_new_value(qtbot):
    form = in_window(qtbot, SettingsForm(RULES["momentum"]))
    said = said_by(form)
    field = form.editors["gamma"].findChild(CheckedField)
    focus(qtbot, field)
    field.selectAll()
    qtbot.keyClicks(field, "0.5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert said == [RULES["momentum"](gamma=0.5), "finished"]


def test_the_forms_of_many_kinds_line_up(qtbot):
    form = in_window(qtbot, KindForm("update on", "Points.", BATCHINGS), width=300)
    form.set_value(MINI_BATCH())
    labels = form.findChildren(RowLabel)
    qtbot.waitUntil(lambda: len({label.width() for label in labels if label.isVisible()}) == 1)


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize("code", ["en", "de"])
def test_the_labels_of_all_forms_are_equally_wide_in_every_language(qtbot, qapp, code):
    speak(qapp, code)
    forms = [ReadingChoice(), *map(SettingsForm, [*KINDS.values(), *TASKS.values(), DRAW])]
    for form in forms:
        qtbot.addWidget(form)
    window, session = opened(qtbot, load_scene(find_scene("what-if")), painted=False)
    session.select(1)
    window.show_now()
    for name in ("what_if", "own_rule", "make_task"):
        window.commands[name].trigger()
    labels = [label for form in (*forms, window) for label in form.findChildren(RowLabel)]
    assert len(labels) > 100
    assert len({label.sizeHint().width() for label in labels}) == 1


def test_all_kinds_can_be_chosen_by_title(rules):
    assert [rules.combo.itemText(i) for i in range(rules.combo.count())] == [
        rule.title for rule in RULES.values()
    ]
    assert rules.combo.accessibleName() == "algorithm"


def test_further_kinds_stand_below_a_line_and_can_be_chosen(qtbot):
    form = in_window(qtbot, KindForm("algorithm", "", LECTURE_RULES, further=FURTHER_RULES), height=300)
    texts = [form.combo.itemText(i) for i in range(form.combo.count())]
    titles = [[rule.title for rule in rules.values()] for rules in (LECTURE_RULES, FURTHER_RULES)]
    assert texts == [*titles[0], "", *titles[1]]
    form.combo.activated.emit(texts.index("Lion"))
    assert form.value().id == "lion"
    assert form.combo.currentText() == "Lion"


@every("rule", RULES.values(), ids=RULES)
def test_the_form_of_the_chosen_kind_alone_is_seen(rules, qtbot, rule):
    rules.set_value(rule())
    assert rules.value() == rule()
    forms = [child for child in rules.findChildren(SettingsForm) if child.isVisible()]
    assert forms == [rules.form]
    assert rules.combo.currentText() == capitalized(rule.title)
    qtbot.waitUntil(lambda: cut_off_texts(rules) == [])


def test_a_kind_without_settings_takes_no_room(qtbot):
    form = in_window(qtbot, KindForm("schedule", "Rate.", SCHEDULES))
    empty = form.sizeHint().height()
    form.set_value(SCHEDULES["step"]())
    assert form.sizeHint().height() > empty
    form.set_value(SCHEDULES["validation"]())
    assert form.sizeHint().height() == empty


def test_another_kind_is_told_once_with_its_defaults(rules, qtbot):
    said = said_by(rules)
    choose(qtbot, rules, "Adam")
    assert said == [RULES["adam"](), "finished"]


def test_what_the_user_changed_goes_along(rules, qtbot):
    rules.set_value(RULES["momentum"](eta=0.3, gamma=0.5))
    choose(qtbot, rules, "Nesterov")
    assert rules.value() == RULES["nesterov"](eta=0.3, gamma=0.5)
    choose(qtbot, rules, "Adam")
    assert rules.value() == RULES["adam"](eta=0.3)


def test_the_usual_rate_of_a_rule_does_not_go_along(rules, qtbot):
    rules.set_value(RULES["momentum"](eta=1.0, gamma=0.5))
    choose(qtbot, rules, "Adam")
    assert rules.value() == RULES["adam"]()


def test_the_same_kind_again_is_no_edit(rules, qtbot):
    said = said_by(rules)
    choose(qtbot, rules, "Gradient descent")
    assert said == []
    assert rules.value() == RULES["gd"]()


def test_a_refused_kind_is_explained_and_not_told(qtbot):
    def refusal(schedule):
        return "No validation points." if schedule.needs_validation else ""

    form = in_window(qtbot, KindForm("schedule", "Rate.", SCHEDULES, refusal))
    form.set_value(SCHEDULES["inverse"](k=0.25))
    said = said_by(form)
    choose(qtbot, form, SCHEDULES["validation"].title)
    assert said == []
    assert form.value() == SCHEDULES["inverse"](k=0.25)
    assert form.combo.currentText() == capitalized(SCHEDULES["inverse"].title)
    assert fault_shown(form.combo) == "No validation points."


def test_a_choice_is_made_with_the_keys(rules, qtbot):
    said = said_by(rules)
    focus(qtbot, rules.combo)
    qtbot.keyClick(rules.combo, Qt.Key.Key_Down)
    assert said == [RULES["momentum"](), "finished"]


def test_a_widget_stands_between_choice_and_form(qtbot):
    form = KindForm("momentum", "γ.", MOMENTUM_SCHEDULES)
    note = QWidget()
    note.setFixedHeight(33)
    form.put_below_choice(note)
    in_window(qtbot, form)
    form.set_value(MOMENTUM_SCHEDULES["sutskever"]())
    qtbot.waitUntil(lambda: form.combo.geometry().bottom() < note.y() < form.form.y())


def test_values_of_one_kind_do_not_leak_into_the_next(qtbot):
    form = KindForm("update on", "Points.", BATCHINGS)
    qtbot.addWidget(form)
    form.set_value(STOCHASTIC(shuffle=True))
    form.set_value(MINI_BATCH())
    assert form.value() == MINI_BATCH()


def test_a_box_without_a_choice_shows_its_placeholder(qtbot):
    box = in_window(qtbot, ComboBox("scene"), width=200)
    box.addItems(["The first neuron", "your own"])
    box.setCurrentIndex(1)
    chosen = box.grab().toImage()
    box.setCurrentIndex(-1)
    assert box.grab().toImage() != chosen  # nothing
    box.setPlaceholderText("your own")
    assert box.grab().toImage() == chosen
