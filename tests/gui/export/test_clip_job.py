import threading
from itertools import pairwise

import pytest
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget

from gdsim.gui.export.cameras import TURN_PAUSE_MS, Shot
from gdsim.gui.export.clip import ClipFormat, ClipPlan
from gdsim.gui.export.clip_job import ClipJob, ClipWork
from gdsim.gui.notices import Notices
from gdsim.gui.paint.drawing import png_bytes

SIZE = (120, 80)


def next_picture_is_due(qtbot):
    """Wait until a timer has fired that was begun later than that of the next picture, and is as slow."""
    later = QTimer(singleShot=True, interval=2 * TURN_PAUSE_MS)
    with qtbot.waitSignal(later.timeout):
        later.start()


class Camera:
    """Takes pictures that tell their step by their colour."""

    def __init__(self):
        self.steps = []
        self.threads = set()

    def take(self, step):
        self.steps.append(step)
        self.threads.add(threading.current_thread())
        image = QImage(*SIZE, QImage.Format.Format_RGB32)
        image.fill(QColor(step % 256, 80, 200))
        return image


@pytest.fixture
def make(qtbot):
    jobs = []

    def make(out, plan, form=ClipFormat.GIF, camera=None):
        jobs.append(ClipJob((camera or Camera()).take, plan, SIZE, form, out))
        return jobs[-1]

    yield make
    for job in jobs:
        job.close()


def test_pictures_are_taken_in_this_thread_and_in_order(qtbot, make, tmp_path):
    camera, shares = Camera(), []
    job = make(tmp_path / "a.apng", ClipPlan(0, 60, 20.0, 20), ClipFormat.APNG, camera)
    job.progressed.connect(shares.append)
    with qtbot.waitSignal(job.finished):
        job.start()
    assert camera.steps == list(range(61))
    assert camera.threads == {threading.main_thread()}
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    with Image.open(tmp_path / "a.apng") as clip:
        assert clip.n_frames == 61
        clip.seek(60)
        assert clip.convert("RGB").getpixel((5, 5)) == (60, 80, 200)


def test_the_window_works_on_between_two_pictures(qtbot, make, tmp_path):
    camera, seen = Camera(), []
    job = make(tmp_path / "a.gif", ClipPlan(0, 200, 20.0, 20), camera=camera)
    timer = QTimer()
    timer.timeout.connect(lambda: seen.append(len(camera.steps)))
    timer.start(0)
    with qtbot.waitSignal(job.finished):
        job.start()
    timer.stop()
    steps = [later - earlier for earlier, later in pairwise(seen)]
    assert max(steps) <= 2


@pytest.mark.parametrize("form", ClipFormat)
def test_a_cancelled_clip_leaves_nothing_behind_and_an_old_file_alone(qtbot, make, tmp_path, form):
    out = tmp_path / f"a.{form}"
    out.write_text("old")
    job = make(out, ClipPlan(0, 5000, 20.0, 20), form)
    ended = []
    job.finished.connect(lambda: ended.append("finished"))
    job.failed.connect(ended.append)
    camera_ran = []
    job.progressed.connect(camera_ran.append)
    job.start()
    qtbot.waitUntil(lambda: len(camera_ran) > 5 or bool(ended))
    if form is ClipFormat.MP4 and ended:
        pytest.skip("there is no ffmpeg here")
    job.close()
    QApplication.processEvents()
    assert ended == []
    assert list(tmp_path.iterdir()) == [out]
    assert out.read_text() == "old"


@pytest.mark.parametrize("form", [ClipFormat.GIF, ClipFormat.APNG, ClipFormat.WEBP])
def test_a_full_disk_is_told(qtbot, make, tmp_path, form):
    import os
    from pathlib import Path

    if not os.path.exists("/dev/full"):  # noqa: PTH110
        pytest.skip("there is no such device")
    job = make(Path("/dev/full"), ClipPlan(0, 40, 20.0, 20), form)
    with qtbot.waitSignal(job.failed) as failed:
        job.start()
    assert isinstance(failed.args[0], OSError)
    assert "No space left" in str(failed.args[0])


def test_a_clip_ends_with_the_first_error(qtbot, make, tmp_path):
    class Broken(Camera):
        def take(self, step):
            image = super().take(step)
            if step == 2:
                raise RuntimeError
            return image

    camera = Broken()
    job = make(tmp_path / "a.gif", ClipPlan(0, 9, 20.0, 20), camera=camera)
    with qtbot.captureExceptions() as raised:
        job.start()
        qtbot.waitUntil(lambda: len(camera.steps) > 2)
        next_picture_is_due(qtbot)
    assert len(raised) == 1
    assert camera.steps == [0, 1, 2]


def test_a_folder_that_is_not_there_is_told(qtbot, make, tmp_path):
    job = make(tmp_path / "none" / "a.gif", ClipPlan(0, 5, 20.0, 20))
    with qtbot.waitSignal(job.failed) as failed:
        job.start()
    assert isinstance(failed.args[0], FileNotFoundError)


class SlowCamera(Camera):
    """Is ready when it was asked so many times."""

    def __init__(self, turns):
        super().__init__()
        self.turns, self.closed = turns, 0

    def take(self, step):
        image = super().take(step)
        return image if len(self.steps) >= self.turns else None

    def close(self):
        self.closed += 1


@pytest.fixture
def window(qtbot):
    shown = QWidget()
    qtbot.addWidget(shown)
    return shown


@pytest.fixture
def work(window):
    return ClipWork(window, Notices(window))


def test_a_picture_that_takes_several_turns_is_written(qtbot, window, work, tmp_path):
    camera, out = SlowCamera(5), tmp_path / "a.png"
    with qtbot.waitSignal(work.parent().told):
        work.write_picture("Export", Shot(camera, 7, window), png_bytes, out)
        assert camera.steps == [7], "the window works on between two turns"
    assert camera.steps == [7] * 5
    assert camera.closed
    work._tasks.wait_for_thread()
    assert QImage(str(out)).pixelColor(5, 5) == QColor(7, 80, 200)


def test_a_picture_that_is_stopped_is_taken_no_further(qtbot, window, work, tmp_path):
    camera = SlowCamera(10_000)
    work.write_picture("Export", Shot(camera, 7, window), png_bytes, tmp_path / "a.png")
    qtbot.waitUntil(lambda: len(camera.steps) > 3)
    work.close()
    turns = len(camera.steps)
    next_picture_is_due(qtbot)
    assert len(camera.steps) == turns
    assert camera.closed
    assert not work.is_busy
    assert not list(tmp_path.iterdir())


def test_a_picture_that_ends_in_an_error_is_not_taken_again(qtbot, window, work, tmp_path):
    class Broken(SlowCamera):
        def take(self, step):
            if super().take(step) is None and len(self.steps) > 1:
                raise RuntimeError

    camera = Broken(10)
    with qtbot.captureExceptions() as raised:
        work.write_picture("Export", Shot(camera, 7, window), png_bytes, tmp_path / "a.png")
        qtbot.waitUntil(lambda: len(camera.steps) > 1)
        next_picture_is_due(qtbot)
    assert len(raised) == 1
    work.close()
    assert camera.closed


def test_a_picture_for_which_there_is_no_memory_is_told(qtbot, window, work, tmp_path):
    class Full(SlowCamera):
        def take(self, step):
            raise MemoryError

    camera = Full(1)
    with qtbot.waitSignal(work.parent().refused) as failed:
        work.write_picture("Export", Shot(camera, 7, window), png_bytes, tmp_path / "a.png")
    assert "memory" in failed.args[0]
    assert camera.closed
