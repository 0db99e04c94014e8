import pytest

from gdsim.gui.export.picture_spec import Part, Shot


@pytest.mark.parametrize(
    "shot",
    [Shot(), Shot(Part.CURVES, 800, 300, 4, 2.0, "dark", runs=False, legend=False), Shot(part=Part.WINDOW)],
)
def test_a_shot_is_remembered_as_text(shot):
    assert Shot.from_text(shot.to_text()) == shot


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"part": "moon"}',
        Shot(width=10).to_text(),
        Shot(height=10**9).to_text(),
        Shot(scale=5).to_text(),
        Shot(letters=0.0).to_text(),
        Shot(theme="pink").to_text(),
        Shot().to_text().replace("1200", "1e3"),
        Shot().to_text().replace("true", '"yes"'),
        Shot().to_text().replace("runs", "legs"),
    ],
)
def test_what_is_no_shot_gives_the_usual_one(text):
    assert Shot.from_text(text) == Shot()


def test_larger_letters_leave_less_room_in_the_same_picture():
    shot = Shot(width=1200, height=600, scale=2, letters=1.5)
    assert shot.pixels == (2400, 1200)
    assert shot.room == (800, 400)
    assert shot.fineness == 3.0
