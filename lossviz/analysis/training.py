"""Training as a pure function: `run(experiment) -> Run`, many at once, or as growing prefixes.

The engine trains tasks; here each experiment gets its task, with its start.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from lossviz.engine import cost
from lossviz.engine.experiment import Experiment
from lossviz.engine.run import Run
from lossviz.engine.settings import CLEAN
from lossviz.engine.task import Task
from lossviz.engine.training import train


def run(experiment: Experiment) -> Run:
    """Train one experiment. Never raises for a valid experiment: divergence is a status."""
    return run_all([experiment])[0]


def run_all(experiments: Iterable[Experiment]) -> list[Run]:
    """Train many experiments, in batches where they allow it: the same answers as one by one.
    ValueError where that is more than any machine should begin (`limits.MACHINE`)."""
    return next(stream(experiments, seconds=math.inf), [])


def stream(experiments: Iterable[Experiment], seconds: float = 0.1) -> Iterator[list[Run]]:
    """Train, and yield all runs so far about every so many seconds; the last yield is the
    finished runs, in the order given."""
    wanted = list(experiments)
    cost.check(wanted)
    different = list(dict.fromkeys(wanted))
    for runs in train(_tasks_of(different), seconds):
        done = {run.experiment: run for run in runs}
        yield [done[experiment] for experiment in wanted]


def _tasks_of(experiments: Sequence[Experiment]) -> list[Task]:
    if all(experiment.init != CLEAN for experiment in experiments):
        return list(map(Task.of, experiments))
    from lossviz.analysis.starts import tasks_of  # brings in all solvers, which few runs need

    return tasks_of(experiments)
