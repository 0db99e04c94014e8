"""Send random events to the real window, and report what breaks, stalls and grows.

python tests/soak/random_events.py [--seed 1] [--minutes 10] [--out FOLDER]

Needs Xvfb, openbox and bubblewrap, and python-xlib from PyPI. The program runs on a display of its own, and
may write only to a temporary folder, because random events in a file dialog can overwrite and delete files.
Half of the events go anywhere, half to the controls that the program reports, preferably those used least.
"""

import argparse
import collections
import contextlib
import json
import os
import random
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from Xlib import XK, X, protocol
from Xlib.display import Display
from Xlib.ext import xtest

ROOT = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 1440, 900
# Ten frames of playback.
STALL_S = 0.333
HANG_S = 60.0
_IGNORED_WARNING = "ignore:path is deprecated:DeprecationWarning"
_SOCKETS = "/tmp/.X11-unix"  # noqa: S108 - where X servers listen
MEASURE_S = 10.0
# Real-time priority of the program with --processor; the display and the window manager have a higher one.
_PRIORITY = 40
# So many reports in a row may show no window.
_MOST_WITHOUT_WINDOW = 3

_TEXTS = (
    *("0", "1", "-1", "0.5", "2", "10", "100", "1000", "100000", "1e9", "-1e9", "1e308", "1e-320", "nan"),
    *("inf", "-inf", "0,5", "1/3", "-0", ".5", "5.", "00", "1e", "9999999999999999999"),
    *("abc", "<b>x</b>", "&amp;", "%s", "%1", "\\alpha", "$x^2$", "../..", "/etc/passwd", "x.json", "a,b;c"),
)
_ODD = "éßλη中あ🙂\u202e\u0301\ufeffﬁ٣½−∞"
_KEYS = (
    *("Return", "Escape", "Tab", "space", "Up", "Down", "Left", "Right", "Home", "End", "Prior", "Next"),
    *("Delete", "BackSpace", "plus", "minus", "period", "comma", "bracketleft", "bracketright", "Menu"),
    *("F1", "F2", "F5", "F6", "F7", "F8", "F9", "F10", "F11"),
)
_CHORDS = (
    *("Ctrl+A", "Ctrl+C", "Ctrl+V", "Ctrl+X", "Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+W", "Ctrl+Tab", "Ctrl+Return"),
    *("Ctrl+Home", "Ctrl+End", "Ctrl+Left", "Ctrl+Right", "Shift+Tab", "Shift+F10", "Shift+Left"),
    *("Shift+Right", "Shift+Up", "Shift+Down", "Alt+Down", "Alt+F4"),
    *("Alt+F", "Alt+E", "Alt+O", "Alt+R", "Alt+P", "Alt+V", "Alt+L", "Alt+H"),
)
_QUITTING = {"Alt+F4", "Ctrl+W", "Ctrl+Q"}
# Names of keys in Qt, and their keysyms in X.
_KEYSYMS = {
    "Ctrl": "Control_L",
    "Shift": "Shift_L",
    "Alt": "Alt_L",
    "Meta": "Super_L",
    "Space": "space",
    "PgDown": "Next",
    "PgUp": "Prior",
    "Backspace": "BackSpace",
    "Del": "Delete",
    "Ins": "Insert",
    "Esc": "Escape",
    "Enter": "KP_Enter",
    ".": "period",
    ",": "comma",
    "+": "plus",
    "-": "minus",
    "[": "bracketleft",
    "]": "bracketright",
}
# Without a desktop menu, and without keys that start programs.
_OPENBOX = """<openbox_config xmlns="http://openbox.org/3.4/rc">
<focus><focusNew>yes</focusNew></focus>
<keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard>
<mouse><context name="Client">
<mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
</context><context name="Titlebar">
<mousebind button="Left" action="Drag"><action name="Move"/></mousebind>
</context></mouse></openbox_config>"""


