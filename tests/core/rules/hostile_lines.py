"""Texts that must be refused as the lines of a rule, some written by hand and some generated."""

import itertools

# To be put into a line that is right without them.
_PIECES = (
    "__import__('os').system('true')", "open('/etc/passwd').read()", "exec('1')", "eval('1')",
    "compile('1', 'a', 'eval')", "globals()", "locals()", "vars()", "dir()", "getattr(w, 'real')",
    "setattr(w, 'x', 1)", "w.real", "w.__class__", "().__class__.__bases__[0].__subclasses__()",
    "(1).__class__", "w.__init__.__globals__", "[w]", "[0]*10**9", "{w: 1}", "{w}", "(w, w)", "w[0]",
    "w[::2]", "[x for x in w]", "{x for x in w}", "{x: x for x in w}", "(x for x in w)", "lambda: w",
    "(lambda: w)()", "(lambda f: f(f))(lambda f: f(f))", "w if g else v", "(y := w)", "not w", "~w",
    "w & g", "w | g", "w ^ g", "w << 9", "w >> 9", "w // 2", "w % 2", "w @ g", "w and g", "w or g",
    "w < g", "w < g < v", "w is g", "w in g", "w == g", "'text'", '"text"', "b'bytes'", "f'{w}'",
    "f'{__import__(\"os\")}'", "r'x'", "'''x'''", "1j", "True", "False", "None", "...", "Ellipsis()",
    "*w", "**w", "max(*w)", "max(w, key=g)", "abs(w, g)", "abs()", "sqrt(w)(g)", "max(w)", "where(w, 1, 2)",
    "where(1 < 2 < 3, 1, 2)", "where(w < g, 1)", "await w", "yield w", "yield from w", "print(w)",
    "input()", "breakpoint()", "exit()", "quit()", "help()", "type(w)", "object()", "super()", "id(w)",
    "hash(w)", "memoryview(w)", "bytearray(9)", "range(9)", "sum(w)", "map(abs, w)", "zip(w)", "iter(w)",
    "next(w)", "np.load('x')", "math.exp(w)", "os.system", "sys.exit()", "subprocess.run('ls')", "__name__",
    "__builtins__", "__doc__", "_w", "w_", "w__b", "__", "grad(w)", "grad(w + 1)", "grad()", "grad",
    "exp", "sqrt", "where", "1e999", "9"*400, "0x" + "f"*400, "1__0", "0777", "1_", "1e", "1..2", "a" * 33,
    "$w", "w?", "w!", "`w`", "w\\", "w;g", "\\u0077", "w\u200b", "\uff57", "\u212f", "ﬁ", "η", "w²", "√w",
    "∇w", "w·g",
    "w−g", "w×g", "\x00", "\x1b[31m", "\u202ew", "\ud800", "w\tg", "((w)", "(w))", "[w", "w]", "{w", "w +",
    "+", "*", "** 2", "w w", "2w", "w 2", "w(g)", "2(w)", "(w)(g)", "sqrt w", "if w", "for w", "import os",
    "w.__dict__", "w.__reduce__()", "str(w)", "repr(w)", "chr(9)", "format(w)", "'%s' % w", "'{}'.format(w)",
    "w.f(g)", "w()", "w()()", "w[g:v]", "w[...]", "{**w}", "[*w]", "lambda w=g: w", "pow(w, 9)", "round(w)",
    "divmod(w, 2)", "complex(w)", "int(w)", "float(w)", "bool(w)", "slice(w)", "all(w)", "any(w)", "len(w)",
)  # fmt: skip
_LINES = (
    "import os", "from os import system", "def f(): pass", "class A: pass", "del w", "return w", "pass",
    "raise ValueError", "assert w", "global w", "nonlocal w", "while True: pass", "for x in w: pass",
    "with w: pass", "try: pass", "if w: pass", "@w", "w_next", "w_next == w", "w_next += w", "w_next := w",
    "w_next: float = w", "w_next = v = w", "w_next, v = w", "[w_next] = w", "w.x = g", "w[0] = g", "x() = g",
    "(w_next) = (w", "= w", "w_next =", "w_next = = w", "2 = w", "'x' = w", "lambda = w",
    "sqrt = g", "pi = 3", "grad = g", "eta = 1", "gamma = 1", "t = 1", "w = g", "w_t = w", "g_t = g",
    "eta_t = eta", "t_t = t", "w_0 = 1", "x_0 = 1", "v_0 = g", "__x = 1", "_x = 1", "x__y = 1", "x_ = 1",
    "True = 1", "None = 1", "exec = 1; exec", "type X = int", "match w: pass", "async def f(): pass",
    "v_t = v_t + 1", "g = grad(w) + 1", "g = grad(w, w)", "g = grad(2)", "g = grad(pi)",
    "g = grad()", "h = grad(w.x)", "a = b\nb = a", "a = 1\na = 2", "m_next = m + g", "v_new = v + g",
)  # fmt: skip
_RIGHT = "w_next = w - eta*g"


def _nested(opening, closing, depth):
    return f"w_next = w - eta*g*{opening * depth}w{closing * depth}"


def _generated():
    """Yield texts that are too long, too deep, or too many."""
    for opening, closing in (
        ("(", ")"),
        ("-", ""),
        ("abs(", ")"),
        ("(1 + ", ")"),
        ("max(1, ", ")"),
        ("~", ""),
    ):
        for depth in (45, 150, 600):
            if opening == "(" and depth < 600:
                continue  # parentheses alone do not nest the syntax tree
            yield _nested(opening, closing, depth)
    for sign in "+*-/":
        yield "w_next = w - eta*g" + f" {sign} w" * 500
        # Each line contains the one before it two or four times.
        for times in (2, 4):
            rows = ["a0 = w + g"]
            rows += [f"a{n + 1} = {f' {sign} '.join([f'a{n}'] * times)}" for n in range(20)]
            yield "\n".join([*rows, "w_next = w - eta*a20"])
    yield "\n".join([f"a{n} = {n}" for n in range(60)] + [_RIGHT])
    yield "\n".join([f"m{n}_t = m{n} + g" for n in range(7)] + [_RIGHT])
    yield "\n".join([f"g{n} = grad(w)" for n in range(5)] + [_RIGHT])
    yield "\n".join([f"a = {n}  if s{n}" for n in range(7)] + [_RIGHT])
    yield f"w_next = w - eta*g*({' + '.join(f's{n}' for n in range(13))})"
    yield "#" * 5000 + "\n" + _RIGHT
    yield f"{_RIGHT}\n" + "\n" * 5000 + "a = 1"
    yield f"{_RIGHT}{' ' * 5000}+ g"
    yield "w_next = w - eta*g*" + "1" * 3000
    yield "w_next = w - eta*g*" + "(" * 3000


def hostile_pieces():
    """Return the hostile parts of lines."""
    return _PIECES


def hostile_lines():
    """Return all hostile texts, each once."""
    within = (f"w_next = w - eta*g*({piece})" for piece in _PIECES)
    alone = (f"{line}\n{_RIGHT}" for line in _LINES)
    behind = (f"{_RIGHT} if {piece}" for piece in ("w()", "1", "w < g", "__class__", "not", "a or b", "'x'"))
    empty = ("", " ", "\n", "#", "# w_next = w - eta*g", "w_next = w", "w_next = w - eta", "w_next = w - g")
    return tuple(dict.fromkeys(itertools.chain(within, alone, behind, empty, _generated())))
