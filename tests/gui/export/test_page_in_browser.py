"""An exported page in a real browser: without a request or a fault, by keys, light and dark, on a phone."""

import base64
import csv
import io
import json
from dataclasses import replace
from itertools import product

import pytest
from PySide6.QtGui import QImage

from gdsim.core.analysis.update import update_of
from gdsim.core.analysis.worked import worked
from gdsim.core.files.record_csv import computing_record
from gdsim.core.formulas.numerals import read_number
from gdsim.core.language.translations import read_language
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.page.writing import page_of, writing_page
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import own_rule
from tests.chromium import EXECUTABLE, Chromium
from tests.core.records import computed, scene
from tests.gui.export.page_script import data_of
from tests.gui.windows import pixels_of

pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason="there is no Chromium here")
# A frame of 30 a second.
FRAME_MS = 1000.0 / 30.0
SHIFT = 8
NAME = "another-start"


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "a page.html"
    run_to_end(writing_page(path, scene(NAME)))
    return path


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with Chromium(tmp_path_factory.mktemp("profile"), "--enable-unsafe-swiftshader") as browser:
        yield browser


@pytest.fixture
def empty(chromium):
    """A browser with an empty page that nobody has used."""
    chromium.begin()
    return chromium


@pytest.fixture
def browser(empty, file):
    empty.open(file)
    yield empty
    assert empty.complaints == []
    assert empty.requests == [file.as_uri()]


def clock(browser):
    return browser.value("document.getElementById('clock').textContent")


def pixels(browser, canvas):
    """Return the colours that a canvas has, as a count."""
    return browser.value(
        f"""(() => {{ const canvas = document.getElementById('{canvas}');
        const copy = document.createElement('canvas'); copy.width = canvas.width; copy.height = canvas.height;
        const context = copy.getContext('2d'); context.drawImage(canvas, 0, 0);
        const data = new Uint32Array(context.getImageData(0, 0, copy.width, copy.height).data.buffer);
        return new Set(data).size; }})()"""
    )


