"""How the page looks at some runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lossviz.datasets import DATASETS
from lossviz.experiment import Experiment
from lossviz.models import MODELS

PANELS = {
    "overview": "Overview",
    "metrics": "Threshold and metrics",
    "network": "Network",
    "images": "Images",
}


@dataclass(frozen=True)
class View:
    """What is drawn, and how.

    panel: one of PANELS. chosen: the number of the run whose objective is drawn as the surface,
        whose rows are the ones on show, and whose network is drawn.
    relative, is_log: of the convergence chart; in_3d: of the surface.
    across, up: the features that span the plane of decision regions, by number from 1; 0 chooses.
    threshold: the chance of class 1 from which on a row is put into it. row: the training row whose
        way through the model is shown, by number from 0.
    came_from: what the user's own rows were drawn for before they were edited, if the truth of
        that is to stay in sight.
    """

    panel: str = "overview"
    chosen: int = 0
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
