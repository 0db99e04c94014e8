"""Every kind of clip is read again by somebody else."""

import errno
import os
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdsim.gui.export import mp4
from gdsim.gui.export.clip import Clip, ClipFormat, ClipFrame, changed_box
from gdsim.gui.export.clip_job import write_clip
from gdsim.gui.export.mp4 import EncoderError, find_ffmpeg
from tests.gui.forked import forked

WIDTH, HEIGHT = 121, 83  # odd: some encoders mind
BY_PILLOW = [ClipFormat.GIF, ClipFormat.APNG, ClipFormat.WEBP]
needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="there is no ffmpeg here")
NAMES = ["a%03d", "-y", "ünï & 'quotes'", "#"]
if os.name != "nt":  # which takes no such names
    NAMES += ["two\nlines", "pipe:1", "x" * 240, "#?"]
ALL = [*BY_PILLOW, pytest.param(ClipFormat.MP4, marks=needs_ffmpeg)]


def picture(index):
    """Return a red square that moves to the right over a pale ground."""
    rgb = np.full((HEIGHT, WIDTH, 3), (240, 240, 250), np.uint8)
    rgb[20:40, 5 * index : 5 * index + 15] = (217, 45, 32)
    return rgb


def a_clip(count=12, ms=80, last_ms=1500):
    frames = (ClipFrame(picture(k), last_ms if k == count - 1 else ms) for k in range(count))
    return Clip(WIDTH, HEIGHT, count, 1000 / ms, frames)


@pytest.mark.parametrize("form", BY_PILLOW)
def test_pictures_times_and_repetition(tmp_path, form):
    out = tmp_path / f"clip.{form}"
    write_clip(form, a_clip(), out)
    with Image.open(out) as clip:
        assert clip.size == (WIDTH, HEIGHT)
        assert clip.n_frames == 12
        assert clip.info["loop"] == 0
        times = []
        for index in range(clip.n_frames):
            clip.seek(index)
            clip.load()
            times.append(clip.info["duration"])
            shown = np.asarray(clip.convert("RGB")).astype(int)
            off = np.abs(shown - picture(index)).mean(axis=2)
            # WebP smears the edges of the square a little; the others do not.
            assert np.median(off) <= 2
            assert off.mean() < (3.0 if form is ClipFormat.WEBP else 0.5)
            assert off[25:35, 5 * index + 4 : 5 * index + 10].max() < (60 if form is ClipFormat.WEBP else 2)
        assert times == [80] * 11 + [1500]


def test_a_png_has_the_very_colours(tmp_path):
    rng = np.random.default_rng(5)
    pictures = [rng.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8) for _ in range(3)]
    pictures.append(pictures[-1].copy())  # nothing changes
    frames = (ClipFrame(rgb, 100) for rgb in pictures)
    write_clip(ClipFormat.APNG, Clip(WIDTH, HEIGHT, 4, 10.0, frames), tmp_path / "a.apng")
    with Image.open(tmp_path / "a.apng") as clip:
        for index, rgb in enumerate(pictures):
            clip.seek(index)
            assert np.array_equal(np.asarray(clip.convert("RGB")), rgb)


