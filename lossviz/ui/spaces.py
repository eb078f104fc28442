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
from lossviz.items.losses import LOSSES
from lossviz.ui.gallery import address as gallery
from lossviz.views.examples import WELCOME
from lossviz.views.panels import PANELS

STEP = VIEW + "step"
MOST = 1_000_000  # rows and features that a link may name


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


def _views(*params: Param) -> Mapping[str, Param]:
    return {VIEW + param.name: param for param in params}


PLAYGROUND = Space(
    prefix="",
    views=_views(
        Param("panel", "overview", label="Show", choices=PANELS),
        Param("surface", next(iter(LOSSES)), label="Loss on show", choices=LOSSES),
        Param("surface_in", "2d", label="Surface in", choices=("2d", "3d")),
        Param("scale", "log", label="Convergence axis", choices=("log", "linear")),
        Param(
            "units",
            "relative",
            label="Convergence units",
            choices=("relative", "own"),
            help="relative: a loss as a share of where it starts. own: in units of its own.",
        ),
        Param("size", "normal", label="Size", choices=("normal", "presentation")),
        Param("across", 0, 0, MOST, "Across", "The feature along the horizontal axis."),
        Param("up", 0, 0, MOST, "Up", "The feature along the upright axis."),
        Param(
            "threshold",
            0.5,
            0.0,
            1.0,
            "Threshold",
            "From this chance of class 1 on, a row is put into it.",
        ),
        Param("row", 1, 1, MOST, "Training row", "The row whose way through the model is shown."),
        Param(
            "cost",
            "unsure",
            label="What do errors cost?",
            choices=dict.fromkeys(key for words in COSTS.values() for key in words),
        ),
    ),
    as_link=str,
    as_address=_plain_address,
    welcome=WELCOME.query,
)
GALLERY = Space(
    prefix="gallery ",
    views=_views(
        Param("target", 3.0, 0.0, 20.0, "Target", "Some losses depend on more than the residual.")
    ),
    as_link=gallery.as_link,
    as_address=gallery.address,
    first={data: gallery.FIRST_SHOWN[task] for task, data in gallery.EXAMPLE.items()},
)
VIEWS: Mapping[str, Param] = {**PLAYGROUND.views, **GALLERY.views}


def param_of(key: str) -> Param:
    """The Param behind a setting's key, of a run or of how a page looks at it."""
    return VIEWS[key] if key in VIEWS else settings.param_of(key)
