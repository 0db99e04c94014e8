"""gdsim export page: a scene as one HTML file for a browser."""

from pathlib import Path

from gdsim.cli.command import (
    SCENE_HELP,
    STANDARD_OUTPUT,
    Parser,
    add_language,
    file_name,
    followed,
    standard_output,
    unwritable,
)
from gdsim.cli.opening import keep_apart, open_scene
from gdsim.core.page.writing import page_of, writing_page
from gdsim.core.settings import printable


def export_page(arguments: list[str]) -> int:
    """Write the page, and print its name unless it goes to standard output."""
    parser = Parser(prog="gdsim export page", description="Export a scene as a page that any browser shows.")
    parser.add_argument("scene", type=file_name, help=SCENE_HELP)
    parser.add_argument(
        "file", type=file_name, metavar="FILE.html", help="the page, or - for standard output"
    )
    add_language(parser, "the page")
    options = parser.parse_args(arguments)
    keep_apart(options.scene, options.file)
    experiment = open_scene(options.scene)
    if options.file == STANDARD_OUTPUT:
        text = followed(page_of(experiment, language=options.language), "the page")
        with standard_output() as out:
            out.write(text)
        return 0
    try:
        followed(writing_page(Path(options.file), experiment, language=options.language), "the page")
    except OSError as error:
        raise unwritable(options.file, error) from None
    with standard_output() as out:
        print(printable(options.file), file=out)
    return 0
