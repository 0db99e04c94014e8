"""The lecture's arguments about memories, measured."""

import numpy as np
import pytest

from gdsim.core.analysis.memory_lessons import bias_curves, has_correction, has_root_lesson, root_lesson
from gdsim.core.model.run import Fork, Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import own_rule
from tests.core.records import columns_of
from tests.every import every


@every(("variable", "beta", "power"), [(0, 0.9, 1), (1, 0.999, 2)])
@every("parameter", [0, -1])
def test_the_corrected_average_is_the_average_divided_by_its_share(variable, beta, power, parameter):
    run = Run(RULES["adam"](), epochs=60)
    record = columns_of(run)
    curves = bias_curves(run, record, "mv"[variable], parameter)
    t = np.arange(1, len(curves.value) + 1)
    assert len(t) == (29 if variable == 0 else 60)
    np.testing.assert_allclose(curves.share, 1.0 - beta**t, rtol=1e-10)
    np.testing.assert_array_equal(curves.value, record.state[variable, t, parameter])
    np.testing.assert_allclose(curves.corrected * curves.share, curves.value, rtol=1e-12)
    # After one gradient the corrected average is that gradient, and so is the mean.
    first = record.gradient[1, parameter] ** power
    np.testing.assert_allclose([curves.corrected[0], curves.mean[0]], first, rtol=1e-12)
    assert curves.mean[9] == pytest.approx((record.gradient[1:11, parameter] ** power).mean())


def test_of_equal_gradients_the_average_is_what_the_lecture_expects():
    run = Run(RULES["adam"](), epochs=10)
    record = columns_of(run)
    record.gradient[1:] = 0.25
    for t in range(1, 11):
        record.state[0, t] = 0.9 * (record.state[0, t - 1] if t > 1 else 0.0) + 0.1 * 0.25
    curves = bias_curves(run, record, "m", 0)
    np.testing.assert_allclose(curves.value, curves.mean * curves.share, rtol=1e-12)
    np.testing.assert_allclose(curves.corrected, 0.25, rtol=1e-12)


def test_only_averages_with_a_correction_have_curves():
    run = Run(RULES["rmsprop"](), epochs=5)
    assert bias_curves(run, columns_of(run), "v", 0) is None
    assert not has_correction(Run(RULES["adam"](beta1=0.0)), "m")
    assert has_correction(Run(RULES["adam"](bias_correction=False)), "m")
    assert (
        bias_curves(Run(RULES["adam"]()), columns_of(Run(RULES["adam"](), epochs=1)).head(1), "m", 0) is None
    )


@pytest.mark.parametrize("root", [True, False])
def test_the_lesson_s_first_step_is_the_run_s_own(root):
    run = Run(RULES["adagrad"](root=root), epochs=3)
    record = columns_of(run)
    lesson = root_lesson(run, record, 1)
    moved = np.abs(record.p[1] - record.p[0])
    np.testing.assert_allclose(lesson.with_root if root else lesson.without, moved, rtol=1e-9)
    np.testing.assert_allclose(lesson.typical, np.abs(record.gradient[1]), rtol=1e-12)


def test_with_the_root_steps_do_not_depend_on_the_size_of_gradients():
    run = Run(RULES["adagrad"](), epochs=30)
    lesson = root_lesson(run, columns_of(run), 30)
    np.testing.assert_allclose(lesson.with_root, 0.1 / np.sqrt(30), rtol=1e-4)
    np.testing.assert_allclose(lesson.without * lesson.typical, 0.1 / 30, rtol=1e-4)
    assert root_lesson(Run(RULES["adam"]()), columns_of(Run(RULES["adam"](), epochs=3)), 2) is None


def test_a_sum_that_began_as_an_average_says_nothing_of_the_size_of_gradients():
    average = Run(RULES["rmsprop"](), epochs=60)
    adagrad = RULES["adagrad"]()
    summed = Run(adagrad, epochs=90, fork=Fork(average, 40))
    goes_on = Run(adagrad, epochs=90, fork=Fork(summed, 60))
    for run in (summed, goes_on):
        assert not has_root_lesson(run)
        assert root_lesson(run, columns_of(run), 3) is None
    anew = Run(adagrad, epochs=90, fork=Fork(average, 40, keeps_memory=False))
    of_its_own = Run(adagrad, epochs=90, fork=Fork(Run(adagrad, epochs=60), 40))
    assert has_root_lesson(anew)
    assert has_root_lesson(of_its_own)


@pytest.mark.parametrize(("begins", "has_lesson"), [("", True), ("v_0 = 1\n", False)])
def test_a_sum_with_an_initial_value_says_nothing_of_the_size_of_gradients(begins, has_lesson):
    lines = "v_t = v + g**2\nw_next = w - eta/sqrt(v_t)*g if root\nw_next = w - eta/v_t*g if not root"
    assert has_root_lesson(Run(own_rule("Mine", begins + lines)())) == has_lesson
