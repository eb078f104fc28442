"""The settings of how the page looks at some runs: those of every panel and those that several
share. What belongs to one panel alone stands with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from lossviz.analysis.guide import COSTS
from lossviz.base.registry import OutOfRange, Param, Value, quote, text
from lossviz.base.words import counted, in_full
from lossviz.engine.choices import called
from lossviz.engine.experiment import Experiment
from lossviz.engine.link import VIEW
from lossviz.engine.task import Task
from lossviz.items.datasets import DATASETS
from lossviz.items.datasets.table import MissingTable
from lossviz.items.losses import LOSSES
from lossviz.views.charts.measures import GAP, UNITS
from lossviz.views.panels.base import FIRST, PANELS, Control, View, panels

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


class Views(Mapping[str, Param]):
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


PANEL_VIEWS = Views(_all)


def read_view(key: str, words: str, views: dict[str, Value], known: Mapping[str, Param]) -> str:
    """Put one setting of how a page looks, if it is among those that are known, beside the others;
    a sentence where that fails."""
    if key not in known:
        return f"{quote(key)} is not known and was left out."
    param = known[key]
    try:
        value, said = param.check(words), ""
    except OutOfRange as error:
        value = param.nearest(float(words))
        # Of what lies beyond any data, `unfit` says how much the data have.
        said = "" if value == MOST else f"{key} {error}, so {in_full(value)} was used."
    except ValueError:
        return f"{key} {quote(words)} is not known and was left out."
    if views.setdefault(key, value) != value:
        return f"{key} takes one value: {text(views[key])} was used, {quote(words)} was left out."
    return said


def view_of(
    views: Mapping[str, Value],
    experiments: Sequence[Experiment],
    came_from: Experiment | None = None,
) -> View:
    """How settings, by their keys, look at the runs of these experiments."""
    losses = [each.loss for each in experiments]
    value = {param.name: views.get(key, param.default) for key, param in PANEL_VIEWS.items()}
    panel, chosen = str(value["panel"]), str(value["surface"])
    return View(
        panel=panel if panel in panels(experiments) else FIRST,
        focus=losses.index(chosen) if chosen in losses else 0,
        units=str(value["units"]),
        is_log=value["scale"] == "log",
        in_3d=value["surface_in"] == "3d",
        options={
            param.name: value[param.name] for each in PANELS.values() for param in each.params
        },
        came_from=came_from,
    )


def plane(experiments: Sequence[Experiment], features: Sequence[str]) -> list[Control]:
    """What asks for the features that span the plane of rows with classes: by number from 1, and 0
    chooses."""
    if DATASETS[experiments[0].data].task == "regression" or len(features) < 3:
        return []
    names = dict(enumerate(("principal component", *features)))
    return [Control(VIEW + param.name, names=names, width=230) for param in (ACROSS, UP)]


def unfit(views: Mapping[str, Value], experiments: Sequence[Experiment]) -> list[str]:
    """A sentence for each setting of how the page looks, by its name, that does not fit these runs,
    on what is shown in its place."""
    found, losses = [], [each.loss for each in experiments]
    task = DATASETS[experiments[0].data].task
    if "panel" in views and views["panel"] not in panels(experiments):
        named, first = PANELS[str(views["panel"])].label, PANELS[FIRST].label.lower()
        found.append(f"“{named}” has nothing to show of these runs, so the {first} is shown.")
    if "surface" in views and views["surface"] not in losses:
        named, first = (called("loss", str(name)) for name in (views["surface"], losses[0]))
        found.append(f"{named} is not among the losses, so the surface is that of {first}.")
    answers = COSTS["regression" if task == "regression" else "classes"]
    if "cost" in views and views["cost"] not in answers:
        found.append("What errors cost is said for other targets than these, and was left out.")
    if views.keys() & {ROW.name, ACROSS.name, UP.name}:
        try:
            rows = Task.of(experiments[0]).sample
        except MissingTable:
            return found
        count, width = rows.X.shape
        if int(views.get(ROW.name, 1)) > count:
            found.append(f"The data have {counted(count, 'training row')}: the last one is shown.")
        for param in (ACROSS, UP):
            if int(views.get(param.name, 0)) > width:
                has = counted(width, "feature")
                found.append(f"The data have {has}, so another than the link's goes {param.name}.")
    return found
