"""Sentences in a few lines."""

import pytest

from gdsim.gui.paint.wrapped_label import WrappedLabel

SENTENCE = "Two points, one neuron: plain descent crawls on the plateau."


@pytest.fixture
def label(qtbot):
    made = WrappedLabel(2, "hint")
    qtbot.addWidget(made)
    made.say(SENTENCE)
    made.show()
    return made


@pytest.mark.parametrize(("share", "lines"), [(1.1, 1), (0.7, 2), (0.4, 2), (0.2, 0)])
def test_a_sentence_takes_the_lines_that_it_needs_and_less_than_half_is_not_shown(label, share, lines):
    label.resize(int(share * label.fontMetrics().horizontalAdvance(SENTENCE)), 60)
    assert len(label.text().splitlines()) == lines
    is_whole = label.text().replace("\n", " ") == SENTENCE
    assert is_whole is (share > 0.5)
    assert (SENTENCE in label.toolTip()) is not is_whole
    assert label.whole == label.accessibleName() == SENTENCE


def test_larger_letters_break_it_anew(label):
    label.resize(label.fontMetrics().horizontalAdvance(SENTENCE) + 4, 60)
    assert "\n" not in label.text()
    font = label.font()
    font.setPixelSize(2 * label.fontInfo().pixelSize())
    label.setFont(font)
    assert "\n" in label.text()
