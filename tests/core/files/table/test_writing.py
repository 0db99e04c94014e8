"""What is written is read back exactly."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.files.table.choice import chosen, guessed
from gdsim.core.files.table.reader import read_table, reading_file
from gdsim.core.files.table.writing import rows_text, writing, writing_file
from gdsim.core.model.points import PointSet
from gdsim.core.progress import run_to_end
from tests.core.strategies import point_sets


def written(points, validation, delimiter=","):
    out = io.StringIO()
    shares = list(writing(out, points, validation, delimiter))
    assert shares[-1] == 1.0
    return out.getvalue()


@given(st.data(), st.integers(1, 4), st.sampled_from([",", "\t"]))
def test_written_points_are_read_back_exactly(data, dimension, delimiter):
    points = data.draw(point_sets(dimension))
    validation = data.draw(point_sets(dimension, least=0))
    table = read_table(written(points, validation, delimiter).encode())
    assert chosen(table, guessed(table)) == (points, validation)


@given(st.data(), st.integers(1, 4))
def test_copied_rows_are_read_back_exactly(data, dimension):
    points = data.draw(point_sets(dimension))
    table = read_table(rows_text(points))
    assert chosen(table, guessed(table)) == (points, PointSet.empty(dimension))


@pytest.mark.parametrize(
    ("points", "validation", "text"),
    [
        (PointSet([1.5, 2], [0.1, 1e-8]), PointSet.empty(), "x,y\n1.5,0.1\n2,1e-8\n"),
        (PointSet([[1, 2]], [0.5]), PointSet([[3, 4]], [1]), "x1,x2,y,role\n1,2,0.5,train\n3,4,1,val\n"),
    ],
)
def test_the_columns_have_names(points, validation, text):
    assert written(points, validation) == text


def test_a_large_table_is_written_in_pieces():
    shares = list(writing(io.StringIO(), PointSet([0.0] * 10_000, [1.0] * 10_000), PointSet.empty()))
    assert len(shares) == 3
    assert shares == sorted(shares)


def test_a_file_is_written_whole_or_left_as_it_was(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("precious", encoding="utf-8")
    many = PointSet([0.0] * 10_000, [1.0] * 10_000)
    stopped = writing_file(path, many, PointSet.empty())
    next(stopped)
    stopped.close()
    assert path.read_text(encoding="utf-8") == "precious"
    assert list(tmp_path.iterdir()) == [path]
    run_to_end(writing_file(path, many, PointSet.empty()))
    assert len(run_to_end(reading_file(path))) == 10_000
    with pytest.raises(OSError, match="folder"):
        run_to_end(writing_file(tmp_path, many, PointSet.empty()))
