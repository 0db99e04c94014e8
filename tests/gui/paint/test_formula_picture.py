import pytest
import shiboken6
from PySide6.QtWidgets import QWidget

from gdsim.core.analysis.worked import lines_in_letters
from gdsim.core.formulas.printing import IN_LATEX
from gdsim.core.model.objective import LECTURE
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.paint import formula_picture
from gdsim.gui.paint.formula_picture import FormulaPicture, FormulaPictures

KNOWN = lines_in_letters(RULES["gd"](), "w", IN_LATEX, LECTURE)[-1].replace("&=", "=")
STRANGE = r"w_{t+1} = w_t - 17\cdot\nabla w_t"


@pytest.fixture
def pictures(qapp):
    widget = QWidget()
    yield FormulaPictures(widget)
    shiboken6.delete(widget)


def test_a_picture_that_comes_with_the_program_is_there_at_once(pictures):
    assert pictures.svg(KNOWN).startswith(b"<svg")


def test_another_formula_is_typeset_beside_the_window(pictures, qtbot):
    with qtbot.waitSignal(pictures.typeset):
        assert pictures.svg(STRANGE) == b""
    svg = pictures.svg(STRANGE)
    assert svg.startswith(b"<svg")
    picture = FormulaPicture()
    qtbot.addWidget(picture)
    picture.show_formula(b"", "letters")
    letters = picture.sizeHint()
    picture.show_formula(svg, "letters")
    assert picture.sizeHint() != letters


def test_what_cannot_be_typeset_has_no_picture(pictures, qtbot):
    with qtbot.waitSignal(pictures.typeset):
        pictures.svg(r"\frac{")
    assert pictures.svg(r"\frac{") == b""


def test_typesetting_ends_with_the_widget_that_shows_it(qapp, monkeypatch):
    monkeypatch.setattr(formula_picture, "typeset_svg", lambda _latex: b"")
    widget = QWidget()
    pictures = FormulaPictures(widget)
    for number in range(20):
        pictures.svg(f"{STRANGE}+{number}")
    tasks = pictures.tasks
    assert tasks.is_busy
    shiboken6.delete(widget)  # a running thread would end the program with it
    assert not tasks.is_at_work
