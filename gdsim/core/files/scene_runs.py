"""Reading and writing the runs of scene files and of other files with runs."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from gdsim.core.files.checked_json import JsonMembers, JsonNode
from gdsim.core.language.texts import said
from gdsim.core.model.batching import BATCHINGS
from gdsim.core.model.experiment import MOST_RUNS
from gdsim.core.model.run import LECTURE_START, MOST_FORKS, Fork, Run, lecture_start
from gdsim.core.rules.libraries.lookup import find_rule, find_schedule
from gdsim.core.rules.own_rule import OwnRule
from gdsim.core.rules.rule import Optimizer, Rule
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, Schedule
from gdsim.core.rules.searches import FIXED, SEARCHES
from gdsim.core.rules.update_rule import GAMMA
from gdsim.core.settings import Configured, Definition, as_in_file

RUN_KEYS = (
    "name", "algorithm", "hyperparameters", "regime", "seed", "schedule", "momentum_schedule",
    "search",
    "start", "epochs", "colour", "style", "hidden", "fork",
)  # fmt: skip


def read_runs(node: JsonNode, dimension: int, rules: Sequence[OwnRule]) -> tuple[Run, ...]:
    """Return the runs of a list, in which a fork may come before its parent.

    ``rules`` are the user-defined rules of the document, which runs may use.
    """
    items = list(node.items(MOST_RUNS))
    places: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        name = item.value.get("name") if isinstance(item.value, dict) else None
        if isinstance(name, str):
            places.setdefault(name, []).append(place)
    known: dict[int, Run] = {}
    begun: list[int] = []

    def run_at(place: int) -> Run:
        if place not in known:
            begun.append(place)
            known[place] = read_run(items[place], dimension, rules, parent)
            begun.pop()
        return known[place]

    def parent(name: JsonNode) -> Run:
        named = places.get(name.text(), [])
        if len(named) != 1:
            many = said("two runs have") if named else said("no run has")
            raise name.fault(
                "must be the name of a run, but {many} the name {value}",
                many=many,
                value=as_in_file(name.value),
            )
        if named[0] in begun:
            raise name.fault(
                "must be a run that does not itself branch off from this one, not {value}",
                value=as_in_file(name.value),
            )
        return run_at(named[0])

    return tuple(run_at(place) for place in range(len(items)))


def _no_runs(name: JsonNode) -> Run:
    raise name.wrong("an object")


def read_run(
    node: JsonNode,
    dimension: int,
    rules: Sequence[OwnRule] = (),
    parent: Callable[[JsonNode], Run] = _no_runs,
) -> Run:
    """Return the run that an item of ``runs`` describes, for points with ``dimension`` inputs.

    ``rules`` are the user-defined rules of the document. ``parent`` finds the parent of a fork by its name.
    """
    members = node.keys(*RUN_KEYS, needed=["algorithm"])
    if "fork" in members and "start" in members:
        raise members["start"].fault("does not go with a fork, which has the start of its parent")
    with members["algorithm"].naming_keys():
        rule = find_rule(members["algorithm"].value, rules)
    if "momentum_schedule" in members and GAMMA not in rule.names:
        raise members["momentum_schedule"].fault(
            "does not go with {name}, which has no momentum", name=rule.id
        )
    fields: dict[str, tuple[str, Callable[[JsonNode], object]]] = {
        "batching": ("regime", partial(one_of, choices=BATCHINGS)),
        "momentum_schedule": ("momentum_schedule", partial(one_of, choices=MOMENTUM_SCHEDULES)),
        "search": ("search", partial(one_of, choices=SEARCHES)),
        "start": ("start", partial(_start, dimension=dimension)),
        "epochs": ("epochs", lambda member: member.value),
        "seed": ("seed", lambda member: member.value),
        "name": ("name", JsonNode.text),
        "colour": ("colour", JsonNode.text),
        "style": ("style", lambda member: member.value),
        "hidden": ("hidden", JsonNode.switch),
        "fork": ("fork", partial(_fork, dimension=dimension, rules=rules, parent=parent)),
    }
    given: dict[str, Any] = {"start": lecture_start(dimension)}
    rate = None
    if "schedule" in members:
        given["schedule"], rate = _schedule(members["schedule"])
    given["optimizer"] = read_hyperparameters(node, members, rule, rate)
    given |= members.fields(fields)
    with node.naming_keys({"batching": "regime"}):
        return Run(**given)


def _schedule(node: JsonNode) -> tuple[Schedule, tuple[str, object] | None]:
    """Read a schedule of the learning rate, and the initial rate it gives, as key and value, or None."""
    with _kind_node(node).naming_keys():
        kind = find_schedule(node.value["kind"])
    members = node.keys("kind", *kind.arguments)
    arguments = {key: member.value for key, member in members.items() if key != "kind"}
    with node.naming_keys():
        return kind.given(arguments), kind.first_rate(arguments)


def read_hyperparameters(
    node: JsonNode, members: JsonMembers, rule: Rule, rate: tuple[str, object] | None = None
) -> Optimizer:
    """Return a rule with the hyperparameters of a run.

    ``rate`` is the key and value of an initial rate that the schedule gives; both places must agree.
    """
    given = members.get("hyperparameters", JsonNode({}, node.within("hyperparameters")))
    arguments = {key: member.value for key, member in given.keys(*rule.arguments).items()}
    if rate is not None:
        key, value = rate
        own = arguments.setdefault(rule.rate_argument, value)
        if own != value:
            both = said(
                "{rate_argument} {own}, and the schedule {key} {value}",
                rate_argument=rule.rate_argument,
                own=as_in_file(own),
                key=key,
                value=as_in_file(value),
            )
            raise given.fault("has {both}: they must agree", both=both)
    with given.naming_keys():
        return rule.given(arguments)


def one_of(node: JsonNode, choices: Mapping[str, Definition]) -> Configured[Definition]:
    """Read an object whose ``kind`` names an entry of a catalogue and whose other keys are its settings."""
    kind = choices[_kind_node(node).word(choices)]
    members = node.keys("kind", *kind.arguments)
    with node.naming_keys():
        return kind.given({key: member.value for key, member in members.items() if key != "kind"})


def _kind_node(node: JsonNode) -> JsonNode:
    if not isinstance(node.value, dict):
        raise node.wrong('an object with a "kind"')
    return node.member("kind")


def _fork(
    node: JsonNode, dimension: int, rules: Sequence[OwnRule], parent: Callable[[JsonNode], Run]
) -> Fork:
    """Read a fork; its parent is the name of a run, or a whole run that is not itself in the list."""
    members = node.keys("parent", "step", "nudge", "memory", needed=["parent", "step"])
    of, depth = members["parent"], node.path.count(".fork")
    if depth > MOST_FORKS:
        raise node.fault("must have at most {most_forks} forks before it", most_forks=MOST_FORKS)
    left = parent(of) if isinstance(of.value, str) else read_run(of, dimension, rules, parent)
    nudge = members.read("nudge", partial(_place, dimension=dimension, usual=0.0), usual=())
    keeps = members.read("memory", JsonNode.switch, usual=True)
    with node.naming_keys():
        return Fork(left, members["step"].value, nudge, keeps)


def _start(node: JsonNode, dimension: int) -> tuple[float, ...]:
    return _place(node, dimension, LECTURE_START)


def _place(node: JsonNode, dimension: int, usual: float) -> tuple[float, ...]:
    members = node.keys("w", "b")
    w = members.read("w", partial(_weights, dimension=dimension), usual=(usual,) * dimension)
    return (*w, members.read("b", JsonNode.number, usual=usual))


def _weights(node: JsonNode, dimension: int) -> tuple[float, ...]:
    if not isinstance(node.value, list) and dimension == 1:
        return (node.number(),)
    if not isinstance(node.value, list) or len(node.value) != dimension:
        raise node.wrong(list_of(dimension) if dimension > 1 else said("a number"))
    return tuple(item.number() for item in node.items())


def list_of(count: int) -> str:
    """Return the words for a list of ``count`` numbers in the message of a fault."""
    return said("a list of one number") if count == 1 else said("a list of {count} numbers", count=count)


# --------------------------------------------------------------------------------------- writing


def run_tree(run: Run, among: Sequence[Run] = ()) -> dict[str, Any]:
    """Return a run as an item of ``runs``.

    The parent of a fork is written as its name if that names this run and no other in ``among``, else whole.
    """
    tree = {
        "name": run.name,
        "algorithm": run.optimizer.id,
        "hyperparameters": run.optimizer.arguments,
        "regime": kind_tree(run.batching),
        "seed": run.seed,
        "schedule": kind_tree(run.schedule),
        "start": place_tree(run.start),
        "epochs": run.epochs,
    }
    if run.fork:
        del tree["start"]
        tree["fork"] = _fork_tree(run.fork, among)
    if run.optimizer.has_momentum:
        tree["momentum_schedule"] = kind_tree(run.momentum_schedule)
    if run.search.definition != FIXED:
        tree["search"] = kind_tree(run.search)
    if run.colour:
        tree["colour"] = run.colour
    if run.style is not None:
        tree["style"] = run.style
    if run.hidden:
        tree["hidden"] = True
    return tree


def changed_tree(run: Run, algorithm: object) -> dict[str, Any]:
    """Return a run as an item of ``runs``, without the settings of its rule if it gets another rule."""
    dropped = () if algorithm == run.optimizer.id else ("hyperparameters", "momentum_schedule")
    return {key: value for key, value in run_tree(run).items() if key not in dropped}


def _fork_tree(fork: Fork, among: Sequence[Run]) -> dict[str, Any]:
    parent, named = fork.parent, [run for run in among if run.name == fork.parent.name]
    tree = {"parent": parent.name if named == [parent] else run_tree(parent, among), "step": fork.step}
    if fork.nudge:
        tree["nudge"] = place_tree(fork.nudge)
    if not fork.keeps_memory:
        tree["memory"] = False
    return tree


def place_tree(place: Sequence[object]) -> dict[str, object]:
    """Return weights and bias as an object with the keys "w" and "b"."""
    *w, b = place
    return {"w": w[0] if len(w) == 1 else w, "b": b}


def kind_tree(value: Configured[Definition]) -> dict[str, object]:
    """Return an entry of a catalogue as an object that `one_of` reads."""
    return {"kind": value.id, **value.arguments}
