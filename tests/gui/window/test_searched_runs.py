"""Runs that look for their steps, with everything that the window has: it works, or says why not."""

import json

from PySide6.QtGui import QGuiApplication

from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.scene import parse_scene
from gdsim.core.files.script.writing import script_of
from gdsim.core.lessons.view import PAGES
from gdsim.core.model.search_checks import beyond_lines
from gdsim.core.page.writing import page_of
from gdsim.core.progress import run_to_end
from gdsim.gui.exercises.maps import maps_window
from gdsim.gui.plain_text import PlainLabel
from tests.every import WHOLE, every
from tests.gui.shared_window import shared

POINTS = {"points": {"x": [1.3, 2.4], "y": [0.15, 0.9]}}
INPUTS = {"points": {"x": [[1, 2], [0.3, 1], [0, -1]], "y": [0.1, 0.9, 0.4]}}
ROSENBROCK = {"function": "(1 - w)**2 + 100*(b - w**2)**2"}
MINE = {"rules": [{"id": "mine", "title": "Mine", "lines": ["w_next = w - eta*g"]}]}


def run(algorithm, search=None, start=None):
    tree = {"algorithm": algorithm, "start": start or {"w": -1.2, "b": 1.0}, "epochs": 20}
    return tree | ({"search": {"kind": search}} if search else {})


DOCUMENTS = {
    "newton": POINTS | {"runs": [run("newton"), run("gd")]},
    "armijo": POINTS | {"runs": [run("gd", "armijo"), run("adam")]},
    "no step at all": POINTS | {"runs": [run("newton", "armijo", {"w": 0, "b": 6}), run("gd")]},
    "of a function": ROSENBROCK | {"runs": [run("newton"), run("conjugate-gradient", "exact")]},
    "several inputs": INPUTS | {"runs": [run("bfgs", "wolfe", {"w": [0.5, -1], "b": 1})]},
    "of a loss": POINTS | {"loss": {"kind": "cross-entropy"}, "runs": [run("levenberg-marquardt")]},
    "typed": POINTS | MINE | {"runs": [run("mine", "list")]},
    "of a library": POINTS | {"runs": [run("torch.optim.SGD", "polyak")]},
    "a fork": POINTS
    | {
        "runs": [
            run("gd", "armijo") | {"name": "A"},
            {"algorithm": "newton", "fork": {"parent": "A", "step": 2}},
        ]
    },
}


EXERCISES = ("maps", "fair_race", "predict", "fill_in", "find_rate", "check_work")


def some_of(things, turn):
    """Return every fifth thing, others in the next turn; all of them in a whole run."""
    return things if WHOLE else things[turn % 5 :: 5]


def paint(window, widget):
    """Paint a part of a window that is not painted otherwise."""
    window.setUpdatesEnabled(True)
    assert not widget.grab().isNull()
    window.setUpdatesEnabled(False)


def test_every_page_curve_and_exercise(qtbot, late_patch):
    """An exception anywhere fails the test. Each document has some of what there is."""
    late_patch.setattr(maps_window, "_SIZE", 16)
    window, session = shared(
        qtbot, parse_scene(json.dumps({"gdsim": 1} | DOCUMENTS["newton"])), painted=False
    )
    window.simple.set_on(False)
    refused = []
    window.user_actions.refused.connect(refused.append)
    window.exercises.refused.connect(refused.append)

    @every(("turn", "name"), list(enumerate(DOCUMENTS)))
    def try_all(turn, name):
        session.open(parse_scene(json.dumps({"gdsim": 1} | DOCUMENTS[name])))
        qtbot.waitUntil(window.is_settled, timeout=20000)
        session.play(lambda head: head.seek(2))
        for page in some_of(PAGES, turn):
            window.view.open_page(page)
            qtbot.waitUntil(window.is_settled, timeout=20000)
            paint(window, window.cards.run_card)
        paint(window, window)
        window.commands["lens"].trigger()
        for kind in some_of(list(CurveKind), turn):
            window.cards.curves.choose(kind)
            paint(window, window.cards.curves)
        why_not = session.selected_run.beyond_lines
        assert why_not == beyond_lines(session.selected_run.optimizer, session.selected_run.search) != ""
        window.user_actions.copy_program()
        program = QGuiApplication.clipboard().text()
        window.view.open_page("code")
        paint(window, window.cards.run_card)
        code = window.cards.code.page.view
        shown = code.text() if code.isVisible() else ""
        assert shown.startswith("def do_") == (session.frame().update is not None)
        assert shown.strip() in program
        for exported in (program, script_of(session.experiment)):
            exec(compile(exported, "exported", "exec"), {"__name__": "exported", "__file__": __file__})  # noqa: S102
        QGuiApplication.clipboard().clear()
        window.user_actions.copy_as("torch")
        assert refused[-1] == why_not
        assert QGuiApplication.clipboard().text() == ""
        for one in some_of(EXERCISES, turn):
            exercise = window.exercises.open(one)
            if exercise is None:
                assert refused[-1].endswith(".")
                continue
            qtbot.waitUntil(
                lambda of=exercise: not of.tasks.is_busy and not of.pause_timer.isActive(), timeout=20000
            )
            words = [label.text() for label in exercise.findChildren(PlainLabel) if label.isVisible()]
            assert not any("attribute" in text for text in words)
            if one == "maps":
                assert not any(why_not in text for text in words)
                assert all(painted.map.is_finest for painted in exercise.maps)
                assert any("Found no step" in text for text in words)
            exercise.close()
        text = run_to_end(page_of(session.experiment))
        assert "gdsim:1," in text

    try_all()
