"""Learning rates: that of every update, and the largest that holds."""

from __future__ import annotations

import numpy as np

from lossviz.base.arrays import Array
from lossviz.engine.experiment import Experiment, loss_of
from lossviz.engine.task import Task
from lossviz.items.schedules import SCHEDULES


def rates_of(experiment: Experiment) -> Array:
    """The learning rate of every update."""
    schedule = SCHEDULES[experiment.schedule].function
    k = np.arange(experiment.steps)
    return experiment.lr * schedule(k, experiment.steps, **experiment.params_of("schedule"))


def largest_rate(task: Task) -> float | None:
    """The rate below which gradient descent on all rows cannot overshoot for good: 2 over the
    largest curvature of the objective. None where the loss has kinks or no bound on its
    curvature, or the theory does not speak (other optimizers, batches, L1, networks, losses that
    learn)."""
    e = task.experiment
    bound = None if task.learned else loss_of(e).curvature
    if bound is None or e.optimizer != "gd" or e.l1 or task.is_batched or not task.is_linear:
        return None
    # Hessian <= sup l'' * (features W features^T) / n + 2 l2, largest eigenvalue.
    weight, features = task.sample.weight, task.features
    weighted = features if weight is None else features * weight
    hessian = bound(**e.params_of("loss")) * (weighted @ features.T) / len(task.y)
    # With several outputs the bound is that on all of them together, so one of them stands for all.
    penalty = 2 * e.l2 * task.penalised[: len(hessian)]
    largest = np.linalg.eigvalsh(hessian + np.diag(penalty))[-1]
    return float(2 / largest) if largest > 0 else None
