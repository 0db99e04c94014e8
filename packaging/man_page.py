#!/usr/bin/env python3
"""Generate the manual page gdsim(1) from the output of ``gdsim --help`` and of each command's help.

python packaging/man_page.py FOLDER

To be run by a Python that has gdsim installed.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import system_files
from linux_package import MAN_PAGE

from gdsim.cli import main as gdsim

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# So wide that no line of the help is wrapped.
_COLUMNS = "1000"


def help_of(*command: str) -> str:
    """Return what a command prints with ``--help``."""
    os.environ["COLUMNS"] = _COLUMNS
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
        gdsim([*command, "--help"])
    return out.getvalue()


def commands() -> list[str]:
    """Return the names of the commands, from the last line of the help."""
    found = re.search(r"^Further commands: gdsim ([\w, ]+);", help_of(), re.MULTILINE)
    if found is None:
        raise ValueError("the help of gdsim names no commands")
    return found[1].split(", ")


def verbs_of(text: str) -> list[str]:
    """Return the subcommands of a command that needs one, such as ``check`` of ``gdsim lesson``."""
    return re.findall(r"^    (\w+) ", text, re.MULTILINE)


def further_of(name: str, text: str) -> list[str]:
    """Return the optional subcommands of a command, such as ``page`` of ``gdsim export``."""
    return re.findall(rf"^gdsim {name} (\w+) ", text, re.MULTILINE)


def page() -> str:
    """Return the page in roff."""
    texts = {"gdsim": help_of()}
    for name in commands():
        texts[f"gdsim {name}"] = text = help_of(name)
        verbs = (*verbs_of(text), *further_of(name, text))
        texts |= {f"gdsim {name} {verb}": help_of(name, verb) for verb in verbs}
    usages = [text.splitlines()[0].removeprefix("usage: ") for text in texts.values() if not verbs_of(text)]
    own, *others = texts.items()
    lines = [
        f'.TH GDSIM 1 "" "gdsim {system_files.version()}" "User Commands"',
        *(".SH NAME", f"gdsim \\- {roff(system_files.SUMMARY)}"),
        *(".SH SYNOPSIS", "\n.br\n".join(map(roff, usages))),
        *(".SH DESCRIPTION", *described(own[1])),
        ".SH COMMANDS",
    ]
    for title, text in others:
        lines += [f".SS {roff(title)}", *described(text)]
    lines += [".SH SEE ALSO", f"The user guide, which F1 opens in the window; {roff(system_files.HOMEPAGE)}"]
    return "\n".join(lines) + "\n"


def described(text: str) -> Iterator[str]:
    """Yield the roff lines of a help text without its usage: paragraphs, and a term for each argument."""
    for line in text.splitlines()[1:]:
        argument = re.match(r" {2,4}([^\s{].*?)(?: {2,}(.*))?$", line)
        if argument:
            yield from (".TP", f".B {roff(argument[1])}", roff(argument[2] or ""))
        elif line.startswith(" "):  # the description below a long argument
            yield roff(line.strip())
        elif line and not line.endswith(":"):
            yield from (".PP", roff(line))


def roff(text: str) -> str:
    """Escape text for roff."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain


def main(arguments: Sequence[str]) -> int:
    (Path(arguments[0]) / MAN_PAGE).write_bytes(gzip.compress(page().encode(), mtime=0))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
