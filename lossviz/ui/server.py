"""What `app.py` adds to Streamlit's server: Plotly.js and the player, early and cached.

Nothing is fetched from anywhere else. Addresses hold a digest, so browsers may keep files for
good, and the page is told of them before it asks.
"""

from __future__ import annotations

import gc
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
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from threadpoolctl import threadpool_limits

from lossviz import parse, run_all
from lossviz.ui.headstart import HeadStart

PLAYER: Final = Path(str(files("lossviz.player")))
MODULES: Final = {path.name: path for path in sorted(PLAYER.glob("js/*.js"))}
PLOTLY: Final = Path(str(files("plotly"))) / "package_data" / "plotly.min.js"
FOREVER: Final = "public, max-age=31536000, immutable"
SWITCH: Final = 0.0005  # seconds


@cache
def _digest(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:12]


# Relative to the app's root, so that the app works under a sub-path.
PLOTLY_URL: Final = f"lossviz/{_digest(PLOTLY)}/plotly.min.js"
PLAYER_FOLDER: Final = f"lossviz/{_digest(*MODULES.values())}/player"
PLAYER_URL: Final = f"{PLAYER_FOLDER}/main.js"
STILL_URL: Final = f"{PLAYER_FOLDER}/still.js"


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
    modules = [f"{PLAYER_FOLDER}/{name}" for name in MODULES]
    return [Middleware(HeadStart, script=PLOTLY_URL, modules=modules)]


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
    import lossviz.ui.playground  # noqa: F401
    from lossviz.playground import headline, playground
    from lossviz.presets import WELCOME

    runs = run_all(parse(WELCOME.query)[0])
    playground(runs)
    headline(runs)
    # All numerical libraries are here now. Their products are small: threads only get in each
    # other's way, and in that of other visitors.
    threadpool_limits(1, "blas")
    # After each run of the script Streamlit collects garbage, and all wait for it: 0.1 s, unless
    # what is here for good is left out.
    gc.collect()
    gc.freeze()


async def _plotly(request: Request) -> Response:
    return await _send(request, PLOTLY)


async def _module(request: Request) -> Response:
    path = MODULES.get(request.path_params["name"])
    return await _send(request, path) if path else Response(status_code=404)


async def _send(request: Request, path: Path) -> Response:
    tag = f'"{_digest(path)}"'
    headers = {"Cache-Control": FOREVER, "ETag": tag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    zipped = "gzip" in request.headers.get("accept-encoding", "")
    headers["Content-Encoding"] = "gzip" if zipped else "identity"
    body = await run_in_threadpool(_zipped if zipped else _content, path)
    return Response(body, headers=headers, media_type="text/javascript")


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    # A function in brackets is compiled while the file still comes in, off the main thread;
    # Plotly's outermost lacks them, and would be read a second time when it is called.
    start, end = b"self : this, () => {", b"return Plotly;\n}));"
    if path == PLOTLY and content.count(start) == content.count(end) == 1:
        content = content.replace(start, start.replace(b"() =>", b"(() =>"))
        content = content.replace(end, end.replace(b"}", b"})"))
    return content


@cache
def _zipped(path: Path) -> bytes:
    # Once a process: Streamlit's own layer would compress 5 MB anew for every visitor.
    return gzip.compress(_content(path), compresslevel=6)
