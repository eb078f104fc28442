"""The live player, seen from Python: ordinary Plotly figures, plus how they move.

A `Movie` is figures and tracks. `still` gives any frame as plain figures; `payload` gives
what the browser needs to play the whole, in a size linear in the number of frames.
Nothing here knows what the charts are about, and nothing imports Streamlit.
"""

from lossviz.player.encoding import payload
from lossviz.player.interaction import (
    Action,
    Edit,
    Editing,
    Knob,
    Turn,
    read_action,
    read_edit,
    read_turn,
)
from lossviz.player.linked import Detail, Link, Links, Share
from lossviz.player.movie import (
    Chart,
    Movie,
    Row,
    Table,
    Track,
    still,
)
from lossviz.player.packing import pack, unpack
from lossviz.player.story import Story

__all__ = [
    "Action",
    "Chart",
    "Detail",
    "Edit",
    "Editing",
    "Knob",
    "Link",
    "Links",
    "Movie",
    "Row",
    "Share",
    "Story",
    "Table",
    "Track",
    "Turn",
    "pack",
    "payload",
    "read_action",
    "read_edit",
    "read_turn",
    "still",
    "unpack",
]
