"""The language of formulas, in which rules, schedules, the neuron and the numbers of captions are written.

A formula is one line such as ``v_t = gamma*v + eta*g``. Python's own parser reads it, and nothing is accepted
but what is listed here. The text itself is never executed: it becomes a tree, which printers turn into text
or code.
"""

import ast
import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from gdsim.core.language.texts import SaidError, counted, said, to_say, translated, with_parts
from gdsim.core.settings import quoted

# Nobody writes longer or deeper formulas, and Python's parser would be slow with them.
MOST_LETTERS, MOST_NODES, DEEPEST = 2000, 400, 40
# Messages quote at most this many characters of a text.
_QUOTED = 60
# The file name given to Python's parser, whose warnings about texts that are refused anyway are silenced.
TYPED = "<typed>"
warnings.filterwarnings("ignore", category=SyntaxWarning, module=TYPED)


class TextSpan(NamedTuple):
    """A half-open range of characters in one of several lines; an ``end`` of 0 is the end of the line."""

    line: int = 0
    start: int = 0
    end: int = 0


class FormulaError(SaidError):
    """Raised for a text that is no formula; the message quotes what is wrong."""

    def __init__(
        self, sentence: str, /, *, at: TextSpan | None = None, about: str = "", **parts: object
    ) -> None:
        super().__init__(sentence, **parts)
        self.span = at  # Where the fault is, if that is known
        self.name = about  # The name at fault, if there is one

    def within(self, line: int, start: int) -> "FormulaError":
        """Return the error for a text that begins at ``start`` of a line, with its span moved there."""
        span = self.span or TextSpan()
        end = start + span.end if span.end else 0
        return FormulaError(str(self), at=TextSpan(line, start + span.start, end), about=self.name)


class _Hashed:
    """Mixin that keeps the hash, because trees are keys of many caches and hashing walks the whole tree."""

    def __post_init__(self) -> None:
        content = tuple(vars(self).values())
        object.__setattr__(self, "_hash", hash((type(self).__name__, content)))

    def __hash__(self) -> int:
        known: int = self.__dict__["_hash"]
        return known


@dataclass(frozen=True)
class Number(_Hashed):
    """A literal number in a formula, such as the 1 of ``1 - beta``."""

    value: int | float
    __hash__ = _Hashed.__hash__

    def __eq__(self, other: object) -> bool:
        """Return whether value and type are equal, because 1 and 1.0 are written differently."""
        return isinstance(other, Number) and (type(self.value), self.value) == (
            type(other.value),
            other.value,
        )


@dataclass(frozen=True)
class Name(_Hashed):
    """A variable, for which a number is substituted."""

    name: str
    __hash__ = _Hashed.__hash__


@dataclass(frozen=True)
class QuotedText(_Hashed):
    """A quoted text, which only the quantities of a caption accept."""

    text: str
    __hash__ = _Hashed.__hash__


@dataclass(frozen=True)
class Binary(_Hashed):
    """A binary operation: one of ``+ - * / **``, or a comparison within `where`."""

    sign: str
    left: "Node"
    right: "Node"
    __hash__ = _Hashed.__hash__


@dataclass(frozen=True)
class Negative(_Hashed):
    term: "Node"
    __hash__ = _Hashed.__hash__


@dataclass(frozen=True)
class Call(_Hashed):
    function: str
    terms: tuple["Node", ...]
    __hash__ = _Hashed.__hash__


Node: TypeAlias = Number | Name | QuotedText | Binary | Negative | Call


class Formula(NamedTuple):
    target: str
    node: Node


PI = "pi"
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
# The least and the most arguments of each function.
FUNCTIONS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(
        ("abs", "cos", "exp", "floor", "log", "log1p", "log2", "sign", "sin", "sqrt", "tanh"), (1, 1)
    ),
    **dict.fromkeys(("max", "min", "mod"), (2, 2)),
    "where": (3, 3),
}
_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


@lru_cache(maxsize=1024)
def read_formula(text: str) -> Formula:
    """Read a line such as ``"v_t = gamma*v + eta*g"``.

    Raises `FormulaError` if the line contains anything but names, numbers, ``+ - * / **``, the `FUNCTIONS`,
    and comparisons as the first argument of `where`, or if it is too long.
    """
    match _parsed(text, "exec"):
        case ast.Module(body=[ast.Assign(targets=[ast.Name(id=target)], value=value)]):
            return Formula(target, _TreeConverter(text, FUNCTIONS).read(value))
    raise FormulaError("{text} must be one line of the form: name = formula", text=quoted(text, _QUOTED))


def read_expression(text: str, functions: Mapping[str, tuple[int, int]] = MappingProxyType({})) -> Node:
    """Read a formula without a target; see `read_formula`.

    If there are further ``functions``, with their least and most arguments, texts are accepted as well.
    """
    text = text.strip()
    parsed = _parsed(text, "eval")
    assert isinstance(parsed, ast.Expression)  # noqa: S101 - what mode "eval" returns
    return _TreeConverter(text, {**FUNCTIONS, **functions}, texts=bool(functions)).read(parsed.body)


