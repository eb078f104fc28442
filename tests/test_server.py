"""The server's answers, whatever is asked of it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from lossviz.base.limits import SETTINGS
from lossviz.ui.preload import CUT, Preload

ROOT = Path(__file__).resolve().parents[1]
LONG = "&".join(f"seed={k}" for k in range(SETTINGS + 100))
HTML = {"accept": "text/html"}
TARGETS = [
    "/",
    "/losses",
    "/base/",
    "//evil.example/",
    "//evil.example/losses",
    "///evil.example",
    "/\\evil.example/",
    "/%5Cevil.example/",
    "/%2F%2Fevil.example/",
    "/..//evil.example/",
    "/https://evil.example/",
    "https://evil.example/",
    "//user@evil.example:80/",
]
HEADERS = [
    {},
    {"host": "evil.example"},
    {"x-forwarded-host": "evil.example", "x-forwarded-proto": "javascript"},
    {"x-forwarded-prefix": "//evil.example", "forwarded": "host=evil.example"},
    {"x-original-url": "//evil.example/", "x-rewrite-url": "//evil.example/"},
]


async def _page(request: Request) -> HTMLResponse:
    return HTMLResponse(f"<head></head>{request.url.query}")


PAGE = Preload(Starlette(routes=[Route("/{path:path}", _page)]), "plotly.js", [])


def asked(target: str, query: str, headers: dict[str, str]) -> list[dict]:
    """What the server sends when that is the target of the request, as it came."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    raw = [(name.encode(), value.encode()) for name, value in {**HTML, **headers}.items()]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": target,
        "raw_path": target.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": raw,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8501),
    }
    asyncio.run(PAGE(scope, receive, send))
    return sent


@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: " ".join(headers) or "none")
@pytest.mark.parametrize("target", TARGETS)
def test_a_long_address_is_cut_on_the_host_that_was_asked(target, headers):
    start, *_ = asked(target, LONG, headers)
    assert start["status"] == 307
    place = dict(start["headers"])[b"location"].decode()
    assert place.isprintable()
    for base in ("http://here.example/", "http://here.example/losses"):
        there = urlsplit(urljoin(base, place))
        assert there[:3] == urlsplit(base)[:3]
    pairs = parse_qsl(urlsplit(place).query)
    assert pairs == [*parse_qsl(LONG)[:SETTINGS], (CUT, str(SETTINGS + 100))]


def test_an_address_that_is_not_too_long_is_answered_as_it_is():
    start, body = asked("/losses", LONG.rpartition("&seed=900")[0], HEADERS[0])
    assert start["status"] == 200
    assert b"plotly.js" in body["body"]


def test_a_server_that_is_warm_has_every_numerical_library_and_one_thread_for_each():
    code = """
import json, sys
from threadpoolctl import threadpool_info
from lossviz.ui.server import _warm_up
_warm_up()
before = len(threadpool_info())
import contourpy, scipy.optimize, sklearn.linear_model
blas = [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]
print(json.dumps([before, len(threadpool_info()), blas]))
"""
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    before, after, threads = json.loads(answer.stdout)
    assert before == after
    assert set(threads) == {1}
