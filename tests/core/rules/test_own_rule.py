"""Rules that a person types: what is read, what is refused and where, and that they compute as others do."""

import sys
from itertools import product

import numpy as np
import pytest

from gdsim.core.engine.loop_source import loop_text
from gdsim.core.files.scene import parse_scene, scene_text
from gdsim.core.formulas.syntax import TYPED, FormulaError
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import LECTURE_RULES, RULES
from gdsim.core.rules.libraries.lookup import LIBRARIES, library_rules
from gdsim.core.rules.own_rule import checked_id, free_id, own_rule, tidy
from gdsim.core.rules.own_settings import made_setting, usual_setting
from gdsim.core.rules.schedules import CONSTANT_MOMENTUM, MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.core.rules.typed_lines import MOST_GRADIENTS, names_to_set
from gdsim.core.settings import BELOW_ONE, COUNT, NOT_NEGATIVE, NUMBER, POSITIVE, SWITCH, InvalidValue
from tests.core.records import columns_of, same
from tests.core.rules.hostile_lines import hostile_lines
from tests.every import every, some_of

PLAIN = "w_next = w - eta*g"
POINTS = PointSet([0.5, 2.5, -1.0, 1.5, 0.3], [0.2, 0.9, 0.4, 0.7, 0.5])
HELD_OUT = PointSet([1.0, -2.0], [0.6, 0.1])
BATCHINGS = [
    BATCH(),
    STOCHASTIC(),
    STOCHASTIC(shuffle=True),
    MINI_BATCH(size=2),
    MINI_BATCH(size=2, shuffle=True),
]
HOSTILE = hostile_lines()
# What Python tells of a text that is run, or reaches for anything.
_DEEDS = (
    "exec",
    "open",
    "import",
    "os.",
    "subprocess",
    "socket",
    "shutil",
    "ctypes",
    "marshal",
    "code.__new__",
)
_seen = None


def _watch(event, arguments):
    # Python looks for the file of a text that it cannot read, to quote the line; this text has none.
    quotes = event == "open" and arguments[0] == TYPED
    if _seen is not None and event.startswith(_DEEDS) and not quotes:
        _seen.append(event)


@pytest.fixture(scope="module")
def _audit():
    sys.addaudithook(_watch)  # there is no way to take it back


@pytest.fixture
def deeds(_audit):
    """Return the list in which events are noted that a refused text must not cause."""
    global _seen  # noqa: PLW0603 - a hook of the process
    _seen = []
    yield _seen
    _seen = None


# ------------------------------------------------------------------------------- they compute


def test_of_typed_settings_nothing_is_said_that_holds_for_other_lines():
    """AdamW's decay is multiplied by η, and its ε is within the root; here neither is."""
    lines = "v_t = v + g**2\nw_next = w - eta*g/(sqrt(v_t) + eps) - decay*w"
    docs = {one.name: one.doc for one in own_rule("Mine", lines).settings}
    assert docs.pop("eta") == "How far to go for each unit of gradient."
    assert docs == dict.fromkeys(("eps", "decay"), "The lines of the rule show how it is used.")


@every("rule", LECTURE_RULES.values(), ids=str)
@every(("number", "batching"), list(enumerate(BATCHINGS)))
def test_the_lecture_s_rules_typed_as_text_compute_the_same_bits(rule, number, batching):
    typed = own_rule(f"My {rule.title}", rule.lines)
    assert set(typed.names) == set(rule.names)
    switches = [one.name for one in rule.settings if one.is_switch]
    momenta = MOMENTUM_SCHEDULES.values() if "gamma" in rule.names else [CONSTANT_MOMENTUM]
    ways = product(SCHEDULES.values(), momenta, product((True, False), repeat=len(switches)))
    for schedule, momentum, on in some_of(ways, number, 4):
        values = {one.name: one.default for one in rule.settings} | dict(zip(switches, on, strict=True))
        one, other = (
            Run(
                kind(**values),
                batching=batching,
                schedule=schedule(),
                momentum_schedule=momentum(),
                start=(-2.0, 1.5),
                epochs=15,
                seed=3,
            )
            for kind in (rule, typed)
        )
        records = [columns_of(run, POINTS, HELD_OUT) for run in (one, other)]
        assert same(*records)
        assert len(records[0].p) > 15
        # The same source for the same machine: it takes as long.
        assert loop_text(one, len(POINTS)) == loop_text(other, len(POINTS))


