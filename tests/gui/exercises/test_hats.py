"""Letters with a hat in the sentences of exercises: the hat is on the letter, not in the line above."""

import pytest
from PySide6.QtWidgets import QPlainTextEdit

from gdsim.gui.exercises.exercise import place_hats, show_named
from gdsim.gui.plain_text import sentence_label
from tests.gui.windows import in_window


@pytest.mark.parametrize("words", ["m{}ₜ", "v{}ₜ = 1"])
def test_a_hat_is_seen_on_its_letter(qtbot, words):
    label = in_window(qtbot, sentence_label())
    pictures = []
    for text in (words.format("\u0302"), words.format("")):
        place_hats(label, "\u0302")  # the same letters for both
        label.setText(text)
        pictures.append(label.grab(label.rect()).toImage())
    assert pictures[0] != pictures[1]


def test_other_sentences_keep_their_letters(qtbot):
    label = in_window(qtbot, sentence_label())
    usual = label.font().family()
    show_named(label, "m\u0302ₜ was not corrected.")
    assert label.font().family() != usual
    show_named(label, "η was left out.")
    assert label.font().family() == usual


def test_a_verdict_has_letters_of_its_size(qtbot):
    text = in_window(qtbot, QPlainTextEdit())
    size = text.fontInfo().pixelSize()
    place_hats(text, "m\u0302")
    assert text.fontInfo().pixelSize() == size
