"""The bundle as Linux, Windows and macOS see it: one spec, and what each system is told, kept in step."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from configparser import ConfigParser
from pathlib import Path
from types import SimpleNamespace

import pytest

import gdsim
from gdsim.core.hand_over import SCHEME
from gdsim.core.resources import resource
from gdsim.gui.runtime.boot import APP_ID
from tests.gui.forked import forked
from tests.packaging_.scripts import FOLDER, load

contents = load("contents")
system_files = load("system_files")
LINUX = FOLDER / "linux"
README = (FOLDER.parent / "README.md").read_text(encoding="utf-8")


def spec(monkeypatch, tmp_path, system):
    """Run the spec as PyInstaller would on a system; return what it asked for."""
    asked = {"EXE": [], "BUNDLE": []}

    def note(kind):
        def call(*_parts, **options):
            asked.setdefault(kind, []).append(options)
            return SimpleNamespace(binaries=[], datas=[], pure=[], scripts=[])

        return call

    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setenv("GDSIM_BUNDLE_WORK", str(tmp_path))
    hooks = SimpleNamespace(collect_data_files=lambda name: [(f"/{name}/data", name)])
    monkeypatch.setitem(sys.modules, "PyInstaller", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "PyInstaller.utils", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "PyInstaller.utils.hooks", hooks)
    names = {kind: note(kind) for kind in ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")}
    text = (FOLDER / "gdsim.spec").read_text(encoding="utf-8")
    exec(compile(text, "gdsim.spec", "exec"), {**names, "SPECPATH": str(FOLDER)})  # noqa: S102 - it is ours
    return asked


def test_on_linux_there_is_one_program_and_no_icon_in_it(monkeypatch, tmp_path):
    asked = spec(monkeypatch, tmp_path, "linux")
    (program,) = asked["EXE"]
    assert (program["name"], program["icon"], program["version"]) == ("gdsim", None, None)
    assert asked["BUNDLE"] == []


def test_on_windows_there_is_a_window_and_a_console_with_icon_and_version(monkeypatch, tmp_path):
    asked = spec(monkeypatch, tmp_path, "win32")
    assert {one["name"]: one["console"] for one in asked["EXE"]} == {"gdsim": False, "gdsim-console": True}
    for one in asked["EXE"]:
        assert one["icon"].endswith("gdsim.ico")
        assert one["version"].endswith("version.txt")


def test_on_macos_there_is_an_application_with_a_document_type(monkeypatch, tmp_path):
    asked = spec(monkeypatch, tmp_path, "darwin")
    (application,) = asked["BUNDLE"]
    assert application["icon"].endswith("gdsim.icns")
    assert application["bundle_identifier"] == APP_ID
    assert application["version"] == gdsim.__version__
    assert application["info_plist"]["LSMinimumSystemVersion"] == system_files.OLDEST_MACOS
    assert f"macOS {system_files.OLDEST_MACOS.removesuffix('.0')}" in README
    types = application["info_plist"]["CFBundleDocumentTypes"]
    assert f"{APP_ID}.scene" in types[0]["LSItemContentTypes"]
    (links,) = application["info_plist"]["CFBundleURLTypes"]
    assert links["CFBundleURLSchemes"] == [SCHEME] == [system_files.SCHEME]


@pytest.mark.parametrize("system", ["linux", "win32", "darwin"])
def test_on_every_system_the_same_goes_in(monkeypatch, tmp_path, system):
    (analysis,) = spec(monkeypatch, tmp_path, system)["Analysis"]
    names = {(Path(target) / Path(source).name).as_posix() for source, target in analysis["datas"]}
    assert names >= {f"gdsim/resources/{name}" for name in contents.resources()}
    assert names >= {f"{name}/data" for name in contents.PACKAGES_WITH_DATA}
    assert "OpenGL.platform.egl" in analysis["hiddenimports"]
    assert set(contents.MODULES_LEFT_OUT) == set(analysis["excludes"])
    assert not any(one.get("upx") for one in spec(monkeypatch, tmp_path, system)["EXE"])


def test_the_version_resource_is_what_pyinstaller_reads():
    text = system_files.version_resource()
    assert isinstance(ast.parse(text, mode="eval").body, ast.Call)
    assert text.count(repr(gdsim.__version__)) == 2
    numbers = tuple(int(part) for part in gdsim.__version__.split("."))
    assert f"filevers={(*numbers, 0)}" in text


def test_the_files_for_linux_name_the_same_program_and_type():
    desktop = ConfigParser(interpolation=None)
    desktop.optionxform = str
    desktop.read(LINUX / "gdsim.desktop", encoding="utf-8")
    entry = desktop["Desktop Entry"]
    assert entry["Icon"] == APP_ID == system_files.APP_ID
    assert entry["MimeType"] == f"{system_files.MIME_TYPE};x-scheme-handler/{SCHEME};"
    assert entry["Exec"] == "gdsim --open %u"  # a link, or the address of a file
    mime = ET.parse(LINUX / "gdsim-scene.xml").getroot()  # noqa: S314 - it is ours
    space = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}
    assert mime.find("m:mime-type", space).get("type") == system_files.MIME_TYPE
    globs = {glob.get("pattern") for glob in mime.findall("m:mime-type/m:glob", space)}
    assert globs == {f"*.{system_files.EXTENSION}", f"*.{system_files.EXTENSION}.json"}
    meta = ET.parse(LINUX / "gdsim.metainfo.xml").getroot()  # noqa: S314
    assert meta.findtext("id") == APP_ID
    assert meta.findtext("launchable") == f"{APP_ID}.desktop"
    assert meta.findtext("provides/mediatype") == system_files.MIME_TYPE
    assert meta.find("releases/release").get("version") == gdsim.__version__


@pytest.mark.skipif(sys.platform != "linux", reason="made on Linux only")
def test_the_package_for_debian_declares_what_it_needs(monkeypatch):
    package = load("linux_package")
    fields = dict(
        line.split(": ", 1) for line in package.control(1234, "2.38").splitlines() if ": " in line[:20]
    )
    assert fields["Version"] == gdsim.__version__
    assert fields["Installed-Size"] == "1234"
    needed = fields["Depends"].split(", ")
    assert len(needed) == len(set(needed))
    assert {"libgl1", "libegl1", "libx11-6", "libstdc++6", "libc6 (>= 2.38)"} <= set(needed)
    assert "libc6" not in needed


def test_where_an_index_shows_the_readme_its_links_lead_somewhere():
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))
    text = README
    for change in project["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]:
        text = re.sub(change["pattern"], change["replacement"], text)
    links, own = (re.findall(r"(!?)\[[^\]]*\]\(([^)]*)\)", words) for words in (text, README))
    assert len(links) == len(own) > 5
    for (picture, link), (_, file) in zip(links, own, strict=True):
        place = "raw.githubusercontent.com/gdsim/gdsim" if picture else "github.com/gdsim/gdsim/blob"
        assert link == f"https://{place}/v$HFPR_VERSION/{file}"
        assert (FOLDER.parent / file).is_file()
    assert project["project"]["urls"]["Homepage"] == system_files.HOMEPAGE


def test_who_cites_it_names_this_version():
    text = (FOLDER.parent / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {gdsim.__version__}\n" in text
    assert f"  version = {{{gdsim.__version__}}},\n" in README


def test_the_icon_is_made_in_every_size_and_format(tmp_path):
    from PIL import Image

    code = "import sys; sys.path.insert(0, sys.argv[1]); import app_icon; app_icon.main(sys.argv[2:])"
    assert forked(code, str(FOLDER), str(tmp_path)).returncode == 0
    sizes = (16, 24, 32, 48, 64, 128, 256, 512, 1024)
    assert {path.name for path in tmp_path.iterdir()} == {
        "gdsim.ico", "gdsim.icns", *(f"gdsim-{size}.png" for size in sizes)
    }  # fmt: skip
    with Image.open(tmp_path / "gdsim.ico") as icon:
        assert icon.info["sizes"] == {(size, size) for size in sizes[:7]}
    with Image.open(tmp_path / "gdsim-64.png") as icon:
        assert len(icon.getcolors(1 << 16)) > 200
        assert icon.getpixel((0, 0))[3] == 0  # round corners
    assert (tmp_path / "gdsim.icns").read_bytes()[:4] == b"icns"
    assert resource("gdsim.svg").is_file()


# ------------------------------------------------------------------------- the installer for one user


@pytest.fixture
def unpacked(tmp_path):
    """Lay out what the archive for Linux holds, with a program that tells its arguments."""
    if sys.platform != "linux":
        pytest.skip("a shell script for Linux")
    made = tmp_path / "made"
    made.mkdir()
    for size in (16, 24, 32, 48, 64, 128, 256, 512):
        (made / f"gdsim-{size}.png").write_bytes(b"an icon")
    frozen = tmp_path / "frozen"
    frozen.mkdir()
    (frozen / "gdsim").write_text('#!/bin/sh\necho "$@"\n')
    (frozen / "gdsim").chmod(0o755)
    return load("linux_package").archive_folder(frozen, made, tmp_path / "Über uns – 試し")


def install(folder, home, *arguments, **variables):
    env = {"HOME": str(home), "PATH": os.environ["PATH"], **variables}
    command = ["sh", str(folder / "install.sh"), *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def _files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def test_a_path_that_needs_no_quotation_marks_has_none(unpacked, tmp_path):
    """Without a desktop, `xdg-open` would take them for part of it."""
    (tmp_path / "home").mkdir()
    assert install(unpacked, tmp_path / "home").returncode == 0
    entry = tmp_path / f"home/.local/share/applications/{APP_ID}.desktop"
    lines = entry.read_text(encoding="utf-8").splitlines()
    assert f"Exec={tmp_path}/home/.local/bin/gdsim --open %u" in lines


def test_a_user_installs_and_removes_it(unpacked, tmp_path):
    home = tmp_path / 'a "home" of $mine\\back 100%'
    home.mkdir()
    (unpacked / "gdsim").chmod(0o555)
    for _ in range(2):  # once more is as good as once
        done = install(unpacked, home)
        assert done.returncode == 0, done.stderr
    told = subprocess.run([str(home / ".local/bin/gdsim"), "x y"], capture_output=True, text=True, check=True)
    assert told.stdout == "x y\n"
    share = home / ".local/share"
    desktop = (share / f"applications/{APP_ID}.desktop").read_text(encoding="utf-8")
    (line,) = [line for line in desktop.splitlines() if line.startswith("Exec=")]
    place = tmp_path.as_posix() + r'/a \\"home\\" of \\$mine\\\\back 100%%/.local/bin/gdsim'
    assert line == f'Exec="{place}" --open %u'
    assert f"with {home}/.local/bin/gdsim." in done.stdout
    assert (share / f"icons/hicolor/48x48/apps/{APP_ID}.png").is_file()
    assert (share / f"mime/packages/{APP_ID}.xml").is_file()
    (share / "gdsim").mkdir()
    (share / "gdsim" / "mine.json").write_text("precious")
    assert install(unpacked, home, "--uninstall").returncode == 0
    left = {name for name in _files(home) if "/mime/" not in name and "mimeinfo.cache" not in name}
    assert left == {".local/share/gdsim/mine.json"}


def test_it_can_be_removed_when_the_unpacked_archive_is_gone(unpacked, tmp_path):
    home = tmp_path / "home"
    assert install(unpacked, home).returncode == 0
    shutil.rmtree(unpacked)
    assert install(home / ".local/share/gdsim-program", home, "--uninstall").returncode == 0
    assert not (home / ".local/bin/gdsim").is_symlink()
    assert not (home / ".local/share/gdsim-program").exists()


def test_a_program_of_that_name_is_not_replaced(unpacked, tmp_path):
    home = tmp_path / "home"
    (home / ".local/bin").mkdir(parents=True)
    (home / ".local/bin/gdsim").write_text("another")
    done = install(unpacked, home)
    assert done.returncode == 1
    assert "belongs to another program" in done.stderr
    assert install(unpacked, home, "--uninstall").returncode == 0
    assert (home / ".local/bin/gdsim").read_text() == "another"


def test_a_link_of_that_name_that_leads_nowhere_now_is_not_replaced(unpacked, tmp_path):
    link = tmp_path / "home/.local/bin/gdsim"
    link.parent.mkdir(parents=True)
    link.symlink_to("/another/disk/gdsim")
    assert "belongs to another program" in install(unpacked, tmp_path / "home").stderr
    assert str(link.readlink()) == "/another/disk/gdsim"


def test_a_folder_of_data_that_is_not_absolute_is_ignored(unpacked, tmp_path):
    before = _files(unpacked)
    done = install(unpacked, tmp_path / "home", XDG_DATA_HOME="data")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "home/.local/share/gdsim-program/gdsim").is_file()
    assert (tmp_path / "home/.local/bin/gdsim").is_file()
    assert _files(unpacked) == before


@pytest.mark.parametrize("home", ["", "home", "/home/two\nlines"])
def test_a_home_that_cannot_be_one_is_refused_before_anything_is_written(unpacked, home):
    before = _files(unpacked)
    done = install(unpacked, home)
    assert done.returncode == 1
    assert done.stderr.startswith("install.sh: ")
    assert _files(unpacked) == before


def test_what_an_interrupted_installation_left_is_removed_too(unpacked, tmp_path):
    home = tmp_path / "home"
    assert install(unpacked, home).returncode == 0
    shutil.copytree(unpacked, home / ".local/share/gdsim-program.new")
    assert install(unpacked, home, "--uninstall").returncode == 0
    assert not [name for name in _files(home) if name.startswith(".local/share/gdsim-program")]


def test_removing_what_is_not_there_is_no_fault(unpacked, tmp_path):
    done = install(unpacked, tmp_path / "home", "--uninstall")
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "home").exists()


def test_without_the_program_it_says_so(unpacked, tmp_path):
    (unpacked / "gdsim" / "gdsim").unlink()
    done = install(unpacked, tmp_path)
    assert done.returncode == 1
    assert "unpack the whole archive" in done.stderr
    assert not (tmp_path / ".local").exists()
