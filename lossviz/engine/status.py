"""How a run went, or goes, in one sentence."""

from __future__ import annotations

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.words import counted
from lossviz.engine.numbers import percent
from lossviz.engine.rates import largest_rate, rates_of
from lossviz.engine.task import Task

MANIFOLD = 1e6  # a loss that has grown by this is not coming back


def status_of(
    task: Task, loss: Array, test_loss: Array, diverged_at: int | None, stopped_at: int | None
) -> str:
    """One sentence on how the run went, or goes."""
    e, end = task.experiment, len(loss) - 1
    if stopped_at is not None:
        return (
            f"Stopped early at step {stopped_at:,}: for {counted(e.patience, 'step')} "
            f"the clean test loss had not fallen below "
            f"that of step {int(np.argmin(test_loss)):,}."
        )
    if diverged_at is not None and diverged_at > end:
        diverged_at = None  # not yet
    if end < e.steps and diverged_at is None:
        return f"Training: {end:,} of {e.steps:,} steps."
    rates, limit, advice = rates_of(e), largest_rate(task), ""
    if limit is not None and rates.max() > limit:
        advice = f" The largest rate that is sure to hold here is {limit:.3g}."
    if diverged_at == 0:
        return "Not started: at the start the loss is no finite number."
    if diverged_at is not None:
        rate = rates[max(diverged_at - 1, 0)]
        return f"Diverged at step {diverged_at:,}: the rate {rate:.3g} is too large.{advice}"
    if np.ptp(loss) == 0:
        return "Standing still: at the start there is no slope to follow."
    if loss[-1] > MANIFOLD * np.abs(loss[0]) > 0:
        passed = int(np.argmax(loss > MANIFOLD * np.abs(loss[0])))
        return f"Diverging: by step {passed:,} the loss was a million times its start.{advice}"
    if loss[-1] - loss[0] > 1e-3 * np.abs(loss[0]):
        return f"Rising: the loss ends above its start.{advice}"
    if is_bouncing(loss):
        return f"Bouncing: the steps are too large to settle.{advice}"
    drop = loss[0] - loss
    if drop[-1] <= 0:
        return "Standing still: the loss ends where it began."
    tail, settled = last_tenth(loss), int(np.argmax(drop >= 0.999 * drop[-1]))
    if settled > end - len(tail):
        return (
            f"Still falling: from {tail[0]:.4g} to {tail[-1]:.4g} in the last tenth of the steps."
        )
    return f"Settled: by step {settled:,} the loss had made {percent('99.9')} of its fall."


def is_bouncing(loss: Array) -> bool:
    """Whether the loss (k+1,) still goes up and down in the last tenth of the steps."""
    tail = last_tenth(loss)
    rises = np.diff(tail) > 1e-9 * np.abs(tail[:-1])
    return bool(rises.mean() > 0.1 and np.ptp(tail) > 1e-4 * (np.abs(tail[-1]) + 1e-12))


def last_tenth(loss: Array) -> Array:
    return loss[-max(2, len(loss) // 10) :]
