"""What the losses of runs are measured from: the least that they can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lossviz.analysis.minimum import references
from lossviz.base.cache import KEPT
from lossviz.engine.run import Run
from lossviz.engine.sampling import Sample
from lossviz.engine.task import Task

ROUNDING = 1e-12  # share of a loss that is only rounding


@dataclass(frozen=True)
class Floor:
    """The least that the losses of a run can be.

    training: the exact minimum of the training objective. testing: the least mean loss that the
        model can have on the clean test rows; None where there are too many to look for it.
    is_attained: whether parameters attain the first; else it is what the objective tends to.
    """

    training: float
    testing: float | None
    is_attained: bool

    @property
    def rounding(self) -> float:
        """A distance that is nothing but rounding."""
        return ROUNDING * max(1.0, abs(self.training), abs(self.testing or 0.0))


def floors(runs: Sequence[Run]) -> list[Floor | None]:
    """The floor of each run; None where no exact minimum is known. Where a run has found a lower
    point than a solver that cannot be sure, it is that."""
    tasks = [run.task for run in runs]
    exact = references(tasks)
    known = [number for number, each in enumerate(exact) if each is not None]
    clean = references(on_test_rows(tasks[number]) for number in known)
    least = dict(zip(known, clean, strict=True))
    found = []
    for number, (run, best) in enumerate(zip(runs, exact, strict=True)):
        if best is None:
            found.append(None)
            continue
        training, tested = min(best.value, float(run.loss.min())), least[number]
        testing = None if tested is None else min(tested.value, float(run.test_loss.min()))
        found.append(Floor(training, testing, best.is_attained))
    return found


def on_test_rows(task: Task) -> Task:
    """The task of training on the clean test rows, without penalty."""
    asked = task.experiment.unspoiled().replace(l1=0.0, l2=0.0)
    rows = _owner(task).sample
    shown = KEPT.of(rows, "test rows", lambda: _as_training(rows))
    return replace(task, experiment=asked, sample=shown, features=task.features_test, y=task.y_test)


def _owner(task: Task) -> Task:
    """A task on the same test rows that stays while outliers change, or else the task."""
    if "rows" in task.experiment.params_of("data"):  # the user's own go with who holds them
        return task
    clean, own = Task.of(task.experiment.unspoiled()), task.sample
    pairs = (clean.sample.X_test, own.X_test), (clean.sample.y_test, own.y_test)
    return clean if all(a is b or np.array_equal(a, b) for a, b in pairs) else task


def _as_training(rows: Sample) -> Sample:
    return replace(
        rows,
        X=rows.X_test,
        y=rows.y_test,
        is_outlier=np.zeros(len(rows.y_test), bool),
        weight=rows.weight_test,
    )