def test_every_picture_is_drawn_in_a_thirtieth_of_a_second(browser):
    for canvas in ("surface", "map"):
        assert pixels(browser, canvas) > 200
    assert pixels(browser, "curves") > 20
    costs = browser.value(
        """(() => { const costs = []; for (let n = 0; n < 60; n++) {
        const begun = performance.now(); state.place = 16 * n; draw();
        costs.push(performance.now() - begun); }
        return costs; })()"""
    )
    assert sorted(costs)[len(costs) // 2] < FRAME_MS


def test_webgl_draws_where_it_is_asked_to(empty, file):
    empty.open(file, "#webgl")
    if not empty.value("Boolean(document.createElement('canvas').getContext('webgl'))"):
        pytest.skip("this Chromium has no WebGL without a graphics device")
    assert empty.value("surface.usesGraphics")
    before = pixels(empty, "surface")
    assert before > 200
    empty.value("goTo(300)")
    empty.pictures(2)
    assert pixels(empty, "surface") != before
    assert empty.complaints == []


def test_it_is_light_or_dark_as_the_person_prefers_and_is_drawn_anew_on_paper(browser):
    """Of the two canvases of the surface, Chromium prints the upper one only."""
    ground = "getComputedStyle(document.body).backgroundColor"
    browser.set_scheme("dark")
    dark, curve = browser.value(ground), browser.value("document.getElementById('curves').toDataURL()")
    browser.set_scheme("light")
    assert (browser.value(ground), dark) == ("rgb(244, 246, 249)", "rgb(18, 21, 27)")
    assert browser.value("document.getElementById('curves').toDataURL()") != curve
    shape = "[...document.querySelectorAll('canvas')].map((one) => [one.width, one.height])"
    on_screen, lines = browser.value(shape), pixels(browser, "surface-lines")
    browser.value("window.dispatchEvent(new Event('beforeprint'))")
    assert pixels(browser, "surface-lines") > 2 * lines
    boxes = browser.value(
        "[...document.querySelectorAll('canvas')].map((one) => one.getBoundingClientRect())"
        ".map((one) => [Math.round(one.width), Math.round(one.height)])"
    )
    assert browser.value(shape) == boxes != on_screen
    assert browser.value("document.body.offsetWidth") == round(18 / 2.54 * 96)
    browser.value("window.dispatchEvent(new Event('afterprint'))")
    assert browser.value(shape) == on_screen
    assert pixels(browser, "surface-lines") == lines


def test_a_german_page_speaks_german(tmp_path, empty):
    path = tmp_path / "seite.html"
    run_to_end(writing_page(path, scene(NAME), language=read_language("de")))
    empty.open(path)
    assert clock(empty) == "Schritt 0 von 1\N{NARROW NO-BREAK SPACE}000"
    empty.press("End")
    assert "Dieser Schritt" in empty.value("document.getElementById('step-title').textContent")
    step = empty.value("document.getElementById('step').textContent")
    assert "die Summe über 2 Punkte" in step
    assert "gefallen" in step or "gestiegen" in step or "gleich geblieben" in step
    empty.value("document.getElementById('place').dispatchEvent(new Event('input'))")
    table = empty.value("document.getElementById('runs').textContent")
    assert "Gradientenabstieg" in table
    assert "." not in table
    empty.press(" ")
    assert empty.value("document.getElementById('play').getAttribute('aria-label')") == "Anhalten"
    assert empty.value("document.documentElement.lang") == "de"
    empty.set_size(400, 800)
    lines = empty.value(
        """[...document.querySelectorAll("td.name")].map((cell) => {
        const words = document.createRange(); words.selectNodeContents(cell);
        return [cell.textContent, new Set([...words.getClientRects()].map((one) => one.top)).size]; })"""
    )
    assert ["Gradientenabstieg", 1] in lines, "a word is whole on a phone"
    assert empty.complaints == []
    assert empty.requests == [path.as_uri()]


def test_every_minimum_that_is_known_has_a_cross_and_is_told(tmp_path, empty):
    himmelblau, maps = scene("himmelblau"), []
    # Of a function that is not in the gallery only the minimum that was found is known.
    for count, more in ((4, ""), (1, " + 0")):
        path = tmp_path / f"{count}.html"
        function = FunctionObjective(himmelblau.objective.text + more)
        run_to_end(writing_page(path, replace(himmelblau, runs=(), objective=function)))
        empty.open(path)
        hint = empty.value("document.getElementById('map-hint').textContent")
        assert hint.count("w\N{NO-BREAK SPACE}=") == count
        assert ("The loss is as low at the other crosses: w" in hint) == (count > 1)
        drawn = empty.value("document.getElementById('map').toDataURL().split(',')[1]")
        maps.append(pixels_of(QImage.fromData(base64.b64decode(drawn))))
    changed = (maps[0] != maps[1]).any(axis=-1)
    assert 3 * 60 < changed.sum() < 3 * 150


def test_the_keys_are_those_of_the_window(browser):
    assert clock(browser) == "step 0 of 1,000"
    for key, wanted in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 1000), ("Home", 0)):
        browser.press(key)
        assert clock(browser) == f"step {wanted:,} of 1,000"
    browser.press(" ")
    assert browser.value("document.getElementById('play').getAttribute('aria-label')") == "Pause"
    browser.value(
        "new Promise((done) => { const look = () => state.place ? done(1) : setTimeout(look, 5); look(); })"
    )
    browser.press(" ")
    assert browser.value("state.playing") == 0
    speed = browser.value("document.getElementById('speed').selectedIndex")
    browser.press("]")
    assert browser.value("document.getElementById('speed').selectedIndex") == speed + 1
    browser.press("[", modifiers=3)  # AltGr and 8 of a German keyboard on Windows
    assert browser.value("document.getElementById('speed').selectedIndex") == speed
    turned = "document.getElementById('surface').toDataURL()"
    stands, before = clock(browser), browser.value(f"window.atHome = {turned}")
    browser.value("document.getElementById('surface-box').focus()")
    browser.press("ArrowUp", SHIFT)
    assert browser.value(turned) != before
    assert clock(browser) == stands
    browser.press("0")
    assert browser.value(turned) != before, "while it turns it is coarse"
    browser.value(
        f"new Promise((done) => {{ const look = () => {turned} === atHome ? done(1) : setTimeout(look, 5);"
        "look(); })"
    )


