"""gdsim step and gdsim check: work out one step, and judge a user's own steps."""

import argparse
import json
import re

from gdsim.api.results import Step
from gdsim.api.scene import MOST_DIGITS, Scene
from gdsim.cli.command import Parser, UsageError, as_usage_error, standard_output, step_argument
from gdsim.cli.opening import index_of_run, open_scene
from gdsim.core.formulas.numerals import listed
from gdsim.core.settings import printable, quoted

WRONG = 1
_ALL = "all"


def step(arguments: list[str]) -> int:
    """Print an update with all of its lines: as formulas, with numbers, and their results."""
    parser = _parser("gdsim step", "Work out one step of a run: every line of its rule, with numbers.")
    parser.add_argument(
        "--step",
        type=step_argument,
        required=True,
        metavar="K",
        help="the update that leads to step K, from 1; a run that left another one goes on counting",
    )
    parser.add_argument(
        "--digits",
        type=_digits,
        default=6,
        metavar="N",
        help=f"significant digits of the numbers, from 1 to {MOST_DIGITS}, or all; 6 by default",
    )
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument("--markdown", action="store_true", help="as a table in Markdown")
    forms.add_argument("--latex", action="store_true", help="as LaTeX, for the package amsmath")
    forms.add_argument("--json", action="store_true", help="as JSON, with every value unrounded")
    options = parser.parse_args(arguments)
    scene = Scene(open_scene(options.scene))
    with as_usage_error(parser.prog, ValueError):
        worked = scene.step(_run(scene, options.run, parser), options.step, options.digits)
    with standard_output() as out:
        out.write(_written(worked, options))
    return 0


def _written(worked: Step, options: argparse.Namespace) -> str:
    if options.json:
        return json.dumps(worked.tree, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    if options.markdown:
        return worked.markdown
    return worked.latex if options.latex else repr(worked)


def check(arguments: list[str]) -> int:
    """Print the verdict on a table of a user's own values; return 0 if they are right, and 1 otherwise."""
    parser = _parser(
        "gdsim check",
        "Check your own values of a run: name the first wrong step, and the mistake that explains it. "
        "Ends with 0 if all are right, 1 if one is wrong, 2 if they cannot be read.",
    )
    parser.add_file("work", "a table with columns such as step, w and b", "WORK.csv")
    options = parser.parse_args(arguments)
    scene = Scene(open_scene(options.scene))
    run = _run(scene, options.run, parser)
    with as_usage_error(parser.prog, ValueError):
        verdict = scene.check(run, options.work)
    with standard_output():
        for sentence in verdict.sentences:
            print(printable(sentence))
    return 0 if verdict.is_right else WRONG


def _parser(prog: str, description: str) -> Parser:
    parser = Parser(prog=prog, description=description)
    parser.add_scene()
    parser.add_argument("--run", metavar="NAME", help="the name of the run; not needed if there is only one")
    return parser


def _run(scene: Scene, name: str | None, parser: Parser) -> int:
    if name is not None:
        return index_of_run(scene, name, parser)
    if len(scene) == 1:
        return 0
    names = listed(map(quoted, scene))
    words = f"--run is needed; the runs are {names}" if names else "the scene has no run"
    raise UsageError(f"{parser.prog}: {words}")


def _digits(text: str) -> int | None:
    """Parse the number of digits; None means all."""
    if text == _ALL:
        return None
    if re.fullmatch("[0-9]{1,2}", text) is None or not 1 <= int(text) <= MOST_DIGITS:
        raise argparse.ArgumentTypeError(
            f"must be a whole number from 1 to {MOST_DIGITS}, or all, not {text!r}"
        )
    return int(text)