class Hand:
    """A simulated mouse and keyboard on a display."""

    def __init__(self, name: str) -> None:
        self._display = Display(name)
        self._root = self._display.screen().root
        self._odd = self._map_odd_letters()
        self._buttons: set[int] = set()

    def _map_odd_letters(self) -> dict[str, int]:
        """Assign odd letters to unused keys, and return the key code of each letter."""
        first, last = self._display.display.info.min_keycode, self._display.display.info.max_keycode
        table = self._display.get_keyboard_mapping(first, last - first + 1)
        spare = [first + row for row, symbols in enumerate(table) if not any(symbols)]
        odd: dict[str, int] = dict(zip(_ODD, spare, strict=False))
        for letter, code in odd.items():
            self._display.change_keyboard_mapping(code, [[0x01000000 + ord(letter)] * 2])
        self._display.sync()
        return odd

    def move(self, x: int, y: int) -> None:
        self._fake(X.MotionNotify, x=max(0, min(WIDTH - 1, x)), y=max(0, min(HEIGHT - 1, y)))

    def button(self, button: int, *, down: bool) -> None:
        self._fake(X.ButtonPress if down else X.ButtonRelease, button)
        (self._buttons.add if down else self._buttons.discard)(button)

    def click(self, button: int = 1, times: int = 1) -> None:
        for _ in range(times):
            self.button(button, down=True)
            self.button(button, down=False)

    def chord(self, keys: str) -> None:
        """Press a key combination in Qt's notation: ``Ctrl+Shift+S``, ``Ctrl++``."""
        names = [name for name in re.split(r"(?<=[^+])\+", keys) if name]
        codes = [code for name in names for code in self._codes(name)]
        for code in codes:
            self._fake(X.KeyPress, code)
        for code in reversed(codes):
            self._fake(X.KeyRelease, code)

    def type(self, text: str) -> None:
        for letter in text:
            codes = [self._odd[letter]] if letter in self._odd else self._codes(letter)
            for code in codes:
                self._fake(X.KeyPress, code)
            for code in reversed(codes):
                self._fake(X.KeyRelease, code)

    def _codes(self, name: str) -> list[int]:
        symbol = XK.string_to_keysym(_KEYSYMS.get(name, name))
        if not symbol and len(name) == 1:
            symbol = ord(name)
        for code, level in self._display.keysym_to_keycodes(symbol):
            if level < 2:
                shift = level and len(name) == 1 and not name.isalpha()
                return [*self._codes("Shift"), code] if shift else [code]
        return []

    def resize(self, width: int, height: int) -> None:
        """Ask the window manager to resize the active window."""
        atom = self._display.intern_atom
        active = self._root.get_full_property(atom("_NET_ACTIVE_WINDOW"), X.AnyPropertyType)
        if active is not None and active.value and active.value[0]:
            window = self._display.create_resource_object("window", active.value[0])
            data = (32, [0xF00, 0, 0, width, height])
            message = protocol.event.ClientMessage(
                window=window, client_type=atom("_NET_MOVERESIZE_WINDOW"), data=data
            )
            self._root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
            self._display.sync()

    def _fake(self, kind: int, detail: int = 0, **where: int) -> None:
        xtest.fake_input(self._display, kind, detail, **where)
        self._display.sync()


class Start(NamedTuple):
    """The arguments and the language of a start of the program, and whether OpenGL is forced."""

    arguments: tuple[str, ...]
    language: str
    opengl: bool


