from pathlib import PurePosixPath, PureWindowsPath

from tests.screens import offscreen


def test_the_path_of_a_screen_has_no_colon_on_any_system():
    for path in (PureWindowsPath(r"D:\a\gdsim\screen.json"), PurePosixPath("/a/gdsim/screen.json")):
        assert offscreen(path) == "offscreen:configfile=/a/gdsim/screen.json"
