"""Files that take their name only when they are complete."""

import contextlib
import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gdsim.core.files import atomic
from gdsim.core.files.atomic import remove_abandoned, replacing
from tests.core.files.disks import read_only, small_disk


def test_the_new_file_takes_the_place_of_the_old_one(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    with replacing(path) as unfinished:
        unfinished.write_text("new")
        assert path.read_text() == "old"
        assert unfinished.suffix == ".csv"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_an_old_file_is_kept_when_writing_fails(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")

    def fill_the_disk():
        with replacing(path) as unfinished:
            unfinished.write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        fill_the_disk()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_left_of_a_new_file_that_was_not_finished(tmp_path):
    with pytest.raises(KeyboardInterrupt), replacing(tmp_path / "out.csv"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
def test_permissions_are_those_of_the_old_file_or_of_any_new_one(tmp_path, monkeypatch):
    # It is that of the whole process: while one thread changed it, files of another would be anybody's.
    monkeypatch.delattr(os, "umask")
    old, new, ordinary = tmp_path / "old", tmp_path / "new", tmp_path / "ordinary"
    old.write_text("old")
    old.chmod(0o600)
    ordinary.write_text("")
    for path in (old, new):
        with replacing(path) as unfinished:
            unfinished.write_text("text")
    assert stat.S_IMODE(old.stat().st_mode) == 0o600
    assert stat.S_IMODE(new.stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode)


@pytest.mark.skipif(os.name == "nt", reason="there are no such owners")
@pytest.mark.parametrize("may", [True, False])
def test_a_file_stays_with_its_owner_and_group_where_that_may_be(tmp_path, monkeypatch, may):
    given = []

    def chown(path, owner, group):
        given.append((path.name, owner, group))
        if not may:
            raise PermissionError

    monkeypatch.setattr(os, "chown", chown)
    path = tmp_path / "shared"
    _overwrite(path, "old")
    assert given == []
    status = path.stat()
    _overwrite(path, "new")
    (name, *_), _ = given
    assert given == [(name, -1, status.st_gid), (name, status.st_uid, -1)]
    assert name != path.name
    assert path.read_text() == "new"


@pytest.mark.skipif(os.name == "nt", reason="there are no such files")
def test_devices_are_written_to_and_links_stay_links(tmp_path):
    with replacing(Path("/dev/null")) as path:
        assert path == Path("/dev/null")
    assert not Path("/dev/null").is_file()
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    with replacing(link) as unfinished:
        unfinished.write_text("new")
    assert link.is_symlink()
    assert target.read_text() == "new"


@pytest.mark.skipif(os.name == "nt", reason="there are no such files")
def test_links_that_lead_to_themselves_stay_as_they_are(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.symlink_to(other)
    other.symlink_to(one)
    with pytest.raises(OSError, match="leads back to itself"), replacing(one):
        pass
    assert one.is_symlink()
    assert sorted(tmp_path.iterdir()) == [one, other]


@pytest.mark.skipif(os.name == "nt", reason="there are no such files")
def test_a_pipe_that_nothing_reads_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="No such device"), replacing(tmp_path / "pipe"):
        pass


def test_a_folder_or_a_missing_folder_cannot_be_written(tmp_path):
    with pytest.raises(IsADirectoryError, match="it is a folder"), replacing(tmp_path):
        pass
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "missing" / "out.csv"):
        pass


def test_names_may_be_as_long_as_the_system_lets_them(tmp_path):
    for name in ("n" * 255, "ä" * 127, "n." + "s" * 253, "." + "n" * 254):
        path = tmp_path / name
        with replacing(path) as unfinished:
            unfinished.write_text("text")
        assert path.read_text() == "text"
    words = None if os.name == "nt" else "too long"
    with pytest.raises(OSError, match=words), replacing(tmp_path / ("n" * 256)):
        pass


# ------------------------------------------------------------------------------ what may go wrong


def _overwrite(path, text):
    with replacing(path) as unfinished:
        unfinished.write_text(text)


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
def test_a_write_protected_file_is_not_replaced(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(PermissionError, match="write-protected"):
        _overwrite(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_read_only_folder_keeps_what_is_in_it(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    with read_only(tmp_path), pytest.raises(PermissionError):
        _overwrite(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_keeps_what_is_on_it(tmp_path):
    with small_disk(tmp_path / "disk") as folder:
        path = folder / "out.csv"
        _overwrite(path, "old")
        with pytest.raises(OSError, match="No space left"):
            _overwrite(path, "new" * 1_000_000)
        assert path.read_text() == "old"
        assert list(folder.iterdir()) == [path]
        _overwrite(path, "new")
        assert path.read_text() == "new"


def test_a_disk_that_turns_out_to_be_full_at_the_end_keeps_the_old_file(tmp_path, monkeypatch):
    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "out.csv"
    path.write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        _overwrite(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture
def held(monkeypatch):
    """Return a function that refuses to rename a file so many times, as Windows does while it is open."""
    rename, refused = Path.replace, []

    def hold(times):
        def replace(path, target):
            if len(refused) < times:
                refused.append(path)
                raise PermissionError(errno.EACCES, "Access is denied")
            return rename(path, target)

        monkeypatch.setattr(Path, "replace", replace)
        return refused

    return hold


def test_a_file_that_a_virus_scanner_of_windows_looks_into_is_waited_for(tmp_path, monkeypatch, held):
    monkeypatch.setattr(sys, "platform", "win32")
    path = tmp_path / "out.csv"
    path.write_text("old")
    refused = held(3)
    _overwrite(path, "new")
    assert len(refused) == 3
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("system", ["win32", "linux"])
def test_a_file_that_somebody_keeps_open_is_kept(tmp_path, monkeypatch, held, system):
    """Only on Windows it is tried again, for a while."""
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(atomic, "_PATIENCE_SECONDS", 0.05)
    path = tmp_path / "out.csv"
    path.write_text("old")
    refused = held(1000)
    with pytest.raises(PermissionError, match="denied"):
        _overwrite(path, "new")
    assert (len(refused) > 1) is (system == "win32")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="there are no such limits")
def test_a_limit_on_the_size_of_files_keeps_the_old_file(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    code = f"""
import resource, signal
from pathlib import Path
from gdsim.core.files.atomic import replacing
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
with replacing(Path({str(path)!r})) as unfinished:
    unfinished.write_text("new" * 10_000)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "File too large" in ended.stderr
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


_SAVE_FOREVER = """
import itertools, sys
from pathlib import Path
from gdsim.core.files.atomic import replacing
print("begun", flush=True)
for count in itertools.count():
    with replacing(Path(sys.argv[1])) as unfinished, unfinished.open("w") as out:
        for _ in range(50):
            out.write(f"{count:06} " * 1000)
            out.flush()
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_a_killed_process_leaves_the_old_file_or_the_new_one(tmp_path):
    path = tmp_path / "out.txt"
    seen = set()
    for attempt in range(4):
        command = [sys.executable, "-c", _SAVE_FOREVER, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline() == "begun\n"
            with contextlib.suppress(subprocess.TimeoutExpired):  # a moment to die at that no event marks
                process.wait(0.02 + 0.03 * attempt)
            process.send_signal(signal.SIGKILL)
            process.wait()
        if path.exists():
            words = path.read_text().split()
            assert len(words) == 50_000
            assert len(set(words)) == 1
            seen.add(words[0])
    assert seen
    left = [other for other in tmp_path.iterdir() if other != path]
    assert all(other.name.startswith(".out.txt.gdsim-") for other in left)
    for other in left:
        os.utime(other, (0.0, 0.0))
    assert remove_abandoned(tmp_path) == len(left)
    assert list(tmp_path.iterdir()) == [path]


def test_only_old_unfinished_files_of_our_own_are_removed(tmp_path):
    with replacing(tmp_path / "alive.json") as alive:
        alive.write_text("half")
        others = [tmp_path / name for name in (".hidden", ".x.json.swp", "a.gdsim-x.json", ".b.json")]
        for other in others:
            other.write_text("somebody's")
            os.utime(other, (0.0, 0.0))
        folder = tmp_path / ".f.gdsim-folder"
        folder.mkdir()
        os.utime(folder, (0.0, 0.0))
        (tmp_path / ".old.json.gdsim-abc.json").write_text("half")
        os.utime(tmp_path / ".old.json.gdsim-abc.json", (0.0, 0.0))
        assert remove_abandoned(tmp_path) == 1
        assert {path.name for path in tmp_path.iterdir()} == {
            alive.name,
            folder.name,
            *(other.name for other in others),
        }
    assert remove_abandoned(tmp_path / "missing") == 0
