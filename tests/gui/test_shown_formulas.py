"""What a person sees is what is computed: every formula on the screen, worked out by a reader of its own.

A formula that is shown is turned back into numbers: its letters are replaced by the numbers of a step of a
real run, and what comes out must be what the run recorded. Nothing of the program's own printing or reading
is used.
"""

import math
import re
import unicodedata
from itertools import pairwise, product

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel

from gdsim.core.analysis.update import update_of
from gdsim.core.exercises.predict.landing import landing, why_it_landed
from gdsim.core.files.script.writing import script_of
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import FURTHER_RULES, RULES, eta, gamma
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.schedules import CONSTANT_MOMENTUM, MOMENTUM_SCHEDULES, SCHEDULES, ScheduleKind
from gdsim.core.rules.update_rule import W
from gdsim.core.settings import COUNT, NOT_NEGATIVE, POSITIVE, Setting
from gdsim.gui.help.help_window import HelpWindow
from gdsim.gui.paint.formula_picture import FormulaPicture
from gdsim.gui.settings.run_editor import RunEditor
from gdsim.gui.step.step_card import CopyButton, StepCard
from tests.core.analysis.printed import of_latex, of_text
from tests.core.records import columns_of, one_run
from tests.core.strategies import rule_variants
from tests.every import every, in_turn
from tests.gui.frames import frame_at, look_of
from tests.gui.windows import in_window

POINTS = PointSet([0.5, 2.5, -1.0], [0.2, 0.9, 0.4])
HELD_OUT = PointSet([0.4, -1.0], [0.9, 0.1])
STEP = 7
HAT = "\N{COMBINING CIRCUMFLEX ACCENT}"
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢₖₗₘₙₒₚₜₓ", "0123456789+-aehiklmnoptx", strict=True))


def _other(name, lines):
    settings = (eta(0.3), gamma(0.7), Setting("c", "c", "c", "", 0.02, POSITIVE))
    return Rule(f"other_{name}", f"Other {name}", "A rule of others.", settings, lines)


OTHER_RULES = (
    _other("two gradients", "look = w - eta*g\nh = grad(look)\nw_next = w - eta*(g + h)/2"),
    _other("nested", "w_next = w - eta*where(g > 0, where(g > c, c, g), max(g, -c))"),
    _other("start", "v_0 = c + abs(w)\nv_t = gamma*v + (1 - gamma)*g**2\nw_next = w - eta*g / sqrt(v_t + c)"),
    _other("lines", "size = abs(g) + c\nstep = eta*g / size**0.5\nw_next = w - step*(1 - 2**-t)"),
    _other("plus", "m_t = gamma*m - eta*g\nw_next = w + m_t"),
)
OTHER_SCHEDULES = (
    ScheduleKind(
        "other_lines",
        "other lines",
        "",
        (Setting("T0", "T", "T", "", 5, COUNT), Setting("least", "l", "l", "", 0.01, NOT_NEGATIVE)),
        """
            share = mod(step, T0)/T0
            eta = least + (eta0 - least)*(1 + cos(pi*share))/2*where(epoch > 5, 0.5, 1)
        """,
    ),
    ScheduleKind("other_rises", "other rises", "", (), "part = 0.9**rises\neta = eta0*max(0.1, part)"),
)


def cases():
    """Yield every rule with its switches, and some that are not in the catalogue; schedules take turns."""
    rules = (*rule_variants(), *(rule() for rule in OTHER_RULES))
    schedules = product((*SCHEDULES.values(), *OTHER_SCHEDULES), MOMENTUM_SCHEDULES.values())
    for rule, (schedule, any_pace) in in_turn(rules, list(schedules)):
        pace = any_pace if rule.has_momentum else CONSTANT_MOMENTUM
        yield Run(
            rule,
            schedule=schedule(),
            momentum_schedule=pace(),
            start=(-2.0, 1.5),
            epochs=11,
            name=f"{rule} {schedule.id} {pace.id}",
        )


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    for rule in OTHER_RULES:
        monkeypatch.setitem(RULES, rule.id, rule)
    for schedule in OTHER_SCHEDULES:
        monkeypatch.setitem(SCHEDULES, schedule.id, schedule)


EVERY_CASE = every("run", cases(), ids=lambda run: run.name)


def numbers_of(run):
    """Return the numbers of one step by the letters of the lecture, as the record has them."""
    record = columns_of(run, POINTS, HELD_OUT)
    rule = run.optimizer.update_rule
    place = rule.gradients[rule.last_gradient].replace(W, "t")
    known = {
        "w_t": record.p[STEP - 1, 0],
        "w_t+1": record.p[STEP, 0],
        f"∇w_{place}": record.gradient[STEP, 0],
    }
    if W in rule.gradients.values() and place != "t":  # of several gradients only the last is recorded
        known["∇w_t"] = Neuron.fitting(POINTS).gradient(record.p[STEP - 1])[0]
    if W in rule.gradients.values():
        known["‖∇_t‖"] = math.hypot(*Neuron.fitting(POINTS).gradient(record.p[STEP - 1]))
    for row, letter in enumerate(rule.letters):
        known[f"{letter}_t"] = record.state[row, STEP, 0]
        known[f"{letter}_t-1"] = record.state[row, STEP - 1, 0]
    known |= {setting.symbol: run.optimizer[setting.name] for setting in run.optimizer.definition.settings}
    known |= {"η": record.eta[STEP], "γ": record.gamma[STEP], "t": float(STEP)}
    return {plain(name): float(value) for name, value in known.items() if name}


