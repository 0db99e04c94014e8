"""A server may run the tests in parts; together the parts are all of them."""

import argparse
from collections import Counter
from pathlib import Path

import pytest

from tests.every import every
from tests.gui.forked import forked
from tests.shards import files_of_shard, read_shard


@every("count", [1, 2, 3, 7, 12])
def test_every_file_is_in_exactly_one_part(count):
    files = [Path(f"test_{number}.py") for number in range(10)] * 2
    shards = [files_of_shard(files, number, count) for number in range(1, count + 1)]
    assert Counter(file for shard in shards for file in shard) == Counter(set(files))
    assert max(map(len, shards)) - min(map(len, shards)) <= 1


def test_of_the_tests_those_of_a_part_s_files_are_left():
    files = [f"tests/packaging_/test_{name}.py" for name in ("needs", "shards", "shell")]
    code = "import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"
    done = forked(code, "--collect-only", "-q", *files, "--shard", "2/2")
    assert done.returncode == 0, done.stderr
    left = {line.partition("::")[0] for line in done.stdout.splitlines() if "::" in line}
    assert 0 < len(left) < 3
    assert left == set(files_of_shard(files, 2, 2))


@every("text", ["", "3", "0/3", "4/3", "1/0", "a/b", "-1/2"])
def test_what_is_no_part_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="must be like 2/3"):
        read_shard(text)
