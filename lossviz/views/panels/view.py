"""How the page looks at some runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lossviz.analysis.guide import COSTS
from lossviz.base.registry import Value
from lossviz.base.words import counted
from lossviz.engine.choices import called
from lossviz.engine.experiment import Experiment
from lossviz.engine.task import Task
from lossviz.items.datasets import DATASETS
from lossviz.items.datasets.table import MissingTable
from lossviz.items.models import MODELS

PANELS = {
    "overview": "Overview",
    "metrics": "Threshold and metrics",
    "network": "Network",
    "images": "Images",
}


@dataclass(frozen=True)
class View:
    """What is drawn, and how.

    panel: one of PANELS. focus: the number of the run whose objective is drawn as the surface,
        whose rows are the ones on show, and whose network is drawn.
    relative, is_log: of the convergence chart; in_3d: of the surface.
    across, up: the features that span the plane of decision regions, by number from 1; 0 chooses.
    threshold: the chance of class 1 from which on a row is put into it. row: the training row whose
        way through the model is shown, by number from 0.
    came_from: what the user's own rows were drawn for before they were edited, if the truth of
        that is to stay in sight.
    """

    panel: str = "overview"
    focus: int = 0
    relative: bool = True
    is_log: bool = True
    in_3d: bool = False
    across: int = 0
    up: int = 0
    threshold: float = 0.5
    row: int = 0
    came_from: Experiment | None = None


def panels(experiments: Sequence[Experiment]) -> tuple[str, ...]:
    """The panels that have something to show of these runs."""
    dataset = DATASETS[experiments[0].data]
    shown = {
        "metrics": dataset.task != "regression",
        "network": any(not MODELS[each.model].linear for each in experiments),
        "images": dataset.image is not None,
    }
    return tuple(panel for panel in PANELS if shown.get(panel, True))


def unfit(looks: Mapping[str, Value], experiments: Sequence[Experiment]) -> list[str]:
    """A sentence for each setting of how the page looks, by its name, that does not fit these runs,
    on what is shown in its place."""
    found, losses = [], [each.loss for each in experiments]
    task = DATASETS[experiments[0].data].task
    if "panel" in looks and looks["panel"] not in panels(experiments):
        named = PANELS[str(looks["panel"])]
        found.append(f"“{named}” has nothing to show of these runs, so the overview is shown.")
    if "surface" in looks and looks["surface"] not in losses:
        named, first = (called("loss", str(name)) for name in (looks["surface"], losses[0]))
        found.append(f"{named} is not among the losses, so the surface is that of {first}.")
    answers = COSTS["regression" if task == "regression" else "classes"]
    if "cost" in looks and looks["cost"] not in answers:
        found.append("What errors cost is said for other targets than these, and was left out.")
    if looks.keys() & {"row", "across", "up"}:
        try:
            rows = Task.of(experiments[0]).sample
        except MissingTable:
            return found
        count, width = rows.X.shape
        if int(looks.get("row", 1)) > count:
            found.append(f"The data have {counted(count, 'training row')}: the last one is shown.")
        for name in ("across", "up"):
            if int(looks.get(name, 0)) > width:
                has = counted(width, "feature")
                found.append(f"The data have {has}, so another than the link's goes {name}.")
    return found
