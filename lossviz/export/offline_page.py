"""A movie as one HTML file that plays by itself: the player, Plotly.js and the data are in it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from lossviz.engine.run import Run
from lossviz.player import Movie, payload

if TYPE_CHECKING:
    from lossviz.views.panels import View


def page_of(
    runs: Sequence[Run], title: str, *, view: View | None = None, notes: Sequence[str] = ()
) -> str:
    """The page of runs at the same steps, with the notes and all that the playground says of
    them."""
    # Few who take runs away want charts.
    from lossviz.views.panels import marks, playground
    from lossviz.views.sentences import faults, headline, minima, remarks

    return page(
        playground(runs, view),
        title,
        sentences=[*notes, headline(runs), *faults(runs)],
        remarks=[*filter(None, [minima(runs)]), *remarks(runs)],
        marks=marks(runs),
    )


def page(
    movie: Movie,
    title: str,
    *,
    sentences: Sequence[str] = (),
    remarks: Sequence[str] = (),
    marks: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The HTML, about 5 MB of which are Plotly.js. Nothing is fetched, by whoever opens it and
    wherever, and it is light or dark as the reader's system is.

    `sentences` stand as paragraphs above the charts and `remarks` below them; `marks` are as in
    `lossviz.player.payload`.
    """
    data = payload(movie, run="page", marks=marks)
    parts = {
        "title": escape(title),
        "sentences": _paragraphs(sentences),
        "remarks": _paragraphs(remarks, ' class="remark"'),
        "payload": b64encode(data).decode(),
        **_fixed(),
    }
    template = _file("lossviz.export", "offline_page.html")
    return re.sub(r"\{(\w+)\}", lambda found: parts[found[1]], template)


def _paragraphs(sentences: Sequence[str], attributes: str = "") -> str:
    return "\n".join(f"<p{attributes}>{escape(sentence)}</p>" for sentence in sentences)


@cache
def _fixed() -> dict[str, str]:
    """What all pages have in common."""
    styles = _file("lossviz.player", "player.css") + _file("lossviz.export", "offline_page.css")
    return {
        "styles": styles,
        "plotly": _inline(_file("plotly", "package_data", "plotly.min.js")),
        "modules": json.dumps({"imports": _modules()}, indent=0),
        "start": _file("lossviz.export", "offline_page.js"),
    }


def _modules() -> dict[str, str]:
    """The player's modules under bare names: a relative one means nothing inside a data URL."""
    found = {}
    for path in sorted(files("lossviz.player").joinpath("js").iterdir(), key=lambda p: p.name):
        source = re.sub(r'\bfrom "\./', 'from "lossviz/', path.read_text("utf-8"))
        encoded = b64encode(source.encode()).decode()
        found[f"lossviz/{path.name}"] = f"data:text/javascript;charset=utf-8;base64,{encoded}"
    return found


def _inline(script: str) -> str:
    """A script that no HTML parser ends too early; inside JavaScript's strings the backslash means
    nothing."""
    return script.replace("</script", r"<\/script").replace("<!--", r"<\!--")


def _file(package: str, *path: str) -> str:
    return files(package).joinpath(*path).read_text("utf-8")