def test_a_thin_line_keeps_its_colour_in_a_gif(tmp_path):
    """A hundred greens and a red line of few pixels: the palette has to have the red."""
    ground = np.zeros((200, 200, 3), np.uint8)
    ground[..., 1] = np.linspace(60, 255, 200).astype(np.uint8)
    ground[..., 2] = np.linspace(0, 200, 200).astype(np.uint8)[:, np.newaxis]
    ground[100, 50:90] = (217, 45, 32)
    frames = iter([ClipFrame(ground, 100), ClipFrame(ground, 100)])
    write_clip(ClipFormat.GIF, Clip(200, 200, 2, 10.0, frames), tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as clip:
        clip.seek(1)
        red = np.asarray(clip.convert("RGB"))[100, 50:90].astype(int)
    assert np.abs(red - (217, 45, 32)).max() < 40


def test_a_run_does_not_take_the_colour_of_an_arrow_in_a_gif(tmp_path):
    """Beside a surface both are few pixels; taken together they had a colour between the two."""
    run, arrow, page = (242, 105, 94), (214, 92, 148), (27, 32, 41)
    picture = np.empty((300, 300, 3), np.uint8)
    picture[:] = page
    across = np.linspace(0, 255, 200)
    picture[50:250, 50:250] = np.stack(
        np.broadcast_arrays(across, 255 - across, across[:, np.newaxis]), axis=-1
    )
    picture[10, 10:25], picture[20:24, 10:90] = run, arrow
    frames = iter([ClipFrame(picture, 100), ClipFrame(picture, 100)])
    write_clip(ClipFormat.GIF, Clip(300, 300, 2, 10.0, frames), tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as clip:
        shown = np.asarray(clip.convert("RGB")).astype(int)
    for colour, (row, column) in ((run, (10, 15)), (arrow, (21, 50)), (page, (280, 20))):
        assert np.abs(shown[row, column] - colour).max() <= 4


def test_a_gif_counts_hundredths_of_a_second_without_drifting(tmp_path):
    write_clip(ClipFormat.GIF, a_clip(12, ms=33, last_ms=33), tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as clip:
        total = 0
        for index in range(clip.n_frames):
            clip.seek(index)
            total += clip.info["duration"]
    assert abs(total - 12 * 33) <= 10


@needs_ffmpeg
def test_a_video(tmp_path):
    out = tmp_path / "clip.mp4"
    write_clip(ClipFormat.MP4, a_clip(12, ms=100, last_ms=1500), out)
    shown = subprocess.run(
        [find_ffmpeg(), "-v", "error", "-i", out, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        capture_output=True,
        check=True,
    ).stdout
    frames = np.frombuffer(shown, np.uint8).reshape(-1, HEIGHT + 1, WIDTH + 1, 3)  # sizes are even
    assert len(frames) == 11 + 15  # the last picture stands for a second and a half
    for index in (0, 6, 25):
        middle = frames[index][28:32, 5 * min(index, 11) + 5 : 5 * min(index, 11) + 10].astype(int)
        assert np.abs(middle - (217, 45, 32)).max() < 40
        assert np.abs(frames[index][60:70, 30:60].astype(int) - (240, 240, 250)).max() < 12


@pytest.mark.parametrize("form", ALL)
@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_only_a_name(tmp_path, form, name):
    out = tmp_path / f"{name}.{form}"
    write_clip(form, a_clip(3), out)
    assert list(tmp_path.iterdir()) == [out]
    assert out.stat().st_size > 200


MEASURED = """
import sys
import numpy as np
from pathlib import Path
from gdsim.gui.export.clip import ClipFormat
from gdsim.gui.export.clip_job import write_clip
from gdsim.gui.export.clip import Clip, ClipFrame
form, out = ClipFormat(sys.argv[1]), Path(sys.argv[2])
def frames(count):
    for k in range(count):
        rgb = np.full((300, 400, 3), 250, np.uint8)
        rgb[0, 0] = rgb[-1, -1] = (200, 30, k)  # all that is between has to be looked at
        yield ClipFrame(rgb, 50)
def peak():
    return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) // 1024
for count in (20, 80):
    write_clip(form, Clip(400, 300, count, 20.0, frames(count)), out)
    print(peak())
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured as Linux tells it")
@pytest.mark.parametrize("form", ALL)
def test_a_long_clip_takes_hardly_more_memory_than_a_short_one(tmp_path, form):
    """Sixty pictures more of 360 kB would be 22 MB, and 7 MB even with one byte to a pixel."""
    ended = forked(MEASURED, form, str(tmp_path / f"a.{form}"))
    assert (ended.returncode, ended.stderr) == (0, "")
    short, long = map(int, ended.stdout.split())
    assert long - short < 5


@pytest.mark.skipif(os.name == "nt", reason="there is no shell")
@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo some words >&2; echo No such encoder >&2; exit 1", "No such encoder"),
        ("exec cat > /dev/null", None),
        ("exit 0", "ffmpeg ended with 0"),
        ("exit 3", "ffmpeg ended with 3"),
        ("head -c 10000000 /dev/zero >&2; exit 1", "^ffmpeg ended with 1$"),
    ],
)
def test_what_an_ffmpeg_says_that_fails_is_passed_on(tmp_path, monkeypatch, script, words):
    fake = tmp_path / "ffmpeg"
    fake.write_text(f"#!/bin/sh\nPATH=/bin:/usr/bin\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EncoderError, match=words) if words else nullcontext():
        write_clip(ClipFormat.MP4, a_clip(), tmp_path / "a.mp4")


@pytest.mark.skipif(os.name == "nt", reason="there is no shell")
def test_on_windows_an_ffmpeg_that_fails_has_no_terminal_and_is_heard(tmp_path, monkeypatch):
    """A pipe that nobody reads is an invalid argument there."""
    begun = []

    class OnWindows(subprocess.Popen):
        def __init__(self, command, *, creationflags, **rest):
            begun.append(creationflags)
            super().__init__(["/bin/sh", "-c", "echo No such encoder >&2; exit 1"], **rest)
            self.stdin.close()
            self.stdin = self

        def write(self, data):
            raise OSError(errno.EINVAL, "Invalid argument")

        def close(self):
            raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(subprocess, "CREATE_NO_WINDOW", 0x08000000, raising=False)
    monkeypatch.setattr(subprocess, "Popen", OnWindows)
    monkeypatch.setattr("gdsim.gui.export.mp4.find_ffmpeg", lambda: "ffmpeg")
    with pytest.raises(EncoderError, match="No such encoder"):
        write_clip(ClipFormat.MP4, a_clip(), tmp_path / "a.mp4")
    assert begun == [0x08000000]


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
def test_an_ffmpeg_of_a_mac_is_found_by_a_program_that_was_started_by_a_click(tmp_path, monkeypatch):
    program = tmp_path / "ffmpeg"
    program.touch(0o755)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(mp4, "_MAC_FOLDERS", f"/nowhere:{tmp_path}")
    assert find_ffmpeg() is None
    monkeypatch.setattr(sys, "platform", "darwin")
    assert find_ffmpeg() == str(program)


def test_an_ffmpeg_that_lies_where_a_document_does_is_not_started_on_windows(monkeypatch):
    found = {"linux": "bin/ffmpeg", "win32": None}
    monkeypatch.setattr(mp4.shutil, "which", lambda _name: "bin/ffmpeg")
    for system, path in found.items():
        monkeypatch.setattr(sys, "platform", system)
        assert find_ffmpeg() == path


def test_the_box_of_a_change():
    before = np.zeros((5, 7), np.uint8)
    now = before.copy()
    assert changed_box(before, now) == (0, 0, 1, 1)
    now[2, 3] = now[4, 5] = 1
    assert changed_box(before, now) == (3, 2, 6, 5)
