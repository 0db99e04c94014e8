"""The command line. Everything but the window and its pictures works without Qt."""

import argparse
import io
import json
import platform
import re
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import gdsim
from gdsim.cli.export import export
from gdsim.cli.faults import Parser, UsageError, file_name, unwritable
from gdsim.cli.flying import fly_all
from gdsim.cli.late import gui as _gui
from gdsim.cli.lessons import lesson
from gdsim.cli.output import STANDARD_OUTPUT, csv_file, keep_apart, standard_output
from gdsim.cli.self_test import test_itself
from gdsim.cli.termination import terminated_as_interrupted
from gdsim.core.checked_json import FileFault
from gdsim.core.leaving import INTERRUPTED, leaving_at_once
from gdsim.core.lesson.files import load_lesson
from gdsim.core.lesson.lesson import PAGES
from gdsim.core.optimizers import OPTIMIZERS
from gdsim.core.optimizers.base import Optimizer
from gdsim.core.param import Param, params, printable, shown
from gdsim.core.scene import bundled_scenes, find_scene, load_scene
from gdsim.core.series import Kind

FAULT = 2
_FIRST_SCENE = "first-neuron"
# Of the selected run, in the right column of the window.
# What a recording can be: a picture, or one of several kinds of clips.
PICTURES = (".png", ".gif", ".apng", ".webp", ".mp4")
_ENDINGS = f"{', '.join(PICTURES[:-1])} or {PICTURES[-1]}"
_SMALLEST, _LARGEST = (1280, 720), (7680, 4320)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; those of the process by default.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a letter that the terminal lacks is no reason to fail
            stream.reconfigure(errors="backslashreplace")
    try:
        return _dispatch(list(sys.argv[1:] if argv is None else argv))
    except (UsageError, FileFault) as fault:
        print(printable(" ".join(str(fault).split())), file=sys.stderr)
        return FAULT
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED


def _dispatch(arguments: list[str]) -> int:
    commands: dict[str, Callable[[list[str]], int]] = {
        "run": _run,
        "record": _record,
        "export": export,
        "scenes": _scenes,
        "algorithms": _algorithms,
        "lesson": lesson,
    }
    if arguments and arguments[0] in commands:
        with terminated_as_interrupted():
            return commands[arguments[0]](arguments[1:])
    return _window(arguments)


def _window_parser() -> Parser:
    parser = Parser(
        prog="gdsim",
        description="The flight simulator of gradient descent.",
        epilog="Further commands: gdsim run, record, export, scenes, algorithms, lesson; each has --help.",
    )
    parser.add_argument(
        "scene", nargs="?", type=file_name, default=_FIRST_SCENE, help="a bundled scene or a scene file"
    )
    parser.add_argument(
        "--open",
        metavar="FILE",
        type=Path,
        nargs="?",
        help="open a file; what is wrong with it, the window says",
    )
    parser.add_argument("--lesson", type=file_name, help="begin with a lesson: 'lecture', or a lesson file")
    parser.add_argument(
        "--restore", action="store_true", help="take up the work that was not saved when gdsim last ended"
    )
    parser.add_argument("--no-opengl", action="store_true", help="draw the surface without OpenGL")
    parser.add_argument("--self-test", action="store_true", help="check that this copy works on this machine")
    parser.add_argument("--version", action="store_true", help="print what this is made of, and how it draws")
    return parser


def _window(arguments: list[str]) -> int:
    options = _window_parser().parse_args(arguments)
    if options.version:
        return _version()
    if options.self_test:
        return test_itself(lambda: _gui("self_test").checks(opengl=not options.no_opengl))
    if sys.stderr is None and options.scene not in bundled_scenes():
        # Without a terminal only the window can say what is wrong with a file.
        options.open, options.scene = Path(options.scene), _FIRST_SCENE
    path = find_scene(options.scene)
    experiment = load_scene(path)
    own = path if options.scene not in bundled_scenes() and path.is_file() else None
    begun = load_lesson(options.lesson) if options.lesson is not None else None
    wishes = {"lesson": begun, "asked_for": options.open, "restore": options.restore}
    with leaving_at_once(signal.SIGINT):  # the window takes over when it is there
        app = _gui()
        try:
            return int(app.open_window(experiment, own, opengl=not options.no_opengl, **wishes))
        except app.NoDisplayError as error:
            raise UsageError(f"gdsim: {error}") from None


def _version() -> int:
    """Print the versions; without Qt, those of what there is."""
    try:
        lines = _gui().version_report()
    except UsageError as error:
        lines = [f"gdsim {gdsim.__version__}", f"Python {platform.python_version()}", str(error)]
    with standard_output():
        print("\n".join(lines))
    return 0


