"""A real browser against a real server.

`serve(script)` starts one server a script and session. `page` is a fresh visit, in a tab that tests
share, and fails its test on an uncaught error, on an exception that Streamlit shows or the server
logs, and on any request to another origin than a served app. Wait on what the page shows, never on
the clock.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

import pytest
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    WebSocket,
    expect,
    sync_playwright,
)

from tools.browser import FLAGS, find_browser

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
SERVER_PATIENCE = 60.0  # seconds until a server must answer; it takes about two
PAGE_PATIENCE = 15_000  # milliseconds for whatever a test waits on

Serve = Callable[[str | Path], str]
OpenPage = Callable[..., Page]

expect.set_options(timeout=PAGE_PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is under this folder as `browser`, and let it come last: fast tests tell first."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")
    items.sort(key=lambda item: item.path.is_relative_to(HERE))


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser. None is a failure, not a reason to skip."""
    path = find_browser()
    if path is None:
        pytest.fail("no Chromium or Chrome starts here: run `make browser`", pytrace=False)
    return path


@pytest.fixture(scope="session")
def browser(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """One browser for the session. Its visits share a profile on the disk and the first tab, and so
    compiled scripts: one in a tab of its own takes twice the time, with a profile four times."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=chromium,
            args=[*FLAGS, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )
        browser.set_default_timeout(PAGE_PATIENCE)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server_logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what the servers write."""
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="session")
def serve(server_logs: Path) -> Iterator[Serve]:
    """Start `streamlit run script` once a session; the base address, without a trailing slash."""
    servers: dict[Path, tuple[subprocess.Popen[bytes], str]] = {}

    def start(script: str | Path) -> str:
        path = (ROOT / script).resolve()
        if path not in servers:
            log = server_logs / f"{len(servers)}-{path.stem}.log"
            process, url = _start_server(path, log)
            servers[path] = process, url
            _wait_until_healthy(process, url, log)
        return servers[path][1]

    yield start
    for process, _ in servers.values():
        process.terminate()
    for process, _ in servers.values():
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def app_url(serve: Serve) -> str:
    """Base address of the app itself."""
    return serve("app.py")


@pytest.fixture
def page_faults() -> Iterator[list[str]]:
    """What the guarded pages did wrong; a test that provokes a fault asserts it and clears it."""
    faults: list[str] = []
    yield faults
    assert faults == []


@pytest.fixture
def console_errors() -> list[str]:
    """What the guarded pages wrote to the console as errors."""
    return []


@pytest.fixture
def open_page(
    browser: BrowserContext,
    page_faults: list[str],
    console_errors: list[str],
    server_logs: Path,
    request: pytest.FixtureRequest,
) -> Iterator[OpenPage]:
    """Open guarded pages: width, height in pixels, permissions, offline, and what `emulate_media`
    takes (color_scheme, reduced_motion). The first of a test is in the tab that all share until one
    fails; `apart` is in a tab of its own, for what is done to the tab itself and would stay."""
    shared = browser.pages[0] if browser.pages else browser.new_page()
    failed = request.session.testsfailed
    logged = {log: log.stat().st_size for log in server_logs.iterdir()}
    pages: dict[Page, Callable[[], None]] = {}

    def open_guarded(
        width: int = 1280,
        height: int = 900,
        permissions: Sequence[str] = (),
        *,
        offline: bool = False,
        apart: bool = False,
        **media: Any,
    ) -> Page:
        page = browser.new_page() if apart or shared in pages else shared
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(**{"color_scheme": "light", "reduced_motion": "no-preference", **media})
        browser.grant_permissions(permissions)
        browser.set_offline(offline)
        pages[page] = _guard(page, page_faults, console_errors)
        return page

    yield open_guarded
    for page, leave in pages.items():
        is_there = not page.is_closed()
        try:
            shown = page.get_by_test_id("stException").all_inner_texts() if is_there else []
            page_faults.extend(f"exception on the page: {text}" for text in shown)
        except Error as error:  # the tab has crashed: others are not to have it
            page_faults.append(f"the page could not be looked at: {error.message}")
            is_there = False
        if page is shared and is_there and request.session.testsfailed == failed:
            page.mouse.move(-1, -1)
            # Where Streamlit keeps that all settings were open.
            page.evaluate("try { localStorage.clear(); } catch { /* a page that may have none */ }")
            page.goto("about:blank")
            leave()
        else:
            page.close()
    for log in server_logs.iterdir():
        text = log.read_bytes()[logged.get(log, 0) :].decode(errors="replace")
        page_faults.extend(f"logged by the server: {each}" for each in _tracebacks(text))
    browser.clear_permissions()
    browser.set_offline(False)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A guarded page on a desktop screen; go to `app_url` or `serve(script)` with it."""
    return open_page()


@pytest.fixture(scope="session")
def wait_idle() -> Callable[[Page], None]:
    """Wait until Streamlit is connected and its script is done.

    After a click the script may not have begun yet: then wait for what the click should show.
    """

    def wait(page: Page) -> None:
        app = page.get_by_test_id("stApp")
        expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
        expect(app).to_have_attribute("data-test-script-state", "notRunning")

    return wait


def _guard(page: Page, faults: list[str], console_errors: list[str]) -> Callable[[], None]:
    """Note what goes wrong on a page, until what is returned is called."""
    home: set[str] = set()  # the first address that the test goes to says what the page's own is

    def check(met: Request | WebSocket) -> None:
        parts = urlsplit(met.url)
        if parts.scheme in ("data", "blob", "about"):
            return
        if not home:
            home.add(parts.netloc)
        if parts.netloc not in home:
            faults.append(f"request to another origin: {met.url}")

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            console_errors.append(message.text)

    def catch(error: Error) -> None:
        faults.append(f"uncaught error: {error}")

    listeners = {"request": check, "websocket": check, "pageerror": catch, "console": hear}
    for event, listener in listeners.items():
        page.on(event, listener)

    def leave() -> None:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)

    return leave


def _tracebacks(log: str) -> list[str]:
    return re.findall(r"^Traceback .*?\n(?=\S)[^\n]*", log, re.DOTALL | re.MULTILINE)


def _start_server(script: Path, log: Path) -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "server.address": "127.0.0.1",
        "server.port": port,
        "server.headless": "true",
        "server.fileWatcherType": "none",
    }
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += [f"--{name}={value}" for name, value in options.items()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}  # scripts under tests/ import lossviz
    with log.open("wb") as sink:
        # At the repository's top, so that .streamlit/config.toml holds for every script.
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=sink, stderr=subprocess.STDOUT
        )
    return process, f"http://127.0.0.1:{port}"


def _wait_until_healthy(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    opener = build_opener(ProxyHandler({}))  # a proxy in the environment is not for 127.0.0.1
    deadline = time.monotonic() + SERVER_PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with opener.open(f"{url}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.05)
    pytest.fail(f"the server did not start:\n{log.read_text(errors='replace')}", pytrace=False)
