"""The self-test of the window: it is opened, played, recorded and closed, without any message."""

import contextlib
import io
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import (
    QCoreApplication,
    QElapsedTimer,
    QMessageLogContext,
    QPoint,
    QRect,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication, QImage, QImageReader, QPixmap
from PySide6.QtWidgets import QWidget

from gdsim.core.analysis.diagnosis.evidence import Finding
from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.link import link_of
from gdsim.core.files.scene import load_scene
from gdsim.core.language.translations import ENGLISH, languages
from gdsim.core.lessons.files import bundled_lessons, check_lesson
from gdsim.core.resources import resource
from gdsim.core.self_test import Check, CheckFailed, compare, computed
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.help.help_window import page_file, picture_in_theme
from gdsim.gui.help.search import guide_pages
from gdsim.gui.language import speak
from gdsim.gui.lessons.render_stop import pictures_of
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.memory.memory_pane import MemoryPane
from gdsim.gui.neuron.fit_pane import FitPane
from gdsim.gui.paint.drawing import png_bytes
from gdsim.gui.runtime.boot import boot, take_apart
from gdsim.gui.runtime.unattended import Recorder, run_until
from gdsim.gui.share.picture_reader import scene_of_picture
from gdsim.gui.share.qr import qr_image, qr_modules
from gdsim.gui.step.code_card import CodeCard
from gdsim.gui.step.step_card import StepCard
from gdsim.gui.surface.opengl import GLSupport, probe_opengl
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.why.why_card import WhyCard
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session

_SCENE, _SIZE = "valley", (1280, 720)
PATIENCE_MS = 120_000
_PLAYED = 5
# The length of the animation; one of the default length would take most of the time of all checks.
_ANIMATED_SECONDS = 0.5
_PICTURES = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")
# A pane with fewer colours, or a larger background, is blank: it has at most a frame around the background.
_FEWEST_COLOURS, _LARGEST_BACKGROUND = 8, 0.998
# How far from grey a colourful pixel is, and the least share of such pixels in a picture of the surface.
_COLOURFUL, _LEAST_COLOURFUL = 40, 0.05


def checks(*, opengl: bool) -> Iterator[Check]:
    """Yield the checks of the window. The first opens the window, and the last one on it closes it."""
    messages = _Messages()
    with messages:
        tested = _Tested(opengl=opengl)
        try:
            yield from tested.checks()
        finally:
            tested.close()
    yield "messages", messages.none


class _Messages:
    """A context manager that collects what Qt, pyqtgraph and Python print; each message is a fault."""

    def __init__(self) -> None:
        self._printed = io.StringIO()
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> None:
        # A program without a terminal has no stderr.
        self._stack.enter_context(contextlib.redirect_stderr(self._printed))
        self._stack.callback(setattr, sys, "excepthook", sys.excepthook)
        sys.excepthook = lambda _kind, error, _trace: self._note(f"{type(error).__name__}: {error}")
        self._stack.callback(qInstallMessageHandler, qInstallMessageHandler(self._on_message))

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def none(self) -> str:
        """Return "none", or raise a `CheckFailed` with the first message."""
        lines = [line for line in self._printed.getvalue().splitlines() if line.strip()]
        if lines:
            raise CheckFailed(f"{len(lines)} lines, first: {lines[0]}")
        return "none"

    def _note(self, text: str) -> None:
        self._printed.write(f"{text}\n")

    def _on_message(self, kind: QtMsgType, _where: QMessageLogContext, text: str) -> None:
        # The first is from Qt's offscreen platform, the second from Windows if the screen is too small.
        known = text.startswith("This plugin does not support") or "Unable to set geometry" in text
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and not known:
            self._note(text)


class _Tested:
    def __init__(self, *, opengl: bool) -> None:
        self._app = boot(unseen=True)
        self._support = probe_opengl() if opengl else GLSupport()
        self._scene = load_scene(bundled_scenes()[_SCENE])
        self._session = Session(self._scene)
        self._surface = SurfaceView(allowed=opengl)
        self._window = MainWindow(self._app, self._session, self._surface, None)
        self._window.resize(*_SIZE)
        self._findings: tuple[Finding, ...] | None = None
        self._session.findings_changed.connect(self._on_findings)
        self._closed = False

    def checks(self) -> Iterator[Check]:
        yield "window", self._opens
        yield "surface", self._surface_is_drawn
        yield "pictures in files", _image_files
        yield "lessons", _lessons
        yield "user guide", _guide
        yield "languages of the window", self._languages
        yield "QR codes", _qr_codes
        panes: tuple[type[QWidget], ...] = (SurfaceView, ContourPane, FitPane, CurvePane)
        for pane in panes:
            colourful = pane in (SurfaceView, ContourPane)
            yield f"pane {pane.__name__}", partial(self._pane, pane, colourful=colourful)
        for command, page in (
            ("page_step", StepCard),
            ("page_code", CodeCard),
            ("page_why", WhyCard),
            ("page_memory", MemoryPane),
        ):
            yield f"page {page.__name__}", partial(self._page, command, page)
        yield "numbers in the window", self._numbers
        yield "playing", self._plays
        yield "stepping back", self._steps_back
        yield "picture", self._picture
        yield "animation", self._animation
        yield "closing", self._closes

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._window.close()
            take_apart(self._window, self._session)

    # ---------------------------------------------------------------- the checks

    def _opens(self) -> str:
        self._window.show()
        self._session.begin()
        _wait_until(self._window.is_settled, "the runs and the surface were not computed")
        _wait_until(lambda: bool(self._findings), "there are no findings about the run")
        self._window.show_now()
        size = self._window.size()
        return f"{size.width()} x {size.height()} on {QGuiApplication.platformName()}"

    def _surface_is_drawn(self) -> str:
        found = self._surface.drawing_method()
        if self._support.available and self._support.renderer not in found:
            raise CheckFailed(f"{self._support.renderer} was found, but not used: {found}")
        return found

    def _languages(self) -> str:
        """Check that a word of the window and one of Qt's own are translated into each language."""
        words = (("Commands", "&Undo"), ("QPlatformTheme", "Cancel"))
        try:
            for code in languages():
                speak(self._app, code)
                same = [word[1] for word in words if QCoreApplication.translate(*word) == word[1]]
                if (len(same) > 0) is not (code == ENGLISH):
                    raise CheckFailed(f"in {code} this is as in English: {', '.join(same) or 'nothing'}")
        finally:
            speak(self._app, ENGLISH)
        return ", ".join(languages().values())

    def _pane(self, kind: type[QWidget], *, colourful: bool = False) -> str:
        return not_blank(self._widget(kind).grab().toImage(), colourful=colourful)

    def _page(self, command: str, kind: type[QWidget]) -> str:
        self._trigger(command)
        _wait_until(lambda: self._widget(kind).isVisible(), "it is not shown")
        self._window.show_now()
        return self._pane(kind)

    def _numbers(self) -> str:
        """Compare the numbers of the worker thread with those of the engine."""
        views = self._session.frame().views
        for index, view in enumerate(views):
            whole = view.whole
            rows = np.column_stack([whole.p, whole.loss])
            compare(rows, computed(self._scene, self._scene.runs[index], len(rows) - 1), 0.0)
        if len(views) != len(self._scene.runs):
            raise CheckFailed(f"{len(views)} runs are shown, not {len(self._scene.runs)}")
        return f"{len(views)} runs, as the engine computes them"

    def _plays(self) -> str:
        self._trigger("first")
        self._trigger("play")
        _wait_until(lambda: self._cursor() >= _PLAYED, "playback does not move")
        self._trigger("play")
        if self._session.playhead.playing:
            raise CheckFailed("playback does not stop")
        return f"to step {self._cursor()}"

    def _steps_back(self) -> str:
        before = self._cursor()
        self._trigger("back")
        if self._cursor() != before - 1:
            raise CheckFailed(f"from step {before} to {self._cursor()}")
        return f"from step {before} to {before - 1}"

    def _picture(self) -> str:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "picture.png"
            self._recorder().save_picture(path, None)
            image = QImage(str(path))
        if image.size() != self._window.size():  # which a small screen may have made smaller
            raise CheckFailed(f"it is {image.width()} x {image.height()}")
        # The surface is checked by itself, because the map beside it also has the colours of the loss.
        surface = QRect(self._surface.mapTo(self._window, QPoint()), self._surface.size())
        not_blank(image.copy(surface), colourful=True)
        return not_blank(image)

    def _animation(self) -> str:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "animation.gif"
            self._recorder().save_animation(path, _ANIMATED_SECONDS)
            with Image.open(path) as animation:
                count = getattr(animation, "n_frames", 1)
                first = animation.convert("RGB").tobytes()
                animation.seek(count - 1)
                if animation.convert("RGB").tobytes() == first:
                    raise CheckFailed("nothing moves in it")
        return f"{count} pictures"

    def _closes(self) -> str:
        if not self._window.close():
            raise CheckFailed("it stays open")
        self.close()
        return "closed"

    # ---------------------------------------------------------------- the window

    def _on_findings(self, findings: tuple[Finding, ...] | None) -> None:
        self._findings = findings

    def _recorder(self) -> Recorder:
        return Recorder(self._window, lambda: False)

    def _cursor(self) -> int:
        return self._session.playhead.cursor

    def _widget(self, kind: type[QWidget]) -> QWidget:
        found = self._window.findChild(kind)
        if not isinstance(found, QWidget):
            raise CheckFailed(f"there is no {kind.__name__} in the window")
        return found

    def _trigger(self, command: str) -> None:
        self._window.commands[command].trigger()


def _wait_until(condition: Callable[[], bool], complaint: str) -> None:
    """Run the event loop until a condition holds, or raise a `CheckFailed`."""
    clock = QElapsedTimer()
    clock.start()
    run_until(lambda: condition() or clock.elapsed() > PATIENCE_MS)
    if not condition():
        raise CheckFailed(complaint)


def not_blank(image: QImage, *, colourful: bool = False) -> str:
    """Return how many colours a picture has.

    Raises `CheckFailed` if the picture is blank, or must be ``colourful`` and lacks the colours of the loss.
    """
    rgb = image.convertToFormat(QImage.Format.Format_RGBX8888)
    if rgb.isNull():
        raise CheckFailed("there is no picture")
    pixels = np.frombuffer(rgb.constBits(), np.uint8).reshape(-1, 4)[:, :3].astype(int)
    counts = np.unique(pixels @ (1 << 16, 1 << 8, 1), return_counts=True)[1]
    if len(counts) < _FEWEST_COLOURS or counts.max() > _LARGEST_BACKGROUND * len(pixels):
        raise CheckFailed(f"it is blank: {len(counts)} colours")
    share = float(np.mean(np.ptp(pixels, axis=1) > _COLOURFUL))
    if colourful and share < _LEAST_COLOURFUL:
        raise CheckFailed(f"the surface is missing: {share:.1%} of it have the colours of the loss")
    return f"{len(counts)} colours"


def _lessons() -> str:
    """Check that every lesson can be read, its numbers computed, and its formulas typeset."""
    stops = [stop for name in bundled_lessons() for stop in check_lesson(name).stops]
    pictures = [picture for stop in stops for picture in pictures_of(stop)]
    if not all(pictures) or not pictures:
        raise CheckFailed(f"{pictures.count(b'')} of {len(pictures)} formulas cannot be typeset")
    return f"{len(stops)} stops, {len(pictures)} formulas"


def _guide() -> str:
    """Check that all pages of the guide have text, and that their pictures can be shown in both themes."""
    sources = {page.name: page_file(page.name) for page in guide_pages()}
    empty = [page.name for page in guide_pages() if not page.text]
    text = "".join(path.read_text(encoding="utf-8") for path in sources.values() if path.is_file())
    shown = {picture_in_theme(name, dark=dark) for name in _PICTURES.findall(text) for dark in (False, True)}
    broken = sorted(name for name in shown if QPixmap(str(resource("help", name))).isNull())
    if empty or broken or not shown:
        raise CheckFailed(f"without text or not to be read: {', '.join([*empty, *broken]) or 'all pictures'}")
    return f"{len(sources)} pages, {len(shown)} pictures"


def _qr_codes() -> str:
    """Check that one library reads, from a compressed photograph, a QR code that another one has written."""
    scene = load_scene(bundled_scenes()[_SCENE])
    modules = qr_modules(link_of(scene))
    if modules is None:
        raise CheckFailed("the link is too long for one")
    png, photograph = io.BytesIO(png_bytes(qr_image(modules))), io.BytesIO()
    with Image.open(png) as picture:
        picture.convert("L").save(photograph, "JPEG")
    if scene_of_picture(photograph.getvalue()) != scene:
        raise CheckFailed("another scene comes back")
    return f"{len(modules)} by {len(modules)} squares were read"


def _image_files() -> str:
    """Check that Qt can read the icons of the style sheet, for which it needs a plugin."""
    if b"svg" not in QImageReader.supportedImageFormats():
        raise CheckFailed("Qt cannot read SVG")
    icons = sorted(resource("icons").rglob("*.svg"))
    broken = [path.name for path in icons if QPixmap(str(path)).isNull()]
    if broken or not icons:
        raise CheckFailed(f"cannot be read: {', '.join(broken) or 'there are no icons'}")
    return f"{len(icons)} icons"
