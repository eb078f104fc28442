"""The playground's four charts and its table, of runs at the same steps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from lossviz.datasets import DATASETS
from lossviz.experiment import OBJECTIVE, Experiment
from lossviz.figures.convergence import convergence
from lossviz.figures.fit import fit, predictions
from lossviz.figures.scene import Scene, movie, span, steady
from lossviz.figures.shape import shape
from lossviz.figures.style import Style, styles
from lossviz.figures.surface import Path, contour, terrain
from lossviz.landscape import Landscape, frame_for, landscape
from lossviz.losses import LOSSES
from lossviz.losses.base import identity
from lossviz.objective import Task
from lossviz.player import Detail, Movie
from lossviz.playground.table import table
from lossviz.reference import reference
from lossviz.replay import Replay, curves, heights, replay
from lossviz.replay import shape as shape_of
from lossviz.training import Run

Array = np.ndarray
BEYOND = 0.5  # of the way from the start to a minimiser: how much ground there is behind it
DOTS = 12_000  # moving dots over all frames and runs: what one rerun may send
ROWS = 120  # rows that get a dot of their own
DRAWN = ("data", "outliers", "seed", "outlier_seed")  # decide which rows there are


def playground(
    runs: Sequence[Run],
    *,
    surface: int = 0,
    relative: bool = True,
    is_log: bool = True,
    in_3d: bool = False,
) -> Movie:
    """Fit, surface, convergence, and loss with slope, of runs at the same steps.

    `surface` is the number of the run whose objective is drawn as the surface; its rows are the
    ones in the fit and the dots, should the runs have different ones.
    """
    looks = styles([run.experiment for run in runs])
    task = Task.of(runs[surface].experiment)
    rows = _rows(task.sample.is_outlier)
    frames = _frames(len(runs[0].steps), len(rows) * len(runs))
    seen = task.experiment.only(DRAWN)
    replays = [
        replay(run, frames, rows) if run.experiment.only(DRAWN) == seen else None for run in runs
    ]
    kept = runs[0].steps
    scenes: dict[str, Scene] = {
        "fit": _fit(runs, looks, task, replays, rows),
        "surface": _surface(runs, looks, surface, in_3d=in_3d),
        "convergence": convergence(
            "convergence", kept, looks,
            [run.loss[kept] for run in runs], [run.test_loss[kept] for run in runs],
            end=max(run.experiment.steps for run in runs), relative=relative, is_log=is_log,
        ),
        "shape": _shape(runs, looks, task, replays),
    }  # fmt: skip
    details = [
        Detail(
            look.label, look.colour,
            {
                "residual": each.residual,
                "loss": each.value,
                "share of the loss": each.loss_share,
                "slope": each.slope,
                "share of the gradient": each.gradient_share,
            },
            each.frames, percent=("share of the loss", "share of the gradient"),
        )
        for look, each in zip(looks, replays, strict=True)
        if each is not None
    ]  # fmt: skip
    names = [f"Row {row + 1}" for row in rows]
    return movie(scenes, kept, table(runs, looks), details, names)


def _rows(is_outlier: Array) -> Array:
    """The rows that get dots: all, or of many the outliers first and an even pick of the rest."""
    n = len(is_outlier)
    if n <= ROWS:
        return np.arange(n)
    marked = np.flatnonzero(is_outlier)[: ROWS // 2]
    others = np.flatnonzero(~is_outlier)
    picked = np.linspace(0, len(others) - 1, ROWS - len(marked)).round().astype(int)
    return np.sort(np.concatenate([marked, others[picked]]))


def _frames(count: int, dots: int) -> Array:
    """The frames at which dots move: more of them early, where most happens."""
    wanted = int(np.clip(DOTS // dots, 8, count))
    spaced = (count - 1) * np.linspace(0.0, 1.0, wanted) ** 2
    return np.unique(spaced.round().astype(int))


def _fit(
    runs: Sequence[Run], looks: Sequence[Style], task: Task,
    replays: Sequence[Replay | None], rows: Array,
) -> Scene:  # fmt: skip
    dataset, sample = DATASETS[task.experiment.data], task.sample
    note = ""
    if None in replays:
        note = "Runs on other rows are left out. "
    there = [i for i, each in enumerate(replays) if each is not None]
    runs, looks = [runs[i] for i in there], [looks[i] for i in there]
    if sample.X.shape[1] > 1:
        shown = [each for each in replays if each is not None]
        return predictions(
            "fit", sample.y[rows], looks, shown[0].frames, [each.residual for each in shown],
            target=dataset.target, note=note,
        )  # fmt: skip
    low, high = span(sample.X)
    straight = all(
        run.experiment.model == "linear" and LOSSES[run.experiment.loss].inverse_link is identity
        for run in runs
    )
    grid = np.linspace(low, high, 2 if straight else 61)
    truth = None
    if dataset.truth is not None:
        fine = grid[:, None]
        truth = dataset.truth(fine, **task.experiment.params_of("data"))
    drawn = [curves(run, grid) for run in runs]
    return fit(
        "fit", sample, looks, grid, drawn, truth, rows, runs[0].steps,
        feature=dataset.features[0], target=dataset.target, note=note,
    )  # fmt: skip


def _surface(runs: Sequence[Run], looks: Sequence[Style], of: int, *, in_3d: bool) -> Scene:
    task = Task.of(runs[of].experiment)
    base = reference(task.experiment).internal
    # Runs of another model, or on features scaled otherwise, have no place on this plane.
    there = [_shares_plane(Task.of(run.experiment), task) for run in runs]
    lowest = [reference(run.experiment).internal for run in runs]
    shown = [minimum for minimum, here in zip(lowest, there, strict=True) if here]
    ground = _ground(task.experiment.only((*OBJECTIVE, "init")), tuple(map(tuple, shown)))
    axes, paths = list(ground.axes), []
    is_axis = np.isin(np.arange(len(base)), axes)
    for run, minimum, here in zip(runs, lowest, there, strict=True):
        if not here:
            paths.append(Path(*np.full((3, len(run.steps)), np.nan), minimum=None))
            continue
        x, y = run.path[:, axes].T
        height, floor = np.empty(0), None
        if in_3d:
            height = heights(task, np.where(is_axis, run.path, base))
            floor = float(heights(task, np.where(is_axis, minimum, base)[None])[0])
        at = float(minimum[axes[0]]), float(minimum[axes[1]])
        paths.append(Path(x, y, height, at, floor))
    return (terrain if in_3d else contour)("surface", ground, of, looks, paths)


def _shares_plane(one: Task, other: Task) -> bool:
    return one.names == other.names and np.array_equal(one.to_units, other.to_units)


@lru_cache(maxsize=64)
def _ground(experiment: Experiment, minimisers: tuple[tuple[float, ...], ...]) -> Landscape:
    # The frame holds the start and the minimisers and not the paths, so that it stands still
    # while rates and steps change; and some ground behind the minimisers, for paths that overshoot.
    task = Task.of(experiment)
    points = [np.array(minimum) for minimum in minimisers]
    points += [point + BEYOND * (point - task.start) for point in points]
    axes = landscape(experiment, n=2).axes
    x_range, y_range = frame_for([task.start[None]], points, axes)
    return landscape(experiment, x_range=x_range, y_range=y_range)


def _shape(
    runs: Sequence[Run], looks: Sequence[Style], task: Task, replays: Sequence[Replay | None]
) -> Scene:
    # Room for the residuals at the start and at the end; those in between may leave for a while.
    ends = [each.residual[[0, -1]].ravel() for each in replays if each is not None]
    seen = np.concatenate(ends)
    reach = 1.1 * float(np.max(np.abs(seen[np.abs(seen) < 1e12]), initial=1e-9))
    low, high = steady([-reach, reach])
    residuals = np.linspace(low, high, 161)
    note = ""
    shown, total = ends[0].size // 2, len(task.y)
    if shown < total:
        note = f"({shown} of {total:,} rows are shown.) "
    if not all(LOSSES[run.experiment.loss].of_residual for run in runs):
        note += (
            "Where a loss depends on more than the residual, its curve is for the median target."
        )
    shapes = [shape_of(run, residuals) for run in runs]
    target = DATASETS[task.experiment.data].target
    return shape("shape", looks, residuals, shapes, replays, target=target, note=note)
