"""Runs as one tidy table."""

from __future__ import annotations

import csv as writer
from collections.abc import Sequence
from io import StringIO
from unicodedata import normalize

from lossviz.base.limits import WRITTEN
from lossviz.engine.looks import styles
from lossviz.engine.run import Run

COLUMNS = ("run", "query", "step", "training_loss", "clean_test_loss")
NUMBER = 24  # characters, and its comma, at most
# What spreadsheets take for the start of a formula.
FORMULA = ("=", "+", "-", "@", "\N{MINUS SIGN}")
ERRORS = ("training_error", "clean_test_error")


def csv(runs: Sequence[Run]) -> str:
    """The runs as CSV (RFC 4180, UTF-8, decimal points): a header, then a row for each run and
    kept frame.

    `run` is the label that the charts use, `query` what `lossviz.parse` reads back as the run's
    experiment. The parameters, in the data's own units, have a column for each name; a run that has
    no such parameter leaves it empty, as do errors where targets are numbers. Numbers are in full:
    reading them gives back every bit. Words that a spreadsheet would take for a formula, such as a
    class called "=1+1", have an apostrophe before them.
    """
    names = list(dict.fromkeys(_word(name) for run in runs for name in run.names))
    has_classes = any(run.error is not None for run in runs)
    columns = [*COLUMNS, *(ERRORS if has_classes else ()), *names]
    text = StringIO()
    table = writer.DictWriter(text, columns, restval="")
    table.writeheader()
    for run, style in zip(runs, styles([run.experiment for run in runs]), strict=True):
        query = run.experiment.query()
        for frame, step in enumerate(run.steps.tolist()):
            losses = (float(run.loss[step]), float(run.test_loss[step]))
            first = (_word(style.label), query, step, *losses)
            row: dict[str, object] = dict(zip(COLUMNS, first, strict=True))
            if run.error is not None and run.test_error is not None:
                errors = run.error[frame].item(), run.test_error[frame].item()
                row |= dict(zip(ERRORS, errors, strict=True))
            own = map(_word, run.names)
            table.writerow(row | dict(zip(own, run.theta[frame].tolist(), strict=True)))
    return text.getvalue()


def _word(words: str) -> str:
    # Spreadsheets pass over blanks and what cannot be seen; full-width signs are signs to them.
    seen = "".join(filter(str.isprintable, normalize("NFKC", words))).lstrip()
    return f"'{words}" if seen.startswith(FORMULA) or words.startswith(("\t", "\r")) else words


def too_large(runs: Sequence[Run]) -> str:
    """Why a page or a command does not write these runs as a table, in a sentence; "" where it
    does."""
    first, columns = len(COLUMNS) + len(ERRORS), len({name for run in runs for name in run.names})
    asked = sum(
        len(run.steps) * (NUMBER * (first + len(run.names)) + columns + len(query))
        for run, query in ((run, run.experiment.query()) for run in runs)
    )
    if asked <= WRITTEN:
        return ""
    return (
        f"The table would take {asked / 2**20:,.0f} MiB ({WRITTEN / 2**20:,.0f} at most): ask for "
        "fewer runs, fewer steps or a smaller model."
    )


def csv_within(runs: Sequence[Run]) -> str:
    """The table of runs that a page or a command may ask for; TooLarge says why it may not."""
    if why := too_large(runs):
        raise TooLarge(why)
    return csv(runs)


class TooLarge(ValueError):
    """More text than a page or a command writes."""
