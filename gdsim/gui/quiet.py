"""Suppressing messages that Qt prints on the terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler


@contextmanager
def quiet_about(words: str) -> Iterator[None]:
    """Suppress Qt's messages that contain ``words``; with an empty string, all messages."""

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
