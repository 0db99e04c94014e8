"""Making and checking the bundle: the parts that take no minutes."""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.every import every
from tests.packaging_.scripts import load

bundle = load("bundle")
check = load("bundle_check")
contents = load("contents")
linux_package = load("linux_package")


@pytest.fixture
def folder(tmp_path):
    """A small frozen program."""
    made = tmp_path / "frozen" / "gdsim"
    for name, source in contents.resources().items():
        target = made / "_internal" / "gdsim" / "resources" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    (made / "gdsim").write_text("#!/bin/sh\n")
    (made / "gdsim").chmod(0o755)
    return made


def test_checksums_are_those_of_sha256sum(tmp_path):
    for name in ("b.deb", "a.tar.xz"):
        (tmp_path / name).write_bytes(name.encode())
    bundle.write_checksums(tmp_path.glob("*.*"), tmp_path / "SHA256SUMS")
    lines = (tmp_path / "SHA256SUMS").read_text().splitlines()
    assert lines == [
        f"{hashlib.sha256(name).hexdigest()}  {name.decode()}" for name in (b"a.tar.xz", b"b.deb")
    ]


linux = pytest.mark.skipif(sys.platform != "linux", reason="rights and archives of Linux")


@linux
def test_an_archive_belongs_to_nobody_in_particular(folder, tmp_path):
    shutil.rmtree(folder / "_internal" / "gdsim" / "resources")  # which take long to compress
    linux_package.tar_folder(folder, tmp_path / "made.tar.xz")
    with tarfile.open(tmp_path / "made.tar.xz") as archive:
        members = archive.getmembers()
    assert {member.uname for member in members} == {"root"}
    assert {member.name.partition("/")[0] for member in members} == {"gdsim"}
    assert next(one for one in members if one.name == "gdsim/gdsim").mode & 0o111


def test_a_zip_holds_the_folder(folder, tmp_path):
    bundle.zip_folder(folder, tmp_path / "made.zip")
    with zipfile.ZipFile(tmp_path / "made.zip") as archive:
        assert "gdsim/_internal/gdsim/resources/scenes/valley.json" in archive.namelist()


@pytest.mark.parametrize("system", ["linux", "win32", "darwin"])
def test_the_label_names_version_system_and_processor(monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    version, name, _processor = bundle.label().rsplit("-", 2)
    assert version == bundle.system_files.version()
    assert name == {"linux": "linux", "win32": "windows", "darwin": "macos"}[system]


def test_an_unknown_argument_is_refused(capsys):
    assert bundle.main(["--chekc"]) == 2
    assert "--chekc" in capsys.readouterr().err


# --------------------------------------------------------------------------------------- the checks


def test_resources_as_in_the_source_pass(folder):
    assert "as in the source" in check.resources(folder / "_internal")


def test_a_resource_that_is_missing_changed_or_too_many_is_found(folder):
    resources = folder / "_internal" / "gdsim" / "resources"
    (resources / "scenes" / "valley.json").unlink()
    (resources / "style.qss").write_text("changed")
    (resources / "left-over").touch()
    with pytest.raises(check.Wrong, match=r"left-over, scenes/valley.json, style.qss"):
        check.resources(folder / "_internal")


def test_what_is_too_large_is_found(folder, tmp_path, monkeypatch):
    package = tmp_path / "package"
    package.write_bytes(b"x" * 1000)
    assert "MB unpacked" in check.size(folder, [package])
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("LARGEST_UNPACKED", "LARGEST_PACKED"):
        monkeypatch.setattr(check, name, 999)
        with pytest.raises(check.Wrong):
            check.size(folder, [package])
        monkeypatch.setattr(check, name, 1e9)


def test_test_tools_and_unused_modules_of_qt_are_found():
    good = ["PySide6/QtCore.abi3.so", "gdsim/resources/style.qss"]
    assert "of Qt: Core" in check.nothing_unwanted(good, ["gdsim.core.engine.loop", "pipes"])
    for names, modules in (
        ([*good, "PySide6/QtTest.abi3.so"], []),
        (good, ["hypothesis.strategies"]),
        (good, ["pip"]),
    ):
        with pytest.raises(check.Wrong):
            check.nothing_unwanted(names, modules)


def _program(code=0, out="", err=""):
    done = subprocess.CompletedProcess([], code, out, err)
    return SimpleNamespace(call=lambda *_, **__: done, program=Path("gdsim"))


@every(
    "program",
    [
        _program(1, "FAILED  pane: blank\nDrawn with OpenGL"),
        _program(0, "Drawn with OpenGL", "a complaint"),
        _program(0, "Drawn without OpenGL"),
    ],
)
def test_a_self_test_that_fails_complains_or_draws_otherwise_is_found(program):
    with pytest.raises(check.Wrong):
        check.self_test(program, {}, "Drawn with OpenGL")


def test_a_self_test_that_passes_tells_its_count():
    program = _program(0, "Drawn with OpenGL\n48 checks passed, 0 failed\n")
    assert check.self_test(program, {}, "Drawn with OpenGL") == "48 checks passed, 0 failed"


def test_notes_of_macos_are_no_complaints_of_the_program():
    note = "2026-11-28 11:20:00.123 gdsim[4711:815] +[IMKClient subclass]: chose IMKClient_Modern\n"
    passed = "Drawn with OpenGL\n48 checks passed, 0 failed\n"
    assert check.self_test(_program(0, passed, 2 * note), {}, "Drawn") == "48 checks passed, 0 failed"
    with pytest.raises(check.Wrong, match=r"^a complaint$"):
        check.self_test(_program(0, passed, f"{note}a complaint\n{note}"), {}, "Drawn")


@linux
def test_a_library_that_nobody_brings_is_found(tmp_path, monkeypatch):
    (tmp_path / "program").write_bytes(Path(sys.executable).resolve().read_bytes())
    if check.shutil.which("readelf") is None:
        pytest.skip("readelf is not here")
    monkeypatch.setattr(contents, "SYSTEM_LIBRARIES", {})
    monkeypatch.setattr(check.contents, "SYSTEM_LIBRARIES", {})
    with pytest.raises(check.Wrong, match=r"libc\.so\.6"):
        check.system_libraries(tmp_path)


@linux
def test_the_frozen_program_is_tried_where_it_cannot_write(folder, tmp_path, monkeypatch):
    place = tmp_path / "place"
    place.mkdir()
    program = check.Frozen(folder.parent, place)
    assert " " in str(program.folder)
    assert not str(program.folder).isascii()
    assert not any(path.stat().st_mode & 0o222 for path in program.folder.rglob("*"))
    assert program.is_untouched()
    assert list(program.home.iterdir()) == []
    program.program.chmod(0o755)
    program.program.write_text("changed")
    assert not program.is_untouched()
    check.unprotect(program.folder)


def test_nothing_of_this_environment_is_there(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    env = check.clean_environment(str(tmp_path), EXTRA="1")
    assert "PYTHONPATH" not in env
    assert not Path(env["PATH"]).exists()
    assert env["EXTRA"] == "1"


def test_its_language_is_one_in_utf_8_that_the_system_has(tmp_path, monkeypatch):
    """Without one Qt complains, which the self-test of the bundle takes for a fault."""
    for system, language in {"linux": "C.UTF-8", "darwin": "en_US.UTF-8"}.items():
        monkeypatch.setattr(sys, "platform", system)
        assert check.clean_environment(str(tmp_path))["LANG"] == language
