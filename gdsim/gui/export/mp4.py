"""Writer of MP4 files, which pipes the pictures to the ffmpeg of the system."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from gdsim.core.language.texts import said
from gdsim.core.process import reader_is_gone, system_environment
from gdsim.gui.export.clip import Clip

# Pads to even sizes, which nearly every player needs.
_PAD_TO_EVEN = "pad=ceil(iw/2)*2:ceil(ih/2)*2"
# The folders of Homebrew (on Apple silicon and Intel) and MacPorts.
_MAC_FOLDERS = "/opt/homebrew/bin:/usr/local/bin:/opt/local/bin"
# How many bytes at the end of ffmpeg's error output are read.
_LONGEST_MESSAGE = 400


class EncoderError(ValueError):
    """ffmpeg did not write the clip; the text is its error message."""


def find_ffmpeg() -> str | None:
    """Return the path of the system's ffmpeg, never of a program in the current folder."""
    found = shutil.which("ffmpeg")
    if sys.platform == "darwin" and not found:  # programs started from the Finder have a short PATH
        return shutil.which("ffmpeg", path=_MAC_FOLDERS)
    if sys.platform == "win32" and found and not Path(found).is_absolute():
        return None  # Windows searches the current folder first
    return found


def write_mp4(clip: Clip, out: Path) -> None:
    """Write a clip with the ffmpeg of the system.

    Raises `EncoderError` if there is no ffmpeg or if it fails.
    """
    program = find_ffmpeg()
    if program is None:
        raise EncoderError(said("there is no ffmpeg on this machine"))
    with tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(  # noqa: S603 - the program is the system's, and no shell reads the names
            [program, *_arguments(clip, out)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=messages,
            env=system_environment(),
            # A program without a console would otherwise open one on Windows.
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        try:
            complete = _feed(process, clip)
            code = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        if code or not complete:
            messages.seek(max(0, messages.seek(0, os.SEEK_END) - _LONGEST_MESSAGE))
            raise EncoderError(_last_line(messages.read()) or said("ffmpeg ended with {code}", code=code))


def _arguments(clip: Clip, out: Path) -> list[str]:
    size = f"{clip.width}x{clip.height}"
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", f"{clip.pace:.6g}", "-i", "-"]
    picture = ["-vf", _PAD_TO_EVEN, "-pix_fmt", "yuv420p", "-crf", "18", "-movflags", "+faststart"]
    # After "file:", ffmpeg takes any name literally.
    return ["-hide_banner", "-loglevel", "error", "-y", *source, *picture, "-f", "mp4", f"file:{out}"]


def _feed(process: "subprocess.Popen[bytes]", clip: Clip) -> bool:
    """Write all pictures to ffmpeg; return False if ffmpeg has closed the pipe."""
    pipe = process.stdin
    assert pipe is not None  # noqa: S101 - opened with a pipe
    try:
        for frame in clip.frames:
            # All pictures of a video last equally long, so a picture that lasts longer is repeated.
            for _ in range(max(1, round(frame.ms * clip.pace / 1000.0))):
                pipe.write(frame.rgb.tobytes())
        pipe.flush()
    except OSError as error:
        if not reader_is_gone(error):
            raise
        return False  # ffmpeg has ended, and says why in its messages
    finally:
        with contextlib.suppress(OSError):
            pipe.close()
    return True


def _last_line(message: bytes) -> str:
    lines = [line.strip(" \0\r") for line in message.decode("utf-8", "replace").split("\n")]
    return next((line for line in reversed(lines) if line), "")
