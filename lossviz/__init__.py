"""LossViz: explore loss functions by watching them train.

import lossviz

sweep, notes = lossviz.parse("loss=squared_error&loss=huber&outliers=vertical")
for run in lossviz.run_all(sweep):
    print(run.experiment.loss, run.theta[-1], run.status)
"""

from typing import TYPE_CHECKING, Any

from lossviz.analysis.landscape import Landscape, landscape
from lossviz.analysis.minimum import Reference, reference
from lossviz.engine.experiment import Experiment, Sweep
from lossviz.engine.link import parse
from lossviz.engine.run import Run
from lossviz.engine.sampling import Sample, sample
from lossviz.engine.training import run, run_all, stream
from lossviz.items.datasets import DATASETS
from lossviz.items.losses import LOSSES
from lossviz.items.models import MODELS
from lossviz.items.optimizers import OPTIMIZERS
from lossviz.items.outliers import OUTLIERS
from lossviz.items.schedules import SCHEDULES

if TYPE_CHECKING:
    from lossviz.estimators import GradientDescentClassifier, GradientDescentRegressor

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


def __getattr__(name: str) -> Any:
    """The estimators, which bring in scikit-learn, when they are first asked for."""
    if name in ("GradientDescentClassifier", "GradientDescentRegressor"):
        from lossviz import estimators

        return getattr(estimators, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
