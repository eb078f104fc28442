"""How a run went, in a sentence."""

from __future__ import annotations

from math import floor

import numpy as np

from lossviz.experiment import loss_of
from lossviz.figures.numbers import number
from lossviz.objective import Objective
from lossviz.reference import Reference
from lossviz.replay import replay
from lossviz.task import Task
from lossviz.training import Run, is_bouncing

Array = np.ndarray
ROUNDING = 1e-12  # share of a size that is only rounding
SETTLED, ARRIVED = 0.001, 0.01  # shares of the way down that may be left
FLAT = 1e-4  # share of the slope if all rows pulled the same way that counts as none


def status(run: Run, exact: Reference | None) -> str:
    """How the run went, held against the exact minimum if it is known: a short sentence."""
    e = run.experiment
    is_over = run.diverged_at is not None or run.stopped_at is not None or len(run.loss) <= e.steps
    if is_over or exact is None or not exact.is_attained:
        return run.status
    loss = run.loss[: e.steps + 1]
    way = loss[0] - exact.value
    if way <= rounding(exact):
        is_there = loss[-1] - exact.value <= rounding(exact)
        return "Settled: the start is at the minimum already." if is_there else run.status
    left = (loss - exact.value) / way
    worst, hops = float(left[-max(2, len(left) // 10) :].max()), is_bouncing(loss)
    if worst <= SETTLED or (left[-1] <= SETTLED and not hops):
        by = int(np.flatnonzero(left > SETTLED)[-1]) + 1
        return f"Settled: within 0.1 % of the way to the minimum by step {by:,}."
    if hops and worst <= ARRIVED:
        return (
            f"Arrived: it hops within {number(100 * worst, 2)} % of the way to the minimum"
            f"{_why(run)}."
        )
    if hops or left[-1] >= 1:
        return run.status
    made = f"{_percent(1 - left[-1])} of the way down"
    if not exact.is_global and _is_flat(run):
        return f"Standing {made}: no slope is left here, yet the loss is lower elsewhere."
    return f"On its way: {made} after {e.steps:,} steps; more steps or a larger rate are needed."


def _why(run: Run) -> str:
    e = run.experiment
    if run.task.is_batched:
        return ", as batches that differ make it"
    has_kinks = bool(loss_of(e).kinks(**e.params_of("loss")))
    return ", as a constant rate must at a kink" if has_kinks and e.schedule == "constant" else ""


def _percent(share: float) -> str:
    # Rounded down, so that all of the way is never claimed.
    thousandths = floor(1000 * share)
    return f"{thousandths / 10:g} %" if thousandths else "under 0.1 %"


def _is_flat(run: Run) -> bool:
    """Whether the rows' pulls at the end cancel out, or are next to none."""
    task, e = run.task, run.experiment
    bound = loss_of(e).slope_bound
    pull = bound(**e.params_of("loss")) if bound else np.inf
    if not np.isfinite(pull):
        pull = np.abs(replay(run, np.array([len(run.steps) - 1])).slope).mean()
    [gradient] = np.abs(Objective.of([task])(run.path[-1:])[1])
    weights, latents = np.split(gradient, [task.weights])
    return bool(np.all(weights <= FLAT * pull * _reach(task)) and np.all(latents <= FLAT))


def _reach(task: Task) -> Array:
    """How far each of the model's parameters moves the predictions, on average over the rows."""
    return np.tile(np.abs(task.features).mean(axis=1), max(task.outputs, 1))


def rounding(exact: Reference) -> float:
    """A difference from the minimum that is nothing but rounding."""
    return ROUNDING * max(1.0, abs(exact.value))
