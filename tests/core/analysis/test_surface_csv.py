"""The cut and the gradient field as CSV: what is drawn, in full precision."""

import csv

import numpy as np
import pytest

from gdsim.core.analysis.searched import searched_step
from gdsim.core.analysis.surface_csv import FIELD_SIDE, writing_cut, writing_field
from gdsim.core.analysis.update import update_of
from gdsim.core.model.plane import USUAL_PLANE
from gdsim.core.model.run import Run
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.surface.cut import ALONG_B, cut_through
from gdsim.core.surface.sampling import surface_of
from tests.core.records import FIRST_NEURON, computed, one_run


@pytest.fixture(scope="module")
def searched():
    run = Run(search=SEARCHES["armijo"](shrink=0.3), start=(2.0, -1.0), epochs=20)
    experiment = one_run(run.styled_like(run), FIRST_NEURON)
    return experiment, computed(experiment)[0].whole


def rows_of(path, work):
    shares = list(work)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_cut_has_its_curve_and_the_tries_of_a_search(searched, tmp_path):
    experiment, record = searched
    surface = surface_of(experiment, USUAL_PLANE)
    update = update_of(experiment, experiment.runs[0], record, 1)
    found = searched_step(update)
    w, b = update.before.tolist()
    cut = cut_through(surface, w, b, tuple(found.direction.tolist()))
    rows = rows_of(tmp_path / "cut.csv", writing_cut(tmp_path / "cut.csv", ("w", "b"), cut, found))
    curve = [row for row in rows if not row["try"]]
    assert [float(row["along"]) for row in curve] == cut.at.tolist()
    assert [float(row["loss"]) for row in curve] == cut.loss.tolist()
    for row in curve[::40]:
        place = np.array([float(row["w"]), float(row["b"])])
        assert float(row["loss"]) == pytest.approx(float(experiment.training.loss(place)), rel=1e-12)
    tries = [row for row in rows if row["try"]]
    assert [int(row["try"]) for row in tries] == list(range(1, len(found.tries) + 1))
    assert [float(row["loss"]) for row in tries] == [one.loss for one in found.tries]
    along = [one.t * found.length for one in found.tries]
    assert [float(row["along"]) for row in tries] == pytest.approx(along)


def test_along_a_parameter_the_axis_is_that_parameter(searched, tmp_path):
    experiment, _ = searched
    cut = cut_through(surface_of(experiment, USUAL_PLANE), 1.0, 0.5, ALONG_B)
    rows = rows_of(tmp_path / "cut.csv", writing_cut(tmp_path / "cut.csv", ("w", "b"), cut))
    assert {row["w"] for row in rows} == {"1.0"}
    assert [row["along"] for row in rows] == [row["b"] for row in rows]
    assert {row["try"] for row in rows} == {""}


def test_the_field_has_the_gradient_all_over_the_view(searched, tmp_path):
    experiment, _ = searched
    surface = surface_of(experiment, USUAL_PLANE)
    rows = rows_of(tmp_path / "field.csv", writing_field(tmp_path / "field.csv", ("w", "b"), surface))
    table = np.array([[float(value) for value in row.values()] for row in rows])
    assert list(rows[0]) == ["w", "b", "gradient_w", "gradient_b"]
    assert len(table) == FIELD_SIDE**2
    view = experiment.view_range
    assert table[:, :2].min(axis=0).tolist() == [view.w_min, view.b_min]
    assert table[:, :2].max(axis=0).tolist() == [view.w_max, view.b_max]
    np.testing.assert_allclose(
        table[:, 2:], experiment.training.gradient(table[:, :2]), rtol=1e-10, atol=1e-14
    )