def _record(arguments: list[str]) -> int:
    parser = Parser(prog="gdsim record", description="Save a picture or an animation of the window.")
    parser.add_argument("scene", type=file_name, help="a bundled scene or a scene file")
    parser.add_argument("out", type=_picture_path, help=f"a file that ends in {_ENDINGS}")
    parser.add_argument("--size", type=_size, default=(1440, 900), help="of the window, 1440x900 by default")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--step", type=_step, help="where to stand (png); the last step by default")
    parser.add_argument(
        "--arrows",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="draw the arrows of the step; they are drawn by default",
    )
    curves = [kind.value for kind in Kind]
    parser.add_argument("--curve", choices=curves, default=curves[0], help=f"{curves[0]} by default")
    parser.add_argument(
        "--page", choices=PAGES, default=PAGES[0], help="of the selected run; its settings by default"
    )
    parser.add_argument("--no-opengl", action="store_true", help="draw the surface without OpenGL")
    options = parser.parse_args(arguments)
    ending = options.out.suffix.lower()
    if options.step is not None and ending != PICTURES[0]:
        raise UsageError(f"gdsim record: --step goes with a .png; a {ending} plays from the start")
    experiment = load_scene(find_scene(options.scene))
    try:
        with leaving_at_once(signal.SIGINT, signal.SIGTERM):  # the recording takes over when it begins
            app = _gui()
            look = app.WindowLook(
                size=options.size,
                theme=options.theme,
                curve=Kind(options.curve),
                page=options.page,
                arrows=options.arrows,
                opengl=not options.no_opengl,
            )
            app.record(experiment, options.out, look, options.step)
    except OSError as error:
        raise unwritable(options.out, error) from None
    except ValueError as error:
        raise UsageError(f"gdsim record: {error}") from None
    return 0


def _picture_path(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in PICTURES:
        raise argparse.ArgumentTypeError(f"must end in {_ENDINGS}, not {text!r}")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {str(path.parent)!r}")
    return path


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch("([0-9]{1,5})[xX]([0-9]{1,5})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"must be like 1440x900, not {text!r}")
    size = int(match[1]), int(match[2])
    if not all(low <= given <= high for low, given, high in zip(_SMALLEST, size, _LARGEST, strict=True)):
        raise argparse.ArgumentTypeError(f"must be from 1280x720 to 7680x4320, not {text!r}")
    return size


def _step(text: str) -> int:
    if re.fullmatch("[0-9]{1,12}", text) is None:  # so many digits are far beyond any run
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 0, not {text!r}")
    return int(text)


def _run(arguments: list[str]) -> int:
    parser = Parser(prog="gdsim run", description="Compute every run of a scene, without a window.")
    parser.add_argument("scene", type=file_name, help="a bundled scene or a scene file")
    parser.add_argument(
        "--csv", type=file_name, metavar="FILE", help="write every step to FILE, or to standard output as -"
    )
    options = parser.parse_args(arguments)
    scene = find_scene(options.scene)
    keep_apart(scene, options.csv)
    experiment = load_scene(scene)
    with standard_output() as terminal:
        if options.csv == STANDARD_OUTPUT:
            fly_all(experiment, terminal)
            return 0
        with csv_file(options.csv) as out:
            rows = fly_all(experiment, out)
        _print_table(("run", "algorithm", "steps", "w", "b", "loss", "outcome"), rows)
    return 0


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    lines = [head, *([printable(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _scenes(arguments: list[str]) -> int:
    options = _list_options("gdsim scenes", "List the bundled scenes.", arguments)
    scenes = {name: load_scene(path) for name, path in bundled_scenes().items()}
    with standard_output():
        if options.json:
            _print_json(
                [{"name": name, "title": scene.title, "about": scene.about} for name, scene in scenes.items()]
            )
        else:
            rows = [(name, scene.title, scene.about) for name, scene in scenes.items()]
            _print_table(("scene", "title", "about"), rows)
    return 0


def _algorithms(arguments: list[str]) -> int:
    options = _list_options("gdsim algorithms", "List the update rules and their settings.", arguments)
    with standard_output():
        if options.json:
            _print_json([_rule_tree(rule) for rule in OPTIMIZERS.values()])
        else:
            rows = [
                (rule.id, rule.title, ", ".join(_setting(item) for item in params(rule)))
                for rule in OPTIMIZERS.values()
            ]
            _print_table(("algorithm", "name", "settings"), rows)
    return 0


def _setting(setting: Param) -> str:
    return f"{setting.name} {shown(setting.default)}"


def _rule_tree(rule: type[Optimizer]) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "hyperparameters": {
            setting.name: {"symbol": setting.symbol, "default": setting.default, "doc": setting.doc}
            for setting in params(rule)
        },
        "state": list(rule.State._fields),
    }


def _list_options(prog: str, description: str, arguments: list[str]) -> argparse.Namespace:
    parser = Parser(prog=prog, description=description)
    parser.add_argument("--json", action="store_true", help="as JSON")
    return parser.parse_args(arguments)


def _print_json(tree: object) -> None:
    print(json.dumps(tree, indent=1, ensure_ascii=False))
