"""What is said of some runs in sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import floor

import numpy as np

from lossviz.experiment import OBJECTIVE, Experiment
from lossviz.figures.numbers import number
from lossviz.figures.style import styles
from lossviz.losses import LOSSES
from lossviz.objective import Objective, Task
from lossviz.reference import Reference, moved_by_outliers, reference
from lossviz.replay import replay
from lossviz.training import Run, is_bouncing

ROUNDING = 1e-12  # share of a size that is only rounding
SETTLED, ARRIVED = 0.001, 0.01  # shares of the way down that may be left
FLAT = 1e-4  # share of the slope if all rows pulled the same way that counts as none


def status(run: Run, exact: Reference) -> str:
    """How the run went, held against the exact minimum: a short sentence."""
    e = run.experiment
    if run.diverged_at is not None or len(run.loss) <= e.steps:
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
            f"{_why(e)}."
        )
    if hops or left[-1] >= 1:
        return run.status
    made = f"{_percent(1 - left[-1])} of the way down"
    if not exact.is_global and _is_flat(run):
        return f"Standing {made}: no slope is left here, yet the loss is lower elsewhere."
    return f"On its way: {made} after {e.steps:,} steps; more steps or a larger rate are needed."


def _why(e: Experiment) -> str:
    if Task.of(e).is_batched:
        return ", as batches that differ make it"
    has_kinks = bool(LOSSES[e.loss].kinks(**e.params_of("loss")))
    return ", as a constant rate must at a kink" if has_kinks and e.schedule == "constant" else ""


def _percent(share: float) -> str:
    # Rounded down, so that all of the way is never claimed.
    thousandths = floor(1000 * share)
    return f"{thousandths / 10:g} %" if thousandths else "under 0.1 %"


def _is_flat(run: Run) -> bool:
    """Whether the rows' pulls at the end cancel out, or are next to none."""
    task, e = Task.of(run.experiment), run.experiment
    bound = LOSSES[e.loss].slope_bound
    pull = bound(**e.params_of("loss")) if bound else np.inf
    if not np.isfinite(pull):
        pull = np.abs(replay(run, np.array([len(run.steps) - 1])).slope).mean()
    [gradient] = np.abs(Objective.of([task])(run.path[-1:])[1])
    return bool(np.all(gradient <= FLAT * pull * np.abs(task.features).mean(axis=1)))


def rounding(exact: Reference) -> float:
    """A difference from the minimum that is nothing but rounding."""
    return ROUNDING * max(1.0, abs(exact.value))


def name_of(parameter: str) -> str:
    """A parameter's name without its units."""
    return re.sub(r" \([^()]*\)", "", parameter)


def headline(runs: Sequence[Run]) -> str:
    """In words and numbers: how far the outliers moved what each loss would settle on."""
    asked = _objectives(runs)
    tasks = [Task.of(experiment) for experiment in asked]
    name = name_of(tasks[0].names[1])
    if not all(map(_is_determined, tasks)):
        return (
            f"The rows leave the {name} open: other parameters fit them as well, and where a run "
            "ends depends on where it starts."
        )
    labels = [f" for {look.label}" if len(asked) > 1 else "" for look in styles(asked)]
    spoiled = [task.sample.is_outlier.any() for task in tasks]
    if not any(spoiled):
        best = [
            f"{number(reference(experiment).theta[1], 3)}{label}"
            for experiment, label in zip(asked, labels, strict=True)
        ]
        return f"At the exact minimum the {name} is {_listed(best)}."
    moved = []
    for experiment, label, has_outliers in zip(asked, labels, spoiled, strict=True):
        if has_outliers:
            shift = moved_by_outliers(experiment)
            moved.append(
                f"{number(shift.spoiled - shift.clean, 3, plus=True)}{label} "
                f"({number(shift.clean, 3)} to {number(shift.spoiled, 3)})"
            )
    return f"{_counted(tasks)} moved the best {name} by {_listed(moved)}."


def _objectives(runs: Sequence[Run]) -> list[Experiment]:
    """What is minimised, once for all runs that differ only in how they descend."""
    return list(dict.fromkeys(run.experiment.only(OBJECTIVE) for run in runs))


def _is_determined(task: Task) -> bool:
    """Whether the rows, or a penalty, tell all parameters apart."""
    ridge = np.diag(np.sqrt(task.experiment.l2 * task.penalised))
    rows = np.vstack([task.features.T, ridge])
    size = np.linalg.norm(rows, axis=0)
    rank = np.linalg.matrix_rank(rows / np.where(size > 0, size, 1.0))
    return bool(rank == len(task.names) or task.experiment.l1)


def _counted(tasks: Sequence[Task]) -> str:
    counts = {(int(task.sample.is_outlier.sum()), len(task.y)) for task in tasks}
    if len(counts) > 1:
        return "The outliers"
    [(count, total)] = counts
    are = "is an outlier. It" if count == 1 else "are outliers. They"
    return f"{count} of {total:,} rows {are}"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def faults(runs: Sequence[Run]) -> list[str]:
    """A sentence for each loss that is given targets it is not made for."""
    found = []
    asked = _objectives(runs)
    for experiment, look in zip(asked, styles(asked), strict=True):
        y, domain = Task.of(experiment).sample.y, LOSSES[experiment.loss].domain
        for end, count, side in (
            (domain[0], np.sum(y < domain[0]), "below"),
            (domain[1], np.sum(y > domain[1]), "above"),
        ):
            if count:
                found.append(
                    f"{count} of {len(y):,} targets lie {side} {end:g}, where {look.label} is not "
                    f"defined; it reads them as {end:g}."
                )
    return found


def remarks(runs: Sequence[Run]) -> list[str]:
    """What a careful reader should know of the numbers on show."""
    said = []
    asked = _objectives(runs)
    if any(Task.of(experiment).sample.is_scaled for experiment in asked):
        said.append(
            "Descent sees standardised features (minus their mean, over their deviation), as these "
            "come in units that it cannot handle. The surface and the columns marked “scaled” are "
            "in those; all else is in the data's own units."
        )
    if any(experiment.params_of("data").get("test") == 0 for experiment in asked):
        said.append(
            "No rows are held out of so small a set: the clean test loss is on the same rows, "
            "without injected outliers."
        )
    for experiment, look in zip(asked, styles(asked), strict=True):
        exact = reference(experiment)
        said.append(f"{look.label}: exact minimiser by {exact.method}. {exact.note}".strip())
    return said
