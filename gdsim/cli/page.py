"""gdsim export page: a scene as one HTML file for a browser."""

from pathlib import Path

from gdsim.cli.command import STANDARD_OUTPUT, Parser, file_name, keep_apart, standard_output, unwritable
from gdsim.core.files.scene import find_scene, load_scene
from gdsim.core.page.writing import page_of, writing_page
from gdsim.core.progress import run_to_end
from gdsim.core.settings import printable


def export_page(arguments: list[str]) -> int:
    """Write the page, and print its name unless it goes to standard output."""
    parser = Parser(prog="gdsim export page", description="Export a scene as a page that any browser shows.")
    parser.add_argument("scene", type=file_name, help="a bundled scene or a scene file")
    parser.add_argument(
        "file", type=file_name, metavar="FILE.html", help="the page, or - for standard output"
    )
    options = parser.parse_args(arguments)
    scene = find_scene(options.scene)
    keep_apart(scene, options.file)
    experiment = load_scene(scene)
    if options.file == STANDARD_OUTPUT:
        text = run_to_end(page_of(experiment))
        with standard_output() as out:
            out.write(text)
        return 0
    try:
        run_to_end(writing_page(Path(options.file), experiment))
    except OSError as error:
        raise unwritable(options.file, error) from None
    with standard_output() as out:
        print(printable(options.file), file=out)
    return 0
