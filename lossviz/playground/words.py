"""What some runs show, in a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from lossviz.cache import KEPT
from lossviz.experiment import OBJECTIVE, Experiment
from lossviz.figures.numbers import number
from lossviz.figures.style import styles
from lossviz.reference import Reference, moved_by_outliers, reference
from lossviz.task import Task
from lossviz.training import Run

LISTED = 4  # runs that a sentence can name


def name_of(parameter: str) -> str:
    """A parameter's name without its units."""
    return re.sub(r" \([^()]*\)", "", parameter)


def headline(runs: Sequence[Run]) -> str:
    """In words and numbers: how far the outliers moved what each loss would settle on, or for
    classes and networks where the runs have come to."""
    if runs[0].error is not None:
        return _where_classes_stand(runs)
    exact = [reference(task) for task in tasks_of(runs)]
    known = [each for each in exact if each is not None]
    if len(known) < len(exact):
        return _where_losses_stand(runs)
    return _what_outliers_moved(runs, known)


def _where_classes_stand(runs: Sequence[Run]) -> str:
    found = [
        f"{_in(100 * float(run.test_error[-1]))} with {look.label}"
        for run, look in zip(runs, styles([run.experiment for run in runs]), strict=True)
        if run.test_error is not None
    ]
    spoiled = ""
    tasks = [run.task for run in runs]
    if all(task.sample.is_outlier.any() for task in tasks):
        spoiled = _counted(tasks)
    rates = [float(run.test_error[-1]) for run in runs if run.test_error is not None]
    where = f"{_after(runs)} the share of clean test rows in a wrong class {_is(rates, found)}."
    return f"{spoiled}. {where}".removeprefix(". ")


def _where_losses_stand(runs: Sequence[Run]) -> str:
    found = [
        f"{number(float(run.test_loss[-1]), 3)} for {look.label}"
        for run, look in zip(runs, styles([run.experiment for run in runs]), strict=True)
    ]
    losses = [float(run.test_loss[-1]) for run in runs]
    return f"{_after(runs)} the clean test loss {_is(losses, found)}."


def _is(values: Sequence[float], found: Sequence[str]) -> str:
    """All that was found, or of much the lowest and the highest."""
    if len(found) <= LISTED:
        return f"is {listed(found)}"
    order = np.argsort(values, kind="stable")
    return f"lies between {found[order[0]]} and {found[order[-1]]}"


def _after(runs: Sequence[Run]) -> str:
    steps = max(len(run.loss) - 1 for run in runs)
    return f"After {steps:,} {'step' if steps == 1 else 'steps'}"


def _in(percent: float) -> str:
    return f"{number(percent, 2)}\N{NO-BREAK SPACE}%"


def _what_outliers_moved(runs: Sequence[Run], exact: Sequence[Reference]) -> str:
    asked = objectives(runs)
    tasks = tasks_of(runs)
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
            f"{number(float(each.theta[1]), 3)}{label}"
            for each, label in zip(exact, labels, strict=True)
        ]
        return f"At the exact minimum the {name} is {listed(best)}."
    moved = []
    for experiment, label, has_outliers in zip(asked, labels, spoiled, strict=True):
        if has_outliers:
            shift = moved_by_outliers(experiment)
            moved.append(
                f"{number(shift.spoiled - shift.clean, 3, plus=True)}{label} "
                f"({number(shift.clean, 3)} to {number(shift.spoiled, 3)})"
            )
    one = "It" if _counted(tasks).endswith("outlier") else "They"
    return f"{_counted(tasks)}. {one} moved the best {name} by {listed(moved)}."


def objectives(runs: Sequence[Run]) -> list[Experiment]:
    """What is minimised, once for all runs that differ only in how they descend."""
    return list(dict.fromkeys(run.experiment.only(OBJECTIVE) for run in runs))


def tasks_of(runs: Sequence[Run]) -> list[Task]:
    """The tasks of what is minimised, in the same order."""
    return list({run.experiment.only(OBJECTIVE): run.task for run in runs}.values())


def _is_determined(task: Task) -> bool:
    """Whether the rows, or a penalty, tell all parameters of the model apart."""
    key = "is determined", task.experiment.only(OBJECTIVE)
    return KEPT.of(task.sample, key, lambda: _has_full_rank(task))


def _has_full_rank(task: Task) -> bool:
    ridge = np.diag(np.sqrt(task.experiment.l2 * task.penalised[: task.weights]))
    rows = np.vstack([task.features.T, ridge])
    size = np.linalg.norm(rows, axis=0)
    rank = np.linalg.matrix_rank(rows / np.where(size > 0, size, 1.0))
    return bool(rank == task.weights or task.experiment.l1)


def _counted(tasks: Sequence[Task]) -> str:
    counts = {(int(task.sample.is_outlier.sum()), len(task.y)) for task in tasks}
    if len(counts) > 1:
        return "Some of the rows are outliers"
    [(count, total)] = counts
    return f"{count} of {total:,} rows {'is an outlier' if count == 1 else 'are outliers'}"


def listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
