"""The window takes links that another start of the program hands over."""

import shutil
import tempfile
import threading

import pytest

from gdsim.core.hand_over import LONGEST, _connect, address, hand_over
from gdsim.gui.runtime.receiver import Receiver
from tests.core.test_hand_over import WAYS


@pytest.fixture(params=WAYS)
def receiver(request, qtbot, monkeypatch):
    folder = tempfile.mkdtemp(prefix="gd")
    monkeypatch.setattr("gdsim.core.hand_over._HAS_UNIX", request.param == "unix")
    for name in ("XDG_RUNTIME_DIR", "LOCALAPPDATA"):
        monkeypatch.setenv(name, folder)
    one = Receiver()
    yield one
    one.end()
    shutil.rmtree(folder)


def handed(qtbot, text):
    """Hand a text over from another thread, while the window goes on; return whether it was taken."""
    answers = []
    thread = threading.Thread(target=lambda: answers.append(hand_over(text, seconds=10.0)))
    thread.start()
    qtbot.waitUntil(lambda: bool(answers), timeout=15_000)
    thread.join()
    return answers[0]


@pytest.mark.parametrize("text", ["gdsim:1,abc", "gdsim:1," + "x" * 300_000])
def test_what_is_handed_over_is_received(qtbot, receiver, text):
    received = []
    receiver.received.connect(received.append)
    assert handed(qtbot, text)
    assert received == [text]
    assert handed(qtbot, text)  # and again
    assert received == [text, text]


def test_a_second_window_leaves_the_first_one_its_place(qtbot, receiver):
    received = []
    receiver.received.connect(received.append)
    second = Receiver()
    second.end()
    assert handed(qtbot, "gdsim:1,abc")
    assert received == ["gdsim:1,abc"]


def test_who_has_stopped_waiting_is_not_answered(qtbot, receiver):
    """It has opened the link in a window of its own by then."""
    received = []
    receiver.received.connect(received.append)
    assert not hand_over("gdsim:1,first", seconds=0.01)  # nobody comes to it: this is the window's thread
    assert handed(qtbot, "gdsim:1,second")
    assert received == ["gdsim:1,second"]


def test_more_than_a_link_can_be_is_not_read(qtbot, receiver):
    received = []
    receiver.received.connect(received.append)
    with _connect(address(), 5.0) as line:
        line.settimeout(0.0)
        sent = 0

        def refused():
            nonlocal sent
            try:
                sent += line.send(b"x" * 100_000)
            except BlockingIOError:
                return False
            except OSError:
                return True
            return False

        qtbot.waitUntil(refused)
    assert sent >= LONGEST
    assert received == []


def test_the_end_leaves_nothing_behind(receiver):
    assert address().exists()
    receiver.end()
    receiver.end()
    assert not address().exists()
    assert not hand_over("gdsim:1,abc")
