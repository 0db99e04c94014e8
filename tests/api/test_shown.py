"""What a notebook shows: the figure, and tables of runs and scenes."""

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest

import gdsim
from gdsim.api.figure import _dots, _loss_colour, _path
from gdsim.core.model.run_style import ON_DARK, ON_LIGHT
from tests.every import every, some_of
from tests.gui.style.colours import contrast

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert('x')</script>&\"\x1b[31m"


@pytest.fixture(scope="module")
def valley():
    return gdsim.open_scene("valley")


def parsed(figure):
    return ET.fromstring(figure._repr_svg_())  # noqa: S314 - our own


def inner(root):
    """Return the map, which is a picture of its own in the figure."""
    return root.find(f"{SVG}svg")


def groups(root):
    return {group.find(f"{SVG}title").text: group for group in inner(root).findall(f"{SVG}g")}


def places(outline):
    return np.array([[float(x), float(y)] for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", outline)])


def scale(root):
    """Return what makes pixels of the map from w and b, by the numbers at its axes."""
    box = inner(root)
    left, top, height = (float(box.get(key)) for key in ("x", "y", "height"))
    ticks = [(one.text, float(one.get("x")), float(one.get("y"))) for one in root.findall(f"{SVG}text")]
    number = re.compile(r"−?[\d.]+")
    read = lambda text: float(text.replace("−", "-"))  # noqa: E731
    across = [(read(text), x - left) for text, x, y in ticks if number.fullmatch(text) and y > top + height]
    up = [(read(text), y - 4.5 - top) for text, x, y in ticks if number.fullmatch(text) and x < left]
    return np.polyfit(*zip(*across, strict=True), 1), np.polyfit(*zip(*up, strict=True), 1)


# ------------------------------------------------------------------------------- the figure


def test_a_path_goes_through_the_places_of_its_run(valley):
    root = parsed(valley.figure())
    of_w, of_b = scale(root)
    assert of_w[0] == pytest.approx(-of_b[0], rel=1e-3)  # to scale
    assert list(groups(root)) == list(valley)
    for name, group in groups(root).items():
        drawn, run = places(group.findall(f"{SVG}path")[0].get("d")), valley[name]
        wanted = np.column_stack([np.polyval(of_w, run.w), np.polyval(of_b, run.b)])
        # Every place of the run is drawn within half a pixel, and nothing else.
        apart = np.hypot(*(wanted[:, np.newaxis] - drawn).T)
        assert apart.min(axis=0).max() < 0.8
        assert apart.min(axis=1).max() < 0.8
        start, end = ((float(one.get("cx")), float(one.get("cy"))) for one in group.findall(f"{SVG}circle"))
        assert np.allclose([start, end], wanted[[0, -1]], atol=0.2)


@pytest.mark.parametrize(("theme", "colours"), [("light", ON_LIGHT), ("dark", ON_DARK)])
def test_runs_have_their_colours_and_dashes(valley, theme, colours):
    found = groups(parsed(valley.figure(theme=theme)))
    assert [one.get("stroke") for one in found.values()] == list(colours.own[:3])
    dashes = [one.find(f"{SVG}path").get("stroke-dasharray") for one in found.values()]
    assert dashes[0] is None
    assert dashes[1].split() == ["11.0", "4.4"]
    assert len(set(dashes)) == 3
    own = valley.with_run("Momentum", colour="#123456").figure(theme=theme)
    assert groups(parsed(own))["Momentum"].get("stroke") == "#123456"
    assert "#123456" not in valley.figure(theme=theme).svg


def test_only_the_runs_that_are_asked_for_are_drawn_up_to_a_step(valley):
    root = parsed(valley.figure(["nesterov"], step=5))
    assert list(groups(root)) == ["Nesterov"]
    of_w, _ = scale(root)
    end = groups(root)["Nesterov"].findall(f"{SVG}circle")[1]
    assert float(end.get("cx")) == pytest.approx(np.polyval(of_w, valley["Nesterov"].w[5]), abs=0.2)
    hidden = valley.with_run("Momentum", hidden=True)
    assert list(groups(parsed(hidden.figure()))) == ["Gradient descent", "Nesterov"]
    fork = gdsim.open_scene("what-if")
    assert list(groups(parsed(fork.figure(step=91)))) == ["Momentum"]  # the others begin at 92
    with pytest.raises(gdsim.NoSuchRun):
        valley.figure(["none"])


@every("name", some_of(gdsim.scenes(), 0, 6))
def test_every_scene_has_a_figure_of_moderate_size(name):
    scene = gdsim.open_scene(name)
    figure = scene.figure()
    root = parsed(figure)
    assert len(groups(root)) == len(scene)
    assert len(figure.svg) < 400_000
    assert root.find(f"{SVG}title").text
    for run in scene:
        assert f"{run} ends at w" in root.find(f"{SVG}desc").text


def test_other_losses_flat_ones_and_those_without_runs_are_drawn(valley):
    point = {"x": [0.0], "y": [0.0]}
    for scene in (
        valley.with_keys(function="w**2 + 3*b**2", points=point),
        valley.with_keys(function="1 + 0*w", points=point),
        valley.with_keys(function="log(w)", points=point),
        valley.with_keys(runs=[]),
        valley.with_keys(window={"w": [0, 1e6], "b": [0, 1e-3]}),
        valley.with_keys(loss={"kind": "cross-entropy"}, neuron={"activation": "identity"}),
    ):
        figure = scene.figure(size=(300, 900))
        assert len(groups(parsed(figure))) == len(scene)
        assert "nan" not in figure.svg
        assert "inf" not in figure.svg


def test_the_minimum_is_marked_where_it_is_one(valley):
    marks = [one for one in inner(parsed(valley.figure())) if one.find(f"{SVG}title") is not None]
    assert "minimum" in [one.find(f"{SVG}title").text for one in marks]
    assert ">minimum<" not in valley.with_keys(window={"w": [-2, 0], "b": [0, 8]}).figure().svg


def test_texts_of_a_scene_are_text_in_the_figure(valley, tmp_path):
    figure = valley.with_keys(title=HOSTILE).with_run(0, name=HOSTILE).figure()
    root = parsed(figure)
    assert not list(root.iter(f"{SVG}script"))
    shown = HOSTILE.replace("\x1b", r"\x1b")
    assert root.find(f"{SVG}title").text == shown
    assert shown[:30] in "".join(root.itertext())
    figure.save(tmp_path / "own.svg")
    assert (tmp_path / "own.svg").read_text(encoding="utf-8") == figure.svg
    assert "id=" not in figure.svg  # a page may have several figures
    assert "<figure: " in repr(figure)


def test_a_path_leaves_out_only_what_is_drawn_already():
    there = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]])
    back_and_forth = np.concatenate([there, there[::-1], there + 0.01])
    assert len(places(_path(back_and_forth))) == 3
    walk = np.cumsum(np.random.default_rng(1).normal(0, 4, (400, 2)), axis=0)
    outline = _path(walk)
    drawn = [places(part) for part in re.split("(?=M)", outline)[1:]]
    segments = np.concatenate([np.column_stack([part[:-1], part[1:]]) for part in drawn])
    wanted = np.column_stack([walk[:-1], walk[1:]])
    nearest = np.abs(wanted[:, np.newaxis] - segments).max(axis=2).min(axis=1)
    moved = np.abs(np.diff(walk, axis=0)).max(axis=1) > 1.0
    assert nearest[moved].max() < 1.1
    assert _path(np.zeros((5, 2))) == "M0.0 0.0"


