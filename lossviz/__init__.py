"""LossViz: explore loss functions by watching them train.

    import lossviz

    sweep, notes = lossviz.parse("loss=squared_error&loss=huber&outliers=vertical")
    for run in lossviz.run_all(sweep):
        print(run.experiment.loss, run.theta[-1], run.status)
"""

from typing import TYPE_CHECKING, Any

from lossviz.datasets import DATASETS
from lossviz.experiment import Experiment, Sweep
from lossviz.landscape import Landscape, landscape
from lossviz.link import parse
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.optimizers import OPTIMIZERS
from lossviz.outliers import OUTLIERS
from lossviz.reference import Reference, reference
from lossviz.sampling import Sample, sample
from lossviz.schedules import SCHEDULES
from lossviz.training import Run, run, run_all, stream

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
