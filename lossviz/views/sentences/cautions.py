"""What a careful reader should know of some runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossviz.analysis.landscape import SURFACE_ROWS
from lossviz.analysis.minimum import is_solved, references
from lossviz.analysis.starts import starts_of
from lossviz.base.limits import SHOWN
from lossviz.base.words import counted, listed
from lossviz.engine.experiment import OBJECTIVE
from lossviz.engine.looks import styles
from lossviz.engine.run import Run
from lossviz.engine.sampling import Sample
from lossviz.engine.settings import CLEAN, STARTS
from lossviz.engine.task import Task
from lossviz.formula.item import VARIABLES, findings
from lossviz.items.losses import LOSSES
from lossviz.views.sentences.minimisers import objectives, ranges_in_words, tasks_of

# What a loss of one's own can be that is a fault.
SERIOUS = ("undefined", "pole", "jump", "unbounded", "constant", "overflow")


def faults(runs: Sequence[Run]) -> list[str]:
    """A sentence for each loss that is given targets it is not made for, and for each class of
    which the rows tell too little."""
    asked = objectives(runs)
    found = _scarce(runs[0].task.sample)
    for experiment, task, look in zip(asked, tasks_of(runs), styles(asked), strict=True):
        if experiment.loss in VARIABLES:
            said = findings(experiment.loss, experiment.params_of("loss")).items
            found += [f"{look.label}: {each.sentence}" for each in said if each.kind in SERIOUS]
        y, domain = task.sample.y, LOSSES[experiment.loss].domain
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


def _scarce(sample: Sample) -> list[str]:
    counts = [int(np.sum(sample.y == k)) for k in range(len(sample.classes))]
    there = [name for name, count in zip(sample.classes, counts, strict=True) if count]
    if len(there) == 1:
        rows = (
            f"All {len(sample.y):,} training rows are" if len(sample.y) > 1 else "The only row is"
        )
        return [
            f"{rows} of class {there[0]}: there is nothing to tell apart, and a run learns to "
            "answer with that class."
        ]
    said = {
        0: "No training row is of class {}: it cannot be learned.",
        1: "Class {} has a single training row: all that is learned of it rests on that one.",
    }
    return [
        said[count].format(name)
        for name, count in zip(sample.classes, counts, strict=True)
        if count in said
    ]


def _constant(task: Task) -> list[str]:
    """A sentence on features that are the same in all training rows."""
    names = task.sample.features
    flat = [names[k] for k in np.flatnonzero(np.ptp(task.sample.X, axis=0) == 0)]
    if not flat:
        return []
    are = "feature is" if len(flat) == 1 else "features are"
    return [
        f"{len(flat)} {are} the same in all training rows, and so tell nothing: "
        f"{listed(flat, most=4)}."
    ]


def starts(runs: Sequence[Run]) -> list[str]:
    """A sentence for each start that gives more or fewer values than the model has parameters, or
    that is not to be had as it was asked for."""
    found = _clean_starts(runs)
    for run in runs:
        init, size = run.experiment.init, run.task.weights
        given = 0 if init in STARTS else init.count(",") + 1
        if given and given != size:
            rest = "the last ones are left out" if given > size else "the others begin at 0"
            found.append(
                f"The start gives {counted(given, 'value')}, and the model has "
                f"{counted(size, 'parameter')}: {rest}."
            )
    return list(dict.fromkeys(found))


def _clean_starts(runs: Sequence[Run]) -> list[str]:
    asked = {
        run.experiment.only(OBJECTIVE): run.task for run in runs if run.experiment.init == CLEAN
    }
    names = dict(zip(objectives(runs), styles(objectives(runs)), strict=True))
    said: dict[str, list[str]] = {}
    for objective, start in zip(asked, starts_of(asked.values()), strict=True):
        if start.note:
            said.setdefault(start.note, []).append(names[objective].label)
    return [f"{listed(labels, most=SHOWN)}: {note}." for note, labels in said.items()]


def held_out(runs: Sequence[Run]) -> list[str]:
    """A sentence where no rows are held out for testing; none where some are."""
    if all(each.params_of("data").get("test") != 0 for each in objectives(runs)):
        return []
    small = " of so small a set" if max(len(run.task.y) for run in runs) <= SURFACE_ROWS else ""
    return [
        f"No rows are held out{small}: the clean test loss is on the same rows, without "
        "injected outliers."
    ]


def remarks(runs: Sequence[Run]) -> list[str]:
    """What a careful reader should know of the numbers on show."""
    said = []
    asked, tasks = objectives(runs), tasks_of(runs)
    if any(task.sample.is_scaled for task in tasks):
        said.append(
            "Descent sees standardised features (minus their mean, over their deviation), as these "
            "come in units that it cannot handle. The surface and the columns marked “scaled” are "
            "in those; all else is in the data's own units."
        )
    most = max(len(task.y) for task in tasks)
    said += held_out(runs)
    said += _constant(tasks[0]) + starts(runs)
    if not all(task.is_linear for task in tasks):
        said.append(
            "A network has no minimum that a solver can promise, so none is shown. Where a run "
            "ends depends on where it starts: try other seeds."
        )
    if any(run.experiment.patience for run in runs):
        said.append(
            "Early stopping looks at the clean test rows, so their loss at the best step flatters "
            "a little."
        )
    if most > SURFACE_ROWS:
        said.append(f"Charts draw some of the {most:,} training rows. Training takes all of them.")
    for task, look, exact in zip(tasks, styles(asked), references(tasks), strict=True):
        if exact is not None:
            words = exact.note, ranges_in_words(task.names, exact)
            words = f"exact minimiser by {exact.method}.", *filter(None, words)
            said.append(f"{look.label}: {' '.join(words)}")
        elif task.is_linear and not is_solved(task.experiment):
            said.append(
                f"{look.label}: no solver is known for its exact minimum, so none is shown."
            )
        elif task.is_linear:
            said.append(
                f"{look.label}: the {len(task.y):,} rows are too many for its exact minimum to be "
                "looked for, so none is shown."
            )
    return said