@every("rule", RULES.values(), ids=str)
def test_the_lines_of_any_rule_can_be_started_from(rule):
    typed = own_rule(f"My {rule.title}", rule.lines, rule.settings)
    told = [
        [(one.name, one.default, one.domain, one.low, one.high, one.log, one.symbol) for one in kind.settings]
        for kind in (rule, typed)
    ]
    assert told[0] == told[1]
    runs = [Run(kind(), start=(-2.0, 1.5), epochs=40) for kind in (rule, typed)]
    assert same(*(columns_of(run, POINTS) for run in runs))
    own = [one.name for one in typed.settings]
    assert typed == own_rule(typed.title, typed.lines, typed.settings)
    assert own == [one.name for one in rule.settings]


# --------------------------------------------------------------------------- settings are found


def test_known_names_have_the_lecture_s_letters_and_defaults():
    lines = "v_t = beta*v + (1 - beta)*g**2\nw_next = w - eta / sqrt(v_t + eps) * g - decay*w*beta1"
    found = {one.name: one for one in own_rule("Mine", lines).settings}
    assert list(found) == ["eta", "beta", "eps", "decay", "beta1"]
    assert [one.symbol for one in found.values()] == ["η", "β", "ε", "λ", "β₁"]
    assert [one.default for one in found.values()] == [1.0, 0.9, 1e-8, 0.01, 0.9]
    assert [one.domain for one in found.values()] == [POSITIVE, BELOW_ONE, POSITIVE, NOT_NEGATIVE, BELOW_ONE]
    assert [one.log for one in found.values()] == [True, False, True, False, False]


def test_other_names_are_numbers_and_conditions_are_switches():
    lines = """
        s = boost2 + mu_max   if lively
        s = 1                 if not lively
        w_next = w - eta*s*g
    """
    found = own_rule("Mine", lines).settings
    assert [(one.name, one.symbol, one.domain, one.default) for one in found] == [
        ("eta", "η", POSITIVE, 1.0),
        ("boost2", "boost₂", NUMBER, 0.5),
        ("mu_max", "μ_max", NUMBER, 0.5),
        ("lively", "", SWITCH, True),
    ]
    assert names_to_set(tidy(lines)).switches == ("lively",)


def test_what_a_person_said_of_a_setting_is_kept_while_the_lines_have_it():
    said = (made_setting("boost", COUNT, 7, 2, 9), made_setting("gone", NUMBER, 1.0, 0.0, 2.0))
    rule = own_rule("Mine", "w_next = w - eta*boost*g", said)
    assert rule.settings == (usual_setting("eta"), said[0])