class Page:
    """Formulas as they stand on a page, one after the other; what a line computes, the next ones know."""

    def __init__(self, numbers):
        self.numbers = dict(numbers)
        self.computed = {}

    def read(self, line):
        target, right = (part.strip() for part in line.split("=", 1))
        value = worked_out(right, self.numbers)
        name = plain(target)
        self.computed[name] = value
        self.numbers[name] = value

    def check(self, numbers):
        """Compare everything that is on the record with what came of it."""
        assert "w_t+1" in self.computed
        for name, value in self.computed.items():
            if name in numbers:
                assert value == pytest.approx(numbers[name], rel=1e-12, abs=1e-300), name


def plain(text):
    """Return letters without small ones: ``v_t-1`` for vₜ₋₁."""
    small = re.sub(f"[{''.join(_LOWERED)}]+", lambda m: "_" + "".join(_LOWERED[one] for one in m[0]), text)
    return small.replace("log_2", "log₂").replace(f"{HAT}_t", HAT)


def worked_out(text, numbers):
    """Return the value of a formula in letters."""
    text = plain(text).replace("ᵗ", "^t").replace("ⁿ", "^n").replace("²", "^2")
    # Longest first, so that w_t+1 is not taken for w_t and 1.
    for name in sorted(numbers, key=len, reverse=True):
        text = re.sub(rf"(?<![\w∇]){re.escape(name)}(?!\w)", f"({numbers[name]!r})", text)
    return of_text(text)


def check_lines(lines, numbers):
    page = Page(numbers)
    for line in lines:
        page.read(line)
    page.check(numbers)


@pytest.fixture
def editor(qtbot):
    editor = RunEditor()
    qtbot.addWidget(editor)
    return editor


@EVERY_CASE
def test_in_the_settings(run, editor):
    editor.set_run(run, one_run(run, POINTS, HELD_OUT))
    (label,) = (one for one in editor.findChildren(QLabel) if one.objectName() == "formula")
    check_lines(label.text().splitlines(), numbers_of(run))


@pytest.fixture
def card(qtbot):
    return in_window(qtbot, StepCard(), width=600, height=900)


@EVERY_CASE
def test_on_the_page_of_the_step(run, card):
    experiment = one_run(run, POINTS, HELD_OUT)
    card.set_look(look_of(experiment))
    card.show_frame(frame_at(experiment, STEP - 1))
    QApplication.processEvents()  # lays them out
    pictures = [one for one in card.findChildren(FormulaPicture) if one.isVisibleTo(card)]
    pictures.sort(key=lambda one: one.mapTo(card, QPoint()).toTuple()[::-1])
    check_lines(
        [one.accessibleName() for one in pictures if "Σ" not in one.accessibleName()], numbers_of(run)
    )


@pytest.fixture
def button(qtbot):
    button = CopyButton(lambda: None)
    qtbot.addWidget(button)
    return button


@EVERY_CASE
def test_in_what_is_copied(run, button):
    experiment, numbers = one_run(run, POINTS, HELD_OUT), numbers_of(run)
    button.show_update(update_of(experiment, run, columns_of(run, POINTS, HELD_OUT), STEP), None)
    copied = []
    for action in button.menu().actions()[:3]:
        action.trigger()
        copied.append(QGuiApplication.clipboard().text())
    text, markdown, latex = copied
    block = text.split("\n\nw\n")[1].split("\n\n")[0].splitlines()
    letters = [line for line in block if line.strip()[0] != "=" and "Σ" not in line]
    check_lines(letters, numbers)
    cells = [row.split(" | ") for row in markdown.splitlines() if row.startswith("| w |")]
    check_lines([rule.replace("\\", "") for _, rule, *_ in cells if "Σ" not in rule], numbers)
    check_rates(text, run, numbers)
    check_latex(latex, numbers)


