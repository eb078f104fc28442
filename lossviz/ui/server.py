"""What `app.py` adds to Streamlit's server: Plotly.js and the player, early and cached.

Nothing is fetched from anywhere else. Addresses hold a digest, so browsers may keep files for
good; a script tag in the page has the browser fetch and parse Plotly.js while Streamlit is
still connecting, which is most of what the first chart waits for.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from threadpoolctl import threadpool_limits

from lossviz import parse, run_all

PLAYER: Final = Path(str(files("lossviz.player")))
MODULES: Final = {path.name: path for path in sorted(PLAYER.glob("js/*.js"))}
PLOTLY: Final = Path(str(files("plotly"))) / "package_data" / "plotly.min.js"
FOREVER: Final = "public, max-age=31536000, immutable"
SWITCH: Final = 0.0005  # seconds
MOST_SETTINGS: Final = 900  # in an address; Streamlit reads a thousand
CUT: Final = "view.cut"  # the key that says how many there were


def _digest(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:12]


# Relative to the app's root, so that the app works under a sub-path.
PLOTLY_URL: Final = f"lossviz/{_digest(PLOTLY)}/plotly.min.js"
PLAYER_FOLDER: Final = f"lossviz/{_digest(*MODULES.values())}/player"
PLAYER_URL: Final = f"{PLAYER_FOLDER}/main.js"


def routes() -> list[BaseRoute]:
    """The routes that serve Plotly.js and the player's modules."""
    # Streamlit puts its own routes under the base path, but not those of the app.
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    folder = f"/{base}/lossviz" if base else "/lossviz"
    return [
        Route(folder + "/{digest}/plotly.min.js", _plotly),
        Route(folder + "/{digest}/player/{name}", _module),
    ]


def middleware() -> list[Middleware]:
    """The middleware that has the page fetch those files before it needs them."""
    return [Middleware(_HeadStart)]


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """What the server does when it starts."""
    # Python lets a busy thread go on for 5 ms while another waits, and a message to the browser
    # waits anew after each piece that it writes.
    sys.setswitchinterval(SWITCH)
    threading.Thread(target=_warm_up, daemon=True).start()
    yield


def _warm_up() -> None:
    # The first visitor need not wait for this.
    _zipped(PLOTLY)
    from lossviz.playground import headline, playground
    from lossviz.presets import WELCOME

    runs = run_all(parse(WELCOME.query)[0])
    playground(runs)
    headline(runs)
    # All numerical libraries are here now. Their products are small: threads only get in each
    # other's way, and in that of other visitors.
    threadpool_limits(1, "blas")


async def _plotly(request: Request) -> Response:
    return await _send(request, PLOTLY)


async def _module(request: Request) -> Response:
    path = MODULES.get(request.path_params["name"])
    return await _send(request, path) if path else Response(status_code=404)


async def _send(request: Request, path: Path) -> Response:
    tag = f'"{_digest_of(path)}"'
    headers = {"Cache-Control": FOREVER, "ETag": tag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    zipped = "gzip" in request.headers.get("accept-encoding", "")
    headers["Content-Encoding"] = "gzip" if zipped else "identity"
    body = await run_in_threadpool(_zipped if zipped else Path.read_bytes, path)
    return Response(body, headers=headers, media_type="text/javascript")


@cache
def _digest_of(path: Path) -> str:
    return _digest(path)


@cache
def _zipped(path: Path) -> bytes:
    # Once a process: Streamlit's own layer would compress 5 MB anew for every visitor.
    return gzip.compress(path.read_bytes(), compresslevel=6)


class _HeadStart:
    """ASGI middleware that puts the script tags into Streamlit's page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.tags = _tags()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accepted = Headers(scope=scope).get("accept", "") if scope["type"] == "http" else ""
        if "text/html" not in accepted:
            await self.app(scope, receive, send)
            return
        if scope["query_string"].count(b"&") > MOST_SETTINGS:
            await RedirectResponse(_shortened(scope))(scope, receive, send)
            return
        # The page must come whole and plain to be written into: not compressed, not "unchanged".
        dropped = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
        plain = [pair for pair in scope["headers"] if pair[0] not in dropped]
        await self.app({**scope, "headers": plain}, receive, _insert(self.tags, send))


def _shortened(scope: Scope) -> str:
    """The page's address with as many settings as Streamlit reads, and how many there were: it
    would drop them all in silence."""
    pairs = scope["query_string"].decode("ascii", "replace").split("&")
    return f"{scope['path']}?{'&'.join(pairs[:MOST_SETTINGS])}&{CUT}={len(pairs)}"


def _insert(tags: bytes, send: Send) -> Send:
    """A `send` that holds back an HTML answer, then sends it with `tags` in its head."""
    start: list[Message] = []
    body = bytearray()

    async def hold(message: Message) -> None:
        if message["type"] == "http.response.start":
            html = Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
            if html and message["status"] == 200:
                start.append(message)
                return
        if not start:
            await send(message)
            return
        body.extend(message.get("body", b""))
        if message.get("more_body"):
            return
        page = bytes(body).replace(b"<head>", b"<head>" + tags, 1)
        headers = MutableHeaders(raw=start[0]["headers"])
        headers["content-length"] = str(len(page))
        del headers["etag"]
        await send(start[0])
        await send({"type": "http.response.body", "body": page})

    return hold


def _tags() -> bytes:
    # Plotly.js before all else: of the many files that the page wants it takes longest.
    modules = "".join(
        f'<link rel="modulepreload" fetchpriority="low" href="./{PLAYER_FOLDER}/{name}">'
        for name in MODULES
    )
    return (
        f'<script async fetchpriority="high" src="./{PLOTLY_URL}" onerror="this.remove()">'
        f"</script>{modules}"
    ).encode()
