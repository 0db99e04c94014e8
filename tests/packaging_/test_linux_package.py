"""What the package for Debian says of itself: manual page, changes, licences, and the systems it runs on."""

import gzip
import re
from email.utils import parsedate_to_datetime

import gdsim
from tests.every import every
from tests.packaging_.scripts import FOLDER, load

linux_package = load("linux_package")
man_page = load("man_page")
ROOT = FOLDER.parent


def test_the_manual_page_has_every_command_and_option():
    page = man_page.page().replace("\\-", "-")
    assert set(man_page.commands()) == load("dev").WINDOWLESS
    for command in [
        "gdsim run",
        "gdsim step",
        "gdsim check",
        "gdsim grade",
        "gdsim record",
        "gdsim export",
        "gdsim export page",
        "gdsim scenes",
        "gdsim lesson check",
    ]:
        assert f"\n.SS {command}\n" in page
    assert "\ngdsim export page [-h] [--language CODE] scene FILE.html\n" in page
    for option in (
        "--no-opengl",
        "--self-test",
        "--script FILE",
        "--json",
        "--points FILE",
        "--step K",
        "--digits N",
        "--size 1440x900",
        "--markdown",
        "WORK.csv",
        "--page {settings,step,code,why,memory,limit}",
    ):
        assert f"\n.B {option}\n" in page
    assert "\nof the selected run; its settings by default\n" in page
    assert f'"gdsim {gdsim.__version__}"' in page


def test_the_manual_page_is_written_the_same_each_time(tmp_path):
    assert man_page.main([str(tmp_path)]) == 0
    content = (tmp_path / linux_package.MAN_PAGE).read_bytes()
    assert gzip.decompress(content).decode() == man_page.page()
    assert content == gzip.compress(man_page.page().encode(), mtime=0)


def test_text_that_looks_like_roff_is_shown():
    assert man_page.roff(".png or a\\b-c") == r"\&.png or a\eb\-c"


def test_the_changes_are_those_of_the_changelog():
    text = (
        "# Changelog\n\n## 0.2.0 (2027-01-31)\n\n**Seeing**\n\n- One\n  thing.\n- "
        + "long " * 40
        + "\n\n## 0.1.0 (unreleased)\n\nFirst.\n"
    )
    newer, older = re.split(r"\n(?=gdsim )", linux_package.debian_changelog(text))
    assert newer.startswith("gdsim (0.2.0) stable; urgency=low\n\n  [ Seeing ]\n  * One thing.\n  * long")
    assert max(map(len, newer.splitlines()[:-1])) <= 80
    who, _, date = newer.splitlines()[-1].rpartition("  ")
    assert who == " -- the gdsim developers <developers@gdsim.invalid>"
    assert parsedate_to_datetime(date).isoformat() == "2027-01-31T00:00:00+00:00"
    assert older.startswith("gdsim (0.1.0) UNRELEASED; urgency=low\n\n  * First.\n\n -- ")


def test_our_changes_begin_with_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert linux_package.debian_changelog(text).startswith(f"gdsim ({gdsim.__version__}) ")


def test_the_licence_of_every_part_is_named():
    text = (FOLDER / "linux" / "copyright").read_text(encoding="utf-8")
    assert text.startswith("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n")
    named = set(re.findall(r"^ /usr/lib/gdsim/_internal/licenses/(\S+)$", text, re.MULTILINE))
    assert named >= load("licences").parts() - {"gdsim"} | {"python", "pyinstaller", "system-*"}
    used = set(re.findall(r"^License: (.+)$", text, re.MULTILINE))
    explained = {words for name in re.findall(r"^License: (.+)\n ", text, re.MULTILINE) for words in [name]}
    assert {one for name in used for one in name.split(" and ")} <= explained
    own = (ROOT / "LICENSE").read_text(encoding="utf-8").splitlines()
    assert own[2].removeprefix("Copyright (c) ") in text
    assert all(f" {line}" in text for line in own[4:] if line)


@every(("glibc", "warns"), [("2.28", False), ("2.35", False), ("2.38", True), ("3.0", True)])
def test_a_package_that_runs_on_fewer_systems_than_promised_warns(glibc, warns):
    warning = linux_package.glibc_warning(glibc)
    assert bool(warning) is warns
    assert (glibc in warning) is warns
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "glibc {}.{} or newer".format(*linux_package.OLDEST_GLIBC) in readme
    workflow = (ROOT / ".github/workflows/bundle.yml").read_text(encoding="utf-8")
    assert linux_package.BUILDER.lower().replace(" ", "-") in workflow
