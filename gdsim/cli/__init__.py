"""The command line. Everything except the window and pictures of it works without Qt."""

import contextlib
import io
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

import gdsim
from gdsim.cli.command import (
    SCENE_HELP,
    Parser,
    UsageError,
    file_argument,
    import_gui,
    print_error,
    standard_output,
)
from gdsim.core.files.atomic import remove_unfinished
from gdsim.core.files.bundled import bundled_scenes, find_scene
from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.scene import load_scene
from gdsim.core.hand_over import hand_over, is_link
from gdsim.core.model.experiment import Experiment
from gdsim.core.process import ENDING_SIGNALS, INTERRUPTED, end_at_once, handle, handled_by, quick_exit_on
from gdsim.core.settings import elided

if TYPE_CHECKING:
    from gdsim.core.lessons.lesson import Lesson
    from gdsim.core.self_test import Check

FAULT = 2
_FIRST_SCENE = "first-neuron"
# Limited, because a message may quote an argument of any length.
_LONGEST_FAULT = 1000
N = TypeVar("N")
T = TypeVar("T")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line, with the arguments of the process by default, and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            set_up_output(stream)
    try:
        return _dispatch(list(sys.argv[1:] if argv is None else argv))
    except (UsageError, FileFault) as fault:
        for line in (isinstance(fault, FileFault) and fault.faults) or (str(fault),):
            print_error(elided(" ".join(line.split()), _LONGEST_FAULT))
        return FAULT
    except UnicodeEncodeError as fault:  # only file names can cause this, because all text is UTF-8
        letters = ascii(fault.object[fault.start : fault.end])
        where = f"file names here, which are in {fault.encoding}; LC_ALL=C.UTF-8 allows all characters"
        print_error(f"gdsim: {elided(letters)} cannot be part of {where}")
        return FAULT
    except BrokenPipeError:  # an output file was a pipe whose reader, such as head, has closed it
        return 0
    except KeyboardInterrupt:
        print_error("Stopped.")
        return INTERRUPTED


def set_up_output(stream: io.TextIOWrapper, system: str = sys.platform) -> None:
    """Escape characters that the output cannot encode, and write to files and pipes alike on every system.

    Windows would use its own line breaks, and an encoding that lacks most symbols of formulas.
    """
    if system == "win32" and not stream.isatty() and "PYTHONIOENCODING" not in os.environ:
        stream.reconfigure(encoding="utf-8", newline="\n")
    stream.reconfigure(errors="backslashreplace")


def _dispatch(arguments: list[str]) -> int:
    command = _command(arguments[0]) if arguments else None
    if command is None:
        return _window(arguments)
    with handled_by(_interrupt, *ENDING_SIGNALS):  # to remove unfinished files
        return command(arguments[1:])


def _command(name: str) -> Callable[[list[str]], int] | None:
    """Import a command by name, only when it is used; return None for any other word."""
    match name:
        case "run":
            from gdsim.cli.running import run as command  # noqa: PLC0415
        case "step":
            from gdsim.cli.working import step as command  # noqa: PLC0415
        case "check":
            from gdsim.cli.working import check as command  # noqa: PLC0415
        case "grade":
            from gdsim.cli.grading import grade as command  # noqa: PLC0415
        case "record":
            from gdsim.cli.recording import record as command  # noqa: PLC0415
        case "export":
            from gdsim.cli.export import export as command  # noqa: PLC0415
        case "scenes":
            from gdsim.cli.listing import scenes as command  # noqa: PLC0415
        case "algorithms":
            from gdsim.cli.listing import algorithms as command  # noqa: PLC0415
        case "lesson":
            from gdsim.cli.listing import lesson as command  # noqa: PLC0415
        case _:
            return None
    return command


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # A closing terminal or an impatient user may send another signal before the cleanup is done.
    handle(_end, *ENDING_SIGNALS)
    raise KeyboardInterrupt


def _end(_number: int, _frame: FrameType | None) -> None:
    remove_unfinished()
    print_error("Stopped.")
    end_at_once(INTERRUPTED)


