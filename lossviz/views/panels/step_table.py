"""The table of the current step: the text alternative to the charts."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.analysis.minimum import Reference, references, steps_to
from lossviz.base.arrays import Array
from lossviz.engine.looks import Style
from lossviz.engine.numbers import number, percent
from lossviz.engine.run import Run
from lossviz.player import Row, Table
from lossviz.views.sentences.minimisers import interval
from lossviz.views.sentences.names import short_names
from lossviz.views.sentences.rounding import gap_of, rounding, tidied
from lossviz.views.sentences.run_status import ending

ERRORS = "Training error", "Clean test error"
MAX_COLUMNS = 4  # parameters in the table


def table(runs: Sequence[Run], looks: Sequence[Style]) -> Table:
    """A row for each run, with its status in words on a line of its own."""
    if runs[0].error is None and all(run.task.is_linear for run in runs):
        return _with_parameters(runs, looks)
    exact = references(run.task for run in runs)
    is_known, has_classes = any(exact), runs[0].error is not None
    columns = (
        "Loss",
        "Training loss",
        "Clean test loss",
        *(ERRORS if has_classes else ()),
        "Lowest clean test loss",
        *(("Exact minimum", "Gap to it") if is_known else ()),
        "Status",
    )
    rows = []
    for run, look, best in zip(runs, looks, exact, strict=True):
        errors = (rate for rate in (run.error, run.test_error) if rate is not None)
        cells = (
            run.loss[run.steps],
            run.test_loss[run.steps],
            *errors,
            _lowest(run),
            *(_known(run, best) if is_known else ()),
            ending(run, best),
        )
        rows.append(Row(look.label, cells, look.colour, look.dash))
    spoken = ("Training loss", ERRORS[1] if has_classes else "Clean test loss")
    shares = ERRORS if has_classes else ()
    return Table(
        "The current step", columns, tuple(rows), spoken=spoken, below="Status", percent=shares
    )


def _lowest(run: Run) -> str:
    return f"{number(float(run.test_loss[run.best_step]))} at step {run.best_step:,}"


def _known(run: Run, exact: Reference | None) -> tuple[str | Array, str | Array]:
    if exact is None:
        return "not known", "–"
    if not exact.is_attained:
        return f"{number(exact.value)}, not reached", "–"
    lowest = 0.0 if abs(exact.value) <= rounding(exact) else exact.value
    return number(lowest), gap_of(run, exact)


def _with_parameters(runs: Sequence[Run], looks: Sequence[Style]) -> Table:
    every = list(dict.fromkeys(name for run in runs for name in run.names))
    names, headings = every[:MAX_COLUMNS], short_names(every, "coefficient of ")
    is_scaled = any(run.task.sample.is_scaled for run in runs)
    scaled = names if is_scaled and len(names) <= 2 else []
    columns = (
        "Loss",
        *map(headings.__getitem__, names),
        *(f"{name}, scaled" for name in scaled),
        "Training loss",
        "Clean test loss",
        "Exact minimiser",
        "Gap to it",
        "Steps to within " + percent("1"),
        "Status",
    )
    rows = []
    found = references(run.task for run in runs)
    for run, look, exact in zip(runs, looks, found, strict=True):
        theta, path = tidied(run, exact)
        cells = (
            *(_parameter(run, theta, name) for name in names),
            *(_parameter(run, path, name) for name in scaled),
            run.loss[run.steps],
            run.test_loss[run.steps],
            *_minimiser(run, exact, names),
            ending(run, exact),
        )
        rows.append(Row(look.label, cells, look.colour, look.dash))
    caption = "The current step"
    if len(names) < len(every):
        caption += f": the first {len(names)} of {len(every)} parameters"
    return Table(
        caption, columns, tuple(rows), spoken=("Training loss", "Clean test loss"), below="Status"
    )


def _parameter(run: Run, values: Array, name: str) -> Array | str:
    return values[:, run.names.index(name)] if name in run.names else "–"


def _minimiser(
    run: Run, exact: Reference | None, names: Sequence[str]
) -> tuple[str, Array | str, str]:
    """The exact minimiser or all there are, the gap, and the steps to the neighbourhood."""
    if exact is None:
        return "not known", "–", "–"
    if not exact.is_attained:
        return "none that is finite", "–", "–"
    places = [run.names.index(name) for name in names if name in run.names]
    here = exact.theta.tolist()
    said = "; ".join(interval(exact.range_of(k) or (here[k], here[k])) for k in places)
    if exact.is_unique is False and exact.ranges is None:
        said += " (one of several)"
    steps = steps_to(run, exact)
    return said, gap_of(run, exact), "not reached" if steps is None else f"{steps:,}"
