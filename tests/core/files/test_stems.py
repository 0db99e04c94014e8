"""Names of files made of names of persons: every system takes them, and takes no two for one."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.files.stems import Stems, file_stem
from tests.every import every
from tests.work import calls_of

DEVICES = ("con", "CON", "nul.txt", "Com1", "lpt¹", "aux.")


@every("name", DEVICES)
def test_no_file_is_a_device_of_windows(name):
    assert file_stem(name, "answers").startswith("_")


@every(
    ("name", "wanted"),
    [
        ("Ada Lovelace", "Ada-Lovelace"),
        ("../../etc/passwd", "etc-passwd"),
        ("a/b", "a-b"),
        ("a\\b:c*d?", "a-b-c-d"),
        ("..", "answers"),
        ("", "answers"),
        ("😀", "answers"),
        ("-rf", "rf"),
        ("Ada.", "Ada"),
        ("A\u0308rger", "Ärger"),
        ("नमस्ते", "नमस्ते"),
        ("console", "console"),
        ("x" * 100, "x" * 60),
    ],
)
def test_little_else_than_letters_is_left(name, wanted):
    assert file_stem(name, "answers") == wanted


NAMES = st.text(max_size=70) | st.sampled_from(
    ["Ada", "ada", "ADA-2", "Ärger", "A\u0308rger", "con", ".", "ﬁ"]
)


@given(names=st.lists(NAMES, max_size=12))
def test_no_system_takes_two_for_one(names):
    stems = Stems()
    made = [stems.another(name, "answers") for name in names]
    for form in ("NFC", "NFD", "NFKC"):
        assert len({unicodedata.normalize(form, one).casefold() for one in made}) == len(made)
    for one in made:
        assert len(f"{one}.gdsim-answer".encode()) <= 255
        assert not set(one) & set('/\\:*?"<>|\0')
        assert one[0] not in "-."
        assert one[-1] not in ". "


def test_a_name_is_found_as_soon_where_thousands_like_it_are_taken():
    stems = Stems()

    def names(wanted):
        return {stems.another("Ada", "") for _ in range(wanted)}

    first, later = calls_of(names, 200), calls_of(names, 200)
    assert later < 1.1 * first
    assert len(names(5000)) == 5000
