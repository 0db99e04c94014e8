"""What README and the guide show of Python and of commands is what these print."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

from gdsim.cli import main
from gdsim.core.resources import resource

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


def test_an_example_that_prints_something_else_is_noticed():
    assert commands("$ gdsim a\nb\nc\n$ cat d\ne\n") == [("gdsim a", "b\nc\n"), ("cat d", "e\n")]
    parsed = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "one", "one", 0)
    runner = doctest.DocTestRunner()
    runner.run(parsed, out=lambda _: None)
    assert runner.failures == 1
