"""Runs as a table for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.analysis.minimum import Reference, references
from lossviz.engine.looks import styles
from lossviz.engine.numbers import number, percent
from lossviz.engine.run import Run
from lossviz.views.sentences import ending
from lossviz.views.sentences.cautions import held_out, starts
from lossviz.views.sentences.minimisers import objectives, ranges_in_words, tasks_of
from lossviz.views.sentences.rounding import gap_of, tidied

SHOWN = 4  # parameters


def summary(runs: Sequence[Run]) -> str:
    """An aligned table of where the runs have come to: losses, errors, up to four parameters in
    the data's units, the gap to the exact minimum, and how it went, in a sentence. Below it,
    sentences: where no rows are held out, on each loss whose minimiser is not unique, and on starts
    that do not fit."""
    exact = references(run.task for run in runs)
    names = list(dict.fromkeys(name for run in runs for name in run.names))[:SHOWN]
    has_classes = any(run.error is not None for run in runs)
    head = [
        "Run",
        "Training loss",
        "Clean test loss",
        *(("Training error", "Clean test error") if has_classes else ()),
        *names,
        "Gap to the minimum",
        "Status",
    ]
    rows = [
        [
            style.label,
            number(float(run.loss[-1])),
            number(float(run.test_loss[-1])),
            *(_errors(run) if has_classes else ()),
            *_parameters(run, best, names),
            _gap(run, best),
            ending(run, best),
        ]
        for run, style, best in zip(runs, styles([r.experiment for r in runs]), exact, strict=True)
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    table = [_line(row, widths) for row in (head, ["-" * width for width in widths], *rows)]
    return "\n".join([*table, *held_out(runs), *_other_minimisers(runs), *starts(runs)])


def _other_minimisers(runs: Sequence[Run]) -> list[str]:
    asked, tasks, found = objectives(runs), tasks_of(runs), []
    for task, look, exact in zip(tasks, styles(asked), references(tasks), strict=True):
        if exact is not None and exact.is_unique is False:
            span = ranges_in_words(task.names, exact)
            found.append(f"{look.label}: the minimiser is not unique. {span}".strip())
    return found


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Words to the left, which are the first and the last cell, numbers to the right."""
    first, *between, last = zip(cells, widths, strict=True)
    inner = [cell.rjust(width) for cell, width in between]
    return "  ".join([first[0].ljust(first[1]), *inner, last[0]])


def _errors(run: Run) -> tuple[str, str]:
    if run.error is None or run.test_error is None:
        return "–", "–"
    return percent(f"{100 * run.error[-1]:.1f}"), percent(f"{100 * run.test_error[-1]:.1f}")


def _parameters(run: Run, exact: Reference | None, names: Sequence[str]) -> list[str]:
    theta = dict(zip(run.names, tidied(run, exact)[0][-1].tolist(), strict=True))
    return [number(theta[name]) if name in theta else "–" for name in names]


def _gap(run: Run, exact: Reference | None) -> str:
    if exact is None or not exact.is_attained:
        return "–"
    return number(float(gap_of(run, exact)[-1]))
