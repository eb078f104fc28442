"""`lossviz serve`: the app, opened in the browser on a link."""

from __future__ import annotations

import argparse
import socket
import threading
import time
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

FIRST_PORT = 8501  # where Streamlit's users expect it
PORTS_TRIED = 50
PATIENCE = 30.0  # seconds a slow machine may take until the server answers


def main(words: Sequence[str]) -> int:
    """Start the app, open it in the browser, and serve until interrupted."""
    args = _parser().parse_args(words)
    port = args.port or free_port(args.host)
    visible_host = "localhost" if args.host in ("127.0.0.1", "0.0.0.0") else args.host
    url = app_url(args.link, visible_host, port)
    print(f"LossViz: {url}", flush=True)
    if not args.no_browser:
        threading.Thread(target=_open_when_up, args=(args.host, port, url), daemon=True).start()

    from streamlit.web import cli

    # headless, because Streamlit's own browser window would not know the link.
    cli.main(
        [
            "run",
            str(app_path()),
            f"--server.address={args.host}",
            f"--server.port={port}",
            "--server.headless=true",
            "--server.fileWatcherType=none",
        ]
    )
    return 0


def app_path() -> Path:
    """The app's script: inside an installed package, or at the top of the repository."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_app" / "app.py"
    return installed if installed.exists() else package.parent / "app.py"


def app_url(link: str, host: str, port: int) -> str:
    """Where to open the app: `link` is a query, a page's name, or any LossViz address with them."""
    before, mark, after = link.strip().partition("?")
    if "=" in before:
        page, query = "", link.strip()
    else:
        page, query = before.rsplit("/", 1)[-1], mark + after
    query = quote(query.removeprefix("?"), safe="=&%+:,.;/?@!$'()*~-_[]")
    return f"http://{host}:{port}/{quote(page)}" + (f"?{query}" if query else "")


def free_port(host: str) -> int:
    """The first free port from 8501 on; SystemExit when fifty in a row are taken."""
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        with socket.socket() as probe:
            # As the server does: a port that only waits for old connections to end is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise SystemExit(f"no free port on {host} from {FIRST_PORT} to {port}; choose one by --port")


def _open_when_up(host: str, port: int, url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            webbrowser.open(url)
            return


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lossviz",
        description="Watch loss functions train side by side, on data with outliers. "
        "`lossviz run QUERY` trains without a browser, `lossviz list KIND` says what there is "
        "(each has a --help of its own); `lossviz serve LINK` is the same as `lossviz LINK`.",
        epilog="example: lossviz 'loss=squared_error&loss=huber&lr=0.1'",
    )
    parser.add_argument(
        "link", metavar="LINK", nargs="?", default="", help="a query or a LossViz link to open"
    )
    parser.add_argument("--port", type=int, help="default: the first free one from 8501 on")
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="0.0.0.0 lets others on the network in (default: %(default)s)",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    return parser
