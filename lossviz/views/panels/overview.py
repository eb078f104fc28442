"""The overview: what the runs predict, the surface, convergence, and the loss with its slope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lossviz.analysis.floors import floors
from lossviz.analysis.predictions import curves
from lossviz.analysis.regions import FeaturePlane, feature_plane, regions
from lossviz.analysis.replay import Replay, loss_along
from lossviz.base.arrays import Array
from lossviz.engine.experiment import Experiment, loss_of
from lossviz.engine.frames import thinned
from lossviz.engine.looks import Style
from lossviz.engine.run import Run
from lossviz.engine.task import Task
from lossviz.items.datasets import DATASETS
from lossviz.items.losses.base import identity
from lossviz.items.models import MODELS
from lossviz.views.charts.convergence import Best, Errors, convergence
from lossviz.views.charts.fit import fit, predictions
from lossviz.views.charts.learned import Dial, learned
from lossviz.views.charts.measures import GAP
from lossviz.views.charts.regions import regions as regions_of
from lossviz.views.charts.scene import Scene, span, steady
from lossviz.views.charts.shape import shape
from lossviz.views.panels.base import FIRST, Content, View, panel
from lossviz.views.panels.linked import details_of, linked_rows, replays_of
from lossviz.views.panels.loss_surface import loss_surface
from lossviz.views.panels.settings import ACROSS, UP, plane

APART = 0.01  # of the fall of the test loss: by so much it has risen again where they part
LEAST = 12  # frames of a picture
MARKS = 1_500  # rows that the picture of a fit draws, besides those with a dot of their own
GRIDS = 64  # pictures of decision regions over all runs: what one rerun may send


@panel(FIRST, label="Overview", params=(ACROSS, UP), controls=plane, editable=("fit",))
def overview(
    runs: Sequence[Run], looks: Sequence[Style], view: View, *, across: int, up: int
) -> Content:
    """Fit or decision regions, surface, convergence, loss with slope, and what losses have learned,
    where they do."""
    task, rows = runs[view.focus].task, linked_rows(runs, view)
    replays = replays_of(runs, task, rows)
    if task.sample.classes:
        first = _regions(runs, looks, task, replays, rows, feature_plane(task, across, up))
    else:
        first = _fit(runs, looks, task, replays, rows, view.came_from)
    scenes = {
        "fit": first,
        "shape": _shape(runs, looks, task, replays),
        "surface": loss_surface(runs, looks, view.focus, in_3d=view.in_3d),
        "convergence": _convergence(runs, looks, view),
    }
    if any(run.task.learned for run in runs):
        scenes["learned"] = _learned(runs, looks)
    names = [f"Row {row + 1}" for row in rows]
    return Content(scenes, details=details_of(runs, looks, replays, task, rows), names=names)


def _convergence(runs: Sequence[Run], looks: Sequence[Style], view: View) -> Scene:
    kept = runs[0].steps
    return convergence(
        "convergence",
        kept,
        looks,
        [run.loss[kept] for run in runs],
        [run.test_loss[kept] for run in runs],
        end=max(run.experiment.steps for run in runs),
        units=view.units,
        is_log=view.is_log,
        floors=floors(runs) if view.units == GAP else (),
        errors=[
            Errors(np.arange(len(kept)), run.error, run.test_error)
            for run in runs
            if run.error is not None and run.test_error is not None
        ],
        best=[best_of(run) for run in runs],
        diverged=[run.diverged_at for run in runs],
    )


def _learned(runs: Sequence[Run], looks: Sequence[Style]) -> Scene:
    tasks = [run.task for run in runs]
    shown = [k for k, task in enumerate(tasks) if task.learned]
    [what] = {task.learned for task in tasks if task.learned}  # there is but one such loss
    dials = [
        Dial(title, limits, [runs[k].theta[:, tasks[k].weights + i] for k in shown])
        for i, (title, limits) in enumerate(zip(what.titles, what.limits, strict=True))
    ]
    return learned(
        "learned",
        runs[0].steps,
        [looks[k] for k in shown],
        dials,
        end=max(run.experiment.steps for run in runs),
    )


def best_of(run: Run) -> Best | None:
    """Where training and test part, if they do: the lowest clean test loss before the end of a
    run whose model can overfit, or that is to stop early."""
    step, best, last = run.best_step, run.test_loss.min(), run.test_loss[-1]
    is_linear = MODELS[run.experiment.model].linear
    is_patient, fall = run.experiment.patience > 0, run.test_loss[0] - best
    has_parted = last - best > APART * fall and (run.error is not None or not is_linear)
    if not 0 < step < len(run.test_loss) - 1 or not (is_patient or has_parted):
        return None
    return Best(step, float(best))


def _regions(
    runs: Sequence[Run],
    looks: Sequence[Style],
    task: Task,
    replays: Sequence[Replay | None],
    rows: Array,
    plane: FeaturePlane,
) -> Scene:
    there = [i for i, each in enumerate(replays) if each is not None]
    shown = [each for each in replays if each is not None]
    frames = thinned(len(runs[0].steps), max(GRIDS // len(there), LEAST))
    return regions_of(
        "fit",
        task.sample,
        plane,
        [looks[i] for i in there],
        [regions(runs[i], frames, plane) for i in there],
        shown,
        rows,
        note=LEFT_OUT if len(there) < len(runs) else "",
    )


LEFT_OUT = "Runs on other rows are left out. "


def _fit(
    runs: Sequence[Run],
    looks: Sequence[Style],
    task: Task,
    replays: Sequence[Replay | None],
    rows: Array,
    came_from: Experiment | None,
) -> Scene:
    drawn_for = came_from or task.experiment
    dataset, sample = DATASETS[drawn_for.data], task.sample
    note = LEFT_OUT if None in replays else ""
    there = [i for i, each in enumerate(replays) if each is not None]
    runs, looks = [runs[i] for i in there], [looks[i] for i in there]
    if sample.X.shape[1] > 1:
        shown = [each for each in replays if each is not None]
        if len(rows) < len(sample.y):
            note += f"{len(rows)} of {len(sample.y):,} rows are shown. "
        return predictions(
            "fit",
            sample.y[rows],
            looks,
            shown[0].frames,
            [each.argument for each in shown],
            target=sample.target,
            note=note,
        )
    low, high = span(sample.X)
    straight = all(
        run.experiment.model == "linear" and loss_of(run.experiment).inverse_link is identity
        for run in runs
    )
    grid = np.linspace(low, high, 2 if straight else 61)
    truth = None
    if dataset.truth is not None:
        fine = grid[:, None]
        truth = dataset.truth(fine, **drawn_for.params_of("data"))
    some = np.union1d(rows, np.linspace(0, len(sample.y) - 1, MARKS).astype(int))
    shown = replace(sample, X=sample.X[some], y=sample.y[some], is_outlier=sample.is_outlier[some])
    return fit(
        "fit",
        shown,
        looks,
        grid,
        [curves(run, grid) for run in runs],
        truth,
        np.searchsorted(some, rows),
        runs[0].steps,
        feature=sample.features[0],
        target=sample.target,
        total=len(sample.y),
        note=note,
        diverged=[run.diverged_at for run in runs],
        before=[run.task.given is not None for run in runs],
    )


def _shape(
    runs: Sequence[Run], looks: Sequence[Style], task: Task, replays: Sequence[Replay | None]
) -> Scene:
    # Room for the rows at the start and at the end; those in between may leave for a while.
    ends = [each.argument[[0, -1]].ravel() for each in replays if each is not None]
    seen = np.concatenate(ends)
    reach = 1.1 * float(np.max(np.abs(seen[np.abs(seen) < 1e12]), initial=1e-9))
    if task.sample.classes:
        reach = max(reach, 2.0)  # where losses of the margin bend
    low, high = steady([-reach, reach])
    arguments = np.linspace(low, high, 161)
    shown, total = ends[0].size // 2, len(task.y)
    note = f"({shown} of {total:,} rows are shown.) " if shown < total else ""
    losses = [loss_of(run.experiment) for run in runs]
    if any(loss.task == "multiclass" for loss in losses):
        note += "With several outputs, a curve is drawn for equal outputs of all other classes."
    elif not task.sample.classes and not all(loss.of_residual for loss in losses):
        note += (
            "Where a loss depends on more than the residual, its curve is for the median target."
        )
    frames = next(each.frames for each in replays if each is not None)
    shapes = [loss_along(run, arguments, frames) for run in runs]
    if any(run.task.learned for run in runs):
        note += "The curve of a loss that learns its shape moves with the step."
    target = None if task.sample.classes else task.sample.target
    return shape("shape", looks, shapes, replays, target=target, note=note, frames=frames)
