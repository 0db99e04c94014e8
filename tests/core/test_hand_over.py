"""A second start hands its link over to the window that is open, or learns soon that there is none."""

import shutil
import socket
import tempfile
import threading
import time

import pytest

from gdsim.core.hand_over import LONGEST, TAKEN, address, hand_over, is_link, listen

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no such sockets")
LINK = "gdsim:1,abc"


@pytest.fixture(autouse=True)
def _folder(monkeypatch):
    """A folder with a short name: that of a socket has room for a hundred letters."""
    folder = tempfile.mkdtemp(prefix="gd")
    monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    yield
    shutil.rmtree(folder)


def answering(server, answer, taken):
    """Take one call in another thread."""

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
    with listen() as server:
        thread = answering(server, TAKEN, taken)
        assert hand_over(LINK)
        thread.join()
    assert b"".join(taken) == LINK.encode()


def test_nobody_takes_it_where_no_window_listens():
    assert not hand_over(LINK)


def test_a_window_that_does_not_answer_is_not_waited_for():
    with listen():
        begun = time.perf_counter()
        assert not hand_over(LINK, seconds=0.05)
        assert time.perf_counter() - begun < 5.0


def test_another_answer_is_none():
    with listen() as server:
        thread = answering(server, b"what?", [])
        assert not hand_over(LINK)
        thread.join()


def test_the_first_window_listens_and_the_place_of_a_killed_one_is_taken():
    first = listen()
    assert listen() is None
    first.close()  # as a program that is killed: its socket stays in the folder
    assert address().exists()
    with listen() as second:
        assert second is not None
        assert address().stat().st_mode & 0o077 == 0


def test_each_display_has_a_window_of_its_own(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":1")
    first = address()
    monkeypatch.setenv("DISPLAY", ":2")
    assert address() != first


def test_without_a_folder_for_it_nothing_is_handed_over(monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", "here")
    assert address() is None
    assert listen() is None
    assert not hand_over(LINK)


def test_a_folder_that_is_not_there_or_too_long_a_name_is_no_fault(monkeypatch):
    for folder in ("/nowhere/at/all", f"/nowhere/{200 * 'x'}"):
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        assert listen() is None
        assert not hand_over(LINK)


def test_no_endless_text_is_handed_over():
    with listen():
        assert not hand_over("x" * (LONGEST + 1))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("gdsim:1,abc", True), ("GDSIM:1,abc", True), ("gdsim.json", False), ("valley", False), ("", False)],
)
def test_a_link_is_told_from_names(text, is_one):
    assert is_link(text) is is_one
