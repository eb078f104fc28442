"""How a run went, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Literal

import numpy as np

from lossviz.analysis.minimum import Reference
from lossviz.analysis.replay import replay
from lossviz.base.arrays import Array
from lossviz.engine.experiment import loss_of
from lossviz.engine.numbers import number, percent
from lossviz.engine.objective import Objective
from lossviz.engine.run import Run
from lossviz.engine.status import is_bouncing
from lossviz.engine.task import Task
from lossviz.views.sentences.rounding import rounding

SETTLED, ARRIVED = 0.001, 0.01  # shares of the way down that may be left
FLAT = 1e-4  # share of the slope if all rows pulled the same way that counts as none


@dataclass(frozen=True)
class End:
    """Where a run that took all its steps has come to, on its way to the exact minimum.

    kind: "settled", by step `by`; "arrived": it hops within `left` of the minimum; "standing",
    with no slope left; "on its way"; "falling", where the minimum is not known; or "off": it rose,
    or bounces farther off.
    left: the share of the way down that is left.
    """

    kind: Literal["settled", "arrived", "standing", "on its way", "falling", "off"]
    left: float = 0.0
    by: int = 0


def end_of(run: Run, exact: Reference | None) -> End | None:
    """Where the run has come to; None where it did not take all its steps, or where there is no
    exact minimum that is known."""
    e = run.experiment
    is_over = run.diverged_at is not None or run.stopped_at is not None or len(run.loss) <= e.steps
    if is_over or exact is None or not exact.is_attained:
        return None
    loss = run.loss[: e.steps + 1]
    way = loss[0] - exact.value
    if way <= rounding(exact):
        is_there = loss[-1] - exact.value <= rounding(exact)
        return End("settled") if is_there else End("off", np.inf)
    left = (loss - exact.value) / way
    worst, hops = float(left[-max(2, len(left) // 10) :].max()), is_bouncing(loss)
    if worst <= SETTLED or (left[-1] <= SETTLED and not hops):
        return End("settled", float(left[-1]), int(np.flatnonzero(left > SETTLED)[-1]) + 1)
    if hops and worst <= ARRIVED:
        return End("arrived", worst)
    if hops or left[-1] >= 1:
        return End("off", float(left[-1]))
    is_standing = not exact.is_global and _is_flat(run)
    return End("standing" if is_standing else "on its way", float(left[-1]))


def ending(run: Run, exact: Reference | None) -> str:
    """How the run went, held against the exact minimum if it is known: a short sentence."""
    end = end_of(run, exact)
    if end is None or end.kind == "off":
        return run.status
    if end.kind == "settled":
        if not end.by:
            return "Settled: the start is at the minimum already."
        return f"Settled: within {percent('0.1')} of the way to the minimum by step {end.by:,}."
    if end.kind == "arrived":
        return (
            f"Arrived: it hops within {percent(number(100 * end.left, 2))} of the way to the "
            f"minimum{_why(run)}."
        )
    made = f"{made_in_words(end)} of the way down"
    if end.kind == "standing":
        return f"Standing {made}: no slope is left here, yet the loss is lower elsewhere."
    steps = run.experiment.steps
    return f"On its way: {made} after {steps:,} steps; more steps or a larger rate are needed."


def _why(run: Run) -> str:
    e = run.experiment
    if run.task.is_batched:
        return ", as batches that differ make it"
    has_kinks = bool(loss_of(e).kinks(**e.params_of("loss")))
    return ", as a constant rate must at a kink" if has_kinks and e.schedule == "constant" else ""


def made_in_words(end: End) -> str:
    """The share of the way down that was made, as a percentage."""
    # Rounded down, so that all of the way is never claimed.
    thousandths = floor(1000 * (1 - end.left))
    return percent(f"{thousandths / 10:g}" if thousandths else "under 0.1")


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
