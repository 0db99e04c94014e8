"""Pictures are read again: their size, with more in them when they are larger, and lines as lines."""

import re
import weakref
from dataclasses import replace
from itertools import cycle, product
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from gdsim.core.analysis.arrows import ArrowKind
from gdsim.core.analysis.series import CurveKind
from gdsim.core.model.map_overlays import CutWay, MapOverlays
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.progress import run_to_end
from gdsim.core.surface.map_view import MapView, equal_axes
from gdsim.core.surface.sampling import sampled_for, sampling_exactly
from gdsim.core.surface.surface import SurfaceRequest
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.arrows.key import ArrowKey
from gdsim.gui.export import cameras, offscreen_panes
from gdsim.gui.export.cameras import LinesCamera, PanesCamera
from gdsim.gui.export.clip import rgb_of
from gdsim.gui.export.offscreen_panes import lay_out, opened_panes
from gdsim.gui.export.picture import panes_image, picture_bytes, spec_image
from gdsim.gui.export.picture_spec import PictureFormat, PicturePart, PictureSpec
from gdsim.gui.map.colour_bar import ColourBar
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.map.view_range_editor import MapChoice
from gdsim.gui.paint import still_plot
from gdsim.gui.paint.budget import shared_budget
from gdsim.gui.paint.drawing import blank_picture
from gdsim.gui.paint.thinning import Thinning
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.theme import THEMES
from gdsim.gui.surface import surface_view, trails
from gdsim.gui.surface.painter import SurfacePainter
from tests.core.records import computed
from tests.every import WHOLE
from tests.gui.frames import frame_at, look_of, scene, scribbles
from tests.gui.painted import colliding_texts, cut_texts, painted_texts

SVG = "{http://www.w3.org/2000/svg}"
PANES = [part for part in PicturePart if part is not PicturePart.WINDOW]
# The maps show the surface and the contours at once.
FEW_PANES = PANES if WHOLE else [PicturePart.MAPS, PicturePart.CURVES, PicturePart.NEURON]


@pytest.fixture(scope="module")
def first():
    experiment = scene("first-neuron")
    return experiment, frame_at(experiment, 60, computed(experiment))


def colours(image: QImage) -> int:
    return len(np.unique(rgb_of(image) @ [1 << 16, 1 << 8, 1]))


def near(image: QImage, colour: str, reach: int = 12) -> np.ndarray:
    """Return which pixels have about a colour."""
    tone = QColor(colour)
    wanted = np.array([tone.red(), tone.green(), tone.blue()])
    return (np.abs(rgb_of(image).astype(int) - wanted) <= reach).all(axis=2)


