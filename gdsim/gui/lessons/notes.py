"""The speaker's notes: a window with the notes of the stop, and a file with the notes of all stops."""

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from gdsim.core.files.atomic import replacing
from gdsim.core.language.texts import chosen_language
from gdsim.core.lessons.caption import Caption
from gdsim.core.lessons.lesson import Lesson, Stop
from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.lessons.caption_view import caption_html
from gdsim.gui.lessons.paper import print_html
from gdsim.gui.lessons.render_stop import StopTexts, said_at
from gdsim.gui.plain_text import PlainLabel, hint_label, text_label
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import tr

# The size of the notes relative to the text of the window, because they are read from a lectern.
_LARGER = 1.5


def paragraph(head: str, caption: Caption) -> str:
    """Return a caption as HTML after a bold heading, or nothing if the caption is empty."""
    if not caption.pieces:
        return ""
    return f"<p>{f'<b>{escape(head)}</b>&nbsp; ' if head else ''}{caption_html(caption)}</p>"


def _class_html(said: StopTexts) -> str:
    """Return what the class reads, as HTML."""
    return (
        paragraph(tr("Question"), said.question)
        + paragraph("", said.caption)
        + paragraph(tr("Answer"), said.answer)
        + paragraph(tr("Look"), said.look)
    )


def lesson_html(lesson: Lesson, head: str, stops: Iterable[tuple[Stop, str]]) -> str:
    """Return a lesson as HTML: its title, a ``head``, and some HTML below the headings of each stop."""
    parts = [f"<h1>{escape(lesson.title)}</h1><p>{escape(lesson.about)}</p>{head}"]
    chapter = ""
    for number, (stop, html) in enumerate(stops, start=1):
        if stop.chapter != chapter:
            chapter = stop.chapter
            parts.append(f"<h2>{escape(chapter)}</h2>")
        parts.append(f"<h3>{number}. {escape(stop.title)}</h3>{html}")
    return "".join(parts)


def _with_notes(said: StopTexts) -> str:
    """Return the captions and notes of a stop as HTML."""
    notes = paragraph(tr("Notes"), said.notes)
    return _class_html(said) + (f'<blockquote style="color: #444444">{notes}</blockquote>' if notes else "")


def writing_notes(lesson: Lesson, path: Path) -> Iterator[float]:
    """Write the captions and notes of all stops as a PDF, or as HTML if the file's name ends so.

    Yields the share that is done. Raises `OSError` if the file cannot be written.
    """
    said: list[StopTexts] = []
    for stop in lesson.stops:
        yield len(said) / len(lesson.stops)
        said.append(said_at(stop))
    html = lesson_html(lesson, "", zip(lesson.stops, map(_with_notes, said), strict=True))
    with replacing(path) as unfinished:
        if path.suffix.lower() in {".html", ".htm"}:
            begin = f'<!DOCTYPE html><html lang="{chosen_language().code}"><meta charset="utf-8">'
            head = f"{begin}<title>{escape(lesson.title)}</title>"
            unfinished.write_text(f"{head}\n{html}\n", encoding="utf-8", newline="\n")
            return
        print_html(html, lesson.title, unfinished)


class NotesWindow(ScreenDialog):
    """A window for a second screen, with the notes and captions of the stop, and what comes next."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, tr("Speaker notes"), once=True)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.place, self.title, self.next = PlainLabel(), text_label(name="strong"), hint_label()
        self.clock = PlainLabel()
        self.clock.setAccessibleDescription(self.tr("Since the notes were opened"))
        self.text = QTextBrowser()
        self.text.setObjectName("framed")
        self.text.setAccessibleName(self.tr("Notes"))
        self.text.setOpenLinks(False)
        top = fill_layout(QHBoxLayout(), self.place, (self.title, 1), self.clock, gap=6)
        layout = QVBoxLayout(self.content)
        layout.addLayout(top)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.next)
        self._begun = QElapsedTimer()
        self._begun.start()
        self._ticking = QTimer(self)
        self._ticking.timeout.connect(self._show_time)
        self._ticking.start(1000)
        self._show_time()
        resize_window(self, 640, 480)

    def show_stop(self, lesson: Lesson, index: int, stage: int, said: StopTexts | None) -> None:
        """Show a stop; ``said`` is None until it is computed."""
        stop, count = lesson.stops[index], len(lesson.stops)
        self.place.setText(self.tr("{n} of {count}").format(n=index + 1, count=count))
        self.title.setText(stop.title)
        self.text.setHtml(self._html(stop, stage, said))
        if stage < stop.last_stage:
            self.next.setText(self.tr("Next: more of this stop"))
        elif index + 1 < count:
            self.next.setText(self.tr("Next: {title}").format(title=lesson.stops[index + 1].title))
        else:
            self.next.setText(self.tr("This is the last stop."))

    def _html(self, stop: Stop, stage: int, said: StopTexts | None) -> str:
        if said is None:
            return ""
        size = round(self.fontInfo().pixelSize() * _LARGER)
        no_notes = self.tr("No notes for this stop.")
        none = f"<p><i>{escape(no_notes)}</i></p>"
        notes = paragraph("", said.notes) or none
        hidden = stop.is_asking(stage)
        word = escape(self.tr("Not shown to the class yet:") if hidden else self.tr("The class reads:"))
        return f'<div style="font-size: {size}px">{notes}</div><hr><p><b>{word}</b></p>{_class_html(said)}'

    def _show_time(self) -> None:
        minutes, seconds = divmod(self._begun.elapsed() // 1000, 60)
        self.clock.setText(f"{minutes}:{seconds:02d}")
