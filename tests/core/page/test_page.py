"""An exported page: its numbers are the record's, it asks for nothing, and no text of a person is markup."""

import base64
import csv
import hashlib
import io
import json
import re
from dataclasses import replace
from functools import lru_cache
from html.parser import HTMLParser

import numpy as np
import pytest

from gdsim.core.files.link import read_link
from gdsim.core.files.record_csv import computing_record
from gdsim.core.language.translations import read_language
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.map_overlays import NOTHING_DRAWN, CutWay, MapOverlays
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.objective_edits import use_function
from gdsim.core.model.plane import Slice
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.page import writing
from gdsim.core.page.drawn import drawn_at
from gdsim.core.page.numbers import PageNumbers
from gdsim.core.page.words import sentences_of_frame, sentences_of_program
from gdsim.core.page.writing import page_of, source_of_page, writing_page
from gdsim.core.progress import run_to_end
from gdsim.core.resources import resource
from gdsim.core.rules.catalogue import RULES
from gdsim.core.surface.cut import cut_name
from gdsim.core.surface.sampling import surface_of
from tests.core.records import FIRST_NEURON, computed, scene
from tests.every import every

LARGEST_PAGE = 1_500_000


class Parsed(HTMLParser):
    """The elements of a page, and the text in each kind of them."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.attributes, self._open = [], {}, [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if self._open:
            self.texts.setdefault(self._open[-1], []).append(data)


def page(experiment):
    return run_to_end(page_of(experiment))


@lru_cache
def short_scene(name):
    """Return a scene with short runs, because each step takes its time; those with forks keep theirs."""
    experiment = scene(name)
    runs = experiment.runs
    if not any(run.fork for run in runs):
        runs = tuple(replace(run, epochs=min(run.epochs, 50)) for run in runs)
    return replace(experiment, runs=runs)


@lru_cache
def scene_page(name):
    return page(short_scene(name))


def data_of(text):
    return json.loads(re.search(r'<script id="data"[^>]*>(.*?)</script>', text, re.DOTALL)[1])


def column(data, reference, rows):
    if "is" in reference:
        return [np.nan if reference["is"] is None else reference["is"]] * rows
    numbers = np.frombuffer(base64.b64decode(data["numbers"]), "<f8")
    return numbers[reference["at"] : reference["at"] + rows].tolist()


def rows_of_csv(experiment):
    out = io.StringIO()
    run_to_end(computing_record(experiment, out))
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def assert_like_csv(text, experiment):
    data, lines, place = data_of(text), rows_of_csv(experiment), 0
    for run in data["runs"]:
        rows, updates = run["rows"], run["rows"] - 1
        mine = lines[place : place + rows]
        place += rows
        assert [int(one["step"]) for one in mine] == list(range(run["first"], run["first"] + rows))

        def same(name, reference, *, of_updates, mine=mine, rows=rows, updates=updates):
            texts = [one[name] for one in (mine[1:] if of_updates else mine)]
            values = column(data, reference, updates if of_updates else rows)
            assert texts == ["" if np.isnan(value) else repr(value) for value in values], name

        same("loss", run["loss"], of_updates=False)
        same("eta", run["eta"], of_updates=True)
        same("gamma", run["gamma"], of_updates=True)
        for index, name in enumerate(parameter_names(experiment.points.dimension)):
            same(name, run["p"][index], of_updates=False)
            same(f"grad_{name}", run["values"][run["gradient"]][index], of_updates=True)
            for line in run["lines"]:
                if line["target"].endswith("_t"):
                    letter = line["target"].removesuffix("_t")
                    same(f"{letter}_{name}", run["values"][line["target"]][index], of_updates=True)
    assert place == len(lines)


SCENES = ["another-start", "four-inputs", "mini-batch", "what-if", "sam", "own-rule"]
SCENES += ["valley", "annealing"]


@every("name", SCENES)
def test_the_numbers_are_those_of_the_csv_to_the_last_digit(name):
    assert_like_csv(scene_page(name), short_scene(name))


@every("held", [None, (0.5, -0.25, 1.0)])
def test_a_page_draws_the_plane_of_the_scene(held):
    experiment = replace(short_scene("four-inputs"), slice=Slice((1, 3), held))
    data = data_of(page(experiment))
    plane, run = data["plane"], experiment.runs[0]
    surface = surface_of(experiment, experiment.slice.plane(run.start))
    assert data["parameters"] == ["w₁", "w₂", "w₃", "w₄", "b"]
    assert (plane["axes"], plane["others"], plane["follows"]) == ([1, 3], 3, held is None)
    assert plane["lowest"]["loss"] == surface.lowest.loss
    assert (plane["low"], plane["high"]) == surface.heights[:2]


@every(("text", "kind"), [("1/w", "next to it the loss falls without end"), ("log(-1 - w**2)", None)])
def test_a_page_of_a_function_without_a_minimum_tells_of_none(text, kind):
    experiment = use_function(replace(scene("first-neuron"), runs=()), FunctionObjective(text))
    low = data_of(page(experiment))["plane"]["lowest"]
    assert low is None if kind is None else kind in low["kind"]


def test_every_known_minimum_of_a_function_is_on_its_page():
    plane = data_of(page(short_scene("himmelblau")))["plane"]
    places = [[plane["lowest"]["w"], plane["lowest"]["b"]], *plane["asLow"]]
    known = [(3.0, 2.0), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848127)]
    assert np.array(sorted(places)) == pytest.approx(np.array(sorted(known)), abs=1e-5)
    assert data_of(scene_page("valley"))["plane"]["asLow"] == []


def test_the_numbers_of_a_function_and_of_a_run_that_diverges():
    function = FunctionObjective("(1-w)**2 + 100*(b-w**2)**2")
    steep = Run(RULES["gd"](eta=1.0), start=(0.0, 6.0), epochs=50)
    calm = Run(RULES["adam"](eta=0.01), start=(-1.0, 1.0), epochs=50)
    experiment = Experiment(PointSet([0.0], [0.0]), PointSet.empty(), (steep, calm), objective=function)
    assert_like_csv(page(experiment), experiment)


def test_zeros_keep_their_signs():
    """As in the table, where a gradient that is lost in rounding may be 0 or -0."""
    numbers, zeros = PageNumbers(), [[0.0, -0.0, 0.0], [-0.0, -0.0, -0.0], [0.0, 0.0, 0.0]]
    kept = [numbers.keep(one) for one in zeros]
    data = {"numbers": numbers.to_text()}
    assert [str(column(data, one, 3)) for one in kept] == list(map(str, zeros))


def test_six_runs_of_a_thousand_steps_are_small():
    adam = Run(RULES["adam"](), start=(-2.0, 3.0), epochs=1000)
    runs = tuple(replace(adam, optimizer=RULES["adam"](eta=0.1 * place)) for place in range(1, 7))
    assert len(page(Experiment(FIRST_NEURON, PointSet.empty(), runs)).encode()) <= LARGEST_PAGE


@every("name", SCENES)
def test_a_page_asks_for_nothing(name):
    text = scene_page(name)
    parsed = Parsed(text)
    assert set(parsed.tags).isdisjoint({"img", "iframe", "object", "embed", "base", "form", "audio", "video"})
    assert not [value for key, value in parsed.attributes if key in ("src", "srcset", "action")]
    links = [value for key, value in parsed.attributes if key == "href"]
    assert all(link == "data:," or link.startswith("gdsim:1,") for link in links)
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|WebSocket|sendBeacon|import\(", text)


def test_the_policy_lets_its_own_program_and_style_run_and_nothing_else():
    text = scene_page("valley")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    for kind in ("script", "style"):
        source = re.search(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")


GERMAN = read_language("de")


@pytest.mark.parametrize("name", ["what-if", "four-inputs"])
def test_a_page_in_another_language_has_other_words_and_the_same_numbers(name):
    experiment = short_scene(name)
    english, german = scene_page(name), run_to_end(page_of(experiment, language=GERMAN))
    assert '<html lang="en">' in english
    assert '<html lang="de">' in german
    assert page(experiment) == english  # the language ends with the page
    one, other = Parsed(english), Parsed(german)
    assert one.tags == other.tags
    links = [[value for key, value in parsed.attributes if key == "href"] for parsed in (one, other)]
    assert links[0] == links[1]
    before, after = data_of(english), data_of(german)
    assert before["numbers"] == after["numbers"]
    assert before["language"] == {"sign": ".", "thousands": ",", "words": {}}
    assert after["language"]["sign"] == ","
    for run, german_run in zip(before["runs"], after["runs"], strict=True):
        for key in ("rows", "p", "loss", "values", "eta", "gamma", "style"):
            assert run[key] == german_run[key], key


def test_a_german_page_says_nothing_in_english():
    experiment = short_scene("valley")
    german = run_to_end(page_of(experiment, language=GERMAN))
    kept = {"gdsim", "Momentum", "JavaScript", "Gradient"}
    frame = resource("page", "page.html").read_text(encoding="utf-8")
    said = {*sentences_of_program(source_of_page()), *sentences_of_frame(frame)}
    assert len(said) > 60
    for sentence in said - kept:
        assert GERMAN.find(sentence), sentence
    # What the frame says goes through the catalogue: no word stands there plainly.
    plain = re.sub(r"\{\{.*?\}\}|<style>.*?</style>|<[^>]*>", " ", frame)
    assert re.findall(r"[A-Za-z]{3,}", plain) == []
    assert "Minimum im Bereich" in data_of(german)["plane"]["lowest"]["kind"]
    assert "beginnt bei w\u00a0=\u00a0" in german  # no line ends within
    low = data_of(german)["plane"]["lowest"]
    assert isinstance(low["w"], float)  # a number stays a number


def test_texts_of_persons_are_texts():
    bad = '</script><script>alert("1")</script><img src=x> {{data}} &amp;'
    valley = short_scene("valley")
    runs = tuple(replace(run, name=bad) for run in valley.runs)
    usual = Parsed(scene_page("valley"))
    text = page(replace(valley, title=bad, about=f"{bad}\n\n{bad}", runs=runs))
    parsed = Parsed(text)
    assert parsed.texts["title"] == parsed.texts["h1"] == [bad]
    extra = ["p"] * (2 - len([one for one in valley.about.splitlines() if one.strip()]))
    assert sorted(parsed.tags) == sorted([*usual.tags, *extra])
    assert data_of(text)["runs"][0]["name"] == bad


def test_the_link_on_the_page_is_that_of_the_scene():
    valley = short_scene("valley")
    parsed = Parsed(scene_page("valley"))
    links = [value for key, value in parsed.attributes if key == "href"]
    assert read_link(links[-1]) == valley
    assert "".join(parsed.texts["code"]) == links[-1].removeprefix("gdsim:")


def test_a_scene_too_large_for_a_link_has_a_page():
    x = np.random.default_rng(1).normal(size=20_000)
    many = Experiment(PointSet(x, x), PointSet.empty(), (Run(epochs=2),))
    text = page(many)
    assert "too large for a link" in text
    assert len(text) < LARGEST_PAGE


def test_longer_runs_than_a_page_holds_are_cut_and_it_says_so(monkeypatch):
    monkeypatch.setattr(writing, "_MOST_NUMBERS", 2_000)
    text = page(scene("first-neuron"))
    data = data_of(text)
    assert {run["cut"] for run in data["runs"]} == {True}
    assert len(base64.b64decode(data["numbers"])) <= 8 * 2_000
    assert text.count("The page holds no later steps.") == len(data["runs"])


def test_it_tells_how_far_it_is_and_leaves_nothing_when_it_is_stopped(tmp_path):
    path = tmp_path / "a.html"
    work = writing_page(path, scene("another-start"))
    shares = [next(work) for _ in range(5)]
    work.close()
    assert list(tmp_path.iterdir()) == []
    shares += writing_page(path, scene("valley"))
    assert all(0.0 <= share <= 1.0 for share in shares)
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert list(tmp_path.iterdir()) == [path]


def test_the_shares_rise():
    shares = list(page_of(scene("valley")))
    assert shares == sorted(shares)
    assert len(shares) > 10


def test_a_scene_without_runs_has_a_page():
    data = data_of(page(replace(short_scene("valley"), runs=())))
    assert data["runs"] == []


def test_what_the_scene_draws_is_drawn_on_the_page():
    plain = scene("newton-uphill")
    plain = replace(plain, drawn=NOTHING_DRAWN)
    bare = data_of(page(plain))
    assert bare["field"] == []
    assert bare["plane"]["cut"] == ""
    assert not any(key in run for run in bare["runs"] for key in ("way", "bend"))
    terms, (record, *_) = surface_of(plain, plain.slice.plane(plain.runs[0].start)).terms, computed(plain)
    p = record.whole.p
    ways = {
        CutWay.W: np.tile([1.0, 0.0], (len(p), 1)),
        90: np.tile([0.0, 1.0], (len(p), 1)),
        CutWay.STEP: np.diff(p, axis=0, append=2.0 * p[-1:] - p[-2:-1]),
        CutWay.DOWN: -terms.derivatives(p)[0],
    }
    for cut, expected in ways.items():
        drawn = MapOverlays(lens=True, field=True, cut=cut)
        data = data_of(page(replace(plain, drawn=drawn)))
        assert data["plane"]["cut"] == cut_name(cut, ("w", "b"))
        run = data["runs"][0]
        found = np.transpose([column(data, one, len(p)) for one in run["way"]])
        np.testing.assert_allclose(found, expected, atol=1e-12)
        bend = np.transpose([column(data, one, len(p)) for one in run["bend"]])
        hessian = plain.training.hessian(p)
        np.testing.assert_allclose(bend, hessian.reshape(-1, 4)[:, [0, 1, 3]], rtol=1e-9)
    places, slopes = np.array(data["field"])[:, :2], np.array(data["field"])[:, 2:]
    np.testing.assert_allclose(slopes, plain.training.gradient(places), rtol=1e-9, atol=1e-300)


def test_what_is_drawn_along_a_long_run_is_computed_in_pieces():
    """Each takes some milliseconds, so that it can be stopped, and has the numbers of all at once."""
    points = PointSet(np.linspace(-3.0, 3.0, 2000), np.linspace(0.1, 0.9, 2000) ** 2)
    plain = replace(scene("valley"), points=points, drawn=MapOverlays(lens=True, cut=CutWay.DOWN))
    surface = surface_of(plain, plain.slice.plane(plain.runs[0].start))
    p = np.column_stack([np.linspace(-2.0, 6.0, 400), np.linspace(4.0, -5.0, 400)])
    numbers = PageNumbers()
    shares = []
    found = run_to_end(drawn_at(plain, surface, p, numbers), shares.append)
    assert len(shares) > 8
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    data = {"numbers": numbers.to_text()}
    way, bend = (np.transpose([column(data, one, len(p)) for one in found[key]]) for key in ("way", "bend"))
    np.testing.assert_allclose(way, -surface.terms.derivatives(p)[0], rtol=1e-12)
    np.testing.assert_allclose(bend, plain.training.hessian(p).reshape(-1, 4)[:, [0, 1, 3]], rtol=1e-9)


def test_a_run_without_a_step_is_cut_where_it_starts():
    run = Run(RULES["gd"](eta=1e9), start=(3e99, 1.0), epochs=3)
    plain = replace(scene("valley"), objective=FunctionObjective("w**4 + b**4"), runs=(run,))
    assert len(computed(plain)[0].whole.p) == 1
    for cut, expected in {CutWay.W: [1.0, 0.0], 90: [0.0, 1.0], CutWay.STEP: [0.0, 0.0]}.items():
        data = data_of(page(replace(plain, drawn=MapOverlays(cut=cut))))
        found = [column(data, one, 1)[0] for one in data["runs"][0]["way"]]
        np.testing.assert_allclose(found, expected, atol=1e-12)
