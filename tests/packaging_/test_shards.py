"""A server may run the tests in parts; together the parts are all of them."""

import argparse
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.packaging_.scripts import FOLDER
from tests.shards import files_of_shard, read_shard


@pytest.mark.parametrize("count", [1, 2, 3, 7, 12])
def test_every_file_is_in_exactly_one_part(count):
    files = [Path(f"test_{number}.py") for number in range(10)] * 2
    shards = [files_of_shard(files, number, count) for number in range(1, count + 1)]
    assert Counter(file for shard in shards for file in shard) == Counter(set(files))
    assert max(map(len, shards)) - min(map(len, shards)) <= 1


def collected(*arguments):
    files = [f"tests/packaging_/test_{name}.py" for name in ("needs", "shards", "shell")]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *files, *arguments]
    done = subprocess.run(command, cwd=FOLDER.parent, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_every_test_is_in_exactly_one_part():
    shards = [test for number in (1, 2) for test in collected("--shard", f"{number}/2")]
    assert Counter(shards) == Counter(collected())


@pytest.mark.parametrize("text", ["", "3", "0/3", "4/3", "1/0", "a/b", "-1/2"])
def test_what_is_no_part_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="must be like 2/3"):
        read_shard(text)
