"""Parts of the tests, for machines on which all take too long: ``--shard 2/3`` is the second of three."""

import argparse
from collections.abc import Iterable
from pathlib import Path


def read_shard(text: str) -> tuple[int, int]:
    """Parse a shard such as ``2/3`` into its number, counted from 1, and the number of shards."""
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise argparse.ArgumentTypeError(f"must be like 2/3, not {text!r}")
    return int(number), int(count)


def files_of_shard(files: Iterable[Path], number: int, count: int) -> set[Path]:
    """Return every ``count``-th file, so that slow ones, which are neighbours, are spread over the shards."""
    return set(sorted(set(files))[number - 1 :: count])
