"""What some runs show when they are over, and where the minima are, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossviz.analysis.minimum import Reference, moved_by_outliers, references
from lossviz.base.limits import SHOWN
from lossviz.base.words import counted, listed
from lossviz.engine.looks import styles
from lossviz.engine.numbers import number
from lossviz.engine.run import Run
from lossviz.engine.task import Task
from lossviz.views.sentences.minimisers import (
    is_anything,
    is_place,
    objectives,
    spanned,
    tasks_of,
)
from lossviz.views.sentences.names import LISTED, short_names
from lossviz.views.sentences.story import story


def headline(runs: Sequence[Run]) -> str:
    """What the runs show when they are over, or so far: what moved most, and by how much; and what
    keeps them from their minimum."""
    return story(runs, frames=np.unique([0, len(runs[0].steps) - 1])).at(-1)


def minima(runs: Sequence[Run]) -> str:
    """How many of the rows are outliers, and how far these moved what each loss would settle on, or
    where that is; for networks on numbers the clean test loss. "" where there is nothing to say."""
    tasks = tasks_of(runs)
    spoiled = f"{_counted(tasks)}." if all(t.sample.is_outlier.any() for t in tasks) else ""
    if runs[0].error is not None:
        return spoiled
    exact = _minimisers(tasks)
    known = [each for each in exact if each is not None]
    if len(known) < len(exact):
        return _where_losses_stand(runs)
    is_open = all(is_anything(each.range_of(1)) for each in known)
    return _what_outliers_moved(runs, known, is_open=is_open)


def _minimisers(tasks: Sequence[Task]) -> list[Reference | None]:
    """The exact minimisers; those without the outliers, which the sentence asks for too, are looked
    for at the same time."""
    spoiled = [each for each in tasks if each.is_linear and each.sample.is_outlier.any()]
    return references([*tasks, *(each.experiment.unspoiled() for each in spoiled)])[: len(tasks)]


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
    return f"After {counted(steps, 'step')}"


def _what_outliers_moved(runs: Sequence[Run], exact: Sequence[Reference], *, is_open: bool) -> str:
    tasks = tasks_of(runs)
    name = short_names(tasks[0].names)[tasks[0].names[1]]
    if is_open:
        return (
            f"The rows leave the {name} open: other parameters fit them as well, and where a run "
            "ends depends on where it starts."
        )
    if not any(task.sample.is_outlier.any() for task in tasks):
        return _where_minima_are(runs, exact, name)
    moved, open_, is_one = [], [], _counted(tasks).endswith("outlier")
    for task, look, best in zip(tasks, styles(objectives(runs)), exact, strict=True):
        if not task.sample.is_outlier.any():
            continue
        label = look.label if len(tasks) > 1 else ""
        shift = moved_by_outliers(task.experiment)
        if best.is_attained and is_place(shift.clean_range) and is_place(shift.spoiled_range):
            moved.append(
                f"{number(shift.by, 3, plus=True)}{label and f' for {label}'} "
                f"({number(shift.clean, 3)} to {number(shift.spoiled, 3)})"
            )
        elif best.is_attained:
            open_.append(
                f"{f'For {label} the' if label else 'The'} best {name} "
                f"{spanned(shift.spoiled, shift.spoiled_range)}; without "
                f"{'that row' if is_one else 'those rows'} it "
                f"{spanned(shift.clean, shift.clean_range)}."
            )
        else:
            open_.append(_no_minimum(label))
    who = "It" if is_one else "They"
    said = [f"{who} moved the best {name} by {listed(moved, most=SHOWN)}."] if moved else []
    return " ".join([f"{_counted(tasks)}.", *said, *open_])


def _where_minima_are(runs: Sequence[Run], exact: Sequence[Reference], name: str) -> str:
    places, open_ = [], []
    for look, best in zip(styles(objectives(runs)), exact, strict=True):
        label, where = look.label if len(exact) > 1 else "", float(best.theta[1])
        if not best.is_attained:
            open_.append(_no_minimum(label))
        elif is_place(best.range_of(1)):
            places.append(f"{number(where, 3)}{label and f' for {label}'}")
        else:
            open_.append(
                f"At the exact minimum{label and f' for {label}'} the {name} "
                f"{spanned(where, best.range_of(1))}."
            )
    said = [f"At the exact minimum the {name} is {listed(places, most=SHOWN)}."] if places else []
    return " ".join(said + open_)


def _no_minimum(label: str) -> str:
    return f"No finite minimiser exists{label and f' for {label}'}."


def _counted(tasks: Sequence[Task]) -> str:
    counts = {(int(task.sample.is_outlier.sum()), len(task.y)) for task in tasks}
    if len(counts) > 1:
        return "Some of the rows are outliers"
    [(count, total)] = counts
    return f"{count} of {total:,} rows {'is an outlier' if count == 1 else 'are outliers'}"
