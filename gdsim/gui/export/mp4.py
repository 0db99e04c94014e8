"""Writing an MP4 by the ffmpeg of the system, picture by picture through a pipe."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from gdsim.core.process import system_environment
from gdsim.gui.export.frames import Clip

# Even sizes are what nearly every player asks for.
_EVEN = "pad=ceil(iw/2)*2:ceil(ih/2)*2"
# So much is read of what an ffmpeg says that fails.
_LONGEST_WORDS = 400


class EncoderError(ValueError):
    """ffmpeg did not write the clip; the text is what it said."""


def find_ffmpeg() -> str | None:
    """Return where ffmpeg is, if this machine has one."""
    return shutil.which("ffmpeg")


def write_mp4(clip: Clip, out: Path) -> None:
    """Write a clip that every player shows.

    Raises
    ------
    EncoderError
        If there is no ffmpeg, or it fails.
    """
    program = find_ffmpeg()
    if program is None:
        raise EncoderError("there is no ffmpeg on this machine")
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(  # noqa: S603 - the program is the system's, and no shell reads the names
            [program, *_arguments(clip, out)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=words,
            env=system_environment(),
        )
        try:
            whole = _feed(process, clip)
            code = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        if code or not whole:
            words.seek(max(0, words.seek(0, os.SEEK_END) - _LONGEST_WORDS))
            raise EncoderError(_last_line(words.read()) or f"ffmpeg ended with {code}")


def _arguments(clip: Clip, out: Path) -> list[str]:
    size = f"{clip.width}x{clip.height}"
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", f"{clip.pace:.6g}", "-i", "-"]
    picture = ["-vf", _EVEN, "-pix_fmt", "yuv420p", "-crf", "18", "-movflags", "+faststart"]
    # "file:" takes every name as a name.
    return ["-hide_banner", "-loglevel", "error", "-y", *source, *picture, "-f", "mp4", f"file:{out}"]


def _feed(process: "subprocess.Popen[bytes]", clip: Clip) -> bool:
    """Write all pictures; return whether they were taken."""
    pipe = process.stdin
    assert pipe is not None  # noqa: S101 - asked for above
    try:
        for frame in clip.frames:
            # All pictures of a video are shown equally long: one that stands still comes again and again.
            for _ in range(max(1, round(frame.ms * clip.pace / 1000.0))):
                pipe.write(frame.rgb.tobytes())
        pipe.flush()
    except BrokenPipeError:
        return False  # it has ended, and says why
    finally:
        with contextlib.suppress(BrokenPipeError):
            pipe.close()
    return True


def _last_line(words: bytes) -> str:
    lines = [line.strip(" \0\r") for line in words.decode("utf-8", "replace").split("\n")]
    return next((line for line in reversed(lines) if line), "")
