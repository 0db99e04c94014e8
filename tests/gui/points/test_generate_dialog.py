"""Points are made up: what is drawn is what is taken."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QRadioButton
from shiboken6 import isValid

from gdsim.core.model.generators import DRAW, GENERATORS
from gdsim.core.model.points import PointSet
from gdsim.gui.points.generate_dialog import GenerateDialog
from gdsim.gui.style.shown_theme import remember_theme
from gdsim.gui.style.stylesheet import stylesheet
from gdsim.gui.style.theme import DARK, LIGHT
from tests.every import every
from tests.gui.windows import cut_off_texts, near, show_in


@pytest.fixture(params=[LIGHT, DARK], ids=lambda theme: theme.name)
def dialog(qtbot, tasks, request):
    remember_theme(request.param)
    dialog = GenerateDialog(1, tasks)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    dialog.setStyleSheet(stylesheet(request.param))
    qtbot.addWidget(dialog)
    dialog.show()
    made(qtbot, dialog)
    return dialog


def taking(dialog):
    return dialog.findChild(QPushButton, "primary")


def made(qtbot, dialog):
    qtbot.waitUntil(taking(dialog).isEnabled)


def choose(dialog, kind):
    place = list(GENERATORS.values()).index(kind)
    dialog.kind.combo.setCurrentIndex(place)
    dialog.kind.combo.activated.emit(place)


def taken(qtbot, dialog):
    with qtbot.waitSignal(dialog.points_chosen) as chosen:
        qtbot.mouseClick(taking(dialog), Qt.MouseButton.LeftButton)
    return tuple(chosen.args)


@every("kind", GENERATORS.values(), ids=GENERATORS)
def test_every_kind_is_described_drawn_and_taken(dialog, qtbot, kind):
    choose(dialog, kind)
    made(qtbot, dialog)
    assert f"{kind.summary}\n\n{kind.details}" in [label.text() for label in dialog.findChildren(QLabel)]
    assert dialog.plot.shown == 100
    assert cut_off_texts(dialog) == []
    assert taken(qtbot, dialog) == (kind().points(DRAW()), PointSet.empty(), True)


def test_the_picture_follows_the_theme(dialog):
    for theme in (DARK, LIGHT):
        show_in(theme, dialog)
        assert near(dialog.plot, theme.card) > near(dialog.plot, theme.text) > 100


def test_how_many_inputs_is_asked_in_a_word(dialog):
    labels = [label.text() for label in dialog.findChildren(QLabel)]
    assert "Inputs" in labels
    assert "d" not in labels


def test_settings_number_and_seed_are_followed(dialog, qtbot):
    valley = GENERATORS["valley"]
    choose(dialog, valley)
    wanted, draw = valley(centre=-2.0), DRAW(n=5000, seed=9)
    dialog.kind.set_value(wanted)
    dialog.draw_form.set_value(draw)
    dialog.draw_form.value_changed.emit(draw)
    assert not taking(dialog).isEnabled()
    made(qtbot, dialog)
    assert dialog.plot.shown <= 2000
    hint = dialog.findChild(QLabel, "hint")
    assert hint.text() == f"5,000 points, of which {dialog.plot.shown:,} are drawn"
    assert taken(qtbot, dialog)[0] == wanted.points(draw)


def test_points_of_other_inputs_can_only_replace(dialog, qtbot):
    dialog.placing.set_replaces(replaces=False)
    assert not dialog.placing.replaces
    clusters = GENERATORS["clusters"]
    choose(dialog, clusters)
    dialog.kind.set_value(clusters(inputs=2))
    dialog.kind.value_changed.emit(dialog.kind.value())
    made(qtbot, dialog)
    _replace, add = dialog.placing.findChildren(QRadioButton)
    assert not add.isEnabled()
    assert taken(qtbot, dialog)[2] is True


def test_closing_stops_the_work(dialog, tasks):
    dialog.kind.value_changed.emit(dialog.kind.value())
    assert tasks.is_busy
    dialog.reject()
    assert not tasks.is_busy


@every("way", ["reject", "close"])
def test_a_number_typed_before_it_closes_begins_no_work(way, qtbot, tasks):
    dialog = GenerateDialog(1, tasks)
    with qtbot.waitActive(dialog):
        dialog.show()
        dialog.activateWindow()
    made(qtbot, dialog)
    field = dialog.draw_form.findChild(QLineEdit)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "7")
    getattr(dialog, way)()
    assert not tasks.is_busy
    qtbot.waitUntil(lambda: not isValid(dialog))