@every(
    ("arguments", "fault"),
    [
        (("eta", NUMBER, 1.0, 0.0, 1.0), "values of eta must be positive"),
        (("gamma", NUMBER, 0.5, 0.0, 1.0), "values of gamma must be below-one"),
        (("boost", POSITIVE, 0.0, 0.1, 1.0), "default must be a positive number"),
        (("boost", NUMBER, 0.5, 1.0, 1.0), "high must be above low, which is 1, not 1"),
        (("boost", COUNT, 5, 1.5, 9.0), "low must be a whole number"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(arguments, fault):
    with pytest.raises(InvalidValue, match=fault):
        made_setting(*arguments)


def test_titles_and_ids():
    assert own_rule("  Mine ", PLAIN).title == "Mine"
    assert free_id("Heavy ball (2)", ["heavy-ball-2"]) == "heavy-ball-2-2"
    assert free_id("Adam", []) == "adam-2"
    assert free_id("Newton", []) == "newton-2"
    assert free_id("Ά!", []) == "own"
    assert free_id("3 steps", []) == "own-3-steps"
    for title in ("", " ", "a\nb", "x" * 61, "\u202eevil"):
        with pytest.raises(InvalidValue, match="title"):
            own_rule(title, PLAIN)
    for id_ in ("", "Mine", "my rule", "a--b", "-a", "torch.optim.Adam", "a" * 41, "adam"):
        with pytest.raises(InvalidValue, match="id"):
            checked_id(id_)


def test_a_rule_that_is_called_newton_does_not_take_the_place_of_newton_in_a_file():
    mine, newton = own_rule("Newton", PLAIN), SECOND_ORDER_RULES["newton"]
    experiment = Experiment(POINTS, HELD_OUT, (Run(newton(), name="known"), Run(mine(), name="own")))
    read = parse_scene(scene_text(experiment))
    assert [run.optimizer.definition for run in read.runs] == [newton, mine]


def test_a_document_may_have_a_rule_with_the_id_of_a_second_order_method():
    of_before = own_rule("Newton", PLAIN, id_="newton")
    read = parse_scene(scene_text(Experiment(POINTS, HELD_OUT, (Run(of_before()),))))
    assert [run.optimizer.definition for run in read.runs] == [of_before]


def test_the_fingerprint_is_that_of_the_content():
    rule = own_rule("Mine", PLAIN)
    assert rule.fingerprint == own_rule("Another name", f"\n  {PLAIN}  \n").fingerprint
    others = [
        own_rule("Mine", f"{PLAIN}*2"),
        own_rule("Mine", PLAIN, [made_setting("eta", POSITIVE, 0.5, 1e-5, 100.0)]),
    ]
    assert len({one.fingerprint for one in (rule, *others)}) == 3


# ------------------------------------------------------------------------- what is refused, and where


@every(
    ("lines", "piece", "words"),
    [
        ("w_next = w - eta*", "*", "something is missing"),
        ("w_next = w - eta*(g", "(", "a bracket is never closed"),
        ("w_next = w - eta*g)", ")", "a bracket is closed that was never opened"),
        ("v_t = gamma*v = w - eta*g", "gamma*v", "a line has one ="),
        ("a = 1\nw_next = w - eta*sqr(g)", "sqr(g)", '"sqr" is not a function'),
        ("a = 1\n  w_next = w - eta*g^2", "^", "a power is written with \\*\\*"),
        ("w_next = w − eta*g", "−", "a minus is written with -"),
        ("w_next = w - eta*g[0]", "[", "group terms"),
        ("w_next = w - eta*np.sign(g)", "np.sign(g)", "write the name alone, without np. or math."),
        ("w_next = w - eta*math.pi*g", "math.pi", "write the name alone, without np. or math."),
        (
            "v_t = gamma*v_{t-1} + eta*g\nw_next = w - v_t",
            "{",
            "are written v or w, values after it v_t or w_next",
        ),
        ("w_next = w - eta*2g", "2g", "2g is not a number: write \\* between a number and a name"),
        ("w_next = w - eta*1.2.3*g", "1.2.3", "1.2.3 is not a number$"),
        ("w_next = w - η*g", "η", "η is written eta"),
        ("w_next = w - ε*g", "ε", "ε is written eps"),
        ("w_next = w - λ*g", "λ", "λ is written lam$"),
        ("w_next = w - eta*lambda*g", "lambda", "lambda is a word of Python and cannot be a name$"),
        ("w_next = w - eta*g*007", "007", "007 is not a number$"),
        ("w_next = w - eta*g*1_000", "1_000", "1_000 is not a number$"),
        ("w_next = w - eta*g if w > 3", "if", "a choice between numbers is written where"),
        ("w_next = w if g else g", "if", "a choice between numbers is written where"),
        ("b_next = b - eta*g", "b_next", "each line holds for w and for b alike"),
        ("w_0 = 3\n" + PLAIN, "w_0", "where w starts is a setting of the run"),
        ("a = eta\nn = norm(a)\nw_next = w - eta*g/n", "n", "norm needs a name that differs"),
        ("w_next = w - eta*(beta1 + beta_1)*g", "beta_1", "beta_1 and beta1 look alike"),
        ("v1_t = v1 + g\nv_1_t = g\nw_next = w - eta*(v1_t + v_1_t)", "v_1_t", "v_1 and v1 look alike"),
        ("v_new = gamma*v + eta*g\nw_next = w - v_new", "v_new", "written v_t, not v_new"),
        ("w = w - eta*g", "w", "w after the update is written w_next, not w$"),
        (
            "v = gamma*v + eta*g\nw_next = w - v",
            "v",
            "a memory after the update is written v_t, not v$",
        ),
        (
            "v_t = gamma*v_t + eta*g\nw_next = w - v_t",
            "v_t",
            "v_t; its value before the line is written v$",
        ),
        ("w_next = w_next - eta*g", "w_next", "its value before the line is written w$"),
        ("g = g/2\nw_next = w - eta*g", "g", "give a value computed from it another name"),
        ("g_t = g_t/2\nw_next = w - eta*g_t", "g_t", "give a value computed from it another name"),
        ("w_new = w_new - eta*g", "w_new", "w after the update is written w_next, not w_new$"),
        ("v_new = gamma*v_new + g\nw_next = w - eta*v_new", "v_new", "is written v_t, not v_new$"),
        ("eta = eta/2\nw_next = w - eta*g", "eta", "eta is given, so no line can compute it"),
        ("eta_t = eta/t\nw_next = w - eta_t*g", "eta_t", "eta is given, so no line can compute it"),
        ("t = t + 1\nw_next = w - eta*g/t", "t", "t is given, so no line can compute it"),
        ("max = max(g, 0)\nw_next = w - eta*max", "max", "max has a meaning of its own"),
        ("norm = norm(g)\nw_next = w - eta*g/norm", "norm", "norm has a meaning of its own"),
        ("w_next = w - eta*grad", "grad", "the gradient is written g$"),
        ("w_t = w - eta*g", "w_t", "w after the update is written w_next"),
        ("w_next = w_t - eta*g", "w_t", "w is written without _t"),
        ("w_next = w - eta*v_t*g", "v_t", "no line computes v_t"),
        ("w_next = w - eta*exp*g", "exp", "exp is a function"),
        ("w_next = w - eta*grad(w)", "grad", "it needs a line of its own"),
        ("g = grad(pi)\nw_next = w - eta*g", "grad", "it needs a line of its own"),
        ("a = b2\nb2 = 1\n" + PLAIN, "b2", "a uses b2, which is not known yet"),
        ("a = 1\n" + PLAIN + "\na = 2", "a", "a is computed twice"),
        ("eta = 1\n" + PLAIN, "eta", "eta is given"),
        ("u_0 = 1\n" + PLAIN, "u_0", "u_0 would be the start of a memory"),
        ("h = g if fast\nw_next = w - eta*h", "h", "h is not computed in every case"),
        ("w_next = w - eta*g  if fast", "w_next = w - eta*g  if fast", "computes w_next with fast off"),
        (
            f"{PLAIN}  if a\n{PLAIN}  if not a and b\n{PLAIN}  if not a and not b and c",
            f"{PLAIN}  if not a and not b and c",
            "no line computes w_next with a, b and c off",
        ),
        ("w_next = w - g", "w_next = w - g", "no line uses eta, the learning rate"),
        ("w_next = w - eta", "w_next = w - eta", "no line uses the gradient g"),
        ("w_next = w - eta*g*1e999", "1e999", "too large"),
        ("w_next = w - eta*g*where(w, 1, 2)", "w", "must be a comparison"),
        ("w_next = w - eta*g*max(w)", "max(w)", "max takes 2 terms, not 1"),
        ("w_next = w - eta*__x*g", "__x", "a name has up to"),
        (
            "\n".join(f"g{n} = grad(w)" for n in range(5)) + f"\n{PLAIN}",
            "g4",
            f"for at most {MOST_GRADIENTS} gradients",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_with_its_place(lines, piece, words):
    with pytest.raises(FormulaError, match=words.replace("(", r"\(")) as fault:
        names_to_set(lines)
    span = fault.value.span
    assert lines.splitlines()[span.line][span.start : span.end] == piece
    assert "\n" not in str(fault.value)


def test_comments_and_as_many_gradients_as_are_allowed_are_read():
    lines = "# four of them\n" + "\n".join(f"g{n} = grad(w)  # if {n}" for n in range(MOST_GRADIENTS))
    rule = own_rule("Mine", f"{lines}\nw_next = w - eta*(g0 + g3)/2")
    run = Run(rule(eta=0.5), start=(-2.0, 1.5), epochs=5)
    plain = Run(RULES["gd"](eta=0.5), start=(-2.0, 1.5), epochs=5)
    np.testing.assert_array_equal(columns_of(run, POINTS).p, columns_of(plain, POINTS).p)


def test_there_are_three_hundred_hostile_texts():
    assert len(HOSTILE) >= 300


@every("lines", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_refused_and_nothing_of_it_is_run(lines, deeds):
    try:
        deeds.clear()
        own_rule("Mine", lines)
    except FormulaError as error:
        fault, done = error, list(deeds)
    assert done == []
    assert str(fault).isprintable()
    assert len(str(fault)) < 200


def test_the_watch_for_deeds_would_see_one(deeds):
    exec("1")  # noqa: S102 - what no text may come to
    assert deeds


@every("library", LIBRARIES)
def test_the_lines_of_any_library_s_optimizer_can_be_started_from(library):
    for rule in library_rules(library).values():
        typed = own_rule(f"My {rule.title}", rule.lines, rule.settings)
        runs = [Run(kind(), start=(-2.0, 1.5), epochs=20) for kind in (rule, typed)]
        assert same(*(columns_of(run, POINTS) for run in runs))


def test_lam_is_written_with_its_letter():
    rule = own_rule("Mine", "w_next = w - eta*(g + lam*w)")
    assert next(one for one in rule.settings if one.name == "lam").symbol == "λ"