def _parsed(text: str, mode: str) -> ast.AST:
    if len(text) > MOST_LETTERS:
        raise FormulaError(
            "a formula must not be longer than {most_letters} letters", most_letters=MOST_LETTERS
        )
    try:
        return ast.parse(text, TYPED, mode)
    except SyntaxError as error:
        reason = syntax_reason(text, error, mode)
        words = said("{text} is not a formula: {reason}", text=quoted(text, _QUOTED), reason=reason)
        raise FormulaError(words, at=_span_of(error)) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise FormulaError("{text} is not a formula", text=quoted(text, _QUOTED)) from error


# Python's messages would mean little to someone who writes formulas: a part of each, and its replacement.
_SYNTAX = {
    "forgot a comma": to_say("something is missing between two of its terms"),
    "unexpected EOF": to_say("its end is missing"),
    "cannot assign": to_say("a line has one =, with one name before it"),
    "unterminated string": to_say("a text in quotes is never closed"),
    "never closed": to_say("a bracket is never closed"),
    "unmatched": to_say("a bracket is closed that was never opened"),
    "does not match": to_say("its brackets do not match"),
    "decimal literal": to_say("write * between a number and a name"),
    "invalid character": to_say("it contains a character that means nothing here"),
    "non-printable character": to_say("it contains a character that cannot be seen"),
}
# Signs from typeset formulas and other programs, and how each is written here.
WRITTEN = {
    "\N{MINUS SIGN}": to_say("a minus is written with -"),
    "\N{EN DASH}": to_say("a minus is written with -"),
    "\N{MIDDLE DOT}": to_say("a product is written with *"),
    "\N{DOT OPERATOR}": to_say("a product is written with *"),
    "\N{MULTIPLICATION SIGN}": to_say("a product is written with *"),
    "÷": to_say("a quotient is written with /"),
    "\N{SUPERSCRIPT TWO}": to_say("a power is written with **"),
    "\N{SUPERSCRIPT THREE}": to_say("a power is written with **"),
    "^": to_say("a power is written with **"),
    "%": to_say("a remainder is written mod(a, b)"),
    "[": to_say("only ( and ) group terms"),
    "{": to_say("only ( and ) group terms"),
    "√": to_say("a root is written sqrt(...)"),
    "π": to_say("π is written pi"),
    "≤": to_say("≤ is written <="),
    "≥": to_say("≥ is written >="),
    "≠": to_say("≠ is written !="),
}


def syntax_reason(text: str, error: SyntaxError, mode: str = "eval") -> str:
    """Return what is wrong with a text that Python cannot parse, in terms of formulas."""
    return translated(_reason(text, error, mode))


def typeset_reason(name: str) -> str:
    """Return how to write the typeset sign in a name, if any; Python takes some such signs for letters."""
    return next((translated(words) for sign, words in WRITTEN.items() if sign in name), "")


def _reason(text: str, error: SyntaxError, mode: str) -> str:
    """Return what `syntax_reason` does, untranslated."""
    at = text.split("\n", 1)[0][(error.offset or 1) - 1 :][:1] if error.lineno == 1 else ""
    if at in WRITTEN:
        return WRITTEN[at]
    if at == "=" and mode == "eval":
        return to_say("write only what is to the right of =")
    anything_else = to_say("something is missing or superfluous")
    return next((words for part, words in _SYNTAX.items() if part in error.msg), anything_else)


def _span_of(error: SyntaxError) -> TextSpan | None:
    if error.lineno != 1 or not error.offset:
        return None
    start = error.offset - 1
    end = (error.end_offset or 0) - 1 if error.end_lineno == 1 else 0
    return TextSpan(0, start, end if end > start else start + 1)


