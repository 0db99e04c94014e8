"""The record is written in pieces: whole, in the order of the runs, and nothing when nobody waits for it."""

import csv
from dataclasses import replace

import pytest

from gdsim.core.files.record_csv import header, writing_record
from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.model.run import Run
from gdsim.core.rules.own_rule import own_rule
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.core.records import scene, scene_records


def test_every_step_of_every_run(tmp_path):
    shares = list(writing_record(tmp_path / "a.csv", scene("first-neuron")))
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == header(scene("first-neuron"))
    records = scene_records("first-neuron")
    assert len(rows) == sum(len(record.loss) for record in records.values())
    for run, record in records.items():
        losses = [float(row["loss"]) for row in rows if row["run"] == run]
        assert losses == record.loss.tolist()
    assert shares == sorted(shares)
    assert len(shares) > 3
    assert shares[-1] == pytest.approx(1.0, abs=0.01)


def test_a_table_is_the_same_in_german_and_what_is_wrong_with_its_file_is_in_german(tmp_path):
    list(writing_record(tmp_path / "a.csv", scene("mini-batch")))
    with speaking(read_language("de")):
        list(writing_record(tmp_path / "b.csv", scene("mini-batch")))
        with pytest.raises(IsADirectoryError, match="es ist ein Ordner"):
            list(writing_record(tmp_path, scene("mini-batch")))
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_a_name_with_breaks_of_lines_stays_in_its_row(tmp_path):
    first = scene("first-neuron")
    broken = replace(first.runs[0], name="one\rtwo\nthree", epochs=2)
    list(writing_record(tmp_path / "a.csv", replace(first, runs=(broken,))))
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        assert [row["run"] for row in csv.DictReader(file)] == ["one two three"] * 3
    assert replace(broken, name="\r\n").name == broken.optimizer.title


def test_what_is_not_finished_leaves_the_old_file(tmp_path):
    out = tmp_path / "a.csv"
    out.write_text("old")
    work = writing_record(out, scene("first-neuron"))
    next(work)
    next(work)
    work.close()
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_a_memory_d_and_the_direction_d_have_columns_of_their_own():
    typed = own_rule("Mine", "d_t = 0.9*d + g\nw_next = w - eta*d_t")
    runs = (Run(typed(), epochs=2), Run(SECOND_ORDER_RULES["newton"](), epochs=2, name="Newton"))
    names = header(replace(scene("first-neuron"), runs=runs, rules=(typed,)))
    assert len(set(names)) == len(names)
    assert {"d_w", "direction_w"} <= set(names)
