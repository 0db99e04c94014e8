"""A run as a library's line: it goes where the run goes, or the comment says where it does not."""

from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.files.library_code import NoForm, library_code
from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.libraries.calls import read_call
from gdsim.core.rules.libraries.lookup import LIBRARIES, find_rule
from gdsim.core.rules.own_rule import own_rule
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from tests.core.library_runs import library_runs
from tests.core.records import LECTURE, columns_of
from tests.every import every

RATES = {"gd": 1.0, "momentum": 0.5, "nesterov": 0.5, "adagrad": 0.5, "rmsprop": 0.01, "adam": 0.1}
EQUAL = (
    "gd torch, gd keras, gd optax, momentum keras, adagrad keras, adagrad optax, rmsprop keras, "
    "rmsprop optax, adam optax"
)


def path_of(run, code):
    """Return where the lines lead from the start of the run."""
    made = [read_call(line) for line in code.splitlines() if not line.startswith("#")]
    changes = {
        name: getattr(one, name) for one in made for name in ("optimizer", "schedule") if getattr(one, name)
    }
    return columns_of(replace(run, name="", **changes)).p


@every("library", LIBRARIES)
@every("rule", LECTURE)
def test_a_rule_of_the_lecture(rule, library):
    # ε is large enough to be seen where it stands.
    settings = {"eps": 1e-3} if "eps" in RULES[rule].names else {}
    run = Run(RULES[rule](eta=RATES[rule], **settings), epochs=200)
    code, whole = library_code(run, library, 1), columns_of(run)
    path, apart = path_of(run, code), "# The lecture's loss" not in code.splitlines()[0]
    if f"{rule} {library}" in EQUAL:
        np.testing.assert_allclose(path, whole.p, atol=1e-9)
        assert not apart or "The lecture begins with v₀ = 0 and" in code
    elif rule == "momentum":  # the rate is constant here
        np.testing.assert_allclose(path, whole.p, atol=1e-9)
        assert "the rate is outside of the velocity" in code
    elif rule == "nesterov":
        ahead = whole.p[1:] - 0.9 * whole.state[0][1:]
        np.testing.assert_allclose(path[1:], ahead, atol=1e-9)
        assert "look-ahead place" in code
    else:
        assert np.abs(path - whole.p).max() > 1e-4
        assert "adds it to the root" in code


@every("library", LIBRARIES)
def test_a_look_ahead_without_momentum_is_plain_descent(library):
    """PyTorch refuses it; Optax has no momentum unless it is given one."""
    for optimizer in (RULES["nesterov"](gamma=0.0), find_rule("optax.sgd")(nesterov=True)):
        run = Run(optimizer, start=(0.0, 1.0), epochs=50)
        code = library_code(run, library, 1)
        assert np.array_equal(path_of(run, code), columns_of(run).p)


# A rule, its switches, and each library's form of it: the same, or apart for a reason.
FURTHER = [
    ("adamw", {}, {"torch": "AdamW", "keras": "AdamW", "optax": "="}),
    ("adamw", {"decoupled": False}, {"torch": "Adam("}),
    (
        "amsgrad",
        {},
        {"torch": "adds it to the root", "keras": "before its correction", "optax": "the largest of"},
    ),
    ("amsgrad", {"bias_correction": False}, {"optax": "="}),
    ("nadam", {}, {"torch": "rises from step to step", "keras": "rises from step to step", "optax": "="}),
    ("adadelta", {}, {"torch": "=", "keras": "=", "optax": "="}),
    ("adamax", {}, {"torch": "to the size of each gradient", "keras": "=", "optax": "to the size of each"}),
    ("radam", {}, {"torch": "before its correction", "optax": "="}),
    ("lion", {}, {"keras": "=", "optax": "="}),
    ("lookahead", {}, {}),
]


@every("library", LIBRARIES)
@every(("rule", "switches", "forms"), FURTHER)
def test_a_rule_beyond_the_lecture(rule, switches, forms, library):
    settings = {"eps": 1e-3} if "eps" in RULES[rule].names else {}
    run = Run(RULES[rule](**settings, **switches), start=(0.0, 1.0), epochs=200)
    words = forms.get(library)
    if words is None:
        with pytest.raises(NoForm, match=f"No form of {run.optimizer.title}"):
            library_code(run, library, 1)
        return
    code, here = library_code(run, library, 1), columns_of(run).p
    apart = np.abs(path_of(run, code) - here).max()
    if words == "=":
        assert apart <= 1e-9
        assert code.startswith("# The lecture's loss")
    else:
        assert apart > 1e-5
        assert words in code


