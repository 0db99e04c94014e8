"""A program that was pasted, as a tree: what it does, under full names, wherever it stands."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from textwrap import dedent

from gdsim.core.formulas.language import TYPED

# What a line begins with where it is copied from: the prompt of an example, the blanks of a function.
_PROMPT = re.compile(r"^[^\S\n]*(?:>>>|\.\.\.) ?", re.MULTILINE)
_BLANKS = re.compile(r"^[^\S\n]+", re.MULTILINE)
# Commands of a notebook, such as %matplotlib inline and !pip install torch.
_COMMAND = re.compile(r"^[^\S\n]*[%!].*", re.MULTILINE)


def parsed(text: str) -> tuple[str, ast.Module]:
    """Return a text, whose lines may be copied from anywhere, as Python, and its tree.

    What the program has imported stands in the tree under its full name. Raises `SyntaxError`, `ValueError`,
    `RecursionError` or `MemoryError`.
    """
    source = dedent(_PROMPT.sub("", text))
    try:
        program = ast.parse(source, TYPED)
    except SyntaxError as error:
        source = _COMMAND.sub("", source)
        if isinstance(error, IndentationError):  # as of a second line that is not copied from its middle
            source = _BLANKS.sub("", source)
        program = ast.parse(source, TYPED)
    _put_full_names(program)
    return source, program


def _put_full_names(program: ast.Module) -> None:
    full: dict[str, str] = {}
    for one in ast.walk(program):
        match one:
            case ast.Import(names=names):
                full |= {name.asname or name.name: name.name for name in names}
            case ast.ImportFrom(module=module, names=names, level=level):
                owner = "." * level + (module or "")
                full |= {name.asname or name.name: f"{owner}.{name.name}" for name in names}
    for node in ast.walk(program):
        if isinstance(node, ast.Name):
            node.id = full.get(node.id, node.id)


def statements(block: list[ast.stmt]) -> Iterator[tuple[list[ast.stmt], ast.stmt]]:
    """Yield what a program does but import, with the block that it stands in; loops and conditions whole."""
    for one in block:
        match one:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.With() | ast.AsyncWith():
                yield from statements(one.body)
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                yield from statements(one.body)
            case ast.Import() | ast.ImportFrom():
                pass
            case _:
                yield block, one


def dotted(node: ast.AST | None) -> str:
    """Return a name with all that stands before it, such as ``self.optimizer``; "" for anything else."""
    parts = list[str]()
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def names_changed(node: ast.AST) -> set[str]:
    """Return the names that something in a program gives to something, or to whose parts it does."""
    changed = set[str]()
    for to in ast.walk(node):
        if isinstance(getattr(to, "ctx", None), ast.Store | ast.Del):
            changed |= {dotted(one) for one in ast.walk(to)}
    return changed - {""}


def with_values_of_names(made: Iterable[ast.Call], program: ast.Module) -> None:
    """Put values in the place of the names of numbers and the like that a program never changes."""
    values = _constants(program)
    for call in made:
        for node in ast.walk(call):
            match node:
                case ast.Call(args=inner) | ast.Tuple(elts=inner) | ast.List(elts=inner):
                    inner[:] = [values.get(dotted(one), one) for one in inner]
            if isinstance(node, ast.keyword):
                node.value = values.get(dotted(node.value), node.value)


def _constants(program: ast.Module) -> Mapping[str, ast.expr]:
    values: dict[str, ast.expr] = {}
    for _, one in statements(program.body):
        match one:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_constant(value):
                values[name] = value
    given: dict[str, int] = {}
    for node in ast.walk(program):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                given[name] = given.get(name, 0) + 1
    return {name: value for name, value in values.items() if given[name] == 1}


def _is_constant(value: ast.expr) -> bool:
    try:
        hash(ast.literal_eval(value))  # A list may be changed without a name
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True
