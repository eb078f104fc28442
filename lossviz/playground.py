"""What the playground shows of some runs: the movie, and the sentence above it."""

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
from lossviz.player import Detail, Movie, Row, Table
from lossviz.reference import gap, moved_by_outliers, reference, steps_to
from lossviz.replay import Replay, curves, heights, replay
from lossviz.replay import shape as shape_of
from lossviz.training import Run

Array = np.ndarray
DOTS = 12_000  # moving dots over all frames and runs: what one rerun may send
ROWS = 120  # rows that get a dot of their own
MAX_COLUMNS = 4  # parameters in the table


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
    ones in the fit, should the runs have different ones.
    """
    looks = styles([run.experiment for run in runs])
    task = Task.of(runs[surface].experiment)
    rows = _rows(task.sample.is_outlier)
    frames = _frames(len(runs[0].steps), len(rows) * len(runs))
    replays = [replay(run, frames) for run in runs]
    target = DATASETS[task.experiment.data].target
    kept = runs[0].steps
    scenes: dict[str, Scene] = {
        "fit": _fit(runs, looks, task, replays, rows, target),
        "surface": _surface(runs, looks, surface, in_3d=in_3d),
        "convergence": convergence(
            "convergence", kept, looks,
            [run.loss[kept] for run in runs], [run.test_loss[kept] for run in runs],
            end=max(run.experiment.steps for run in runs), relative=relative, is_log=is_log,
        ),
        "shape": _shape(runs, looks, replays, rows, target),
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
    ]  # fmt: skip
    return movie(scenes, kept, _table(runs, looks), details)


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
    runs: Sequence[Run], looks: Sequence[Style], task: Task, replays: Sequence[Replay],
    rows: Array, target: str,
) -> Scene:  # fmt: skip
    dataset = DATASETS[task.experiment.data]
    X = task.sample.X
    if X.shape[1] > 1:
        residuals = [each.residual[:, rows] for each in replays]
        return predictions(
            "fit", task.sample, looks, replays[0].frames, residuals, rows, target=target
        )
    low, high = span(X)
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
        "fit", task.sample, looks, grid, drawn, truth,
        feature=dataset.features[0], target=target,
    )  # fmt: skip


def _surface(runs: Sequence[Run], looks: Sequence[Style], of: int, *, in_3d: bool) -> Scene:
    task = Task.of(runs[of].experiment)
    base = reference(task.experiment).internal
    # Runs of another model have no place on this plane.
    there = [run.names == task.names for run in runs]
    lowest = [reference(run.experiment).internal for run in runs]
    shown = [minimum for minimum, here in zip(lowest, there, strict=True) if here]
    ground = _ground(task.experiment.only((*OBJECTIVE, "init")), tuple(map(tuple, shown)))
    axes, paths = list(ground.axes), []
    for run, minimum, here in zip(runs, lowest, there, strict=True):
        if not here:
            paths.append(Path(*np.full((3, len(run.steps)), np.nan), minimum=None))
            continue
        x, y = run.path[:, axes].T
        held = np.where(np.isin(np.arange(len(base)), axes), run.path, base)
        height = heights(task, held) if in_3d else np.empty(0)
        paths.append(Path(x, y, height, (float(minimum[axes[0]]), float(minimum[axes[1]]))))
    return (terrain if in_3d else contour)("surface", ground, of, looks, paths)


@lru_cache(maxsize=64)
def _ground(experiment: Experiment, minimisers: tuple[tuple[float, ...], ...]) -> Landscape:
    # The frame holds the start and the minimisers and not the paths, so that it stands still
    # while rates and steps change.
    task = Task.of(experiment)
    points = [np.array(minimum) for minimum in minimisers]
    axes = landscape(experiment, n=2).axes
    x_range, y_range = frame_for([task.start[None]], points, axes)
    return landscape(experiment, x_range=x_range, y_range=y_range)


def _shape(
    runs: Sequence[Run], looks: Sequence[Style], replays: Sequence[Replay], rows: Array, target: str
) -> Scene:
    # Room for the residuals at the start and at the end; those in between may leave for a while.
    seen = np.concatenate([each.residual[[0, -1]][:, rows].ravel() for each in replays])
    reach = 1.1 * float(np.max(np.abs(seen[np.abs(seen) < 1e12]), initial=1e-9))
    residuals = np.linspace(*steady([-reach, reach]), 161)
    note = ""
    if len(rows) < len(replays[0].residual[0]):
        note = f"({len(rows)} of {replays[0].residual.shape[1]:,} rows are shown.) "
    if not all(LOSSES[run.experiment.loss].of_residual for run in runs):
        note += (
            "Where a loss depends on more than the residual, its curve is for the median target."
        )
    shapes = [shape_of(run, residuals) for run in runs]
    return shape("shape", looks, residuals, shapes, replays, rows, target=target, note=note)


def _table(runs: Sequence[Run], looks: Sequence[Style]) -> Table:
    names = list(dict.fromkeys(name for run in runs for name in run.names))[:MAX_COLUMNS]
    scaled = [
        name
        for name in names
        if len(names) <= 2 and any(Task.of(run.experiment).sample.is_scaled for run in runs)
    ]
    columns = (
        "Loss", *names, *(f"{name}, scaled" for name in scaled), "Training loss",
        "Clean test loss", "Exact minimiser", "Gap to it", "Steps to within 1 %", "Status",
    )  # fmt: skip
    rows = []
    for run, look in zip(runs, looks, strict=True):
        exact = reference(run.experiment)
        steps = steps_to(run, exact)
        cells = (
            *(_parameter(run, run.theta, name) for name in names),
            *(_parameter(run, run.path, name) for name in scaled),
            run.loss[run.steps], run.test_loss[run.steps],
            "; ".join(
                _signed(value)
                for name, value in zip(run.names, exact.theta, strict=True)
                if name in names
            ),
            gap(run, exact),
            "not reached" if steps is None else f"{steps:,}", run.status,
        )  # fmt: skip
        rows.append(Row(look.label, cells, look.colour, look.dash))
    return Table("The current step", columns, tuple(rows), ("Training loss", "Clean test loss"))


def _parameter(run: Run, values: Array, name: str) -> Array | str:
    return values[:, run.names.index(name)] if name in run.names else "–"


def headline(runs: Sequence[Run]) -> str:
    """In words and numbers: how far the outliers moved what each loss would settle on."""
    looks = styles([run.experiment for run in runs])
    first = Task.of(runs[0].experiment)
    count, total = int(first.sample.is_outlier.sum()), len(first.y)
    exact = [reference(run.experiment) for run in runs]
    name = first.names[1]
    if count == 0:
        settled = [
            f"{_signed(each.theta[1])} for {look.label}"
            for look, each in zip(looks, exact, strict=True)
            if len(each.theta) > 1
        ]
        return f"At the exact minimum the {name} is {_listed(settled)}."
    moved = []
    for run, look in zip(runs, looks, strict=True):
        shift = moved_by_outliers(run.experiment)
        moved.append(
            f"{_signed(shift.spoiled - shift.clean, plus=True)} for {look.label} "
            f"({_signed(shift.clean)} to {_signed(shift.spoiled)})"
        )
    are = "is an outlier. It" if count == 1 else "are outliers. They"
    return f"{count} of {total:,} rows {are} moved the best {name} by {_listed(moved)}."


def _signed(value: float, *, plus: bool = False) -> str:
    # Three significant digits, and a true minus sign.
    words = f"{value:{'+' if plus else ''}#.3g}".rstrip(".")
    return words.replace("-", "\N{MINUS SIGN}")


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def faults(runs: Sequence[Run]) -> list[str]:
    """A sentence for each loss that is given targets it is not made for."""
    found = []
    for run, look in zip(runs, styles([run.experiment for run in runs]), strict=True):
        y, domain = Task.of(run.experiment).sample.y, LOSSES[run.experiment.loss].domain
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
    samples = [Task.of(run.experiment).sample for run in runs]
    if any(sample.is_scaled for sample in samples):
        said.append(
            "Descent sees standardised features (minus their mean, over their deviation), as these "
            "come in units that it cannot handle. The surface and the columns marked “scaled” are in "
            "those; all else is in the data's own units."
        )
    if any(run.experiment.params_of("data").get("test") == 0 for run in runs):
        said.append(
            "No rows are held out of so small a set: the clean test loss is on the same rows, "
            "without injected outliers."
        )
    for run, look in zip(runs, styles([run.experiment for run in runs]), strict=True):
        exact = reference(run.experiment)
        said.append(f"{look.label}: exact minimiser by {exact.method}. {exact.note}".strip())
    return said
