"""A second start hands its link over to the window that is open, or learns soon that there is none."""

import ctypes
import shutil
import socket
import sys
import tempfile
import threading
from contextlib import closing
from types import SimpleNamespace

import pytest

from gdsim.core.hand_over import LONGEST, TAKEN, address, hand_over, is_link, listen
from tests.every import every

LINK = "gdsim:1,abc"
# How programs find each other: on Windows Python has no sockets of Unix.
WAYS = ("unix", "port") if hasattr(socket, "AF_UNIX") else ("port",)


@pytest.fixture(autouse=True, params=WAYS)
def _folder(request, monkeypatch):
    """A folder with a short name: that of a socket has room for a hundred letters."""
    folder = tempfile.mkdtemp(prefix="gd")
    monkeypatch.setattr("gdsim.core.hand_over._HAS_UNIX", request.param == "unix")
    for name in ("XDG_RUNTIME_DIR", "LOCALAPPDATA"):
        monkeypatch.setenv(name, folder)
    yield
    shutil.rmtree(folder)


def answering(listener, answer, taken):
    """Take one call in another thread."""
    server = listener.server

    def take():
        line, _ = server.accept()
        with line:
            while piece := line.recv(1000):
                taken.append(piece)
            line.sendall(answer)

    server.settimeout(5.0)
    thread = threading.Thread(target=take)
    thread.start()
    return thread


def test_a_window_takes_what_is_handed_over():
    taken = []
    with closing(listen()) as listener:
        thread = answering(listener, TAKEN, taken)
        assert hand_over(LINK)
        thread.join()
    assert listener.text_of(b"".join(taken)) == LINK


def test_the_window_that_takes_it_may_come_to_the_front(monkeypatch):
    let_in = []
    user32 = SimpleNamespace(AllowSetForegroundWindow=let_in.append)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(user32=user32), raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    with closing(listen()) as listener:
        thread = answering(listener, TAKEN, [])
        assert hand_over(LINK)
        thread.join()
    assert let_in == [-1]


def test_who_does_not_know_the_key_is_not_heard():
    with closing(listen()) as listener:
        assert listener.text_of(listener.key + LINK.encode()) == LINK
        if listener.key:
            assert listener.text_of(b"x" * len(listener.key) + LINK.encode()) is None
            assert listener.text_of(LINK.encode()) is None


def test_a_file_that_says_no_port_is_no_fault():
    address().write_text("nonsense")
    assert not hand_over(LINK)
    with closing(listen()) as listener:
        assert listener is not None


def test_nobody_takes_it_where_no_window_listens():
    assert not hand_over(LINK)


def test_a_window_that_does_not_answer_is_not_waited_for():
    with closing(listen()):
        assert not hand_over(LINK, seconds=0.05)  # and this ends


def test_another_answer_is_none():
    with closing(listen()) as listener:
        thread = answering(listener, b"what?", [])
        assert not hand_over(LINK)
        thread.join()


def test_the_first_window_listens_and_the_place_of_a_killed_one_is_taken():
    first = listen()
    assert listen() is None
    first.server.close()  # as a program that is killed: its socket stays in the folder
    assert address().exists()
    with closing(listen()) as second:
        assert second is not None
        assert address().stat().st_mode & 0o077 == 0


def test_each_display_has_a_window_of_its_own(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":1")
    first = address()
    monkeypatch.setenv("DISPLAY", ":2")
    assert address() != first


def test_without_a_folder_for_it_nothing_is_handed_over(monkeypatch):
    for name in ("XDG_RUNTIME_DIR", "LOCALAPPDATA"):
        monkeypatch.setenv(name, "here")
    assert address() is None
    assert listen() is None
    assert not hand_over(LINK)


def test_a_folder_that_is_not_there_or_too_long_a_name_is_no_fault(monkeypatch):
    for folder in ("/nowhere/at/all", f"/nowhere/{200 * 'x'}"):
        for name in ("XDG_RUNTIME_DIR", "LOCALAPPDATA"):
            monkeypatch.setenv(name, folder)
        assert listen() is None
        assert not hand_over(LINK)


def test_no_endless_text_is_handed_over():
    with closing(listen()):
        assert not hand_over("x" * (LONGEST + 1))


@every(
    ("text", "is_one"),
    [
        ("gdsim:1,abc", True),
        ("GDSIM:1,abc", True),
        ("'gdsim:1,abc'", True),
        ("gdsim.json", False),
        ("valley", False),
        ("", False),
    ],
)
def test_a_link_is_told_from_names(text, is_one):
    assert is_link(text) is is_one
