"""What pages keep of their own: how an address says their settings, and how they look at runs.

The playground and the guide share one space; the gallery has another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from lossviz.analysis.guide import COSTS
from lossviz.base.registry import Param
from lossviz.engine import settings
from lossviz.engine.experiment import Sweep
from lossviz.engine.link import VIEW
from lossviz.engine.settings import PLAIN
from lossviz.ui.gallery import address as gallery
from lossviz.views.examples import WELCOME
from lossviz.views.panels.settings import PANEL_VIEWS, Views

STEP, HERO = VIEW + "step", VIEW + "hero"
OF_THE_PLAYER = (STEP, HERO)  # what it writes into the address by itself


@dataclass(frozen=True)
class Space:
    """The settings of pages that share them.

    `prefix` begins its entries in the session and the keys of its widgets. `views` are the
    settings of how a page looks at the runs. `as_link` makes a link of runs of an address, and
    `as_address` the address of a sweep. `welcome` is the address where there is none. `first` says
    which losses data begin with, where each data set keeps losses of its own.
    """

    prefix: str
    views: Mapping[str, Param]
    as_link: Callable[[str], str]
    as_address: Callable[[Sweep], Sequence[tuple[str, str]]]
    welcome: str = ""
    first: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _plain_address(sweep: Sweep) -> Sequence[tuple[str, str]]:
    return parse_qsl(sweep.query() or f"data={PLAIN['data'].default}")


COST = Param(
    "cost",
    "unsure",
    label="What do errors cost?",
    choices=dict.fromkeys(key for words in COSTS.values() for key in words),
)
TARGET = Param("target", 3.0, 0.0, 20.0, "Target", "Some losses depend on more than the residual.")
PLAYGROUND = Space(
    prefix="",
    views=Views(lambda: (*PANEL_VIEWS.values(), COST)),
    as_link=str,
    as_address=_plain_address,
    welcome=WELCOME.query,
)
GALLERY = Space(
    prefix="gallery ",
    views=Views(lambda: (TARGET,)),
    as_link=gallery.as_link,
    as_address=gallery.address,
    first={data: gallery.first_shown(task) for task, data in gallery.EXAMPLE.items()},
)
VIEWS = Views(lambda: (*PLAYGROUND.views.values(), *GALLERY.views.values()))


def param_of(key: str) -> Param:
    """The Param behind a setting's key, of a run or of how a page looks at it."""
    return VIEWS[key] if key in VIEWS else settings.param_of(key)
