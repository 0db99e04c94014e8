"""What goes into the bundle, and what stays out."""

import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from gdsim.core.resources import resource
from tests.every import every
from tests.packaging_.scripts import FOLDER, load

contents = load("contents")
ROOT = FOLDER.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@every(
    "name",
    [
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6\\plugins\\imageformats\\qsvg.dll",
        "PySide6/Qt/lib/libQt6XcbQpa.so.6",
        "PySide6/QtWidgets.abi3.so",
        "libQt6Core.so.6",
        "libxcb-cursor.so.0",
        "libgfortran-040039e1-0352e75f.so.5.0.0",
        "gdsim/resources/scenes/valley.json",
        "pyqtgraph/colors/maps/viridis.csv",
        "vcruntime140.dll",
        "PySide6/Qt/lib/QtGui.framework/Versions/A/Resources/Info.plist",
        "Python.framework/Versions/3.12/Resources/Info.plist",
        "PySide6/Qt/translations/qtbase_de.qm",
    ],
)
def test_what_is_needed_is_kept(name):
    assert contents.is_kept(name)


@every(
    "name",
    [
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/plugins/imageformats/libqjpeg.so",
        "PySide6/plugins/tls/qschannelbackend.dll",
        "PySide6/Qt/lib/libQt6Network.so.6",
        "PySide6/QtQuick.abi3.so",
        "PySide6/Qt6Qml.dll",
        "PySide6/Qt/lib/QtNetwork.framework/Versions/A/QtNetwork",
        "PySide6/Qt/lib/QtNetwork.framework/Versions/A/Resources/Info.plist",
        "PySide6/Qt/lib/QtNetwork.framework/Versions/Current",
        "PySide6/opengl32sw.dll",
        "PySide6/Qt/translations/qtbase_xx.qm",
        "PySide6/Qt/translations/qtmultimedia_de.qm",
        "libQt6Network.so.6",
        "libstdc++.so.6",  # drivers of OpenGL need the system's own
        "libgtk-3.so.0",
        "numpy/linalg/tests/test_linalg.py",
    ],
)
def test_what_is_not_needed_is_left_out(name):
    assert not contents.is_kept(name)
    assert contents.unwanted([name]) == [name]


@every(
    ("name", "module"),
    [("libQt6XcbQpa.so.6", "XcbQpa"), ("QtTest.pyd", "Test"), ("Qt6Gui.dll", "Gui"), ("qtile.py", None),
     ("Qtable.py", None), ("libqsvg.so", None)],
)  # fmt: skip
def test_modules_of_qt_are_known_by_their_names(name, module):
    assert contents.qt_module(name) == module


def test_a_test_tool_is_found_wherever_it_is():
    assert contents.unwanted(["hypothesis/core.pyc", "gdsim/core/engine/loop.pyc"]) == ["hypothesis/core.pyc"]


def test_every_module_of_qt_that_the_program_imports_is_kept():
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "gdsim").rglob("*.py"))
    used = set(re.findall(r"from PySide6\.Qt(\w+) import", text))
    assert used
    assert used <= contents.QT_USED


def test_every_resource_but_the_pictures_of_the_readme_goes_in():
    every = {path.relative_to(resource()).as_posix() for path in resource().rglob("*") if path.is_file()}
    left_out = every - contents.resources().keys()
    assert left_out == {name for name in every if name.startswith("pictures/")}
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "gdsim").rglob("*.py"))
    assert not re.search(r'resource\("pictures"', text)
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["exclude"] == [f"/resources/{name}" for name in contents.RESOURCES_LEFT_OUT]


# ------------------------------------------------------------------------------------------ the lock


def _locked():
    text = (FOLDER / "bundle.lock").read_text(encoding="utf-8")
    entries = re.findall(
        r"^([a-z0-9-]+)==([^ \\]+)[^\n]*\\\n((?:    --hash=sha256:[0-9a-f]{64}[ \\]*\n)+)", text, re.MULTILINE
    )
    lines = [line for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))]
    assert len(entries) == len(lines)  # each has its hashes
    return {name: [Version(version) for one, version, _ in entries if one == name] for name, *_ in entries}


def test_the_lock_has_every_dependency_in_a_version_that_is_allowed():
    locked = _locked()
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["bundle"]]
    for requirement in map(Requirement, wanted):
        versions = locked[requirement.name.lower()]
        assert versions
        assert all(version in requirement.specifier for version in versions), "run: packaging/dev.py lock"


def test_the_lock_has_no_test_tool():
    tools = {Requirement(one).name.lower() for one in PROJECT["project"]["optional-dependencies"]["dev"]}
    assert not tools & _locked().keys()


def test_an_audit_that_could_look_nothing_up_does_not_pass(monkeypatch):
    lock = load("lock")
    asked = []

    def run(command, **_options):
        asked.append(command)
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(lock.subprocess, "run", run)
    assert lock.main(["--audit"]) == 1
    assert asked[-1][0].endswith("pip-audit")
    assert "--strict" in asked[-1]


# -------------------------------------------------------------------------------------- the licences


def test_every_part_has_a_licence(tmp_path):
    code = "import sys; sys.path.insert(0, sys.argv[1]); import licences; print(sorted(licences.parts()));"
    code += "print([part for part in licences.parts() if not list(licences.files_of(part))])"
    told = subprocess.run(
        [sys.executable, "-c", code, str(FOLDER)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    parts, without = told.stdout.splitlines()
    assert "'pyside6-essentials'" in parts
    assert "pytest" not in parts
    assert without == "[]"


def test_a_part_without_a_licence_is_an_error(tmp_path, monkeypatch):
    licences = load("licences")
    monkeypatch.setattr(licences, "parts", lambda: {"pyopengl"})
    monkeypatch.setattr(licences, "ADDED", {})
    monkeypatch.setattr(licences, "system_licences", dict)
    monkeypatch.setattr(
        licences, "files_of", lambda part: iter([tmp_path / "x"] if part != "pyopengl" else [])
    )
    with pytest.raises(licences.NoLicenceError, match="pyopengl"):
        licences.collect(tmp_path / "licences")


@pytest.mark.skipif(sys.platform != "linux", reason="only there the system's libraries are in the bundle")
def test_on_a_linux_that_cannot_tell_of_its_libraries_no_bundle_is_made(monkeypatch):
    licences = load("licences")
    monkeypatch.setattr(licences.shutil, "which", lambda _name: None)
    with pytest.raises(licences.NoLicenceError, match="libraries of this system"):
        licences.system_licences()


def test_the_notice_of_qt_tells_of_the_lgpl_and_of_replacing_it():
    notice = (FOLDER / "licences" / "Qt.txt").read_text(encoding="utf-8")
    assert "GNU Lesser General Public License, version 3" in notice
    assert "replace" in notice
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (FOLDER / "licences" / "LGPL-3.0.txt").read_text("utf-8")
    assert Path(FOLDER / "licences" / "GPL-3.0.txt").is_file()


def test_the_bundle_has_what_the_command_line_loads_by_name():
    calls = re.compile(r'\bimport_gui\("([\w.]+)"\)')
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "gdsim" / "cli").glob("*.py")]
    named = {f"gdsim.gui.{name}" for text in texts for name in calls.findall(text)}
    assert {"gdsim.gui", *named} == set(contents.WINDOW_IMPORTS)
    assert all(find_spec(name) for name in contents.WINDOW_IMPORTS)
