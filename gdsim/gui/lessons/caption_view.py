"""The text of a stop: the caption, and below it the question, the answer, and what to look at."""

from collections.abc import Mapping
from html import escape

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from gdsim.core.lessons.caption import Caption, Words, plain_text
from gdsim.core.lessons.latex import Math, PlainMathStyle, Sign, math_text
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.plain_text import HtmlLabel, in_html
from gdsim.gui.style.shown_theme import ThemeFollower, shown_theme
from gdsim.gui.style.text_size import FontScaler, scale_of, system_scale

# The width of the text in pixels; longer lines are hard to read.
_WIDEST = 1120
_GAP = 1


class HtmlMathStyle(PlainMathStyle):
    """A writer of formulas as HTML."""

    def sign(self, sign: Sign) -> str:
        text = escape(sign.text).replace(" ", "\N{NO-BREAK SPACE}")
        return f"<i>{text}</i>" if sign.slanted else text

    def below(self, inside: str) -> str:
        return f"<sub>{_without_spaces(inside)}</sub>"

    def above(self, inside: str) -> str:
        return f"<sup>{_without_spaces(inside)}</sup>"


def _without_spaces(inside: str) -> str:
    return inside.replace("\N{NO-BREAK SPACE}", "")


def caption_html(caption: Caption) -> str:
    """Return a filled caption as HTML; a formula that ends in ``=`` stays on one line with its number."""
    parts, awaits_number = [], False
    for piece in caption.pieces:
        match piece:
            case Words():
                text = in_html(piece.text)
                if awaits_number and text.startswith(" "):
                    text = f"\N{NO-BREAK SPACE}{text[1:]}"
                parts.append(f"<b>{text}</b>" if piece.strong else text)
                awaits_number = False
            case Math():
                parts.append(math_text(piece.root, HtmlMathStyle()).strip("\N{NO-BREAK SPACE}"))
                awaits_number = piece.text.endswith(("=", "≈", "<", ">", "≤", "≥"))
    return "".join(parts)


class CaptionView(QScrollArea):
    """Two wrapped texts, which scroll if there is not enough room for their lines.

    In projector mode the texts are first made smaller, down to the normal size, because a speaker with a
    clicker cannot scroll.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: Mapping[str, Caption] = {}
        self._is_task = False
        self.caption, self.look = _label(), _label()
        self._page = page = QWidget()
        FontScaler(page, QWidget.setMaximumWidth, _WIDEST)
        fill_layout(QVBoxLayout(page), self.caption, self.look, None, gap=_GAP)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setObjectName("plain")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        ThemeFollower(self, self._write)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._write()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._write()

    def show_said(self, said: Mapping[str, Caption], *, is_task: bool = False) -> None:
        """Show captions by their names: ``"caption"``, and below it the others, each after its heading."""
        self._said, self._is_task = said, is_task
        self._write()
        self.verticalScrollBar().setValue(0)

    def _write(self) -> None:
        self.caption.ensurePolished()
        largest = self.caption.fontInfo().pixelSize()
        least = round(largest * system_scale() / scale_of(self))  # the size without projector mode
        for size in range(largest, least - 1, -1):
            self._write_in(size)
            if self._height_needed() <= self.height():
                break

    def _height_needed(self) -> int:
        width = min(self.width(), self._page.maximumWidth())
        shown = [label for label in (self.caption, self.look) if not label.isHidden()]
        return sum(label.heightForWidth(width) for label in shown) + _GAP * (len(shown) - 1)

    def _write_in(self, size: int) -> None:
        caption = self._said.get("caption", Caption())
        others = [(key, one) for key, one in self._said.items() if key != "caption"]
        self.caption.setText(_sized(caption_html(caption), size))
        self.caption.setAccessibleName(plain_text(caption))
        self.caption.setVisible(bool(caption.pieces) or not others)
        heads = {
            "question": self.tr("Question"),
            "answer": self.tr("Answer"),
            "look": self.tr("Task") if self._is_task else self.tr("Look"),
        }
        lines = [
            f'<b style="color: {shown_theme().accent}">{heads[key]}</b>&nbsp; {caption_html(one)}'
            for key, one in others
        ]
        self.look.setVisible(bool(others))
        self.look.setText(_sized("<br>".join(lines), size))
        self.look.setAccessibleName(" ".join(plain_text(one) for _, one in others))


def _sized(html: str, size: int) -> str:
    return f'<span style="font-size: {size}px">{html}</span>'


class _CaptionText(HtmlLabel):
    """A label that wraps, and is as high as its width requires."""

    def minimumSizeHint(self) -> QSize:
        """Return an empty size, because Qt would ask for the height of a narrow column."""
        return QSize(0, 0)


def _label() -> HtmlLabel:
    label = _CaptionText()
    label.setObjectName("caption")
    label.setWordWrap(True)
    # By mouse only, because a text that takes the focus would be one more stop of the Tab key.
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label
