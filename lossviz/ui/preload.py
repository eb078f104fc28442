"""What happens to the page on its way to the browser.

It is told to fetch early what it will need, and to run Plotly.js when it waits anyway; and an
address with more settings than Streamlit reads is cut.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lossviz.base.limits import SETTINGS
from lossviz.ui.streamlit_insides import CONNECTION_STATE, ELEMENTS, HEAD_TAG, SCRIPTS_URL, chunks

# A big script holds the page up for as long as all of Streamlit does. So it is fetched first, but
# run only once the page has asked the server for its content, and would wait in any case. What
# the page will ask for when that content has come is fetched meanwhile.
HEAD: Final = """
<link rel="preload" as="script" fetchpriority="high" href="SCRIPT">
<script>
new MutationObserver((changes, observer) => {
  if (!document.querySelector("[STATE=CONNECTED]")) return;
  observer.disconnect();
  const add = (tag, parts) => {
    document.head.append(Object.assign(document.createElement(tag), parts));
  };
  for (const href of MODULES) add("link", { rel: "modulepreload", href });
  add("script", { src: "SCRIPT", onerror() { this.remove(); } });
}).observe(document, {
  subtree: true, childList: true, attributeFilter: ["STATE"],
});
</script>
"""
CUT: Final = "view.cut"  # the key that says how many there were


class Preload:
    """ASGI middleware that puts a script and the modules to fetch into Streamlit's page."""

    def __init__(self, app: ASGIApp, script: str, modules: Sequence[str]) -> None:
        self.app = app
        self.tags = _tags(script, modules)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accepted = Headers(scope=scope).get("accept", "") if scope["type"] == "http" else ""
        if "text/html" not in accepted:
            await self.app(scope, receive, send)
            return
        if scope["query_string"].count(b"&") > SETTINGS:
            await RedirectResponse(_shortened(scope))(scope, receive, send)
            return
        # The page must come whole and plain to be written into: not compressed, not "unchanged".
        dropped = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
        plain = [pair for pair in scope["headers"] if pair[0] not in dropped]
        await self.app({**scope, "headers": plain}, receive, _insert(self.tags, send))


def _shortened(scope: Scope) -> str:
    """Where the page is with as many settings as Streamlit reads, and how many there were: it
    would drop them all in silence.

    A query alone, which stands for another query of the page that was asked for (RFC 3986, 5.2.2):
    whatever path or host a request names, there is none here to be led to.
    """
    pairs = scope["query_string"].decode("ascii", "replace").split("&")
    return f"?{'&'.join(pairs[:SETTINGS])}&{CUT}={len(pairs)}"


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
        page = bytes(body).replace(HEAD_TAG, HEAD_TAG + tags, 1)
        headers = MutableHeaders(raw=start[0]["headers"])
        headers["content-length"] = str(len(page))
        del headers["etag"]
        await send(start[0])
        await send({"type": "http.response.body", "body": page})

    return hold


def _tags(script: str, modules: Sequence[str]) -> bytes:
    # Addresses relative to the page's, so that the app works under a sub-path.
    hrefs = [f"./{name}" for name in modules]
    hrefs += [f"./{SCRIPTS_URL}/{name}" for name in chunks(ELEMENTS)]
    tags = HEAD.replace("STATE", CONNECTION_STATE).replace("SCRIPT", f"./{script}")
    return tags.replace("MODULES", json.dumps(hrefs)).encode()
