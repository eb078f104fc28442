"""Where runs start that begin where other work ends.

`init=clean` is the loss's own minimiser on the rows without outliers: what then moves is what the
outliers move. Where there is no such place the run starts as `auto` does, and a sentence says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from lossviz.analysis.minimum import Reference, is_solved, references
from lossviz.base.arrays import Array
from lossviz.engine.experiment import Experiment
from lossviz.engine.settings import CLEAN
from lossviz.engine.task import Task

USUAL = "so the start is that of auto"


@dataclass(frozen=True, eq=False)
class Start:
    """A start that rests on more than the experiment.

    given (P,): as `Task.given` has it, None where it is not to be had; note: why it is not, or what
        else there is to know of it, as the second half of a sentence; or "".
    """

    given: Array | None
    note: str = ""


def tasks_of(experiments: Iterable[Experiment]) -> list[Task]:
    """The tasks of experiments, each with its start; minimisers are looked for at once."""
    tasks = [Task.of(experiment) for experiment in experiments]
    places = [k for k, task in enumerate(tasks) if task.experiment.init == CLEAN]
    for k, start in zip(places, starts_of([tasks[k] for k in places]), strict=True):
        tasks[k] = replace(tasks[k], given=start.given)
    return tasks


def task_of(of: Experiment | Task) -> Task:
    """The task of an experiment with its start, or a task as it is."""
    return of if isinstance(of, Task) else tasks_of([of])[0]


def starts_of(tasks: Iterable[Task]) -> list[Start]:
    """Where each of these starts, whose `init` is `clean`."""
    tasks = list(tasks)
    clean = [Task.of(task.experiment.unspoiled()) for task in tasks]
    return list(map(_at_minimum, tasks, clean, references(clean)))


def _at_minimum(task: Task, clean: Task, exact: Reference | None) -> Start:
    if not task.is_linear:
        return Start(None, f"of a network no minimum is known, {USUAL}")
    if exact is None and not is_solved(task.experiment):
        return Start(None, f"no solver is known for the exact minimum, {USUAL}")
    if exact is None:
        return Start(None, f"the rows are too many for the exact minimum to be looked for, {USUAL}")
    if not exact.is_attained:
        return Start(None, f"without outliers there is no finite minimiser, {USUAL}")
    weights = exact.internal[: task.weights]
    # What descent sees is the same, unless the user marked outliers: then it is scaled otherwise.
    if not np.array_equal(clean.to_units, task.to_units):
        weights = task.from_units(exact.theta[: task.weights])
    # What the loss learns may end where no slope leads away: it starts as its settings say.
    start, note = np.append(weights, task.latents), ""
    start.setflags(write=False)
    if exact.is_unique is False:
        note = (
            "without outliers there are several minimisers, and the start is the one nearest to "
            "the middle of their ranges"
        )
    return Start(start, note)
