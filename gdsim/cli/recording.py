"""gdsim record: saves a picture or an animation of the window without user interaction."""

import argparse
import re
from pathlib import Path

from gdsim.api.scene import Scene
from gdsim.cli.command import (
    Parser,
    UsageError,
    as_usage_error,
    import_gui,
    is_folder,
    reporting_unwritable,
    step_argument,
)
from gdsim.cli.opening import index_of_run, open_scene
from gdsim.core.analysis.series import CurveKind
from gdsim.core.lessons.view import PAGES
from gdsim.core.process import ENDING_SIGNALS, quick_exit_on

# The suffixes of a picture and of clips.
RECORDING_ENDINGS = (".png", ".gif", ".apng", ".webp", ".mp4")
_ENDINGS = f"{', '.join(RECORDING_ENDINGS[:-1])} or {RECORDING_ENDINGS[-1]}"
_SMALLEST, _LARGEST = (1280, 720), (7680, 4320)
_OF_SIZE = "of the window, from 1280x720 to 7680x4320; 1440x900 by default"


def record(arguments: list[str]) -> int:
    parser = Parser(prog="gdsim record", description="Save a picture or an animation of the window.")
    parser.add_scene()
    parser.add_argument("out", type=_picture_path, help=f"a file that ends in {_ENDINGS}")
    parser.add_argument("--size", type=_size, default=(1440, 900), metavar="1440x900", help=_OF_SIZE)
    parser.add_argument("--theme", choices=("light", "dark"), default="light", help="light by default")
    parser.add_argument("--run", metavar="NAME", help="the name of the selected run; the first by default")
    parser.add_argument(
        "--step", metavar="K", type=step_argument, help="the step to show (png); the last one by default"
    )
    parser.add_argument(
        "--arrows",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="draw the arrows of the step; they are drawn by default",
    )
    curves = [kind.value for kind in CurveKind]
    parser.add_argument("--curve", choices=curves, help=f"{curves[0]} by default, or the cut of the scene")
    parser.add_argument(
        "--page", choices=PAGES, default=PAGES[0], help="of the selected run; its settings by default"
    )
    parser.add_argument("--no-opengl", action="store_true", help="draw the surface without OpenGL")
    options = parser.parse_args(arguments)
    ending = options.out.suffix.lower()
    if options.step is not None and ending != RECORDING_ENDINGS[0]:
        raise UsageError(f"gdsim record: --step goes with a .png; a {ending} plays from the start")
    experiment = open_scene(options.scene)
    run = None if options.run is None else index_of_run(Scene(experiment), options.run, parser)
    # Quick exit applies until the recording handles signals itself.
    quick_exit = quick_exit_on(*ENDING_SIGNALS)
    with reporting_unwritable(options.out), as_usage_error("gdsim record", ValueError), quick_exit:
        unattended, look_of = import_gui("runtime.unattended"), import_gui("window.window_look").WindowLook
        look = look_of(
            size=options.size,
            theme=options.theme,
            curve=CurveKind(options.curve) if options.curve else None,
            page=options.page,
            run=run,
            arrows=options.arrows,
            opengl=not options.no_opengl,
        )
        unattended.record(experiment, options.out, look, options.step)
    return 0


def _picture_path(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in RECORDING_ENDINGS:
        raise argparse.ArgumentTypeError(f"must end in {_ENDINGS}, not {text!r}")
    if not is_folder(path.parent):
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
