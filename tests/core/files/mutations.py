"""Damaged files: with one value changed, one key removed, or some bytes changed."""

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

# Replacements for a value. The last ones are written as literals that only Python's JSON reader accepts.
_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 3.5, -0.0, 1e-320, 1e100, -1e308, 10**30, -(10**400),
    "", " ", "x", "gd", "momentum", "0", "\0", "\n\t\x1b[31m", "\u202e", "\ud800",
    "<b>", "{", "$", "*", "🙂" * 3, "x" * 20_000,
    [], [[]], [None], [1], [1, 2], [[1], [2, 3]], [1, "2"],
    {}, {"kind": "step"}, {"w": 1}, {"x": [1], "y": [1]},
    float("nan"), float("inf"), -float("inf"),
)  # fmt: skip


def paths_of(tree: object, *before: str | int) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths of all values in a JSON tree."""
    items: Any = ()
    if isinstance(tree, dict):
        items = tree.items()
    elif isinstance(tree, list):
        items = enumerate(tree)
    for key, value in items:
        yield (*before, key)
        yield from paths_of(value, *before, key)


def mutated_json(text: str, random: Random, count: int) -> Iterator[str]:
    """Yield ``count`` random variants of a JSON text, each with one value replaced or removed."""
    tree = json.loads(text)
    paths = list(paths_of(tree))
    every = [(path, odd) for path in paths for odd in (*range(len(_ODD)), None)]
    for path, odd in random.sample(every, min(count, len(every))):
        copied = copy.deepcopy(tree)
        place: Any = copied
        for key in path[:-1]:
            place = place[key]
        if odd is None:
            del place[path[-1]]
        else:
            place[path[-1]] = _ODD[odd]
        yield json.dumps(copied)


def mutated_bytes(data: bytes, random: Random, count: int) -> Iterator[bytes]:
    """Yield random variants of a file: bits flipped, bytes inserted, parts lost or repeated, or cut off."""
    for _ in range(count):
        changed = bytearray(data)
        for _ in range(random.choice((1, 1, 1, 2, 5, 30))):
            at, length = random.randrange(len(changed) or 1), random.choice((1, 1, 2, 8, 50))
            match random.randrange(6):
                case 0 if changed:
                    changed[at] ^= 1 << random.randrange(8)
                case 1:
                    changed[at:at] = random.randbytes(length)
                case 2:
                    del changed[at : at + length]
                case 3:
                    changed[at:at] = changed[at : at + length] * 3
                case 4:
                    other = random.randrange(len(changed) or 1)
                    changed[at:at] = changed[other : other + length]
                case _:
                    changed[at:at] = random.choice(
                        (
                            b"\0",
                            b"-",
                            b"1e999",
                            b"NaN",
                            b'"',
                            b",",
                            b"\n",
                            b"[",
                            b"{",
                            b"\xff\xfe",
                            b"9" * 400,
                        )
                    )
        if random.random() < 0.1:
            del changed[random.randrange(len(changed) or 1) :]
        yield bytes(changed)
