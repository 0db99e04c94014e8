"""The program of an exported page writes numbers and steps as the window does, in the window's colours."""

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdsim.core.analysis.shown_numbers import measured, measured_apart, scheduled
from gdsim.core.analysis.update import update_of
from gdsim.core.analysis.worked import worked
from gdsim.core.analysis.worked_text import sum_over
from gdsim.core.formulas import numerals
from gdsim.core.formulas.nice_ticks import log_texts
from gdsim.core.formulas.numerals import with_power
from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.run_style import styles_of
from gdsim.core.page.words import words_for
from gdsim.core.page.writing import page_of, source_of_page
from gdsim.core.progress import run_to_end
from gdsim.core.resources import resource
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import own_rule
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.core.surface.contour_tones import contour_tones
from gdsim.gui.style.colours import colour_table
from gdsim.gui.style.theme import DARK, LIGHT, THEMES, run_styles
from tests.core.records import computed, scene
from tests.every import WHOLE
from tests.gui.answered import answer_file_dialogs
from tests.gui.export.page_script import PageScript, data_of

# Halves, quarters, ... are in the middle between two texts more often than others.
TIES = st.builds(lambda n, k: n / 2.0**k, st.integers(-(10**6), 10**6), st.integers(0, 12))
NUMBERS = TIES | st.floats(allow_nan=True, allow_infinity=True)
DIGITS = st.sampled_from([1, 2, 3, 4, 5, 6, 8, 12, 17])


@pytest.fixture(scope="module")
def script(qapp):
    return PageScript("words", "numerals", "steps", "record", "style", "chart", "curves")


def source_of(value):
    named = {math.inf: "Infinity", -math.inf: "-Infinity"}
    return "NaN" if math.isnan(value) else named.get(value) or repr(value)


def written(value, digits, more):
    return numerals.precise(value), numerals.rounded(value, digits), numerals.with_trailing_zeros(value, more)


@settings(max_examples=400 if WHOLE else 100, deadline=None)
@given(value=NUMBERS, digits=DIGITS)
def test_numbers_are_written_digit_for_digit(script, value, digits):
    one = source_of(value)
    found = script.value(
        f"[measured({one}, {digits}), measured({one}, 0), scheduled({one}, {digits}), scheduled({one}, 0)]"
    )
    texts = measured(value, digits), measured(value, None), scheduled(value, digits), scheduled(value, None)
    assert found == [*map(with_power, texts)]
    if math.isfinite(value):
        assert script.value(f"[precise({one}), rounded({one}, {digits}), steady({one}, {digits})]") == [
            *map(with_power, written(value, digits, digits))
        ]


@settings(max_examples=200 if WHOLE else 50, deadline=None)
@given(value=NUMBERS, share=st.sampled_from([0.0, 1e-16, 1e-9, 1e-4, 0.3]), digits=DIGITS)
def test_numbers_are_told_apart_alike(script, value, share, digits):
    other = value * (1.0 + share)
    for blur, text in ((0.25, "0.25"), (math.inf, "Infinity")):
        source = f"toldApart({source_of(value)}, {source_of(other)}, {digits}, {text})"
        assert script.value(source) == [*map(with_power, measured_apart(value, other, digits, blur))]


def test_an_axis_of_powers_is_written_as_in_the_window(script):
    for powers in ([-4, -2, 0, 2], [-5, -3, -1, 1], [-1, 0, 1], [3, 5, 7], []):
        assert script.value(f"powerTexts({powers})") == log_texts(powers)


GERMAN = read_language("de")


@pytest.fixture
def german(script):
    """Let the program say things as on a German page."""
    with speaking(GERMAN):
        script.run(f"speak({json.dumps(words_for(source_of_page()))})")
        yield
    script.run("speak({ sign: '.', thousands: ',', words: {} })")


