"""Plotly.js and the player's modules: where they lie, under which addresses, and their bytes.

Addresses hold a digest, so that browsers may keep files for good. They are relative to the app's
root, so that it works under a sub-path.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

PLAYER: Final = Path(str(files("lossviz.player")))
MODULES: Final = {path.name: path for path in sorted(PLAYER.glob("js/*.js"))}
PLOTLY: Final = Path(str(files("plotly"))) / "package_data" / "plotly.min.js"


@cache
def digest(*paths: Path) -> str:
    """What tells these files from any others."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:12]


PLOTLY_URL: Final = f"lossviz/{digest(PLOTLY)}/plotly.min.js"
PLAYER_FOLDER: Final = f"lossviz/{digest(*MODULES.values())}/player"
PLAYER_URL: Final = f"{PLAYER_FOLDER}/player.js"
STILL_URL: Final = f"{PLAYER_FOLDER}/still.js"


def content(path: Path) -> bytes:
    """The bytes to send for a file."""
    found = path.read_bytes()
    # A function in brackets is compiled while the file still comes in, off the main thread;
    # Plotly's outermost lacks them, and would be read a second time when it is called.
    start, end = b"self : this, () => {", b"return Plotly;\n}));"
    if path == PLOTLY and found.count(start) == found.count(end) == 1:
        found = found.replace(start, start.replace(b"() =>", b"(() =>"))
        found = found.replace(end, end.replace(b"}", b"})"))
    return found


@cache
def zipped(path: Path) -> bytes:
    """The same, compressed: once a process, as Streamlit's own layer would compress 5 MB anew for
    every visitor."""
    return gzip.compress(content(path), compresslevel=6)