def test_dots_do_not_run_into_each_other():
    walk = np.cumsum(np.random.default_rng(2).normal(0, 4, (5000, 2)), axis=0)
    dots = _dots(walk)
    assert np.array_equal(dots[0], walk[0])
    assert len(np.unique(np.floor(dots / 14), axis=0)) == len(dots) <= 1000


def test_the_colours_of_the_loss_are_those_of_the_window():
    from gdsim.gui.style.colours import colours_of

    for fraction in np.linspace(0, 1, 41):
        mine = [int(_loss_colour(fraction)[at : at + 2], 16) for at in (1, 3, 5)]
        assert np.abs(np.array(mine) - colours_of(np.array(fraction))[:3]).max() <= 6


# ------------------------------------------------------------------------------- tables


class Cells(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.rows, self.tags = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data):
        if self.rows and self.rows[-1] and data.strip():
            self.rows[-1][-1] += data


def test_a_run_shows_its_first_and_last_steps(valley):
    run = valley["Momentum"]
    rows = Cells(run._repr_html_()).rows
    assert rows[0] == ["step", "epoch", "w", "b", "loss", "η", "γ", "∇w", "∇b", "v of w", "v of b"]
    assert [row[0] for row in rows[1:]] == ["0", "1", "2", "3", "4", "5", "…", "98", "99", "100"]
    assert rows[1] == ["0", "0", "0", "6", "0.363907", "", "", "", "", "", ""]
    assert rows[-1][2:4] == [f"{value:.6g}".replace("-", "−") for value in run.parameters[-1]]
    short = valley.with_run("Momentum", epochs=3)["Momentum"]
    assert [row[0] for row in Cells(short._repr_html_()).rows[1:]] == ["0", "1", "2", "3"]
    fork = gdsim.open_scene("what-if")["Cleared"]
    assert Cells(fork._repr_html_()).rows[1][0] == "92"