def test_numbers_have_the_signs_of_the_language(script, german):
    for value in (0.5, -1234.5678, 1e-9, 2.5e20, 0.0001, 123456.0):
        found = script.value(f"[precise({value}), rounded({value}, 3), steady({value}, 6)]")
        assert found == [*map(with_power, written(value, 3, 6))]
        assert "." not in "".join(found)
        assert script.value(f"readNumber(precise({value}))") == value
    assert script.value("counted(1234567)") == numerals.integer_text(1234567)
    assert script.value("said('step {place} of {last}', { place: 1, last: 2 })") == "Schritt 1 von 2"


def test_a_german_step_is_worked_out_as_in_a_german_window(script, german):
    for experiment in (*map(scene, ("annealing", "mini-batch", "own-rule")), searched()):
        experiment = shortened(experiment, 20)  # noqa: PLW2901 - rates change by then
        data = data_of(run_to_end(page_of(experiment, language=GERMAN)))
        script.run(f"var page = readPage({json.dumps(data)})")
        for index, (run, record) in enumerate(zip(experiment.runs, computed(experiment), strict=True)):
            update = update_of(experiment, run, record.whole, record.last_step)
            for digits in (4, None):
                step = script.value(
                    f"workedStep(page, page.runs[{index}], {record.last_step}, {digits or 0})"
                )
                assert_same(step, worked(update, digits))


def function():
    objective = FunctionObjective("(1-w)**2 + 100*(b-w**2)**2")
    rules = [RULES["gd"](eta=1.0), RULES["adam"](eta=0.01)]
    runs = tuple(Run(rule, start=(-1.0, 6.0), epochs=40) for rule in rules)
    return Experiment(PointSet([0.5, -0.25], [0.1, 0.0]), PointSet.empty(), runs, objective=objective)


def searched():
    """Return runs whose rates or directions are found at each step, over four inputs."""
    rng = np.random.default_rng(5)
    points = PointSet(rng.uniform(-2.0, 2.0, (6, 4)), rng.uniform(0.1, 0.9, 6))
    start = (0.4, -0.3, 0.2, 0.1, 0.5)
    runs = [
        Run(RULES["gd"](eta=0.5), search=SEARCHES[search](), start=start, epochs=5) for search in SEARCHES
    ]
    runs += [Run(rule(), start=start, epochs=5) for rule in SECOND_ORDER_RULES.values()]
    return Experiment(points, PointSet.empty(4), tuple(runs))


def named_as_in_every_object():
    """Return a run of a rule whose names are those of properties that all objects of JavaScript have."""
    rule = own_rule(
        "Mine", "valueOf_t = toString*valueOf + g\nconstructor = eta*valueOf_t\nw_next = w - constructor"
    )
    return Experiment(
        PointSet([0.5, 2.5], [0.2, 0.9]), PointSet.empty(), (Run(rule(), epochs=5),), rules=(rule,)
    )


MADE = {"function": function, "searched": searched, "named as in every object": named_as_in_every_object}
SCENES = ["annealing", "momentum-schedule", "own-rule", "sam", "validation", "what-if"]
# Their rules are what matters, and their rates stay what they are: the first steps will do.
RULES_OF_SCENES = ["another-start", "bias-correction", "four-inputs", "lookahead"]


def shortened(experiment, epochs):
    runs = tuple(replace(run, epochs=min(run.epochs, epochs)) for run in experiment.runs)
    return experiment if WHOLE else replace(experiment, runs=runs)


