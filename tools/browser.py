"""Find a browser that the tests can drive, or fetch one: `python -m tools.browser`.

The first of these that really starts: $LOSSVIZ_BROWSER, a Chromium or Chrome on the PATH,
Playwright's own. Where none does, Playwright's is downloaded, or else Debian's package installed.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"

# What a container without a GPU needs, and nothing that speaks to the network by itself.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",  # WebGL in software, for the 3-D charts
)


def find_browser() -> str | None:
    """Path of the first browser that starts, or None."""
    return next((path for path in _candidates() if _starts(path)), None)


def fetch_browser() -> str | None:
    """Download or install a browser; its path, or None where neither is possible here."""
    print("no Chromium or Chrome found: fetching Playwright's", flush=True)
    _run([sys.executable, "-m", "playwright", "install", "chromium"], seconds=180)
    found = find_browser()
    if found or not shutil.which("apt-get"):
        return found
    print("fetching Debian's chromium", flush=True)
    root = () if os.geteuid() == 0 else ("sudo", "-n")
    install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
    if _run([*root, "apt-get", "update", "-qq"], seconds=180):
        _run([*root, *install], seconds=400)
    return find_browser()


def _candidates() -> Iterator[str]:
    if chosen := os.environ.get("LOSSVIZ_BROWSER"):
        yield chosen
    yield from filter(None, map(shutil.which, NAMES))
    yield MAC_CHROME
    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def _starts(path: str) -> bool:
    # A file is not enough: Ubuntu's chromium-browser may be a notice, and a download may lack
    # system libraries.
    if not os.access(path, os.X_OK):
        return False
    return _run([path, "--headless", *FLAGS, "--dump-dom", "about:blank"], seconds=60, quiet=True)


def _run(command: Sequence[str], seconds: float, quiet: bool = False) -> bool:
    """Whether the command succeeds in time; its whole process group ends with it."""
    sink = subprocess.DEVNULL if quiet else None
    try:
        process = subprocess.Popen(command, stdout=sink, stderr=sink, start_new_session=True)
    except OSError:
        return False
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False


def main() -> None:
    """Make sure that there is a browser, or say in one line that there is none."""
    if not (find_browser() or fetch_browser()):
        raise SystemExit(
            "The browser tests need Chromium or Chrome, and none could be fetched: install one "
            "(Debian: apt-get install chromium) or set LOSSVIZ_BROWSER to its path."
        )


if __name__ == "__main__":
    main()