def detail(image: QImage) -> float:
    """Return how sharp the edges are: the largest steps from one pixel to the next."""
    grey = rgb_of(image).astype(float).mean(axis=2)
    steps = np.abs(np.diff(grey, axis=1)).ravel()
    return float(np.mean(np.sort(steps)[-len(steps) // 200 :]))


# Each with one theme here, and with the other one below, as an SVG.
_IN_TURN = list(zip(PANES, cycle(("light", "dark"))))
_OTHERWISE = list(zip(FEW_PANES, cycle(("dark", "light")), cycle((1.5, 1.0))))


@pytest.mark.parametrize(("part", "theme"), list(product(PANES, THEMES)) if WHOLE else _IN_TURN)
def test_every_pane_in_both_themes(make_subject, first, part, theme):
    experiment, frame = first
    image = spec_image(
        make_subject(experiment), frame, PictureSpec(part=part, width=700, height=460, theme=theme)
    )
    assert (image.width(), image.height()) == (700, 460)
    assert image.pixelColor(2, 2).name() == THEMES[theme].card
    assert colours(image) > 200
    for colour in THEMES[theme].run_colours[:3]:
        assert near(image, colour).sum() > 30


@pytest.mark.parametrize("part", FEW_PANES)
def test_three_times_as_large_is_drawn_anew_and_not_enlarged(make_subject, first, part):
    experiment, frame = first
    subject = make_subject(experiment)
    spec = PictureSpec(part=part, width=480, height=320)
    small = spec_image(subject, frame, spec)
    large = spec_image(subject, frame, replace(spec, scale=3))
    assert (large.width(), large.height()) == (1440, 960)
    enlarged = small.scaled(large.size())
    smooth = QImage(large.size(), QImage.Format.Format_RGB32)
    painter = QPainter(smooth)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(smooth.rect(), small)
    painter.end()
    assert detail(large) > 1.5 * detail(smooth)
    # The same picture all the same: seen from afar there is no difference.
    seen = [np.asarray(Image.fromarray(rgb_of(one)).reduce(24)).astype(float) for one in (large, enlarged)]
    assert np.abs(seen[0] - seen[1]).mean() < 4.0


def test_lines_are_as_much_wider_as_the_picture_is_larger(make_subject, first):
    experiment, frame = first
    subject = make_subject(experiment)
    spec = PictureSpec(part=PicturePart.NEURON, width=340, height=280, legend=False)

    def redness(scale):
        rgb = rgb_of(spec_image(subject, frame, replace(spec, scale=scale))).astype(float)
        return np.maximum(rgb[..., 0] - rgb[..., 1:].mean(axis=2), 0.0).sum()

    assert 14.5 < redness(4) / redness(1) < 17.5  # 16 times the area


def test_larger_letters_are_larger(make_subject, first):
    experiment, frame = first
    subject = make_subject(experiment)
    text = THEMES["light"].muted
    spec = PictureSpec(part=PicturePart.NEURON, width=900, height=700, runs=False)
    inked = [near(spec_image(subject, frame, replace(spec, letters=k)), text, 30).sum() for k in (1.0, 2.0)]
    assert inked[1] > 1.5 * inked[0]  # fewer numbers find room


@pytest.mark.parametrize("part", [part for part in FEW_PANES if part is not PicturePart.CURVES])
def test_without_the_runs_nothing_of_them_is_seen(make_subject, first, part):
    experiment, frame = first
    image = spec_image(
        make_subject(experiment), frame, PictureSpec(part=part, width=700, height=460, runs=False)
    )
    red = THEMES["light"].run_colours[1]
    assert near(image, red, 6).sum() == 0
    assert near(image, THEMES["light"].gradient, 6).sum() == 0


def rendered(svg: bytes, width: int, height: int) -> QImage:
    renderer = QSvgRenderer(QByteArray(svg))
    assert renderer.isValid()
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0x808080)
    painter = QPainter(image)
    renderer.render(painter, QRectF(image.rect()))
    painter.end()
    return image


@pytest.mark.parametrize(
    ("part", "theme", "letters"),
    [(part, *look) for part in PANES for look in (("light", 1.0), ("dark", 1.5))] if WHOLE else _OTHERWISE,
)
def test_an_svg_is_the_same_picture(make_subject, first, part, theme, letters):
    experiment, frame = first
    spec = PictureSpec(part=part, width=700, height=460, theme=theme, letters=letters)
    svg = picture_bytes(make_subject(experiment), frame, spec, PictureFormat.SVG)
    root = ET.fromstring(svg)  # noqa: S314 - our own
    assert (root.get("width"), root.get("height")) == ("700", "460")
    pixels = spec_image(make_subject(experiment), frame, spec)
    drawn = rendered(svg, 700, 460)
    seen = [np.asarray(Image.fromarray(rgb_of(one)).reduce(20)).astype(float) for one in (drawn, pixels)]
    assert np.abs(seen[0] - seen[1]).mean() < 3.0
    for colour in THEMES[theme].run_colours[:3]:
        assert near(drawn, colour).sum() > 30


def test_an_svg_has_lines_and_letters_that_every_program_knows(make_subject, first):
    experiment, frame = first
    svg = picture_bytes(
        make_subject(experiment), frame, PictureSpec(width=900, height=500), PictureFormat.SVG
    )
    assert b"non-scaling-stroke" not in svg
    root = ET.fromstring(svg)  # noqa: S314 - our own
    texts = {text.text.strip() for text in root.iter(f"{SVG}text") if text.text}
    assert {"w", "b", "L", "Gradient descent", "Momentum", "Nesterov", "step 60", "minimum"} <= texts
    families = {text.get("font-family") for text in root.iter(f"{SVG}text")}
    assert all(re.search(", (sans-)?serif$", family) for family in families)
    dashes = {group.get("stroke-dasharray") for group in root.iter(f"{SVG}g")} - {None}
    assert len(dashes) >= 2  # momentum and Nesterov
    # Images are what has to be one: the surface, the map's colours, the colour bar.
    assert len(list(root.iter(f"{SVG}image"))) == 3


def test_an_svg_ends_the_runs_at_the_edge_of_the_map(make_subject):
    """Momentum leaves the window at its lower edge: below it are the numbers of the axis."""
    experiment = scene("first-neuron")
    experiment = replace(experiment, view_range=experiment.view_range._replace(b_min=-2.5))
    frame = frame_at(experiment, 60)
    spec = PictureSpec(part=PicturePart.CONTOURS, width=600, height=500)
    svg = picture_bytes(make_subject(experiment), frame, spec, PictureFormat.SVG).decode()
    clips = dict(re.findall(r'<clipPath id="(\w+)">\s*<path[^>]* d="([^"]*)"', svg))
    red = [
        group
        for group in ET.fromstring(svg).iter(f"{SVG}g")  # noqa: S314 - our own
        if any(child.get("stroke") == THEMES["light"].run_colours[1] for child in group)
        and group.get("clip-path")
    ]
    assert red
    for group in red:
        corners = np.array(re.findall(r"(-?[\d.]+),(-?[\d.]+)", clips[group.get("clip-path")[5:-1]]), float)
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        assert 30 < left < 80
        assert 5 < top < 20
        assert 480 < right < 560
        assert 380 < bottom < 430


@pytest.mark.parametrize("part", FEW_PANES)
def test_a_pdf_has_one_page_of_its_size(make_subject, first, part):
    experiment, frame = first
    subject = make_subject(experiment)
    pdf = picture_bytes(subject, frame, PictureSpec(part=part, width=800, height=500), PictureFormat.PDF)
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert re.findall(rb"/Count (\d+)", pdf) == [b"1"]
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    inch = subject.curves.logicalDpiX()
    assert [float(side) for side in box.groups()] == pytest.approx([800 * 72 / inch, 500 * 72 / inch], abs=1)


def test_what_opengl_draws_is_the_same_picture(make_subject, first, opengl, monkeypatch):
    monkeypatch.setattr(surface_view, "probe_opengl", lambda: opengl)
    experiment, frame = first
    spec = PictureSpec(part=PicturePart.SURFACE, width=600, height=500, scale=2)
    view = surface_view.SurfaceView(allowed=True)
    pictures = [
        spec_image(subject, frame, spec)
        for subject in (make_subject(experiment, view), make_subject(experiment))
    ]
    seen = [np.asarray(Image.fromarray(rgb_of(one)).reduce(20)).astype(float) for one in pictures]
    assert np.abs(seen[0] - seen[1]).mean() < 4.0
    svg = picture_bytes(
        make_subject(experiment, surface_view.SurfaceView(allowed=True)), frame, spec, PictureFormat.SVG
    )
    assert near(rendered(svg, 600, 500), THEMES["light"].run_colours[1]).sum() > 30


def test_the_surface_is_seen_from_where_the_window_sees_it(make_subject, first):
    experiment, frame = first
    subject, spec = make_subject(experiment), PictureSpec(part=PicturePart.SURFACE, width=500, height=400)
    before = rgb_of(spec_image(subject, frame, spec))
    subject.view.top_view()
    assert (rgb_of(spec_image(subject, frame, spec)) != before).mean() > 0.2


def test_a_surface_in_a_picture_is_as_fine_as_one_that_rests(make_subject, first):
    experiment, frame = first
    subject = make_subject(experiment)
    with opened_panes(subject, PictureSpec()) as panes:
        panes_image(panes, frame)
        (surface,) = panes.findChildren(SurfacePainter)
        samples = surface.mesh.x.size
    resting = SurfacePainter()
    resting.set_look(look_of(experiment))
    resting.show_surface(subject.surface)
    resting.grab()
    assert samples >= 0.9 * resting.mesh.x.size


# ------------------------------------------------------------------------------ the map and its arrows


def panes_of(subject, frame, spec):
    """Return what the panes of a picture are, once they are laid out."""
    with opened_panes(subject, spec) as panes:
        panes.show_frame(frame)
        lay_out()
        (contours,) = panes.findChildren(ContourPane)
        (key,) = panes.findChildren(ArrowKey)
        surface = contours.surface
        return (
            contours.is_equal,
            contours.aspect,
            surface,
            [entry.text for entry in key.entries()],
            key.height(),
        )


@pytest.mark.parametrize("size", [(1200, 640), (900, 400), (420, 700)])
def test_axes_are_equal_in_a_picture_of_any_shape_and_the_map_reaches_its_borders(make_subject, first, size):
    experiment, frame = first
    part = PicturePart.CONTOURS
    spec = PictureSpec(part=part, width=size[0], height=size[1])
    is_equal, aspect, surface, _, _ = panes_of(make_subject(experiment), frame, spec)
    assert is_equal
    drawn, ground = equal_axes(experiment.view_range, aspect), surface.ground.view_range
    assert ground.w_min <= drawn.w_min + 1e-9
    assert ground.b_max >= drawn.b_max - 1e-9
    assert ground.extent[0] / ground.extent[1] == pytest.approx(aspect, rel=0.2)


@pytest.mark.parametrize(("size", "letters"), [((640, 480), 1.5), ((800, 600), 2.0), ((480, 800), 1.0)])
def test_panes_are_whole_beside_each_other_where_a_picture_has_little_room(make_subject, size, letters):
    experiment = scene("valley")
    spec = PictureSpec(width=size[0], height=size[1], letters=letters)
    with opened_panes(make_subject(experiment), spec) as panes:
        panes.show_frame(frame_at(experiment, 20))
        lay_out()
        texts = painted_texts(panes)
        (contours,), (bar,) = panes.findChildren(ContourPane), panes.findChildren(ColourBar)
        (map_itself,) = contours.findChildren(still_plot.StillPlot)
        assert {"w", "b", "L"} <= {one.text for one in texts}
        assert not cut_texts(texts)
        assert not colliding_texts(texts)
        assert not map_itself.geometry().intersects(bar.geometry())
        assert contours.rect().contains(bar.geometry())


def test_the_panes_of_a_high_picture_are_below_each_other(make_subject, first):
    experiment, _ = first
    for size, is_below in (((480, 800), True), ((800, 480), False)):
        with opened_panes(make_subject(experiment), PictureSpec(width=size[0], height=size[1])) as panes:
            (contours,) = panes.findChildren(ContourPane)
            assert (contours.x() < size[0] / 2 and contours.y() > size[1] / 3) == is_below


def test_a_map_that_fills_its_pane_fills_it_in_a_picture(make_subject, first):
    experiment, frame = first
    subject = replace(make_subject(experiment), map_choice=MapChoice(fills=True))
    is_equal, _, surface, _, _ = panes_of(subject, frame, PictureSpec(part=PicturePart.CONTOURS))
    assert not is_equal
    assert surface is subject.surface


def test_a_picture_tells_what_its_arrows_are_and_how_long(make_subject, first):
    experiment, frame = first
    subject = make_subject(experiment)
    *_, texts, height = panes_of(subject, frame, PictureSpec())
    assert texts == ["−η·gradient", "step", "arrows × 100"]
    assert height > 10
    without = replace(subject, arrows=ArrowChoice(on=False))
    *_, texts, height = panes_of(without, frame, PictureSpec())
    assert texts == []
    assert height == 0
    uphill = replace(subject, arrows=ArrowChoice(kinds=ArrowChoice().kinds | {ArrowKind.UPHILL}))
    *_, texts, _ = panes_of(uphill, frame, PictureSpec())
    assert "+η·gradient" in texts


def test_a_picture_tells_along_what_the_surface_is_cut(make_subject, first):
    experiment, frame = first
    found = {}
    for cut in (CutWay.W, CutWay.B, CutWay.STEP, CutWay.DOWN, 30):
        subject = make_subject(replace(experiment, drawn=MapOverlays(cut=cut)))
        subject = replace(subject, arrows=ArrowChoice(on=False))
        *_, found[cut], _ = panes_of(subject, frame, PictureSpec(part=PicturePart.CONTOURS))
    assert found == {
        CutWay.W: ["cut along w"],
        CutWay.B: ["cut along b"],
        CutWay.STEP: ["cut along the step"],
        CutWay.DOWN: ["cut along the negative gradient"],
        30: ["cut at 30° from w"],
    }


def test_the_lines_of_the_key_are_as_many_as_it_needs(make_subject, first):
    experiment, frame = first
    subject = make_subject(experiment)
    *_, wide = panes_of(subject, frame, PictureSpec(width=1200))
    *_, narrow = panes_of(subject, frame, PictureSpec(part=PicturePart.CONTOURS, width=320, letters=2.0))
    assert narrow >= 2 * wide


def test_a_surface_of_very_many_terms_is_not_added_up_again_for_a_picture(first):
    experiment, _ = first
    many = PointSet(np.linspace(-1.0, 1.0, 9000), np.full(9000, 0.5))
    exact = run_to_end(sampling_exactly(SurfaceRequest(many, experiment.view_range), grid=5))
    assert sampled_for(exact, MapView(1.7)) is exact
    few = run_to_end(sampling_exactly(SurfaceRequest(experiment.points, experiment.view_range)))
    assert sampled_for(few, MapView(1.7)).ground.view_range.w_max > 9.0
    assert sampled_for(few, MapView(None)) is few


def test_the_picture_of_the_neuron_is_that_of_the_document(make_subject, first):
    experiment, frame = first
    spec = PictureSpec(part=PicturePart.NEURON, width=500, height=400, legend=False)
    seen = [
        rgb_of(spec_image(make_subject(replace(experiment, objective=one)), frame, spec))
        for one in (NeuronObjective(), NeuronObjective("tanh"), FunctionObjective("w**2 + b**4"))
    ]
    assert (seen[0] != seen[1]).any()
    function = make_subject(replace(experiment, objective=FunctionObjective("w**2 + b**4")))
    with opened_panes(function, spec) as panes:
        panes.show_frame(frame)
        texts = [label.text() for label in panes.findChildren(PlainLabel) if label.isVisible()]
        assert "L(w, b) = w**2 + b**4" in texts
    assert (seen[2] != seen[0]).any()


def test_a_large_picture_needs_no_more_memory_for_more_runs(make_subject, monkeypatch):
    monkeypatch.setattr(offscreen_panes, "_MOST_LAYER_BYTES", 5_000_000)
    experiment = scene("valley")
    experiment = replace(experiment, runs=experiment.runs[1:2] * 5)
    frame, subject = frame_at(experiment, 300, computed(experiment)), make_subject(experiment)
    living, most = [], []

    def noted(*arguments):
        picture = blank_picture(*arguments)
        living[:] = [one for one in living if one() is not None] + [weakref.ref(picture)]
        most.append(len(living))
        return picture

    monkeypatch.setattr(still_plot, "blank_picture", noted)
    monkeypatch.setattr(trails, "blank_picture", noted)
    spec = PictureSpec(PicturePart.MAPS, 900, 480)
    spec_image(subject, replace(frame, views=frame.views[:2]), spec)
    for_two, most[:], living[:] = max(most), [], []  # the panes of the first go later
    spec_image(subject, frame, spec)
    assert max(most) == for_two


@pytest.fixture
def small_budget(monkeypatch):
    """Let runs be very long that have a fiftieth of the steps."""
    monkeypatch.setattr(cameras, "shared_budget", lambda: shared_budget(6000))


@pytest.mark.usefixtures("small_budget")
def test_a_picture_of_many_long_runs_is_taken_in_turns(make_subject):
    experiment, frame = scribbles(4, 800)
    subject, spec = make_subject(experiment), PictureSpec(PicturePart.MAPS, 450, 320)
    camera, turns = PanesCamera(lambda _: frame, subject, spec), 1
    while (image := camera.take(0)) is None:
        turns += 1
    camera.close()
    assert turns > 3
    np.testing.assert_array_equal(rgb_of(image), rgb_of(spec_image(subject, frame, spec)))


@pytest.mark.usefixtures("small_budget")
def test_curves_of_long_runs_are_whole_in_a_picture_that_takes_turns(make_subject):
    experiment, frame = scribbles(1, 100_000)  # more than are read at once
    images = []
    for take in (_in_turns, spec_image):
        subject = make_subject(experiment)
        subject.curves.set_kind(CurveKind.PARAMETERS)
        images.append(rgb_of(take(subject, frame, PictureSpec(PicturePart.CURVES, 900, 480))))
    np.testing.assert_array_equal(*images)


def _in_turns(subject, frame, spec):
    camera = PanesCamera(lambda _: frame, subject, spec)
    while (image := camera.take(0)) is None:
        pass
    camera.close()
    return image


@pytest.mark.usefixtures("small_budget")
@pytest.mark.parametrize("file_format", [PictureFormat.SVG, *([PictureFormat.PDF] if WHOLE else [])])
def test_lines_of_many_long_runs_are_drawn_in_turns(make_subject, file_format, monkeypatch):
    experiment, frame = scribbles(4, 800)
    turns, look = [0], Thinning.add

    def noted(thinning, first, places):
        turns[-1] += 1
        return look(thinning, first, places)

    monkeypatch.setattr(Thinning, "add", noted)
    camera = LinesCamera(
        frame, make_subject(experiment), PictureSpec(PicturePart.MAPS, 450, 320), file_format
    )
    while camera.take(0) is None:
        turns.append(0)
    assert max(turns) < sum(turns) / 2
    assert camera.encode()[:4] == {PictureFormat.SVG: b"<?xm", PictureFormat.PDF: b"%PDF"}[file_format]
    camera.close()


def test_a_picture_of_usual_runs_is_taken_at_once(make_subject):
    experiment = scene("valley")
    frame = frame_at(experiment, 300, computed(experiment))
    camera = PanesCamera(lambda _: frame, make_subject(experiment), PictureSpec(PicturePart.MAPS, 900, 480))
    assert camera.take(0) is not None
    camera.close()


@pytest.mark.parametrize("name", ["stochastic", *(["first-neuron", "valley"] if WHOLE else [])])
def test_a_large_picture_looks_like_another_one(make_subject, name, monkeypatch):
    experiment = scene(name)
    frame, subject = frame_at(experiment, 60, computed(experiment)), make_subject(experiment)
    spec = PictureSpec(PicturePart.MAPS, 900, 480)
    usual = rgb_of(spec_image(subject, frame, spec)).astype(int)
    monkeypatch.setattr(offscreen_panes, "_MOST_LAYER_BYTES", 0)
    with opened_panes(subject, spec) as panes:
        panes_image(panes, frame_at(experiment, 30, computed(experiment)))
        of_clip = rgb_of(panes_image(panes, frame))
    for shared in (rgb_of(spec_image(subject, frame, spec)), of_clip):
        differ = np.abs(shared.astype(int) - usual).max(axis=2)
        # Where halos of several runs lie on each other, more shines through them.
        assert differ.max() <= 80
        assert (differ > 2).mean() < 0.004
