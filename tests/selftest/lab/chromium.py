"""Chromium without a window, driven through the DevTools protocol on a pair of pipes."""
from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 120.0  # seconds for one answer, on a machine that is busy with gradings
# No update, no account, no first-run page: nothing that asks for the network by itself.
OPTIONS = ("--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
           "--disable-background-networking", "--disable-component-update", "--disable-sync",
           "--remote-debugging-pipe", "--hide-scrollbars", "about:blank")


def found() -> Optional[str]:
    """Returns the path of a Chromium, if there is one."""
    paths = [shutil.which(name) for name in NAMES]
    return next((path for path in paths if path), None)


class Browser:
    """A tab. `requests` has the address of each thing that it asked for, `faults` what its console
    says: exceptions, and what the page's policy has refused."""

    def __init__(self, to: int, come: int) -> None:
        self.requests: List[str] = []
        self.faults: List[str] = []
        self._to, self._from, self._buffer = to, come, b""
        self._number, self._session = 0, ""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target,
                                  flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: object) -> Dict[str, Any]:
        """Calls a method of the protocol; returns what it gives."""
        self._number += 1
        message: Dict[str, object] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        answer = self._until("id", self._number)
        assert "error" not in answer, (method, answer["error"])
        result: Dict[str, Any] = answer["result"]
        return result

    def open(self, path: Path) -> None:
        """Opens a file, and waits until all of it is there."""
        self.call("Page.navigate", url=path.as_uri())
        self.arrived()

    def arrived(self) -> None:
        """Waits until a page that was asked for is there, all of it."""
        self._until("method", "Page.loadEventFired")

    def value(self, expression: str) -> Any:
        """Returns the value of an expression in the page, as JSON can hold it."""
        given = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in given, given
        return given["result"].get("value")

    def press(self, key: str, text: str = "") -> None:
        """Presses a key, which goes to what has the focus."""
        code = {"Enter": 13, "Tab": 9, " ": 32}.get(key, 0)
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, text=text,
                      windowsVirtualKeyCode=code)

    def write(self, words: str) -> None:
        """Writes into what has the focus."""
        self.call("Input.insertText", text=words)

    def _until(self, key: str, value: object) -> Dict[str, Any]:
        """Reads messages until one has that value; notes what the others say."""
        deadline = time.monotonic() + PATIENCE
        while True:
            end = self._buffer.find(b"\0")
            if end < 0:
                assert select.select([self._from], [], [], deadline - time.monotonic())[0], value
                self._buffer += os.read(self._from, 1 << 16)
                continue
            message: Dict[str, Any] = json.loads(self._buffer[:end])
            self._buffer = self._buffer[end + 1:]
            self._note(message.get("method", ""), message.get("params", {}))
            if message.get(key) == value:
                return message

    def _note(self, method: str, parameters: Dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method in ("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"):
            self.faults.append(json.dumps(parameters)[:500])


@contextlib.contextmanager
def browser(program: str, profile: Path) -> Iterator[Browser]:
    """Yields a browser that is there for the time of a `with` block. `profile` is a folder for what
    it writes."""
    theirs, to = os.pipe()
    come, ours = os.pipe()
    # It reads descriptor 3 and writes to 4.
    script = f'exec 3<&{theirs} 4>&{ours}; exec "$@"'
    words = ["bash", "-c", script, "-", program, *OPTIONS[:-1], f"--user-data-dir={profile}",
             *(["--no-sandbox"] if os.geteuid() == 0 else []), OPTIONS[-1]]
    process = subprocess.Popen(words, pass_fds=(theirs, ours), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)
    os.close(theirs)
    os.close(ours)
    try:
        yield Browser(to, come)
    finally:
        os.close(to)
        os.close(come)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