@pytest.mark.parametrize("name", [*MADE, *SCENES, *RULES_OF_SCENES])
def test_a_step_is_worked_out_as_in_the_window(script, name):
    experiment = MADE[name]() if name in MADE else scene(name)
    if name in RULES_OF_SCENES:
        experiment = shortened(experiment, 100)
    script.run(f"var page = readPage({json.dumps(data_of(run_to_end(page_of(experiment))))})")
    for index, (run, record) in enumerate(zip(experiment.runs, computed(experiment), strict=True)):
        last = record.last_step
        steps = sorted({1, 2, last // 3, last // 2, last}.intersection(range(1, last + 1)))
        for place, t in enumerate(steps, index):
            update = update_of(experiment, run, record.whole, t)
            for digits in (4, None) if WHOLE else ((4, None)[place % 2],):
                step = script.value(f"workedStep(page, page.runs[{index}], {t}, {digits or 0})")
                assert_same(step, worked(update, digits))


def assert_same(step, window):
    lines = [
        [(one["part"], one["symbols"], one["numbers"], one["result"]) for one in each["lines"]]
        for each in step["parameters"]
    ]
    assert lines == [[one[:4] for one in each.lines] for each in window.parameters]
    rates = [
        (
            rate["name"],
            rate["why"],
            [(one["letter"], one["symbols"], one["numbers"], one["result"]) for one in rate["lines"]],
        )
        for rate in step["rates"]
    ]
    assert rates == [(rate.name, rate.why, [tuple(one) for one in rate.lines]) for rate in window.rates]
    assert step["losses"] == [window.loss_before, window.loss_after]
    update = window.update
    sums = [sum_over(len(update.rows), update.objective, name) for name in ("w", "b")]
    assert (step["step"], step["sums"]) == (update.step, sums)
    assert not window.has_losses or step["trend"] == window.trend


@pytest.mark.parametrize("theme", THEMES.values(), ids=str)
def test_runs_look_as_in_the_window(script, theme):
    spare = [
        Run(),
        *(Run(colour=colour) for colour in (LIGHT.run_colours[2], DARK.spare_colours[1], "#123456")),
    ]
    runs = (*(Run(rule()) for rule in RULES.values()), *spare)
    for place, (run, style) in enumerate(zip(runs, run_styles(runs, theme), strict=True)):
        tree = json.dumps({"colour": run.colour, "style": styles_of(runs)[place]})
        found = script.value(f"[runColour({tree}, '{theme.name}'), runDash({tree}, 1), runMarker({tree})]")
        assert found == [style.colour, list(style.dash), style.marker]


def test_the_loss_has_the_colours_of_the_window(script):
    colours = script.value("Array.from({length: 256}, (_, place) => lossColour(place))")
    assert np.abs(np.array(colours) - colour_table()[:, :3]).max() <= 5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_contour_lines_stand_out_as_in_the_window(script, theme):
    grounds = script.value("Array.from({length: 256}, (_, place) => lossColour(place))")
    lines = script.value(
        f"Array.from({{length: 256}}, (_, place) => lineTone(lossColour(place), '{theme.name}'))"
    )
    assert lines == contour_tones(np.array(grounds, np.uint8), dark=theme.is_dark).tolist()


def test_the_page_has_the_colours_of_the_themes():
    style = resource("page", "page.css").read_text(encoding="utf-8")
    light, dark = style.split("prefers-color-scheme: dark", 1)
    for theme, text in ((LIGHT, light), (DARK, dark)):
        for name, colour in re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", text):
            assert colour == getattr(theme, name.replace("-", "_")), name


def test_the_command_writes_the_page_of_the_scene(qtbot, desk, tmp_path, late_patch):
    commands = desk.export.made
    answer_file_dialogs(late_patch, tmp_path / "a.html")
    commands.page()
    qtbot.waitUntil(lambda: not commands.work.is_busy, timeout=30_000)
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == run_to_end(page_of(desk.session.experiment))
    assert desk.notice.text() == "Saved as a.html."
    with speaking(GERMAN):  # in this thread, which asks for the page: its language is the page's
        answer_file_dialogs(late_patch, tmp_path / "b.html")
        commands.page()
    qtbot.waitUntil(lambda: not commands.work.is_busy, timeout=30_000)
    german = run_to_end(page_of(desk.session.experiment, language=GERMAN))
    assert (tmp_path / "b.html").read_text(encoding="utf-8") == german


@pytest.mark.parametrize(("losses", "has_log"), [([3.0, 0.0, 0.5], True), ([3.0, 1.0, -0.5], False)])
def test_a_loss_that_falls_below_0_has_no_logarithm(script, losses, has_log):
    page = f"{{numbers: {losses}, parameters: ['w', 'b'], runs: [{{rows: 3, loss: {{at: 0}}}}]}}"
    assert script.value(f"curveChoices({page})[0].logarithmic") is has_log
