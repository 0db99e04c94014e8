"""Writing a script, and beside it the points that are too many for its text."""

import contextlib
from pathlib import Path

from gdsim.core.files.atomic import replacing
from gdsim.core.files.script import script_of
from gdsim.core.files.script.data_code import data_files
from gdsim.core.files.table.writing import rows_text
from gdsim.core.model.experiment import Experiment


def write_script(experiment: Experiment, path: Path) -> list[Path]:
    """Write an experiment as a script. Old files are replaced when all new ones are complete.

    Returns
    -------
    list of Path
        The script, then the files beside it.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    texts = {path: script_of(experiment, path.stem)}
    for file in data_files(experiment, path.stem):
        texts[path.parent / file.name] = rows_text(file.points)
    with contextlib.ExitStack() as stack:
        for target, text in texts.items():
            unfinished = stack.enter_context(replacing(target))
            unfinished.write_text(text, encoding="utf-8", newline="\n")
    return list(texts)
