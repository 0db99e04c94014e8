"""gdsim export: a scene as a script, a table, a picture or a page."""

import argparse
from pathlib import Path

from gdsim.cli.command import (
    STANDARD_OUTPUT,
    Parser,
    UsageError,
    as_usage_error,
    import_gui,
    open_output,
    reporting_unwritable,
    run_with_progress,
    standard_output,
)
from gdsim.cli.opening import check_targets, open_scene
from gdsim.cli.running import compute_all
from gdsim.core.files.script.writing import files_of_script, script_of, write_script
from gdsim.core.model.experiment import Experiment
from gdsim.core.page.writing import page_of
from gdsim.core.process import ENDING_SIGNALS, quick_exit_on
from gdsim.core.settings import InvalidValue, printable

# Folders of streams. A name in them may lead to a file, but no other file can be written beside it.
_STREAMS = ("/dev", "/dev/fd", "/proc/self/fd")


def export(arguments: list[str]) -> int:
    """Write the files, and print their names unless one of them goes to standard output."""
    if arguments[:1] == ["page"]:
        return _page(arguments[1:])
    options = _options(arguments)
    check_targets(options.scene, options.script, options.csv, options.svg)
    experiment = open_scene(options.scene)
    if options.script:
        check_targets(options.scene, *_script_files(experiment, options.script), options.csv, options.svg)
    written: list[str] = []
    if options.script:
        written += _script(experiment, options.script)
    if options.csv:
        compute_all(experiment, options.csv)
        written.append(options.csv)
    if options.svg:
        _svg(experiment, options.svg)
        written.append(options.svg)
    if STANDARD_OUTPUT not in (options.script, options.csv):
        with standard_output():
            for name in written:
                print(printable(name))
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = Parser(
        prog="gdsim export",
        description="Export a scene as a Python script, a table or a picture.",
        epilog="gdsim export page SCENE FILE.html writes a page that any browser shows.",
    )
    parser.add_scene()
    script = "write a Python script that prints the same numbers to FILE, or to standard output as -"
    parser.add_file("--script", script)
    parser.add_file("--csv", "write every step to FILE, or to standard output as -")
    parser.add_file("--svg", "draw the surface and its contours as an SVG, to FILE")
    options = parser.parse_args(arguments)
    if not (options.script or options.csv or options.svg):
        parser.error("one of --script, --csv and --svg is needed")
    if options.svg == STANDARD_OUTPUT:
        parser.error("--svg needs the name of a file, not -")
    if options.svg and Path(options.svg).suffix.lower() not in ("", ".svg"):
        parser.error(f"--svg needs a name that ends in .svg, not {printable(options.svg)}")
    if options.script == options.csv == STANDARD_OUTPUT:
        parser.error("--script and --csv cannot both go to standard output")
    return options


def _script_files(experiment: Experiment, name: str) -> list[str]:
    """Return the names of all files of a script; raises `UsageError` if there is no place for them."""
    path = Path(name)
    files = files_of_script(experiment, path)
    is_stream = (
        name == STANDARD_OUTPUT or str(path.parent) in _STREAMS or (path.exists() and not path.is_file())
    )
    if len(files) > 1 and is_stream:
        words = "this many points go to a file next to the script; name the script's file, not"
        raise UsageError(f"gdsim export: {words} {printable(name)}")
    return [str(file) for file in files]


def _script(experiment: Experiment, name: str) -> list[str]:
    with as_usage_error("gdsim export", InvalidValue):
        if name != STANDARD_OUTPUT:
            with reporting_unwritable(name):
                return [str(path) for path in write_script(experiment, Path(name))]
        text = script_of(experiment)
    with standard_output() as out:
        out.write(text)
    return []


def _svg(experiment: Experiment, name: str) -> None:
    # Quick exit applies until the drawing handles signals itself.
    with (
        reporting_unwritable(name),
        as_usage_error("gdsim export", ValueError),
        quick_exit_on(*ENDING_SIGNALS),
    ):
        import_gui("runtime.unattended").export_svg(experiment, Path(name))


def _page(arguments: list[str]) -> int:
    parser = Parser(prog="gdsim export page", description="Export a scene as a page that any browser shows.")
    parser.add_scene()
    parser.add_file("file", "the page, or - for standard output", "FILE.html")
    parser.add_language("the page")
    options = parser.parse_args(arguments)
    check_targets(options.scene, options.file)
    experiment = open_scene(options.scene)
    text = run_with_progress(page_of(experiment, language=options.language), "the page")
    with open_output(options.file) as out:
        out.write(text)
    if options.file != STANDARD_OUTPUT:
        with standard_output():
            print(printable(options.file))
    return 0
