"""The syntax tree of a pasted program: its statements and names, with imports under their full names."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from textwrap import dedent

from gdsim.core.formulas.syntax import TYPED

# What a copied line may begin with: the prompt of an interpreter, or the indentation of a function.
_PROMPT = re.compile(r"^[^\S\n]*(?:>>>|\.\.\.) ?", re.MULTILINE)
_INDENTATION = re.compile(r"^[^\S\n]+", re.MULTILINE)
# Commands of a notebook, such as %matplotlib inline and !pip install torch.
_COMMAND = re.compile(r"^[^\S\n]*[%!].*", re.MULTILINE)


def parsed(text: str) -> tuple[str, ast.Module]:
    """Return the Python source of a pasted text and its syntax tree, with imported names in full.

    Prompts, common indentation and, if need be, commands of notebooks are removed from the source. Raises
    `SyntaxError`, `ValueError`, `RecursionError` or `MemoryError` if the rest cannot be parsed.
    """
    source = dedent(_PROMPT.sub("", text))
    try:
        program = ast.parse(source, TYPED)
    except SyntaxError as error:
        source = _COMMAND.sub("", source)
        if isinstance(error, IndentationError):  # such as that of all lines but the first
            source = _INDENTATION.sub("", source)
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
    """Yield all statements except imports, each with its block; loops and conditions are yielded whole."""
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
    """Return a name with its qualifiers, such as ``self.optimizer``; "" for any other node."""
    parts = list[str]()
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def names_changed(node: ast.AST) -> set[str]:
    """Return the names that a node assigns to or deletes, including names of which it changes only a part."""
    changed = set[str]()
    for to in ast.walk(node):
        if isinstance(getattr(to, "ctx", None), ast.Store | ast.Del):
            changed |= {dotted(one) for one in ast.walk(to)}
    return changed - {""}


def with_values_of_names(made: Iterable[ast.Call], program: ast.Module) -> None:
    """Replace names in calls by their values, in place, if the program never changes these constants."""
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
        hash(ast.literal_eval(value))  # raises TypeError for a list, which may be changed in place
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True
