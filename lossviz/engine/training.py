"""Training as a pure function of tasks: many at once, in batches, as growing prefixes.

`analysis.training` trains experiments, of which some begin where others end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import perf_counter

import numpy as np

from lossviz.base.arrays import Array
from lossviz.engine import cost
from lossviz.engine.objective import Objective
from lossviz.engine.rates import rates_of
from lossviz.engine.run import Run
from lossviz.engine.sampling import batches
from lossviz.engine.status import status_of
from lossviz.engine.task import Task
from lossviz.items.optimizers import OPTIMIZERS

# Arrays of so many numbers (128 KB) stay in the cache, and malloc keeps them from the system.
CACHED_NUMBERS = 16_000
WORK_AT_A_TIME = 2**20  # about 20 ms of work: a stream looks at the clock no less often
LIMIT = 1e100  # a loss or parameter beyond this has diverged: far before overflow, far past use


def train(tasks: Sequence[Task], seconds: float = 0.1) -> Iterator[list[Run]]:
    """Train tasks, whose rows may come from anywhere (`Task.on`), in batches where they allow it,
    and yield all runs so far about every so many seconds, in the order given; the last yield is
    the finished runs. Never raises for valid experiments: divergence is a status."""
    groups: dict[tuple, list[int]] = {}
    for i, task in enumerate(tasks):
        groups.setdefault(_group(task), []).append(i)
    descents = [Descent([tasks[i] for i in group]) for group in groups.values()]
    order = np.argsort([i for group in groups.values() for i in group])
    for descent in descents:
        descent.advance()  # the start, so that each run has something to show
    while descents:
        until = perf_counter() + seconds
        # Always the one that is furthest behind, so that prefixes grow in step.
        while not (behind := min(descents, key=lambda descent: descent.fraction)).is_done:
            behind.advance()
            if perf_counter() >= until:
                break
        runs = [run for descent in descents for run in descent.runs()]
        yield [runs[place] for place in order]
        if all(descent.is_done for descent in descents):
            return


def _group(task: Task) -> tuple:
    # Runs of one group train as one batch: same code, same shapes, same rows in each mini-batch.
    e = task.experiment
    draws = (e.seed, e.batch) if task.is_batched else None
    shapes = task.features.shape, task.features_test.shape, task.outputs
    model = e.model, *e.params_of("model").values()
    loss = e.loss, *(word for word in e.params_of("loss").values() if isinstance(word, str))
    return loss, model, e.optimizer, e.steps, draws, shapes


class Descent:
    """A batch of runs in training: the one thing that changes, kept inside this module."""

    def __init__(self, tasks: Sequence[Task]):
        first = tasks[0].experiment
        self.tasks = tasks
        self.total = first.steps
        self.step = 0
        self.objective = Objective.of(tasks)
        self.update = OPTIMIZERS[first.optimizer].function
        self.options = {
            name: np.array([[task.experiment.params_of("optimizer")[name]] for task in tasks])
            for name in first.params_of("optimizer")
        }
        self.rates = np.stack([rates_of(task.experiment) for task in tasks], axis=1)[:, :, None]
        first = tasks[0].experiment
        draws = batches(first.seed, len(tasks[0].y), first.batch)
        self.batches = draws if tasks[0].is_batched else None
        self.theta = np.stack([task.start for task in tasks])
        self.state = (np.zeros_like(self.theta),) * OPTIMIZERS[first.optimizer].slots
        self.alive = np.arange(len(tasks))
        self.diverged_at: dict[int, int] = {}
        self.stopped_at: dict[int, int] = {}
        self.patience = np.array([task.experiment.patience or np.inf for task in tasks])
        self.best, self.best_at = np.full(len(tasks), np.inf), np.zeros(len(tasks), int)
        # How many steps are evaluated at a time, and how many are taken before they are recorded.
        rows = len(tasks) * max(len(tasks[0].y), len(tasks[0].y_test))
        self.few = max(CACHED_NUMBERS // (rows * max(units for units, _ in tasks[0].layers)), 1)
        # Eight multiplications of a large product take as long as one number elsewhere.
        work = rows * max(self.theta.shape[1] // 8, 1)
        self.chunk = min(max(WORK_AT_A_TIME // work, 1), 256)
        self.every = -(-self.total // (cost.frames(self.theta.shape[1]) - 1))
        self.loss = np.empty((len(tasks), self.total + 1))
        self.test_loss = np.empty_like(self.loss)
        self.kept = np.empty((len(tasks), self.total // self.every + 1, self.theta.shape[1]))
        self.newest = self.theta.copy()
        # Error rates of training and test rows, at kept steps and at the newest one.
        self.has_classes = bool(tasks[0].sample.classes)
        self.errors = np.zeros((2, *self.kept.shape[:2]))
        self.newest_errors = np.zeros((2, len(tasks)))

    @property
    def is_done(self) -> bool:
        return self.step > self.total

    @property
    def fraction(self) -> float:
        return self.step / self.total

    def advance(self) -> None:
        """Evaluate the start, or take the next few steps of all runs that have not diverged."""
        count = self.chunk if self.step else 1
        steps = range(self.step, min(self.step + count, self.total + 1))
        thetas = np.empty((len(steps), *self.theta.shape))
        values = np.empty(thetas.shape[:2])
        errors = np.zeros((2, *values.shape))
        with np.errstate(all="ignore"):
            for i, k in enumerate(steps):
                thetas[i] = self.theta
                rows = None if self.batches is None else next(self.batches)
                values[i], gradient, z = self.objective.evaluate(self.theta, rows)
                if self.has_classes and rows is None and self._shows(k, steps):
                    errors[0, i] = self.objective.errors(z)
                if k < self.total:
                    self.theta, self.state = self.update(
                        self.theta, gradient, self.state, self.rates[k], k + 1, **self.options
                    )
            if self.batches is not None:  # so far they are the losses of the batches
                values, errors[0] = self._at_each(thetas, test=False)
            tests, errors[1] = self._at_each(thetas, test=True)
        self._record(steps, thetas, values, tests, errors)
        self.step = steps.stop if len(self.alive) else self.total + 1

    def _shows(self, step: int, steps: range) -> bool:
        """Whether a step is kept as a frame, or the newest there is."""
        return step % self.every == 0 or step == steps[-1]

    def _at_each(self, thetas: Array, *, test: bool) -> tuple[Array, Array]:
        """Losses and error rates (steps, runs) on all training or test rows."""
        measure = self.objective.test if test else self.objective.train
        losses, errors = [], []
        for i in range(0, len(thetas), self.few):
            loss, z = measure(thetas[i : i + self.few])
            losses.append(loss)
            errors.append(self.objective.errors(z, test=test) if self.has_classes else loss)
        return np.concatenate(losses), np.concatenate(errors)

    def _record(
        self, steps: range, thetas: Array, values: Array, tests: Array, errors: Array
    ) -> None:
        frames = range(-(-steps.start // self.every), (steps.stop - 1) // self.every + 1)
        rows = [frame * self.every - steps.start for frame in frames]
        self.loss[self.alive, steps.start : steps.stop] = values.T
        self.test_loss[self.alive, steps.start : steps.stop] = tests.T
        self.kept[self.alive, frames.start : frames.stop] = thetas[rows].swapaxes(0, 1)
        self.errors[:, self.alive, frames.start : frames.stop] = errors[:, rows].swapaxes(1, 2)
        # A comparison with NaN is false, so NaN counts as beyond the limit.
        fine = (values <= LIMIT) & (tests <= LIMIT) & (np.abs(thetas).max(axis=-1) <= LIMIT)
        late = self._out_of_patience(steps, np.where(fine, tests, np.inf))
        survivors = (fine & ~late).all(axis=0)
        self.newest[self.alive[survivors]] = thetas[-1, survivors]
        self.newest_errors[:, self.alive[survivors]] = errors[:, -1, survivors]
        if survivors.all():
            return
        for column in np.flatnonzero(~survivors):
            run, at = int(self.alive[column]), int(np.argmin(fine[:, column] & ~late[:, column]))
            if fine[at, column]:
                self.stopped_at[run] = steps.start + at
                self._freeze(run, steps.start + at + 1, thetas[at, column])
            else:
                self.diverged_at[run] = steps.start + at
                last = thetas[at - 1, column] if at else self.newest[run]
                self._freeze(run, steps.start + at, last)
        self.objective = self.objective.take(survivors)
        self.theta = self.theta[survivors]
        self.state = tuple(array[survivors] for array in self.state)
        self.rates = self.rates[:, survivors]
        self.options = {name: values[survivors] for name, values in self.options.items()}
        self.alive = self.alive[survivors]

    def _out_of_patience(self, steps: range, tests: Array) -> Array:
        """Where (steps, runs) the lowest test loss lies further back than a run's patience."""
        runs = self.alive
        lowest = np.minimum.accumulate(np.vstack([self.best[runs], tests]))
        is_lower = tests < lowest[:-1]
        places = np.where(is_lower, np.array(steps)[:, None], self.best_at[runs])
        places = np.maximum.accumulate(places)
        self.best[runs], self.best_at[runs] = lowest[-1], places[-1]
        return np.array(steps)[:, None] - places >= self.patience[runs]

    def _freeze(self, run: int, step: int, last: Array) -> None:
        """Let the run stand still from `step` on, at the last point before it."""
        for curve in (self.loss, self.test_loss):
            curve[run, step:] = curve[run, step - 1] if step else LIMIT
        self.kept[run, -(-step // self.every) :] = last
        self.newest[run] = last
        if self.has_classes:
            alone = Objective.of([self.tasks[run]])
            with np.errstate(all="ignore"):
                for test, measure in enumerate((alone.train, alone.test)):
                    [error] = alone.errors(measure(last[None])[1], test=bool(test))
                    self.errors[test, run, -(-step // self.every) :] = error
                    self.newest_errors[test, run] = error

    def runs(self) -> list[Run]:
        """All runs as far as they have come."""
        end = self.step - 1
        steps = np.arange(0, end + 1, self.every)
        is_last_kept = steps[-1] == end
        if not is_last_kept:
            steps = np.append(steps, end)
        runs = []
        for i, task in enumerate(self.tasks):
            path = self.kept[i, : end // self.every + 1]
            path = path.copy() if is_last_kept else np.vstack([path, self.newest[i]])
            error = test_error = None
            if self.has_classes:
                errors = self.errors[:, i, : end // self.every + 1]
                if not is_last_kept:
                    errors = np.column_stack([errors, self.newest_errors[:, i]])
                error, test_error = errors.copy()
            loss, test_loss = self.loss[i, : end + 1].copy(), self.test_loss[i, : end + 1].copy()
            diverged_at, stopped_at = self.diverged_at.get(i), self.stopped_at.get(i)
            ended = stopped_at if stopped_at is not None and stopped_at <= end else None
            runs.append(
                Run(
                    task=task,
                    steps=steps,
                    theta=task.in_units(path),
                    path=path,
                    loss=loss,
                    test_loss=test_loss,
                    error=error,
                    test_error=test_error,
                    names=task.names,
                    status=status_of(task, loss, test_loss, diverged_at, ended),
                    diverged_at=diverged_at,
                    stopped_at=stopped_at,
                )
            )
        return runs