def test_many_weights_are_left_out_with_a_word(valley):
    wide = valley.with_points(np.eye(9), np.linspace(0, 1, 9))["Momentum"]
    shown = wide._repr_html_()
    assert Cells(shown).rows[0][2:6] == ["w₁", "w₂", "w₃", "b"]
    assert "6 more weights are in “parameters”." in shown


def test_texts_of_a_scene_are_text_in_tables(valley):
    scene = valley.with_keys(title=HOSTILE, about=HOSTILE).with_run(0, name=HOSTILE)
    for shown in (scene._repr_html_(), scene[0]._repr_html_()):
        assert Cells(shown).tags <= {"table", "caption", "tr", "th", "td", "p"}
        assert "\x1b" not in shown
    verdict = scene.check(0, f'run,step,w,b\n"{"<b>" * 5}",0,0,6\n')
    assert "<b>" not in verdict._repr_html_()


def test_a_scene_shows_its_runs_and_settings():
    shown = Cells(gdsim.open_scene("what-if")._repr_html_()).rows
    assert shown[0] == ["run", "rule", "settings", "epochs"]
    assert shown[1] == ["Momentum", "Momentum", "eta 1.0, gamma 0.9, start (0, 6)", "200"]
    assert shown[2][2] == "eta 1.0, gamma 0.9, from Momentum at step 92"


def test_each_thing_says_in_a_line_what_it_is(valley):
    assert repr(valley) == '<scene "The valley": 2 points, 3 runs>'
    assert repr(valley["Momentum"]) == "<run 'Momentum': steps 0 to 100. Finished after 100 steps.>"
    assert repr(valley.surface()).startswith(
        "<surface of 121 x 121 losses, lowest at w = 3.57439, b = -6.3813"
    )
    step = valley.step("Momentum", 31)
    assert repr(step).startswith("Momentum, step 30 → 31\n")
    assert step._repr_markdown_() == step.markdown
    assert "| w | vₜ = γ·vₜ₋₁ + η·∇wₜ |" in step.markdown
    assert r"\begin{align*}" in step.latex


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contour_lines_stand_out_from_both_colours_beside_them(valley, theme):
    grounds = parsed(valley.figure(theme=theme)).iter(f"{SVG}path")
    lines = [one for one in grounds if one.get("fill-rule") == "evenodd"]
    colours = [parsed(valley.figure(theme=theme)).find(f".//{SVG}svg/{SVG}rect").get("fill")]
    colours += [one.get("fill") for one in lines]
    assert len(lines) > 8
    for line, beside in zip(lines, pairwise(colours), strict=True):
        assert min(contrast(line.get("stroke"), one) for one in beside) >= 3.0
