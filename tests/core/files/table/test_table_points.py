"""Columns become inputs and y, rows are set aside, nothing is lost; what is written is read back exactly."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.files.table.reader import read_table, reading_table_file
from gdsim.core.files.table.table_points import (
    SPLIT,
    PointColumns,
    guessed_columns,
    points_of_columns,
    rows_text,
    writing_points,
    writing_points_file,
)
from gdsim.core.model.points import PointsError, PointSet
from gdsim.core.progress import run_to_end
from gdsim.core.settings import InvalidValue
from tests.core.strategies import point_sets
from tests.every import every

FOUR = read_table("a,b,c\n1,2,3\n4,5,6\n7,8,9\n10,11,12\n")
ROLES = read_table("x,y,role\n1,0.1,val\n2,0.2,train\n3,0.3,val\n")


@every(
    ("names", "x", "y"),
    [
        ("x,y", (0,), 1),
        ("y,x", (1,), 0),
        ("Y,X", (1,), 0),
        ("x1,x2,y", (0, 1), 2),
        ("x_1,y,x_2,weight", (0, 2), 1),
        ("id,x1,x2,y", (1, 2), 3),
        (",x,y", (1,), 2),
        ("index,height,width,area", (1, 2), 3),
        ("#,height,width,area", (1, 2), 3),
        ("Nr.,height,width,area", (1, 2), 3),
        ("height,width,area", (0, 1), 2),
        ("", (0, 1), 2),
    ],
)
def test_names_tell_which_column_is_which(names, x, y):
    width = names.count(",") + 1 if names else 3
    table = read_table(f"{names}\n" + ",".join("1" * width) + "\n")
    choice = guessed_columns(table)
    assert (choice.x, choice.y) == (x, y)


def test_columns_are_taken_in_the_order_wanted():
    training, validation = points_of_columns(FOUR, PointColumns((2, 0), 1))
    assert training == PointSet([[3, 1], [6, 4], [9, 7], [12, 10]], [2, 5, 8, 11])
    assert validation == PointSet.empty(2)


def test_a_column_may_say_which_rows_are_set_aside():
    assert guessed_columns(ROLES).by_role
    training, validation = points_of_columns(ROLES, guessed_columns(ROLES))
    assert training == PointSet([2], [0.2])
    assert validation == PointSet([1, 3], [0.1, 0.3])
    assert len(points_of_columns(ROLES, PointColumns((0,), 1))[0]) == 3


@given(st.integers(1, 200), st.floats(0.0, 0.999), st.integers(0, 99))
def test_a_share_is_set_aside_at_random_and_the_order_kept(n, share, seed):
    rows = np.arange(n, dtype=float)
    table = read_table("x,y\n" + "".join(f"{row},{2 * row}\n" for row in rows))
    choice = PointColumns((0,), 1, SPLIT(share=share, seed=seed))
    training, validation = points_of_columns(table, choice)
    assert len(validation) == min(round(share * n), n - 1)
    assert np.array_equal(np.sort(np.concatenate([training.x, validation.x]), axis=0)[:, 0], rows)
    for part in (training, validation):
        assert (np.diff(part.x[:, 0]) > 0).all()
        assert np.array_equal(part.y, 2 * part.x[:, 0])
    assert points_of_columns(table, choice) == (training, validation)


def test_another_seed_sets_others_aside():
    table = read_table("x,y\n" + "".join(f"{row},0\n" for row in range(100)))
    assert (
        points_of_columns(table, PointColumns((0,), 1, SPLIT(share=0.5, seed=1)))[1]
        != points_of_columns(table, PointColumns((0,), 1, SPLIT(share=0.5, seed=2)))[1]
    )


@every(
    ("table", "choice", "sentence"),
    [
        (FOUR, PointColumns((), 1), "at least one column for x"),
        (FOUR, PointColumns((0, 1), 1), "cannot be both x and y"),
        (FOUR, PointColumns(tuple(range(101)), 101), "There may be at most 100 inputs, not 101."),
        (
            read_table("x,y,role\n1,2,val\n"),
            PointColumns((0,), 1, by_role=True),
            "No point is left for training",
        ),
    ],
)
def test_what_makes_no_points_is_refused(table, choice, sentence):
    with pytest.raises(PointsError, match=sentence):
        points_of_columns(table, choice)


@every("wrong", [{"share": 1.0}, {"share": -0.1}, {"seed": -1}])
def test_a_wrong_share_or_seed_is_refused(wrong):
    with pytest.raises(InvalidValue):
        SPLIT(**wrong)


# ------------------------------------------------------------------------------- points as a table


def written(points, validation, delimiter=","):
    out = io.StringIO()
    shares = list(writing_points(out, points, validation, delimiter))
    assert shares[-1] == 1.0
    return out.getvalue()


@given(st.data(), st.integers(1, 4), st.sampled_from([",", "\t"]))
def test_written_points_are_read_back_exactly(data, dimension, delimiter):
    points = data.draw(point_sets(dimension))
    validation = data.draw(point_sets(dimension, least=0))
    table = read_table(written(points, validation, delimiter).encode())
    assert points_of_columns(table, guessed_columns(table)) == (points, validation)


@given(st.data(), st.integers(1, 4))
def test_copied_rows_are_read_back_exactly(data, dimension):
    points = data.draw(point_sets(dimension))
    table = read_table(rows_text(points))
    assert points_of_columns(table, guessed_columns(table)) == (points, PointSet.empty(dimension))


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
    shares = list(writing_points(io.StringIO(), PointSet([0.0] * 10_000, [1.0] * 10_000), PointSet.empty()))
    assert len(shares) == 3
    assert shares == sorted(shares)


def test_a_file_is_written_whole_or_left_as_it_was(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("precious", encoding="utf-8")
    many = PointSet([0.0] * 10_000, [1.0] * 10_000)
    stopped = writing_points_file(path, many, PointSet.empty())
    next(stopped)
    stopped.close()
    assert path.read_text(encoding="utf-8") == "precious"
    assert list(tmp_path.iterdir()) == [path]
    run_to_end(writing_points_file(path, many, PointSet.empty()))
    assert len(run_to_end(reading_table_file(path))) == 10_000
    with pytest.raises(OSError, match="folder"):
        run_to_end(writing_points_file(tmp_path, many, PointSet.empty()))
