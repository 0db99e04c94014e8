"""gdsim run: every run of a scene, without a window."""

from gdsim.cli.computing import compute_all
from gdsim.cli.faults import Parser, file_name
from gdsim.cli.output import STANDARD_OUTPUT, csv_file, keep_apart, print_table, standard_output
from gdsim.core.files.scene import find_scene, load_scene


def run(arguments: list[str]) -> int:
    """Compute all runs, write their steps where that is asked for, and print how each ended."""
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
            compute_all(experiment, terminal)
            return 0
        with csv_file(options.csv) as out:
            rows = compute_all(experiment, out)
        print_table(("run", "algorithm", "steps", "w", "b", "loss", "outcome"), rows)
    return 0
