"""LossViz: explore loss functions by watching them train.

import lossviz

sweep, notes = lossviz.parse("loss=squared_error&loss=huber&outliers=vertical")
for run in lossviz.run_all(sweep):
    print(run.experiment.loss, run.theta[-1], run.status)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lossviz.analysis.landscape import Landscape, landscape
    from lossviz.analysis.minimum import Reference, reference
    from lossviz.analysis.training import run, run_all, stream
    from lossviz.engine.experiment import Experiment, Sweep
    from lossviz.engine.link import parse
    from lossviz.engine.run import Run
    from lossviz.engine.sampling import Sample, sample
    from lossviz.estimators import GradientDescentClassifier, GradientDescentRegressor
    from lossviz.formula.item import LOSSES
    from lossviz.items.datasets import DATASETS
    from lossviz.items.models import MODELS
    from lossviz.items.optimizers import OPTIMIZERS
    from lossviz.items.outliers import OUTLIERS
    from lossviz.items.schedules import SCHEDULES

__version__ = "0.1.0"
__all__ = [
    "DATASETS",
    "LOSSES",
    "MODELS",
    "OPTIMIZERS",
    "OUTLIERS",
    "SCHEDULES",
    "Experiment",
    "GradientDescentClassifier",
    "GradientDescentRegressor",
    "Landscape",
    "Reference",
    "Run",
    "Sample",
    "Sweep",
    "landscape",
    "parse",
    "reference",
    "run",
    "run_all",
    "sample",
    "stream",
]


# Where each of these is: its room is imported when it is first asked for, as few need all rooms.
_ROOMS = {
    "analysis.landscape": ("Landscape", "landscape"),
    "analysis.minimum": ("Reference", "reference"),
    "analysis.training": ("run", "run_all", "stream"),
    "engine.experiment": ("Experiment", "Sweep"),
    "engine.link": ("parse",),
    "engine.run": ("Run",),
    "engine.sampling": ("Sample", "sample"),
    "estimators": ("GradientDescentClassifier", "GradientDescentRegressor"),
    "items.datasets": ("DATASETS",),
    "formula.item": ("LOSSES",),  # with those that users write
    "items.models": ("MODELS",),
    "items.optimizers": ("OPTIMIZERS",),
    "items.outliers": ("OUTLIERS",),
    "items.schedules": ("SCHEDULES",),
}


def __getattr__(name: str) -> Any:
    for room, names in _ROOMS.items():
        if name in names:
            found = globals()[name] = getattr(import_module(f"lossviz.{room}"), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
