"""What README and the guide show of Python and of commands is what these print."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

from gdsim.cli import main
from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.scene import parse_scene
from gdsim.core.files.scene_runs import RUN_KEYS
from gdsim.core.model.batching import BATCHINGS
from gdsim.core.model.objective import ACTIVATIONS, LECTURE, LOSSES, REDUCTIONS
from gdsim.core.resources import resource
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.core.rules.searches import FIXED, SEARCHES

README = Path(__file__).parent.parent / "README.md"
PAGES = (README, resource("help", "python.md"))


def blocks(page, language):
    """Return the code blocks of a language on a page."""
    return re.findall(
        rf"^ *```{language}\n(.*?)^ *```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def commands(block):
    """Return the lines that are typed at a prompt, each with what is printed below it."""
    return [tuple(part.split("\n", 1)) for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_in_python_print_what_they_show(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = "\n".join(block for block in blocks(page, "python") if ">>>" in block)
    test = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    assert len(test.examples) > 10
    told = []
    runner = doctest.DocTestRunner()
    runner.run(test, out=told.append)
    assert runner.failures == 0, "".join(told)


def test_the_commands_print_what_they_show(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shown = [one for block in blocks(README, "console") for one in commands(block)]
    assert len(shown) > 2
    for line, output in shown:
        name, *arguments = shlex.split(line)
        if name == "cat":
            Path(arguments[0]).write_text(output, encoding="utf-8")
            continue
        assert name == "gdsim"
        main(arguments)
        out, err = capsys.readouterr()
        assert err + out == output, line


def test_all_that_a_scene_file_may_say_is_there():
    words = README.read_text(encoding="utf-8").partition("## Scene files")[2].partition("\n## ")[0]
    catalogues = (BATCHINGS, SCHEDULES, MOMENTUM_SCHEDULES, SEARCHES)
    kinds = [kind for catalogue in catalogues for kind in catalogue.values() if kind != FIXED]
    with pytest.raises(FileFault) as fault:
        parse_scene('{"gdsim": 1, "?": 1, "points": {}}')
    for word in (
        *str(fault.value).partition("the known keys are ")[2].split(", "),
        *RUN_KEYS,
        *(word for kind in kinds for word in (kind.id, *kind.names)),
        *(*ACTIVATIONS, *LOSSES, *REDUCTIONS, "activation", "reduction", "delta", "l2", "nudge", "memory"),
    ):
        assert f'"{word}"' in words or f"`{word}`" in words, word
    example = re.search(r"^```json\n(.*?)^```$", words, re.MULTILINE | re.DOTALL)[1]
    assert parse_scene(example).title == "The valley"
    for own in re.findall(r'`("(?:neuron|loss|function)": [^`]*)`', words):
        assert parse_scene(f'{{"gdsim": 1, "points": {{"x": [1], "y": [0]}}, {own}}}').objective != LECTURE
    for own in re.findall(r'`("(?:search|regime|schedule)": [^`]*)`', words):
        run = parse_scene(
            f'{{"gdsim": 1, "points": {{"x": [1], "y": [0]}}, "runs": [{{"algorithm": "gd", {own}}}]}}'
        ).runs[0]
        assert run.search.id == "armijo"


def test_an_example_that_prints_something_else_is_noticed():
    assert commands("$ gdsim a\nb\nc\n$ cat d\ne\n") == [("gdsim a", "b\nc\n"), ("cat d", "e\n")]
    parsed = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "one", "one", 0)
    runner = doctest.DocTestRunner()
    runner.run(parsed, out=lambda _: None)
    assert runner.failures == 1