def test_the_comment_tells_the_loss_of_the_document():
    for objective, words in (
        (NeuronObjective(), "# The lecture's loss: half the sum of the squared errors over the points of an"),
        (NeuronObjective(reduction="mean"), "# The loss over the points of an update: L = 1/N Σ (f − y)²."),
        (FunctionObjective("w**2 +  # a bowl\n b**2"), "# What is minimised: L(w, b) = w**2 + b**2."),
    ):
        assert words in library_code(Run(), "torch", 1, objective)
    noisy = library_code(
        Run(), "torch", 1, FunctionObjective("w**2 + b**2"), PointSet([1.0, -1.0], [0.5, -0.5])
    )
    assert "= w**2 + b**2; an update adds the mean of its points, which are slopes." in noisy


@every(
    ("rule", "fields", "words"),
    [
        ("momentum", {}, "# It continues after step 40 of another run: load that state first."),
        ("adam", {}, "# It continues after step 40 of another run: its state starts afresh."),
        (
            "momentum",
            {"keeps_memory": False},
            "# It continues after step 40 of another run: its state starts afresh.",
        ),
        ("gd", {}, "# It continues after step 40 of another run: load that state first."),
        (
            "momentum",
            {"nudge": (0.1, 0.0)},
            "# It continues after step 40 of another run, with [0.1, 0.0] added to its parameters: load",
        ),
    ],
)
def test_the_comment_tells_where_a_fork_begins_and_with_which_state(rule, fields, words):
    run = Run(RULES[rule](), fork=Fork(Run(RULES["momentum"]()), 40, **fields))
    assert words in library_code(run, "optax", 1)


def test_momentum_parts_from_a_library_when_the_rate_changes():
    run = Run(RULES["momentum"](eta=0.5), schedule=SCHEDULES["exponential"](k=0.05), epochs=100)
    here = columns_of(run).p
    np.testing.assert_allclose(path_of(run, library_code(run, "keras", 1)), here, atol=1e-9)
    assert np.abs(path_of(run, library_code(run, "torch", 1)) - here).max() > 1e-3


@every("library", LIBRARIES)
@every("schedule", ["step", "exponential", "inverse"])
def test_a_schedule_of_the_lecture(schedule, library):
    run = Run(RULES["gd"](), STOCHASTIC(), SCHEDULES[schedule](), epochs=30)
    if schedule == "inverse" and library != "keras":
        with pytest.raises(NoForm, match="has no form of the schedule “1/t decay”"):
            library_code(run, library, 2)
        return
    code = library_code(run, library, 2)
    if library == "torch" and schedule == "exponential":
        assert "scheduler.step() after every update" in code
    np.testing.assert_allclose(path_of(run, code), columns_of(run).p, atol=1e-9)


def test_an_optimizer_of_a_library_is_its_own_line_and_no_other_s():
    for run in library_runs(epochs=60):
        own = run.optimizer.id.partition(".")[0]
        for library in LIBRARIES:
            if library == own and run.schedule.id.partition(".")[0] in (own, "constant"):
                path = path_of(run, library_code(run, library, 1))
                np.testing.assert_allclose(path, columns_of(run).p, atol=1e-9)
            elif library != own and run.schedule.id != "constant":
                with pytest.raises(NoForm):
                    library_code(run, library, 1)


