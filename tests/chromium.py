"""Headless Chromium, controlled through two pipes with the DevTools protocol."""

import json
import os
import shutil
import subprocess

EXECUTABLE = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
# So that Chromium starts as root and without a graphics device, and connects to nothing on its own.
_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu",
    "--remote-debugging-pipe", "--disable-background-networking", "--no-first-run", "--disable-sync",
    "--disable-component-update", "--hide-scrollbars",
)  # fmt: skip
_TIMEOUT_S = 60.0


class Chromium:
    """A browser with one page, and the events that it has sent."""

    def __init__(self, profile, *options, size=(1280, 900)):
        ours, theirs = os.pipe(), os.pipe()
        command = [
            EXECUTABLE, *_OPTIONS, *options, f"--user-data-dir={profile}",
            f"--window-size={size[0]},{size[1]}", "about:blank",
        ]  # fmt: skip
        # Chromium reads commands from file descriptor 3, and answers on 4.
        wired = ["bash", "-c", f'exec "$@" 3<&{ours[0]} 4>&{theirs[1]}', "bash", *command]
        self._process = subprocess.Popen(
            wired, pass_fds=(ours[0], theirs[1]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(ours[0])
        os.close(theirs[1])
        self._out, self._in = os.fdopen(ours[1], "wb"), os.fdopen(theirs[0], "rb")
        self._buffer, self._number = b"", 0
        self._session = None
        self.events = []
        try:
            target = self.call("Target.createTarget", url="about:blank")["targetId"]
            self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Network", "Log"):
                self.call(f"{domain}.enable")
        except BaseException:
            self.close()
            raise

    def begin(self):
        """Return to an empty page of the initial size, because a new browser would take a second."""
        self.call("Emulation.clearDeviceMetricsOverride")
        self.call("Emulation.setEmulatedMedia", features=[])
        self._go("about:blank")
        self.events.clear()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._process.terminate()
        self._process.wait(timeout=_TIMEOUT_S)
        self._out.close()
        self._in.close()

    def call(self, method, **arguments):
        """Call a method of the protocol, and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": arguments}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        self._out.flush()
        while (answer := self._next()).get("id") != self._number:
            pass
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def _next(self):
        while b"\0" not in self._buffer:
            read = self._in.read1(1 << 16)
            assert read, "the browser has ended"
            self._buffer += read
        text, _, self._buffer = self._buffer.partition(b"\0")
        message = json.loads(text)
        if "method" in message:
            self.events.append(message)
        return message

    def open(self, path, part=""):
        """Open a file, or an anchor in it such as ``#there``, and wait until it is loaded and drawn."""
        self._go(path.absolute().as_uri() + part)
        self.pictures(2)

    def _go(self, address):
        self.events.clear()
        self.call("Page.navigate", url=address)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self._next()

    def value(self, source):
        """Return the value of an expression in the page."""
        answer = self.call(
            "Runtime.evaluate", expression=source, returnByValue=True, awaitPromise=True, userGesture=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def pictures(self, count):
        """Wait until the page has been drawn ``count`` times."""
        self.value(
            f"new Promise((done) => {{ let left = {count}; const next = () => left-- ? "
            "requestAnimationFrame(next) : done(true); next(); })"
        )

    def press(self, key, modifiers=0):
        """Press a key, given by its name in DOM events, and wait until the page is drawn."""
        text = {"text": key} if len(key) == 1 else {}
        codes = {
            "Home": 36,
            "End": 35,
            "ArrowLeft": 37,
            "ArrowUp": 38,
            "ArrowRight": 39,
            "ArrowDown": 40,
            "Tab": 9,
            " ": 32,
        }
        code = {"windowsVirtualKeyCode": codes[key]} if key in codes else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, modifiers=modifiers, **text, **code)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, modifiers=modifiers, **code)
        self.pictures(2)

    def set_scheme(self, name):
        """Set the preferred colour scheme, light or dark."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])
        self.pictures(2)

    def set_size(self, width, height):
        """Resize the page."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.pictures(3)

    @property
    def complaints(self):
        """The events of logged errors, of uncaught exceptions, and of all output to the console."""
        kinds = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled")
        logged = (event for event in self.events if event["method"] == "Log.entryAdded")
        errors = [event for event in logged if event["params"]["entry"]["level"] == "error"]
        return errors + [event for event in self.events if event["method"] in kinds]

    @property
    def requests(self):
        """The URLs that the page has requested, without data URLs."""
        sent = (event for event in self.events if event["method"] == "Network.requestWillBeSent")
        urls = [event["params"]["request"]["url"] for event in sent]
        return [url for url in urls if not url.startswith("data:")]
