"""What Qt is not to print on the terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler


@contextmanager
def quiet_about(words: str) -> Iterator[None]:
    """Keep Qt from printing messages with these words in them; all of them, if there are no words."""

    def pass_on(kind: QtMsgType, where: QMessageLogContext, text: str) -> None:
        if words in text:
            return
        if before is not None:
            before(kind, where, text)
        elif sys.stderr is not None:
            print(text, file=sys.stderr)  # noqa: T201 - as Qt would

    before = qInstallMessageHandler(pass_on)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
