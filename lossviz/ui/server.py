"""What `app.py` adds to Streamlit's server: Plotly.js and the player, early and cached.

Nothing is fetched from anywhere else, and the page is told of the files before it asks.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from threadpoolctl import threadpool_limits

from lossviz import run_all
from lossviz.ui.assets import MODULES, PLAYER_FOLDER, PLOTLY, PLOTLY_URL, content, digest, zipped
from lossviz.ui.preload import Preload

FOREVER: Final = "public, max-age=31536000, immutable"
SWITCH: Final = 0.0005  # seconds


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
    return [Middleware(Preload, script=PLOTLY_URL, modules=modules)]


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
    zipped(PLOTLY)
    import lossviz.ui.playground.stage  # noqa: F401
    from lossviz.views.examples import WELCOME
    from lossviz.views.panels import playground
    from lossviz.views.sentences import headline, minima

    runs = run_all(WELCOME.sweep)
    playground(runs)
    headline(runs)
    minima(runs)
    # Takes a second, and the welcome page does without: classes, real data and most exact minima
    # need it.
    import sklearn.datasets  # noqa: F401

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
    tag = f'"{digest(path)}"'
    headers = {"Cache-Control": FOREVER, "ETag": tag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    is_zipped = "gzip" in request.headers.get("accept-encoding", "")
    headers["Content-Encoding"] = "gzip" if is_zipped else "identity"
    body = await run_in_threadpool(zipped if is_zipped else content, path)
    return Response(body, headers=headers, media_type="text/javascript")