def test_every_control_has_a_name_and_is_reached_by_tab_on_a_screen_of_any_width(browser):
    reached = []
    while len(reached) < 40:
        browser.press("Tab")
        if browser.value("document.activeElement === document.body"):  # it has come round
            break
        reached.append(
            browser.value(
                "(() => { const one = document.activeElement; const label = one.closest('label');"
                "return [one.id, one.getAttribute('aria-label') || (label || one).textContent]; })()"
            )
        )
    assert {"surface-box", "curve", "selected", "digits", "play", "place", "speed"} <= {
        one[0] for one in reached
    }
    assert all(name.strip() for _, name in reached)
    for width in (320, 390, 768, 1280):
        browser.set_size(width, 700)
        assert browser.value("document.documentElement.scrollWidth") <= width
    browser.value("document.querySelectorAll('#step, .scrolled').forEach((one) => one.style.width = '9rem')")
    browser.pictures(2)
    scrolled = browser.value(
        "[...document.body.querySelectorAll('*')].filter((one) => "
        "/auto|scroll/.test(getComputedStyle(one).overflow) "
        "&& (one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth))"
        ".map((one) => [one.id || one.className, one.tabIndex])"
    )
    assert {name for name, _ in scrolled} >= {"step", "scrolled"}
    assert all(index == 0 for _, index in scrolled)


TYPED = """
    n = norm(g)
    v_t = 0.5*2**t*v/t**2 + log1p(abs(g))*(w - 1e-3)**2/n
    w_next = w - eta*where(g > 0, v_t, -v_t)/(1 + v_t**2)
"""


def noisy():
    """A function with slopes, by a typed rule and others: places for negative numbers, powers and choices."""
    typed = own_rule("Mine", TYPED)
    points = PointSet([-0.3, 0.2, 4e-7], [0.1, -0.4, 2e-6])
    how = {"batching": STOCHASTIC(), "start": (2.0, -1e-6), "epochs": 4}
    runs = (Run(typed(eta=1e-5), **how), Run(RULES["adam"](), name="Adam", **how))
    function = FunctionObjective("max(w, b)/(1 + w**2)**2 + (w - 1)**2/b")
    return Experiment(points, PointSet.empty(), runs, rules=(typed,), objective=function)


def test_the_table_has_the_numbers_of_the_csv_and_a_step_is_worked_out_as_the_window_does(browser):
    out = io.StringIO()
    run_to_end(computing_record(scene(NAME), out))
    rows = {(one["run"], one["step"]): one for one in csv.DictReader(io.StringIO(out.getvalue()))}
    browser.value("byId('digits').selectedIndex = 5, byId('digits').dispatchEvent(new Event('change'))")
    for step in (0, 1, 17, 500, 1000):
        browser.value(f"goTo({step})")
        browser.pictures(2)
        table = browser.value(
            "[...byId('runs').tBodies[0].rows].map((row) => [...row.cells].map((one) => one.textContent))"
        )
        assert len(table) == len(scene(NAME).runs)
        for _, _, name, _, epoch, w, b, loss in table:
            wanted = rows[name, str(step)]
            assert read_number(epoch.replace(",", "")) == int(wanted["epoch"])
            for shown, key in ((w, "w"), (b, "b"), (loss, "loss")):
                assert float(read_number(shown)) == float(wanted[key])
    for experiment in (noisy(), scene(NAME), scene("sam")):
        asked, wanted = [], []
        for index, (run, record) in enumerate(zip(experiment.runs, computed(experiment), strict=True)):
            for t, digits in product({1, 2, min(11, record.last_step)}, (4, None)):
                asked.append(f"workedStep(page, page.runs[{index}], {t}, {digits or 'undefined'})")
                wanted.append(worked(update_of(experiment, run, record.whole, t), digits))
        made = browser.value(
            f"((page) => [{', '.join(asked)}].map((step) => step.parameters"
            ".map((one) => one.lines.map((line) => [line.symbols, line.numbers, line.result]))))"
            f"(readPage({json.dumps(data_of(run_to_end(page_of(experiment))))}))"
        )
        assert made == [
            [[[line.symbols, line.numbers, line.result] for line in one.lines] for one in step.parameters]
            for step in wanted
        ]
