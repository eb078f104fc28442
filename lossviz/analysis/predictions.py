"""What runs predict at their kept frames, for any rows."""

from __future__ import annotations

import numpy as np

from lossviz.base.arrays import Array
from lossviz.engine.experiment import loss_of
from lossviz.engine.run import Run
from lossviz.engine.task import Task
from lossviz.items.models import MODELS

PIECE = 2**21  # numbers that a model may make at a time


def raw(run: Run, frames: Array, X: Array) -> Array:
    """The raw predictions at rows X (m, d), in the data's units, at some frames: (F', m), or
    (F', m, K) where the model has K outputs."""
    task, e = run.task, run.experiment
    scaled = (X - task.sample.center) / task.sample.scale
    return raw_of(task, run.path[frames], MODELS[e.model].function(scaled, **e.params_of("model")))


def raw_of(task: Task, path: Array, features: Array) -> Array:
    # A piece of the frames at a time, as a network's layers take room.
    widest = max(units for units, _ in task.layers)
    piece = max(1, PIECE // (widest * features.shape[-1]))
    with np.errstate(all="ignore"):
        return np.concatenate(
            [task.forward(path[k : k + piece], features)[0] for k in range(0, len(path), piece)]
        )


def chances(run: Run, frames: Array, X: Array) -> Array:
    """The predictions at rows X (m, d) through the loss's inverse link: for two classes that of
    class 1, (F', m), for several (F', m, K). Probabilities where `Loss.probabilistic` says so."""
    with np.errstate(all="ignore"):
        return loss_of(run.experiment).inverse_link(raw(run, frames, X))


def curves(run: Run, x: Array) -> Array:
    """The fitted curve of a one-feature run at x (m,), for every kept frame: (F, m), in the
    target's units."""
    return chances(run, np.arange(len(run.steps)), x[:, None])