def _window_parser() -> Parser:
    parser = Parser(
        prog="gdsim",
        description="The flight simulator of gradient descent.",
        epilog="Further commands: gdsim run, step, check, grade, record, export, scenes, algorithms, lesson; "
        "each has --help.",
    )
    parser.add_argument("scene", nargs="?", type=file_argument, default=_FIRST_SCENE, help=SCENE_HELP)
    parser.add_argument(
        "--open",
        metavar="FILE",
        nargs="?",
        help="open a file or a link; the window reports what is wrong with it",
    )
    parser.add_file("--lesson", "begin with a lesson: 'lecture', or a lesson file", None)
    parser.add_argument(
        "--restore", action="store_true", help="restore the work that was not saved when gdsim last ended"
    )
    parser.add_argument("--no-opengl", action="store_true", help="draw the surface without OpenGL")
    parser.add_argument("--self-test", action="store_true", help="check that this copy works on this machine")
    parser.add_argument(
        "--version",
        action="store_true",
        help="print the versions of all parts, how the surface is drawn, and where settings are kept",
    )
    return parser


def _window(arguments: list[str]) -> int:
    options = _window_parser().parse_args(arguments)
    if options.version:
        return _version()
    if options.self_test:
        with quick_exit_on(*ENDING_SIGNALS):  # an exception must not unwind through Qt's own code
            return test_itself(lambda: import_gui("runtime.self_test").checks(opengl=not options.no_opengl))
    path, experiment, lesson = find_scene(options.scene), _scene(options.scene), _lesson(options.lesson)
    given = ((options.scene, experiment), (options.lesson, lesson), (options.open, None))
    # The window opens what was not read here, and reports any fault in it.
    asked_for = [name for name, read in given if name and read is None]
    match asked_for:
        case [link] if is_link(link) and not options.lesson and hand_over(link):
            return 0
    if experiment is None:
        path = find_scene(_FIRST_SCENE)
        experiment = load_scene(path)
    own = path if path not in bundled_scenes().values() and path.is_file() else None
    others = {"lesson": lesson, "asked_for": asked_for, "restore": options.restore}
    with quick_exit_on(signal.SIGINT):  # until the window handles the signal itself
        app = import_gui("runtime.app")
        try:
            return int(app.open_window(experiment, own, opengl=not options.no_opengl, **others))
        except import_gui("runtime.boot").NotEquippedError as error:
            raise UsageError(f"gdsim: {error}") from None


def _scene(name: str) -> Experiment | None:
    """Return a scene, or None if the window has to open it."""
    if not is_link(name):
        return _read(load_scene, find_scene(name))
    from gdsim.core.files.link import read_link  # noqa: PLC0415 - most starts have none

    _read(read_link, name)
    return None


def _lesson(name: str | None) -> "Lesson | None":
    """Return a lesson, or None if the window has to open it."""
    if name is None:
        return None
    from gdsim.core.lessons.files import load_lesson  # noqa: PLC0415 - most starts have none

    return _read(load_lesson, name)


def _read(read: Callable[[N], T], name: N) -> T | None:
    """Return the result of ``read``, or None for a fault that could not be shown for lack of a terminal."""
    try:
        return read(name)
    except FileFault:
        if sys.stderr is not None:
            raise
        return None


def _version() -> int:
    """Print the versions; without Qt, only those of gdsim and Python."""
    try:
        lines = import_gui("runtime.boot").version_report()
    except UsageError as error:
        lines = [f"gdsim {gdsim.__version__}", f"Python {platform.python_version()}", str(error)]
    with standard_output():
        print("\n".join(lines))
    return 0


def test_itself(checks_of_window: "Callable[[], Iterable[Check]]") -> int:
    """Print a line for each check; return 0 if all passed, and 1 otherwise."""
    from gdsim.core import self_test  # noqa: PLC0415

    def checks() -> "Iterator[Check]":
        yield from self_test.checks()
        yield from checks_of_window()  # loads Qt

    results = []
    # A Windows program without a console has no standard output; there the exit code is the result.
    with contextlib.nullcontext() if sys.stdout is None else standard_output():
        for result in self_test.carry_out(checks()):
            print(result.line, flush=True)
            results.append(result)
        passed = sum(result.passed for result in results)
        print(f"{passed} {'check' if passed == 1 else 'checks'} passed, {len(results) - passed} failed")
    return 0 if results and all(result.passed for result in results) else 1