class Program:
    """The watched program, in a sandbox in which only ``home`` is writable."""

    def __init__(self, home: Path, display: str, errors: Path, start: Start) -> None:
        env = {
            **{name: os.environ[name] for name in ("LANG",) if name in os.environ},
            "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home / "runtime"),
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "PYTHONPATH": str(ROOT),
            "GDSIM_LANGUAGE": start.language,
        }
        if start.opengl:
            env["SOAK_OPENGL"] = "1"
        self.start, self.errors = start, errors
        with self.errors.open("wb") as stderr:
            self._process = subprocess.Popen(
                [
                    *("bwrap", "--unshare-pid", "--die-with-parent", "--chdir", str(home)),
                    *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
                    *("--tmpfs", str(Path(_SOCKETS).parent), "--tmpfs", tempfile.gettempdir()),
                    *("--ro-bind", _SOCKETS, _SOCKETS, "--bind", str(home), str(home)),
                    *(sys.executable, "-X", "dev", "-X", "faulthandler", "-W", _IGNORED_WARNING),
                    *(str(ROOT / "tests/soak/watched.py"), *start.arguments),
                ],
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        self.told: collections.deque[dict[str, Any]] = collections.deque()
        self._seen: dict[str, Any] | None = None
        self._news = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with contextlib.suppress(json.JSONDecodeError):
                told = json.loads(line)
                if told["kind"] == "seen":
                    self._seen = told
                    self._news.set()
                else:
                    self.told.append(told)
        self._news.set()

    def look(self, seconds: float = HANG_S) -> dict[str, Any] | None:
        """Ask what is on the screen; return None if the program has ended or does not answer."""
        assert self._process.stdin is not None
        self._news.clear()
        self._seen = None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(b"?\n")
            self._process.stdin.flush()
            self._news.wait(seconds)
        return self._seen

    def code(self, seconds: float = 0) -> int | None:
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self._reader.join(5)
        return code

    def pid(self) -> int | None:
        """Return the id of the program's process inside the sandbox, or None if it has ended."""
        pid = self._process.pid
        for _ in range(2):
            try:
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            except OSError:
                return None
            if not children:
                return None
            pid = int(children[0])
        return pid

    def set_priority(self, priority: int, processor: int | None = None) -> None:
        """Give the program's threads real-time priority, on a processor; priority 0 takes it away again.

        The sandbox itself gets none, because it would wait in a busy loop for threads that it keeps from
        ending.
        """
        policy = os.SCHED_FIFO if priority else os.SCHED_OTHER
        with contextlib.suppress(OSError):
            for entry in Path(f"/proc/{self.pid()}/task").iterdir():
                thread = int(entry.name)
                if processor is not None:
                    os.sched_setaffinity(thread, {processor})
                os.sched_setscheduler(thread, policy, os.sched_param(priority))

    def measure(self) -> dict[str, int]:
        with contextlib.suppress(OSError, TypeError):
            folder = Path(f"/proc/{self.pid()}")
            status = dict(
                line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line
            )
            return {
                "rss_mb": int(status["VmRSS"].split()[0]) // 1024,
                "threads": int(status["Threads"]),
                "files": len(list((folder / "fd").iterdir())),
            }
        return {}

    def abort(self) -> None:
        """Abort the program, so that it prints the stacks of its threads."""
        self.set_priority(0)
        pid = self.pid()
        if pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGABRT)
        if self.code(10) is None:
            self._process.kill()
            self.code(10)

    def end(self) -> None:
        pid = self.pid()
        if pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        if self.code(20) is None:
            self.abort()


