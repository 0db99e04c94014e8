"""Scenes with one fault each, and the message about it, for the tests of the reader and the command line."""

import json

from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import SCHEDULES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES

_GOOD = {
    "gdsim": 1,
    "title": "The valley",
    "about": "one sentence",
    "points": {"x": [1.3, 2.4], "y": [0.15, 0.9]},
    "validation": {"x": [], "y": []},
    "window": {"w": [-2, 12], "b": [-14, 8]},
    "rules": [
        {
            "id": "mine",
            "title": "My rule",
            "lines": ["c = boost*g  if lively", "c = g  if not lively", "w_next = w - eta*c"],
            "settings": [
                {"name": "eta", "values": "positive", "default": 0.5, "low": 0.01, "high": 10.0},
                {"name": "lively", "default": False},
            ],
        }
    ],
    "runs": [
        {
            "name": "Momentum",
            "algorithm": "momentum",
            "hyperparameters": {"eta": 1.0, "gamma": 0.9},
            "regime": {"kind": "mini-batch", "size": 2, "shuffle": True},
            "seed": 0,
            "schedule": {"kind": "step", "factor": 0.5, "every": 5},
            "momentum_schedule": {"kind": "sutskever", "gamma_max": 0.99},
            "start": {"w": 0, "b": 6},
            "epochs": 100,
        }
    ],
    "map": {
        "x": {"setting": "eta", "range": [0.01, 100], "seen": [1, 10], "log": True},
        "y": {"setting": "gamma", "range": [0, 0.99]},
        "steps": 400,
        "solved_below": 1e-4,
        "beside": ["Nesterov"],
    },
    "race": {
        "rules": [{"algorithm": "mine", "hyperparameters": {"eta": 1}, "ranges": {"eta": [0.1, 10]}}],
        "budget": 500,
        "trials": 32,
        "starts": 64,
        "seed": 3,
        "solved_below": 1e-4,
        "grid": True,
    },
}
RUN = "runs[0]"
DELETE = object()


def good():
    """Return the tree of a scene that uses every key."""
    return json.loads(json.dumps(_GOOD))


def text_with(*changes):
    """Return the good scene as text, with some values replaced or deleted; changes are (path, value)."""
    tree = good()
    for path, value in changes:
        *parents, last = path
        place = tree
        for key in parents:
            place = place[key]
        if value is DELETE:
            del place[last]
        else:
            place[last] = value
    return json.dumps(tree)


def _run(*path):
    return ("runs", 0, *path)


def _literal(path, literal):
    """Return the good scene as text, with a literal that no JSON writer would write."""
    return text_with((path, "LITERAL")).replace('"LITERAL"', literal)


def _rule(*path):
    return ("rules", 0, *path)


