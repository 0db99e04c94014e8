"""What the exports say in words."""

from PySide6.QtCore import QCoreApplication

from gdsim.gui.export.clip_forms import ClipForm
from gdsim.gui.export.picture import PictureFormat
from gdsim.gui.export.picture_spec import PicturePart


def _tr(text: str) -> str:
    return QCoreApplication.translate("Export", text)


def part_name(part: PicturePart) -> str:
    """Return what is taken a picture of."""
    return {
        PicturePart.MAPS: _tr("Surface and contours"),
        PicturePart.SURFACE: _tr("Error surface"),
        PicturePart.CONTOURS: _tr("Contours"),
        PicturePart.CURVES: _tr("Curves"),
        PicturePart.NEURON: _tr("Neuron"),
        PicturePart.WINDOW: _tr("Whole window"),
    }[part]


def form_name(form: PictureFormat) -> str:
    """Return what kind of file a picture is, and what it is good for."""
    return {
        PictureFormat.PNG: _tr("PNG, pixels"),
        PictureFormat.SVG: _tr("SVG, lines and letters"),
        PictureFormat.PDF: _tr("PDF, lines and letters"),
    }[form]


def clip_name(form: ClipForm) -> str:
    """Return what kind of file a clip is, and what it is good for."""
    return {
        ClipForm.GIF: _tr("GIF, for everywhere"),
        ClipForm.APNG: _tr("APNG, exact colours"),
        ClipForm.WEBP: _tr("WebP, for the web"),
        ClipForm.MP4: _tr("MP4, for video players"),
    }[form]


def letters_name(letters: float) -> str:
    """Return how large letters are."""
    return {1.0: _tr("as in the window"), 1.5: _tr("large, for a slide"), 2.0: _tr("very large")}[letters]


def time_text(seconds: float) -> str:
    """Return a time: ``"7.5 s"``, ``"3 min 20 s"``, ``"2 h 5 min"``."""
    if seconds < 60.0:
        return _tr("{0} s").format(f"{seconds:.1f}" if seconds < 20.0 else round(seconds))
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return _tr("{0} min {1} s").format(minutes, rest)
    return _tr("{0} h {1} min").format(minutes // 60, minutes % 60)


def left_text(seconds: float | None) -> str:
    """Return how long something still takes."""
    return (
        _tr("Working out how long it takes…")
        if seconds is None
        else _tr("{0} left").format(time_text(seconds))
    )


def no_ffmpeg_text() -> str:
    """Return why there is no MP4."""
    return _tr("MP4 needs ffmpeg, which is not on this machine; install it, or take another kind of file.")


def unwritten_text(name: str, fault: Exception) -> str:
    """Return that a file was not written, and why."""
    reason = getattr(fault, "strerror", None) or str(fault)
    if isinstance(fault, MemoryError):
        reason = _tr("there is not enough memory")
    return _tr("{name} cannot be written: {reason}.").format(name=name, reason=reason.rstrip("."))
