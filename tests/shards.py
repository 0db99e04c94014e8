"""Parts of the tests, where all together take too long: ``--shard 2/3`` is the second of three."""

import argparse
from collections.abc import Iterable
from pathlib import Path


def read_shard(text: str) -> tuple[int, int]:
    """Return the number of a part, from 1, and how many there are."""
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise argparse.ArgumentTypeError(f"must be like 2/3, not {text!r}")
    return int(number), int(count)


def files_of_shard(files: Iterable[Path], number: int, count: int) -> set[Path]:
    """Return every ``count``-th of the files: slow ones lie beside each other, and so are shared out."""
    return set(sorted(set(files))[number - 1 :: count])
