"""What some runs show, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossviz.analysis.minimum import Range, Reference, moved_by_outliers, references
from lossviz.base.limits import SHOWN
from lossviz.base.words import counted, listed
from lossviz.engine.looks import styles
from lossviz.engine.numbers import number, percent
from lossviz.engine.run import Run
from lossviz.engine.task import Task
from lossviz.views.sentences.convergence import LISTED, who_diverged, who_is_not_there
from lossviz.views.sentences.minimisers import is_place, objectives, spanned, tasks_of
from lossviz.views.sentences.names import short_names


def headline(runs: Sequence[Run]) -> str:
    """In words and numbers: how far the outliers moved what each loss would settle on, or for
    classes and networks where the runs have come to."""
    if runs[0].error is not None:
        return _joined([_where_classes_stand(runs), *who_diverged(runs)])
    exact = _minimisers(tasks_of(runs))
    known = [each for each in exact if each is not None]
    if len(known) < len(exact):
        return _joined([_where_losses_stand(runs), *who_diverged(runs)])
    is_open = all(_is_open(each.range_of(1)) for each in known)
    said = _what_outliers_moved(runs, known, is_open=is_open)
    return _joined([said, *who_diverged(runs), *([] if is_open else who_is_not_there(runs))])


def _minimisers(tasks: Sequence[Task]) -> list[Reference | None]:
    """The exact minimisers; those without the outliers, which the sentence asks for too, are looked
    for at the same time."""
    spoiled = [each for each in tasks if each.is_linear and each.sample.is_outlier.any()]
    return references([*tasks, *(each.experiment.unspoiled() for each in spoiled)])[: len(tasks)]


def _where_classes_stand(runs: Sequence[Run]) -> str:
    found = [
        f"{percent(number(100 * float(run.test_error[-1]), 2))} with {look.label}"
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


def _is_open(span: Range | None) -> bool:
    return span is not None and bool(np.isinf(span).all())


def _counted(tasks: Sequence[Task]) -> str:
    counts = {(int(task.sample.is_outlier.sum()), len(task.y)) for task in tasks}
    if len(counts) > 1:
        return "Some of the rows are outliers"
    [(count, total)] = counts
    return f"{count} of {total:,} rows {'is an outlier' if count == 1 else 'are outliers'}"


def _joined(sentences: Sequence[str]) -> str:
    return " ".join(filter(None, sentences))