def check_rates(text, run, numbers):
    """Work out the lines of the schedules: in letters, and with their numbers."""
    starts = {"η": run.optimizer.eta, "γ": dict(run.optimizer.items()).get("gamma", math.nan)}
    losses = [Neuron.fitting(HELD_OUT).loss(p) for p in columns_of(run, POINTS, HELD_OUT).p[1:STEP]]
    rises = sum(float(after > before) for before, after in pairwise(losses))
    known = {"η₀": starts["η"], "γ₀": starts["γ"], "t": STEP - 1.0, "epoch": STEP - 1.0, "n": rises}
    titles = [one.title for one in (run.schedule, run.momentum_schedule)]
    for schedule in (run.schedule, run.momentum_schedule):
        known |= {one.symbol: float(schedule[one.name]) for one in schedule.definition.settings}
    known = {plain(name): value for name, value in known.items()}
    reasons = "|".join(f", {re.escape(one)}" for one in ("constant", *titles))
    for line in text.split("\n\n")[1].splitlines():
        for formula in re.split(reasons, line)[0].split("; "):
            letter, *stages = formula.split(" = ")
            values = [worked_out(stage, known) for stage in stages]
            assert values == pytest.approx([numbers.get(letter, values[-1])] * len(values), rel=1e-15), line
            known[plain(letter)] = values[-1]


def check_latex(text, numbers):
    """Work out the lines of the first weight."""
    block = text.split(r"\begin{align*}")[1].split(r"\end{align*}")[0]
    shown = {latex_of(name): value for name, value in numbers.items()}
    computed = {}
    for line in block.splitlines():
        target, _, right = line.removesuffix(r" \\").partition(" &= ")
        target = target.strip()
        if not target or "sum" in right:
            continue
        for symbol in sorted(shown, key=len, reverse=True):
            right = re.sub(rf"(?<![a-zA-Z]){re.escape(symbol)}(?![a-zA-Z_])", f"({shown[symbol]!r})", right)
        shown[target] = computed[target] = of_latex(right.replace(r"\,", "*"))
    assert "w_{t+1}" in computed
    for name, value in numbers.items():
        if latex_of(name) in computed:
            assert computed[latex_of(name)] == pytest.approx(value, rel=1e-12), name


def latex_of(name):
    if name.startswith("‖"):
        return rf"\|{latex_of(name[1:-1])}\|"
    letter, _, index = name.partition("_")
    latex = re.sub("[α-ω]", lambda greek: "\\" + unicodedata.name(greek[0]).split()[-1].lower(), letter)
    latex = latex.replace("epsilon", "varepsilon").replace("lamda", "lambda").replace("∇", r"\nabla ")
    index = rf"\mathrm{{{index}}}" if len(index) > 1 and index.isalpha() else index
    return latex + (f"_{{{index}}}" if index else "")


@EVERY_CASE
def test_in_what_predict_says(run):
    experiment, numbers = one_run(run, POINTS, HELD_OUT), numbers_of(run)
    record = columns_of(run, POINTS, HELD_OUT)
    result = landing(record, STEP - 1, 1, (0.0, 0.0))
    said = " ".join(why_it_landed(result, update_of(experiment, run, record, STEP)))
    page = Page(numbers)
    for line in rule_lines(run):
        page.read(line)
    shown = re.search(r"its own rate, (.*?), and goes against", said)
    assert bool(shown) == run.optimizer.update_rule.has_own_rates
    if shown and run.optimizer.id not in FURTHER_RULES:  # some go along a sum, or beside a decay
        along = (numbers["w_t"] - numbers["w_t+1"]) / worked_out(shown[1], page.numbers)
        # What the rate is multiplied by: the gradient, or the average as it is corrected.
        letters = run.optimizer.update_rule.letters
        names = {"∇w_t", *(f"{z}{end}" for z in letters for end in ("_t", HAT))}
        known = [value for name, value in page.numbers.items() if name in names]
        assert any(along == pytest.approx(value, rel=1e-9) for value in known)
    for letter, value in re.findall(r"\b(η|γ) = (\d+(?:\.\d+)?)", said):
        assert float(value) == pytest.approx(numbers[letter], rel=1e-3)


def rule_lines(run):
    """Return the lines of the script's documentation, which are read as they stand there."""
    text = script_of(one_run(run, POINTS, HELD_OUT))
    document = text.split("def do_")[1].split('"""')[1]
    return [line.strip() for line in document.splitlines() if re.match(r"\s*\w\S* = ", line)]


@EVERY_CASE
def test_in_the_script(run):
    check_lines(rule_lines(run), numbers_of(run))


@pytest.fixture
def guide(qtbot):
    window = HelpWindow()
    qtbot.addWidget(window)
    window.show_page("rules")
    return window


@every("rule", rule_variants(), ids=str)
def test_on_the_page_of_the_guide(rule, guide):
    run = Run(rule, start=(-2.0, 1.5), epochs=11)
    section = guide.browser.toPlainText().split(f"\n{rule.title}\n")[1].splitlines()
    off = [one.label for one in rule.definition.settings if one.is_switch and not rule[one.name]]
    first = section.index(f"Without {' and without '.join(off)}:") if off else 0
    lines = []
    for line in section[first + 1 :]:
        if " = " in line:
            lines.append(line)
        elif lines:
            break
    check_lines(lines, numbers_of(run))