OTHERS = [
    ("torch.optim.SGD", {"lr": 0.5}, {"keras": "", "optax": ""}),
    ("torch.optim.SGD", {"lr": 0.5, "momentum": 0.8}, {"keras": "", "optax": ""}),
    ("torch.optim.SGD", {"lr": 0.5, "momentum": 0.8, "nesterov": True}, {"keras": "", "optax": ""}),
    ("torch.optim.SGD", {"lr": 0.5, "weight_decay": 0.1}, {}),
    (
        "keras.optimizers.SGD",
        {"learning_rate": 0.5, "momentum": 0.8},
        {"torch": "In PyTorch the rate", "optax": "In Optax the rate"},
    ),
    (
        "keras.optimizers.RMSprop",
        {"learning_rate": 0.01, "epsilon": 1e-3},
        {"torch": "Keras has ε within", "optax": ""},
    ),
    (
        "optax.adagrad",
        {"learning_rate": 0.5, "initial_accumulator_value": 0.0},
        {"keras": "", "torch": "Optax has ε"},
    ),
    ("optax.adagrad", {"learning_rate": 0.5}, {}),
    # Keras adds ε to the root of the uncorrected v.
    ("torch.optim.Adam", {"lr": 0.1, "eps": 1e-3}, {"optax": ""}),
    ("optax.adamw", {"learning_rate": 0.1, "weight_decay": 0.1}, {"torch": ""}),
    ("torch.optim.RMSprop", {"lr": 0.01, "eps": 1e-3}, {"optax": ""}),
    ("torch.optim.Adamax", {"lr": 0.1, "eps": 1e-3}, {"optax": ""}),
    ("keras.optimizers.Adadelta", {"learning_rate": 2.0}, {"torch": "", "optax": ""}),
    ("keras.optimizers.Lion", {"learning_rate": 0.02}, {"optax": ""}),
]


@every(("id_", "arguments", "known"), OTHERS)
def test_an_optimizer_of_a_library_is_another_one_s_line_where_they_do_the_same(id_, arguments, known):
    run = Run(find_rule(id_).given(arguments), start=(0.0, 1.0), epochs=200)
    for library in set(LIBRARIES) - {id_.partition(".")[0]}:
        words = known.get(library)
        if words is None:
            with pytest.raises(NoForm, match="with these arguments"):
                library_code(run, library, 1)
            continue
        code = library_code(run, library, 1)
        apart = np.abs(path_of(run, code) - columns_of(run).p).max()
        assert (apart <= 1e-9) == (not words or " the rate" in words)
        assert code.startswith(f"# {words}" if words else "# The lecture's loss")


@every(
    ("run", "words"),
    [
        (Run(RULES["adagrad"](root=False)), "No form of AdaGrad without square root in Optax is known here."),
        (
            Run(RULES["adam"](bias_correction=False)),
            "No form of Adam without bias correction in Optax is known here.",
        ),
        (
            Run(RULES["momentum"](), momentum_schedule=MOMENTUM_SCHEDULES["sutskever"]()),
            "Optax has no schedule of the momentum.",
        ),
        (
            Run(own_rule("My rule", "w_next = w - eta*g")()),
            "Optax has no form of My rule, whose lines were typed here; export a Python script instead.",
        ),
        (
            Run(RULES["gd"](), schedule=SCHEDULES["validation"]()),
            "Optax has no form of the schedule “halve when validation loss rises”.",
        ),
        # A factor of e^(-k), which is 0 in numbers.
        (
            Run(RULES["gd"](), schedule=SCHEDULES["exponential"](k=800.0)),
            "Optax has no form of the schedule “exponential decay”.",
        ),
    ],
)
def test_what_has_no_form_is_said_in_a_sentence(run, words):
    with pytest.raises(NoForm) as refusal:
        library_code(run, "optax", 1)
    assert str(refusal.value) == words


def test_numbers_that_keras_does_not_take_are_said_in_a_sentence():
    for run, words in (
        (Run(RULES["lion"](beta1=0.0)), "No form of Lion in Keras is known here."),
        (
            Run(find_rule("optax.lion")(beta1=0.0, weight_decay=0.0)),
            "No form of Optax lion with these arguments in Keras is known here.",
        ),
        (Run(schedule=SCHEDULES["inverse"](k=0.0)), "Keras has no form of the schedule “1/t decay”."),
    ):
        with pytest.raises(NoForm) as refusal:
            library_code(run, "keras", 1)
        assert str(refusal.value) == words


def test_a_refusal_is_in_the_language_of_the_window_and_the_lines_are_in_english():
    english = library_code(Run(), "torch", 1)
    with speaking(read_language("de")):
        with pytest.raises(
            NoForm, match="Keine Form von AdaGrad ohne Quadratwurzel in Optax ist hier bekannt"
        ):
            library_code(Run(RULES["adagrad"](root=False)), "optax", 1)
        assert library_code(Run(), "torch", 1) == english