class Monkey:
    """Performs random actions with a simulated mouse and keyboard."""

    def __init__(self, seed: int, hand: Hand, *, opengl: bool, stays: bool = False) -> None:
        self._random, self._opengl, self._stays = random.Random(seed), opengl, stays
        self._hand = hand
        self._shortcuts: list[str] = []
        self.tried: collections.Counter[str] = collections.Counter()
        self.windows: collections.Counter[str] = collections.Counter()
        self.did: list[tuple[float, str]] = []

    def note(self, text: str) -> None:
        self.did.append((time.monotonic(), text))

    def commands(self) -> set[str]:
        """Return the menu entries that were clicked on."""
        return {name.removeprefix("menu ") for name in self.tried if name.startswith("menu ")}

    def start(self) -> Start:
        scenes = sorted(path.stem for path in (ROOT / "resources/scenes").glob("*.json"))
        lesson = self._random.choice(["lecture", "why-settings", "landscapes", "first-sheet"])
        arguments = self._random.choice(
            [(), (), (self._random.choice(scenes),), ("--lesson", lesson), ("--restore",)]
        )
        language = self._random.choice(["", "", "de"])
        return Start(arguments, language, opengl=self._opengl or self._random.random() < 0.25)

    def act(self, program: Program) -> None:
        """Perform an action on a control, or one anywhere, or sometimes forty anywhere without a pause."""
        if self._random.random() < 0.5:
            for _ in range(40 if self._random.random() < 0.03 else 1):
                self._blind()
            return
        seen = program.look()
        if seen is not None:
            self.windows.update(seen["windows"].values())
            self._shortcuts = seen["keys"] or self._shortcuts
            self._guided(seen)

    def _blind(self) -> None:
        x, y = self._random.randrange(WIDTH), self._random.randrange(HEIGHT)
        kind = self._random.choices(["mouse", "key", "chord", "type", "tab"], weights=[60, 12, 8, 12, 8])[0]
        if kind == "mouse":
            self._mouse("anywhere", x, y, self._random.randrange(WIDTH), self._random.randrange(HEIGHT))
        elif kind == "key":
            self._press(self._random.choice(_KEYS))
        elif kind == "chord":
            self._press(self._random.choice(_CHORDS))
        elif kind == "type":
            self._type()
        else:
            for _ in range(self._random.randrange(1, 12)):
                self._press(self._random.choice(["Tab", "Tab", "Shift+Tab"]))

    def _guided(self, seen: dict[str, Any]) -> None:
        kind = self._random.choices(["place", "shortcut", "menu", "resize", "escape"], [70, 12, 10, 2, 6])[0]
        if kind == "place" and seen["places"]:
            weights = [1 / (1 + self.tried[place[0]]) ** 1.5 for place in seen["places"]]
            name, x, y, w, h = self._random.choices(seen["places"], weights)[0]
            self.tried[name] += 1
            to = self._random.choice(seen["places"])
            self._mouse(
                name,
                x + self._random.randrange(max(1, w)),
                y + self._random.randrange(max(1, h)),
                to[1] + self._random.randrange(max(1, to[3])),
                to[2] + self._random.randrange(max(1, to[4])),
            )
            if self._random.random() < 0.3:
                self._type()
                self._press(self._random.choice(["Return", "Tab", "Escape"]))
        elif kind == "shortcut" and self._shortcuts:
            self._press(self._random.choice(self._shortcuts))
        elif kind == "menu":
            self._press(f"Alt+{self._random.choice(seen['letters'] or 'F')}")
        elif kind == "resize":
            width, height = self._random.randrange(100, WIDTH + 200), self._random.randrange(80, HEIGHT + 100)
            self.note(f"resize {width}x{height}")
            self._hand.resize(width, height)
        else:
            self._press("Escape")

    def _mouse(self, name: str, x: int, y: int, to_x: int, to_y: int) -> None:
        if self._stays and re.search("Quit|Beenden", name.replace("&", "")):
            return
        hand = self._hand
        hand.move(x, y)
        how = self._random.choices(
            ["click", "double", "right", "middle", "drag", "near drag", "wheel"], [50, 6, 8, 2, 8, 12, 14]
        )[0]
        self.note(f"{how} {name} at {x},{y}")
        if how in ("drag", "near drag"):
            if how == "near drag":
                to_x, to_y = x + self._random.randrange(-150, 150), y + self._random.randrange(-150, 150)
            button = self._random.choice([1, 1, 1, 2, 3])
            hand.button(button, down=True)
            steps = self._random.randrange(3, 15)
            for step in range(1, steps + 1):
                hand.move(x + (to_x - x) * step // steps, y + (to_y - y) * step // steps)
                time.sleep(0.01)
                if self._random.random() < 0.01:
                    self._press("Escape")
            hand.button(button, down=False)
        elif how == "wheel":
            for _ in range(self._random.randrange(1, 10)):
                hand.click(self._random.choice([4, 5]))
        else:
            hand.click({"right": 3, "middle": 2}.get(how, 1), 2 if how == "double" else 1)

    def _press(self, keys: str) -> None:
        if self._stays and keys in _QUITTING:
            return
        self.note(f"press {keys}")
        self._hand.chord(keys)

    def _type(self) -> None:
        if self._random.random() < 0.5:
            self._hand.chord("Ctrl+A")
        odd = "".join(self._random.choices(_ODD, k=4))
        text = self._random.choice([*_TEXTS, *_TEXTS[:14], odd])
        self.note(f"type {text!r}")
        self._hand.type(text)

    def pause(self) -> float:
        """Return the seconds to pause: mostly a moment, sometimes long enough for a computation."""
        return self._random.choices([0.0, 0.02, 0.06, 0.3, 1.5], [30, 40, 20, 9, 1])[0]


class Soak:
    """Drives the program for some time, restarts it when it ends, and collects what went wrong."""

    def __init__(
        self, monkey: Monkey, display: str, home: Path, out: Path, processor: int | None = None
    ) -> None:
        self._display, self._home, self._out, self._processor = display, home, out, processor
        self._monkey = monkey
        self._number = 0
        self.ends: collections.Counter[str] = collections.Counter()
        self.findings: list[dict[str, Any]] = []
        self.gaps: list[dict[str, Any]] = []
        self.growth: list[dict[str, Any]] = []
        self.events = 0
        self._without_window = 0  # how many answers in a row showed no window

    def _start(self) -> Program:
        self._number += 1
        errors = self._out / f"stderr-{self._number}.txt"
        program = Program(self._home, self._display, errors, self._monkey.start())
        program.look()  # returns once the program has started
        if self._processor is not None:
            program.set_priority(_PRIORITY, self._processor)
        return program

    def run(self, minutes: float) -> None:
        began = measured = time.monotonic()
        program = self._start()
        while time.monotonic() - began < minutes * 60:
            self._monkey.act(program)
            self.events += 1
            time.sleep(self._monkey.pause())
            if self.events % 20 == 0:
                self._check_answers(program)
            self._take_reports(program)
            if time.monotonic() - measured > MEASURE_S:
                measured = time.monotonic()
                self.growth.append({"at": measured - began, "start": self._number, **program.measure()})
            if (code := program.code()) is not None:
                self._monkey.note(f"the program ended with {code}")
                self._ended(program, code)
                program = self._start()
        program.end()
        self._take_reports(program)
        self._ended(program, program.code() or 0)

    def _check_answers(self, program: Program) -> None:
        """Check that the program answers, and still has a window, without which it should have ended."""
        seen = program.look()
        self._without_window = self._without_window + 1 if seen is not None and not seen["windows"] else 0
        if (seen is None or self._without_window > _MOST_WITHOUT_WINDOW) and program.code(5) is None:
            words = f"no window is left but {seen['left']}" if seen else "the program does not answer"
            self._find("hang", words)
            program.abort()
            self._without_window = 0

    def _take_reports(self, program: Program) -> None:
        while program.told:
            told = program.told.popleft()
            if told["kind"] == "gap":
                told["did"] = self._actions_before(told["at"] - told["seconds"])
                self.gaps.append(told)
            elif told["kind"] == "qt":
                self._find("qt", told["text"], stood=told["stood"])
            else:
                self.growth.append({"start": self._number, **told})

    def _actions_before(self, moment: float) -> list[str]:
        """Return the last actions before a moment, and those just after it."""
        return [text for at, text in self._monkey.did[-400:] if at < moment + 0.05][-8:]

    def _find(self, kind: str, text: str, **more: object) -> None:
        did = self._actions_before(time.monotonic())
        self.findings.append({"kind": kind, "text": text, "event": self.events, "did": did, **more})

    def _ended(self, program: Program, code: int) -> None:
        self._take_reports(program)
        self.ends[str(code)] += 1
        if code:
            self._find("exit", f"exit code {code} of {program.start}")
        # Errors are read from stderr only now; the actions that led to them are among the last ones.
        text = program.errors.read_text(errors="replace")
        if text.strip():
            self._find("stderr", text)

    def _growth_lines(self) -> list[str]:
        """Return, for each start, which types have grown most in number since its first minute."""
        lines = []
        for start in range(1, self._number + 1):
            reports = [
                entry for entry in self.growth if entry["start"] == start and entry.get("kind") == "memory"
            ]
            if len(reports) > 1:
                first, last = (collections.Counter(reports[place]["types"]) for place in (0, -1))
                more = ", ".join(f"{name} +{count}" for name, count in (last - first).most_common(25))
                memory = " ".join(f"{entry['rss_mb']}/{entry['trimmed_mb']}" for entry in reports)
                lines.append(f"start {start}: MB, and with what is free given back: {memory}; more of {more}")
        return lines

    def report(self) -> str:
        """Return a summary of what was found, and write it and all details to files."""
        events = [f"{at:.2f} {text}\n" for at, text in self._monkey.did]
        (self._out / "events.txt").write_text("".join(events))
        data = {"findings": self.findings, "gaps": self.gaps, "growth": self.growth, "ends": self.ends}
        (self._out / "all.json").write_text(json.dumps(data, indent=1))
        lines = [f"{self.events} events, ends {dict(self.ends)}"]
        lines += [f"windows seen {dict(self._monkey.windows)}", f"{len(self._monkey.tried)} places used"]
        lines.append(f"commands given {', '.join(sorted(self._monkey.commands()))}")
        stalls = [gap for gap in self.gaps if gap["seconds"] > STALL_S and not gap["start"]]
        own = [gap for gap in stalls if gap["computed"] > STALL_S]
        lines.append(f"{len(stalls)} stalls, {len(own)} of them with this much of the window's own time")
        for gap in sorted(stalls, key=lambda gap: -gap["seconds"]):
            if gap["waited"] < 0.3 * gap["seconds"] or gap in own:  # not because of other processes
                times = f"{gap['seconds']:.2f} s (computed {gap['computed']:.2f}, waited {gap['waited']:.2f})"
                lines.append(
                    f"  {times} load {gap['load']:.1f}: {' | '.join(gap['stood'])} <- {gap['did'][-3:]}"
                )
        lines.append("")
        lines += [f"{found['kind']}: {found['text']}\n   <- {found['did'][-5:]}" for found in self.findings]
        lines += self._growth_lines()
        for entry in self.growth:
            numbers = {
                name: value for name, value in entry.items() if name not in ("classes", "kind", "types")
            }
            lines.append(str(numbers))
        text = "\n".join(lines)
        (self._out / "report.txt").write_text(text + "\n")
        return text


def with_priority(processor: int | None, priority: int) -> tuple[str, ...]:
    """Return a command prefix that gives a command real-time priority on a processor, if there is one."""
    if processor is None:
        return ()
    return ("taskset", "-c", str(processor), "chrt", "-f", str(priority))


@contextlib.contextmanager
def server(home: Path, processor: int | None) -> Iterator[str]:
    """Run a virtual display with a window manager while the block runs, and yield its name."""
    reading, writing = os.pipe()
    screen = f"-screen 0 {WIDTH}x{HEIGHT}x24 +extension GLX -noreset"
    command = (*with_priority(processor, _PRIORITY + 2), "Xvfb", "-displayfd", str(writing), *screen.split())
    null = subprocess.DEVNULL
    with subprocess.Popen(command, pass_fds=[writing], stdout=null, stderr=null) as xvfb:
        os.close(writing)
        select.select([reading], [], [], 60)
        display = f":{os.read(reading, 16).decode().strip()}"
        (home / "openbox.xml").write_text(_OPENBOX)
        manager = subprocess.Popen(
            (*with_priority(processor, _PRIORITY + 1), "openbox", "--config-file", str(home / "openbox.xml")),
            env={**os.environ, "DISPLAY": display, "HOME": str(home)},
            stdout=null,
            stderr=null,
        )
        try:
            time.sleep(1)
            yield display
        finally:
            manager.terminate()
            manager.wait()
            xvfb.terminate()


def fill_home(home: Path) -> None:
    """Create files that random events in file dialogs may open."""
    (home / "runtime").mkdir(mode=0o700)
    (home / "bin").mkdir()
    # A fake xdg-open, because the real one prints errors where no program can open folders and pages.
    (home / "bin" / "xdg-open").write_text("#!/bin/sh\n")
    (home / "bin" / "xdg-open").chmod(0o755)
    for path in (ROOT / "resources").rglob("*.json"):
        shutil.copy(path, home / path.name)
    (home / "points.csv").write_text("x,y\n1,0.5\n2,0.9\n-1,0.1\n")
    (home / "broken.json").write_text('{"title": ')
    (home / "noise.csv").write_bytes(bytes(range(256)))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--opengl", action="store_true", help="always draw the surface with OpenGL")
    parser.add_argument("--stay", action="store_true", help="avoid quitting the program, to see what grows")
    parser.add_argument(
        "--processor",
        type=int,
        help="run with real-time priority on this processor, for a busy machine; needs root",
    )
    parser.add_argument("--out", type=Path, default=None, help="where to write what was found")
    options = parser.parse_args()
    out = options.out or Path(tempfile.mkdtemp(prefix="gdsim-soak-"))
    out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="gdsim-home-") as folder,
        server(Path(folder), options.processor) as display,
    ):
        home = Path(folder)
        fill_home(home)
        monkey = Monkey(options.seed, Hand(display), opengl=options.opengl, stays=options.stay)
        soak = Soak(monkey, display, home, out, options.processor)
        try:
            soak.run(options.minutes)
        finally:
            print(soak.report())
            print(f"all of it in {out}")
            for left in [*home.rglob("errors*.log"), *home.glob("core*")]:
                shutil.copy(left, out)
    return 1 if soak.findings else 0


if __name__ == "__main__":
    sys.exit(main())
