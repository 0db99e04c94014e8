"""What packaging/needs.py asks of a system."""

import sys

import pytest

from tests.packaging_.scripts import load

linux = pytest.mark.skipif(sys.platform != "linux", reason="asks for the parts of a Linux system")


@pytest.fixture
def needs():
    """The script as a module of its own, which a test may change."""
    return load("needs")


class TestNeeds:
    def test_a_library_is_found_by_its_soname(self, needs):
        assert not needs.has_library("libgdsim-does-not-exist.so.1")

    @linux
    def test_the_c_library_is_found(self, needs):
        assert needs.has_library("libc.so.6")

    @pytest.mark.parametrize("manager", ["apt-get", "dnf", "pacman"])
    def test_every_need_has_a_package_that_is_named_once(self, needs, manager):
        names = needs.packages([*needs.WINDOW_NEEDS, *needs.VIRTUAL_NEEDS, needs.VENV_NEED], manager)
        assert all(names)
        assert len(names) == len(set(names))

    def test_packages_have_the_managers_own_names(self, needs):
        both = [need for need in needs.WINDOW_NEEDS if need.name in ("libGL.so.1", "libEGL.so.1")]
        assert needs.packages(both, "apt-get") == ["libgl1", "libegl1"]
        assert needs.packages(both, "dnf") == ["libglvnd-glx", "libglvnd-egl"]
        assert needs.packages(both, "pacman") == ["libglvnd"]

    def test_venv_comes_for_the_running_python(self, needs):
        major, minor = sys.version_info[:2]
        assert needs.packages([needs.VENV_NEED], "apt-get") == [f"python{major}.{minor}-venv"]


@linux
class TestProvide:
    @pytest.fixture(autouse=True)
    def _machine(self, needs, monkeypatch):
        self.installed = []
        self.have = {"apt-get"}
        monkeypatch.setattr(needs.shutil, "which", lambda name: name if name in self.have else None)
        monkeypatch.setattr(needs.os, "geteuid", lambda: self.user)
        monkeypatch.setattr(needs, "apt_install", self.installed.append)
        self.user = 1000

    def need(self, needs, found):
        return needs.Need("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd", found)

    def test_nothing_is_done_when_nothing_is_missing(self, needs):
        needs.provide([self.need(needs, lambda _: True)])
        assert not self.installed

    def test_a_user_is_told_the_command(self, needs):
        with pytest.raises(needs.Failure) as failure:
            needs.provide([self.need(needs, lambda _: False)])
        assert "\nsudo apt-get update && sudo apt-get install -y --no-install-recommends libgl1\n" in str(
            failure.value
        )
        assert not self.installed

    def test_a_user_is_told_what_can_be_done_without_rights(self, needs):
        with pytest.raises(needs.Failure) as failure:
            needs.provide(
                [self.need(needs, lambda _: False), needs.VENV_NEED._replace(found=lambda _: False)]
            )
        text = str(failure.value)
        assert "Without administrator rights" in text
        assert needs.RELEASES in text
        assert f"uv venv --seed --python {sys.version_info[0]}.{sys.version_info[1]} {needs.ROOT}" in text
        assert "apt-get download libgl1 " in text

    def test_root_is_not(self, needs):
        self.have, self.user = {"dnf"}, 0
        with pytest.raises(needs.Failure) as failure:
            needs.provide([self.need(needs, lambda _: False)])
        assert "rights" not in str(failure.value)

    @pytest.mark.parametrize(
        ("user", "found", "can"), [(0, False, True), (1000, True, True), (1000, False, False)]
    )
    def test_what_is_there_or_may_be_installed_can_be_had(self, needs, user, found, can):
        self.user = user
        assert needs.can_have([self.need(needs, lambda _: found)]) is can

    @pytest.mark.parametrize(
        ("manager", "command"),
        [("dnf", "\ndnf install -y libglvnd-glx\n"), ("pacman", "\npacman -Syu --needed libglvnd\n")],
    )
    def test_root_is_told_the_command_of_other_managers(self, needs, manager, command):
        self.have, self.user = {manager}, 0
        with pytest.raises(needs.Failure) as failure:
            needs.provide([self.need(needs, lambda _: False)])
        assert command in str(failure.value)

    def test_without_a_manager_the_missing_parts_are_named(self, needs):
        self.have = set()
        with pytest.raises(needs.Failure, match=r"libGL\.so\.1"):
            needs.provide([self.need(needs, lambda _: False)])

    def test_root_with_apt_gets_it_installed(self, needs):
        self.user = 0
        needs.provide([self.need(needs, lambda _: bool(self.installed))])
        assert self.installed == [["libgl1"]]

    def test_a_package_that_does_not_bring_it_is_reported(self, needs):
        self.user = 0
        with pytest.raises(needs.Failure, match=r"libGL\.so\.1 cannot be found"):
            needs.provide([self.need(needs, lambda _: False)])
