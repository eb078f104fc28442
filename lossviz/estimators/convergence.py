"""Whether a fit has come to its end, in words: what the estimators warn of.

How much of the way down is still to go is counted, never timed, and is the larger of two figures.
The loss is taken to go on slowing down, or hopping, as it did in the last tenths of the steps. And
where it is smooth and the model linear, a step of Newton's method from the end may show a lower
point: badly scaled features let descent crawl where much is still to be had.
"""

from __future__ import annotations

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.words import counted
from lossviz.engine.experiment import loss_of
from lossviz.engine.objective import Objective
from lossviz.engine.run import Run
from lossviz.engine.status import is_bouncing
from lossviz.engine.task import Task

FAR_SHARE = 0.1  # the share of the way down, still to go, from which a fit is far from done
TURNS = 20  # of conjugate gradients, each as dear as two steps of descent
MOST_KEPT_UP = 0.95  # of what a tenth of the steps falls, the next may fall
LENGTHS = 2.0 ** np.arange(-20, 21)  # of a step tried; up to 1 where its own length is known


def complaint(task: Task, run: Run) -> str:
    """What is wrong with a run that is over, and what to do: sentences, or ""."""
    e, loss = run.experiment, run.loss
    if run.diverged_at is not None:
        return run.status
    if loss[-1] - loss[0] > 1e-3 * np.abs(loss[0]):
        return f"{run.status} Take a smaller rate than {e.lr:g}, or scaled features."
    if run.stopped_at is not None:
        return ""
    is_convex = task.is_linear and loss_of(e).convex is True
    if np.ptp(loss) == 0 and not is_convex:
        return f"{run.status} Start elsewhere (init), or scale the targets."
    left, way = to_go(task, run)
    if not left > FAR_SHARE * way:
        return ""
    means = "a smaller rate or a falling schedule" if is_bouncing(loss) else "a larger rate"
    scaling = "" if task.sample.is_scaled else ', or scaling="standard"'
    return (
        f"Far from done: after {counted(e.steps, 'step')} the loss is {loss[-1]:.4g}, and "
        f"about {left:.3g} lower is to be had. Take more steps, {means}, "
        f"another optimizer{scaling}."
    )


def to_go(task: Task, run: Run) -> tuple[float, float]:
    """How much further the loss could fall at the end, and what to hold that against: the whole way
    down from the start or, where that is less, the loss of one constant prediction. (Far-off
    targets make the way long, and nearly all of it is the intercept's.)"""
    loss, e = run.loss, run.experiment
    with np.errstate(all="ignore"):
        left = left_by_curve(loss)
        if task.is_linear and not loss_of(e).kinks(**e.params_of("loss")):
            left = max(left, loss[-1] - lowest_ahead(Objective.of([task]), run.path[-1]))
        if task.learned is None and loss[-1] > 0:  # losses that learn go below 0, hardly any others
            left = min(left, loss[-1])
        way = min(loss[0] - loss[-1] + left, constant_loss(task))
    return (float(left) if left > 1e-12 * np.abs(loss[0]) else 0.0), float(way)


def lowest_ahead(objective: Objective, theta: Array) -> float:
    """The lowest value from theta (P,) along one step of Newton's method, found by conjugate
    gradients and tried at several lengths; the value at theta if none is lower."""
    [here], [gradient] = objective(theta[None])
    step, rest, ahead, lengths = np.zeros_like(theta), -gradient, -gradient, LENGTHS[LENGTHS <= 1]
    for _ in range(min(TURNS, len(theta))):
        if not (size := rest @ rest) > 0:
            break
        h = 1e-5 * (1 + np.abs(theta).max()) / np.abs(ahead).max()
        _, [[up], [down]] = objective(theta + h * np.stack([ahead, -ahead])[:, None])
        bend = (up - down) / (2 * h)
        curvature = ahead @ bend
        if not curvature > 1e-14 * (ahead @ ahead):  # straight or bent down: as far as it goes
            step, lengths = step if step.any() else ahead, LENGTHS
            break
        step = step + size / curvature * ahead
        rest = rest - size / curvature * bend
        ahead = rest + (rest @ rest) / size * ahead
    tried = objective.values(theta + lengths[:, None, None] * step)
    return float(np.fmin.reduce(tried, axis=None, initial=here))


def left_by_curve(loss: Array) -> float:
    """How much further the loss (k+1,) falls if it goes on slowing down as in its last tenths, or
    how far it hops up and down."""
    tenth = max(len(loss) // 10, 1)
    means = [part.mean() for part in np.split(loss[-3 * tenth :], 3)] if len(loss) > 2 else loss
    before, last = -np.diff(means)[-2:] if len(means) > 2 else np.repeat(-np.diff(means), 2)
    if is_bouncing(loss):
        return max(last, 0.0) + means[-1] - loss[-tenth:].min()
    if last <= 0:
        return 0.0
    ratio = min(last / before, MOST_KEPT_UP) if before > 0 else MOST_KEPT_UP
    return last * ratio / (1 - ratio)  # a geometric series


def constant_loss(task: Task) -> float:
    """The mean loss of the better of two constant predictions, the mean and the median of targets
    that are numbers; inf for classes, and where the loss learns."""
    loss = loss_of(task.experiment)
    if loss.task != "regression" or task.learned is not None:
        return np.inf
    y, weight = task.y, task.sample.weight
    constants = loss.link(np.array([[np.average(y, weights=weight)], [np.median(y)]]))
    values, _ = loss.function(constants, y, **task.experiment.params_of("loss"))
    lowest = float(np.fmin.reduce(np.average(values, axis=1, weights=weight)))
    return lowest if lowest > 0 else np.inf
