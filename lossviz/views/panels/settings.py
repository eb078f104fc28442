"""The settings of how the page looks at some runs: those of every panel and those that several
share. What belongs to one panel alone stands with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from lossviz.analysis.guide import COSTS
from lossviz.base.registry import Param, Value
from lossviz.base.words import counted
from lossviz.engine.choices import called
from lossviz.engine.experiment import Experiment
from lossviz.engine.link import VIEW
from lossviz.engine.task import Task
from lossviz.items.datasets import DATASETS
from lossviz.items.datasets.table import MissingTable
from lossviz.items.losses import LOSSES
from lossviz.views.charts.measures import GAP, UNITS
from lossviz.views.panels.base import FIRST, PANELS, Control, panels

MOST = 1_000_000  # rows and features that a link may name
OF_EVERY_PANEL = (
    Param("panel", FIRST, label="Show", choices=PANELS),
    # Of which run: `View.focus`.
    Param("surface", next(iter(LOSSES)), label="Loss on show", choices=LOSSES),
    Param("surface_in", "2d", label="Surface in", choices=("2d", "3d")),
    Param("scale", "log", label="Convergence axis", choices=("log", "linear")),
    Param(
        "units",
        GAP,
        label="Convergence units",
        choices=UNITS,
        help="gap: how far a loss is above its own minimum, where that is known, as a share of "
        "the start. relative: the loss as a share of where it starts. own: in units of its own.",
    ),
    Param("size", "normal", label="Size", choices=("normal", "presentation")),
)
ACROSS = Param("across", 0, 0, MOST, "Across", "The feature along the horizontal axis.")
UP = Param("up", 0, 0, MOST, "Up", "The feature along the upright axis.")
ROW = Param("row", 1, 1, MOST, "Training row", "The row whose way through the model is shown.")


class Looks(Mapping[str, Param]):
    """Settings by their keys in a link, in its order; asked for anew each time, as panels may be
    registered at any time."""

    def __init__(self, every: Callable[[], Iterable[Param]]) -> None:
        self._every = every

    def __getitem__(self, key: str) -> Param:
        return self._by_key()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key())

    def __len__(self) -> int:
        return len(self._by_key())

    def _by_key(self) -> dict[str, Param]:
        return {VIEW + param.name: param for param in self._every()}


def _all() -> Iterator[Param]:
    yield from OF_EVERY_PANEL
    for each in PANELS.values():
        yield from each.params


LOOKS = Looks(_all)


def plane(experiments: Sequence[Experiment], features: Sequence[str]) -> list[Control]:
    """What asks for the features that span the plane of rows with classes: by number from 1, and 0
    chooses."""
    if DATASETS[experiments[0].data].task == "regression" or len(features) < 3:
        return []
    names = dict(enumerate(("principal component", *features)))
    return [Control(VIEW + param.name, names=names, width=230) for param in (ACROSS, UP)]


def unfit(looks: Mapping[str, Value], experiments: Sequence[Experiment]) -> list[str]:
    """A sentence for each setting of how the page looks, by its name, that does not fit these runs,
    on what is shown in its place."""
    found, losses = [], [each.loss for each in experiments]
    task = DATASETS[experiments[0].data].task
    if "panel" in looks and looks["panel"] not in panels(experiments):
        named, first = PANELS[str(looks["panel"])].label, PANELS[FIRST].label.lower()
        found.append(f"“{named}” has nothing to show of these runs, so the {first} is shown.")
    if "surface" in looks and looks["surface"] not in losses:
        named, first = (called("loss", str(name)) for name in (looks["surface"], losses[0]))
        found.append(f"{named} is not among the losses, so the surface is that of {first}.")
    answers = COSTS["regression" if task == "regression" else "classes"]
    if "cost" in looks and looks["cost"] not in answers:
        found.append("What errors cost is said for other targets than these, and was left out.")
    if looks.keys() & {ROW.name, ACROSS.name, UP.name}:
        try:
            rows = Task.of(experiments[0]).sample
        except MissingTable:
            return found
        count, width = rows.X.shape
        if int(looks.get(ROW.name, 1)) > count:
            found.append(f"The data have {counted(count, 'training row')}: the last one is shown.")
        for param in (ACROSS, UP):
            if int(looks.get(param.name, 0)) > width:
                has = counted(width, "feature")
                found.append(f"The data have {has}, so another than the link's goes {param.name}.")
    return found
