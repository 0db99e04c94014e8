import pytest

from gdsim.gui.export.picture_spec import PicturePart, PictureSpec
from tests.every import every


@pytest.mark.parametrize(
    "spec",
    [
        PictureSpec(),
        PictureSpec(PicturePart.CURVES, 800, 300, 4, 2.0, "dark", runs=False, legend=False),
        PictureSpec(part=PicturePart.WINDOW),
    ],
)
def test_a_spec_is_kept_as_text(spec):
    assert PictureSpec.from_text(spec.to_text()) == spec


@every(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"part": "moon"}',
        PictureSpec(width=10).to_text(),
        PictureSpec(height=10**9).to_text(),
        PictureSpec(scale=5).to_text(),
        PictureSpec(letters=0.0).to_text(),
        PictureSpec(theme="pink").to_text(),
        PictureSpec().to_text().replace("1200", "1e3"),
        PictureSpec().to_text().replace("true", '"yes"'),
        PictureSpec().to_text().replace("runs", "legs"),
    ],
)
def test_any_other_text_gives_the_default(text):
    assert PictureSpec.from_text(text) == PictureSpec()


def test_larger_letters_leave_less_room_in_the_same_picture():
    spec = PictureSpec(width=1200, height=600, scale=2, letters=1.5)
    assert spec.pixels == (2400, 1200)
    assert spec.panes_size == (800, 400)
    assert spec.pixel_ratio == 3.0
