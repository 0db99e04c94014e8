"""How many steps make an epoch, as in the lecture's table."""

import pytest
from PySide6.QtWidgets import QApplication

from gdsim.core.model.batching import BATCH, MINI_BATCH
from gdsim.core.model.experiment import Run
from gdsim.gui.settings.epoch_table import EpochTable
from tests.core.strategies import batching_variants, variant_id
from tests.gui.windows import cut_off_texts, in_window


@pytest.fixture
def table(qtbot):
    return in_window(qtbot, EpochTable(), width=290, height=200)


def cells(table):
    """Return the labels of each row: a mark, the name, and the steps."""
    grid = table.layout()
    return [[grid.itemAtPosition(row, column).widget() for column in range(3)] for row in (1, 2, 3)]


def rows(table):
    return {name.text(): (steps.text(), bool(mark.text())) for mark, name, steps in cells(table)}


def test_it_has_the_lecture_s_numbers(table):
    table.show_run(100, Run(batching=MINI_BATCH(size=16)))
    assert rows(table) == {
        "batch": ("1", False),
        "stochastic": ("N = 100", False),
        "mini-batch, B = 16": ("⌈N / B⌉ = 7", True),
    }


@pytest.mark.parametrize("batching", batching_variants(), ids=variant_id)
def test_the_selected_run_s_batching_stands_out(table, batching):
    table.show_run(6, Run(batching=batching))
    (chosen,) = (name for mark, name, _ in cells(table) if mark.text())
    assert chosen.text().split(",")[0] == batching.id
    assert chosen.objectName() == "strong"


def test_another_batching_keeps_the_batch_size_that_was_seen_last(table):
    table.show_run(6, Run(batching=MINI_BATCH(size=4)))
    table.show_run(6, Run(batching=BATCH()))
    assert rows(table)["mini-batch, B = 4"] == ("⌈N / B⌉ = 2", False)


def test_a_step_has_its_place_in_an_epoch(table):
    table.show_run(6, Run(batching=MINI_BATCH(size=2)))
    table.show_step(74)
    assert table.place.text() == "step 74 is update 2 of 3 in epoch 25"
    assert "step 74 is update 2 of 3 in epoch 25" in table.accessibleName()
    table.show_step(0)
    assert table.place.text() == "step 0 is the start"


def test_without_a_run_no_batching_stands_out(table):
    table.show_run(2, None)
    assert not any(chosen for _, chosen in rows(table).values())


def test_everything_has_room(table):
    table.show_run(1_000_000, Run(batching=MINI_BATCH(size=64)))
    table.show_step(1_234_567)
    QApplication.processEvents()
    assert cut_off_texts(table) == []