@dataclass
class _TreeConverter:
    """Converter of Python's tree to ours, which counts the nodes."""

    text: str
    functions: Mapping[str, tuple[int, int]]
    texts: bool = False
    nodes: int = 0

    def read(self, node: ast.expr, depth: int = 0) -> Node:
        self.nodes += 1
        if self.nodes > MOST_NODES or depth > DEEPEST:
            raise self._error(said("the formula is too long, or nested too deeply"), node)
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return self._number(node, value)
            case ast.Constant(value=str() as text) if self.texts:
                return QuotedText(text)
            case ast.Name(id=name):
                return Name(name)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                return Binary(_SIGNS[type(op)], self.read(left, depth + 1), self.read(right, depth + 1))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negative(self.read(operand, depth + 1))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(node, name, args, depth)
        raise self._error(self._why_not(node), node)

    def _why_not(self, node: ast.expr) -> str:
        """Return why a node is not allowed in a formula, and how to write it instead if that is possible."""
        match node:
            case ast.BinOp(op=ast.BitXor()):
                words = to_say("{quoted} is not a formula: a power is written with **, not ^")
            case ast.BinOp(op=ast.Mod()):
                words = to_say("{quoted} is not a formula: a remainder is written mod(a, b)")
            case ast.IfExp() | ast.Compare() | ast.BoolOp():
                words = to_say("{quoted} is not a formula: write a choice as where(a < b, x, y)")
            case ast.Call(func=ast.Constant() | ast.BinOp() | ast.UnaryOp() | ast.Call()):
                words = to_say("{quoted} is not a formula: a product is written with *")
            case ast.Call(func=ast.Attribute()) | ast.Attribute(attr="pi"):
                words = to_say(
                    "{quoted} is not a formula: write the name alone, without np. or math. before it"
                )
            case ast.Tuple():
                words = to_say(
                    "{quoted} is not a formula: numbers have a decimal point, and a comma only separates "
                    "the terms of a function"
                )
            case _:
                words = to_say("a formula cannot contain {quoted}")
        return with_parts(words, {"quoted": self._quoted(node)})

    def _error(self, words: str, node: ast.expr) -> FormulaError:
        if node.lineno != 1:
            return FormulaError(words)
        line = self.text.split("\n", 1)[0].encode()
        # Python's offsets count bytes.
        start = len(line[: node.col_offset].decode())
        end = len(line[: node.end_col_offset].decode()) if node.end_lineno == 1 else 0
        return FormulaError(words, at=TextSpan(0, start, end))

    def _quoted(self, node: ast.expr) -> str:
        # The original source, because ast.unparse is recursive, and some trees are too deep for it.
        return quoted(ast.get_source_segment(self.text, node) or "", _QUOTED)

    def _number(self, node: ast.expr, value: float) -> Number:
        try:
            finite = math.isfinite(float(value))
        except OverflowError:
            finite = False
        if not finite:
            raise self._error(said("a number in a formula is too large"), node)
        return Number(value)

    def _call(self, node: ast.expr, name: str, args: list[ast.expr], depth: int) -> Node:
        if name not in self.functions:
            known = ", ".join(sorted(self.functions))
            raise self._error(
                said(
                    "{name} is not a function; the known ones are {known}",
                    name=quoted(name, _QUOTED),
                    known=known,
                ),
                node,
            )
        least, most = self.functions[name]
        if not least <= len(args) <= most:
            wanted = str(least) if least == most else said("{least} to {most}", least=least, most=most)
            words = counted(
                most,
                "{name} takes {wanted} term, not {given}",
                "{name} takes {wanted} terms, not {given}",
                name=name,
                wanted=wanted,
                given=len(args),
            )
            raise self._error(words, node)
        terms = [self.read(arg, depth + 1) for arg in (args[1:] if name == "where" else args)]
        if name == "where":
            terms.insert(0, self._condition(args[0], depth + 1))
        return Call(name, tuple(terms))

    def _condition(self, node: ast.expr, depth: int) -> Node:
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _SIGNS:
                return Binary(_SIGNS[type(op)], self.read(left, depth + 1), self.read(right, depth + 1))
        raise self._error(said("the first term of where must be a comparison, such as a < b"), node)


def is_number(node: Node, value: float) -> bool:
    """Return whether a node is this number, as an int or a float."""
    return isinstance(node, Number) and node.value == value


def terms_of(node: Node) -> tuple[Node, ...]:
    """Return the direct children of a node."""
    match node:
        case Binary(_, left, right):
            return left, right
        case Negative(term):
            return (term,)
        case Call(_, terms):
            return terms
    return ()


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all its descendants, in preorder."""
    yield node
    for term in terms_of(node):
        yield from walk(term)


@lru_cache(maxsize=4096)
def node_count(node: Node) -> int:
    """Return the number of nodes of a formula; repeated subexpressions count each time."""
    return 1 + sum(map(node_count, terms_of(node)))


@lru_cache(maxsize=4096)
def names_in(node: Node) -> frozenset[str]:
    """Return the names that a formula needs values for, which excludes pi."""
    if isinstance(node, Name):
        return frozenset({node.name} - {PI})
    # Cached for each subexpression, because derivatives repeat the same ones very often.
    return frozenset().union(*map(names_in, terms_of(node)))


def replaced(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """Return a tree with each node replaced by what ``change`` returns for it, unless that is None.

    Nodes are visited from the top; replacements are not visited.
    """
    new = change(node)
    if new is not None:
        return new
    match node:
        case Binary(sign, left, right):
            return Binary(sign, replaced(left, change), replaced(right, change))
        case Negative(term):
            return Negative(replaced(term, change))
        case Call(function, terms):
            return Call(function, tuple(replaced(term, change) for term in terms))
    return node


def substituted(node: Node, values: Mapping[str, Node]) -> Node:
    return replaced(node, lambda one: values.get(one.name) if isinstance(one, Name) else None)
