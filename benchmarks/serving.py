"""Streamlit servers and a browser for the benchmarks of what one sees."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from playwright.sync_api import Browser, sync_playwright

from tools.browser import FLAGS, find_browser

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0  # seconds until a server or browser must answer
OPENER = build_opener(ProxyHandler({}))  # a proxy in the environment is not for 127.0.0.1


@dataclass(frozen=True)
class Server:
    """A Streamlit server: its address and its process's number."""

    url: str
    pid: int

    def cpu_seconds(self) -> float:
        """Processor time that it has used so far; FileNotFoundError where there is no /proc."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(script: str) -> Iterator[Server]:
    """`streamlit run` of a script, given by its path in the repository, while the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / script)]
    command += ["--server.address=127.0.0.1", f"--server.port={port}", "--server.headless=true"]
    command += ["--server.fileWatcherType=none"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with quiet(command, cwd=ROOT, env=environment) as process:
        server = Server(f"http://127.0.0.1:{port}", process.pid)
        _wait_until(process, lambda: _is_healthy(server.url))
        yield server


@contextmanager
def browsing(path: str) -> Iterator[Browser]:
    """The browser at this path while the block runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


def browser_path() -> str:
    """Path of a browser; ends the program where there is none."""
    path = find_browser()
    if path is None:
        raise SystemExit("no Chromium or Chrome starts here: run `make browser`")
    return path


@contextmanager
def unwatched(path: str, url: str, seconds: float) -> Iterator[int]:
    """A new browser that opens a page all by itself; after so many seconds, the port at which
    one may ask it about that.

    A page under the eyes of Playwright is another matter: each error that a script throws and
    catches then costs a look at all its source, which for Plotly.js is half a second.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [path, "--headless", *FLAGS, "--remote-debugging-port=0", "about:blank"]
        with quiet([*command, f"--user-data-dir={profile}"]) as process:
            told = Path(profile) / "DevToolsActivePort"
            _wait_until(process, lambda: told.exists() and "\n" in told.read_text())
            port = int(told.read_text().split()[0])
            time.sleep(1)  # its own start is not what is measured
            tab = Request(f"http://127.0.0.1:{port}/json/new?{url}", method="PUT")
            OPENER.open(tab, timeout=PATIENCE).close()
            time.sleep(seconds)
            yield port


@contextmanager
def quiet(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[Any]]:
    """A program while the block runs, whatever it prints."""
    sink = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=sink, stderr=sink, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _is_healthy(url: str) -> bool:
    try:
        with OPENER.open(f"{url}/_stcore/health", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def _wait_until(process: subprocess.Popen[Any], is_ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if is_ready():
            return
        time.sleep(0.05)
    raise SystemExit(f"{process.args} did not start")