_LINES, _ONE_SETTING = _rule("lines"), _rule("settings", 0)
_ETA = _run("hyperparameters", "eta")
_NUMBER = "must be a number from -1e100 to 1e100, not"
_NO_NUMBER = "must be a number, not"
FAULTS = {
    # how much there may be
    "too many runs": (
        text_with((("runs",), [{"algorithm": "gd"}] * 51), (("validation",), DELETE)),
        "runs must have at most 50 entries, not 51",
    ),
    "too many inputs": (
        text_with((("points", "x"), [[1.0] * 101] * 2), (("runs",), []), (("validation",), DELETE)),
        "points must have at most 100 inputs, not 101",
    ),
    "a title that is too long": (
        text_with((("title",), "x" * 10_001)),
        "title must have at most 10,000 letters, not 10,001",
    ),
    "a name that is too long": (
        text_with((_run("name"), "x" * 10_001)),
        "runs[0].name must have at most 10,000 letters, not 10,001",
    ),
    "too many rules": (
        text_with(
            (("rules",), [{"id": f"mine-{n}", "lines": "w_next = w - eta*g"} for n in range(21)]),
            (("race",), DELETE),
        ),
        "rules must have at most 20 entries, not 21",
    ),
    # rules of its own
    "no id of a rule": (text_with((_rule("id"), DELETE)), "rules[0].id is missing"),
    "the id of another rule": (
        text_with((_rule("id"), "adam")),
        "rules[0].id must not be adam",
    ),
    "an id that is none": (
        text_with((_rule("id"), "My rule")),
        "rules[0].id must be small letters",
    ),
    "two rules of an id": (
        text_with((("rules",), [{"id": "mine", "lines": f"w_next = w - {n}*eta*g"} for n in "12"])),
        "rules must each have an id of their own",
    ),
    "a title of two lines": (
        text_with((_rule("title"), "a\nb")),
        "rules[0].title must be one line of 1",
    ),
    "no lines": (text_with((_LINES, DELETE)), "rules[0].lines is missing"),
    "a line that is none": (
        text_with(((*_LINES, 2), "w_next = w - eta*c.real")),
        'rules[0].lines[2]: a formula cannot contain "c.real"',
    ),
    "two lines in one": (text_with(((*_LINES, 2), "a = 1\nb = 2")), "rules[0].lines[2] must be one line"),
    "a setting that no line uses": (
        text_with(((*_ONE_SETTING, "name"), "rate")),
        'rules[0] has a setting "rate" that no line uses',
    ),
    "a setting twice": (
        text_with(((*_rule("settings"), 1), {"name": "eta"})),
        'rules[0] has the setting "eta" twice',
    ),
    "values that are none": (
        text_with(((*_ONE_SETTING, "values"), "any")),
        "rules[0].settings[0].values must be one of number, positive",
    ),
    "a rate that may be negative": (
        text_with(((*_ONE_SETTING, "values"), "number")),
        "rules[0].settings[0].values of eta must be positive",
    ),
    "a default that is not possible": (
        text_with(((*_ONE_SETTING, "default"), -1)),
        "rules[0].settings[0].default must be a positive number, not -1",
    ),
    "a slider without length": (
        text_with(((*_ONE_SETTING, "low"), 10.0)),
        "rules[0].settings[0].high must be above low, which is 10, not 10",
    ),
    "an unknown key in a rule": (text_with((_rule("about"), "")), "rules[0].about is not a known key"),
    "an argument that the rule has not": (
        text_with((_run(), {"algorithm": "mine", "hyperparameters": {"gamma": 0.5}})),
        f"{RUN}.hyperparameters.gamma is not a known key; the known keys are eta, lively, boost",
    ),
    "a rule that nobody knows": (
        text_with((_run("algorithm"), "yours")),
        f"{RUN}.algorithm must be one of mine, gd, momentum",
    ),
    # what a scene must have
    "no version": (text_with((("gdsim",), DELETE)), "gdsim is missing"),
    "an older version": (text_with((("gdsim",), 0)), "gdsim must be 1, the version of the format, not 0"),
    "a newer version": (
        text_with((("gdsim",), 2), (("lessons",), [])),
        "gdsim is 2: the file was written by a newer gdsim; this one reads version 1 of the format",
    ),
    "no points": (text_with((("points",), DELETE)), "points is missing"),
    "no x": (text_with((("points", "x"), DELETE)), "points.x is missing"),
    "no algorithm": (text_with((_run("algorithm"), DELETE)), f"{RUN}.algorithm is missing"),
    "no kind": (text_with((_run("regime"), {"size": 2})), f"{RUN}.regime.kind is missing"),
    # points
    "empty points": (text_with((("points",), {"x": [], "y": []})), "points must not be empty"),
    "more x than y": (
        text_with((("points", "x"), [1, 2, 3])),
        "points must have as many x as y, not 3 and 2",
    ),
    "text as x": (text_with((("points", "x", 1), "2.4")), f'points.x[1] {_NO_NUMBER} "2.4"'),
    "true as y": (text_with((("points", "y", 0), True)), f"points.y[0] {_NO_NUMBER} true"),
    "NaN as y": (_literal(("points", "y", 0), "NaN"), f"points.y[0] {_NUMBER} nan"),
    "a huge x": (text_with((("points", "x", 0), 1e101)), f"points.x[0] {_NUMBER} 1e101"),
    "5000 digits as x": (_literal(("points", "x", 1), "9" * 5000), f"points.x[1] {_NUMBER} a huge number"),
    "a number as x": (text_with((("points", "x"), 5)), "points.x must be a list, not 5"),
    "a number as y": (text_with((("points", "y"), 5)), "points.y must be a list of numbers, not 5"),
    "an uneven row": (
        text_with((("points", "x"), [[1, 2], [1]])),
        "points.x[1] must be a list of 2 numbers, like the other points",
    ),
    "a row without inputs": (text_with((("points", "x"), [[], []])), "points.x[0] must not be empty"),
    "a list where a number is": (text_with((("points", "x"), [1, [2]])), f"points.x[1] {_NO_NUMBER} a list"),
    "validation of another dimension": (
        text_with((("validation",), {"x": [[1, 2]], "y": [1]})),
        "validation.x[0] must be a list of one number, like the other points",
    ),
    "validation of one dimension": (
        text_with((("points",), {"x": [[1, 2]], "y": [1]}), (("validation",), {"x": [1], "y": [1]})),
        "validation.x[0] must be a list of 2 numbers, like the points, not 1",
    ),
    "points as a list": (text_with((("points",), [1, 2])), "points must be an object, not a list"),
    # the rule and its settings
    "an unknown algorithm": (
        text_with((_run("algorithm"), "sgd")),
        f'{RUN}.algorithm must be one of mine, {", ".join(RULES | SECOND_ORDER_RULES)}, not "sgd"',
    ),
    "an algorithm that is no text": (
        text_with((_run("algorithm"), ["gd"])),
        f"{RUN}.algorithm must be one of",
    ),
    "a negative rate": (
        text_with((_ETA, -1)),
        f"{RUN}.hyperparameters.eta must be a positive number, not -1",
    ),
    "beta of one": (
        text_with(
            (_run("algorithm"), "rmsprop"),
            (_run("hyperparameters"), {"beta": 1.0}),
            (_run("momentum_schedule"), DELETE),
        ),
        f"{RUN}.hyperparameters.beta must be a number of at least 0 and below 1, not 1.0",
    ),
    "a hyperparameter the rule does not have": (
        text_with(
            (_run("algorithm"), "gd"),
            (_run("hyperparameters"), {"gamma": 0.9}),
            (_run("momentum_schedule"), DELETE),
        ),
        f"{RUN}.hyperparameters.gamma is not a known key; the known keys are eta",
    ),
    "a constant momentum for adam": (
        text_with(
            (_run("algorithm"), "adam"),
            (_run("hyperparameters"), {}),
            (_run("momentum_schedule"), {"kind": "constant"}),
        ),
        f"{RUN}.momentum_schedule does not go with adam, which has no momentum",
    ),
    # regime and schedules
    "a batch of none": (
        text_with((_run("regime", "size"), 0)),
        f"{RUN}.regime.size must be a whole number of at least 1, not 0",
    ),
    "an unknown regime": (
        text_with((_run("regime", "kind"), "online")),
        f'{RUN}.regime.kind must be one of batch, stochastic, mini-batch, not "online"',
    ),
    "a regime in a word": (
        text_with((_run("regime"), "batch")),
        f'{RUN}.regime must be an object with a "kind", not "batch"',
    ),
    "a size for stochastic": (
        text_with((_run("regime"), {"kind": "stochastic", "size": 2})),
        f"{RUN}.regime.size is not a known key; the known keys are kind, shuffle",
    ),
    "an unknown schedule": (
        text_with((_run("schedule"), {"kind": "no-such-thing"})),
        f"{RUN}.schedule.kind must be one of {', '.join(SCHEDULES)}",
    ),
    "a negative decay": (
        text_with((_run("schedule"), {"kind": "inverse", "k": -1})),
        f"{RUN}.schedule.k must be a number of at least 0, not -1",
    ),
    "gamma_max of one": (
        text_with((_run("momentum_schedule", "gamma_max"), 1)),
        f"{RUN}.momentum_schedule.gamma_max must be a number of at least 0 and below 1, not 1",
    ),
    "the validation schedule without validation": (
        text_with((_run("schedule"), {"kind": "validation"})),
        f"{RUN}.schedule needs validation points, but there are none",
    ),
    # the rest of a run
    "no epochs": (
        text_with((_run("epochs"), 0)),
        f"{RUN}.epochs must be a whole number from 1 to 10000000, not 0",
    ),
    "a negative seed": (
        text_with((_run("seed"), -1)),
        f"{RUN}.seed must be a whole number from 0 to 4294967295",
    ),
    "text as a start": (text_with((_run("start", "w"), "0")), f"{RUN}.start.w {_NO_NUMBER}"),
    "a list as a start in one dimension": (
        text_with((_run("start", "w"), [0, 1])),
        f"{RUN}.start.w must be a number, not a list",
    ),
    "a start of the wrong dimension": (
        text_with((("points",), {"x": [[1, 2], [3, 4]], "y": [0, 1]}), (_run("start", "w"), [1, 2, 3])),
        f"{RUN}.start.w must be a list of 2 numbers, not a list",
    ),
    "a number as a start in two dimensions": (
        text_with((("points",), {"x": [[1, 2], [3, 4]], "y": [0, 1]})),
        f"{RUN}.start.w must be a list of 2 numbers, not 0",
    ),
    "a name that is a number": (text_with((_run("name"), 7)), f"{RUN}.name must be text, not 7"),
    "a name with half a letter": (
        _literal(_run("name"), '"\\ud800"'),
        f"{RUN}.name must be text that can be written in UTF-8",
    ),
    "a colour by name": (
        text_with((_run("colour"), "red")),
        f'{RUN}.colour must be a colour such as "#1b6ef3"',
    ),
    "a style that is not a number": (
        text_with((_run("style"), "red")),
        f'{RUN}.style must be a whole number from 0 to 1000000, not "red"',
    ),
    "hidden in words": (text_with((_run("hidden"), "no")), f'{RUN}.hidden must be true or false, not "no"'),
    "a run that is a word": (text_with((("runs", 0), "gd")), f'{RUN} must be an object, not "gd"'),
    "runs that are no list": (text_with((("runs",), {})), "runs must be a list, not an object"),
    # window and texts
    "a reversed window": (
        text_with((("window", "w"), [12, -2])),
        "window.w must go from a smaller to a larger number, not from 12 to -2",
    ),
    "a window of three": (text_with((("window", "w"), [1, 2, 3])), "window.w must be two numbers, not 3"),
    "a window to infinity": (_literal(("window", "b", 1), "Infinity"), f"window.b[1] {_NUMBER} inf"),
    "a title that is a list": (text_with((("title",), [])), "title must be text, not a list"),
    "an activation there is not": (
        text_with((("neuron",), {"activation": "step"})),
        'neuron.activation must be one of "sigmoid", "identity", "tanh", "relu", not "step"',
    ),
    "a loss there is not": (
        text_with((("loss",), {"kind": "hinge"})),
        'loss.kind must be one of "squared", "cross-entropy", "absolute", "huber", not "hinge"',
    ),
    "half the sum of what is no square": (
        text_with((("loss",), {"kind": "absolute", "reduction": "half-sum"})),
        'loss.reduction must be one of "sum", "mean", not "half-sum"',
    ),
    "a negative penalty": (
        text_with((("loss",), {"l2": -1})),
        "loss.l2 must be a number of at least 0, not -1",
    ),
    "a function and a loss": (
        text_with((("function",), "w**2"), (("loss",), {})),
        "loss does not go with a function of w and b",
    ),
    "a function that is none": (
        text_with((("function",), "w +")),
        'function cannot be read: "w +" is not a formula: something is missing or superfluous',
    ),
    "a function of something else": (
        text_with((("function",), "w + x")),
        'function cannot be read: "x" is neither w nor b',
    ),
    # what is kept of maps and races
    "a map of one setting": (
        text_with((("map", "y", "setting"), "eta")),
        "map.y must be a setting other than x",
    ),
    "a map without steps": (text_with((("map", "steps"), DELETE)), "map.steps is missing"),
    "a map of too many steps": (
        text_with((("map", "steps"), 100_001)),
        "map.steps must be a whole number from 1 to 100000, not 100001",
    ),
    "a range that goes back": (
        text_with((("map", "x", "range"), [2, 1])),
        "map.x.range must go from a smaller to a larger number, not from 2 to 1",
    ),
    "a logarithm of zero": (
        text_with((("map", "x", "range"), [0, 1])),
        "map.x.range must be above 0 on a logarithmic scale",
    ),
    "a setting without a name": (
        text_with((("map", "x", "setting"), "")),
        "map.x.setting must be the name of a setting",
    ),
    "too many maps": (
        text_with((("map", "beside"), ["a", "b", "c", "d"])),
        "map.beside must have at most 3 entries, not 4",
    ),
    "a race of nobody": (text_with((("race", "rules"), [])), "race.rules must be from 1 to 12, not 0"),
    "a race of a rule there is not": (
        text_with((("race", "rules", 0, "algorithm"), "sgd")),
        "race.rules[0].algorithm must be one of mine, gd,",
    ),
    "a race of a search that does not go with its rule": (
        text_with((("race", "rules", 0), {"algorithm": "adam", "search": {"kind": "armijo"}})),
        "race.rules[0].search does not go with adam, whose step is not a rate times one direction",
    ),
    "a race of a range of another search": (
        text_with(
            (
                ("race", "rules", 0),
                {"algorithm": "newton", "search": {"kind": "wolfe"}, "ranges": {"search.shrink": [0.1, 0.5]}},
            )
        ),
        (
            'race.rules[0].ranges."search.shrink" is not a known key; '
            "the known keys are eta, search.c1, search.c2"
        ),
    ),
    "a race with a wrong setting": (
        text_with((("race", "rules", 0, "hyperparameters", "eta"), -1)),
        "race.rules[0].hyperparameters.eta must be a positive number, not -1",
    ),
    "a race with a range of another setting": (
        text_with((("race", "rules", 0, "ranges", "gamma"), [0, 1])),
        "race.rules[0].ranges.gamma is not a known key; the known keys are eta",
    ),
    "a race without a budget": (
        text_with((("race", "budget"), 0)),
        "race.budget must be a whole number from 1 to 100000, not 0",
    ),
    # unknown keys
    "an unknown key": (
        text_with((("point",), [])),
        "point is not a known key; the known keys are gdsim, title",
    ),
    "an unknown key in a run": (
        text_with((_run("lr"), 1)),
        f"{RUN}.lr is not a known key; the known keys are name",
    ),
    "an unknown key that is no word": (text_with((("a b\n",), 1)), r'"a b\n" is not a known key'),
    # no scene at all
    "broken JSON": ('{"gdsim": 1,\n "points"', "is not JSON: Expecting ':' delimiter at line 2, column 10"),
    "an open text": ('{"gdsim', "is not JSON: Unterminated string at line 1, column 2"),
    "no JSON": ("gdsim", "is not JSON: Expecting value at line 1, column 1"),
    "nothing": ("", "is empty"),
    "a list": ("[]", "a scene must be an object, not a list"),
    "a key twice": ('{"gdsim": 1, "gdsim": 1}', 'has the key "gdsim" twice in one object'),
    "deep nesting": ("[" * 100_000, "is nested too deeply"),
}
