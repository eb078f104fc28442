"""What moved in some runs, in units of their charts: a line's height, a parameter, mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lossviz.analysis.predictions import chances, curves
from lossviz.base.arrays import Array
from lossviz.engine.experiment import loss_of
from lossviz.engine.run import Run
from lossviz.items.losses.base import identity
from lossviz.player.story import plain
from lossviz.views.sentences.names import short_names

STILL = 1e-9  # share of the size of what moves that is but rounding
ENDS = " at the left end", " in the middle", " at the right end"
FAVOURED = (2, 0, 1)  # of places where as much has moved, the first of these is spoken of


@dataclass(frozen=True, eq=False)
class Move:
    """One quantity of each run.

    thing: what it is called; where: words that follow the verb, or "". values (R, F'): at some
        kept frames. kind: how it is said: "by" how much it moved, or from where "to" where, in
        numbers or as a "share".
    """

    thing: str
    where: str
    values: Array
    kind: str

    @property
    def by(self) -> Array:
        """How far each has moved since the first frame, (R, F')."""
        with np.errstate(all="ignore"):
            return self.values - self.values[:, :1]

    @property
    def is_still(self) -> bool:
        """Whether nothing has moved at all."""
        finite = np.isfinite(self.values)
        size = np.abs(np.where(finite, self.values, 0.0)).max(initial=0.0)
        return bool(np.all(np.abs(np.where(finite, self.by, 0.0)) <= STILL * size))


def move_of(runs: Sequence[Run], frames: Array) -> Move:
    """What there is to say of these runs at some of their kept frames: for classes how many
    mistakes they make; for numbers what moved most, of a line's heights or of the parameters; of
    networks on several features the clean test loss."""
    if runs[0].error is not None:
        errors = [run.test_error[frames] for run in runs if run.test_error is not None]
        return Move("mistakes on clean test rows", "", np.array(errors), "share")
    if all(run.task.sample.X.shape[1] == 1 for run in runs):
        return _heights(runs, frames)
    names = {run.names for run in runs}
    if all(run.task.is_linear for run in runs) and len(names) == 1:
        return _parameters(runs, frames)
    losses = [run.test_loss[run.steps[frames]] for run in runs]
    return Move("clean test loss", "", np.array(losses), "to")


def _heights(runs: Sequence[Run], frames: Array) -> Move:
    found = []
    for run in runs:
        x = run.task.sample.X[:, 0]
        ends = np.array([x.min(), (x.min() + x.max()) / 2, x.max()])
        found.append(curves(run, ends)[frames])
    values = np.array(found)  # (R, F', 3)
    place = _most(values, runs)
    straight = all(
        run.experiment.model == "linear" and loss_of(run.experiment).inverse_link is identity
        for run in runs
    )
    return Move("line" if straight else "curve", ENDS[place], values[..., place], "by")


def _parameters(runs: Sequence[Run], frames: Array) -> Move:
    """The mean prediction, or the parameter that moves the predictions most: neither depends on how
    features are scaled."""
    means = np.array([_mean(run, frames) for run in runs])
    paths = np.array([run.path[frames, : run.task.weights] for run in runs])
    moved = np.concatenate([means[..., None], paths * _spread(runs[0])], axis=-1)
    place = _most(moved, runs, order=range(moved.shape[-1]))
    if not place:
        return Move("mean prediction", "", means, "by")
    names = short_names(runs[0].names)
    name = names[runs[0].names[place - 1]]
    values = np.array([run.theta[frames, place - 1] for run in runs])
    return Move(plain(name), "", values, "by")


def _mean(run: Run, frames: Array) -> Array:
    """The mean prediction for the training rows (F',), in the target's units."""
    if loss_of(run.experiment).inverse_link is not identity:
        return chances(run, frames, run.task.sample.X).mean(axis=1)
    with np.errstate(all="ignore"):
        return run.path[frames, : run.task.weights] @ run.task.features.mean(axis=1)


def _spread(run: Run) -> Array:
    """By how much a unit of each parameter of the descent moves the predictions apart (P,): the
    standard deviation, over the training rows, of what it is multiplied by."""
    return run.task.features.std(axis=1)


def _most(values: Array, runs: Sequence[Run], order: Sequence[int] = FAVOURED) -> int:
    """Of quantities (R, F', Q) the number of that which moved most to the end, in runs that have
    not diverged, if there are any."""
    alive = [k for k, run in enumerate(runs) if run.diverged_at is None] or list(range(len(runs)))
    with np.errstate(all="ignore"):
        moved = np.abs(values[alive, -1] - values[alive, 0])
    moved = np.where(np.isfinite(moved), moved, 0.0).max(axis=0)
    best = float(moved.max())
    return next(place for place in order if moved[place] >= best * (1 - STILL))
